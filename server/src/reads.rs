//! How far somebody has read: one position per person and thread, from which unread counts are subtractions.

use crate::{dispatch::Effect, error::Result, live::hub::Delivery, mentions, options, receipts};
use model::{
    Refusal, ThreadId, Timestamp, UserId,
    wire::{Answer, Event},
};
use sqlx::PgPool;

/// Moves one's read position on to the message written at `created_at`. Going back does nothing. A mark as unread goes in any case.
///
/// # Errors
/// [`Refusal::ThreadNotFound`], and [`Refusal::MessageNotFound`] where the thread has no message of that moment.
pub async fn mark(
    db: &PgPool,
    user_id: UserId,
    thread_id: ThreadId,
    created_at: Timestamp,
) -> Result<Effect> {
    let mut tx = db.begin().await?;
    // The writer counts own messages in this row too: under its lock, what is counted below is all there is.
    let (read_seq, own_count, own_last_at, mention_count, is_marked_unread): (
        i64,
        i64,
        Option<Timestamp>,
        i64,
        bool,
    ) = sqlx::query_as(
        "select read_seq, own_count, own_last_at, mention_count, is_marked_unread from member
            where thread_id = $1 and user_id = $2 for update",
    )
    .bind(thread_id)
    .bind(user_id)
    .fetch_optional(&mut *tx)
    .await?
    .ok_or(Refusal::ThreadNotFound)?;
    let seq: i64 = sqlx::query_scalar("select seq from message where thread_id = $1 and created_at = $2")
        .bind(thread_id)
        .bind(created_at)
        .fetch_optional(&mut *tx)
        .await?
        .ok_or(Refusal::MessageNotFound)?;
    let unmarked = if is_marked_unread { options::unmark(&mut tx, user_id, thread_id).await? } else { None };
    let mut deliveries = Vec::from_iter(unmarked);
    if seq <= read_seq {
        tx.commit().await?;
        return Ok(Effect { answer: Answer::Done, deliveries });
    }
    let own_after: i64 = if own_last_at.is_none_or(|last_at| last_at <= created_at) {
        0
    } else {
        sqlx::query_scalar(
            "select count(*) from message where thread_id = $1 and created_at > $2 and sender_id = $3",
        )
        .bind(thread_id)
        .bind(created_at)
        .bind(user_id)
        .fetch_one(&mut *tx)
        .await?
    };
    let own_read_count = (own_count - own_after).max(0);
    let mentions_after = match mention_count {
        0 => 0,
        _ => mentions::after(&mut tx, thread_id, user_id, created_at).await?,
    };
    let mention_read_count = (mention_count - mentions_after).max(0);
    let is_shown: bool = sqlx::query_scalar(
        "update member set read_seq = $3, read_at = $4, own_read_count = $5, mention_read_count = $6,
                seen_seq = case when shows_receipts and not has_block then $3 else seen_seq end
            from account, thread
            where member.thread_id = $1 and member.user_id = $2 and account.user_id = $2 and thread.thread_id = $1
            returning shows_receipts and not has_block",
    )
    .bind(thread_id)
    .bind(user_id)
    .bind(seq)
    .bind(created_at)
    .bind(own_read_count)
    .bind(mention_read_count)
    .fetch_one(&mut *tx)
    .await?;
    if is_shown {
        deliveries.extend(receipts::told(&mut tx, user_id, thread_id, seq.unsigned_abs()).await?);
    }
    tx.commit().await?;
    let event = Event::ReadMoved {
        thread_id,
        read_seq: seq.unsigned_abs(),
        read_at: created_at,
        own_read_count: own_read_count.unsigned_abs(),
        mention_read_count: mention_read_count.unsigned_abs(),
    };
    deliveries.push(Delivery::to_one(user_id, event));
    Ok(Effect { answer: Answer::Done, deliveries })
}
