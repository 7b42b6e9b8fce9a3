//! What stands on top of a thread: the messages that were pinned.

use crate::Quote;
use serde::{Deserialize, Serialize};

/// How many messages of a thread can be pinned.
pub const MAX_PINS: usize = 100;

/// The pinned messages of a thread, as far as its top shows them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pins {
    /// How many there are: one at least.
    pub count: u64,
    /// The one that was pinned last.
    pub last: Quote,
}
