//! The pane of one thread: whom it is with, what was said, where one writes.

use super::{
    avatar::Picture,
    composer::Composer,
    icon::Icon,
    message_list::MessageList,
    pins, presence,
    thread_options::{self, muted_sign},
};
use crate::{
    live::derive,
    route::Route,
    shape::{Part, act, part, parts, text, view},
    store::Store,
};
use leptos::{ev, prelude::*};
use model::{Thread, ThreadId, ThreadKind};
use wasm_bindgen::JsCast;

/// What the way to the details is known by.
pub const DETAILS: &str = "conversation-details";

/// A thread.
#[component]
pub fn Conversation(thread_id: ThreadId) -> Part {
    let store = expect_context::<Store>();
    let thread = store.thread(thread_id);
    let title = {
        let thread = thread.clone();
        derive(move || {
            thread.with(|thread| thread.as_ref().map(|thread| thread.title().to_owned()).unwrap_or_default())
        })
    };
    let picture = {
        let thread = thread.clone();
        move || thread.with(|thread| thread.as_ref().map(Picture::of_thread).unwrap_or_default())
    };
    let is_group =
        thread.peek(|thread| matches!(thread, Some(Thread { kind: ThreadKind::Group { .. }, .. })));
    let who = thread.peek(|thread| presence::peer(thread.as_ref()));
    let typing = derive(move || presence::typing(store, thread_id, is_group));
    let subtitle = text(move || {
        let present = typing.get().or_else(|| presence::words_of(store, who?));
        present.unwrap_or_else(|| {
            thread.with(|thread| thread.as_ref().map(|thread| subtitle(&thread.kind)).unwrap_or_default())
        })
    });
    let subtitle_class = text(move || {
        let class = if typing.with(Option::is_some) { " presence-typing" } else { "" };
        ["conversation-subtitle", class].concat()
    });
    let drop = parts(move || {
        store.is_dropping.get().then(|| {
            part(view! { <p class="conversation-drop">{words::conversation::drop(&title.get())}</p> })
        })
    });
    let details = Route::Details { thread_id }.path();
    // Without scripts it leads to the details, which offer the same.
    let open_menu = act(move |event: ev::MouseEvent| {
        if let Some(button) = event.current_target().and_then(|target| target.dyn_into().ok()) {
            event.prevent_default();
            thread_options::open_below(store, thread_id, &button);
        }
    });
    view! {
        <main class="conversation" aria-label=text(move || title.get())>
            <header class="conversation-header">
                <a
                    class="conversation-back icon-button"
                    href="/"
                    aria-label=words::conversation::all()
                    title=words::conversation::all()
                >
                    {Icon::Back.draw()}
                </a>
                {Picture::follow(picture, "avatar-medium")}
                <div class="conversation-who">
                    <h1 class="conversation-title">
                        <bdi>{text(move || title.get())}</bdi>
                        {muted_sign(store, thread_id)}
                    </h1>
                    <p class=subtitle_class>{subtitle}</p>
                </div>
                <a class="icon-button" id=DETAILS href=details.clone() aria-label=words::conversation::details() title=words::conversation::details()>
                    {Icon::Info.draw()}
                </a>
                <a
                    class="icon-button"
                    href=details
                    role="button"
                    aria-haspopup="dialog"
                    aria-label=words::thread_options::title()
                    title=words::thread_options::title()
                    on:click=open_menu
                >
                    {Icon::More.draw()}
                </a>
            </header>
            {pins::bar(store, thread_id)}
            <MessageList visit=store.visit(thread_id) is_group />
            <Composer thread_id title />
            {drop}
        </main>
    }
}

/// What stands under a title: how many people, or whose name is typed how.
pub fn subtitle(kind: &ThreadKind) -> String {
    match kind {
        ThreadKind::Direct { peer } if peer.is_deactivated => words::activity::closed().into(),
        ThreadKind::Direct { peer } => format!("@{}", peer.username),
        ThreadKind::Group { member_count, .. } => words::conversation::members(*member_count),
    }
}
