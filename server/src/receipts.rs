//! Who has read what. In a direct thread the other one is told as it moves; in a group one asks for those who have read a message. Who
//! hides how far they have read is not told of others.

use crate::{
    access::{self, Access},
    auth::Auth,
    error::Result,
    extract::{Json, Path, Query},
    live::hub::Delivery,
    state::AppState,
    users,
};
use axum::extract::State;
use model::{
    MessageId, Problem, Refusal, ThreadId, Timestamp, UserId,
    page::{self, ReaderPage},
    wire::Event,
};
use serde::Deserialize;
use sqlx::{PgConnection, PgPool};
use std::sync::Arc;
use utoipa::IntoParams;
use uuid::Uuid;

/// Where a page of readers begins.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    /// The last `user_id` of the page before.
    after: Option<UserId>,
}

/// Somebody let it be seen that they have read up to a message. Whom to tell: the other one of a direct thread, or whoever looks at who has
/// read something in a group.
pub async fn told(
    tx: &mut PgConnection,
    user_id: UserId,
    thread_id: ThreadId,
    read_seq: u64,
) -> Result<Option<Delivery>> {
    let (kind, peer): (String, Option<UserId>) = sqlx::query_as(
        "select kind, (
                select user_id from member join account using (user_id)
                    where kind = 'direct' and member.thread_id = $1 and user_id <> $2 and shows_receipts
            ) from thread where thread_id = $1",
    )
    .bind(thread_id)
    .bind(user_id)
    .fetch_one(tx)
    .await?;
    Ok(match (kind.as_str(), peer) {
        (_, Some(peer)) => Some(Delivery::to_one(peer, Event::MessagesSeen { thread_id, read_seq })),
        // Whose screens that concerns is known beside the hub.
        ("group", None) => {
            Some(Delivery { event: Event::ReadersChanged { thread_id }, audience: Arc::new([]) })
        }
        _ => None,
    })
}

/// A page of those who have read a message of one's own.
#[utoipa::path(get, path = "/api/v1/threads/{thread_id}/messages/{message_id}/readers", tag = "messages",
    params(("thread_id" = ThreadId, Path), ("message_id" = MessageId, Path), Cursor), responses(
    (status = 200, body = ReaderPage),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn page(
    State(state): State<AppState>,
    auth: Auth,
    Path((thread_id, message_id)): Path<(ThreadId, MessageId)>,
    Query(cursor): Query<Cursor>,
) -> Result<Json<ReaderPage>> {
    let access = access::thread(&state.db, auth.user.user_id, thread_id).await?;
    Ok(Json(readers(&state.db, access, message_id, cursor.after).await?))
}

/// Those who have read a message of one's own, by id: a range scan of the members' key.
///
/// # Errors
/// [`Refusal::MessageNotFound`] where there is no such message, or somebody else sent it; [`Refusal::ReceiptsHidden`].
pub async fn readers(
    db: &PgPool,
    access: Access,
    message_id: MessageId,
    after: Option<UserId>,
) -> Result<ReaderPage> {
    let mut db = db.acquire().await?;
    let (seq, created_at, shows_receipts): (i64, Timestamp, bool) = sqlx::query_as(
        "select seq, message.created_at, shows_receipts from message join account on user_id = sender_id
            where thread_id = $1 and message_id = $2 and sender_id = $3",
    )
    .bind(access.thread_id())
    .bind(message_id)
    .bind(access.user_id())
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Refusal::MessageNotFound)?;
    if !shows_receipts {
        return Err(Refusal::ReceiptsHidden.into());
    }
    let limit = page::MEMBERS + 1;
    // Whoever joined later has passed it by, and has not read it.
    let mut user_ids: Vec<UserId> = sqlx::query_scalar(
        "select user_id from member
            where thread_id = $1 and user_id > $2 and user_id <> $3 and seen_seq >= $4 and joined_at <= $5
            order by user_id limit $6",
    )
    .bind(access.thread_id())
    .bind(after.unwrap_or(UserId(Uuid::nil())))
    .bind(access.user_id())
    .bind(seq)
    .bind(created_at)
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(&mut *db)
    .await?;
    let has_more = user_ids.len() == limit;
    user_ids.truncate(page::MEMBERS);
    Ok(ReaderPage { readers: users::by_id(&mut *db, user_ids).await?, has_more })
}
