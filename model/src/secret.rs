//! Secret chats: two browsers that speak directly, encrypted, of which the server only introduces one to the other. Nothing that is said
//! here is of a type that a stored chat knows:
//!
//! ```
//! let text = model::secret::SecretText::new("between us").unwrap();
//! assert_eq!(format!("{text:?}"), "SecretText(10 characters)");
//! ```
//!
//! It is no body of a message, neither by itself nor as text:
//!
//! ```compile_fail
//! let text = model::secret::SecretText::new("between us").unwrap();
//! let body = model::MessageBody::new(&text);
//! ```
//!
//! No command takes it, to send it, to keep it as a draft, or to forward it:
//!
//! ```compile_fail
//! fn send(message: model::secret::SecretMessage) -> model::wire::Command {
//!     let (message_id, thread_id) = (model::MessageId::generate(), model::ThreadId::generate());
//!     let (file_ids, reply_to) = (Vec::new(), None);
//!     model::wire::Command::SendMessage { message_id, thread_id, body: message.text.unwrap(), file_ids, reply_to }
//! }
//! ```
//!
//! ```compile_fail
//! fn keep(message: model::secret::SecretMessage) -> model::ThreadOption {
//!     model::ThreadOption::Draft(message.text.unwrap().into())
//! }
//! ```
//!
//! Nor is it words at all, such as are searched for or shown as a notification:
//!
//! ```compile_fail
//! fn words(message: model::secret::SecretMessage) -> String {
//!     message.text.unwrap().into()
//! }
//! ```
//!
//! It is not put into a log or an error, nor written by anything that writes what can be written:
//!
//! ```compile_fail
//! fn log(text: &model::secret::SecretText) -> String {
//!     text.to_string()
//! }
//! ```
//!
//! ```compile_fail
//! fn write<T: serde::Serialize>(_: T) {}
//! write(model::secret::SecretText::new("between us"));
//! ```
//!
//! ```compile_fail
//! fn find(message: model::secret::SecretMessage) -> model::Message {
//!     message.into()
//! }
//! ```

use crate::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The most that a step of an introduction may say, in bytes: what a browser offers is one to four thousand.
pub const MAX_DETAIL_BYTES: usize = 16 * 1024;
/// Longest text, in characters.
pub const MAX_CHARS: usize = 4_000;
/// For how long somebody is asked, in seconds.
pub const RINGING_S: i32 = 45;

/// What two browsers say through the server until they can speak directly.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Step {
    /// Whether the other one wants to. Rings in all of their tabs.
    Ask,
    /// They want to, in this tab.
    Accept,
    /// They do not.
    Decline,
    /// It goes on, and this tab holds it, which is connected anew.
    Hold,
    /// It has begun, and another tab of the same person holds it. Only the server says so.
    Elsewhere,
    /// A description of how one can be reached (RFC 8829).
    Offer,
    /// The other one's.
    Answer,
    /// One more way (RFC 8838).
    Candidate,
    /// It is over, or was not wanted any more.
    End,
    /// A tab of it is gone. Only the server says so.
    Gone,
}

/// A server through which browsers find a way to each other (RFC 8445).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IceServer {
    /// Of the scheme `stun` (RFC 7064), `turn` or `turns` (RFC 7065).
    pub url: String,
    /// What a TURN server wants to know, for an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// What proves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

/// Who may ask one for a secret chat.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MayAsk {
    /// Whoever one has written to.
    #[default]
    Contacts,
    /// Whoever has a conversation with one.
    Everyone,
    /// Nobody.
    Nobody,
}

/// What is said in a secret chat. It can be shown on the screen and given to the other browser, and nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    /// A text that is not empty and not too long.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty() && text.chars().count() <= MAX_CHARS).then(|| Self(text.to_owned()))
    }

    /// For the screen of one of the two, and for the channel between them.
    #[must_use]
    pub fn between_the_two(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretText({} characters)", self.0.chars().count())
    }
}

/// Which message of a secret chat: each of the two counts their own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SecretMessageId {
    /// Whether it is one's own.
    pub is_mine: bool,
    /// Its place among those of who said it, from 1.
    pub number: u32,
}

/// A message of a secret chat. It is in the memory of two pages, and nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretMessage {
    /// Which one.
    pub id: SecretMessageId,
    /// What it says; nothing, once it is deleted.
    pub text: Option<SecretText>,
    /// What it answers.
    pub reply_to: Option<SecretMessageId>,
    /// Whether it said something else before.
    pub is_edited: bool,
    /// Whether the other browser has it.
    pub is_delivered: bool,
    /// What one put under it, and what the other one did.
    pub reactions: [Option<String>; 2],
    /// When it came, by this page's clock.
    pub at: Timestamp,
    /// When it vanishes, if it does.
    pub vanishes_at: Option<Timestamp>,
}

/// What stands under a message is said, too.
impl fmt::Debug for SecretMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretMessage")
            .field("id", &self.id)
            .field("text", &self.text)
            .finish_non_exhaustive()
    }
}
