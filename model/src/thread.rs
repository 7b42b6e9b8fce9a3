//! A thread as one of its members sees it, and the member.

use crate::{Message, Options, PictureId, Pins, Refusal, ThreadId, Timestamp, User, UserId, name, page};
use serde::{Deserialize, Serialize};

/// A conversation, with what one member's list shows of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Thread {
    /// Which one.
    pub thread_id: ThreadId,
    /// Two people, a group, or notes.
    pub kind: ThreadKind,
    /// How many messages it has: the newest one's `seq`, or 0.
    pub last_seq: u64,
    /// Counts what changed besides new messages: title, members, roles, and the messages themselves. A client that sees it jump missed
    /// something.
    pub change: u64,
    /// When its newest message was written, or, before the first, when it was made. Threads are listed by it.
    pub active_at: Timestamp,
    /// The newest message.
    pub last_message: Option<LastMessage>,
    /// What is pinned on top of it, if anything is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pins: Option<Pins>,
    /// How far this member has read: a `seq`, or 0.
    pub read_seq: u64,
    /// The key of the message that `read_seq` numbers: the cursor of the first unread page.
    pub read_at: Option<Timestamp>,
    /// How many of its messages this member sent.
    pub own_count: u64,
    /// How many of those stand at or before `read_seq`.
    pub own_read_count: u64,
    /// How often this member was called by name.
    #[serde(default, skip_serializing_if = "crate::user::is_zero")]
    pub mention_count: u64,
    /// How many of those times stand at or before `read_seq`.
    #[serde(default, skip_serializing_if = "crate::user::is_zero")]
    pub mention_read_count: u64,
    /// How far the other one of a direct thread has read: a `seq`, or 0. Nothing in a group, and where one of them hides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_seq: Option<u64>,
    /// What the other one of a direct thread says of themselves.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// How many people ask to be let into the group, if this member is one of its admins.
    #[serde(default, skip_serializing_if = "crate::user::is_zero")]
    pub request_count: u64,
    /// How this member keeps it.
    #[serde(default, skip_serializing_if = "Options::are_untouched")]
    pub options: Options,
}

/// What kind of thread it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ThreadKind {
    /// Exactly two people, always the same thread for the same two.
    Direct {
        /// The other one.
        peer: User,
    },
    /// Oneself alone: notes, at hand on every device.
    Notes,
    /// Any number of people.
    Group {
        /// What it is called.
        title: String,
        /// Its picture.
        avatar: Avatar,
        /// What this member may do.
        role: Role,
        /// How many members it has.
        member_count: u64,
    },
}

/// A group's picture: a hue and, instead of the title's initials, an emoji, or a picture instead of both.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Avatar {
    /// Which of the twelve hues, 0 to 11.
    pub hue: u8,
    /// What stands in it: one emoji, or, if empty, the title's initials.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub glyph: String,
    /// See [`crate::picture`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture_id: Option<PictureId>,
}

impl Avatar {
    /// How many hues there are.
    pub const HUES: u8 = 12;
}

/// What a member may do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Role {
    /// Also adds, removes, renames, and makes admins.
    Admin,
    /// Reads and writes.
    Member,
}

/// Somebody in a thread.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    /// Who.
    pub user: User,
    /// What they may do.
    pub role: Role,
}

/// The newest message of a thread, the one of its `last_seq`, as far as a list shows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LastMessage {
    /// Who sent it.
    pub sender: User,
    /// Its first words, or the name of its file. Empty for images without words: see [`Message::excerpt`].
    pub excerpt: String,
    /// Whether it was deleted.
    #[serde(default, skip_serializing_if = "crate::message::is_false")]
    pub is_deleted: bool,
}

impl LastMessage {
    /// What a list shows of a message.
    #[must_use]
    pub fn of(message: &Message, sender: User) -> Self {
        Self { sender, excerpt: message.excerpt(), is_deleted: message.is_deleted }
    }
}

/// A group's title: 1 to [`name::MAX_CHARS`] visible characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Title(String);

impl Title {
    /// The title in `text`, without invisible characters, or [`Refusal::TitleInvalid`].
    pub fn new(text: &str) -> Result<Self, Refusal> {
        name::clean(text).map(Self).map_err(|_| Refusal::TitleInvalid)
    }

    /// As it is kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Thread {
    /// Most members a thread can have.
    pub const MAX_MEMBERS: u64 = 20_000;

    /// What people call it: the group's title, or the other person's name. Nothing, if it is one's notes.
    #[must_use]
    pub fn title(&self) -> &str {
        match &self.kind {
            ThreadKind::Direct { peer } => &peer.display_name,
            ThreadKind::Group { title, .. } => title,
            ThreadKind::Notes => "",
        }
    }

    /// How many messages of others this member has not read. A subtraction of numbers that only grow, so it cannot stick, and the
    /// order in which they arrive does not matter.
    #[must_use]
    pub fn unread(&self) -> u64 {
        let after_read = self.last_seq.saturating_sub(self.read_seq);
        after_read.saturating_sub(self.own_count.saturating_sub(self.own_read_count))
    }

    /// How many times this member was called by name in what they have not read.
    #[must_use]
    pub fn unread_mentions(&self) -> u64 {
        self.mention_count.saturating_sub(self.mention_read_count)
    }

    /// Whether there is something to read in it, or this member wants it to look so.
    #[must_use]
    pub fn has_news(&self) -> bool {
        self.options.is_marked_unread || self.unread() > 0
    }

    /// The moment around which it is opened: how far this member has read, unless the newest page shows that too, with what stood before it.
    #[must_use]
    pub fn opens_around(&self) -> Option<Timestamp> {
        let reach = (page::MESSAGES - page::CONTEXT) as u64;
        let is_far = self.unread() > 0 && self.last_seq.saturating_sub(self.read_seq) > reach;
        is_far.then(|| self.read_at.unwrap_or(Timestamp(0)))
    }

    /// What this member may do: in a direct thread, what any member may.
    #[must_use]
    pub fn role(&self) -> Role {
        match self.kind {
            ThreadKind::Group { role, .. } => role,
            ThreadKind::Direct { .. } | ThreadKind::Notes => Role::Member,
        }
    }

    /// Where it stands in a list, the newest first.
    #[must_use]
    pub fn place(&self) -> Place {
        Place { active_at: self.active_at, thread_id: self.thread_id }
    }

    /// Takes in the message that follows the last one; `me` is the member whose view this is.
    pub(crate) fn push(&mut self, message: &Message, sender: &User, me: UserId) {
        self.own_count += u64::from(message.sender_id == me);
        self.mention_count += u64::from(message.sender_id != me && message.mentions.contains(&me));
        self.last_seq = message.seq;
        self.active_at = message.created_at;
        self.last_message = Some(LastMessage::of(message, sender.clone()));
    }

    /// Takes in how somebody calls and shows themselves now. Whether that was new.
    pub(crate) fn meet(&mut self, user: &User, about: &str) -> bool {
        let mut is_new = false;
        if let ThreadKind::Direct { peer } = &mut self.kind
            && peer.renew(user)
        {
            about.clone_into(&mut self.about);
            is_new = true;
        }
        is_new | self.last_message.as_mut().is_some_and(|last| last.sender.renew(user))
    }

    /// Takes in the new state of a message that is in the thread.
    pub(crate) fn take_change(&mut self, message: &Message) {
        if let Some(last) = self.last_message.as_mut().filter(|_| self.last_seq == message.seq) {
            *last = LastMessage::of(message, last.sender.clone());
        }
        if let Some(pins) = &mut self.pins {
            pins.last.take(message);
        }
    }

    /// Takes each part of another view of this thread that is newer than one's own: an answer may be overtaken by events.
    pub(crate) fn merge(&mut self, other: Self) {
        if let ThreadKind::Direct { peer } = &other.kind {
            self.meet(peer, &other.about);
        }
        if let Some(last) = &other.last_message {
            self.last_message.iter_mut().for_each(|known| {
                known.sender.renew(&last.sender);
            });
        }
        if (other.last_seq, other.change) > (self.last_seq, self.change) {
            self.last_message = other.last_message;
        }
        if other.last_seq > self.last_seq {
            self.last_seq = other.last_seq;
            self.own_count = other.own_count;
            self.mention_count = other.mention_count;
            self.active_at = other.active_at;
        }
        if other.change > self.change {
            self.change = other.change;
            // The other one of a direct thread was met above, and may be known better here.
            if !matches!(other.kind, ThreadKind::Direct { .. }) {
                self.kind = other.kind;
            }
            self.pins = other.pins;
        }
        if other.read_seq > self.read_seq {
            self.read_seq = other.read_seq;
            self.read_at = other.read_at;
            self.own_read_count = other.own_read_count;
            self.mention_read_count = other.mention_read_count;
        }
        self.seen_seq = self.seen_seq.max(other.seen_seq);
        self.request_count = other.request_count;
        if other.options.change > self.options.change {
            self.options = other.options;
        }
    }
}

/// A thread's place in the list of threads, and the cursor of its pages. Greater is newer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    /// When it was last active.
    pub active_at: Timestamp,
    /// Tells apart threads that were active in the same microsecond.
    pub thread_id: ThreadId,
}

impl Place {
    /// Before all others: the beginning of every list.
    pub const FIRST: Self = Self { active_at: Timestamp::MAX, thread_id: ThreadId(uuid::Uuid::max()) };
}
