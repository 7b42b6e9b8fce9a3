//! What others see of one, decided by a form.

use super::settings::Done;
use crate::{auth::Auth, error::Result, extract::Form, privacy, state::AppState};
use axum::{extract::State, response::Response};
use model::{Privacy, secret::MayAsk};
use serde::Deserialize;

/// The boxes that are ticked, for a form sends those alone, and who may ask.
#[derive(Debug, Deserialize)]
pub struct Ticked {
    shows_typing: Option<String>,
    shows_presence: Option<String>,
    shows_receipts: Option<String>,
    secret_from: MayAsk,
}

/// Keeps what was decided.
pub async fn set(State(state): State<AppState>, auth: Auth, Form(ticked): Form<Ticked>) -> Result<Response> {
    auth.require_browser()?;
    let privacy = Privacy {
        shows_typing: ticked.shows_typing.is_some(),
        shows_presence: ticked.shows_presence.is_some(),
        shows_receipts: ticked.shows_receipts.is_some(),
        secret_from: ticked.secret_from,
    };
    privacy::store(&state, auth.user.user_id, privacy).await?;
    Ok(Done::Privacy.page())
}
