//! Pinning: the messages that everybody finds on top of a thread. In a group its admins choose them, in a direct thread both people do.

use crate::{
    access::Access,
    changes::Log,
    dispatch::Effect,
    error::Result,
    live::hub::Delivery,
    messages::row::{Row, columns},
    notices::{self, Concerns, Place},
    state::AppState,
    users,
};
use model::{
    Message, MessageId, NoticeKind, Pins, Quote, Refusal, ThreadId, UserId,
    pin::MAX_PINS,
    wire::{Answer, Event},
};
use sqlx::{PgConnection, PgPool, types::Json};

/// Pins a message, or unpins it. What is so already stays so.
///
/// # Errors
/// [`Refusal::MessageNotFound`], [`Refusal::AdminRequired`], [`Refusal::TooManyPins`].
pub async fn set(
    state: &AppState,
    me: UserId,
    thread_id: ThreadId,
    message_id: MessageId,
    is_pinned: bool,
) -> Result<Effect> {
    let mut tx = state.db.begin().await?;
    let mut log = Log::lock(&mut tx, me, thread_id).await?;
    if log.is_group {
        log.access.as_admin()?;
    }
    let row = log.message(&mut tx, message_id).await?;
    if row.pin_change.is_some() == is_pinned {
        return Ok(Effect::nothing(Answer::Done));
    }
    let delivery = put(&mut tx, state, &mut log, row, is_pinned).await?;
    tx.commit().await?;
    Ok(Effect { answer: Answer::Done, deliveries: vec![delivery] })
}

/// Pins or unpins a message of a locked thread, and says what everybody is told.
pub(crate) async fn put(
    tx: &mut PgConnection,
    state: &AppState,
    log: &mut Log,
    mut row: Row,
    is_pinned: bool,
) -> Result<Delivery> {
    let (thread_id, message_id) = (row.thread_id, row.message_id);
    let change = log.next_change();
    row.pin_change = is_pinned.then_some(change);
    sqlx::query("update message set pin_change = $3 where thread_id = $1 and created_at = $2")
        .bind(thread_id)
        .bind(row.created_at)
        .bind(row.pin_change)
        .execute(&mut *tx)
        .await?;
    let pins = read_pins(tx, thread_id, change).await?;
    if pins.as_ref().is_some_and(|pins| pins.count > MAX_PINS as u64) {
        return Err(Refusal::TooManyPins.into());
    }
    sqlx::query("update thread set pins = $2 where thread_id = $1")
        .bind(thread_id)
        .bind(pins.clone().map(Json))
        .execute(&mut *tx)
        .await?;
    let me = log.access.user_id();
    let notice = if is_pinned && log.is_group {
        let place = Place { thread_id, after_seq: log.last_seq, change: change.unsigned_abs() };
        Some(notices::put(&mut *tx, place, me, NoticeKind::Pinned, Concerns::Nobody).await?)
    } else {
        None
    };
    let tell = |change, message: Message| Event::Pinned {
        thread_id,
        change,
        message_id,
        seq: message.seq,
        is_pinned,
        pins,
        notice,
    };
    log.record_as(tx, &state.audiences, row, tell).await
}

/// What stands on top of a thread now.
async fn read_pins(tx: &mut PgConnection, thread_id: ThreadId, change: i64) -> Result<Option<Pins>> {
    let count: i64 =
        sqlx::query_scalar("select count(*) from message where thread_id = $1 and pin_change is not null")
            .bind(thread_id)
            .fetch_one(&mut *tx)
            .await?;
    let rows = newest(tx, thread_id, 1).await?;
    let Some(last) = quotes(tx, rows, change).await?.pop() else { return Ok(None) };
    Ok(Some(Pins { count: count.unsigned_abs(), last }))
}

/// All that is pinned in a thread, the last pinned first.
pub async fn list(db: &PgPool, access: Access) -> Result<Vec<Quote>> {
    let mut db = db.acquire().await?;
    let rows = newest(&mut db, access.thread_id(), MAX_PINS).await?;
    quotes(&mut db, rows, access.change().cast_signed()).await
}

async fn newest(db: &mut PgConnection, thread_id: ThreadId, limit: usize) -> Result<Vec<Row>> {
    let statement = concat!(
        "select ",
        columns!(),
        " from message where thread_id = $1 and pin_change is not null order by pin_change desc limit $2"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(sqlx::query_as(statement).bind(thread_id).bind(limit).fetch_all(db).await?)
}

async fn quotes(db: &mut PgConnection, rows: Vec<Row>, change: i64) -> Result<Vec<Quote>> {
    let senders = users::by_id(db, rows.iter().map(|row| row.sender_id)).await?;
    let quote = |row: Row| {
        let sender = senders.iter().find(|sender| sender.user_id == row.sender_id);
        let name = sender.map(|sender| sender.display_name.clone()).unwrap_or_default();
        Quote::of(&row.into_message(), name, change.unsigned_abs())
    };
    Ok(rows.into_iter().map(quote).collect())
}
