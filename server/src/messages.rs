//! Messages: sending them, and paging through a thread's log.

pub(crate) mod row;
pub mod writer;

mod newest;

pub use newest::NewestPages;
pub use writer::Writer;

use crate::{
    access::{self, Access},
    auth::Auth,
    error::Result,
    extract::{Json, Path, Query},
    notices, reactions,
    state::AppState,
    users,
};
use axum::extract::State;
use model::{Message, MessageId, Problem, Refusal, ThreadId, Timestamp, UserId, page};
use row::{Row, columns};
use serde::Deserialize;
use sqlx::{PgConnection, PgPool};
use std::collections::BTreeSet;
use utoipa::IntoParams;

/// Where a page of messages begins.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    /// The page before this `created_at`.
    pub before: Option<Timestamp>,
    /// The page after this `created_at`.
    pub after: Option<Timestamp>,
    /// The page with a few messages up to this `created_at` and those after it.
    pub around: Option<Timestamp>,
}

/// A page of a thread's messages: the newest, or those before, after or around a cursor.
#[utoipa::path(get, path = "/api/v1/threads/{thread_id}/messages", tag = "messages",
    params(("thread_id" = ThreadId, Path), Cursor), responses(
    (status = 200, body = page::MessagePage),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn page(
    State(state): State<AppState>,
    auth: Auth,
    Path(thread_id): Path<ThreadId>,
    Query(cursor): Query<Cursor>,
) -> Result<Json<page::MessagePage>> {
    let access = access::thread(&state.db, auth.user.user_id, thread_id).await?;
    Ok(Json(read(&state, access, cursor).await?))
}

/// Reads a page for a member.
pub async fn read(state: &AppState, access: Access, cursor: Cursor) -> Result<page::MessagePage> {
    let mut page = match cursor {
        Cursor { before: None, after: None, around: None } => state.newest.of(&state.db, access).await?,
        cursor => scan_page(&state.db, access.thread_id(), cursor).await?,
    };
    reactions::mark_own(&state.db, access, &mut page.messages).await?;
    page.reader_id = Some(access.user_id());
    page.change = access.change();
    Ok(page)
}

/// Reads a page as it is for everybody: one range scan of the key (two for a page around a moment), whatever the depth, and the names of those who
/// wrote.
async fn scan_page(db: &PgPool, thread_id: ThreadId, cursor: Cursor) -> Result<page::MessagePage> {
    // One connection for all of it: each that is taken and given back is asked whether it is well.
    let db = &mut *db.acquire().await?;
    let (messages, has_newer) = match (cursor.before, cursor.after, cursor.around) {
        (before, None, None) => {
            let messages =
                scan(db, BEFORE, thread_id, before.unwrap_or(Timestamp::MAX), page::MESSAGES).await?;
            (messages, before.is_some())
        }
        (None, Some(after), None) => scan_on(db, thread_id, after, Vec::new()).await?,
        (None, None, Some(around)) => {
            let after = Timestamp(around.0.saturating_add(1));
            let context = scan(db, BEFORE, thread_id, after, page::CONTEXT).await?;
            scan_on(db, thread_id, around, context).await?
        }
        _ => {
            let detail = words::refusal::one_moment().into();
            return Err(Refusal::RequestInvalid { detail }.into());
        }
    };
    let senders: BTreeSet<_> = messages.iter().map(|message| message.sender_id).collect();
    let messages: Vec<_> = messages.into_iter().map(Row::into_message).collect();
    let range = match (messages.first(), messages.last()) {
        (Some(first), Some(last)) => Some((if first.seq == 1 { 0 } else { first.seq }, last.seq)),
        _ if cursor.before.is_none() && cursor.after.is_none() => Some((0, 0)),
        _ => None,
    };
    let notices = match range {
        Some(range) => notices::among(&mut *db, thread_id, range).await?,
        None => Vec::new(),
    };
    Ok(page::MessagePage {
        notices,
        people: users::by_id(&mut *db, senders).await?,
        // Numbers have no gap and start at 1.
        has_older: messages.first().is_some_and(|message| message.seq > 1),
        has_newer,
        messages,
        ..page::MessagePage::default()
    })
}

/// A message of a thread, unless it was deleted.
///
/// # Errors
/// [`Refusal::MessageNotFound`].
pub(crate) async fn find(db: &PgPool, access: Access, message_id: MessageId) -> Result<Row> {
    let one = concat!("select ", columns!(), " from message where thread_id = $1 and message_id = $2");
    let row: Option<Row> =
        sqlx::query_as(one).bind(access.thread_id()).bind(message_id).fetch_optional(db).await?;
    Ok(row.filter(|row| row.deleted_at.is_none()).ok_or(Refusal::MessageNotFound)?)
}

/// What somebody sent under an id, without what others put to it since: they may have left the thread.
pub(crate) async fn sent(
    db: &PgPool,
    sender_id: UserId,
    thread_id: ThreadId,
    message_id: MessageId,
) -> Result<Option<Message>> {
    let one = concat!(
        "select ",
        columns!(),
        " from message where thread_id = $1 and message_id = $2 and sender_id = $3"
    );
    let row: Option<Row> =
        sqlx::query_as(one).bind(thread_id).bind(message_id).bind(sender_id).fetch_optional(db).await?;
    Ok(row.map(|row| row.into_message().into_sent()))
}

/// When a message was written, which is its key.
///
/// # Errors
/// [`Refusal::MessageNotFound`].
pub async fn time_of(db: &PgPool, access: Access, message_id: MessageId) -> Result<Timestamp> {
    let at = sqlx::query_scalar("select created_at from message where thread_id = $1 and message_id = $2")
        .bind(access.thread_id())
        .bind(message_id)
        .fetch_optional(db)
        .await?;
    Ok(at.ok_or(Refusal::MessageNotFound)?)
}

/// Fills a page up with what comes after a moment, and tells whether there is more.
async fn scan_on(
    db: &mut PgConnection,
    thread_id: ThreadId,
    after: Timestamp,
    mut messages: Vec<Row>,
) -> Result<(Vec<Row>, bool)> {
    let room = page::MESSAGES - messages.len();
    messages.extend(scan(db, AFTER, thread_id, after, room + 1).await?);
    let is_cut = messages.len() > page::MESSAGES;
    messages.truncate(page::MESSAGES);
    Ok((messages, is_cut))
}

/// A range scan of the key. The oldest comes first.
async fn scan(
    db: &mut PgConnection,
    statement: &'static str,
    thread_id: ThreadId,
    cursor: Timestamp,
    limit: usize,
) -> Result<Vec<Row>> {
    let mut messages = sqlx::query_as::<_, Row>(statement)
        .bind(thread_id)
        .bind(cursor)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(db)
        .await?;
    if statement == BEFORE {
        messages.reverse();
    }
    Ok(messages)
}

/// The page before a moment. The one query that is asked most, answered by a backward scan of the primary key alone.
pub const BEFORE: &str = concat!(
    "select ",
    columns!(),
    " from message where thread_id = $1 and created_at < $2 order by created_at desc limit $3"
);
/// The page after a moment.
pub const AFTER: &str = concat!(
    "select ",
    columns!(),
    " from message where thread_id = $1 and created_at > $2 order by created_at limit $3"
);
