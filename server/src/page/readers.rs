//! Who has read a message of one's own in a group: a page, and the same without what stands around it, for the app.

use super::versions::Extent;
use crate::{
    access,
    auth::Auth,
    error::Result,
    extract::{Path, Query},
    receipts,
    state::AppState,
};
use app::page::{Readers, readers};
use axum::{
    extract::State,
    response::{Html, IntoResponse, Response},
};
use model::{MessageId, ThreadId};

/// The page.
pub async fn show(
    State(state): State<AppState>,
    auth: Auth,
    Path((thread_id, message_id)): Path<(ThreadId, MessageId)>,
    Query(extent): Query<Extent>,
) -> Result<Response> {
    let access = access::thread(&state.db, auth.user.user_id, thread_id).await?;
    let page = receipts::readers(&state.db, access, message_id, None).await?;
    let page = Readers { thread_id, page };
    Ok(Html(readers(extent.site().as_ref(), page)).into_response())
}
