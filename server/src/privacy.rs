//! What somebody lets others see of them: that they are writing, that they are here, how far they have read. Who hides one of these does
//! not see it of others.

use crate::{auth::Auth, error::Result, extract::Json, state::AppState};
use axum::extract::State;
use model::{Privacy, Problem, UserId};
use sqlx::PgExecutor;

/// What one lets others see.
#[utoipa::path(get, path = "/api/v1/privacy", tag = "accounts", responses(
    (status = 200, body = Privacy),
    (status = 401, body = Problem, content_type = "application/problem+json"),
))]
pub async fn show(State(state): State<AppState>, auth: Auth) -> Result<Json<Privacy>> {
    Ok(Json(of(&state.db, auth.user.user_id).await?))
}

/// Decides what one lets others see, and sees of them.
#[utoipa::path(put, path = "/api/v1/privacy", tag = "accounts", request_body = Privacy, responses(
    (status = 200, body = Privacy),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 403, body = Problem, content_type = "application/problem+json"),
))]
pub async fn set(
    State(state): State<AppState>,
    auth: Auth,
    Json(privacy): Json<Privacy>,
) -> Result<Json<Privacy>> {
    auth.require_browser()?;
    store(&state, auth.user.user_id, privacy).await?;
    Ok(Json(privacy))
}

/// What somebody lets others see.
pub async fn of(db: impl PgExecutor<'_>, user_id: UserId) -> Result<Privacy> {
    Ok(sqlx::query_as(
        "select shows_typing, shows_presence, shows_receipts, secret_from from account where user_id = $1",
    )
    .bind(user_id)
    .fetch_one(db)
    .await?)
}

/// Keeps what somebody decided. Their screens are drawn anew, since they show less or more of others now.
pub async fn store(state: &AppState, user_id: UserId, privacy: Privacy) -> Result<()> {
    sqlx::query(
        "update account set shows_typing = $2, shows_presence = $3, shows_receipts = $4, secret_from = $5 where user_id = $1",
    )
    .bind(user_id)
    .bind(privacy.shows_typing)
    .bind(privacy.shows_presence)
    .bind(privacy.shows_receipts)
    .bind(privacy.secret_from)
    .execute(&state.db)
    .await?;
    if !privacy.shows_presence {
        state.presences.hide(user_id);
    }
    state.hub.resync(&[user_id]);
    Ok(())
}
