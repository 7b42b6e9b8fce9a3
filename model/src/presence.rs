//! Whether somebody is here, or when they last were: as exactly as others need to know it, and no more.

use crate::{Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// Most people whose presence a screen can follow at a time.
pub const MAX_FOLLOWED: usize = 200;

/// How long somebody counts as writing after they last did, in seconds.
pub const TYPING_S: u32 = 6;

/// Somebody's presence.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PresenceOf {
    /// Whose.
    pub user_id: UserId,
    /// What it is.
    pub presence: Presence,
}

/// Whether somebody is here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Presence {
    /// They look at Bobbin.
    Online,
    /// They did: see [`rounded`].
    Seen(Timestamp),
    /// That is not known any more.
    Hidden,
}

const MINUTE_US: i64 = 60_000_000;
const HOUR_US: i64 = 60 * MINUTE_US;
const DAY_US: i64 = 24 * HOUR_US;

/// A moment as others are told of it: to the minute within the hour, to the hour within the day, and to the day before that: its noon, which
/// is the same day nearly everywhere.
#[must_use]
pub fn rounded(at: Timestamp, now: Timestamp) -> Timestamp {
    let start_of = |unit: i64| at.0 - at.0.rem_euclid(unit);
    Timestamp(match now.0 - at.0 {
        ..HOUR_US => start_of(MINUTE_US),
        HOUR_US..DAY_US => start_of(HOUR_US),
        _ => start_of(DAY_US) + DAY_US / 2,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_ago_the_less_exactly() {
        let now = Timestamp(100 * DAY_US + 13 * HOUR_US + 7 * MINUTE_US + 5);
        let ago = |us: i64| now.0 - rounded(Timestamp(now.0 - us), now).0;
        assert_eq!(ago(0), 5);
        assert_eq!(ago(3 * MINUTE_US), 3 * MINUTE_US + 5);
        assert_eq!(ago(2 * HOUR_US), 2 * HOUR_US + 7 * MINUTE_US + 5);
        assert_eq!(ago(3 * DAY_US), 3 * DAY_US + HOUR_US + 7 * MINUTE_US + 5);
    }
}
