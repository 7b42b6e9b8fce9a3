//! The page on which one reports a message to the administrator.

use super::sheet::sheet;
use crate::{Site, route, view::unsent::as_content};
use leptos::prelude::*;
use model::{Message, Problem, UserId, refusal::MAX_REASON_CHARS};

/// What it shows.
pub struct Reporting {
    /// Whose page it is.
    pub me: UserId,
    /// The message.
    pub message: Message,
}

/// The page, or, without a site, what stands in it.
#[must_use]
pub fn reporting(site: Option<&Site>, page: Reporting) -> String {
    let Message { thread_id, created_at, message_id, .. } = page.message;
    let way_back = route::message(thread_id, created_at, message_id);
    sheet(site, "reports", words::message_menu::report(), way_back, || content(page))
}

fn content(page: Reporting) -> impl IntoView {
    let Reporting { me, message } = page;
    let action = route::acting(&route::report(message.thread_id, message.message_id), me);
    view! {
        <form method="post" action=action data-done=words::reports::done()>
            <h1 class="reports-title">{words::message_menu::report()}</h1>
            <p>{words::reports::about()}</p>
            <blockquote class="reports-excerpt" dir="auto">
                {message.excerpt()}
            </blockquote>
            {reason_fields("", None)}
        </form>
    }
}

/// Why, and the button. What was refused stands there, with what was typed.
pub(super) fn reason_fields(typed: &str, problem: Option<Problem>) -> impl IntoView + use<> {
    let is_refused = problem.is_some();
    view! {
        <div class="field">
            <label class="field-label" for="report-reason">
                {words::reports::reason()}
            </label>
            <textarea
                class="field-input"
                id="report-reason"
                name="reason"
                rows="3"
                maxlength=MAX_REASON_CHARS.to_string()
                dir="auto"
                autofocus=is_refused
                aria-invalid=is_refused.then_some("true")
                aria-describedby=is_refused.then_some("report-note")
                inner_html=as_content(typed)
            ></textarea>
            {problem.map(|problem| view! { <p class="field-error" id="report-note" role="alert">{problem.detail}</p> })}
        </div>
        <button class="button button-danger" type="submit">
            {words::reports::send()}
        </button>
    }
}
