//! Snapshots out of PostgreSQL: one member's view of their threads, in the form that events go on from.

use crate::{error::Result, option_columns, users};
use model::{
    Avatar, MessageId, Options, PictureId, Pins, Role, Thread, ThreadId, ThreadKind, Timestamp, User, UserId,
    page::{self, ThreadPage},
    thread::{LastMessage, Place},
};
use sqlx::{FromRow, PgConnection, PgPool, types::Json};
use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
};

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
    last_message_id: Option<MessageId>,
    last_sender_id: Option<UserId>,
    last_excerpt: Option<String>,
    change: i64,
    pins: Option<Json<Pins>>,
    role: Role,
    read_seq: i64,
    read_at: Option<Timestamp>,
    own_count: i64,
    own_read_count: i64,
    seen_seq: Option<i64>,
    request_count: i64,
    about: String,
    #[sqlx(flatten)]
    options: Options,
}

macro_rules! columns {
    () => {
        concat!(
            "thread_id, direct_low, direct_high, title, avatar_hue, avatar_glyph, avatar_picture_id, member_count, request_count, last_seq, active_at,
            last_message_id, last_sender_id, last_excerpt, change, pins, role, read_seq, read_at, own_count, own_read_count,
            (select theirs.seen_seq from member theirs where theirs.thread_id = thread.thread_id
                and theirs.user_id = case when direct_low = $1 then direct_high else direct_low end
                and (select shows_receipts from account where account.user_id = $1)) as seen_seq,
            coalesce((select about from account
                where account.user_id = case when direct_low = $1 then direct_high else direct_low end), '') as about, ",
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
    columns!(),
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
    columns!(),
    " from member join thread using (thread_id) where user_id = $1 and pinned_at is not null"
);

const ONE: &str = concat!(
    "select ",
    columns!(),
    " from member join thread using (thread_id) where user_id = $1 and thread_id = $2"
);

/// The newest of a user's threads, with all that is pinned.
pub async fn newest(db: &PgPool, user_id: UserId) -> Result<ThreadPage> {
    let mut db = db.acquire().await?;
    let (rows, has_more) = rows(&mut db, user_id, false, None).await?;
    let mut pinned: Vec<Row> = sqlx::query_as(PINNED).bind(user_id).fetch_all(&mut *db).await?;
    pinned.retain(|pinned| rows.iter().all(|row| row.thread_id != pinned.thread_id));
    let has_archived = sqlx::query_scalar(
        "select exists (select from member where user_id = $1 and is_archived and active_hour is not null)",
    )
    .bind(user_id)
    .fetch_one(&mut *db)
    .await?;
    let listed = rows.len();
    let mut threads = name(&mut db, user_id, rows.into_iter().chain(pinned).collect()).await?;
    let pinned = threads.split_off(listed.min(threads.len()));
    Ok(ThreadPage { threads, has_more, pinned, has_archived })
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

/// A short mark of all that events can change in a page and in the thread that is open beside it: what is equal has equal marks.
#[must_use]
pub fn etag(page: &ThreadPage, open: Option<&Thread>) -> String {
    let mut hasher = DefaultHasher::new();
    page.has_archived.hash(&mut hasher);
    for thread in page.threads.iter().chain(&page.pinned).chain(open) {
        thread.thread_id.hash(&mut hasher);
        let numbers =
            [thread.last_seq, thread.change, thread.read_seq, thread.own_count, thread.options.change];
        let peer = match &thread.kind {
            ThreadKind::Direct { peer } => peer.change,
            ThreadKind::Group { .. } => 0,
        };
        let sender = thread.last_message.as_ref().map(|last| last.sender.change);
        (numbers, thread.seen_seq, thread.request_count, peer, sender).hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

/// Adds the names of the people that rows speak of, in one query.
async fn name(db: &mut PgConnection, me: UserId, rows: Vec<Row>) -> Result<Vec<Thread>> {
    let user_ids: BTreeSet<_> =
        rows.iter().flat_map(|row| [peer(row, me), row.last_sender_id]).flatten().collect();
    let people: BTreeMap<_, _> =
        users::by_id(db, user_ids).await?.into_iter().map(|user| (user.user_id, user)).collect();
    Ok(rows.into_iter().filter_map(|row| view(row, me, &people)).collect())
}

fn peer(row: &Row, me: UserId) -> Option<UserId> {
    if row.direct_low == Some(me) { row.direct_high } else { row.direct_low }
}

fn view(row: Row, me: UserId, people: &BTreeMap<UserId, User>) -> Option<Thread> {
    let last_message = match (row.last_message_id, row.last_sender_id) {
        (Some(message_id), Some(sender_id)) => Some(LastMessage {
            message_id,
            sender: people.get(&sender_id)?.clone(),
            is_deleted: row.last_excerpt.is_none(),
            excerpt: row.last_excerpt.clone().unwrap_or_default(),
        }),
        _ => None,
    };
    let kind = match peer(&row, me) {
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
        seen_seq: row.seen_seq.map(i64::unsigned_abs),
        about: row.about,
        request_count: if row.role == Role::Admin { row.request_count.unsigned_abs() } else { 0 },
        options: row.options,
    })
}
