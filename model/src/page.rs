//! Pages: what is asked for once, a piece at a time. No page's cost grows with the account or with the depth.

use crate::{
    Member, Message, Notice, Thread, User, UserId, message::Version, reaction::Reactor, thread::Place,
};
use serde::{Deserialize, Serialize};

/// How many threads come at a time: the first page is in the first HTML, and more than a screen of it nobody sees there.
pub const THREADS: usize = 30;
/// How many messages come at a time.
pub const MESSAGES: usize = 50;
/// How many of the messages of a page around a moment are from before it, if there are so many.
pub const CONTEXT: usize = 16;
/// How many changed messages come at a time.
pub const CHANGES: usize = 100;
/// How many members come at a time.
pub const MEMBERS: usize = 100;
/// How many people a search finds at most.
pub const PEOPLE: usize = 20;

/// Some of one's threads, the newest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ThreadPage {
    /// By `active_at`, the newest first; ties by `thread_id`, the greatest first.
    pub threads: Vec<Thread>,
    /// Whether there are older ones.
    pub has_more: bool,
    /// With the newest: the pinned ones that are not among those, at most [`crate::options::MAX_PINNED`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pinned: Vec<Thread>,
    /// With the newest: whether some are archived.
    #[serde(default)]
    pub has_archived: bool,
    /// With the newest: whom one blocks. What they say in groups is folded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocked: Vec<UserId>,
}

impl ThreadPage {
    /// The place down to which a list is whole with this page; none, if it is to the end.
    #[must_use]
    pub fn end(&self) -> Option<Place> {
        self.threads.last().filter(|_| self.has_more).map(Thread::place)
    }
}

/// A piece of a thread's log.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessagePage {
    /// The oldest first, `seq` without a gap.
    pub messages: Vec<Message>,
    /// The notices that stand after these messages; before the first of all, with that one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    /// Those who sent them, and nobody else.
    pub people: Vec<User>,
    /// Whether the thread has messages before these.
    pub has_older: bool,
    /// Whether the thread has messages after these.
    pub has_newer: bool,
    /// Whose page it is: what of the messages is their own is marked for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reader_id: Option<UserId>,
    /// The thread's `change` when this was read, or before: these messages may be newer than it says, and never older.
    pub change: u64,
}

/// What became of a thread's messages after they were sent, in the order of their last changes.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangePage {
    /// Those that changed, each as it is now. At most [`CHANGES`].
    pub messages: Vec<Message>,
    /// The notices of these changes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    /// Everything up to this `change` is in them: the cursor of the next page.
    pub change: u64,
    /// Whether more messages have changed since.
    pub has_more: bool,
}

/// What a message said before it was edited.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionPage {
    /// The oldest first. At most [`Message::MAX_VERSIONS`].
    pub versions: Vec<Version>,
}

/// Some of a thread's members, by `user_id`: who is longest on the server comes first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberPage {
    /// At most [`MEMBERS`].
    pub members: Vec<Member>,
    /// Whether there are more.
    pub has_more: bool,
    /// The thread's `change` when this was read.
    pub change: u64,
}

/// Some of those who have read a message, by `user_id`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReaderPage {
    /// At most [`MEMBERS`].
    pub readers: Vec<User>,
    /// Whether there are more.
    pub has_more: bool,
}

/// Those who reacted to a message.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReactorPage {
    /// The first to do so first. At most [`MEMBERS`].
    pub reactors: Vec<Reactor>,
    /// Whether there are more.
    pub has_more: bool,
}

/// People found by a prefix of a word of their names.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PeoplePage {
    /// At most [`PEOPLE`], by username.
    pub people: Vec<User>,
}
