//! The page of what can be done by keys. What it says is done by `shortcuts.rs` beside the app's views, and where the keys are heard.

use super::sheet::sheet;
use crate::{Route, Site};
use leptos::prelude::*;

/// The page, or, without a site, what stands in it.
#[must_use]
pub fn shortcuts(site: Option<&Site>) -> String {
    sheet(site, "shortcuts", words::thread_list::shortcuts(), Route::Inbox.path(), content)
}

fn content() -> impl IntoView {
    let groups = [
        (
            words::shortcuts::everywhere(),
            vec![
                (vec!["Ctrl", "K"], words::shortcuts::switch()),
                (vec!["Alt", "↑"], words::shortcuts::previous()),
                (vec!["Alt", "↓"], words::shortcuts::next()),
                (vec!["Alt", "Shift", "↓"], words::shortcuts::next_unread()),
                (vec!["?"], words::shortcuts::this_page()),
                (vec!["Esc"], words::shortcuts::close()),
            ],
        ),
        (
            words::shortcuts::writing(),
            vec![
                (vec!["Enter"], words::shortcuts::send()),
                (vec!["Shift", "Enter"], words::shortcuts::line()),
                (vec!["↑"], words::shortcuts::edit_last()),
                (vec!["Esc"], words::shortcuts::stop_editing()),
            ],
        ),
        (
            words::shortcuts::messages(),
            vec![
                (vec!["↑", "↓"], words::shortcuts::walk()),
                (vec!["Enter"], words::shortcuts::menu()),
                (vec!["R"], words::shortcuts::reply()),
                (vec!["Esc"], words::shortcuts::to_composer()),
            ],
        ),
    ];
    let sections = groups.into_iter().map(|(title, rows)| {
        let rows = rows.into_iter().map(|(keys, does)| {
            let keys = keys.into_iter().map(|key| view! { <kbd class="shortcuts-key">{key}</kbd> });
            view! {
                <div class="shortcuts-one">
                    <dt>{keys.collect_view()}</dt>
                    <dd>{does}</dd>
                </div>
            }
        });
        view! {
            <h2 class="shortcuts-group">{title}</h2>
            <dl>{rows.collect_view()}</dl>
        }
    });
    view! {
        <h1 class="shortcuts-title">{words::thread_list::shortcuts()}</h1>
        {sections.collect_view()}
        <p class="shortcuts-note">{words::shortcuts::mac()}</p>
    }
}
