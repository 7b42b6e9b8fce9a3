//! What is chosen of a thread by a form, without scripts.

use crate::{
    auth::Auth,
    dispatch,
    error::Result,
    extract::{Form, Path, form_invalid},
    page::messenger::zone,
    state::AppState,
    threads,
};
use app::{
    Route,
    options::{Choice, next_morning},
};
use axum::{extract::State, http::StatusCode, response::Redirect};
use axum_extra::extract::CookieJar;
use model::{ThreadId, Timestamp};
use serde::Deserialize;

/// The button that was pressed.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    choice: String,
}

/// Carries a choice out, and shows the details again.
pub async fn choose(
    State(state): State<AppState>,
    auth: Auth,
    Path(thread_id): Path<ThreadId>,
    cookies: CookieJar,
    Form(chosen): Form<Chosen>,
) -> Result<Redirect> {
    let choice = Choice::read(&chosen.choice)
        .ok_or_else(|| form_invalid(StatusCode::BAD_REQUEST, "nothing that one can choose"))?;
    let now = Timestamp::now();
    let wall = jiff::Timestamp::from_microsecond(now.0).unwrap_or_default().to_zoned(zone(&cookies));
    let tomorrow = next_morning(now, wall.hour().into(), wall.minute().into());
    let thread = threads::view(&state.db, auth.user.user_id, thread_id).await?;
    dispatch::begin(&state, &auth, choice.command(&thread, now, tomorrow)).await.await?;
    Ok(Redirect::to(&Route::Details { thread_id }.path()))
}
