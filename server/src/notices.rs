//! Notices: lines in a group's log about what happened to it. Whoever changes a group writes one in the same transaction, under the group's row lock.

use crate::{error::Result, users};
use model::{Notice, NoticeKind, ThreadId, Timestamp, UserId, notice::MAX_NAMES};
use sqlx::{PgConnection, PgExecutor, types::Json};
use std::collections::BTreeMap;

/// How many come with a page of messages, the newest, and with a page of changes. More than that between fifty messages nobody reads.
const MOST: i64 = 200;

/// Where a notice stands.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// In which group.
    pub thread_id: ThreadId,
    /// After which message.
    pub after_seq: i64,
    /// Of which change it tells.
    pub change: u64,
}

/// Whom a notice concerns besides whoever did it.
#[derive(Clone, Copy, Debug)]
pub enum Concerns<'a> {
    /// Nobody.
    Nobody,
    /// These people.
    People(&'a [UserId]),
    /// Nobody, but the group has this title now.
    Title(&'a str),
}

/// Writes down what happened.
pub async fn put(
    tx: &mut PgConnection,
    place: Place,
    actor: UserId,
    kind: NoticeKind,
    concerns: Concerns<'_>,
) -> Result<Notice> {
    let others = if let Concerns::People(user_ids) = concerns { user_ids } else { &[] };
    let told = &others[..others.len().min(MAX_NAMES)];
    let people: BTreeMap<_, _> = users::by_id(&mut *tx, told.iter().copied().chain([actor]))
        .await?
        .into_iter()
        .map(|user| (user.user_id, user.display_name))
        .collect();
    let name = |user_id: &UserId| people.get(user_id).cloned().unwrap_or_default();
    let notice = Notice {
        change: place.change,
        after_seq: place.after_seq.unsigned_abs(),
        at: Timestamp::now(),
        kind,
        actor: name(&actor),
        names: match concerns {
            Concerns::Title(title) => vec![title.to_owned()],
            _ => told.iter().map(name).collect(),
        },
        more: (others.len() - told.len()) as u64,
    };
    sqlx::query("insert into notice (thread_id, after_seq, change, content) values ($1, $2, $3, $4)")
        .bind(place.thread_id)
        .bind(place.after_seq)
        .bind(place.change.cast_signed())
        .bind(Json(&notice))
        .execute(tx)
        .await?;
    Ok(notice)
}

/// The notices that stand after messages of these numbers: a range scan of the key.
pub async fn among(
    db: impl PgExecutor<'_>,
    thread_id: ThreadId,
    (from, to): (u64, u64),
) -> Result<Vec<Notice>> {
    let mut notices: Vec<Json<Notice>> = sqlx::query_scalar(
        "select content from notice where thread_id = $1 and after_seq between $2 and $3
            order by after_seq desc, change desc limit $4",
    )
    .bind(thread_id)
    .bind(from.cast_signed())
    .bind(to.cast_signed())
    .bind(MOST)
    .fetch_all(db)
    .await?;
    notices.reverse();
    Ok(notices.into_iter().map(|Json(notice)| notice).collect())
}

/// The notices of the changes after a number, up to another: the first ones, and where they end if there are more.
pub async fn after(
    db: impl PgExecutor<'_>,
    thread_id: ThreadId,
    (after, up_to): (u64, u64),
) -> Result<(Vec<Notice>, Option<u64>)> {
    let notices: Vec<Json<Notice>> = sqlx::query_scalar(
        "select content from notice where thread_id = $1 and change > $2 and change <= $3 order by change limit $4",
    )
    .bind(thread_id)
    .bind(after.cast_signed())
    .bind(up_to.cast_signed())
    .bind(MOST)
    .fetch_all(db)
    .await?;
    let notices: Vec<_> = notices.into_iter().map(|Json(notice)| notice).collect();
    let is_full = notices.len() as u64 == MOST.unsigned_abs();
    let end = notices.last().map(|last| last.change).filter(|_| is_full);
    Ok((notices, end))
}
