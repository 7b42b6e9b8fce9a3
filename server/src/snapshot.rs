//! Snapshots out of PostgreSQL: one member's view of their threads, in the form that events go on from.

pub mod marks;

use crate::{error::Result, option_columns, users};
use model::{
    Avatar, Options, PictureId, Pins, Role, Thread, ThreadId, ThreadKind, Timestamp, User, UserId,
    page::{self, ThreadPage},
    thread::{LastMessage, Place},
};
use sqlx::{FromRow, PgConnection, PgPool, types::Json};
use std::collections::{BTreeMap, BTreeSet};

/// A thread's row beside one member's.
#[derive(Debug, FromRow)]
struct Row {
    thread_id: ThreadId,
    direct_low: Option<UserId>,
    direct_high: Option<UserId>,
    title: String,
    avatar_hue: i16,
    avatar_glyph: String,
    avatar_picture_id: Option<PictureId>,
    member_count: i64,
    last_seq: i64,
    active_at: Timestamp,
    last_sender_id: Option<UserId>,
    last_excerpt: Option<String>,
    change: i64,
    pins: Option<Json<Pins>>,
    role: Role,
    read_seq: i64,
    read_at: Option<Timestamp>,
    own_count: i64,
    own_read_count: i64,
    mention_count: i64,
    mention_read_count: i64,
    seen_seq: Option<i64>,
    request_count: i64,
    about: String,
    #[sqlx(flatten)]
    options: Options,
}

/// What a [`Row`] is read from; `$me` is whose view it is.
macro_rules! columns {
    ($me:literal) => {
        concat!(
            "thread_id, direct_low, direct_high, title, avatar_hue, avatar_glyph, avatar_picture_id, member_count, request_count, last_seq, active_at,
            last_sender_id, last_excerpt, change, pins, role, read_seq, read_at, own_count, own_read_count, mention_count, mention_read_count,
            case when direct_low is not null then (select theirs.seen_seq from member theirs where theirs.thread_id = thread.thread_id
                and theirs.user_id = case when direct_low = ", $me, " then direct_high else direct_low end
                and (select shows_receipts from account where account.user_id = ", $me, ")) end as seen_seq,
            case when direct_low is null then '' else coalesce((select about from account
                where account.user_id = case when direct_low = ", $me, " then direct_high else direct_low end), '') end as about, ",
            option_columns!()
        )
    };
}

/// The page of threads after a place in the list or in the archive, or the newest.
///
/// `member.active_hour` is the key: it holds the hour of `thread.active_at`, so that a message need not touch every member. The threads of
/// the cursor's own hour, and enough of the hours before it, are put in exact order here. The cost is that of the page and of the threads
/// that were active in the same hours, never of the account.
pub const PAGE: &str = concat!(
    "select ",
    columns!("$1"),
    " from (
        select * from member where user_id = $1 and is_archived = $6 and active_hour = $2
        union all
        (select * from member where user_id = $1 and is_archived = $6 and active_hour < $2
            order by active_hour desc fetch first $5 rows with ties)
    ) candidate join thread using (thread_id)
    where (active_at, thread_id) < ($3, $4) order by active_at desc, thread_id desc limit $5"
);

/// The pinned threads. They also stand where they belong in the pages: what is on top of the list changes nothing about how it is read.
const PINNED: &str = concat!(
    "select ",
    columns!("$1"),
    " from member join thread using (thread_id) where user_id = $1 and pinned_at is not null"
);

const ONE: &str = concat!(
    "select ",
    columns!("$1"),
    " from member join thread using (thread_id) where user_id = $1 and thread_id = $2"
);

/// The threads in whose titles a text stands. The cost is that of the account: who is in ten thousand groups has ten thousand titles compared.
const BY_TITLE: &str = concat!(
    "select ",
    columns!("$1"),
    " from member join thread using (thread_id)
        where user_id = $1 and title <> '' and strpos(title_search, folded($2)) > 0 and active_hour is not null
        order by active_at desc, thread_id desc limit $3"
);

/// Those of some threads that somebody is in, and their direct threads with some people.
const SOME: &str = concat!(
    "select ",
    columns!("$1"),
    " from member join thread using (thread_id) where user_id = $1 and thread_id in (
        select unnest($2::uuid[]) union
        select thread_id from unnest($3::uuid[]) peer (user_id), thread
            where direct_low = least($1, peer.user_id) and direct_high = greatest($1, peer.user_id))
        order by active_at desc, thread_id desc"
);

/// The newest of a user's threads, with all that is pinned.
pub async fn newest(db: &PgPool, user_id: UserId) -> Result<ThreadPage> {
    let mut db = db.acquire().await?;
    let (listed, has_more) = rows(&mut db, user_id, false, None).await?;
    let mut pinned: Vec<Row> = sqlx::query_as(PINNED).bind(user_id).fetch_all(&mut *db).await?;
    pinned.retain(|pinned| listed.iter().all(|listed| listed.thread_id != pinned.thread_id));
    let (has_archived, blocked) = sqlx::query_as(
        "select exists (select from member where user_id = $1 and is_archived and active_hour is not null),
            array(select case when direct_low = $1 then direct_high else direct_low end
                from member join thread using (thread_id) where user_id = $1 and is_blocked)",
    )
    .bind(user_id)
    .fetch_one(&mut *db)
    .await?;
    let listed_ids: BTreeSet<_> = listed.iter().map(|row| row.thread_id).collect();
    let threads = name(&mut db, user_id, listed.into_iter().chain(pinned).collect()).await?;
    let (threads, pinned) = threads.into_iter().partition(|thread| listed_ids.contains(&thread.thread_id));
    Ok(ThreadPage { threads, pinned, has_more, has_archived, blocked })
}

/// A user's groups in whose titles a text stands. Nothing, if the text is empty.
pub async fn by_title(db: &PgPool, user_id: UserId, title: &str) -> Result<ThreadPage> {
    // No title has one.
    if title.is_empty() || title.contains(char::is_control) {
        return Ok(ThreadPage::default());
    }
    let mut db = db.acquire().await?;
    let rows: Vec<Row> = sqlx::query_as(BY_TITLE)
        .bind(user_id)
        .bind(title)
        .bind(i64::try_from(page::PEOPLE).unwrap_or(i64::MAX))
        .fetch_all(&mut *db)
        .await?;
    Ok(ThreadPage { threads: name(&mut db, user_id, rows).await?, ..ThreadPage::default() })
}

/// Those of some threads that a user is in, and their direct threads with some people, the newest first.
pub async fn some(
    db: &PgPool,
    user_id: UserId,
    thread_ids: &[ThreadId],
    peers: &[UserId],
) -> Result<Vec<Thread>> {
    let mut db = db.acquire().await?;
    let rows: Vec<Row> =
        sqlx::query_as(SOME).bind(user_id).bind(thread_ids).bind(peers).fetch_all(&mut *db).await?;
    name(&mut db, user_id, rows).await
}

/// The page of a user's threads after a place in the list, or in the archive.
pub async fn page(
    db: &PgPool,
    user_id: UserId,
    is_archived: bool,
    after: Option<Place>,
) -> Result<ThreadPage> {
    let mut db = db.acquire().await?;
    let (rows, has_more) = rows(&mut db, user_id, is_archived, after).await?;
    let threads = name(&mut db, user_id, rows).await?;
    Ok(ThreadPage { threads, has_more, ..ThreadPage::default() })
}

async fn rows(
    db: &mut PgConnection,
    user_id: UserId,
    is_archived: bool,
    after: Option<Place>,
) -> Result<(Vec<Row>, bool)> {
    let after = after.unwrap_or(Place::FIRST);
    let limit = page::THREADS + 1;
    let mut rows: Vec<Row> = sqlx::query_as(PAGE)
        .bind(user_id)
        .bind(after.active_at.start_of_hour())
        .bind(after.active_at)
        .bind(after.thread_id)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .bind(is_archived)
        .fetch_all(db)
        .await?;
    let has_more = rows.len() == limit;
    rows.truncate(page::THREADS);
    Ok((rows, has_more))
}

/// One thread as a member sees it; none if it does not exist or that user is not in it.
pub async fn thread(db: &mut PgConnection, user_id: UserId, thread_id: ThreadId) -> Result<Option<Thread>> {
    let row: Option<Row> = sqlx::query_as(ONE).bind(user_id).bind(thread_id).fetch_optional(&mut *db).await?;
    Ok(name(db, user_id, row.into_iter().collect()).await?.pop())
}

/// Adds the names of the people that rows speak of, in one query.
async fn name(db: &mut PgConnection, me: UserId, rows: Vec<Row>) -> Result<Vec<Thread>> {
    let user_ids: BTreeSet<_> =
        rows.iter().flat_map(|row| [peer(row, me), row.last_sender_id]).flatten().collect();
    let people = users::by_id(db, user_ids).await?;
    let people = people.into_iter().map(|user| (user.user_id, user)).collect();
    Ok(rows.into_iter().filter_map(|row| view(row, me, &people)).collect())
}

fn peer(row: &Row, me: UserId) -> Option<UserId> {
    if row.direct_low == Some(me) { row.direct_high } else { row.direct_low }
}

fn view(row: Row, me: UserId, people: &BTreeMap<UserId, User>) -> Option<Thread> {
    let last_message = match row.last_sender_id {
        Some(sender_id) => Some(LastMessage {
            sender: people.get(&sender_id)?.clone(),
            is_deleted: row.last_excerpt.is_none(),
            excerpt: row.last_excerpt.clone().unwrap_or_default(),
        }),
        _ => None,
    };
    let kind = match peer(&row, me) {
        Some(peer_id) if peer_id == me => ThreadKind::Notes,
        Some(peer_id) => ThreadKind::Direct { peer: people.get(&peer_id)?.clone() },
        None => ThreadKind::Group {
            title: row.title,
            avatar: Avatar {
                hue: u8::try_from(row.avatar_hue).unwrap_or_default(),
                glyph: row.avatar_glyph,
                picture_id: row.avatar_picture_id,
            },
            role: row.role,
            member_count: row.member_count.unsigned_abs(),
        },
    };
    let is_notes = kind == ThreadKind::Notes;
    Some(Thread {
        thread_id: row.thread_id,
        kind,
        last_seq: row.last_seq.unsigned_abs(),
        change: row.change.unsigned_abs(),
        pins: row.pins.map(|Json(pins)| pins),
        active_at: row.active_at,
        last_message,
        read_seq: row.read_seq.unsigned_abs(),
        read_at: row.read_at,
        own_count: row.own_count.unsigned_abs(),
        own_read_count: row.own_read_count.unsigned_abs(),
        mention_count: row.mention_count.unsigned_abs(),
        mention_read_count: row.mention_read_count.unsigned_abs(),
        seen_seq: row.seen_seq.filter(|_| !is_notes).map(i64::unsigned_abs),
        about: if is_notes { String::new() } else { row.about },
        request_count: if row.role == Role::Admin { row.request_count.unsigned_abs() } else { 0 },
        options: row.options,
    })
}
