//! What handlers take requests apart with. These are axum's own extractors, except that what does not fit is told in our words.

use crate::error::Error;
use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use model::Refusal;
use serde::{Serialize, de::DeserializeOwned};

/// A body in JSON, both ways.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

/// The body of a form that a person sent.
#[derive(Clone, Copy, Debug)]
pub struct Form<T>(pub T);

/// The part of the address behind the question mark.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

/// The variable parts of the address. One that cannot be read names nothing: [`Refusal::PageNotFound`].
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        match axum::Json::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(invalid(rejection.status(), &rejection.body_text())),
        }
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        match axum::Form::from_request(request, state).await {
            Ok(axum::Form(value)) => Ok(Self(value)),
            Err(rejection) => Err(form_invalid(rejection.status(), &rejection.body_text())),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        match axum::extract::Query::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(invalid(rejection.status(), &rejection.body_text())),
        }
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => Err(Refusal::PageNotFound.into()),
        }
    }
}

/// A form that a page of ours did not send so: the person hears what to do, and the log why.
pub fn form_invalid(status: StatusCode, why: &str) -> Error {
    tracing::debug!("a form could not be read: {why}");
    invalid_because(status, words::refusal::form_incomplete().into())
}

fn invalid(status: StatusCode, why: &str) -> Error {
    invalid_because(status, words::refusal::unreadable(why))
}

fn invalid_because(status: StatusCode, detail: String) -> Error {
    let refusal = match status {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::RequestTooLarge,
        _ => Refusal::RequestInvalid { detail },
    };
    refusal.into()
}
