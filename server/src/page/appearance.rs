//! Choosing how Bobbin looks, by a form.

use super::settings::Done;
use crate::{appearance, auth::Auth, error::Result, extract::Form, state::AppState};
use axum::{
    extract::State,
    http::{HeaderMap, header::SET_COOKIE},
    response::{IntoResponse, Response},
};
use model::appearance::Appearance;
use serde::Deserialize;

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct Choice {
    theme: String,
    text_size: String,
}

/// Keeps the choice in the browser, and with the account.
pub async fn choose(
    State(state): State<AppState>,
    auth: Auth,
    headers: HeaderMap,
    Form(choice): Form<Choice>,
) -> Result<Response> {
    auth.require_browser()?;
    let chosen = Appearance::of_words(&choice.theme, &choice.text_size);
    appearance::store(&state.db, auth.user.user_id, chosen).await?;
    let cookie = appearance::cookie(&state, &headers, chosen);
    Ok(([(SET_COOKIE, cookie)], Done::Appearance.page()).into_response())
}
