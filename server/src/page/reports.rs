//! Reporting a message: a page, and the same without what stands around it, for the app.

use super::{
    actions::{Tried, refused, to_message},
    versions::Extent,
};
use crate::{
    access,
    auth::Auth,
    error::Result,
    extract::{Form, Path, Query},
    messages, reports,
    state::AppState,
};
use app::page::{Act, Reporting, reporting};
use axum::{
    extract::State,
    response::{Html, IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use model::{MessageId, ThreadId};
use serde::Deserialize;

/// The page.
pub async fn show(
    State(state): State<AppState>,
    auth: Auth,
    Path((thread_id, message_id)): Path<(ThreadId, MessageId)>,
    Query(extent): Query<Extent>,
) -> Result<Response> {
    let access = access::thread(&state.db, auth.user.user_id, thread_id).await?;
    let message = messages::find(&state.db, access, message_id).await?.into_message();
    let page = Reporting { me: auth.user.user_id, message };
    Ok(Html(reporting(extent.site().as_ref(), page)).into_response())
}

/// Why.
#[derive(Debug, Deserialize)]
pub struct Reason {
    #[serde(default)]
    reason: String,
}

/// Reports the message, and shows it again.
pub async fn report(
    State(state): State<AppState>,
    auth: Auth,
    Path((thread_id, message_id)): Path<(ThreadId, MessageId)>,
    cookies: CookieJar,
    Form(form): Form<Reason>,
) -> Result<Response> {
    let place = (thread_id, message_id);
    let reported = async {
        let access = access::thread(&state.db, auth.user.user_id, thread_id).await?;
        reports::report(&state.db, access, message_id, &form.reason).await
    };
    match reported.await {
        Ok(()) => Ok(to_message(&state, &auth, place).await?.into_response()),
        Err(error) => {
            let tried = Tried { act: Act::Report, typed: form.reason, form_id: None };
            Ok(refused(&state, &auth, &cookies, place, tried, error.into_refusal()).await)
        }
    }
}
