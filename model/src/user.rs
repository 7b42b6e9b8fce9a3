//! A user: a person or a program, and the names they may have.

use crate::{Refusal, UserId, name};
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
