//! The change log: what becomes of messages after they were sent. Whoever changes one holds its thread's row, as the writer does, and gives
//! the message the next number of the thread's `change`, so that a client that was away asks for exactly what it missed.

use crate::{
    access::{self, Access},
    audiences::Audiences,
    auth::Auth,
    error::Result,
    extract::{Json, Path, Query},
    live::hub::Delivery,
    messages::row::{Row, columns},
    notices, reactions,
    state::AppState,
};
use axum::extract::State;
use model::{
    Message, MessageId, Problem, Refusal, ThreadId, UserId,
    page::{self, ChangePage},
    wire::Event,
};
use serde::Deserialize;
use sqlx::{PgConnection, PgPool};
use tokio::sync::{Mutex, MutexGuard};
use utoipa::IntoParams;

/// Where a page of changes begins.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    /// The `change` up to which one knows everything.
    after: u64,
}

/// The messages of a thread that changed after one knew everything, as they are now.
#[utoipa::path(get, path = "/api/v1/threads/{thread_id}/changes", tag = "messages",
    params(("thread_id" = ThreadId, Path), Cursor), responses(
    (status = 200, body = ChangePage),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn page(
    State(state): State<AppState>,
    auth: Auth,
    Path(thread_id): Path<ThreadId>,
    Query(cursor): Query<Cursor>,
) -> Result<Json<ChangePage>> {
    let access = access::thread(&state.db, auth.user.user_id, thread_id).await?;
    Ok(Json(read(&state.db, access, cursor.after).await?))
}

/// The changed messages after a number, in the order of their changes: a range scan of an index that holds nothing else.
pub const AFTER: &str = concat!(
    "select ",
    columns!(),
    " from message where thread_id = $1 and change > $2 order by change limit $3"
);

async fn read(db: &PgPool, access: Access, after: u64) -> Result<ChangePage> {
    let limit = page::CHANGES + 1;
    let mut rows: Vec<Row> = sqlx::query_as(AFTER)
        .bind(access.thread_id())
        .bind(i64::try_from(after).unwrap_or(i64::MAX))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(db)
        .await?;
    let has_more = rows.len() == limit;
    rows.truncate(page::CHANGES);
    let mut messages: Vec<_> = rows.into_iter().map(Row::into_message).collect();
    reactions::mark_own(db, access, &mut messages).await?;
    let last = messages.last().and_then(|message| message.change).filter(|_| has_more);
    let change = last.unwrap_or(access.change());
    let (notices, end) = notices::after(db, access.thread_id(), (after, change)).await?;
    // The page ends where either of the two does.
    if let Some(end) = end {
        messages.retain(|message| message.change <= Some(end));
    }
    Ok(ChangePage { messages, notices, change: end.unwrap_or(change), has_more: has_more || end.is_some() })
}

/// A thread's row, locked on behalf of one of its members, in a transaction.
pub(crate) struct Log {
    /// Whoever changes something.
    pub access: Access,
    /// Whether it is a group.
    pub is_group: bool,
    /// The number of its newest message.
    pub last_seq: i64,
    change: i64,
    members_change: i64,
    has_block: bool,
    last_message_id: Option<MessageId>,
}

impl Log {
    /// Locks a thread, or refuses with [`Refusal::ThreadNotFound`].
    pub async fn lock(tx: &mut PgConnection, me: UserId, thread_id: ThreadId) -> Result<Self> {
        let row: Option<(String, i64, i64, i64, bool, Option<MessageId>)> = sqlx::query_as(
            "select kind, last_seq, change, members_change, has_block, last_message_id from thread where thread_id = $1 for update",
        )
        .bind(thread_id)
        .fetch_optional(&mut *tx)
        .await?;
        // Under the lock: whoever was removed a moment ago is a stranger now.
        let access = access::thread(tx, me, thread_id).await?;
        let (kind, last_seq, change, members_change, has_block, last_message_id) =
            row.ok_or(Refusal::ThreadNotFound)?;
        Ok(Self {
            access,
            is_group: kind == "group",
            last_seq,
            change,
            members_change,
            has_block,
            last_message_id,
        })
    }

    /// A message of this thread as it stands, to do something with it that the others see. One that was deleted is refused
    /// ([`Refusal::MessageNotFound`]), and all are where one of two has blocked the other ([`Refusal::Blocked`]).
    pub async fn message(&self, tx: &mut PgConnection, message_id: MessageId) -> Result<Row> {
        if self.has_block {
            return Err(Refusal::Blocked.into());
        }
        let row = self.any_message(tx, message_id).await?;
        if row.deleted_at.is_some() { Err(Refusal::MessageNotFound.into()) } else { Ok(row) }
    }

    /// A message of this thread as it stands, also a deleted one.
    pub async fn any_message(&self, tx: &mut PgConnection, message_id: MessageId) -> Result<Row> {
        let one = concat!("select ", columns!(), " from message where thread_id = $1 and message_id = $2");
        let row = sqlx::query_as(one)
            .bind(self.access.thread_id())
            .bind(message_id)
            .fetch_optional(tx)
            .await?
            .ok_or(Refusal::MessageNotFound)?;
        Ok(row)
    }

    /// The number of the change that is being made.
    pub fn next_change(&self) -> i64 {
        self.change + 1
    }

    /// Stores a message's new state, with its number, and says what everybody is told. Nothing is left to do but to commit.
    pub async fn record(
        &mut self,
        tx: &mut PgConnection,
        audiences: &Audiences,
        row: Row,
    ) -> Result<Delivery> {
        self.record_as(tx, audiences, row, |change, message| Event::MessageChanged { change, message }).await
    }

    /// The same where something less than the whole message is told.
    pub async fn record_as(
        &mut self,
        tx: &mut PgConnection,
        audiences: &Audiences,
        mut row: Row,
        tell: impl FnOnce(u64, Message) -> Event,
    ) -> Result<Delivery> {
        let change = self.next_change();
        self.change = change;
        row.change = Some(change);
        sqlx::query(
            "update message set body = $3, change = $4, edited_at = $5, deleted_at = $6,
                    reply_to = case when $6 is null then reply_to end,
                    forward = case when $6 is null then forward end, files = case when $6 is null then files end,
                    reactions = $7, mentions = $8
                where thread_id = $1 and created_at = $2",
        )
        .bind(row.thread_id)
        .bind(row.created_at)
        .bind(&row.body)
        .bind(row.change)
        .bind(row.edited_at)
        .bind(row.deleted_at)
        .bind(&row.reactions)
        .bind(&row.mentions)
        .execute(&mut *tx)
        .await?;
        sqlx::query("update thread set change = $2 where thread_id = $1")
            .bind(row.thread_id)
            .bind(change)
            .execute(&mut *tx)
            .await?;
        if self.last_message_id == Some(row.message_id) {
            let excerpt = Some(row.clone().into_message()).filter(|message| !message.is_deleted);
            sqlx::query("update thread set last_excerpt = $2 where thread_id = $1")
                .bind(row.thread_id)
                .bind(excerpt.map(|message| message.excerpt()))
                .execute(&mut *tx)
                .await?;
        }
        let audience = audiences.of(tx, row.thread_id, self.members_change).await?;
        let event = tell(change.unsigned_abs(), row.into_message());
        Ok(Delivery { event, audience })
    }
}

/// Whose turn it is to change a thread: one after the other, from before the change until it is told. PostgreSQL would let them in one
/// after the other too, but not tell of them in that order, and each client would take it for a gap.
pub struct Turns([Mutex<()>; TURNS]);

/// Threads share turns, so that there is no table of them to keep.
const TURNS: usize = 256;

impl Default for Turns {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::new(())))
    }
}

impl Turns {
    /// Waits for a thread's turn, and has it until the guard is dropped.
    pub async fn take(&self, thread_id: ThreadId) -> MutexGuard<'_, ()> {
        // The last byte of an id is as good as random.
        let place = usize::from(thread_id.0.as_bytes()[15]) % TURNS;
        self.0[place].lock().await
    }
}
