//! One thread in the list: who, when, the last words, how many are unread.

use super::avatar::Picture;
use crate::{
    clock,
    route::Route,
    store::{Progress, Store},
};
use leptos::{either::Either, prelude::*};
use model::{Thread, ThreadId, ThreadKind, message};

/// A row. It changes by itself when its thread does, and only then.
#[component]
pub fn ThreadRow(thread_id: ThreadId) -> impl IntoView {
    let store = expect_context::<Store>();
    let thread = store.thread(thread_id);
    let of_thread = move |tell: fn(&Thread) -> String| {
        let thread = thread.clone();
        move || thread.with(|thread| thread.as_ref().map(tell).unwrap_or_default())
    };
    let is_open = Memo::new(move |_| store.route.with(Route::thread_id) == Some(thread_id));
    let thread = store.thread(thread_id);
    let picture = {
        let thread = thread.clone();
        Memo::new(move |_| thread.with(|thread| thread.as_ref().map(Picture::of_thread)))
    };
    let active_at = {
        let thread = thread.clone();
        Memo::new(move |_| thread.with(|thread| thread.as_ref().map(|thread| thread.active_at)))
    };
    let excerpt = {
        let thread = thread.clone();
        Memo::new(move |_| {
            let excerpt = Excerpt::of_unsent(thread_id, store)
                .or_else(|| Excerpt::of_draft(thread_id, store).filter(|_| !is_open.get()));
            excerpt.unwrap_or_else(|| thread.with(|thread| Excerpt::of(thread.as_ref(), store)))
        })
    };
    let unread = Memo::new(move |_| thread.with(|thread| thread.as_ref().map_or(0, Thread::unread)));
    let time = move || active_at.get().map(|at| store.clock.civil(at).short(&store.clock.today()));
    let badge = move || {
        let unread = unread.get();
        if unread == 0 {
            Either::Left(())
        } else {
            let shown = if unread > 999 { "999+".into() } else { unread.to_string() };
            Either::Right(view! {
                <span class="thread-row-unread">
                    {shown} <span class="visually-hidden">" unread"</span>
                </span>
            })
        }
    };
    view! {
        <li>
            <a
                class="thread-row"
                href=Route::thread(thread_id).path()
                aria-current=move || is_open.get().then_some("page")
            >
                {move || picture.get().map(|picture| picture.draw(""))}
                <span class="thread-row-name" dir="auto">
                    {of_thread(|thread| thread.title().into())}
                </span>
                <time class="thread-row-time" datetime=move || active_at.get().map(clock::machine)>
                    {time}
                </time>
                <span class="thread-row-preview" dir="auto">
                    <span
                        class="thread-row-sender"
                        class:thread-row-failed=move || excerpt.with(|excerpt| excerpt.is_failed)
                    >
                        {move || excerpt.with(|excerpt| excerpt.label.clone())}
                    </span>
                    {move || excerpt.with(|excerpt| excerpt.words.clone())}
                </span>
                {badge}
            </a>
        </li>
    }
}

/// The last words, and whose they are.
#[derive(PartialEq, Default)]
struct Excerpt {
    label: String,
    words: String,
    is_failed: bool,
}

impl Excerpt {
    fn of(thread: Option<&Thread>, store: Store) -> Self {
        let Some(thread) = thread else { return Self::default() };
        let Some(last) = &thread.last_message else {
            return Self { words: "No messages yet".into(), ..Self::default() };
        };
        let label = match thread.kind {
            _ if last.sender.user_id == store.my_id() => "You: ".into(),
            ThreadKind::Group { .. } => format!("{}: ", last.sender.display_name),
            ThreadKind::Direct { .. } => String::new(),
        };
        Self { label, words: last.excerpt.clone(), is_failed: false }
    }

    fn of_draft(thread_id: ThreadId, store: Store) -> Option<Self> {
        let words =
            store.drafts.with(|drafts| drafts.get(&thread_id).map(|draft| message::excerpt(draft)))?;
        Some(Self { label: "Draft: ".into(), words, is_failed: false })
    }

    /// The first that was refused, or else the last one on its way.
    fn of_unsent(thread_id: ThreadId, store: Store) -> Option<Self> {
        store.outbox.with(|outbox| {
            let pending = || outbox.iter().filter(|pending| pending.thread_id == thread_id);
            let refused = pending().find(|pending| matches!(pending.progress, Progress::Refused(_)));
            let is_failed = refused.is_some();
            let pending = refused.or_else(|| pending().next_back())?;
            let label = if is_failed { "Not sent: " } else { "You: " };
            Some(Self { label: label.into(), words: message::excerpt(&pending.body), is_failed })
        })
    }
}
