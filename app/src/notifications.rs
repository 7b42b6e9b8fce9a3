//! Desktop notifications: of what comes while nobody looks at it, one a thread, gone when it is read, here or elsewhere. Nothing of this is loaded before
//! somebody turned them on.

use crate::{
    browser::{self, spawn_local},
    lazy::{SplitLoaderError, wasm_split},
    navigation,
    route::Route,
    storage,
    store::{Shown, Store},
    view::{conversation::title_of, thread_row::or_photo},
};
use leptos::prelude::window;
use model::{Message, ThreadId, ThreadKind, User, wire::Event};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Notification, NotificationOptions, NotificationPermission};

/// How long something may be read by then, in some tab of this browser, before it is told: another tab may have it on its screen.
const PAUSE_MS: i32 = 600;
/// How often that is waited for, where nothing of the thread is known yet.
const MOST_PAUSES: usize = 20;
/// What is kept of the last message that came to a thread that somebody looks at.
const LOOKED_AT: &str = "looked-at";
/// What one who rings is known by, as a thread is by its id.
const RINGING: &str = "ringing";
/// What is kept of the choice to show what is written, too.
const WITH_WORDS: &str = "words";

thread_local! {
    /// What each is known by, and its newest message.
    static SHOWN: RefCell<Vec<(String, u64, Notification)>> = const { RefCell::new(Vec::new()) };
}

/// What is to be told, or no longer.
enum News {
    Came {
        message: Box<Message>,
        sender: User,
    },
    /// As far as this message.
    WasRead(ThreadId, u64),
    /// Somebody rings, or not any more.
    Rings(Option<String>),
}

/// Something came, or was read.
pub fn hear(store: Store, event: &Event) {
    let news = match event {
        Event::MessageSent { message, sender } if message.sender_id != store.my_id() => {
            News::Came { message: Box::new(message.clone()), sender: sender.clone() }
        }
        Event::ReadMoved { thread_id, read_seq, .. } => News::WasRead(*thread_id, *read_seq),
        _ => return,
    };
    notify(store, news);
}

/// Somebody rings, in these words, or not any more.
pub fn ring(store: Store, words: Option<String>) {
    notify(store, News::Rings(words));
}

fn notify(store: Store, news: News) {
    if let Some((_, chosen)) = storage::all(&format!("notify.{}", store.my_id())).pop() {
        // Where the code cannot be loaded, neither could anything be said about it.
        spawn_local(async move { drop(tell(store, news, chosen == WITH_WORDS).await) });
    }
}

#[wasm_split(notifications, fallible)]
fn tell(store: Store, news: News, with_words: bool) -> Result<(), SplitLoaderError> {
    match news {
        News::Came { message, sender } => spawn_local(async move {
            let (thread_id, seq) = (message.thread_id, message.seq);
            if is_looked_at(store, thread_id) {
                // Somebody looks at it, though perhaps not at its end: no other tab is to tell of it either.
                return storage::keep(LOOKED_AT, &format!("{thread_id} {seq}"));
            }
            for _ in 0..MOST_PAUSES {
                browser::sleep(PAUSE_MS).await;
                // A thread that was not loaded is being asked for.
                if store.thread(thread_id).peek(Option::is_some) {
                    return tell_message(store, &message, &sender, with_words);
                }
            }
        }),
        News::WasRead(thread_id, seq) => close(&thread_id.to_string(), seq),
        News::Rings(Some(words)) if !browser::is_attended() => {
            show(RINGING.into(), 0, words, String::new(), || ())
        }
        News::Rings(_) => close(RINGING, 0),
    }
    Ok(())
}

fn tell_message(store: Store, message: &Message, sender: &User, with_words: bool) {
    let thread_id = message.thread_id;
    let thread = store.thread(thread_id).peek(Clone::clone);
    let Some(thread) = thread.filter(|_| !is_looked_at(store, thread_id)) else { return };
    if thread.read_seq >= message.seq
        || is_looked_at_elsewhere(message)
        || store.blocked.peek(|blocked| blocked.contains(&sender.user_id))
        || (thread.options.is_muted(browser::now()) && !message.mentions.contains(&store.my_id()))
    {
        return;
    }
    let words =
        if with_words { or_photo(message.excerpt()) } else { words::thread_row::new_message().into() };
    let body = match thread.kind {
        ThreadKind::Group { .. } => words::thread_row::sender(&sender.display_name) + &words,
        _ => words,
    };
    let go = move || navigation::go(store, Route::thread(thread_id));
    show(thread_id.to_string(), message.seq, title_of(&thread), body, go);
}

/// Whether somebody has the thread on the screen of this tab.
fn is_looked_at(store: Store, thread_id: ThreadId) -> bool {
    store.is_attended() && store.shown.get_now() == Shown::Thread(thread_id)
}

/// Whether another tab of this browser had the thread on its screen when this came.
fn is_looked_at_elsewhere(message: &Message) -> bool {
    storage::all(LOOKED_AT).pop().is_some_and(|(_, looked_at)| {
        looked_at
            .strip_prefix(&format!("{} ", message.thread_id))
            .and_then(|seq| seq.parse::<u64>().ok())
            .is_some_and(|seq| seq >= message.seq)
    })
}

fn show(tag: String, seq: u64, title: String, body: String, go: impl Fn() + 'static) {
    if Notification::permission() != NotificationPermission::Granted {
        return;
    }
    let options = NotificationOptions::new();
    options.set_body(&body);
    // Another one of the same thread takes its place, also one that another tab shows.
    options.set_tag(&tag);
    options.set_icon("/favicon.svg");
    let Ok(notification) = Notification::new_with_options(&title, &options) else { return };
    let own = notification.clone();
    let follow = Closure::<dyn FnMut()>::new(move || {
        let _ = window().focus();
        own.close();
        go();
    });
    notification.set_onclick(Some(follow.into_js_value().unchecked_ref()));
    SHOWN.with_borrow_mut(|shown| {
        shown.retain(|(known, _, _)| *known != tag);
        shown.push((tag, seq, notification));
    });
}

/// It was read, as far as this, or answered.
fn close(tag: &str, seq: u64) {
    SHOWN.with_borrow_mut(|shown| {
        shown.retain(|(known, newest, notification)| {
            let is_over = known == tag && *newest <= seq;
            if is_over {
                notification.close();
            }
            !is_over
        });
    });
}
