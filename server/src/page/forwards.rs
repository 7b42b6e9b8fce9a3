//! Where a message is to be forwarded to: a page, and the same without what stands around it, for the app. Its form forwards it.

use super::versions::Extent;
use crate::{
    access,
    auth::Auth,
    dispatch,
    error::Result,
    extract::{Form, Path, Query, form_invalid},
    messages, snapshot,
    state::AppState,
};
use app::page::{Forwarding, forwarding};
use axum::{
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use model::{MessageId, Refusal, ThreadId, wire::Command};

/// The page: one's newest threads, to choose some.
pub async fn show(
    State(state): State<AppState>,
    auth: Auth,
    Path((thread_id, message_id)): Path<(ThreadId, MessageId)>,
    Query(extent): Query<Extent>,
) -> Result<Response> {
    let me = auth.user.user_id;
    let access = access::thread(&state.db, me, thread_id).await?;
    let at = messages::time_of(&state.db, access, message_id).await?;
    let page = snapshot::newest(&state.db, me).await?;
    let threads = page.pinned.into_iter().chain(page.threads).collect();
    let page = Forwarding { me, thread_id, message_id, at, form_id: MessageId::generate(), threads };
    Ok(Html(forwarding(extent.site().as_ref(), page)).into_response())
}

/// Forwards a message to each thread that was chosen, and shows the one, or the message itself where there were several. A form that is sent twice
/// forwards once, since the new messages have its id.
pub async fn forward(
    State(state): State<AppState>,
    auth: Auth,
    Path((from_thread_id, from_message_id)): Path<(ThreadId, MessageId)>,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Redirect> {
    let (mut form_id, mut thread_ids) = (None, Vec::new());
    for (name, value) in form {
        match name.as_str() {
            "form_id" => form_id = value.parse::<MessageId>().ok(),
            "to" => thread_ids.extend(value.parse::<ThreadId>().ok()),
            _ => {}
        }
    }
    let Some(message_id) = form_id else {
        return Err(form_invalid(StatusCode::BAD_REQUEST, "no form_id"));
    };
    if thread_ids.is_empty() {
        return Err(Refusal::RequestInvalid { detail: words::forward::choose().into() }.into());
    }
    for thread_id in thread_ids.iter().copied() {
        let command = Command::ForwardMessage { message_id, thread_id, from_thread_id, from_message_id };
        dispatch::begin(&state, &auth, command).await.await?;
    }
    let shown = if let [thread_id] = thread_ids[..] { thread_id } else { from_thread_id };
    Ok(Redirect::to(&app::Route::thread(shown).path()))
}
