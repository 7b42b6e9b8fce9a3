//! A user: a person or a program, and the names they may have.

use crate::{PictureId, Refusal, UserId, name};
use serde::{Deserialize, Serialize};

/// Somebody, as others see them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// Who it is.
    pub user_id: UserId,
    /// The name that is typed: unique on the server, lower case.
    pub username: String,
    /// The name that is shown.
    pub display_name: String,
    /// Their picture, if they have one: see [`crate::picture`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture_id: Option<PictureId>,
    /// Whether the administrator has closed their account.
    #[serde(default, skip_serializing_if = "crate::message::is_false")]
    pub is_deactivated: bool,
    /// Counts how often they changed any of this.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "sqlx", sqlx(rename = "profile_change", try_from = "i64"))]
    pub change: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
pub(crate) fn is_zero(change: &u64) -> bool {
    *change == 0
}

impl User {
    /// Somebody who is new.
    #[must_use]
    pub fn new(user_id: UserId, username: String, display_name: String) -> Self {
        Self { user_id, username, display_name, picture_id: None, is_deactivated: false, change: 0 }
    }

    /// Takes in how the same person calls and shows themselves now. Whether that was new.
    pub fn renew(&mut self, newer: &Self) -> bool {
        let is_newer = newer.user_id == self.user_id && newer.change > self.change;
        if is_newer {
            self.clone_from(newer);
        }
        is_newer
    }
}

/// What somebody says of themselves: one line of at most [`About::MAX_CHARS`] characters, or nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct About(String);

impl About {
    /// Longest, in characters.
    pub const MAX_CHARS: usize = 140;

    /// The line in `text`, without invisible characters, or [`Refusal::AboutTooLong`].
    pub fn new(text: &str) -> Result<Self, Refusal> {
        name::clean_up_to(text, Self::MAX_CHARS).map_or_else(
            |fault| match fault {
                name::NameFault::Empty => Ok(Self(String::new())),
                name::NameFault::TooLong => Err(Refusal::AboutTooLong),
            },
            |line| Ok(Self(line)),
        )
    }

    /// As it is kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A username: 2 to 32 of `a-z`, `0-9` and `_`, a letter first. Capitals are taken as small letters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Username(String);

impl Username {
    /// Shortest, in characters.
    pub const MIN_CHARS: usize = 2;
    /// Longest, in characters.
    pub const MAX_CHARS: usize = 32;

    /// The username in `text`, or [`Refusal::UsernameInvalid`].
    pub fn new(text: &str) -> Result<Self, Refusal> {
        let username = text.trim().to_ascii_lowercase();
        let is_valid = (Self::MIN_CHARS..=Self::MAX_CHARS).contains(&username.len())
            && username.starts_with(|first: char| first.is_ascii_lowercase())
            && username.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '_');
        if is_valid { Ok(Self(username)) } else { Err(Refusal::UsernameInvalid) }
    }

    /// As it is kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name for showing: 1 to [`name::MAX_CHARS`] visible characters of any script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DisplayName(String);

impl DisplayName {
    /// The name in `text`, without invisible characters, or [`Refusal::DisplayNameInvalid`].
    pub fn new(text: &str) -> Result<Self, Refusal> {
        name::clean(text).map(Self).map_err(|_| Refusal::DisplayNameInvalid)
    }

    /// As it is kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
