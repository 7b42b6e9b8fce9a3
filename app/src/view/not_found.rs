//! Nothing at this address, or nothing that this person may see: never told apart.

use super::unsent::Unsent;
use leptos::prelude::*;
use model::ThreadId;

/// Says so, and leads back.
#[component]
pub fn NotFound(words: &'static str, thread_id: Option<ThreadId>) -> impl IntoView {
    view! {
        <main class="not-found blank">
            <h1 class="blank-title">"Not found"</h1>
            <p>{words}</p>
            {thread_id.map(|thread_id| view! { <Unsent thread_id /> })}
            <a class="button" href="/">
                "All conversations"
            </a>
        </main>
    }
}
