//! How one member keeps a thread: muted, archived, pinned on top, marked as unread. Nobody else learns of it.

use crate::{MessageBody, Timestamp};
use serde::{Deserialize, Serialize};

/// Most threads that a person can pin.
pub const MAX_PINNED: usize = 10;

/// Muted until then, a thread is muted for ever.
pub const FOREVER: Timestamp = Timestamp::MAX;

/// Longest draft, in characters: what is too long to be sent can still be kept.
pub const MAX_DRAFT_CHARS: usize = 3 * MessageBody::MAX_CHARS;

/// How a member keeps a thread.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Options {
    /// Counts their changes, so that in whatever order those are heard of, the newest stays.
    #[cfg_attr(feature = "sqlx", sqlx(rename = "options_change", try_from = "i64"))]
    pub change: u64,
    /// Until then its messages make no noise and are not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted_until: Option<Timestamp>,
    /// It is out of the list, until a message comes while it is not muted.
    #[serde(default, skip_serializing_if = "crate::message::is_false")]
    pub is_archived: bool,
    /// Since when it stands above the list. An archived thread does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned_at: Option<Timestamp>,
    /// It counts as unread, until it is read once more.
    #[serde(default, skip_serializing_if = "crate::message::is_false")]
    pub is_marked_unread: bool,
    /// In a direct thread: the other one can send nothing here, and sees nothing of this member.
    #[serde(default, skip_serializing_if = "crate::message::is_false")]
    pub is_blocked: bool,
    /// What this member has begun to write in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<String>,
}

/// What a member decides of a thread.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ThreadOption {
    /// To hear nothing of it until then ([`FOREVER`]: at all), or, without a moment, to hear of it again.
    MutedUntil(Option<Timestamp>),
    /// To put it away, or back.
    Archived(bool),
    /// To keep it on top, or not.
    Pinned(bool),
    /// To count it as unread, or not.
    MarkedUnread(bool),
    /// To block the other one of a direct thread, or not.
    Blocked(bool),
    /// What one has begun to write, at most [`MAX_DRAFT_CHARS`] characters; nothing, if one has not.
    Draft(String),
}

impl Options {
    /// Whether nobody has ever changed them.
    #[must_use]
    pub fn are_untouched(&self) -> bool {
        self.change == 0
    }

    /// Whether it is muted at a moment.
    #[must_use]
    pub fn is_muted(&self, now: Timestamp) -> bool {
        self.muted_until.is_some_and(|until| until > now)
    }

    /// Decides something. What is archived is not pinned, and what is pinned is not archived.
    pub fn set(&mut self, option: ThreadOption, now: Timestamp) {
        match option {
            ThreadOption::MutedUntil(until) => {
                self.muted_until = until.filter(|until| *until > now).map(|until| until.min(FOREVER));
            }
            ThreadOption::Archived(is_archived) => {
                self.is_archived = is_archived;
                self.pinned_at = self.pinned_at.filter(|_| !is_archived);
            }
            ThreadOption::Pinned(true) => {
                self.pinned_at = self.pinned_at.or(Some(now));
                self.is_archived = false;
            }
            ThreadOption::Pinned(false) => self.pinned_at = None,
            ThreadOption::MarkedUnread(is_marked) => self.is_marked_unread = is_marked,
            ThreadOption::Blocked(is_blocked) => self.is_blocked = is_blocked,
            ThreadOption::Draft(text) => self.draft = Some(text).filter(|text| !text.trim().is_empty()),
        }
    }
}
