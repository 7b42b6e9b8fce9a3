//! What somebody's newest page and the thread that they have open are now, as the mark that they come back with: after a restart everybody asks for it at once, and
//! nearly all have missed nothing. So it reads the numbers that are marked and nothing else.

use crate::error::Result;
use model::{Marked, ThreadId, Timestamp, UserId, page, thread::Place};
use sqlx::PgPool;
use std::{cmp::Reverse, collections::BTreeMap};

/// Who comes back, and what is open there.
pub type Reader = (UserId, Option<ThreadId>);

macro_rules! peer {
    () => {
        "case when direct_low = reader.user_id then direct_high else direct_low end"
    };
}

/// The numbers of threads; `part` says what they are to the mark.
macro_rules! marked {
    ($part:literal) => {
        concat!(
            "select ", $part, "::int2 as part, thread_id, active_at, last_seq, change, read_seq, own_count, options_change,
            case when direct_low <> direct_high then (select theirs.seen_seq from member theirs where theirs.thread_id = thread.thread_id
                and theirs.user_id = ", peer!(), " and (select shows_receipts from account where account.user_id = reader.user_id)) end as seen_seq,
            case when role = 'admin' then request_count else 0 end as request_count,
            case when direct_low <> direct_high then (select profile_change from account where account.user_id = ", peer!(), ") end as peer_change,
            (select profile_change from account where account.user_id = last_sender_id) as sender_change"
        )
    };
}

const LISTED: i16 = 0;
const PINNED: i16 = 1;

/// By the same keys as [`super::PAGE`] and what is read beside it.
const MARKED: &str = concat!(
    "select reader.place, marked.* from unnest($1::uuid[], $2::uuid[]) with ordinality reader (user_id, open_id, place), lateral (
        (", marked!("0"), " from (
            select * from member where user_id = reader.user_id and is_archived = false and active_hour < $3
                order by active_hour desc fetch first $4 rows with ties
        ) candidate join thread using (thread_id) order by active_at desc, thread_id desc limit $4)
        union all
        ", marked!("1"), " from member join thread using (thread_id) where user_id = reader.user_id and pinned_at is not null
        union all
        ", marked!("2"), " from member join thread using (thread_id) where user_id = reader.user_id and thread_id = reader.open_id
    ) marked"
);

/// A row: whose, which part, the thread and its place, and the numbers in the order of [`Marked`].
type Row =
    (i64, i16, ThreadId, Timestamp, i64, i64, i64, i64, i64, Option<i64>, i64, Option<i64>, Option<i64>);

/// The parts of one reader's mark.
#[derive(Default)]
struct Parts {
    listed: Vec<(Place, Marked)>,
    pinned: Vec<(Place, Marked)>,
    open: Option<Marked>,
}

/// The marks of readers, in their order, by two queries.
pub async fn marks(db: &PgPool, readers: &[Reader]) -> Result<Vec<String>> {
    let (user_ids, open_ids): (Vec<UserId>, Vec<Option<ThreadId>>) = readers.iter().copied().unzip();
    let mut db = db.acquire().await?;
    let rows: Vec<Row> = sqlx::query_as(MARKED)
        .bind(&user_ids)
        .bind(open_ids)
        .bind(Place::FIRST.active_at.start_of_hour())
        .bind(i64::try_from(page::THREADS).unwrap_or(i64::MAX))
        .fetch_all(&mut *db)
        .await?;
    let rests: Vec<(bool, Vec<UserId>)> = sqlx::query_as(
        "select exists (select from member where user_id = reader.user_id and is_archived and active_hour is not null),
            array(select case when direct_low = reader.user_id then direct_high else direct_low end
                from member join thread using (thread_id) where user_id = reader.user_id and is_blocked)
            from unnest($1::uuid[]) with ordinality reader (user_id, place) order by place",
    )
    .bind(&user_ids)
    .fetch_all(&mut *db)
    .await?;
    let mut parts: BTreeMap<i64, Parts> = BTreeMap::new();
    for row in rows {
        let (place, part, thread_id, active_at, ..) = row;
        let parts = parts.entry(place).or_default();
        let one = (Place { active_at, thread_id }, marked(&row));
        match part {
            LISTED => parts.listed.push(one),
            PINNED => parts.pinned.push(one),
            _ => parts.open = Some(one.1),
        }
    }
    let marks = (1..).zip(rests).map(|(place, (has_archived, blocked))| {
        let Parts { mut listed, mut pinned, open } = parts.remove(&place).unwrap_or_default();
        pinned.retain(|(place, _)| listed.iter().all(|(listed, _)| listed != place));
        for threads in [&mut listed, &mut pinned] {
            // A query of many pages does not promise their order.
            threads.sort_unstable_by_key(|(place, _)| Reverse(*place));
        }
        let threads = listed.into_iter().chain(pinned).map(|(_, marked)| marked).chain(open);
        model::etag_of(has_archived, &blocked, threads)
    });
    Ok(marks.collect())
}

fn marked(row: &Row) -> Marked {
    let &(_, _, thread_id, _, last_seq, change, read_seq, own_count, options_change, ..) = row;
    let &(.., seen_seq, request_count, peer_change, sender_change) = row;
    Marked {
        thread_id,
        last_seq: last_seq.unsigned_abs(),
        change: change.unsigned_abs(),
        read_seq: read_seq.unsigned_abs(),
        own_count: own_count.unsigned_abs(),
        options_change: options_change.unsigned_abs(),
        seen_seq: seen_seq.map(i64::unsigned_abs),
        request_count: request_count.unsigned_abs(),
        peer_change: peer_change.map(i64::unsigned_abs),
        sender_change: sender_change.map(i64::unsigned_abs),
    }
}
