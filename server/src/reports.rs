//! Reports: what members of a thread bring to the administrator's attention. The administrator sees the message as it was, whether or not they are in
//! the thread; nobody else sees a report, not even whoever made it.

use crate::{access::Access, auth::Auth, error::Result, messages, state::AppState, users};
use model::{MessageId, Refusal, ThreadId, Timestamp, User, UserId, message, refusal::MAX_REASON_CHARS};
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet};

/// How many are shown at a time, the oldest first.
const MAX_SHOWN: i64 = 100;

/// A report that nobody has dealt with.
#[derive(Clone, Debug)]
pub struct Report {
    /// Where the message is.
    pub thread_id: ThreadId,
    /// Which one.
    pub message_id: MessageId,
    /// Who sent it.
    pub author: User,
    /// Who reported it.
    pub reporter: User,
    /// When.
    pub reported_at: Timestamp,
    /// What it said then: its first words.
    pub excerpt: String,
    /// Why, in the reporter's words.
    pub reason: String,
}

/// Reports somebody else's message. Once more, it is the same report, with the newer reason.
///
/// # Errors
/// [`Refusal::MessageNotFound`], [`Refusal::SelfNotAllowed`] for one's own, and [`Refusal::ReasonTooLong`].
pub async fn report(db: &PgPool, access: Access, message_id: MessageId, reason: &str) -> Result<()> {
    let reason = reason.trim();
    if reason.chars().count() > MAX_REASON_CHARS {
        return Err(Refusal::ReasonTooLong.into());
    }
    let row = messages::find(db, access, message_id).await?;
    if row.sender_id == access.user_id() {
        return Err(Refusal::SelfNotAllowed.into());
    }
    let message = row.into_message();
    sqlx::query(
        "insert into report (thread_id, message_id, reporter_id, author_id, body, reason) values ($1, $2, $3, $4, $5, $6)
            on conflict on constraint report_pkey do update set reason = excluded.reason, done_at = null",
    )
    .bind(access.thread_id())
    .bind(message_id)
    .bind(access.user_id())
    .bind(message.sender_id)
    .bind(message.excerpt())
    .bind(reason.chars().filter(|one| !one.is_control() || *one == '\n').collect::<String>())
    .execute(db)
    .await?;
    Ok(())
}

/// The reports that nobody has dealt with, for the administrator.
pub async fn open(state: &AppState, auth: &Auth) -> Result<Vec<Report>> {
    auth.require_administrator()?;
    type Row = (ThreadId, MessageId, UserId, UserId, Timestamp, String, String);
    let rows: Vec<Row> = sqlx::query_as(
        "select thread_id, message_id, author_id, reporter_id, reported_at, body, reason from report
            where done_at is null order by reported_at limit $1",
    )
    .bind(MAX_SHOWN)
    .fetch_all(&state.db)
    .await?;
    let user_ids: BTreeSet<_> = rows.iter().flat_map(|row| [row.2, row.3]).collect();
    let people: BTreeMap<_, _> =
        users::by_id(&state.db, user_ids).await?.into_iter().map(|user| (user.user_id, user)).collect();
    let report = |(thread_id, message_id, author_id, reporter_id, reported_at, body, reason): Row| {
        Some(Report {
            thread_id,
            message_id,
            author: people.get(&author_id)?.clone(),
            reporter: people.get(&reporter_id)?.clone(),
            reported_at,
            excerpt: message::excerpt(&body),
            reason,
        })
    };
    Ok(rows.into_iter().filter_map(report).collect())
}

/// A message's reports are dealt with, and nothing is kept of them: what they quote may be deleted in its thread since.
pub async fn settle(state: &AppState, auth: &Auth, thread_id: ThreadId, message_id: MessageId) -> Result<()> {
    auth.require_administrator()?;
    sqlx::query("delete from report where thread_id = $1 and message_id = $2")
        .bind(thread_id)
        .bind(message_id)
        .execute(&state.db)
        .await?;
    Ok(())
}
