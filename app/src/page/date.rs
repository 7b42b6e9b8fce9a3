//! The page on which one says which date to go to in a thread.

use super::sheet::sheet;
use crate::{Route, Site};
use leptos::prelude::*;
use model::ThreadId;

/// What it asks.
pub struct Asking {
    /// Where.
    pub thread_id: ThreadId,
    /// The last date that there can be, as `2026-11-03`.
    pub today: String,
}

/// The page, or, without a site, what stands in it.
#[must_use]
pub fn asking(site: Option<&Site>, asking: Asking) -> String {
    let way_back = Route::thread(asking.thread_id).path();
    sheet(site, "date", words::date::title(), way_back, || content(asking))
}

fn content(asking: Asking) -> impl IntoView {
    let Asking { thread_id, today } = asking;
    view! {
        <form class="date-form" method="get" action=Route::thread(thread_id).path()>
            <h1 class="date-title">
                <label for="date-field">{words::date::title()}</label>
            </h1>
            <input
                class="field-input date-field"
                id="date-field"
                type="date"
                name="date"
                required
                max=today.clone()
                value=today
            />
            <button class="button button-primary" type="submit">
                {words::date::go()}
            </button>
        </form>
    }
}
