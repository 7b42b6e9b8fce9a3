//! What is pinned in a thread: a page, and the same without what stands around it, for the app. Its forms unpin.

use super::{
    actions::{Tried, attempt},
    messenger,
    versions::Extent,
};
use crate::{
    access,
    auth::Auth,
    error::Result,
    extract::{Form, Path, Query},
    pins,
    state::AppState,
    threads,
};
use app::page::{Act, Pinned, pinned};
use axum::{
    extract::State,
    response::{Html, IntoResponse, Redirect, Response},
};
use axum_extra::extract::CookieJar;
use model::{MessageId, Role, ThreadId, ThreadKind, wire::Command};
use serde::Deserialize;

/// The page.
pub async fn show(
    State(state): State<AppState>,
    auth: Auth,
    Path(thread_id): Path<ThreadId>,
    Query(extent): Query<Extent>,
    cookies: CookieJar,
) -> Result<Response> {
    let me = auth.user.user_id;
    let access = access::thread(&state.db, me, thread_id).await?;
    let thread = threads::view(&state.db, me, thread_id).await?;
    let page = Pinned {
        me,
        thread_id,
        quotes: pins::list(&state.db, access).await?,
        may_unpin: !matches!(thread.kind, ThreadKind::Group { .. }) || access.role() == Role::Admin,
        offset: Box::new(messenger::offset(&cookies)),
    };
    Ok(Html(pinned(extent.site().as_ref(), page)).into_response())
}

/// What is to be.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    pinned: bool,
}

/// Pins a message or unpins it, and shows what is pinned.
pub async fn set(
    State(state): State<AppState>,
    auth: Auth,
    Path((thread_id, message_id)): Path<(ThreadId, MessageId)>,
    cookies: CookieJar,
    Form(wanted): Form<Wanted>,
) -> Result<Response> {
    let command = Command::PinMessage { thread_id, message_id, is_pinned: wanted.pinned };
    let tried = Tried { act: Act::Pin, typed: String::new(), form_id: None };
    Ok(attempt(&state, &auth, &cookies, (thread_id, message_id), tried, command)
        .await
        .map_or_else(|refused| refused, |()| Redirect::to(&app::route::pins(thread_id)).into_response()))
}
