//! From the introduction to two browsers that speak, and what comes from the other one from then on.

use super::{
    chat::{self, Chat},
    device, end, files,
    frame::Frame,
    held,
    introduction::introduce,
    is_current, leave,
    link::{self, News, Way},
    number, refused, rerouting, send,
    state::{End, Phase, Trust},
};
use crate::{
    api,
    browser::{self, spawn_local},
    json,
    store::Store,
};
use model::{secret::Step, user::Username};

/// Whether two still want to find a way to each other: it takes time, in which all may have ended, and something else begun.
fn still_connects(chat: &Chat) -> bool {
    is_current(chat) && chat.phase.get_now() == Phase::Connecting
}

async fn open_link(store: Store, chat: &Chat) -> Option<()> {
    let servers = match api::ice_servers(Some(chat.chat_id)).await {
        Ok(servers) => servers,
        Err(failure) => {
            end(chat, refused(failure));
            return None;
        }
    };
    let certificate = device::certificate(store.my_id()).await;
    // A chat has one way: what was said on another one would count as said by whoever is at the end of this.
    if !still_connects(chat) || link::is_begun() {
        return None;
    }
    let hides_address = chat.hides_address.get_now();
    let way = certificate.map(|certificate| Way { certificate, servers, hides_address });
    if way.and_then(|way| link::begin(way, news)).is_none() {
        end(chat, End::NoRoute);
        return None;
    }
    Some(())
}

/// Describes this browser to the other one, which said yes.
pub async fn offer(store: Store, chat: Chat) {
    if open_link(store, &chat).await.is_some() {
        match link::offer(news).await {
            _ if !still_connects(&chat) => {}
            Some(sdp) => introduce(store, &chat, Step::Offer, sdp),
            None => end(&chat, End::NoRoute),
        }
    }
}

/// Answers the other one's description.
pub async fn answer(store: Store, chat: Chat, sdp: String) {
    if open_link(store, &chat).await.is_some() {
        match link::answer(&sdp, link::awaited()).await {
            _ if !still_connects(&chat) => {}
            Some(sdp) => introduce(store, &chat, Step::Answer, sdp),
            None => end(&chat, End::Malformed),
        }
    }
}

/// Takes the other one's answer to this browser's description.
pub async fn finish(chat: Chat, sdp: String) {
    match link::finish(&sdp).await {
        _ if !still_connects(&chat) => {}
        // A channel that opened before this was known waits for it.
        Some(()) if link::is_open() => open(chat).await,
        Some(()) => {}
        None => end(&chat, End::Malformed),
    }
}

/// Something happens on the way between the two.
fn news(news: News) {
    // What comes once it is over, while the channel closes, is not heard: nothing would take it away again.
    let Some((store, chat)) = held().filter(|(_, chat)| !chat.is_over()) else { return };
    let phase = chat.phase.get_now();
    if !matches!(phase, Phase::Connecting | Phase::Connected | Phase::Paused) {
        return;
    }
    match news {
        News::Candidate(candidate) => introduce(store, &chat, Step::Candidate, candidate),
        News::Open => spawn_local(open(chat)),
        News::Failed | News::Lost if phase == Phase::Connecting => end(&chat, End::NoRoute),
        News::Paused | News::Failed if phase == Phase::Connected => {
            chat.enter(Phase::Paused, browser::now());
            rerouting::begin(store, chat);
        }
        News::Resumed if phase == Phase::Paused => chat.enter(Phase::Connected, browser::now()),
        News::Paused | News::Failed | News::Resumed => {}
        News::Lost => end(&chat, End::Gone),
        News::Text(text) => match json::from_str::<Frame>(&text) {
            Ok(frame) => take_frame(&chat, frame),
            Err(_) => leave(End::Malformed),
        },
        News::Bytes(bytes) => files::take(&chat, &bytes),
    }
}

/// Both can speak: before either does, each looks who is there.
async fn open(chat: Chat) {
    // The channel may be quicker than the word that its description is taken. Then `finish` comes back to it.
    let Some((own, other)) = link::fingerprints() else { return };
    // Another name that looks the same would be another person, of whom nothing was compared.
    if Username::new(&chat.peer.username).map(|name| name.as_str() == chat.peer.username) != Ok(true) {
        return end(&chat, End::Malformed);
    }
    chat.number.set(number::of(own, other));
    chat.other.set(Some(other));
    let known = device::known(&chat.peer).await;
    // Another channel may have taken its place meanwhile, with somebody else at its end.
    if !still_connects(&chat) || link::fingerprints() != Some((own, other)) {
        return;
    }
    chat.trust.set(known.trust(other));
    chat.known.set(known);
    chat.enter(Phase::Connected, browser::now());
}

fn take_frame(chat: &Chat, frame: Frame) {
    // Whoever sits in between gets nothing more, and is not heard.
    if chat.trust.get_now() == Trust::Differs && frame != (Frame::End {}) {
        return;
    }
    match frame {
        Frame::End {} => end(chat, End::ByThem),
        Frame::Fetch { number } => files::begin(chat.clone(), number),
        Frame::Taken { number, bytes } => {
            // A file may be under way for longer than nobody may say anything.
            chat.moved_at.set(browser::now());
            files::taken(chat, number, bytes);
        }
        Frame::Stop { file, is_whole } => files::end(chat, file.here(), is_whole),
        frame => {
            let offered = match &frame {
                Frame::File { number, size, .. } if files::is_taken_at_once(chat, *size) => Some(*number),
                _ => None,
            };
            match chat.hear(frame, browser::now()) {
                Ok(answer) => {
                    if let Some(answer) = answer {
                        send(&answer);
                    }
                    if let Some(number) = offered {
                        files::fetch(chat, number, None);
                    }
                }
                Err(chat::Malformed) => leave(End::Malformed),
            }
        }
    }
}
