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
/// What is kept of the choice to show what is written, too.
const WITH_WORDS: &str = "words";

thread_local! {
    static SHOWN: RefCell<Vec<(ThreadId, Notification)>> = const { RefCell::new(Vec::new()) };
}

/// What is to be told, or no longer.
enum News {
    Came { message: Box<Message>, sender: User },
    WasRead(ThreadId),
}

/// Something came, or was read.
pub fn hear(store: Store, event: &Event) {
    let news = match event {
        Event::MessageSent { message, sender } if message.sender_id != store.my_id() => {
            News::Came { message: Box::new(message.clone()), sender: sender.clone() }
        }
        Event::ReadMoved { thread_id, .. } => News::WasRead(*thread_id),
        _ => return,
    };
    if let Some((_, chosen)) = storage::all(&format!("notify.{}", store.my_id())).pop() {
        // Where the code cannot be loaded, neither could anything be said about it.
        spawn_local(async move { drop(tell(store, news, chosen == WITH_WORDS).await) });
    }
}

#[wasm_split(notifications, fallible)]
fn tell(store: Store, news: News, with_words: bool) -> Result<(), SplitLoaderError> {
    match news {
        News::Came { message, sender } => spawn_local(async move {
            browser::sleep(PAUSE_MS).await;
            show(store, &message, &sender, with_words);
        }),
        News::WasRead(thread_id) => close(thread_id),
    }
    Ok(())
}

fn show(store: Store, message: &Message, sender: &User, with_words: bool) {
    let thread_id = message.thread_id;
    let thread = store.thread(thread_id).peek(Clone::clone);
    let is_looked_at = browser::is_attended() && store.shown.get_now() == Shown::Thread(thread_id);
    let Some(thread) = thread.filter(|_| !is_looked_at) else { return };
    if thread.read_seq >= message.seq
        || store.blocked.peek(|blocked| blocked.contains(&sender.user_id))
        || (thread.options.is_muted(browser::now()) && !message.mentions.contains(&store.my_id()))
        || Notification::permission() != NotificationPermission::Granted
    {
        return;
    }
    let words =
        if with_words { or_photo(message.excerpt()) } else { words::thread_row::new_message().into() };
    let body = match thread.kind {
        ThreadKind::Group { .. } => words::thread_row::sender(&sender.display_name) + &words,
        _ => words,
    };
    let options = NotificationOptions::new();
    options.set_body(&body);
    // Another one of the same thread takes its place, also one that another tab shows.
    options.set_tag(&thread_id.to_string());
    options.set_icon("/favicon.svg");
    let Ok(notification) = Notification::new_with_options(&title_of(&thread), &options) else { return };
    let own = notification.clone();
    let follow = Closure::<dyn FnMut()>::new(move || {
        let _ = window().focus();
        own.close();
        navigation::go(store, Route::thread(thread_id));
    });
    notification.set_onclick(Some(follow.into_js_value().unchecked_ref()));
    SHOWN.with_borrow_mut(|shown| {
        shown.retain(|(known, _)| *known != thread_id);
        shown.push((thread_id, notification));
    });
}

/// It was read.
fn close(thread_id: ThreadId) {
    SHOWN.with_borrow_mut(|shown| {
        shown.retain(|(known, notification)| {
            if *known == thread_id {
                notification.close();
            }
            *known != thread_id
        });
    });
}
