//! Secret chats: two browsers speak directly, and the server only introduces them (`model::secret`). Everything here is in the memory of one tab, and
//! gone with it. None of its code is loaded before somebody asks or is asked; what of it is `pub` to views is in `view/secret.rs`, which is loaded
//! with it.

pub mod acts;
pub mod address;
mod attempt;
pub mod chat;
mod connecting;
mod device;
mod disk;
pub mod files;
mod frame;
mod introduction;
pub mod known;
mod link;
mod number;
mod rerouting;
pub mod state;
pub mod timer;

use crate::{
    attaching,
    browser::{self, spawn_local},
    json,
    lazy::{SplitLoaderError, wasm_split},
    live::ArcLive,
    notifications,
    store::{Failure, Store},
};
use chat::Chat;
use frame::Frame;
use introduction::{announce, introduce, step_of};
use leptos::prelude::{document, request_animation_frame, window};
use model::{
    SecretChatId, User,
    secret::{RINGING_S, Step},
    wire::Event,
};
use state::{End, Phase};
use std::cell::{Cell, RefCell};
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, DataTransfer, DragEvent};

/// How long browsers may look for a way to each other, in seconds.
const CONNECTING_S: i64 = 30;
/// How long somebody is waited for who is gone here and at the server, in seconds.
const ALONE_S: i64 = 10;
/// After how long in which nothing is said it ends, in seconds.
const IDLE_S: i64 = 30 * 60;

thread_local! {
    static HELD: RefCell<Option<(Store, Chat)>> = const { RefCell::new(None) };
    static SHOWN: ArcLive<Option<Chat>> = ArcLive::new(None);
    static LISTENS: Cell<bool> = const { Cell::new(false) };
}

/// Something happened: is it about a secret chat?
pub fn hear(store: Store, event: &Event) {
    if let Event::Introduced { chat_id, user, step, detail } = event {
        let (chat_id, user, step, detail) = (*chat_id, user.clone(), *step, detail.clone());
        // Where the code cannot be loaded, no secret chat can be had either: for the one who asks, nobody answers.
        spawn_local(async move { drop(introduction::take(store, chat_id, user, step, detail).await) });
    }
}

/// One is about to ask somebody.
pub fn begin(store: Store, user: User) {
    spawn_local(async move {
        if prepare(store, user).await.is_err() {
            store.note.set(Some(words::connection_banner::lost().into()));
        }
    });
}

/// The chat of this tab, if there is one.
pub fn shown() -> ArcLive<Option<Chat>> {
    SHOWN.with(ArcLive::clone)
}

#[wasm_split(secret, fallible)]
fn prepare(store: Store, user: User) -> Result<(), SplitLoaderError> {
    if current()
        .is_none_or(|chat| chat.is_over() || matches!(chat.phase.get_now(), Phase::Asking | Phase::Elsewhere))
    {
        show(store, chat_of(store, SecretChatId(browser::new_id()), user, Phase::Asking));
    }
    Ok(())
}

fn chat_of(store: Store, chat_id: SecretChatId, user: User, phase: Phase) -> Chat {
    let chat = Chat::new(chat_id, store.my_id(), user, phase, browser::now());
    // Another tab may choose something else before the two begin.
    chat.hides_address.set(address::is_hidden());
    chat
}

/// Shows a chat in place of what was shown, and keeps an eye on it until it is over.
fn show(store: Store, chat: Chat) {
    // Whoever spoke in the one before does not in this one.
    link::close();
    listen();
    HELD.set(Some((store, chat.clone())));
    shown().set(Some(chat.clone()));
    store.secret.set_if_new(true);
    spawn_local(async move {
        while is_current(&chat) && !chat.is_over() {
            watch(store, &chat);
            browser::sleep(1_000).await;
        }
    });
}

/// What time does.
fn watch(store: Store, chat: &Chat) {
    let now = browser::now();
    chat.pass(now);
    files::let_go_of_gone(chat);
    if matches!(chat.phase.get_now(), Phase::Connected | Phase::Paused) {
        announce(store, chat);
    }
    if store.blocked.peek(|blocked| blocked.contains(&chat.peer.user_id)) {
        return leave(End::ByMe);
    }
    let for_s = (now.0 - chat.moved_at.get_now().0) / 1_000_000;
    match chat.phase.get_now() {
        Phase::Ringing if for_s > i64::from(RINGING_S) => {
            introduce(store, chat, Step::End, String::new());
            end(chat, End::NoAnswer);
        }
        // Whoever asks says so when they give up; this is for when they cannot.
        Phase::Rung if for_s > i64::from(RINGING_S) + 5 => dismiss(),
        Phase::Connecting if for_s > CONNECTING_S => {
            introduce(store, chat, Step::End, String::new());
            end(chat, End::TimedOut);
        }
        Phase::Connected | Phase::Paused if for_s > IDLE_S => leave(End::Idle),
        Phase::Paused if for_s > CONNECTING_S => end(chat, End::Gone),
        // Whoever goes to another network is back at the server sooner than here.
        Phase::Paused if for_s > ALONE_S && chat.is_alone.get_now() => end(chat, End::Gone),
        // Nothing told that the channel is gone.
        Phase::Connected if !link::is_open() => end(chat, End::Gone),
        _ => {}
    }
}

/// The chat of this tab, not followed.
fn current() -> Option<Chat> {
    HELD.with_borrow(|held| held.as_ref().map(|(_, chat)| chat.clone()))
}

/// Whether a chat is the one of this tab still.
fn is_current(chat: &Chat) -> bool {
    current().is_some_and(|current| current.chat_id == chat.chat_id)
}

fn held() -> Option<(Store, Chat)> {
    HELD.with_borrow(Option::clone)
}

/// A chat lies over the conversation, or not any more: then what is on the screen there is read.
pub fn cover(is_covered: bool) {
    if let Some((store, _)) = held().filter(|(store, _)| store.is_covered.get_now() != is_covered) {
        store.is_covered.set(is_covered);
        if !is_covered && let Ok(focus) = web_sys::Event::new("focus") {
            let _ = window().dispatch_event(&focus);
        }
    }
}

/// Says that somebody rings, in these words, also where nobody looks; or that nobody does any more.
pub fn ring(words: Option<String>) {
    if let Some((store, _)) = held().filter(|(store, _)| store.ringing.get_now() != words) {
        store.ringing.set(words.clone());
        notifications::ring(store, words);
    }
}

/// Asks, once one has read what it means.
pub fn ask() {
    let Some((store, chat)) = held() else { return };
    chat.enter(Phase::Ringing, browser::now());
    chat.announced_by.set(store.connection.which());
    spawn_local(async move {
        let asked = store.connection.request(step_of(&chat, Step::Ask, String::new())).await;
        match asked {
            Err(failure) => end(&chat, refused(failure)),
            // Who gave up meanwhile may have said so before the server knew of it.
            Ok(_) if chat.is_over() => introduce(store, &chat, Step::End, String::new()),
            Ok(_) => {}
        }
    });
}

/// Says yes.
pub fn accept() {
    let Some((store, chat)) = held() else { return };
    chat.enter(Phase::Connecting, browser::now());
    chat.announced_by.set(store.connection.which());
    spawn_local(async move {
        let accepted = store.connection.request(step_of(&chat, Step::Accept, String::new())).await;
        if let Err(failure) = accepted {
            end(&chat, refused(failure));
        }
    });
}

fn refused(failure: Failure) -> End {
    End::Refused(failure.sentence())
}

/// Says no.
pub fn decline() {
    if let Some((store, chat)) = held() {
        introduce(store, &chat, Step::Decline, String::new());
        dismiss();
    }
}

/// Ends it, on both sides, or takes back that one asked.
pub fn leave(why: End) {
    let Some((store, chat)) = held() else { return };
    send(&Frame::End {});
    introduce(store, &chat, Step::End, String::new());
    files::wipe();
    chat.enter(Phase::Ended(why), browser::now());
    // What was just said goes out before the channel does, unless another chat has closed it by then to open its own.
    spawn_local(async move {
        browser::sleep(100).await;
        if is_current(&chat) {
            link::close();
        }
    });
}

/// It is over here, and nothing of it is left.
fn end(chat: &Chat, why: End) {
    if !chat.is_over() {
        if let Some((store, _)) = held().filter(|_| is_current(chat)) {
            link::close();
            files::wipe();
            // Also where the server cannot know of it: for it the two would be in a chat for as long as their tabs are there.
            introduce(store, chat, Step::End, String::new());
        }
        chat.enter(Phase::Ended(why), browser::now());
    }
}

/// Takes it off the screen.
pub fn dismiss() {
    ring(None);
    cover(false);
    if let Some((store, _)) = HELD.take() {
        link::close();
        files::wipe();
        shown().set(None);
        store.secret.set(false);
        // Once what was below can be reached again.
        request_animation_frame(|| {
            if browser::has_no_focus() {
                crate::view::composer::focus();
            }
        });
    }
}

/// Listens, once, to what concerns the chat of this tab.
fn listen() {
    if LISTENS.replace(true) {
        return;
    }
    // The page locks: what is here goes at once, however long the server takes to answer.
    browser::listen(&window(), "bobbin-lock", |_| {
        if current().is_some_and(|chat| !chat.is_over()) {
            leave(End::ByMe);
        }
    });
    browser::listen(&document(), "paste", |event| {
        let content = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data);
        if let Some(content) = content.filter(|content| !attaching::has(content, "text/plain")) {
            take_files(&content);
        }
    });
    for name in ["dragover", "drop"] {
        browser::listen(&document(), name, move |event| {
            let content = event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer);
            match content {
                Some(content) if name == "drop" => take_files(&content),
                Some(content) if is_covering() => content.set_drop_effect("copy"),
                _ => {}
            }
        });
    }
}

fn is_covering() -> bool {
    held().is_some_and(|(store, _)| store.is_covered.get_now())
}

/// What is pasted or dropped while a chat lies over everything else is for that one.
fn take_files(content: &DataTransfer) {
    if let Some(chat) = current().filter(|_| is_covering()) {
        acts::offer_files(&chat, browser::files_of(content.files()));
    }
}

/// Gives the other browser a frame.
fn send(frame: &Frame) {
    if let Ok(text) = json::to_string(frame) {
        link::send(&text);
    }
}
