//! What can be done by keys: a page, and the same without what stands around it, for the app.

use super::versions::Extent;
use crate::{auth::Auth, extract::Query};
use app::page::shortcuts;
use axum::response::{Html, IntoResponse, Response};

/// The page.
pub async fn show(_: Auth, Query(extent): Query<Extent>) -> Response {
    Html(shortcuts(extent.site().as_ref())).into_response()
}
