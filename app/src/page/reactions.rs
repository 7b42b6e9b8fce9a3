//! The page of who put what under a message.

use super::sheet::sheet;
use crate::{Route, Site};
use leptos::prelude::*;
use model::{ThreadId, page::ReactorPage};

/// What it shows.
pub struct Reactors {
    /// Where the message is.
    pub thread_id: ThreadId,
    /// Who reacted.
    pub page: ReactorPage,
}

/// The page, or, without a site, what stands in it.
#[must_use]
pub fn reactors(site: Option<&Site>, reactors: Reactors) -> String {
    let way_back = Route::thread(reactors.thread_id).path();
    sheet(site, "reactions", words::reaction::title(), way_back, || content(reactors))
}

fn content(reactors: Reactors) -> impl IntoView {
    let ReactorPage { reactors, has_more } = reactors.page;
    let rows = reactors.into_iter().map(|reactor| {
        view! {
            <li class="reactions-one">
                <span class="reactions-emoji">{reactor.emoji}</span>
                <span class="reactions-name" dir="auto">
                    {reactor.user.display_name}
                </span>
            </li>
        }
    });
    view! {
        <h1 class="reactions-title">{words::reaction::title()}</h1>
        <ul>{rows.collect_view()}</ul>
        {has_more.then(|| view! { <p class="reactions-more">{words::reaction::more()}</p> })}
    }
}
