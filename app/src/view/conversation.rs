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
    browser::spawn_local,
    live::derive,
    options::Choice,
    route::Route,
    secret,
    shape::{Part, act, flag, part, parts, text, view},
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
        derive(move || thread.with(|thread| thread.as_ref().map(title_of).unwrap_or_default()))
    };
    let picture = {
        let thread = thread.clone();
        move || thread.with(|thread| thread.as_ref().map(Picture::of_thread).unwrap_or_default())
    };
    let is_group =
        thread.peek(|thread| matches!(thread, Some(Thread { kind: ThreadKind::Group { .. }, .. })));
    let who = thread.peek(|thread| presence::peer(thread.as_ref()));
    let peer = thread.peek(|thread| match thread {
        Some(Thread { kind: ThreadKind::Direct { peer }, .. }) if !peer.is_deactivated => Some(peer.clone()),
        _ => None,
    });
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
    let of_block = store.thread(thread_id);
    let is_blocked = derive(move || {
        of_block.with(|thread| thread.as_ref().is_some_and(|thread| thread.options.is_blocked))
    });
    let composer = parts(move || {
        Some(if is_blocked.get() {
            blocked(store, thread_id, &title.get_now())
        } else {
            part(view! { <Composer thread_id title /> })
        })
    });
    let ask = peer.map(|peer| {
        let begin = act(move |_| secret::begin(store, peer.clone()));
        view! {
            <button
                class="icon-button scripted"
                type="button"
                aria-label=words::conversation::secret()
                title=words::conversation::secret()
                on:click=begin
            >
                {Icon::LOCK.draw()}
            </button>
        }
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
        <main class="conversation" aria-label=text(move || title.get()) inert=flag(move || store.is_covered.get())>
            <header class="conversation-header">
                <a
                    class="conversation-back icon-button"
                    href="/"
                    aria-label=words::conversation::all()
                    title=words::conversation::all()
                >
                    {Icon::BACK.draw()}
                </a>
                {Picture::follow(picture, "avatar-medium")}
                <div class="conversation-who">
                    <h1 class="conversation-title">
                        <bdi>{text(move || title.get())}</bdi>
                        {muted_sign(store, thread_id)}
                    </h1>
                    <p class=subtitle_class>{subtitle}</p>
                </div>
                {ask}
                <a class="icon-button" id=DETAILS href=details.clone() aria-label=words::conversation::details() title=words::conversation::details()>
                    {Icon::INFO.draw()}
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
                    {Icon::MORE.draw()}
                </a>
            </header>
            {pins::bar(store, thread_id)}
            <MessageList visit=store.visit(thread_id) is_group />
            {composer}
            {drop}
        </main>
    }
}

/// What stands in the composer's place where one has blocked the other one. It is in what the server draws, and so has to be here when that is taken
/// over.
fn blocked(store: Store, thread_id: ThreadId, title: &str) -> Part {
    let unblock = act(move |event: ev::SubmitEvent| {
        event.prevent_default();
        spawn_local(async move {
            if let Err(failure) = store.choose(thread_id, Choice::Unblock).await {
                store.note.set(Some(failure.sentence()));
            }
        });
    });
    part(view! {
        <form
            class="composer composer-blocked"
            method="post"
            action=store.acting(&format!("{}/options", Route::thread(thread_id).path()))
            on:submit=unblock
        >
            <p>{words::thread_options::blocked(title)}</p>
            <button class="button" name="choice" value=Choice::Unblock.word()>
                {words::thread_options::unblock()}
            </button>
        </form>
    })
}

/// What a thread is called.
pub fn title_of(thread: &Thread) -> String {
    match thread.kind {
        ThreadKind::Notes => words::notes::title().into(),
        _ => thread.title().to_owned(),
    }
}

/// What stands under a title: how many people, or whose name is typed how.
pub fn subtitle(kind: &ThreadKind) -> String {
    match kind {
        ThreadKind::Direct { peer } if peer.is_deactivated => words::activity::closed().into(),
        ThreadKind::Direct { peer } => format!("@{}", peer.username),
        ThreadKind::Group { member_count, .. } => words::conversation::members(*member_count),
        ThreadKind::Notes => words::notes::subtitle().into(),
    }
}
