//! What could not be done, told to people: wherever they would get a problem for programs, they get a page with a way on.

use super::{accounts::refused, site, to_sign_in};
use axum::{
    extract::{OriginalUri, Request},
    http::Method,
    middleware::Next,
    response::Response,
};
use model::Problem;

/// What was typed into the form that a problem answers: the page shows it, so that it is not lost.
#[derive(Clone, Debug)]
pub struct Typed(pub String);

/// Puts a page in the place of a problem, with the same status and the headers that tell when to try again, unless a program asked. Who has to sign in is led to the door.
pub async fn for_people(OriginalUri(uri): OriginalUri, request: Request, next: Next) -> Response {
    let is_for_programs = uri.path().starts_with("/api/") || uri.path() == "/readyz";
    let method = request.method().clone();
    let response = next.run(request).await;
    let problem = response.extensions().get::<Problem>().filter(|_| !is_for_programs);
    let Some(problem) = problem else { return response };
    if problem.is("sign-in-required") && method == Method::GET {
        return to_sign_in(&uri);
    }
    let typed = response.extensions().get().map_or("", |Typed(typed)| typed);
    refused(problem, app::page::problem(&site(), problem, typed))
}
