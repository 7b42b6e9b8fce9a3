//! A quote: what a reply shows of the message that it answers. It stays right when that message is edited or deleted, wherever that one is: the
//! change of a message says what becomes of its quotes.

use crate::{Message, MessageId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// What a reply shows of another message of its thread.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quote {
    /// Which message.
    pub message_id: MessageId,
    /// Its key: the cursor of the page around it.
    pub created_at: Timestamp,
    /// Who sent it.
    pub sender_id: UserId,
    /// What they were called when it was quoted.
    pub sender_name: String,
    /// Its first words as they are now, as in [`Message::excerpt`].
    pub excerpt: String,
    /// Whether it was deleted.
    #[serde(default, skip_serializing_if = "crate::message::is_false")]
    pub is_deleted: bool,
    /// The thread's `change` when it was quoted. A client that knows a later one may have heard of a change that is not in the quote yet.
    pub change: u64,
}

impl Quote {
    /// Quotes a message.
    #[must_use]
    pub fn of(message: &Message, sender_name: String, change: u64) -> Self {
        Self {
            message_id: message.message_id,
            created_at: message.created_at,
            sender_id: message.sender_id,
            sender_name,
            excerpt: message.excerpt(),
            is_deleted: message.is_deleted,
            change,
        }
    }

    /// Takes in the new state of a message. Whether it is the quoted one, and says something else now.
    pub(crate) fn take(&mut self, message: &Message) -> bool {
        let excerpt = message.excerpt();
        if self.message_id != message.message_id
            || (self.is_deleted, &self.excerpt) == (message.is_deleted, &excerpt)
        {
            return false;
        }
        self.excerpt = excerpt;
        self.is_deleted = message.is_deleted;
        true
    }
}
