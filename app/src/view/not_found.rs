//! Nothing at this address, or nothing that this person may see: never told apart.

use leptos::prelude::*;

/// Says so, and leads back.
#[component]
pub fn NotFound(words: &'static str) -> impl IntoView {
    view! {
        <main class="not-found blank">
            <h1 class="blank-title">"Not found"</h1>
            <p>{words}</p>
            <a class="button" href="/">
                "All conversations"
            </a>
        </main>
    }
}
