//! The page on which one chooses where to forward a message.

use super::sheet::sheet;
use crate::{
    Site, route,
    view::{conversation::title_of, thread_picture},
};
use leptos::prelude::*;
use model::{MessageId, Problem, Thread, ThreadId, Timestamp, UserId};

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
    /// What was searched for.
    pub query: String,
    /// Where it is to go, as was chosen before the search, or where it did not go.
    pub chosen: Vec<Thread>,
    /// Where else it can go.
    pub threads: Vec<Thread>,
    /// Why it did not go to those that are chosen.
    pub problem: Option<Problem>,
}

/// The page, or, without a site, what stands in it.
#[must_use]
pub fn forwarding(site: Option<&Site>, forwarding: Forwarding) -> String {
    let way_back = route::message(forwarding.thread_id, forwarding.at, forwarding.message_id);
    sheet(site, "forwards", words::forward::to(), way_back, || content(forwarding))
}

/// To whom it did not go, with the reasons, and whether it went to the others. Where none of them is known any more, a reason alone.
#[must_use]
pub fn not_forwarded(to: &[Thread], whys: &[String], why: &str, has_some: bool) -> String {
    let rows: Vec<_> = to.iter().zip(whys).collect();
    let alike = rows.chunk_by(|(_, why), (_, next)| why == next);
    let mut sentences: Vec<String> = alike
        .map(|rows| {
            let names: Vec<_> = rows.iter().map(|(thread, _)| title_of(thread)).collect();
            words::forward::not_to(&names.join(", "), rows[0].1)
        })
        .collect();
    if sentences.is_empty() {
        sentences.push(why.into());
    }
    if has_some {
        sentences.push(words::forward::others().into());
    }
    sentences.join(" ")
}

fn content(forwarding: Forwarding) -> impl IntoView {
    let Forwarding { me, thread_id, message_id, form_id, query, chosen, threads, problem, .. } = forwarding;
    let address = route::forward(thread_id, message_id);
    let action = route::acting(&address, me);
    let is_nothing = !query.is_empty() && threads.is_empty();
    let chosen = chosen.into_iter().map(|thread| (thread, true));
    let rows = chosen.chain(threads.into_iter().map(|thread| (thread, false))).map(|(thread, is_chosen)| {
        view! {
            <li>
                <label class="forwards-one">
                    <input type="checkbox" name="to" value=thread.thread_id.to_string() checked=is_chosen />
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
            <div class="forwards-search">
                <input
                    class="field-input"
                    type="search"
                    name="query"
                    value=query
                    placeholder=words::forward::find()
                    aria-label=words::forward::find()
                    maxlength="100"
                    autocomplete="off"
                    dir="auto"
                />
                // The form's first button is the one that Enter presses.
                <button class="button" type="submit" formmethod="get" formaction=address>
                    {words::forward::search()}
                </button>
            </div>
            {is_nothing.then(|| view! { <p role="status">{words::switcher::nothing()}</p> })}
            {problem.map(|problem| view! { <p class="notice notice-danger" role="alert">{problem.detail}</p> })}
            <ul class="forwards-list">{rows.collect_view()}</ul>
            <button class="button button-primary" type="submit">
                {words::forward::send()}
            </button>
        </form>
    }
}
