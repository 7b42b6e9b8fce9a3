//! The page that stands where another was wanted: what happened, what was typed, and the way on.

use super::{document, sign_in::with_next, title};
use crate::{Site, view::unsent};
use leptos::prelude::*;
use model::Problem;

/// What went wrong, as a page. `typed` is what somebody wrote into the form that led here, and `back` the page that it stood on.
#[must_use]
pub fn problem(site: &Site, problem: &Problem, typed: &str, back: &str) -> String {
    let is_other_user = problem.is("other-user");
    let heading = match problem.status {
        401 if is_other_user => words::problem::other_user(),
        401 => words::problem::signed_out(),
        403 => words::problem::not_allowed(),
        404 => words::problem::nothing(),
        423 => words::lock::locked(),
        429 => words::problem::too_fast(),
        400..500 => words::problem::not_done(),
        503 => words::problem::unavailable(),
        _ => words::problem::fault(),
    };
    document(site, &title(heading), || {
        let (href, way_on) = match problem.status {
            401 if !is_other_user => (with_next("/sign-in", back), words::sign_in::title()),
            423 => (with_next("/lock", back), words::lock::unlock()),
            _ => ("/".into(), words::problem::back()),
        };
        view! {
            <main class="problem blank">
                <h1 class="blank-title">{heading}</h1>
                <p>{problem.detail.clone()}</p>
                {unsent::typed(typed)}
                <a class="button" href=href>{way_on}</a>
            </main>
        }
    })
}
