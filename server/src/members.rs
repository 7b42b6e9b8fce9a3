//! Who is in a thread, a page at a time.

use crate::{
    access::{self, Access},
    auth::Auth,
    error::Result,
    extract::{Json, Path, Query},
    state::AppState,
    users,
};
use axum::extract::State;
use model::{Member, Problem, Role, ThreadId, UserId, page};
use serde::Deserialize;
use sqlx::PgPool;
use utoipa::IntoParams;
use uuid::Uuid;

/// Where a page of members begins.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    /// The last `user_id` of the page before.
    after: Option<UserId>,
}

/// A page of a thread's members.
#[utoipa::path(get, path = "/api/v1/threads/{thread_id}/members", tag = "threads",
    params(("thread_id" = ThreadId, Path), Cursor), responses(
    (status = 200, body = page::MemberPage),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn page(
    State(state): State<AppState>,
    auth: Auth,
    Path(thread_id): Path<ThreadId>,
    Query(cursor): Query<Cursor>,
) -> Result<Json<page::MemberPage>> {
    let access = access::thread(&state.db, auth.user.user_id, thread_id).await?;
    Ok(Json(read(&state.db, access, cursor.after).await?))
}

/// Reads a page of members: a range scan of the key, then the names.
pub async fn read(db: &PgPool, access: Access, after: Option<UserId>) -> Result<page::MemberPage> {
    let mut db = db.acquire().await?;
    // Read first: a page that is newer than its number is mended by the events that follow, an older one would not be.
    let change: i64 = sqlx::query_scalar("select change from thread where thread_id = $1")
        .bind(access.thread_id())
        .fetch_one(&mut *db)
        .await?;
    let limit = page::MEMBERS + 1;
    let mut roles: Vec<(UserId, Role)> = sqlx::query_as(
        "select user_id, role from member where thread_id = $1 and user_id > $2 order by user_id limit $3",
    )
    .bind(access.thread_id())
    .bind(after.unwrap_or(UserId(Uuid::nil())))
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(&mut *db)
    .await?;
    let has_more = roles.len() == limit;
    roles.truncate(page::MEMBERS);
    // Both are in the order of their ids, and a member always has an account.
    let users = users::by_id(&mut *db, roles.iter().map(|(user_id, _)| *user_id)).await?;
    let members = users.into_iter().zip(roles).map(|(user, (_, role))| Member { user, role }).collect();
    Ok(page::MemberPage { members, has_more, change: change.unsigned_abs() })
}
