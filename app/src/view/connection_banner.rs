//! A thin line at the top while there is no connection: since when, and that nothing is lost. Or while the server wants to be sent less, or the
//! page is too old for it.

use super::icon::Icon;
use crate::{
    connection::Status,
    live::{Live, derive},
    shape::{Part, follow, part, parts, text, view},
    store::Store,
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::time::Duration;

/// Trouble that passes sooner is not worth a word.
const PATIENCE: Duration = Duration::from_secs(2);

/// Empty while all is well.
#[component]
pub fn ConnectionBanner() -> Part {
    let store = expect_context::<Store>();
    let status = store.connection.status;
    let is_online = derive(move || status.get() == Status::Online);
    let is_shown = Live::new(false);
    let mut timer = None::<TimeoutHandle>;
    follow(move || {
        if let Some(timer) = timer.take() {
            timer.clear();
        }
        if is_online.get() {
            is_shown.set(false);
        } else {
            timer = set_timeout_with_handle(move || is_shown.set(true), PATIENCE).ok();
        }
    });
    let (is_outdated, held_s) = (store.connection.is_outdated, store.connection.held_s);
    let words = move || match status.get() {
        Status::Online => match held_s.get() {
            Some(held_s) => words::connection_banner::held(held_s.into()),
            None => words::connection_banner::outdated().into(),
        },
        Status::Connecting { .. } => words::connection_banner::connecting().into(),
        Status::Offline { since } => words::connection_banner::offline(&store.clock.civil(since).time()),
    };
    let line = parts(move || {
        (is_shown.get() || is_online.get() && (is_outdated.get() || held_s.with(Option::is_some))).then(|| {
            part(view! { <p class="connection-banner-line">{Icon::OFFLINE.draw()} <span>{text(words)}</span></p> })
        })
    });
    view! {
        <div class="connection-banner" role="status">
            {line}
        </div>
    }
}
