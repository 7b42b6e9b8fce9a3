//! What a message said before it was edited: a page, and the same without what stands around it, for the app.

use super::{messenger, site};
use crate::{
    access,
    auth::Auth,
    edits,
    error::Result,
    extract::{Path, Query},
    state::AppState,
};
use app::page::{Versions, versions};
use axum::{
    extract::State,
    response::{Html, IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use model::{MessageId, Refusal, ThreadId};
use serde::Deserialize;

/// How much of a page is wanted.
#[derive(Clone, Debug, Deserialize)]
pub struct Extent {
    /// Given, in whatever way: only its content.
    fragment: Option<String>,
}

impl Extent {
    /// What the whole page needs, if that is wanted, and not its content alone.
    #[must_use]
    pub fn site(&self) -> Option<app::Site> {
        self.fragment.is_none().then(site)
    }
}

/// The page. A message that was never edited has none.
pub async fn show(
    State(state): State<AppState>,
    auth: Auth,
    Path((thread_id, message_id)): Path<(ThreadId, MessageId)>,
    Query(extent): Query<Extent>,
    cookies: CookieJar,
) -> Result<Response> {
    let access = access::thread(&state.db, auth.user.user_id, thread_id).await?;
    let page = edits::read(&state.db, access, message_id).await?;
    if page.versions.is_empty() {
        return Err(Refusal::MessageNotFound.into());
    }
    let page = Versions { thread_id, page, offset: Box::new(messenger::offset(&cookies)) };
    Ok(Html(versions(extent.site().as_ref(), page)).into_response())
}
