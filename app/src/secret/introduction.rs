//! What goes through the server: the steps by which two browsers are introduced to each other, and what comes of each.

use super::{
    accept,
    chat::Chat,
    chat_of, connecting, current, dismiss, end, link, rerouting, show,
    state::{End, Phase},
};
use crate::{
    browser::{self, spawn_local},
    lazy::{SplitLoaderError, wasm_split},
    store::{Failure, Store},
};
use model::{SecretChatId, User, secret::Step, wire::Command};

/// The other one, or the server, takes a step.
#[wasm_split(secret, fallible)]
pub fn take(
    store: Store,
    chat_id: SecretChatId,
    user: User,
    step: Step,
    detail: String,
) -> Result<(), SplitLoaderError> {
    let chat = current().filter(|chat| chat.chat_id == chat_id);
    let phase = chat.as_ref().map(|chat| chat.phase.get_now());
    match (step, chat, phase) {
        (Step::Ask, None, _) => be_asked(store, chat_id, user),
        (Step::Elsewhere, None, _) if current().is_none_or(|chat| chat.is_over()) => {
            show(store, chat_of(store, chat_id, user, Phase::Elsewhere));
        }
        (Step::Elsewhere, Some(chat), Some(Phase::Rung)) => chat.enter(Phase::Elsewhere, browser::now()),
        (Step::Accept, Some(chat), Some(Phase::Ringing)) => {
            chat.enter(Phase::Connecting, browser::now());
            spawn_local(connecting::offer(store, chat));
        }
        (Step::Offer, Some(chat), Some(Phase::Connecting)) => {
            spawn_local(connecting::answer(store, chat, detail))
        }
        (Step::Answer, Some(chat), Some(Phase::Connecting)) => {
            spawn_local(connecting::finish(chat, detail));
        }
        (Step::Offer, Some(chat), Some(Phase::Connected | Phase::Paused)) => {
            spawn_local(rerouting::answer(store, chat, detail));
        }
        (Step::Answer, Some(chat), Some(Phase::Connected | Phase::Paused)) => {
            spawn_local(rerouting::finish(chat, detail));
        }
        (Step::Hold, Some(chat), Some(_)) => chat.is_alone.set(false),
        (Step::Candidate, Some(_), Some(Phase::Connecting | Phase::Connected | Phase::Paused)) => {
            spawn_local(async move {
                // One that is of no use leaves the others.
                let _ = link::add_candidate(detail).await;
            });
        }
        (Step::Decline, Some(chat), Some(Phase::Ringing)) => end(&chat, End::Declined),
        (Step::End | Step::Gone | Step::Decline, Some(chat), Some(phase)) => match phase {
            Phase::Rung | Phase::Elsewhere => dismiss(),
            Phase::Ringing | Phase::Connecting => end(&chat, End::Gone),
            // They speak directly by then: that the server is gone, or says so, ends nothing while they do.
            Phase::Connected | Phase::Paused if step == Step::Gone => chat.is_alone.set(true),
            Phase::Connected | Phase::Paused => end(&chat, End::ByThem),
            Phase::Asking | Phase::Ended(_) => {}
        },
        _ => {}
    }
    Ok(())
}

fn be_asked(store: Store, chat_id: SecretChatId, user: User) {
    let known = current().filter(|chat| !chat.is_over());
    match known {
        Some(chat) if chat.phase.get_now() == Phase::Ringing && chat.peer.user_id == user.user_id => {
            // Both ask each other at once: one of the two gives way.
            if store.my_id() < user.user_id {
                introduce(store, &chat, Step::End, String::new());
                let theirs = chat_of(store, chat_id, user, Phase::Rung);
                theirs.hides_address.set(chat.hides_address.get_now());
                show(store, theirs);
                accept();
            }
        }
        // This tab cannot; another one may. It says nothing: who asks hears no more than if nobody answered, and not that a tab did so by itself.
        // Whoever asks anew could not take back what they asked before.
        Some(chat) if !chat.gives_way_to(&user) => {}
        _ => show(store, chat_of(store, chat_id, user, Phase::Rung)),
    }
}

/// Takes a step of one's own, and does not wait for what comes of it.
pub fn introduce(store: Store, chat: &Chat, step: Step, detail: String) {
    let step = step_of(chat, step, detail);
    spawn_local(async move { drop(store.connection.request(step).await) });
}

/// A step of one's own.
pub fn step_of(chat: &Chat, step: Step, detail: String) -> Command {
    Command::Introduce { chat_id: chat.chat_id, user_id: chat.peer.user_id, step, detail }
}

/// The chat goes on in this tab. The server takes a tab that is connected anew for another one, and may have started since: it hears of it again, so that
/// one's other tabs say where the chat is, nobody else asks for one, and the two can be introduced again.
pub fn announce(store: Store, chat: &Chat) {
    let connection = store.connection.which();
    if store.connection.is_ready() && chat.announced_by.get_now() != connection {
        chat.announced_by.set(connection);
        let chat = chat.clone();
        spawn_local(async move {
            match store.connection.request(step_of(&chat, Step::Hold, String::new())).await {
                // What ended meanwhile would be held for ever.
                _ if chat.is_over() => introduce(store, &chat, Step::End, String::new()),
                // For the server it is over: it introduces the two no more.
                Err(Failure::Refused(problem)) if problem.is("secret-chat-gone") => chat.is_alone.set(true),
                // Too often, or the server cannot at the moment: it is said again, by and by.
                Err(_) => chat.announced_by.set(0),
                Ok(_) => {}
            }
        });
    }
}
