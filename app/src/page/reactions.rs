//! The page of who put what under a message.

use super::{document, fragment};
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

/// The whole page.
#[must_use]
pub fn reactors(site: &Site, reactors: Reactors) -> String {
    let way_back = Route::thread(reactors.thread_id).path();
    document(site, &super::title(words::reaction::title()), || {
        view! {
            <main class="reactions reactions-alone">
                {content(reactors)}
                <a class="button" href=way_back>
                    {words::versions::back()}
                </a>
            </main>
        }
    })
}

/// What stands in it.
#[must_use]
pub fn reactors_fragment(reactors: Reactors) -> String {
    fragment(|| view! { <div class="reactions">{content(reactors)}</div> })
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
