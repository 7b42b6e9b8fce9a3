//! Another way between two browsers that speak already, where the one they had is gone: somebody went from one network to another. The one that offered
//! at the beginning offers again, through the server if it is still there, and the other one answers. Who they are does not change by it.

use super::{
    chat::Chat,
    introduction::introduce,
    is_current, leave, link,
    state::{End, Phase},
};
use crate::{
    api,
    browser::{self, spawn_local},
    store::Store,
};
use model::secret::Step;

/// What is gone for less than this comes back by itself more often than not.
const FIRST_MS: i32 = 2_000;
/// How long an offer is waited for before there is another one.
const NEXT_MS: i32 = 8_000;

/// The way is gone: the one that offers does so again, and again, until there is another one.
pub fn begin(store: Store, chat: Chat) {
    if !link::is_offering() {
        return;
    }
    // One at a time, however often the way is gone: the last one.
    let turn = chat.reroutings.get_now() + 1;
    chat.reroutings.set(turn);
    spawn_local(async move {
        let is_needed = |chat: &Chat| is_needed(chat) && chat.reroutings.get_now() == turn;
        browser::sleep(FIRST_MS).await;
        while is_needed(&chat) {
            renew(&chat).await;
            if !is_needed(&chat) {
                return;
            }
            if let Some(sdp) = link::offer_again().await.filter(|_| is_needed(&chat)) {
                introduce(store, &chat, Step::Offer, sdp);
            }
            browser::sleep(NEXT_MS).await;
        }
    });
}

/// The other one offers another way.
pub async fn answer(store: Store, chat: Chat, sdp: String) {
    if !link::is_offering() && is_same(&chat, &sdp) {
        let which = link::await_description();
        renew(&chat).await;
        // What is no description leaves the way that there is.
        if !goes_on(&chat) {
            return;
        }
        let answer = link::answer(&sdp, which).await;
        if let Some(sdp) = answer.filter(|_| is_whole(&chat)) {
            introduce(store, &chat, Step::Answer, sdp);
        }
    }
}

/// The other one takes the way that was offered. Where it was one before the last, nothing comes of it.
pub async fn finish(chat: Chat, sdp: String) {
    if link::is_offering() && is_same(&chat, &sdp) {
        let _ = link::finish(&sdp).await;
        is_whole(&chat);
    }
}

/// Whether the browser, too, has read out of a description that the other one is the same.
fn is_whole(chat: &Chat) -> bool {
    let is_other = |read: Option<_>| read.map(|(_, other)| other) == chat.other.get_now();
    let is_whole = goes_on(chat) && is_other(link::fingerprints());
    if !is_whole && goes_on(chat) {
        leave(End::Replaced);
    }
    is_whole
}

fn goes_on(chat: &Chat) -> bool {
    is_current(chat) && matches!(chat.phase.get_now(), Phase::Connected | Phase::Paused)
}

fn is_needed(chat: &Chat) -> bool {
    is_current(chat) && chat.phase.get_now() == Phase::Paused
}

/// Whether what describes the other browser is of the one that is there. Where another one is to take its place, nothing more is said.
fn is_same(chat: &Chat, sdp: &str) -> bool {
    let is_same = link::is_of_other(sdp);
    if is_same == Some(false) && goes_on(chat) {
        leave(End::Replaced);
    }
    is_same == Some(true)
}

/// What a relay was told at the beginning may not hold any more.
async fn renew(chat: &Chat) {
    if let Ok(servers) = api::ice_servers(Some(chat.chat_id)).await
        && goes_on(chat)
    {
        link::renew(servers);
    }
}
