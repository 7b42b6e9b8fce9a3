//! Messages: sending them, and paging through a thread's log.

pub mod writer;

pub use writer::Writer;

use crate::{
    access::{self, Access},
    auth::Auth,
    error::Result,
    extract::{Json, Path, Query},
    state::AppState,
    users,
};
use axum::extract::State;
use model::{Message, Problem, Refusal, ThreadId, Timestamp, page};
use serde::Deserialize;
use sqlx::PgPool;
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
}

/// A page of a thread's messages: the newest, or those before or after a cursor.
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
    Ok(Json(read(&state.db, access, cursor).await?))
}

/// Reads a page: one range scan of the key, whatever the depth, and the names of those who wrote.
pub async fn read(db: &PgPool, access: Access, cursor: Cursor) -> Result<page::MessagePage> {
    let limit = page::MESSAGES + 1;
    let limit_rows = i64::try_from(limit).unwrap_or(i64::MAX);
    let (statement, cursor, is_backward) = match (cursor.before, cursor.after) {
        (Some(_), Some(_)) => {
            let detail = "Ask for the messages before a moment or after one, not both.".into();
            return Err(Refusal::RequestInvalid { detail }.into());
        }
        (before, None) => (BEFORE, before, true),
        (None, after) => (AFTER, after, false),
    };
    let mut messages = sqlx::query_as::<_, Message>(statement)
        .bind(access.thread_id())
        .bind(cursor.unwrap_or(Timestamp::MAX))
        .bind(limit_rows)
        .fetch_all(db)
        .await?;
    let is_cut = messages.len() == limit;
    messages.truncate(page::MESSAGES);
    if is_backward {
        messages.reverse();
    }
    let senders: BTreeSet<_> = messages.iter().map(|message| message.sender_id).collect();
    Ok(page::MessagePage {
        people: users::by_id(db, senders).await?,
        // Numbers have no gap and start at 1.
        has_older: messages.first().is_some_and(|message| message.seq > 1),
        has_newer: if is_backward { cursor.is_some() } else { is_cut },
        messages,
    })
}

/// The page before a moment. The one query that is asked most, answered by a backward scan of the primary key alone.
pub const BEFORE: &str = "select message_id, thread_id, seq, created_at, sender_id, body
    from message where thread_id = $1 and created_at < $2 order by created_at desc limit $3";
/// The page after a moment.
pub const AFTER: &str = "select message_id, thread_id, seq, created_at, sender_id, body
    from message where thread_id = $1 and created_at > $2 order by created_at limit $3";
