//! Blocking: whoever has blocked the other one of a direct thread gets nothing more from them there, shows them nothing, is not added to groups
//! by them, and a secret chat of the two ends. In groups that both are in, nothing changes. The block itself is an option of the direct thread (`options`).

use crate::error::Result;
use model::{Refusal, ThreadId, User, UserId};
use sqlx::{PgConnection, PgExecutor};

/// Has the thread say whether one of its two blocks the other. Its row is locked by then.
///
/// # Errors
/// [`Refusal::DirectRequired`] where there are not two people.
pub async fn follow(tx: &mut PgConnection, thread_id: ThreadId) -> Result<()> {
    let followed = sqlx::query(
        "update thread set has_block = exists (select from member where member.thread_id = $1 and member.is_blocked)
            where thread_id = $1 and direct_low < direct_high",
    )
    .bind(thread_id)
    .execute(tx)
    .await?;
    if followed.rows_affected() == 1 { Ok(()) } else { Err(Refusal::DirectRequired.into()) }
}

/// The two people of a direct thread.
pub async fn between(db: impl PgExecutor<'_>, thread_id: ThreadId) -> Result<Option<(UserId, UserId)>> {
    let two = sqlx::query_as(
        "select direct_low, direct_high from thread where thread_id = $1 and direct_low < direct_high",
    )
    .bind(thread_id)
    .fetch_optional(db)
    .await?;
    Ok(two)
}

/// Refuses to add people who have blocked whoever adds them, or are blocked.
///
/// # Errors
/// [`Refusal::Blocked`].
pub async fn check_added(tx: &mut PgConnection, me: UserId, user_ids: &[UserId]) -> Result<()> {
    let is_any: bool = sqlx::query_scalar(
        "select exists (
            select from unnest($2::uuid[]) other (user_id) join thread
                on direct_low = least($1, other.user_id) and direct_high = greatest($1, other.user_id)
                where has_block
        )",
    )
    .bind(me)
    .bind(user_ids)
    .fetch_one(tx)
    .await?;
    if is_any { Err(Refusal::Blocked.into()) } else { Ok(()) }
}

/// Whom somebody blocks, with the threads in which they say so.
pub async fn of(db: impl PgExecutor<'_>, user_id: UserId) -> Result<Vec<(ThreadId, User)>> {
    #[derive(sqlx::FromRow)]
    struct Row {
        thread_id: ThreadId,
        #[sqlx(flatten)]
        user: User,
    }
    let rows: Vec<Row> = sqlx::query_as(
        "select thread_id, account.user_id, username, display_name, picture_id, profile_change,
                deactivated_at is not null as is_deactivated
            from member join thread using (thread_id) join account
                on account.user_id = case when direct_low = $1 then direct_high else direct_low end
            where member.user_id = $1 and member.is_blocked order by username",
    )
    .bind(user_id)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.thread_id, row.user)).collect())
}
