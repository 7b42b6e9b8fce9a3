//! A secret chat as this page knows it, and what becomes of it as the two speak. All of it is in memory; when it ends, what was said goes with it.

use super::{
    frame::{Frame, Place},
    known::Known,
    number::Fingerprint,
    state::{Entry, Phase, Progress, Purpose, Timer, Transfer, Trust},
};
use crate::live::ArcLive;
use model::{
    FileName, SecretChatId, Timestamp, User, UserId,
    secret::{SecretMessage, SecretMessageId, SecretText},
};

/// Messages and files that a chat holds at most; the oldest go first.
const MOST: usize = 2_000;
/// What can stand under a message.
pub const EMOJI: [&str; 6] = ["👍", "❤️", "😂", "😮", "😢", "🎉"];

/// A chat.
#[derive(Clone)]
pub struct Chat {
    /// Which one.
    pub chat_id: SecretChatId,
    /// With whom.
    pub peer: User,
    /// Whether one's address is hidden in it: as the box stood when one asked or accepted.
    pub hides_address: ArcLive<bool>,
    /// How far it is.
    pub phase: ArcLive<Phase>,
    /// What was said, the oldest first.
    pub entries: ArcLive<Vec<ArcLive<Entry>>>,
    /// What the two compare.
    pub number: ArcLive<Vec<String>>,
    /// Whose browser the number is of.
    pub(super) other: ArcLive<Option<Fingerprint>>,
    /// Whether they have.
    pub trust: ArcLive<Trust>,
    /// Which browsers of the other one were compared.
    pub known: ArcLive<Known>,
    /// After how long messages vanish.
    pub timer: ArcLive<Timer>,
    /// What this side ever proposed or agreed to, where the other one keeps the timer.
    pub(super) consented: ArcLive<Vec<Option<u32>>>,
    /// What the composer is for.
    pub purpose: ArcLive<Option<Purpose>>,
    /// What stands in the composer, and is sent nowhere yet.
    pub written: ArcLive<String>,
    /// What stood there before one began to change a message.
    pub draft: ArcLive<String>,
    /// Whether it is out of the way: a card says that it is there.
    pub is_small: ArcLive<bool>,
    /// How much was said meanwhile.
    pub unseen: ArcLive<u32>,
    /// Whether the other one is writing.
    pub is_typing: ArcLive<bool>,
    /// Whether files were said, too: they may have been saved.
    pub has_had_files: ArcLive<bool>,
    /// When something was said last, or the phase began.
    pub moved_at: ArcLive<Timestamp>,
    /// By which of this page's connections the server knows that this tab holds it.
    pub announced_by: ArcLive<u32>,
    /// Whether the server knows of no tab of the other one any more.
    pub is_alone: ArcLive<bool>,
    /// How often another way was looked for.
    pub(super) reroutings: ArcLive<u32>,
    said: ArcLive<[u32; 2]>,
    /// Whether it is this page that keeps the timer: of the two, one decides what came first.
    pub(super) keeps_timer: bool,
}

impl Chat {
    /// One that begins.
    pub fn new(chat_id: SecretChatId, me: UserId, peer: User, phase: Phase, now: Timestamp) -> Self {
        Self {
            keeps_timer: me < peer.user_id,
            chat_id,
            peer,
            hides_address: ArcLive::new(false),
            phase: ArcLive::new(phase),
            entries: ArcLive::new(Vec::new()),
            number: ArcLive::new(Vec::new()),
            other: ArcLive::new(None),
            trust: ArcLive::new(Trust::Unverified),
            known: ArcLive::new(Known::default()),
            timer: ArcLive::new(Timer::default()),
            consented: ArcLive::new(Vec::new()),
            purpose: ArcLive::new(None),
            written: ArcLive::new(String::new()),
            draft: ArcLive::new(String::new()),
            is_small: ArcLive::new(false),
            unseen: ArcLive::new(0),
            is_typing: ArcLive::new(false),
            has_had_files: ArcLive::new(false),
            moved_at: ArcLive::new(now),
            announced_by: ArcLive::new(0),
            is_alone: ArcLive::new(false),
            reroutings: ArcLive::new(0),
            said: ArcLive::new([0; 2]),
        }
    }

    /// It is in another phase.
    pub fn enter(&self, phase: Phase, now: Timestamp) {
        self.moved_at.set(now);
        // Whoever was writing says so again.
        self.is_typing.set_if_new(false);
        if matches!(phase, Phase::Ended(_)) {
            self.entries.set(Vec::new());
            self.number.set(Vec::new());
            self.other.set(None);
            self.purpose.set(None);
            self.written.set(String::new());
            self.draft.set(String::new());
            // Whoever put it out of the way sees that it is over.
            self.show();
        }
        self.phase.set(phase);
    }

    /// It lies over the conversation again.
    pub fn show(&self) {
        self.is_small.set_if_new(false);
        self.unseen.set_if_new(0);
    }

    /// Whether it is over.
    pub fn is_over(&self) -> bool {
        self.phase.peek(|phase| matches!(phase, Phase::Ended(_)))
    }

    /// Whether it gives way to somebody who asks.
    pub fn gives_way_to(&self, asker: &User) -> bool {
        match self.phase.get_now() {
            Phase::Asking | Phase::Elsewhere => true,
            phase => phase == Phase::Rung && self.peer.user_id == asker.user_id,
        }
    }

    /// Whether something can be said now.
    pub fn is_open(&self) -> bool {
        self.phase.get_now() == Phase::Connected
            && matches!(self.trust.get_now(), Trust::Unverified | Trust::Verified)
    }

    /// One says something: the message, for the other one.
    pub fn say(&self, text: SecretText, reply_to: Option<SecretMessageId>, now: Timestamp) -> Frame {
        let number = self.next_number(true);
        let lasts = self.lasts();
        let frame = Frame::say(number, &text, reply_to, lasts);
        self.add(SecretMessageId { is_mine: true, number }, Some(text), reply_to, None, lasts, now);
        frame
    }

    /// One offers a file.
    pub fn offer(&self, name: String, size: u64, kind: String, now: Timestamp) -> (u32, Frame) {
        let number = self.next_number(true);
        let lasts = self.lasts();
        let frame = Frame::File { number, name: name.clone(), size, kind: kind.clone(), lasts };
        let file = Transfer { name, size, kind, progress: Progress::Offered };
        self.add(SecretMessageId { is_mine: true, number }, None, None, Some(file), lasts, now);
        (number, frame)
    }

    /// The other one said something. Gives what is to be answered; an error is something that no Bobbin says.
    pub fn hear(&self, frame: Frame, now: Timestamp) -> Result<Option<Frame>, Malformed> {
        let theirs = |number| SecretMessageId { is_mine: false, number };
        if !matches!(frame, Frame::Typing { .. } | Frame::Got { .. }) {
            self.moved_at.set(now);
        }
        match frame {
            Frame::Say { number, text, reply_to, lasts } => {
                let text = SecretText::new(&text).ok_or(Malformed)?;
                self.expect_lasts(lasts)?;
                self.expect_number(number)?;
                self.is_typing.set_if_new(false);
                self.add(theirs(number), Some(text), reply_to.map(Place::here), None, lasts, now);
                return Ok(Some(Frame::Got { number }));
            }
            Frame::File { number, name, size, kind, lasts } => {
                self.expect_lasts(lasts)?;
                self.expect_number(number)?;
                let name = FileName::new(&name).as_str().to_owned();
                let file = Transfer { name, size, kind, progress: Progress::Offered };
                self.add(theirs(number), None, None, Some(file), lasts, now);
                return Ok(Some(Frame::Got { number }));
            }
            Frame::Got { number } => {
                self.with(SecretMessageId { is_mine: true, number }, |entry| {
                    entry.message.is_delivered = true;
                });
            }
            Frame::Edit { number, text } => {
                let text = SecretText::new(&text).ok_or(Malformed)?;
                self.is_typing.set_if_new(false);
                self.edit(theirs(number), text);
            }
            Frame::Delete { number } => self.delete(theirs(number)),
            Frame::React { to, emoji } => {
                if emoji.as_ref().is_some_and(|emoji| !EMOJI.contains(&&**emoji)) {
                    return Err(Malformed);
                }
                // One to a message that was deleted meanwhile comes too late.
                self.with(to.here(), |entry| {
                    if !entry.is_empty() {
                        entry.message.reactions[1] = emoji;
                    }
                });
            }
            Frame::Typing { is_typing } => self.is_typing.set_if_new(is_typing),
            frame @ (Frame::Propose { .. }
            | Frame::Agree { .. }
            | Frame::Withdraw {}
            | Frame::Timer { .. }) => return self.hear_of_timer(frame),
            // What is about the bytes of files, and the end, is not for here.
            Frame::Fetch { .. } | Frame::Taken { .. } | Frame::Stop { .. } | Frame::End {} => {}
        }
        Ok(None)
    }

    /// A message says something else.
    pub fn edit(&self, id: SecretMessageId, text: SecretText) {
        self.with(id, |entry| {
            if entry.message.text.is_some() {
                entry.message.text = Some(text);
                entry.message.is_edited = true;
            }
        });
    }

    /// A message is gone, on both sides.
    pub fn delete(&self, id: SecretMessageId) {
        self.with(id, Entry::empty);
    }

    /// A message.
    pub fn entry(&self, id: SecretMessageId) -> Option<ArcLive<Entry>> {
        self.entries.peek(|entries| {
            entries.iter().rev().find(|entry| entry.peek(|entry| entry.message.id == id)).cloned()
        })
    }

    /// Whether a message says something that could be changed.
    pub fn has_text(&self, id: SecretMessageId) -> bool {
        self.entry(id).is_some_and(|entry| entry.peek(|entry| entry.message.text.is_some()))
    }

    /// Changes a message.
    pub fn with(&self, id: SecretMessageId, change: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.entry(id) {
            entry.update(change);
        }
    }

    fn next_number(&self, is_mine: bool) -> u32 {
        let next = self.said.update(|said| {
            let said = &mut said[usize::from(!is_mine)];
            *said += 1;
            *said
        });
        next.unwrap_or(0)
    }

    /// The channel brings everything once and in order: another number is no Bobbin's.
    fn expect_number(&self, number: u32) -> Result<(), Malformed> {
        if self.next_number(false) == number { Ok(()) } else { Err(Malformed) }
    }

    fn add(
        &self,
        id: SecretMessageId,
        text: Option<SecretText>,
        reply_to: Option<SecretMessageId>,
        file: Option<Transfer>,
        lasts: Option<u32>,
        now: Timestamp,
    ) {
        self.moved_at.set(now);
        if !id.is_mine && self.is_small.get_now() {
            self.unseen.update(|unseen| *unseen += 1);
        }
        self.has_had_files.update(|has_had| *has_had |= file.is_some());
        let message = SecretMessage {
            id,
            text,
            reply_to,
            is_edited: false,
            is_delivered: false,
            reactions: [None, None],
            at: now,
            vanishes_at: lasts.map(|seconds| Timestamp(now.0 + i64::from(seconds) * 1_000_000)),
        };
        self.entries.update(|entries| {
            entries.push(ArcLive::new(Entry { message, file }));
            if entries.len() > MOST {
                entries.remove(0);
            }
        });
    }
}

/// What came is nothing that a Bobbin says: who speaks so is not listened to any longer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Malformed;

#[cfg(test)]
pub(super) mod tests;
