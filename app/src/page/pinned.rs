//! The page of what is pinned in a thread.

use super::sheet::sheet;
use crate::{Route, Site, clock, route, view::quote_words};
use leptos::prelude::*;
use model::{Quote, ThreadId, Timestamp, UserId, civil::Civil};

/// What it shows.
pub struct Pinned {
    /// Whose page it is.
    pub me: UserId,
    /// Where.
    pub thread_id: ThreadId,
    /// The messages, the last pinned first.
    pub quotes: Vec<Quote>,
    /// Whether the reader may unpin them.
    pub may_unpin: bool,
    /// The reader's minutes east of UTC at a moment.
    pub offset: Box<dyn Fn(Timestamp) -> i32>,
}

/// The page, or, without a site, what stands in it.
#[must_use]
pub fn pinned(site: Option<&Site>, pinned: Pinned) -> String {
    let way_back = Route::thread(pinned.thread_id).path();
    sheet(site, "pinned", words::pins::list(), way_back, || content(pinned))
}

fn content(pinned: Pinned) -> impl IntoView {
    let Pinned { me, thread_id, quotes, may_unpin, offset } = pinned;
    let is_empty = quotes.is_empty();
    let rows = quotes.into_iter().map(|quote| {
        let at = quote.created_at;
        let unpin = may_unpin.then(|| {
            let action = route::acting(&route::pin(thread_id, quote.message_id), me);
            view! {
                <form method="post" action=action data-done=words::pins::unpinned()>
                    <input type="hidden" name="pinned" value="false" />
                    <button class="button" type="submit">
                        {words::pins::unpin()}
                    </button>
                </form>
            }
        });
        view! {
            <li class="pinned-one">
                <a class="pinned-message" href=route::message(thread_id, at, quote.message_id)>
                    <strong class="pinned-name" dir="auto">
                        {quote.sender_name.clone()}
                    </strong>
                    " "
                    <time class="pinned-time" datetime=clock::machine(at)>
                        {Civil::of(at, offset(at)).long()}
                    </time>
                    " "
                    <span class="pinned-words" dir="auto">
                        {quote_words(&quote)}
                    </span>
                </a>
                {unpin}
            </li>
        }
    });
    view! {
        <h1 class="pinned-title">{words::pins::list()}</h1>
        {is_empty.then(|| view! { <p>{words::pins::none()}</p> })}
        <ul>{rows.collect_view()}</ul>
    }
}
