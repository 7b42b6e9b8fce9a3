//! A word on what came of what was just done, for a moment.

use crate::{
    shape::{Part, flag, follow, text, view},
    store::Store,
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::time::Duration;

/// Long enough to read a sentence.
const MOMENT: Duration = Duration::from_secs(4);

/// Empty nearly always.
#[component]
pub fn Toast() -> Part {
    let store = expect_context::<Store>();
    let note = store.note;
    let mut timer = None::<TimeoutHandle>;
    follow(move || {
        if let Some(timer) = timer.take() {
            timer.clear();
        }
        if note.with(Option::is_some) {
            timer = set_timeout_with_handle(move || note.set(None), MOMENT).ok();
        }
    });
    view! {
        <p class="toast" role="status" data-shown=flag(move || note.with(Option::is_some))>
            {text(move || note.get().unwrap_or_default())}
        </p>
    }
}
