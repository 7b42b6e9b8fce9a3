//! What the server can see: a page, and the same without what stands around it, for the app.

use super::versions::Extent;
use crate::{assets, auth::Auth, extract::Query};
use axum::response::{Html, IntoResponse, Response};

/// The page.
pub async fn show(_: Auth, Query(extent): Query<Extent>) -> Response {
    Html(app::page::chats(extent.site().as_ref(), assets::hashes())).into_response()
}
