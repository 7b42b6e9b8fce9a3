//! What people see: the panes, by route. One component a file, styled by the file of the same name in `style/view`.

mod announcer;
mod avatar;
mod composer;
mod connection_banner;
mod conversation;
mod details;
mod group_form;
mod icon;
mod member_list;
mod message;
mod message_list;
mod new_thread;
mod not_found;
mod person_search;
mod scroller;
mod thread_list;
mod thread_row;
mod unsent;

use self::{
    connection_banner::ConnectionBanner, conversation::Conversation, details::Details, icon::Icon,
    new_thread::NewThread, not_found::NotFound, thread_list::ThreadList,
};
use crate::{
    route::Route,
    store::{Shown, Store},
};
use leptos::{either::EitherOf8, prelude::*};

/// What stands beside the list of threads.
#[derive(Clone, PartialEq)]
enum Pane {
    New,
    Of(Shown),
    Unknown,
}

/// The whole app.
#[component]
pub fn App() -> impl IntoView {
    let store = expect_context::<Store>();
    let pane = Memo::new(move |_| match store.route.get() {
        Route::New { .. } => Pane::New,
        Route::Unknown => Pane::Unknown,
        Route::Inbox | Route::Thread { .. } | Route::Details { .. } => Pane::Of(store.shown.get()),
    });
    let details = Memo::new(move |_| match (store.route.get(), store.shown.get()) {
        (Route::Details { thread_id }, Shown::Thread(_)) => Some(thread_id),
        _ => None,
    });
    Effect::new(move |_| document().set_title(&title(store)));
    view! {
        <div class="app" data-route=move || store.route.with(Route::name)>
            <ConnectionBanner />
            <ThreadList />
            {move || match pane.get() {
                Pane::New => EitherOf8::A(view! { <NewThread /> }),
                Pane::Unknown => EitherOf8::B(view! { <NotFound words="There is nothing at this address." /> }),
                Pane::Of(Shown::Thread(thread_id)) => EitherOf8::C(view! { <Conversation thread_id /> }),
                Pane::Of(Shown::Missing(thread_id)) => {
                    EitherOf8::D(view! { <NotFound words="This conversation does not exist, or you are not in it." thread_id /> })
                }
                Pane::Of(Shown::Left(thread_id)) => {
                    EitherOf8::E(view! { <NotFound words="You are no longer a member of this conversation." thread_id /> })
                }
                Pane::Of(Shown::Failed(_)) => EitherOf8::F(failed(store)),
                Pane::Of(Shown::Loading(_)) => EitherOf8::G(loading()),
                Pane::Of(Shown::Nothing) => EitherOf8::H(nothing(store)),
            }}
            {move || details.get().map(|thread_id| view! { <Details thread_id /> })}
        </div>
    }
}

/// The page's title: how many threads have something new, and what is open.
pub fn title(store: Store) -> String {
    let place = match store.route.get() {
        Route::New { .. } => Some("New conversation".into()),
        Route::Thread { thread_id, .. } | Route::Details { thread_id } => {
            store.thread(thread_id).with(|thread| Some(thread.as_ref()?.title().to_owned()))
        }
        Route::Inbox | Route::Unknown => None,
    };
    let unread = match store.unread_threads.get() {
        0 => String::new(),
        count => format!("({count}) "),
    };
    match place {
        Some(place) => format!("{unread}{place} · Bobbin"),
        None => format!("{unread}Bobbin"),
    }
}

fn nothing(store: Store) -> impl IntoView {
    let is_empty = Memo::new(move |_| store.listed.with(Vec::is_empty));
    let heading = move || if is_empty.get() { "No conversations yet" } else { "Your conversations" };
    let advice = move || {
        if is_empty.get() {
            "Find somebody by name and write to them."
        } else {
            "Choose one from the list, or begin a new one."
        }
    };
    view! {
        <main class="conversation">
            <div class="conversation-blank blank">
                {Icon::Bubble.draw()}
                <h1 class="blank-title">{heading}</h1>
                <p>{advice}</p>
                <a class="button button-primary" href="/new">
                    "New conversation"
                </a>
            </div>
        </main>
    }
}

fn loading() -> impl IntoView {
    let bones = (0..6).map(|_| view! { <div class="message-list-skeleton skeleton"></div> });
    view! {
        <main class="conversation" aria-busy="true">
            <div class="message-list-column">{bones.collect_view()}</div>
        </main>
    }
}

fn failed(store: Store) -> impl IntoView {
    view! {
        <main class="conversation">
            <div class="conversation-blank blank" role="alert">
                {Icon::Offline.draw()}
                <p>"This conversation could not be loaded."</p>
                <button class="button" type="button" on:click=move |_| store.retry()>
                    "Try again"
                </button>
            </div>
        </main>
    }
}
