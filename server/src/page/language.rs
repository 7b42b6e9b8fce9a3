//! Choosing a language, by a form: on the settings page, and at the door.

use super::accounts::local;
use crate::{auth::Auth, error::Result, extract::Form, language, state::AppState};
use axum::{
    extract::State,
    http::{HeaderMap, header::SET_COOKIE},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use words::Language;

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct Choice {
    /// The tag of a language, or nothing for what the browser asks for.
    language: String,
    /// Where to go then.
    #[serde(default)]
    next: String,
}

/// Keeps the choice in the browser, and with the account of whoever is signed in.
pub async fn choose(
    State(state): State<AppState>,
    auth: Option<Auth>,
    headers: HeaderMap,
    Form(choice): Form<Choice>,
) -> Result<Response> {
    let chosen = Language::of_tag(&choice.language);
    if let Some(auth) = auth {
        language::store(&state.db, auth.user.user_id, chosen).await?;
    }
    let cookie = language::cookie(&state, &headers, chosen);
    Ok(([(SET_COOKIE, cookie)], Redirect::to(local(&choice.next))).into_response())
}
