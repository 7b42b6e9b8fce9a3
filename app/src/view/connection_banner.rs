//! A thin line at the top while there is no connection: since when, and that nothing is lost.

use super::icon::Icon;
use crate::{connection::Status, store::Store};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::time::Duration;

/// Trouble that passes sooner is not worth a word.
const PATIENCE: Duration = Duration::from_secs(2);

/// Empty while all is well.
#[component]
pub fn ConnectionBanner() -> impl IntoView {
    let store = expect_context::<Store>();
    let status = store.connection.status;
    let is_online = Memo::new(move |_| status.get() == Status::Online);
    let is_shown = RwSignal::new(false);
    Effect::new(move |timer: Option<Option<TimeoutHandle>>| {
        timer.flatten().inspect(TimeoutHandle::clear);
        if is_online.get() {
            is_shown.set(false);
            None
        } else {
            set_timeout_with_handle(move || is_shown.set(true), PATIENCE).ok()
        }
    });
    let words = move || match status.get() {
        Status::Online => String::new(),
        Status::Connecting { .. } => "Reconnecting…".into(),
        Status::Offline { since } => {
            format!("Offline since {}. Messages will be sent later.", store.clock.civil(since).time())
        }
    };
    view! {
        <div class="connection-banner" role="status">
            <Show when=move || is_shown.get()>
                <p class="connection-banner-line">{Icon::Offline.draw()} <span>{words}</span></p>
            </Show>
        </div>
    }
}
