//! In which language somebody is answered: the one that they chose, which a cookie keeps, or else the one that their browser or program
//! asks for.

use crate::auth;
use axum::{
    extract::Request,
    http::{HeaderMap, header::ACCEPT_LANGUAGE},
    middleware::Next,
    response::Response,
};
use words::{Language, Speaking};

/// What keeps the choice.
pub const COOKIE: &str = "language";

/// Has a request answered in its language: pages, and what is said where something is refused.
pub async fn speak(request: Request, next: Next) -> Response {
    let language = of(request.headers());
    Speaking::new(language, next.run(request)).await
}

fn of(headers: &HeaderMap) -> Language {
    let chosen = auth::cookie(headers, COOKIE).and_then(Language::of_tag);
    let accepted = || Language::accepted(headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?);
    chosen.or_else(accepted).unwrap_or_default()
}
