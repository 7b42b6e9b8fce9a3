//! Going to a date in a thread: a form that asks for it, and the way from a date to the first message from it on.

use super::{messenger::zone, versions::Extent};
use crate::{
    access,
    auth::Auth,
    error::Result,
    extract::{Path, Query},
    messages::{self, Cursor},
    state::AppState,
};
use app::{
    Route,
    page::{Asking, asking},
};
use axum::{
    extract::State,
    response::{Html, IntoResponse, Redirect, Response},
};
use axum_extra::extract::CookieJar;
use jiff::civil::Date;
use model::{Refusal, ThreadId, Timestamp};

/// The form.
pub async fn show(
    State(state): State<AppState>,
    auth: Auth,
    Path(thread_id): Path<ThreadId>,
    Query(extent): Query<Extent>,
    cookies: CookieJar,
) -> Result<Response> {
    access::thread(&state.db, auth.user.user_id, thread_id).await?;
    let now = jiff::Timestamp::now().to_zoned(zone(&cookies));
    let page = Asking { thread_id, today: now.date().to_string() };
    Ok(Html(asking(extent.site().as_ref(), page)).into_response())
}

/// Leads to the first message that was written on a date by the reader's calendar, or after it; to the last one where there is none.
pub(super) async fn lead(
    state: &AppState,
    auth: &Auth,
    cookies: &CookieJar,
    thread_id: ThreadId,
    date: &str,
) -> Result<Response> {
    let access = access::thread(&state.db, auth.user.user_id, thread_id).await?;
    let day = date.parse::<Date>().ok().and_then(|date| date.to_zoned(zone(cookies)).ok());
    let Some(day) = day else {
        return Err(Refusal::RequestInvalid { detail: words::date::unknown().into() }.into());
    };
    let at = Timestamp(day.timestamp().as_microsecond());
    let page = messages::read(state, access, Cursor { around: Some(at), ..Cursor::default() }).await?;
    let found = page.messages.iter().find(|message| message.created_at >= at).or(page.messages.last());
    let path = match found {
        Some(message) => app::route::message(thread_id, message.created_at, message.message_id),
        None => Route::thread(thread_id).path(),
    };
    Ok(Redirect::to(&path).into_response())
}
