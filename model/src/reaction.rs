//! A reaction: an emoji that people put under a message.

use crate::User;
use serde::{Deserialize, Serialize};

/// How many different emoji can stand under one message.
pub const MAX_REACTIONS: usize = 20;

/// An emoji under a message, and how many people put it there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reaction {
    /// Which one.
    pub emoji: String,
    /// How many people.
    pub count: u64,
    /// Whether the reader is one of them. What is told to everybody does not say.
    #[serde(default, skip_serializing_if = "crate::message::is_false")]
    pub is_mine: bool,
}

/// Somebody who reacted, and with what.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reactor {
    /// Who.
    pub user: User,
    /// With what.
    pub emoji: String,
}

/// Counts one more or one less. One that nobody has put there any more is gone; a new one stands last. Whether that changed anything.
pub fn count(reactions: &mut Vec<Reaction>, emoji: &str, is_on: bool) -> bool {
    match (reactions.iter().position(|known| known.emoji == emoji), is_on) {
        (Some(place), true) => reactions[place].count += 1,
        (Some(place), false) if reactions[place].count > 1 => reactions[place].count -= 1,
        (Some(place), false) => drop(reactions.remove(place)),
        (None, true) => reactions.push(Reaction { emoji: emoji.into(), count: 1, is_mine: false }),
        (None, false) => return false,
    }
    true
}

/// Puts what everybody was told in the place of what one reader sees. Which ones are the reader's stays.
pub(crate) fn renew(seen: &mut Vec<Reaction>, told: &[Reaction]) {
    let is_mine = |emoji: &str| seen.iter().any(|known| known.emoji == emoji && known.is_mine);
    *seen = told.iter().map(|told| Reaction { is_mine: is_mine(&told.emoji), ..told.clone() }).collect();
}
