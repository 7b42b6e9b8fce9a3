//! How somebody keeps a thread: muted, archived, pinned, marked as unread. Only that person is told.

use crate::{access, blocks, dispatch::Effect, error::Result, live::hub::Delivery};
use model::{
    Options, Refusal, ThreadId, ThreadOption, Timestamp, UserId,
    options::{FOREVER, MAX_DRAFT_CHARS, MAX_PINNED},
    wire::{Answer, Event},
};
use sqlx::{FromRow, PgConnection, PgPool};

/// The columns of a member's row that are their options.
#[macro_export]
macro_rules! option_columns {
    () => {
        "options_change, muted_until, is_archived, pinned_at, is_marked_unread, is_blocked, draft"
    };
}

/// Decides something of a thread.
///
/// # Errors
/// [`Refusal::ThreadNotFound`], [`Refusal::TooManyPinned`] beyond [`MAX_PINNED`], [`Refusal::DirectRequired`], and [`Refusal::BodyTooLong`] for a draft.
pub async fn set(db: &PgPool, me: UserId, thread_id: ThreadId, mut option: ThreadOption) -> Result<Effect> {
    if let ThreadOption::Draft(text) = &mut option {
        // A message made of it would not have it either.
        text.retain(|one| one != '\0');
    }
    let mut tx = db.begin().await?;
    access::thread(&mut *tx, me, thread_id).await?;
    match &option {
        ThreadOption::Draft(text) => {
            let length = text.chars().count();
            if length > MAX_DRAFT_CHARS {
                return Err(Refusal::BodyTooLong { length }.into());
            }
        }
        // Whoever writes brings archived threads back under this lock: a message is either before what is decided here, or brings it back. Nor is any
        // sent to whoever has blocked its sender.
        ThreadOption::Archived(true) | ThreadOption::MutedUntil(_) | ThreadOption::Blocked(_) => {
            sqlx::query("select from thread where thread_id = $1 for update")
                .bind(thread_id)
                .execute(&mut *tx)
                .await?;
        }
        // One after the other, so that two at once cannot both be the last one.
        ThreadOption::Pinned(true) => {
            sqlx::query("select from account where user_id = $1 for no key update")
                .bind(me)
                .execute(&mut *tx)
                .await?;
        }
        ThreadOption::Archived(false) | ThreadOption::Pinned(false) | ThreadOption::MarkedUnread(_) => {}
    }
    let known: Options = sqlx::query_as(concat!(
        "select ",
        option_columns!(),
        " from member where thread_id = $1 and user_id = $2 for update"
    ))
    .bind(thread_id)
    .bind(me)
    .fetch_optional(&mut *tx)
    .await?
    .ok_or(Refusal::ThreadNotFound)?;
    let mut options = known.clone();
    options.set(option, Timestamp::now());
    if options == known {
        return Ok(Effect::nothing(Answer::Done));
    }
    if options.pinned_at > known.pinned_at && pinned(&mut tx, me).await? >= MAX_PINNED {
        return Err(Refusal::TooManyPinned.into());
    }
    options.change += 1;
    store(&mut tx, me, thread_id, &options).await?;
    if options.is_blocked != known.is_blocked {
        blocks::follow(&mut tx, thread_id).await?;
    }
    if options.is_archived && options.muted_until != Some(FOREVER) {
        sqlx::query("update thread set may_return = true where thread_id = $1 and not may_return")
            .bind(thread_id)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(Effect { answer: Answer::Done, deliveries: vec![changed(me, thread_id, options)] })
}

/// What somebody is told of another way in which they keep a thread.
#[must_use]
pub fn changed(user_id: UserId, thread_id: ThreadId, options: Options) -> Delivery {
    Delivery::to_one(user_id, Event::OptionsChanged { thread_id, options })
}

async fn pinned(tx: &mut PgConnection, user_id: UserId) -> Result<usize> {
    let count: i64 =
        sqlx::query_scalar("select count(*) from member where user_id = $1 and pinned_at is not null")
            .bind(user_id)
            .fetch_one(tx)
            .await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

async fn store(tx: &mut PgConnection, user_id: UserId, thread_id: ThreadId, options: &Options) -> Result<()> {
    sqlx::query(
        "update member set options_change = $3, muted_until = $4, is_archived = $5, pinned_at = $6,
                is_marked_unread = $7, is_blocked = $8, draft = $9
            where thread_id = $1 and user_id = $2",
    )
    .bind(thread_id)
    .bind(user_id)
    .bind(options.change.cast_signed())
    .bind(options.muted_until)
    .bind(options.is_archived)
    .bind(options.pinned_at)
    .bind(options.is_marked_unread)
    .bind(options.is_blocked)
    .bind(&options.draft)
    .execute(tx)
    .await?;
    Ok(())
}

/// Somebody has read a thread: it counts as unread no longer. Whom to tell, if it did.
pub async fn unmark(tx: &mut PgConnection, user_id: UserId, thread_id: ThreadId) -> Result<Option<Delivery>> {
    let options: Option<Options> = sqlx::query_as(concat!(
        "update member set is_marked_unread = false, options_change = options_change + 1
            where thread_id = $1 and user_id = $2 and is_marked_unread returning ",
        option_columns!()
    ))
    .bind(thread_id)
    .bind(user_id)
    .fetch_optional(tx)
    .await?;
    Ok(options.map(|options| changed(user_id, thread_id, options)))
}

/// Somebody to whom a message brought a thread back.
#[derive(FromRow)]
struct Returned {
    thread_id: ThreadId,
    user_id: UserId,
    #[sqlx(flatten)]
    options: Options,
}

/// Brings threads back that were written to at these moments: into the lists of those who archived them and have not muted them.
pub async fn bring_back(
    tx: &mut PgConnection,
    written: &[(ThreadId, Timestamp)],
) -> Result<Vec<(ThreadId, Delivery)>> {
    let (thread_ids, written_at): (Vec<_>, Vec<_>) = written.iter().copied().unzip();
    let returned: Vec<Returned> = sqlx::query_as(concat!(
        "update member set is_archived = false, options_change = options_change + 1
            from unnest($1::uuid[], $2::timestamptz[]) written (written_id, written_at)
            where thread_id = written_id and is_archived and (muted_until is null or muted_until <= written_at)
            returning thread_id, user_id, ",
        option_columns!()
    ))
    .bind(&thread_ids)
    .bind(written_at)
    .fetch_all(&mut *tx)
    .await?;
    // Those who have muted it for a while may be next.
    sqlx::query(
        "update thread set may_return = exists (
                select from member where member.thread_id = thread.thread_id and is_archived and muted_until < $2
            ) where thread_id = any($1)",
    )
    .bind(&thread_ids)
    .bind(FOREVER)
    .execute(tx)
    .await?;
    Ok(returned
        .into_iter()
        .map(|row| (row.thread_id, changed(row.user_id, row.thread_id, row.options)))
        .collect())
}
