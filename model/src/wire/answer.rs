//! What becomes of a command, for whoever gave it.

use crate::{Message, Thread};
use serde::{Deserialize, Serialize};

/// What a command came to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[allow(clippy::large_enum_variant, reason = "an answer is moved once or twice, and read at once")]
pub enum Answer {
    /// The message is stored, for good.
    Sent {
        /// As it is stored.
        message: Message,
    },
    /// The thread that was found or made.
    Opened {
        /// As its asker sees it.
        thread: Thread,
    },
    /// It is done; the events say the rest.
    Done,
}
