//! In which language somebody is answered: the one that they chose, which a cookie keeps, or else the one that their browser or program
//! asks for. The account keeps the choice for the next browser that signs in.

use crate::{auth, error::Result, state::AppState};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header::ACCEPT_LANGUAGE},
    middleware::Next,
    response::Response,
};
use model::UserId;
use sqlx::PgExecutor;
use words::{Language, Speaking};

const COOKIE: &str = "language";

/// Has a request answered in its language: pages, and what is said where something is refused.
pub async fn speak(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let accepted = || Language::accepted(headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?);
    let language = chosen(&state, headers).or_else(accepted).unwrap_or_default();
    Speaking::new(language, next.run(request)).await
}

fn chosen(state: &AppState, headers: &HeaderMap) -> Option<Language> {
    auth::choice(state, headers, COOKIE).and_then(Language::of_tag)
}

/// Keeps a choice with the account.
pub async fn store(db: impl PgExecutor<'_>, user_id: UserId, language: Option<Language>) -> Result<()> {
    sqlx::query("update account set language = $2 where user_id = $1")
        .bind(user_id)
        .bind(language.map(Language::tag))
        .execute(db)
        .await?;
    Ok(())
}

/// What the account keeps.
pub async fn kept(db: impl PgExecutor<'_>, user_id: UserId) -> Result<Option<Language>> {
    let tag: Option<String> = sqlx::query_scalar("select language from account where user_id = $1")
        .bind(user_id)
        .fetch_one(db)
        .await?;
    Ok(tag.as_deref().and_then(Language::of_tag))
}

/// Somebody signs in: the browser gets what their account keeps, or the account what they chose in the browser.
pub async fn meet(state: &AppState, headers: &HeaderMap, user_id: UserId) -> Result<Option<HeaderValue>> {
    match (kept(&state.db, user_id).await?, chosen(state, headers)) {
        (Some(kept), _) => Ok(Some(cookie(state, headers, Some(kept)))),
        (None, chosen) => {
            store(&state.db, user_id, chosen).await?;
            Ok(None)
        }
    }
}

/// The cookie for another while, if there is one.
pub fn renewed(state: &AppState, headers: &HeaderMap) -> Option<HeaderValue> {
    chosen(state, headers).map(|language| cookie(state, headers, Some(language)))
}

/// What keeps a choice in a browser, or drops it.
pub fn cookie(state: &AppState, headers: &HeaderMap, language: Option<Language>) -> HeaderValue {
    auth::choice_cookie(state, headers, COOKIE, language.map(Language::tag))
}
