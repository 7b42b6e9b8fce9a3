//! Threads: listing one's own, and opening a direct one.

use crate::{
    auth::Auth,
    dispatch::Effect,
    error::Result,
    extract::{Json, Path, Query},
    live::hub::Delivery,
    snapshot,
    state::AppState,
};
use axum::extract::State;
use model::{
    Problem, Refusal, Thread, ThreadId, Timestamp, UserId, page,
    thread::Place,
    wire::{Answer, Event},
};
use serde::Deserialize;
use sqlx::{PgConnection, PgPool};
use utoipa::IntoParams;

/// Where a page of threads begins: the place of the last one of the page before.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    /// Its `active_at`.
    pub before_at: Option<Timestamp>,
    /// Its `thread_id`.
    pub before_id: Option<ThreadId>,
    /// Whether it is a page of the archive.
    #[serde(default)]
    pub is_archived: bool,
}

impl Cursor {
    /// The place, if both parts of it are there.
    #[must_use]
    pub fn place(self) -> Option<Place> {
        let (Some(active_at), Some(thread_id)) = (self.before_at, self.before_id) else { return None };
        Some(Place { active_at, thread_id })
    }
}

/// A page of one's threads, the newest first. With the newest come all that are pinned.
#[utoipa::path(get, path = "/api/v1/threads", tag = "threads", params(Cursor), responses(
    (status = 200, body = page::ThreadPage),
    (status = 401, body = Problem, content_type = "application/problem+json"),
))]
pub async fn page(
    State(state): State<AppState>,
    auth: Auth,
    Query(cursor): Query<Cursor>,
) -> Result<Json<page::ThreadPage>> {
    let me = auth.user.user_id;
    Ok(Json(match cursor.place() {
        None if !cursor.is_archived => snapshot::newest(&state.db, me).await?,
        place => snapshot::page(&state.db, me, cursor.is_archived, place).await?,
    }))
}

/// What to find.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// What stands in the title.
    title: String,
}

/// One's groups in whose titles a text stands, the newest first: at most [`page::PEOPLE`]. Accents make no difference.
#[utoipa::path(get, path = "/api/v1/threads/search", tag = "threads", params(Search), responses(
    (status = 200, body = page::ThreadPage),
    (status = 401, body = Problem, content_type = "application/problem+json"),
))]
pub async fn search(
    State(state): State<AppState>,
    auth: Auth,
    Query(search): Query<Search>,
) -> Result<Json<page::ThreadPage>> {
    Ok(Json(snapshot::by_title(&state.db, auth.user.user_id, search.title.trim()).await?))
}

/// One of one's threads.
#[utoipa::path(get, path = "/api/v1/threads/{thread_id}", tag = "threads",
    params(("thread_id" = ThreadId, Path)), responses(
    (status = 200, body = Thread),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn one(
    State(state): State<AppState>,
    auth: Auth,
    Path(thread_id): Path<ThreadId>,
) -> Result<Json<Thread>> {
    Ok(Json(view(&state.db, auth.user.user_id, thread_id).await?))
}

/// A thread as one of its members sees it, or [`Refusal::ThreadNotFound`].
pub async fn view(db: &PgPool, user_id: UserId, thread_id: ThreadId) -> Result<Thread> {
    let mut db = db.acquire().await?;
    Ok(snapshot::thread(&mut db, user_id, thread_id).await?.ok_or(Refusal::ThreadNotFound)?)
}

/// Finds or makes the one thread of two people, or of oneself: one's notes. It enters the other's list with its first message.
///
/// # Errors
/// [`Refusal::UserNotFound`].
pub async fn open_direct(db: &PgPool, me: UserId, peer: UserId) -> Result<Effect> {
    let mut tx = db.begin().await?;
    let exists: bool = sqlx::query_scalar(
        "select exists (select from account where user_id = $1 and deactivated_at is null)",
    )
    .bind(peer)
    .fetch_one(&mut *tx)
    .await?;
    if !exists {
        return Err(Refusal::UserNotFound.into());
    }
    let thread_id = find_or_make(&mut tx, me.min(peer), me.max(peer), me).await?;
    let is_new_here = sqlx::query(
        "update member set active_hour = date_trunc('hour', active_at, 'UTC') from thread
            where member.thread_id = $1 and user_id = $2 and active_hour is null and thread.thread_id = $1",
    )
    .bind(thread_id)
    .bind(me)
    .execute(&mut *tx)
    .await?
    .rows_affected()
        == 1;
    let thread = snapshot::thread(&mut tx, me, thread_id).await?.ok_or(Refusal::ThreadNotFound)?;
    tx.commit().await?;
    let joined = || Delivery::to_one(me, Event::ThreadJoined { thread: thread.clone() });
    Ok(Effect {
        deliveries: is_new_here.then(joined).into_iter().collect(),
        answer: Answer::Opened { thread: thread.clone() },
    })
}

/// The direct thread of two people. When both make it in the same instant, one waits for the other's commit and finds it.
async fn find_or_make(tx: &mut PgConnection, low: UserId, high: UserId, me: UserId) -> Result<ThreadId> {
    let made: Option<ThreadId> = sqlx::query_scalar(
        "insert into thread (thread_id, kind, direct_low, direct_high, title, avatar_hue, avatar_glyph, created_by,
                member_count, last_seq, active_at, change, members_change)
            values ($1, 'direct', $2, $3, '', 0, '', $4, case when $2 = $3 then 1 else 2 end, 0, $5, 0, 0)
            on conflict on constraint thread_direct_key do nothing returning thread_id",
    )
    .bind(ThreadId::generate())
    .bind(low)
    .bind(high)
    .bind(me)
    .bind(Timestamp::now())
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(thread_id) = made {
        sqlx::query(
            "insert into member (thread_id, user_id, role) select distinct $1, user_id, 'member' from unnest(array[$2, $3]::uuid[]) user_id",
        )
        .bind(thread_id)
        .bind(low)
        .bind(high)
        .execute(&mut *tx)
        .await?;
        return Ok(thread_id);
    }
    Ok(sqlx::query_scalar("select thread_id from thread where direct_low = $1 and direct_high = $2")
        .bind(low)
        .bind(high)
        .fetch_one(tx)
        .await?)
}
