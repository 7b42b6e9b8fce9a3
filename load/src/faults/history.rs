//! What happened in a round, as its people saw it: what each device asked and what came of it, what it heard, what it showed in the end, and
//! what the server says once everything is well again. The checker judges nothing else.

use super::view::View;
use model::{
    FileId, Inbox, Member, Message, MessageId, ThreadId, Timestamp, UserId,
    wire::{Command, Event},
};
use std::collections::BTreeMap;

/// Microseconds since the round began, by the one clock of the tool that never steps.
pub type Moment = u64;

/// Later than anything.
pub const NEVER: Moment = Moment::MAX;

/// One device of one person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Device {
    /// Whose.
    pub user_id: UserId,
    /// Which of theirs.
    pub number: usize,
}

/// A command, sent until something definite came of it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Who asked.
    pub device: Device,
    /// For what.
    pub command: Command,
    /// Before the first time that it left.
    pub began: Moment,
    /// When it was known what came of it.
    pub ended: Moment,
    /// What came of it.
    pub fate: Fate,
    /// Some time it left and nobody answered: a copy may be under way for ever.
    pub was_in_doubt: bool,
    /// Some time it was refused for the moment only, so that later ones may have overtaken it.
    pub was_put_off: bool,
}

/// What came of a command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It was done. If it was a message, this is its place.
    Acknowledged(Option<Place>),
    /// It was refused for good.
    Refused(String),
    /// Nobody knows.
    Unknown,
}

/// A message's place in its thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// Its number.
    pub seq: u64,
    /// Its key.
    pub created_at: Timestamp,
}

impl Place {
    /// Where a message stands.
    pub fn of(message: &Message) -> Self {
        Self { seq: message.seq, created_at: message.created_at }
    }
}

impl Asked {
    /// Whether it was done, for certain.
    pub fn is_acknowledged(&self) -> bool {
        matches!(self.fate, Fate::Acknowledged(_))
    }

    /// Whether it was not done, for certain: every time that it left, it was refused.
    pub fn is_refused(&self) -> bool {
        matches!(self.fate, Fate::Refused(_)) && !self.was_in_doubt
    }

    /// From when on it cannot take effect any more.
    pub fn settled(&self) -> Moment {
        if self.was_in_doubt || self.fate == Fate::Unknown { NEVER } else { self.ended }
    }
}

/// Something that somebody did in a thread, as whoever hears of it can tell.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Deed {
    /// A message was sent.
    Sent(MessageId),
    /// A message was given these words.
    Edited(MessageId, String),
    /// A message was deleted.
    Deleted(MessageId),
    /// Somebody put an emoji under a message, or took it away.
    Reacted(MessageId, UserId, String, bool),
    /// A message was pinned or unpinned.
    Pinned(MessageId, bool),
    /// The group was given this title.
    Titled(String),
}

impl Deed {
    /// What a command does, and where.
    pub fn of_command(command: &Command, who: UserId) -> Option<(ThreadId, Self)> {
        Some(match command {
            Command::SendMessage { thread_id, message_id, .. }
            | Command::ForwardMessage { thread_id, message_id, .. } => (*thread_id, Self::Sent(*message_id)),
            Command::EditMessage { thread_id, message_id, body } => {
                (*thread_id, Self::Edited(*message_id, body.clone()))
            }
            Command::DeleteMessage { thread_id, message_id } => (*thread_id, Self::Deleted(*message_id)),
            Command::React { thread_id, message_id, emoji, is_on } => {
                (*thread_id, Self::Reacted(*message_id, who, emoji.clone(), *is_on))
            }
            Command::PinMessage { thread_id, message_id, is_pinned } => {
                (*thread_id, Self::Pinned(*message_id, *is_pinned))
            }
            Command::UpdateGroup { thread_id, title, .. } => (*thread_id, Self::Titled(title.clone())),
            _ => return None,
        })
    }

    /// What an event tells of, and where.
    pub fn of_event(event: &Event) -> Option<(ThreadId, Self)> {
        Some(match event {
            Event::MessageSent { message, .. } => (message.thread_id, Self::Sent(message.message_id)),
            Event::MessageChanged { message, .. } if message.is_deleted => {
                (message.thread_id, Self::Deleted(message.message_id))
            }
            Event::MessageChanged { message, .. } => {
                (message.thread_id, Self::Edited(message.message_id, message.body.clone()))
            }
            Event::Reacted { thread_id, message_id, user_id, emoji, is_on, .. } => {
                (*thread_id, Self::Reacted(*message_id, *user_id, emoji.clone(), *is_on))
            }
            Event::Pinned { thread_id, message_id, is_pinned, .. } => {
                (*thread_id, Self::Pinned(*message_id, *is_pinned))
            }
            Event::GroupUpdated { thread_id, title, .. } => (*thread_id, Self::Titled(title.clone())),
            _ => return None,
        })
    }
}

/// An event that reached a device.
#[derive(Clone, Debug)]
pub struct Heard {
    /// When.
    pub at: Moment,
    /// Of which thread.
    pub thread_id: ThreadId,
    /// Of what.
    pub deed: Deed,
    /// If it was a message that was sent, its place.
    pub place: Option<Place>,
}

impl Heard {
    /// The message that was sent, if that is what it was.
    pub fn message_id(&self) -> Option<MessageId> {
        if let Deed::Sent(message_id) = self.deed { Some(message_id) } else { None }
    }

    /// What an event says of what somebody did, if it does.
    pub fn of(at: Moment, event: &Event) -> Option<Self> {
        let place = match event {
            Event::MessageSent { message, .. } => Some(Place::of(message)),
            _ => None,
        };
        Deed::of_event(event).map(|(thread_id, deed)| Self { at, thread_id, deed, place })
    }
}

/// Everything that one device did and saw.
#[derive(Debug)]
pub struct Diary {
    /// Whose it is.
    pub device: Device,
    /// What it still waits for at the end, and why.
    pub pending: Vec<String>,
    /// In the order of asking.
    pub asked: Vec<Asked>,
    /// In the order of hearing.
    pub heard: Vec<Heard>,
    /// What it shows at the end.
    pub view: View,
    /// How often it connected.
    pub connections: u64,
    /// How often it was told that it was too slow for its events.
    pub resyncs: u64,
}

/// What the server says when everything is well again and nobody asks for anything any more.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Fresh {
    /// Everybody's threads.
    pub inboxes: BTreeMap<UserId, Inbox>,
    /// Each thread from its first message to its last.
    pub logs: BTreeMap<ThreadId, Vec<Message>>,
    /// Who is in each thread, by `user_id`.
    pub members: BTreeMap<ThreadId, Vec<Member>>,
    /// The same by another member, page by page from the last message to the first: which message stands where. Read once, at the very end.
    pub pages: BTreeMap<ThreadId, Vec<(MessageId, Place)>>,
    /// Of the files of messages, those that came down, and as which one each had gone up, if it is whole.
    pub files: BTreeMap<FileId, Option<FileId>>,
}
