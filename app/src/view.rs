//! What people see: the panes, by route. One component a file, styled by the file of the same name in `style/view`.

mod announcer;
mod attachments;
pub(crate) mod avatar;
pub mod composer;
mod connection_banner;
pub(crate) mod conversation;
mod details;
mod emoji;
mod group_form;
pub(crate) mod icon;
mod member_list;
mod mention;
pub(crate) mod message;
pub(crate) mod message_files;
mod message_list;
pub(crate) mod message_menu;
mod new_thread;
mod not_found;
mod notice;
mod overlay;
mod person_search;
mod pins;
mod presence;
mod press;
pub(crate) mod quote;
pub(crate) mod reaction;
mod scroller;
mod secret;
mod sheet;
mod switcher;
mod thread_list;
mod thread_options;
pub(crate) mod thread_row;
mod toast;
mod touch;
pub(crate) mod unsent;
mod viewer;

use self::{
    connection_banner::ConnectionBanner,
    conversation::{Conversation, title_of},
    icon::Icon,
    not_found::NotFound,
    thread_list::ThreadList,
    toast::Toast,
};
use crate::{
    browser,
    lazy::{SplitLoaderError, lazy},
    live::derive,
    route::Route,
    shape::{Part, act, follow, part, parts, text, view, word},
    store::{Overlay, Shown, Store},
};
use leptos::prelude::*;
use model::page::THREADS;

/// The first words of what is quoted, for the pages that the server draws.
#[cfg(feature = "ssr")]
pub(crate) fn quote_words(quote: &model::Quote) -> String {
    quote::words_of(quote)
}

/// A thread's picture, for the pages that the server draws.
#[cfg(feature = "ssr")]
pub(crate) fn thread_picture(thread: &model::Thread) -> String {
    avatar::Picture::of_thread(thread).draw("avatar-small").html()
}

/// What stands beside the list of threads.
#[derive(Clone, PartialEq)]
enum Pane {
    New,
    Of(Shown),
    Unknown,
}

/// Loads what the first page needs beside the app itself, so that it can be taken over at once.
pub async fn preload(route: &Route) -> Result<(), SplitLoaderError> {
    match route {
        Route::New { .. } => new_thread::preload().await,
        Route::Details { .. } => details::preload().await,
        Route::Inbox | Route::Archive | Route::Thread { .. } | Route::Unknown => Ok(()),
    }
}

/// The whole app.
#[component]
pub fn App() -> Part {
    let store = expect_context::<Store>();
    let pane = derive(move || match store.route.get() {
        Route::New { .. } => Pane::New,
        Route::Unknown => Pane::Unknown,
        Route::Inbox | Route::Archive | Route::Thread { .. } | Route::Details { .. } => {
            Pane::Of(store.shown.get())
        }
    });
    let has_details = derive(move || {
        matches!(store.route.get(), Route::Details { .. }) && matches!(pane.get(), Pane::Of(Shown::Thread(_)))
    });
    let details = parts(move || {
        let thread_id = has_details.get().then(|| store.route.peek(Route::thread_id)).flatten()?;
        Some(part(lazy(move || details::draw(thread_id))))
    });
    let overlay = parts(move || {
        Some(part(match store.overlay.get()? {
            Overlay::Thread { thread_id, x, y } => lazy(move || thread_options::menu(thread_id, x, y)),
            Overlay::Viewer { thread_id, file_id } => lazy(move || viewer::draw(thread_id, file_id)),
            overlay => lazy(move || overlay::draw(overlay.clone())),
        }))
    });
    let secret = parts(move || store.secret.get().then(|| part(lazy(secret::draw))));
    // Not both at each new title: browsers fetch and draw the icon anew whenever it is set.
    follow(move || document().set_title(&title(store)));
    follow(move || browser::show_badge(store.unread_threads.get()));
    // The panel takes the focus with it.
    let mut had_details = false;
    follow(move || {
        let has_details = has_details.get();
        if std::mem::replace(&mut had_details, has_details) && !has_details {
            browser::focus(conversation::DETAILS);
        }
    });
    view! {
        <div class="app" data-route=word(move || Some(store.route.with(Route::name)))>
            <ConnectionBanner />
            <ThreadList />
            {parts(move || Some(draw(pane.get(), store)))}
            {details}
            {overlay}
            {secret}
            <Toast />
        </div>
    }
}

fn draw(pane: Pane, store: Store) -> Part {
    let (title, sentence, thread_id) = match pane {
        Pane::New => return part(lazy(new_thread::draw)),
        Pane::Of(Shown::Thread(thread_id)) => return part(view! { <Conversation thread_id /> }),
        Pane::Of(Shown::Failed(_)) => return part(failed(store)),
        Pane::Of(Shown::Loading(_)) => return part(loading()),
        Pane::Of(Shown::Nothing) => return part(nothing(store)),
        Pane::Unknown => (words::not_found::page(), words::not_found::page_advice(), None),
        Pane::Of(Shown::Missing(id)) => (words::not_found::thread(), words::not_found::advice(), Some(id)),
        Pane::Of(Shown::Left(id)) => (words::not_found::left(), words::not_found::left_advice(), Some(id)),
    };
    part(view! { <NotFound title sentence thread_id /> })
}

/// The page's title: who rings, or else how many threads have something new, and what is open.
pub fn title(store: Store) -> String {
    if let Some(words) = store.ringing.get() {
        return words;
    }
    let place = match store.route.get() {
        Route::New { .. } => Some(words::new_thread::title().into()),
        Route::Thread { thread_id, .. } | Route::Details { thread_id } => {
            let title = store.thread(thread_id).with(|thread| thread.as_ref().map(title_of));
            let is_missing = matches!(store.shown.get(), Shown::Missing(_));
            title.or_else(|| is_missing.then(|| words::not_found::thread().into()))
        }
        Route::Archive => Some(words::thread_list::archive().into()),
        Route::Inbox | Route::Unknown => None,
    };
    let unread = match store.unread_threads.get() {
        0 => String::new(),
        // Those that are not loaded may be unread, too.
        count if count >= THREADS && store.has_more_threads.get() => format!("({count}+) "),
        count => format!("({count}) "),
    };
    match place {
        Some(place) => format!("{unread}{place} · Bobbin"),
        None => format!("{unread}Bobbin"),
    }
}

fn nothing(store: Store) -> Part {
    let is_empty = move || store.listed.with(Vec::is_empty) && store.drawn_after().is_none();
    let heading = text(move || {
        if is_empty() { words::thread_list::empty() } else { words::thread_list::title() }.into()
    });
    let advice = text(move || {
        if is_empty() { words::thread_list::empty_advice() } else { words::thread_list::advice() }.into()
    });
    view! {
        <main class="conversation">
            <div class="conversation-blank blank">
                {Icon::BUBBLE.draw()}
                <h1 class="blank-title">{heading}</h1>
                <p>{advice}</p>
                <a class="button button-primary" href="/new">
                    {words::new_thread::title()}
                </a>
            </div>
        </main>
    }
}

fn loading() -> Part {
    view! {
        <main class="conversation" aria-busy="true">
            <div class="message-list-column">{bones()}</div>
        </main>
    }
}

fn failed(store: Store) -> Part {
    view! {
        <main class="conversation">
            <div class="conversation-blank blank" role="alert">
                {Icon::OFFLINE.draw()}
                <p>{words::conversation::failed()}</p>
                <button class="button" type="button" on:click=act(move |_| store.retry())>
                    {words::connection_banner::again()}
                </button>
            </div>
        </main>
    }
}

/// What stands where messages will stand.
fn bones() -> Part {
    view! {
        <div class="message-list-skeleton skeleton"></div>
        <div class="message-list-skeleton skeleton"></div>
        <div class="message-list-skeleton skeleton"></div>
        <div class="message-list-skeleton skeleton"></div>
        <div class="message-list-skeleton skeleton"></div>
        <div class="message-list-skeleton skeleton"></div>
    }
}
