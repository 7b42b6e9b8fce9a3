//! Nothing at this address, or nothing that this person may see: never told apart.

use super::{
    icon::Icon,
    unsent::{self, Unsent},
};
use crate::{
    shape::{Part, view},
    store::Store,
};
use leptos::prelude::*;
use model::ThreadId;

/// Says so, and leads back.
#[component]
pub fn NotFound(title: &'static str, sentence: &'static str, thread_id: Option<ThreadId>) -> Part {
    let store = expect_context::<Store>();
    let refused = store.first_form().and_then(|form| form.refused);
    view! {
        <main class="not-found blank">
            {Icon::Bubble.draw()} <h1 class="blank-title">{title}</h1> <p>{sentence}</p>
            {refused.and_then(|refused| unsent::typed(&refused.body))}
            {thread_id.map(|thread_id| view! { <Unsent thread_id /> })}
            <a class="button button-primary" href="/">
                {words::conversation::all()}
            </a>
        </main>
    }
}
