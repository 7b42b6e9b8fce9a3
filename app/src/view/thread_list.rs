//! The list of threads, the newest first, and the way to a new one.

use super::{avatar::Picture, icon::Icon, thread_row::ThreadRow};
use crate::{
    route,
    shape::{Item, act, list, part, parts},
    store::Store,
};
use leptos::{ev, prelude::*, task::spawn_local};
use model::ThreadId;
use web_sys::HtmlElement;

/// The next threads are loaded when the end is this near, in pixels.
const NEAR_END: i32 = 600;

/// The list. On a wide screen it is always there.
#[component]
pub fn ThreadList() -> impl IntoView {
    let store = expect_context::<Store>();
    let me = store.me();
    let look = act(move |event: ev::Event| {
        let scroller: HtmlElement = event_target(&event);
        if scroller.scroll_height() - scroller.scroll_top() - scroller.client_height() < NEAR_END {
            spawn_local(store.load_more_threads());
        }
    });
    let rows = list(move || {
        let row = |thread_id: &ThreadId| {
            let thread_id = *thread_id;
            Item::new(thread_id.0.as_u128(), move || part(view! { <ThreadRow thread_id /> }))
        };
        store.listed.with(|listed| listed.iter().map(row).collect())
    });
    let more = parts(move || {
        let has_more = store.has_more_threads.get();
        let after = store.listed_to().filter(|_| has_more)?;
        let load = act(move |event: ev::MouseEvent| {
            event.prevent_default();
            spawn_local(store.load_more_threads());
        });
        Some(part(view! {
            <div class="thread-list-more">
                <a class="button" href=format!("/{}", route::at_place(after)) on:click=load>
                    {words::thread_list::more()}
                </a>
            </div>
        }))
    });
    let blank = parts(move || {
        store.listed.with(Vec::is_empty).then(|| {
            part(view! {
                <div class="blank">
                    {Icon::Bubble.draw()}
                    <h2 class="blank-title">{words::thread_list::empty()}</h2>
                    <p>{words::thread_list::empty_advice()}</p>
                    <a class="button button-primary" href="/new">
                        {words::new_thread::title()}
                    </a>
                </div>
            })
        })
    });
    view! {
        <nav class="thread-list" aria-label=words::thread_list::label()>
            <header class="thread-list-header">
                <h2 class="thread-list-title">"Bobbin"</h2>
                <a class="icon-button" href="/new" aria-label=words::new_thread::title() title=words::new_thread::title()>
                    {Icon::Write.draw()}
                </a>
                <a class="icon-button" href="/settings" title=words::thread_list::settings()>
                    {Picture::of_user(&me).draw("avatar-small")}
                    <span class="visually-hidden">{words::thread_list::settings()}</span>
                </a>
            </header>
            <div class="thread-list-rows" on:scroll=look>
                <ul>{rows}</ul>
                {blank}
                {more}
            </div>
        </nav>
    }
}
