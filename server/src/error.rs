//! What becomes of a failure: a [`Refusal`] is what a person can act on; all else is logged once, here, and answered as "internal".

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use model::{Problem, Refusal};

/// Why a request was not done.
#[derive(Debug)]
pub enum Error {
    /// The person is told.
    Refused(Refusal),
    /// The log is told.
    Failed(anyhow::Error),
}

/// What features return.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Whether the database was gone or full, so that the same may succeed later.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Failed(error) if is_unreachable(error))
    }

    /// Whether what was asked is known not to have been done: PostgreSQL said so, and takes it back. Of all else, such as an answer that was not understood, nobody knows.
    #[must_use]
    pub fn is_undone(&self) -> bool {
        match self {
            Self::Refused(_) => true,
            Self::Failed(error) => {
                let by_database =
                    matches!(error.downcast_ref::<sqlx::Error>(), Some(sqlx::Error::Database(_)));
                by_database && !is_unreachable(error)
            }
        }
    }

    /// What the person is told; a failure is logged.
    #[must_use]
    pub fn into_refusal(self) -> Refusal {
        match self {
            Self::Refused(refusal) => refusal,
            Self::Failed(error) if is_unreachable(&error) => {
                tracing::warn!("the database is unreachable: {error:#}");
                Refusal::Unavailable
            }
            Self::Failed(error) => {
                tracing::error!("{error:#}");
                Refusal::Internal
            }
        }
    }
}

/// Whether the database was gone or full, rather than asked something wrong.
fn is_unreachable(error: &anyhow::Error) -> bool {
    match error.downcast_ref::<sqlx::Error>() {
        Some(sqlx::Error::Database(error)) => {
            // Classes of SQLSTATE: 08 connection exception, 53 insufficient resources, 57 operator intervention, 58 system error.
            error
                .code()
                .is_some_and(|code| ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)))
        }
        Some(
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Protocol(_)
            | sqlx::Error::Tls(_),
        ) => true,
        _ => false,
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        // Where no feature has a rule for a text, PostgreSQL has: it keeps no NUL (22021), not in JSON either (22P05).
        let code = error.as_database_error().and_then(|error| error.code());
        if code.is_some_and(|code| ["22021", "22P05"].contains(&&*code)) {
            return Refusal::RequestInvalid { detail: words::refusal::not_storable().into() }.into();
        }
        Self::Failed(error.into())
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        problem_response(&Problem::from(&self.into_refusal()))
    }
}

/// A problem as a response (RFC 9457, section 3).
#[must_use]
pub fn problem_response(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, axum::Json(problem)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(retry_after_s) = problem.retry_after_s {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_after_s));
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    // For `page::problem`, which says the same to people.
    response.extensions_mut().insert(problem.clone());
    response
}
