//! The page on which one reports a message to the administrator.

use super::sheet::sheet;
use crate::{Site, route};
use leptos::prelude::*;
use model::{Message, UserId, refusal::MAX_REASON_CHARS};

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
            <div class="field">
                <label class="field-label" for="report-reason">
                    {words::reports::reason()}
                </label>
                <textarea class="field-input" id="report-reason" name="reason" rows="3" maxlength=MAX_REASON_CHARS.to_string() dir="auto"></textarea>
            </div>
            <button class="button button-danger" type="submit">
                {words::reports::send()}
            </button>
        </form>
    }
}
