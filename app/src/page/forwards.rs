//! The page on which one chooses where to forward a message.

use super::sheet::sheet;
use crate::{
    Site, route,
    view::{conversation::title_of, thread_picture},
};
use leptos::prelude::*;
use model::{MessageId, Thread, ThreadId, Timestamp, UserId};

/// What it shows.
pub struct Forwarding {
    /// Whose page it is.
    pub me: UserId,
    /// Where the message is.
    pub thread_id: ThreadId,
    /// Which one.
    pub message_id: MessageId,
    /// Its key.
    pub at: Timestamp,
    /// What the new messages are known by, so that sending the form twice forwards once.
    pub form_id: MessageId,
    /// Where it can go to.
    pub threads: Vec<Thread>,
}

/// The page, or, without a site, what stands in it.
#[must_use]
pub fn forwarding(site: Option<&Site>, forwarding: Forwarding) -> String {
    let way_back = route::message(forwarding.thread_id, forwarding.at, forwarding.message_id);
    sheet(site, "forwards", words::forward::to(), way_back, || content(forwarding))
}

fn content(forwarding: Forwarding) -> impl IntoView {
    let Forwarding { me, thread_id, message_id, form_id, threads, .. } = forwarding;
    let action = route::acting(&route::forward(thread_id, message_id), me);
    let rows = threads.into_iter().map(|thread| {
        view! {
            <li>
                <label class="forwards-one">
                    <input type="checkbox" name="to" value=thread.thread_id.to_string() />
                    <span inner_html=thread_picture(&thread)></span>
                    <span class="forwards-name" dir="auto">
                        {title_of(&thread)}
                    </span>
                </label>
            </li>
        }
    });
    view! {
        <form method="post" action=action data-done=words::forward::done()>
            <h1 class="forwards-title">{words::forward::to()}</h1>
            <input type="hidden" name="form_id" value=form_id.to_string() />
            <ul class="forwards-list">{rows.collect_view()}</ul>
            <button class="button button-primary" type="submit">
                {words::forward::send()}
            </button>
        </form>
    }
}
