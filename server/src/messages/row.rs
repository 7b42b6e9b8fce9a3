//! A message as PostgreSQL keeps it.

use crate::{formatting, mentions::Mention};
use model::{File, Forward, Message, MessageId, Quote, Reaction, ThreadId, Timestamp, UserId};
use sqlx::{FromRow, types::Json};

/// The columns of a [`Row`].
macro_rules! columns {
    () => {
        "message_id, thread_id, seq, created_at, sender_id, body, reply_to, forward, files, reactions, mentions, pin_change, change, edited_at, deleted_at"
    };
}
pub(crate) use columns;

/// A message's row.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct Row {
    pub message_id: MessageId,
    pub thread_id: ThreadId,
    pub seq: i64,
    pub created_at: Timestamp,
    pub sender_id: UserId,
    pub body: String,
    pub reply_to: Option<Json<Quote>>,
    pub forward: Option<Json<Forward>>,
    pub files: Option<Json<Vec<File>>>,
    pub reactions: Option<Json<Vec<Reaction>>>,
    pub mentions: Option<Json<Vec<Mention>>>,
    pub pin_change: Option<i64>,
    pub change: Option<i64>,
    pub edited_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
}

impl Row {
    /// The message.
    #[must_use]
    pub fn into_message(self) -> Message {
        let seq = self.seq.unsigned_abs();
        let mentions = self.mentions.map(|Json(mentions)| mentions).unwrap_or_default();
        let html = formatting::html(&self.body, &mentions);
        Message {
            reply_to: self.reply_to.map(|Json(quote)| quote),
            forward: self.forward.map(|Json(forward)| forward),
            files: self.files.map(|Json(files)| files).unwrap_or_default(),
            reactions: self.reactions.map(|Json(reactions)| reactions).unwrap_or_default(),
            mentions: mentions.into_iter().map(|mention| mention.user_id).collect(),
            is_pinned: self.pin_change.is_some(),
            change: self.change.map(i64::unsigned_abs),
            edited_at: self.edited_at,
            is_deleted: self.deleted_at.is_some(),
            html,
            ..Message::sent(self.message_id, self.thread_id, seq, self.created_at, self.sender_id, self.body)
        }
    }
}
