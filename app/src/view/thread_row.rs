//! One thread in the list: who, when, the last words, how many are unread.

use super::{avatar::Picture, conversation::title_of, icon::Icon, presence, thread_options::muted_sign};
use crate::{
    live::derive,
    route::Route,
    shape::{Part, flag, part, parts, text, view, word},
    store::{Progress, Store},
};
use leptos::prelude::*;
use model::{Thread, ThreadId, ThreadKind, message};

/// A row. It changes by itself when its thread does, and only then.
#[component]
pub fn ThreadRow(thread_id: ThreadId) -> Part {
    let store = expect_context::<Store>();
    let thread = store.thread(thread_id);
    let is_open = move || store.route.with(Route::thread_id) == Some(thread_id);
    let of_thread = {
        let thread = thread.clone();
        move |tell: fn(&Thread) -> String| {
            let thread = thread.clone();
            text(move || thread.with(|thread| thread.as_ref().map(tell).unwrap_or_default()))
        }
    };
    let picture = {
        let thread = thread.clone();
        move || thread.with(|thread| thread.as_ref().map(Picture::of_thread).unwrap_or_default())
    };
    let time = {
        let thread = thread.clone();
        text(move || {
            let active_at = thread.with(|thread| thread.as_ref().map(|thread| thread.active_at));
            active_at.map(|at| store.clock.civil(at).short(&store.clock.today())).unwrap_or_default()
        })
    };
    let excerpt = {
        let thread = thread.clone();
        derive(move || {
            let excerpt = Excerpt::of_unsent(thread_id, store)
                .or_else(|| Excerpt::of_typing(thread_id, store))
                .or_else(|| Excerpt::of_draft(thread_id, store).filter(|_| !is_open()));
            excerpt.unwrap_or_else(|| thread.with(|thread| Excerpt::of(thread.as_ref(), store)))
        })
    };
    let dot = {
        let thread = thread.clone();
        presence::dot(store, move || thread.with(|thread| presence::peer(thread.as_ref())))
    };
    let end = parts(move || {
        let (unread, mentions, options) = thread.with(|thread| {
            thread.as_ref().map_or((0, 0, model::Options::default()), |thread| {
                (thread.unread(), thread.unread_mentions(), thread.options.clone())
            })
        });
        let is_pinned = options.pinned_at.is_some();
        if unread == 0 && !options.is_marked_unread && !is_pinned {
            return None;
        }
        let is_quiet = options.muted_until.is_some() && options.is_muted(store.clock.minute.get());
        let class = if is_quiet { "thread-row-unread thread-row-unread-quiet" } else { "thread-row-unread" };
        let badge = (unread > 0 || options.is_marked_unread).then(|| {
            let (shown, said) = match unread {
                0 => (String::new(), words::thread_row::marked_unread().into()),
                1..1_000 => (words::number(unread), words::thread_row::unread(unread)),
                _ => ("999+".into(), words::thread_row::unread(unread)),
            };
            view! {
                <span class=class>
                    <span aria-hidden="true">{shown}</span>
                    <span class="visually-hidden">{said}</span>
                </span>
            }
        });
        let mention = (mentions > 0).then(|| {
            view! {
                <span class="thread-row-unread" title=words::mentions::unread()>
                    <span aria-hidden="true">"@"</span>
                    <span class="visually-hidden">{words::mentions::unread()}</span>
                </span>
            }
        });
        let pin = (is_pinned && badge.is_none()).then(|| Icon::PIN.draw());
        Some(part(view! {
            <span class="thread-row-end">
                {is_pinned.then(|| view! { <span class="visually-hidden">{words::thread_row::pinned()}</span> })} {pin} {mention} {badge}
            </span>
        }))
    });
    view! {
        <li>
            <a
                class="thread-row"
                href=Route::thread(thread_id).path()
                aria-current=word(move || is_open().then_some("page"))
            >
                {Picture::follow(picture, "")}
                {dot}
                <span class="thread-row-name">
                    <bdi>{of_thread(title_of)}</bdi>
                    {muted_sign(store, thread_id)}
                </span>
                <span class="thread-row-time">{time}</span>
                <span class="thread-row-preview">
                    <span
                        class=text(move || {
                            let of = |is: bool, name: &'static str| if is { name } else { "" };
                            excerpt.with(|excerpt| {
                                [
                                    "thread-row-sender",
                                    of(excerpt.is_failed, " thread-row-failed"),
                                    of(excerpt.is_typing, " presence-typing"),
                                ]
                                .concat()
                            })
                        })
                        hidden=flag(move || excerpt.with(|excerpt| excerpt.label.is_empty()))
                    >{text(move || excerpt.with(|excerpt| excerpt.label.clone()))}</span>
                    <span class="thread-row-words" dir="auto">
                        {text(move || excerpt.with(|excerpt| excerpt.words.clone()))}
                    </span>
                </span>
                {end}
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
    is_typing: bool,
}

impl Excerpt {
    fn of(thread: Option<&Thread>, store: Store) -> Self {
        let Some(thread) = thread else { return Self::default() };
        let Some(last) = &thread.last_message else {
            return Self { words: words::thread_row::empty().into(), ..Self::default() };
        };
        let label = match thread.kind {
            ThreadKind::Notes => String::new(),
            _ if last.sender.user_id == store.my_id() => words::thread_row::you().into(),
            ThreadKind::Group { .. } => words::thread_row::sender(&last.sender.display_name),
            ThreadKind::Direct { .. } => String::new(),
        };
        let is_group = matches!(thread.kind, ThreadKind::Group { .. });
        let words = if last.is_deleted {
            words::thread_row::deleted().into()
        } else if is_group && store.blocked.with(|blocked| blocked.contains(&last.sender.user_id)) {
            // As in the conversation, where it is folded.
            words::message::of_blocked().into()
        } else {
            or_photo(last.excerpt.clone())
        };
        Self { label, words, ..Self::default() }
    }

    fn of_typing(thread_id: ThreadId, store: Store) -> Option<Self> {
        let is_group = store.thread(thread_id).peek(|thread| presence::peer(thread.as_ref()).is_none());
        let label = presence::typing(store, thread_id, is_group)?;
        Some(Self { label, is_typing: true, ..Self::default() })
    }

    fn of_draft(thread_id: ThreadId, store: Store) -> Option<Self> {
        let words = message::excerpt(&store.followed_draft(thread_id)?);
        Some(Self { label: words::thread_row::draft().into(), words, ..Self::default() })
    }

    /// The first that was refused, or else the last one on its way.
    fn of_unsent(thread_id: ThreadId, store: Store) -> Option<Self> {
        store.outbox.with(|outbox| {
            let pending = || outbox.iter().filter(|pending| pending.thread_id == thread_id);
            let refused = pending().find(|pending| matches!(pending.progress, Progress::Refused(_)));
            let is_failed = refused.is_some();
            let pending = refused.or_else(|| pending().next_back())?;
            let label = if is_failed { words::thread_row::not_sent() } else { words::thread_row::you() };
            let words = or_photo(message::excerpt_of(&pending.body, &pending.files));
            Some(Self { label: label.into(), words, is_failed, is_typing: false })
        })
    }
}

/// An excerpt, or what is said of images, of which there is none.
pub fn or_photo(excerpt: String) -> String {
    if excerpt.is_empty() { words::thread_row::photo().into() } else { excerpt }
}
