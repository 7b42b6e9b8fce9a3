//! The list of threads, the newest first, and the way to a new one.

use super::{
    avatar::Picture,
    icon::Icon,
    press::{self, OnPress},
    thread_row::ThreadRow,
    touch,
};
use crate::{
    browser::{self, spawn_local},
    live::derive,
    route::{self, After, Route},
    shape::{Item, Part, act, follow, list, part, parts, view},
    store::{ROWS, Store},
};
use leptos::{ev, prelude::*};
use model::{ThreadId, User};
use std::sync::Arc;
use web_sys::HtmlElement;

/// The next threads are loaded when the end is this near, in pixels.
const NEAR_END: i32 = 600;

/// The list. On a wide screen it is always there. It shows the archive instead when that was asked for, or beside an archived thread.
#[component]
pub fn ThreadList() -> Part {
    let store = expect_context::<Store>();
    let me = store.me();
    let is_archive = derive(move || store.is_archive_listed());
    let load_more = move || {
        spawn_local(store.load_more_threads(is_archive.get_now()));
    };
    let fill = move || {
        let is_near_end = browser::element::<HtmlElement>(ROWS).is_some_and(|rows| {
            let (view, height) = (rows.client_height(), rows.scroll_height());
            // On a phone it is not there beside a conversation.
            view > 0 && height - rows.scroll_top() - view < NEAR_END
        });
        if is_near_end {
            load_more();
        }
    };
    let look = act(move |_: ev::Event| {
        fill();
        store.look();
    });
    if cfg!(feature = "hydrate") {
        // A window may be higher than a page of the list.
        follow(move || {
            store.listed.with(|_| ());
            store.archive.with(|_| ());
            is_archive.get();
            request_animation_frame(fill);
        });
        let resize = window_event_listener(ev::resize, move |_| fill());
        on_cleanup(move || resize.remove());
    }
    let rows = list(move || {
        let row = |thread_id: &ThreadId| {
            let thread_id = *thread_id;
            Item::new(thread_id.0.as_u128(), move || part(view! { <ThreadRow thread_id /> }))
        };
        if is_archive.get() {
            store.archive.with(|archive| archive.listed.iter().map(row).collect())
        } else {
            store.listed.with(|listed| listed.iter().map(row).collect())
        }
    });
    let more = parts(move || {
        let (path, after) = if is_archive.get() {
            (Route::Archive.path(), store.archive.with(|archive| archive.listed_to)?)
        } else {
            let has_more = store.has_more_threads.get();
            (Route::Inbox.path(), store.listed_to().filter(|_| has_more)?)
        };
        let load = act(move |event: ev::MouseEvent| {
            event.prevent_default();
            load_more();
        });
        Some(part(view! {
            <div class="thread-list-more">
                <a class="button" href=path + &route::at_place(after) on:click=load>
                    {words::thread_list::more()}
                </a>
            </div>
        }))
    });
    let is_later = matches!(store.drawn_after(), Some(After::Place(_)));
    let newest = is_later.then(|| {
        let path = if is_archive.get_now() { Route::Archive } else { Route::Inbox }.path();
        view! {
            <div class="thread-list-more plain">
                <a class="button" href=path>
                    {words::thread_list::newest()}
                </a>
            </div>
        }
    });
    let blank = parts(move || {
        if store.drawn_after().is_some() {
            return None;
        }
        if is_archive.get() {
            let is_empty = store.archive.with(|archive| !archive.has_any);
            return is_empty.then(|| part(blank_archive()));
        }
        (store.listed.with(Vec::is_empty) && !store.archive.with(|archive| archive.has_any))
            .then(|| part(blank_list()))
    });
    let to_archive = parts(move || {
        let is_shown = !is_archive.get() && store.archive.with(|archive| archive.has_any);
        is_shown.then(|| {
            part(view! {
                <a class="thread-list-archive" href=Route::Archive.path()>
                    {Icon::ARCHIVE.draw()}
                    {words::thread_list::archive()}
                </a>
            })
        })
    });
    let header = parts(move || Some(if is_archive.get() { archive_header() } else { header(&me) }));
    let on_press = on_press(store);
    view! {
        <nav class="thread-list" aria-label=words::thread_list::label()>
            {header}
            <div
                class="thread-list-rows"
                id=ROWS
                on:scroll=look
                on:contextmenu=press::menu(on_press.clone())
                on:touchstart=touch::begin(on_press, None)
            >
                {newest}
                {to_archive}
                <ul>{rows}</ul>
                {blank}
                {more}
            </div>
        </nav>
    }
}

/// Opens the menu of the row that is pressed.
fn on_press(store: Store) -> OnPress {
    Arc::new(move |element, x, y| {
        let row = element.closest(".thread-row").ok().flatten();
        let path = row.and_then(|row| row.get_attribute("href"));
        let thread_id = path.and_then(|path| Route::parse(&path, "").thread_id());
        if let Some(thread_id) = thread_id {
            store.open_thread_menu(thread_id, x, y);
        }
        thread_id.is_some()
    })
}

fn header(me: &User) -> Part {
    part(view! {
        <header class="thread-list-header">
            <h2 class="thread-list-title">"Bobbin"</h2>
            <a class="icon-button" href="/new" aria-label=words::new_thread::title() title=words::new_thread::title()>
                {Icon::WRITE.draw()}
            </a>
            <a class="icon-button" href="/settings" title=words::thread_list::settings()>
                {Picture::of_user(me).draw("avatar-small")}
                <span class="visually-hidden">{words::thread_list::settings()}</span>
            </a>
        </header>
    })
}

fn archive_header() -> Part {
    part(view! {
        <header class="thread-list-header thread-list-header-archive">
            <a class="icon-button" href="/" aria-label=words::conversation::all() title=words::conversation::all()>
                {Icon::BACK.draw()}
            </a>
            <h2 class="thread-list-title">{words::thread_list::archive()}</h2>
        </header>
    })
}

fn blank_list() -> Part {
    view! {
        <div class="blank">
            {Icon::BUBBLE.draw()}
            <h2 class="blank-title">{words::thread_list::empty()}</h2>
            <p>{words::thread_list::empty_advice()}</p>
            <a class="button button-primary" href="/new">
                {words::new_thread::title()}
            </a>
        </div>
    }
}

fn blank_archive() -> Part {
    view! {
        <div class="blank">
            {Icon::ARCHIVE.draw()}
            <h2 class="blank-title">{words::thread_list::archive_empty()}</h2>
            <p>{words::thread_list::archive_advice()}</p>
        </div>
    }
}
