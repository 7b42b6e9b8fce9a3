//! The page of who has read a message.

use super::sheet::sheet;
use crate::{Route, Site, view::avatar::Picture};
use leptos::prelude::*;
use model::{ThreadId, page::ReaderPage};

/// What it shows.
pub struct Readers {
    /// Where the message is.
    pub thread_id: ThreadId,
    /// Who has read it.
    pub page: ReaderPage,
}

/// The page, or, without a site, what stands in it.
#[must_use]
pub fn readers(site: Option<&Site>, readers: Readers) -> String {
    let way_back = Route::thread(readers.thread_id).path();
    sheet(site, "readers", words::readers::title(), way_back, || content(readers))
}

fn content(readers: Readers) -> impl IntoView {
    let ReaderPage { readers, has_more } = readers.page;
    let nobody = readers.is_empty().then(|| view! { <p class="readers-note">{words::readers::nobody()}</p> });
    let rows = readers.into_iter().map(|reader| {
        view! {
            <li class="readers-one">
                <span inner_html=Picture::of_user(&reader).drawn("avatar-small")></span>
                <span class="readers-name" dir="auto">
                    {reader.display_name}
                </span>
            </li>
        }
    });
    view! {
        <h1 class="readers-title">{words::readers::title()}</h1>
        {nobody}
        <ul>{rows.collect_view()}</ul>
        {has_more.then(|| view! { <p class="readers-note">{words::reaction::more()}</p> })}
    }
}
