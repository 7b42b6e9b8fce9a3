//! Who put what under a message: a page, and the same without what stands around it, for the app. Its form does it, without scripts.

use super::{
    actions::{Tried, carry_out},
    versions::Extent,
};
use crate::{
    access,
    auth::Auth,
    error::Result,
    extract::{Form, Path, Query, form_invalid},
    reactions,
    state::AppState,
};
use app::page::{Act, Reactors, reactors};
use axum::{
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use model::{MessageId, ThreadId, wire::Command};
use serde::Deserialize;

/// The page. A message without reactions has an empty one.
pub async fn show(
    State(state): State<AppState>,
    auth: Auth,
    Path((thread_id, message_id)): Path<(ThreadId, MessageId)>,
    Query(extent): Query<Extent>,
) -> Result<Response> {
    let access = access::thread(&state.db, auth.user.user_id, thread_id).await?;
    let page = reactions::read(&state.db, access, message_id).await?;
    let page = Reactors { thread_id, page };
    Ok(Html(reactors(extent.site().as_ref(), page)).into_response())
}

/// The button that was pressed.
#[derive(Debug, Deserialize)]
pub struct Pressed {
    /// The emoji to put there.
    on: Option<String>,
    /// The emoji to take away.
    off: Option<String>,
}

/// Puts an emoji under a message or takes it away, and shows the message again.
pub async fn react(
    State(state): State<AppState>,
    auth: Auth,
    Path((thread_id, message_id)): Path<(ThreadId, MessageId)>,
    cookies: CookieJar,
    Form(pressed): Form<Pressed>,
) -> Result<Response> {
    let (emoji, is_on) = match (pressed.on, pressed.off) {
        (Some(emoji), None) => (emoji, true),
        (None, Some(emoji)) => (emoji, false),
        _ => return Err(form_invalid(StatusCode::BAD_REQUEST, "one of on and off")),
    };
    let tried = Tried { act: Act::React, typed: emoji.clone(), form_id: None };
    let command = Command::React { thread_id, message_id, emoji, is_on };
    carry_out(&state, &auth, &cookies, (thread_id, message_id), tried, command).await
}
