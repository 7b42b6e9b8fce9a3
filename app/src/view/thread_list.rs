//! The list of threads, the newest first, and the way to a new one.

use super::{avatar::Picture, icon::Icon, thread_row::ThreadRow};
use crate::store::Store;
use leptos::{html, prelude::*, task::spawn_local};

/// The next threads are loaded when the end is this near, in pixels.
const NEAR_END: i32 = 600;

/// The list. On a wide screen it is always there.
#[component]
pub fn ThreadList() -> impl IntoView {
    let store = expect_context::<Store>();
    let me = store.me();
    let scroller = NodeRef::<html::Div>::new();
    let load_more = move || spawn_local(store.load_more_threads());
    let look = move |_| {
        if let Some(scroller) = scroller.get_untracked()
            && scroller.scroll_height() - scroller.scroll_top() - scroller.client_height() < NEAR_END
        {
            load_more();
        }
    };
    let is_empty = Memo::new(move |_| store.listed.with(Vec::is_empty));
    view! {
        <nav class="thread-list" aria-label="Conversations">
            <header class="thread-list-header">
                <h2 class="thread-list-title">"Bobbin"</h2>
                <a class="icon-button" href="/new" aria-label="New conversation" title="New conversation">
                    {Icon::Write.draw()}
                </a>
                <a class="icon-button" href="/settings" title="Settings">
                    {Picture::of_user(&me).draw("avatar-small")}
                    <span class="visually-hidden">"Settings"</span>
                </a>
            </header>
            <div class="thread-list-rows" node_ref=scroller on:scroll=look>
                <ul>
                    <For each=move || store.listed.get() key=|thread_id| *thread_id let:thread_id>
                        <ThreadRow thread_id />
                    </For>
                </ul>
                <Show when=move || is_empty.get()>
                    <div class="blank">
                        {Icon::Bubble.draw()}
                        <h2 class="blank-title">"No conversations yet"</h2>
                        <p>"Find somebody by name and write to them."</p>
                        <a class="button button-primary" href="/new">
                            "New conversation"
                        </a>
                    </div>
                </Show>
                <Show when=move || store.has_more_threads.get()>
                    <div class="thread-list-more">
                        <button class="button" type="button" on:click=move |_| load_more()>
                            "More"
                        </button>
                    </div>
                </Show>
            </div>
        </nav>
    }
}
