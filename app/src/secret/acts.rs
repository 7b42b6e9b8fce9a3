//! What one does in a secret chat that goes on. Each is done here, and said to the other browser.

use super::{
    chat::Chat,
    device, files,
    frame::{Frame, Place},
    known::Known,
    link,
    number::Fingerprint,
    send,
    state::{Purpose, Trust},
};
use crate::browser::{self, spawn_local};
use model::secret::{SecretMessageId, SecretText};
use web_sys::File;

/// Says what was written. Whether it could be said: where not, it stays where it was written.
pub fn say(chat: &Chat, text: &str) -> bool {
    let is_open = chat.is_open() && link::is_open();
    let Some(text) = SecretText::new(text).filter(|_| is_open) else { return false };
    let frame = match chat.purpose.get_now() {
        // It vanished meanwhile: the words stay where they were written.
        Some(Purpose::Edit(id)) if !chat.has_text(id) => {
            chat.purpose.set(None);
            return false;
        }
        Some(Purpose::Edit(id)) => {
            let frame = Frame::Edit { number: id.number, text: text.between_the_two().into() };
            chat.edit(id, text);
            chat.moved_at.set(browser::now());
            frame
        }
        purpose => {
            let reply_to = match purpose {
                Some(Purpose::Reply(id)) => Some(id),
                _ => None,
            };
            chat.say(text, reply_to, browser::now())
        }
    };
    chat.purpose.set(None);
    chat.written.set(String::new());
    send(&frame);
    true
}

/// Offers files.
pub fn offer_files(chat: &Chat, chosen: Vec<File>) {
    if chat.is_open() {
        files::offer(chat, chosen);
    }
}

/// Says that one is writing, or not any more.
pub fn tell_typing(chat: &Chat, is_typing: bool) {
    if chat.is_open() {
        send(&Frame::Typing { is_typing });
    }
}

/// Puts an emoji under a message in place of another, or takes it away.
pub fn react(chat: &Chat, id: SecretMessageId, emoji: Option<String>) {
    if chat.is_open() {
        chat.with(id, |entry| entry.message.reactions[0].clone_from(&emoji));
        chat.moved_at.set(browser::now());
        send(&Frame::React { to: Place::of(id), emoji });
    }
}

/// Deletes one's own message on both sides.
pub fn delete(chat: &Chat, number: u32) {
    if chat.is_open() {
        chat.delete(SecretMessageId { is_mine: true, number });
        chat.moved_at.set(browser::now());
        send(&Frame::Delete { number });
    }
}

/// Proposes after how long messages are to vanish.
pub fn propose_timer(chat: &Chat, seconds: Option<u32>) {
    if chat.is_open() {
        send(&chat.propose(seconds));
    }
}

/// Agrees to what the other one proposed.
pub fn agree_to_timer(chat: &Chat) {
    if chat.is_open()
        && let Some(frame) = chat.agree()
    {
        send(&frame);
    }
}

/// Takes back what one proposed, or does not want what the other one did.
pub fn withdraw_timer(chat: &Chat) {
    if chat.is_open() {
        send(&chat.withdraw());
    }
}

/// Goes on although the other browser is none of those that were compared. Of those nothing changes, and the next time it is seen again.
pub fn go_on(chat: &Chat) {
    chat.trust.set(Trust::Unverified);
}

/// Both see the same number: from now on the other one's browser is known, as are those that were. Or they do not: that is remembered, and nothing
/// more is said.
pub fn verify(chat: &Chat, is_same: bool) {
    let Some(other) = chat.other.get_now() else { return };
    // What was said meanwhile was not heard: there is no way back.
    if chat.trust.get_now() == Trust::Differs {
        return;
    }
    if is_same {
        chat.trust.set(Trust::Verified);
        keep(chat, other, Known::with);
    } else {
        distrust(chat);
        keep(chat, other, Known::with_differing);
    }
}

fn distrust(chat: &Chat) {
    chat.trust.set(Trust::Differs);
    // Files that are under way, too.
    files::wipe();
}

/// Gives up what was compared of all browsers of theirs.
pub fn forget(chat: &Chat) {
    let Some(other) = chat.other.get_now() else { return };
    if chat.trust.get_now() != Trust::Differs {
        chat.trust.set(Trust::Unverified);
    }
    keep(chat, other, |_, _| Known::default());
}

/// Has this browser remember what was said to the number of the one that is there.
fn keep(chat: &Chat, other: Fingerprint, change: fn(&Known, Fingerprint) -> Known) {
    // It holds in this chat even where nothing can be kept.
    chat.known.set(change(&chat.known.get_now(), other));
    let chat = chat.clone();
    spawn_local(async move {
        let Some(known) = device::change_known(&chat.peer, |known| change(known, other)).await else {
            return;
        };
        // In another tab one has said that the numbers differ.
        if known.trust(other) == Trust::Differs && chat.trust.get_now() != Trust::Differs {
            distrust(&chat);
        }
        chat.known.set(known);
    });
}
