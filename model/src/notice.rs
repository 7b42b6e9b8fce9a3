//! A notice: a line in a group's log about what happened to it, and by whom. It is no message: nothing counts it, answers it or changes it.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// How many names a notice tells. How many more there were, it counts.
pub const MAX_NAMES: usize = 3;

/// What happened to a group.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notice {
    /// The thread's `change` that it tells of: what it is known by in its thread.
    pub change: u64,
    /// It stands after the message of this `seq`, the last one then; 0 before the first.
    pub after_seq: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: NoticeKind,
    /// What whoever did it was called then.
    pub actor: String,
    /// What those were called whom it concerns, at most [`MAX_NAMES`]; or the group's new title.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// How many more it concerns.
    #[serde(default, skip_serializing_if = "crate::user::is_zero")]
    pub more: u64,
}

/// What a notice tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum NoticeKind {
    /// The group was made.
    Created,
    /// It has another title.
    Renamed,
    /// It has another picture.
    Pictured,
    /// People were added.
    Added,
    /// Somebody joined by a link.
    Joined,
    /// Somebody who asked was let in.
    LetIn,
    /// Somebody left.
    Left,
    /// Somebody was removed.
    Removed,
    /// Somebody was made an admin.
    Promoted,
    /// Somebody is an admin no longer.
    Demoted,
    /// Somebody became an admin because no other was left.
    Inherited,
    /// A message was pinned.
    Pinned,
}
