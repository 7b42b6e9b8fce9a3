//! Joining groups by their links: at once, or by asking their admins, who let people in or not.

use crate::{
    dispatch::Effect,
    error::{Error, Result},
    groups::{Group, view},
    live::hub::Delivery,
    secret, snapshot,
};
use model::{NoticeKind, Refusal, ThreadId, UserId, wire::Answer};
use sqlx::{PgConnection, PgPool};

/// The most people who ask to be let into a group at a time.
const MAX_REQUESTS: i64 = 1000;

/// Joins a group by a link, or asks to be let in.
///
/// # Errors
/// [`Refusal::LinkInvalid`], and [`Refusal::TooManyMembers`].
pub async fn join(db: &PgPool, me: UserId, thread_id: ThreadId, secret: &str) -> Result<Effect> {
    let mut tx = db.begin().await?;
    let group = Group::lock_as_stranger(&mut tx, thread_id).await;
    // Whether there is such a group is not for everybody to know.
    let mut group = group.map_err(|error| match error {
        Error::Refused(_) => Refusal::LinkInvalid.into(),
        error => error,
    })?;
    if let Some(thread) = snapshot::thread(&mut tx, me, thread_id).await? {
        return Ok(Effect::nothing(Answer::Opened { thread }));
    }
    let needs_approval: bool = sqlx::query_scalar(
        "select needs_approval from group_invite
            where thread_id = $1 and secret_hash = $2 and expires_at > now() and uses_left > 0",
    )
    .bind(thread_id)
    .bind(secret::hash(secret))
    .fetch_optional(&mut *tx)
    .await?
    .ok_or(Refusal::LinkInvalid)?;
    if needs_approval && ask(&mut tx, me, thread_id).await? == 0 {
        // They asked before.
        return Ok(Effect::nothing(Answer::Done));
    }
    sqlx::query(
        "update group_invite set uses_left = uses_left - 1 where thread_id = $1 and secret_hash = $2",
    )
    .bind(thread_id)
    .bind(secret::hash(secret))
    .execute(&mut *tx)
    .await?;
    let effect = if needs_approval {
        group.request_count += 1;
        group.save(&mut tx).await?;
        let delivery = group.requests(&mut tx).await?;
        Effect { answer: Answer::Done, deliveries: vec![delivery] }
    } else {
        let deliveries = group.admit(&mut tx, &[me], (me, NoticeKind::Joined)).await?;
        Effect { answer: Answer::Opened { thread: view(&mut tx, me, thread_id).await? }, deliveries }
    };
    tx.commit().await?;
    Ok(effect)
}

async fn ask(tx: &mut PgConnection, me: UserId, thread_id: ThreadId) -> Result<u64> {
    let asking: i64 = sqlx::query_scalar("select count(*) from join_request where thread_id = $1")
        .bind(thread_id)
        .fetch_one(&mut *tx)
        .await?;
    if asking >= MAX_REQUESTS {
        return Err(Refusal::TooManyMembers.into());
    }
    let asked =
        sqlx::query("insert into join_request (thread_id, user_id) values ($1, $2) on conflict do nothing")
            .bind(thread_id)
            .bind(me)
            .execute(tx)
            .await?;
    Ok(asked.rows_affected())
}

/// Lets somebody in who asked for it, or not. One who does not ask any more, because another admin was first, is no fault.
///
/// # Errors
/// [`Refusal::ThreadNotFound`], [`Refusal::AdminRequired`] and [`Refusal::TooManyMembers`].
pub async fn answer(
    db: &PgPool,
    me: UserId,
    thread_id: ThreadId,
    user_id: UserId,
    is_accepted: bool,
) -> Result<Effect> {
    let mut tx = db.begin().await?;
    let (mut group, access) = Group::lock(&mut tx, me, thread_id).await?;
    access.as_admin()?;
    let is_asking: bool =
        sqlx::query_scalar("select exists (select from join_request where thread_id = $1 and user_id = $2)")
            .bind(thread_id)
            .bind(user_id)
            .fetch_one(&mut *tx)
            .await?;
    if !is_asking {
        return Ok(Effect::nothing(Answer::Done));
    }
    let deliveries: Vec<Delivery> = if is_accepted {
        group.admit(&mut tx, &[user_id], (me, NoticeKind::LetIn)).await?
    } else {
        sqlx::query("delete from join_request where thread_id = $1 and user_id = $2")
            .bind(thread_id)
            .bind(user_id)
            .execute(&mut *tx)
            .await?;
        group.request_count -= 1;
        group.save(&mut tx).await?;
        vec![group.requests(&mut tx).await?]
    };
    tx.commit().await?;
    Ok(Effect { answer: Answer::Done, deliveries })
}
