//! What stands on top of a thread: the message that was pinned last, and the way to the others.

use super::{icon::Icon, message_list, quote};
use crate::{
    html::escape,
    live::derive,
    route,
    shape::{Part, act, part, parts, view},
    store::Store,
};
use leptos::ev;
use model::{Pins, ThreadId};

/// The bar under a thread's header, if anything is pinned.
pub fn bar(store: Store, thread_id: ThreadId) -> Part {
    let thread = store.thread(thread_id);
    let pins = derive(move || thread.with(|thread| thread.as_ref().and_then(|thread| thread.pins.clone())));
    parts(move || {
        let html = pins.with(|pins| Some(html(thread_id, pins.as_ref()?)))?;
        let follow = act(move |event: ev::MouseEvent| {
            message_list::follow_link(store, thread_id, &event);
        });
        Some(part(view! { <div class="pins" inner_html=html on:click=follow></div> }))
    })
}

fn html(thread_id: ThreadId, pins: &Pins) -> String {
    let last = &pins.last;
    let all = words::pins::all(pins.count);
    [
        "<a class=\"pins-last\" href=\"",
        &route::message(thread_id, last.created_at, last.message_id),
        "\" data-at=\"",
        &last.created_at.0.to_string(),
        "\">",
        &Icon::PIN.html(),
        "<strong class=\"pins-title\">",
        words::pins::title(),
        "</strong> <span class=\"pins-words\" dir=\"auto\">",
        &escape(&quote::words_of(last)),
        "</span></a><a class=\"pins-all icon-button\" href=\"",
        &route::pins(thread_id),
        "\" data-sheet title=\"",
        &all,
        "\" aria-label=\"",
        &all,
        "\">",
        &words::number(pins.count),
        "</a>",
    ]
    .concat()
}
