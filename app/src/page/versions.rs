//! The page of what a message said before it was edited.

use super::sheet::sheet;
use crate::{Route, Site, clock};
use leptos::prelude::*;
use model::{ThreadId, Timestamp, civil::Civil, page::VersionPage};

/// What it shows.
pub struct Versions {
    /// Where the message is.
    pub thread_id: ThreadId,
    /// What it said.
    pub page: VersionPage,
    /// The reader's minutes east of UTC at a moment.
    pub offset: Box<dyn Fn(Timestamp) -> i32>,
}

/// The page, or, without a site, what stands in it.
#[must_use]
pub fn versions(site: Option<&Site>, versions: Versions) -> String {
    let way_back = Route::thread(versions.thread_id).path();
    sheet(site, "versions", words::message::versions(), way_back, || content(versions))
}

fn content(versions: Versions) -> impl IntoView {
    let Versions { page, offset, .. } = versions;
    let rows = page.versions.into_iter().map(|version| {
        let at = version.written_at;
        view! {
            <li class="versions-one">
                <time class="versions-time" datetime=clock::machine(at)>
                    {Civil::of(at, offset(at)).long()}
                </time>
                <p class="versions-body" dir="auto">
                    {version.body}
                </p>
            </li>
        }
    });
    view! {
        <h1 class="versions-title">{words::message::versions()}</h1>
        <ol>{rows.collect_view()}</ol>
    }
}
