//! Nothing at this address, or nothing that this person may see: never told apart.

use super::unsent::Unsent;
use leptos::prelude::*;
use model::ThreadId;

/// Says so, and leads back.
#[component]
pub fn NotFound(sentence: &'static str, thread_id: Option<ThreadId>) -> impl IntoView {
    view! {
        <main class="not-found blank">
            <h1 class="blank-title">{words::not_found::title()}</h1>
            <p>{sentence}</p>
            {thread_id.map(|thread_id| view! { <Unsent thread_id /> })}
            <a class="button" href="/">
                {words::conversation::all()}
            </a>
        </main>
    }
}
