//! How somebody wants Bobbin to look. A cookie says it with each request, so that the first HTML looks like that already; the account keeps it
//! for the next browser that signs in.

use crate::{auth, error::Result, state::AppState};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue},
    middleware::Next,
    response::Response,
};
use model::{UserId, appearance::Appearance};
use sqlx::PgExecutor;

const COOKIE: &str = "appearance";

tokio::task_local! {
    static WORN: Appearance;
}

/// Has pages look as their reader wants.
pub async fn wear(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let appearance = chosen(&state, request.headers()).unwrap_or_default();
    WORN.scope(appearance, next.run(request)).await
}

/// What the reader of the page that is being drawn wants.
#[must_use]
pub fn current() -> Appearance {
    WORN.try_with(|worn| *worn).unwrap_or_default()
}

fn chosen(state: &AppState, headers: &HeaderMap) -> Option<Appearance> {
    auth::choice(state, headers, COOKIE).map(read)
}

fn read(words: &str) -> Appearance {
    let (theme, text_size) = words.split_once('.').unwrap_or_default();
    Appearance::of_words(theme, text_size)
}

fn written(appearance: Appearance) -> String {
    let (theme, text_size) = appearance.words();
    format!("{theme}.{text_size}")
}

/// Keeps a choice with the account.
pub async fn store(db: impl PgExecutor<'_>, user_id: UserId, appearance: Appearance) -> Result<()> {
    sqlx::query("update account set appearance = $2 where user_id = $1")
        .bind(user_id)
        .bind(written(appearance))
        .execute(db)
        .await?;
    Ok(())
}

/// Somebody signs in: the browser gets what their account keeps, if it keeps anything.
pub async fn meet(state: &AppState, headers: &HeaderMap, user_id: UserId) -> Result<Option<HeaderValue>> {
    let kept: Option<String> = sqlx::query_scalar("select appearance from account where user_id = $1")
        .bind(user_id)
        .fetch_one(&state.db)
        .await?;
    Ok(kept.map(|kept| cookie(state, headers, read(&kept))))
}

/// The cookie for another while, if there is one.
pub fn renewed(state: &AppState, headers: &HeaderMap) -> Option<HeaderValue> {
    chosen(state, headers).map(|appearance| cookie(state, headers, appearance))
}

/// What keeps a choice in a browser.
pub fn cookie(state: &AppState, headers: &HeaderMap, appearance: Appearance) -> HeaderValue {
    auth::choice_cookie(state, headers, COOKIE, Some(&written(appearance)))
}
