//! Editing and deleting messages. What a message said before stays readable for the thread's members, until it is deleted.

use crate::{
    access::{self, Access},
    auth::Auth,
    changes::Log,
    dispatch::Effect,
    error::Result,
    extract::{Json, Path},
    files, mentions,
    messages::row::Row,
    pins, quotes, reactions,
    state::AppState,
};
use axum::extract::State;
use model::{
    Message, MessageBody, MessageId, Problem, Refusal, ThreadId, Timestamp, UserId, message::Version,
    page::VersionPage, wire::Answer,
};
use sqlx::{PgConnection, PgPool, types};

/// What a message said before it was edited.
#[utoipa::path(get, path = "/api/v1/threads/{thread_id}/messages/{message_id}/versions", tag = "messages",
    params(("thread_id" = ThreadId, Path), ("message_id" = MessageId, Path)), responses(
    (status = 200, body = VersionPage),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn versions(
    State(state): State<AppState>,
    auth: Auth,
    Path((thread_id, message_id)): Path<(ThreadId, MessageId)>,
) -> Result<Json<VersionPage>> {
    let access = access::thread(&state.db, auth.user.user_id, thread_id).await?;
    Ok(Json(read(&state.db, access, message_id).await?))
}

/// Reads what a message said before. Of a message that there is not, or that was deleted, there is nothing.
pub async fn read(db: &PgPool, access: Access, message_id: MessageId) -> Result<VersionPage> {
    let versions: Vec<(String, Timestamp)> = sqlx::query_as(
        "select body, written_at from version where thread_id = $1 and message_id = $2 order by change",
    )
    .bind(access.thread_id())
    .bind(message_id)
    .fetch_all(db)
    .await?;
    let version = |(body, written_at)| Version { body, written_at };
    Ok(VersionPage { versions: versions.into_iter().map(version).collect() })
}

/// Gives one's own message other words. The same words again change nothing.
///
/// # Errors
/// [`Refusal::MessageNotFound`], [`Refusal::SenderRequired`], [`Refusal::ForwardKept`], and what [`MessageBody::new`] refuses.
pub async fn edit(
    state: &AppState,
    me: UserId,
    thread_id: ThreadId,
    message_id: MessageId,
    body: &str,
) -> Result<Effect> {
    let mut tx = state.db.begin().await?;
    let mut log = Log::lock(&mut tx, me, thread_id).await?;
    let mut row = log.message(&mut tx, message_id).await?;
    if row.sender_id != me {
        return Err(Refusal::SenderRequired.into());
    }
    if row.forward.is_some() {
        return Err(Refusal::ForwardKept.into());
    }
    let body = if row.files.is_some() { MessageBody::beside_files(body)? } else { MessageBody::new(body)? };
    if row.body == body.as_str() {
        return Ok(Effect::nothing(Answer::Done));
    }
    keep_version(&mut tx, &row, log.next_change()).await?;
    row.body = body.into_string();
    row.mentions = mentions::of(&mut tx, &[(thread_id, &row.body)])
        .await?
        .pop()
        .filter(|all| !all.is_empty())
        .map(types::Json);
    row.edited_at = Some(Timestamp::now());
    quotes::follow(&mut tx, &row).await?;
    let delivery = log.record(&mut tx, &state.audiences, row).await?;
    tx.commit().await?;
    Ok(Effect { answer: Answer::Done, deliveries: vec![delivery] })
}

/// Keeps what a message says, and no more than the newest versions.
async fn keep_version(tx: &mut PgConnection, row: &Row, change: i64) -> Result<()> {
    sqlx::query(
        "insert into version (thread_id, message_id, change, body, written_at) values ($1, $2, $3, $4, $5)",
    )
    .bind(row.thread_id)
    .bind(row.message_id)
    .bind(change)
    .bind(&row.body)
    .bind(row.edited_at.unwrap_or(row.created_at))
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "delete from version where thread_id = $1 and message_id = $2 and change <= (
            select change from version where thread_id = $1 and message_id = $2 order by change desc offset $3 limit 1)",
    )
    .bind(row.thread_id)
    .bind(row.message_id)
    .bind(i64::try_from(Message::MAX_VERSIONS).unwrap_or(i64::MAX))
    .execute(tx)
    .await?;
    Ok(())
}

/// Deletes a message for everybody, with all that it ever said. Its place in the log stays. One that is deleted already stays so.
///
/// # Errors
/// [`Refusal::MessageNotFound`]; in a direct thread [`Refusal::SenderRequired`], in a group [`Refusal::AdminRequired`].
pub async fn delete(
    state: &AppState,
    me: UserId,
    thread_id: ThreadId,
    message_id: MessageId,
) -> Result<Effect> {
    let mut tx = state.db.begin().await?;
    let mut log = Log::lock(&mut tx, me, thread_id).await?;
    let mut row = log.any_message(&mut tx, message_id).await?;
    if row.sender_id != me {
        if !log.is_group {
            return Err(Refusal::SenderRequired.into());
        }
        log.access.as_admin()?;
    }
    if row.deleted_at.is_some() {
        return Ok(Effect::nothing(Answer::Done));
    }
    sqlx::query("delete from version where thread_id = $1 and message_id = $2")
        .bind(thread_id)
        .bind(message_id)
        .execute(&mut *tx)
        .await?;
    let mut deliveries = Vec::new();
    if row.pin_change.is_some() {
        deliveries.push(pins::put(&mut tx, state, &mut log, row.clone(), false).await?);
        row.pin_change = None;
    }
    reactions::clear(&mut tx, thread_id, message_id).await?;
    let had_files = files::expire(&mut tx, thread_id, message_id).await?;
    row.body = String::new();
    row.files = None;
    row.reply_to = None;
    row.forward = None;
    row.reactions = None;
    row.mentions = None;
    row.edited_at = None;
    row.deleted_at = Some(Timestamp::now());
    quotes::follow(&mut tx, &row).await?;
    deliveries.push(log.record(&mut tx, &state.audiences, row).await?);
    tx.commit().await?;
    if had_files {
        state.files.sweep_soon();
    }
    Ok(Effect { answer: Answer::Done, deliveries })
}
