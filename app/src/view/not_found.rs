//! Nothing at this address, or nothing that this person may see: never told apart.

use super::{icon::Icon, unsent};
use crate::{
    lazy::lazy,
    shape::{Part, part, parts, view},
    store::Store,
};
use leptos::prelude::*;
use model::ThreadId;

/// Says so, and leads back.
#[component]
pub fn NotFound(title: &'static str, sentence: &'static str, thread_id: Option<ThreadId>) -> Part {
    let store = expect_context::<Store>();
    let refused = store.first_form().and_then(|form| form.refused);
    // There is nothing of it in what the server drew, nor when that is taken over.
    let unsent = parts(move || {
        let thread_id = thread_id?;
        let has_any = store.followed_draft(thread_id).is_some()
            || store.outbox.with(|outbox| outbox.iter().any(|pending| pending.thread_id == thread_id));
        has_any.then(|| part(lazy(move || unsent::draw(thread_id))))
    });
    view! {
        <main class="not-found blank">
            {Icon::BUBBLE.draw()} <h1 class="blank-title">{title}</h1> <p>{sentence}</p>
            {refused.and_then(|refused| unsent::typed(&refused.body))}
            {unsent}
            <a class="button button-primary" href="/">
                {words::conversation::all()}
            </a>
        </main>
    }
}
