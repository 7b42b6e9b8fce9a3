//! The pane of one thread: whom it is with, what was said, where one writes.

use super::{avatar::Picture, composer::Composer, icon::Icon, message_list::MessageList};
use crate::{
    route::Route,
    shape::{derive, text},
    store::Store,
};
use leptos::prelude::*;
use model::{Thread, ThreadId, ThreadKind};

/// A thread.
#[component]
pub fn Conversation(thread_id: ThreadId) -> impl IntoView {
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
    let subtitle = text(move || {
        thread.with(|thread| thread.as_ref().map(|thread| subtitle(&thread.kind)).unwrap_or_default())
    });
    let details = Route::Details { thread_id }.path();
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
                    <h1 class="conversation-title" dir="auto">
                        {text(move || title.get())}
                    </h1>
                    <p class="conversation-subtitle">{subtitle}</p>
                </div>
                <a class="icon-button" href=details aria-label=words::conversation::details() title=words::conversation::details()>
                    {Icon::Info.draw()}
                </a>
            </header>
            <MessageList visit=store.visit(thread_id) is_group />
            <Composer thread_id title />
        </main>
    }
}

/// What stands under a title: how many people, or whose name is typed how.
pub fn subtitle(kind: &ThreadKind) -> String {
    match kind {
        ThreadKind::Direct { peer } => format!("@{}", peer.username),
        ThreadKind::Group { member_count, .. } => words::conversation::members(*member_count),
    }
}
