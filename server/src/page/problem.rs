//! What could not be done, told to people: wherever they would get a problem for programs, they get a page with a way on.

use super::{accounts::refused, site, to_door};
use crate::error::problem_response;
use app::Route;
use axum::{
    extract::{OriginalUri, Request},
    http::Method,
    middleware::Next,
    response::Response,
};
use model::{Problem, wire::USER_HEADER};

/// What was typed into the form that a problem answers: the page shows it, so that it is not lost.
#[derive(Clone, Debug)]
pub struct Typed(pub String);

/// What a page says could not be done. The app, which sends forms that lie over its page, gets the problem instead.
#[derive(Clone, Debug)]
pub struct Told(pub Problem);

/// The page that a form stands on, or the nearest one above it, by where it leads.
fn page_of(path: &str) -> &str {
    fn above<'a>(path: &&'a str) -> Option<&'a str> {
        path.rsplit_once('/').map(|(above, _)| above)
    }
    let is_page =
        |path: &&str| *path == "/settings" || (!path.is_empty() && Route::parse(path, "") != Route::Unknown);
    std::iter::successors(Some(path), above).find(is_page).unwrap_or("/")
}

/// Puts a page in the place of a problem, with the same status and the headers that tell when to try again, unless a program asked. Who has to sign in, or to unlock, is led
/// to that door.
pub async fn for_people(OriginalUri(uri): OriginalUri, request: Request, next: Next) -> Response {
    let is_by_app = request.headers().contains_key(USER_HEADER);
    let is_for_programs = is_by_app || uri.path().starts_with("/api/") || uri.path() == "/readyz";
    let method = request.method().clone();
    let response = next.run(request).await;
    if let Some(Told(problem)) = response.extensions().get().filter(|_| is_by_app) {
        return problem_response(problem);
    }
    let problem = response.extensions().get::<Problem>().filter(|_| !is_for_programs);
    let Some(problem) = problem else { return response };
    let door = match problem.status {
        401 if problem.is("sign-in-required") => Some("/sign-in"),
        423 => Some("/lock"),
        _ => None,
    };
    if let Some(door) = door.filter(|_| method == Method::GET) {
        return to_door(door, &uri);
    }
    let typed = response.extensions().get().map_or("", |Typed(typed)| typed);
    refused(problem, app::page::problem(&site(), problem, typed, page_of(uri.path())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_leads_back_to_its_page() {
        let thread = "/t/019a8b5c-0000-7000-8000-000000000001";
        for (form, page) in [
            (format!("{thread}/send"), thread),
            (format!("{thread}/read"), thread),
            (format!("{thread}/details"), &format!("{thread}/details")),
            (format!("{thread}/m/019a8b5c-0000-7000-8000-000000000002/edit"), thread),
            ("/new".into(), "/new"),
            ("/settings/tokens".into(), "/settings"),
            ("/sign-out".into(), "/"),
            ("/nowhere/at/all".into(), "/"),
        ] {
            assert_eq!(page_of(&form), page, "{form}");
        }
    }
}
