//! The page that stands where another was wanted: what happened, and the way on.

use super::document;
use crate::Site;
use leptos::prelude::*;
use model::Problem;

/// What went wrong, as a page.
#[must_use]
pub fn problem(site: &Site, problem: &Problem) -> String {
    let heading = match problem.status {
        401 => "Signed out",
        403 => "Not allowed",
        404 => "Nothing here",
        429 => "Slow down a little",
        400..500 => "That did not work",
        503 => "Back in a moment",
        _ => "Our fault",
    };
    document(site, &format!("{heading} · Bobbin"), || {
        let (href, way_on) =
            if problem.status == 401 { ("/sign-in", "Sign in") } else { ("/", "Back to Bobbin") };
        view! {
            <main class="problem blank">
                <h1 class="blank-title">{heading}</h1>
                <p>{problem.detail.clone()}</p>
                <a class="button" href=href>{way_on}</a>
            </main>
        }
    })
}
