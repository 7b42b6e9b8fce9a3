//! Where an event stands among its thread's changes, and what becomes of it where it arrives.

use super::Event;
use crate::{Notice, ThreadId};

impl Event {
    /// The line that it leaves in its thread's log.
    #[must_use]
    pub fn notice(&self) -> Option<&Notice> {
        match self {
            Self::Pinned { notice, .. }
            | Self::GroupUpdated { notice, .. }
            | Self::MembersAdded { notice, .. }
            | Self::MemberRemoved { notice, .. }
            | Self::RoleChanged { notice, .. } => notice.as_ref(),
            _ => None,
        }
    }

    /// The thread whose `change` it moves on, and to which number.
    #[must_use]
    pub fn change(&self) -> Option<(ThreadId, u64)> {
        match self {
            Self::MessageChanged { change, message } => Some((message.thread_id, *change)),
            Self::Reacted { thread_id, change, .. }
            | Self::Pinned { thread_id, change, .. }
            | Self::GroupUpdated { thread_id, change, .. }
            | Self::MembersAdded { thread_id, change, .. }
            | Self::MemberRemoved { thread_id, change, .. }
            | Self::RoleChanged { thread_id, change, .. } => Some((*thread_id, *change)),
            Self::MessageSent { .. }
            | Self::ReadMoved { .. }
            | Self::ThreadJoined { .. }
            | Self::OptionsChanged { .. }
            | Self::RequestsChanged { .. }
            | Self::UserChanged { .. }
            | Self::Typed { .. }
            | Self::PresenceChanged { .. }
            | Self::MessagesSeen { .. }
            | Self::ReadersChanged { .. }
            | Self::Introduced { .. } => None,
        }
    }
}

/// What an event did to a snapshot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub enum Outcome {
    /// It changed it.
    Applied,
    /// It told nothing new, or does not concern it.
    Known,
    /// Something before it never came: ask for this thread again.
    Missed(ThreadId),
}
