//! The pictures of people and groups: drawn anew from what is uploaded, small and large, so that nothing of the file is left in them. Under one id a picture never
//! changes, and everybody who is signed in may see it.

use crate::{
    auth::Auth,
    error::Result,
    extract::{Json, Path, Query},
    state::AppState,
};
use axum::{
    body::Bytes,
    extract::State,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY},
    },
    response::{IntoResponse, Response},
};
use model::{
    PictureId, Problem, Refusal, UserId,
    picture::{Part, Size},
};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, PgPool};
use utoipa::{IntoParams, ToSchema};

/// Which part of it is wanted.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Cut {
    /// Of a file that is no square: its beginning, middle, or end.
    #[serde(default)]
    part: Part,
}

/// A picture that nothing is shown by yet.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Uploaded {
    /// What it is known by. It is gone after a day, unless it is made somebody's or a group's.
    pub picture_id: PictureId,
}

/// Uploads a picture: the body is a JPEG, PNG, WebP or GIF of at most 16 MB. A square of it is kept.
#[utoipa::path(post, path = "/api/v1/pictures", tag = "pictures", params(Cut),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses(
    (status = 201, body = Uploaded),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn upload(
    State(state): State<AppState>,
    auth: Auth,
    Query(cut): Query<Cut>,
    content: Bytes,
) -> Result<(StatusCode, Json<Uploaded>)> {
    let picture_id = store(&state, auth.user.user_id, content, cut.part).await?;
    Ok((StatusCode::CREATED, Json(Uploaded { picture_id })))
}

/// Draws a picture and keeps it for a day.
///
/// # Errors
/// [`Refusal::PictureInvalid`].
pub async fn store(state: &AppState, user_id: UserId, content: Bytes, part: Part) -> Result<PictureId> {
    state.limits.may_upload(user_id)?;
    let [small, large] = state.files.images().square(content, part).await?;
    let picture_id = PictureId::generate();
    sqlx::query(
        "insert into picture (picture_id, user_id, media_type, small, large, expires_at)
            values ($1, $2, $3, $4, $5, now() + interval '1 day')",
    )
    .bind(picture_id)
    .bind(user_id)
    .bind(large.media_type)
    .bind(small.content)
    .bind(large.content)
    .execute(&state.db)
    .await?;
    Ok(picture_id)
}

/// Puts a picture in the place of another, or none: the one stays from here on, the other one goes in a day.
///
/// # Errors
/// [`Refusal::PictureInvalid`], if it is neither the one that is there nor one's own.
pub async fn change(
    tx: &mut PgConnection,
    me: UserId,
    before: Option<PictureId>,
    after: Option<PictureId>,
) -> Result<()> {
    if before == after {
        return Ok(());
    }
    if let Some(after) = after {
        // Each is shown in one place alone, so that nothing has to be counted when it goes.
        let kept = sqlx::query(
            "update picture set expires_at = null where picture_id = $1 and user_id = $2 and expires_at > now()",
        )
        .bind(after)
        .bind(me)
        .execute(&mut *tx)
        .await?;
        if kept.rows_affected() == 0 {
            return Err(Refusal::PictureInvalid.into());
        }
    }
    sqlx::query("update picture set expires_at = now() + interval '1 day' where picture_id = $1")
        .bind(before)
        .execute(tx)
        .await?;
    Ok(())
}

/// Removes those that nothing is shown by any more.
pub async fn sweep(db: &PgPool) -> Result<()> {
    sqlx::query("delete from picture where expires_at <= now()").execute(db).await?;
    Ok(())
}

/// A picture as it stands beside names.
pub async fn small(
    State(state): State<AppState>,
    _: Auth,
    Path(picture_id): Path<PictureId>,
    headers: HeaderMap,
) -> Result<Response> {
    answer(&state, picture_id, Size::Small, &headers).await
}

/// A picture by itself.
pub async fn large(
    State(state): State<AppState>,
    _: Auth,
    Path(picture_id): Path<PictureId>,
    headers: HeaderMap,
) -> Result<Response> {
    answer(&state, picture_id, Size::Large, &headers).await
}

/// Another session, which may be another person's, asks again.
const LIFETIME: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'");

async fn answer(state: &AppState, picture_id: PictureId, size: Size, asked: &HeaderMap) -> Result<Response> {
    let etag = HeaderValue::try_from(format!("\"{}\"", picture_id.0.simple())).ok();
    let is_known = etag.is_some() && asked.get(IF_NONE_MATCH) == etag.as_ref();
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let statement = match size {
            Size::Small => "select media_type, small from picture where picture_id = $1",
            Size::Large => "select media_type, large from picture where picture_id = $1",
        };
        let found: Option<(String, Vec<u8>)> =
            sqlx::query_as(statement).bind(picture_id).fetch_optional(&state.db).await?;
        let (media_type, content) = found.ok_or(Refusal::FileNotFound)?;
        ([(CONTENT_TYPE, media_type)], content).into_response()
    };
    let headers = response.headers_mut();
    headers.extend(etag.map(|etag| (ETAG, etag)));
    headers.insert(CACHE_CONTROL, LIFETIME);
    headers.insert(VARY, HeaderValue::from_static("cookie, authorization"));
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    Ok(response)
}
