//! Quotes: what a reply shows of the message that it answers. It is written onto the reply when that is stored, and follows in the transaction
//! that edits or deletes the quoted message. Nobody is told of that apart: the change of a message says what becomes of its quotes.

use crate::{
    error::Result,
    messages::{
        row::{Row, columns},
        writer::Draft,
    },
    users,
};
use model::{MessageId, Quote, Refusal, ThreadId, User};
use serde_json::json;
use sqlx::{PgConnection, types::Json};
use std::collections::{BTreeSet, HashMap};

/// The messages that the drafts of a batch answer. A batch without replies asks the database nothing.
#[derive(Debug, Default)]
pub(crate) struct Quoted {
    rows: HashMap<(ThreadId, MessageId), Row>,
    senders: Vec<User>,
}

impl Quoted {
    /// Those that the drafts name. Their threads are locked, so they stay as they are.
    pub async fn of(tx: &mut PgConnection, drafts: &[Draft]) -> Result<Self> {
        let named = drafts.iter().filter_map(|draft| Some((draft.thread_id, draft.reply_to?)));
        let (thread_ids, message_ids): (Vec<_>, Vec<_>) = named.unzip();
        if thread_ids.is_empty() {
            return Ok(Self::default());
        }
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "select distinct on (thread_id, message_id) ",
            columns!(),
            " from unnest($1::uuid[], $2::uuid[]) draft (thread_id, message_id)
                join message using (thread_id, message_id) order by thread_id, message_id"
        ))
        .bind(thread_ids)
        .bind(message_ids)
        .fetch_all(&mut *tx)
        .await?;
        let senders = rows.iter().map(|row| row.sender_id).collect::<BTreeSet<_>>();
        let senders = users::by_id(tx, senders).await?;
        Ok(Self {
            rows: rows.into_iter().map(|row| ((row.thread_id, row.message_id), row)).collect(),
            senders,
        })
    }

    /// What a draft quotes, if it is a reply. One whose message was deleted meanwhile is one all the same.
    pub fn quote(&self, draft: &Draft, change: i64) -> std::result::Result<Option<Quote>, Refusal> {
        let Some(message_id) = draft.reply_to else { return Ok(None) };
        let row = self.rows.get(&(draft.thread_id, message_id)).ok_or(Refusal::MessageNotFound)?;
        let sender = self.senders.iter().find(|sender| sender.user_id == row.sender_id);
        let name = sender.map(|sender| sender.display_name.clone()).unwrap_or_default();
        Ok(Some(Quote::of(&row.clone().into_message(), name, change.unsigned_abs())))
    }
}

/// Lets the quotes of a message say what it says now, also on top of its thread.
pub(crate) async fn follow(tx: &mut PgConnection, row: &Row) -> Result<()> {
    let message = row.clone().into_message();
    let now = json!({ "excerpt": message.excerpt(), "is_deleted": message.is_deleted });
    sqlx::query(
        "update message set reply_to = reply_to || $3
            where thread_id = $1 and (reply_to ->> 'message_id')::uuid = $2 and reply_to is not null",
    )
    .bind(row.thread_id)
    .bind(row.message_id)
    .bind(Json(&now))
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "update thread set pins = jsonb_set(pins, '{last}', pins -> 'last' || $3)
            where thread_id = $1 and (pins -> 'last' ->> 'message_id')::uuid = $2",
    )
    .bind(row.thread_id)
    .bind(row.message_id)
    .bind(Json(&now))
    .execute(tx)
    .await?;
    Ok(())
}
