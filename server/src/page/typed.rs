//! What somebody typed into a form that no handler reads: of a page that was somebody else's, or of a session that has ended. It comes back
//! with the reason.

use super::{
    composed::{has_parts, words_of},
    problem::Typed,
};
use crate::{
    auth::Holder,
    error::{Error, Result},
    state::AppState,
};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{DefaultBodyLimit, FromRequest, Multipart, OptionalFromRequestParts, Request, State},
    http::{HeaderValue, Method, header::CONTENT_TYPE},
    middleware::Next,
    response::{IntoResponse, Response},
};
use model::{Problem, Refusal};

/// The fields that hold people's words. Passwords and what was only chosen are not shown.
const FIELDS: [&str; 4] = ["body", "title", "label", "reason"];

/// The longest form that is read here, in bytes.
const MAX_FORM_BYTES: usize = 1024 * 1024;

/// Keeps what was typed, where it would be lost.
pub async fn keep(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let holder: Result<Option<Holder>> =
        <Holder as OptionalFromRequestParts<AppState>>::from_request_parts(&mut parts, &state).await;
    // Whoever is signed in gets their words back from the form's own page.
    if let Ok(Some(Holder { is_locked: false, .. })) = holder {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let (words, form) = if has_parts(&parts.headers) {
        // Such a form is of no use to whoever is signed out: nobody reads it any more.
        (of_parts(Request::from_parts(parts.clone(), body)).await, Body::empty())
    } else {
        let Ok(form) = to_bytes(body, MAX_FORM_BYTES).await else {
            return Error::from(Refusal::RequestTooLarge).into_response();
        };
        (of_pairs(form.clone()).await, Body::from(form))
    };
    let mut response = match holder {
        Err(error) => error.into_response(),
        Ok(_) => next.run(Request::from_parts(parts, form)).await,
    };
    if response.extensions().get::<Problem>().is_some() {
        response.extensions_mut().insert(Typed(words));
    }
    response
}

async fn of_parts(mut request: Request) -> String {
    DefaultBodyLimit::disable().apply(&mut request);
    match Multipart::from_request(request, &()).await {
        Ok(form) => words_of(form).await.unwrap_or_default(),
        Err(_) => String::new(),
    }
}

async fn of_pairs(form: Bytes) -> String {
    let kind = (CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    let mut request = Request::new(Body::from(form));
    DefaultBodyLimit::disable().apply(&mut request);
    *request.method_mut() = Method::POST;
    request.headers_mut().extend([kind]);
    let Ok(axum::Form(fields)) = axum::Form::<Vec<(String, String)>>::from_request(request, &()).await else {
        return String::new();
    };
    let words =
        fields.into_iter().filter(|(name, text)| FIELDS.contains(&name.as_str()) && !text.trim().is_empty());
    words.map(|(_, text)| text).collect::<Vec<_>>().join("\n\n")
}
