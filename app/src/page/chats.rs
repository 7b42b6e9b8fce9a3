//! What the server can see of each kind of chat, in plain words.

use super::sheet::sheet;
use crate::{Route, Site};
use leptos::prelude::*;

/// The page, or, without a site, what stands in it. `files` are those that make up the app, with their hashes.
#[must_use]
pub fn chats(site: Option<&Site>, files: Vec<(String, String)>) -> String {
    sheet(site, "chats", words::chats::title(), Route::Inbox.path(), move || content(files))
}

fn content(files: Vec<(String, String)>) -> impl IntoView {
    let files = files.into_iter().map(|(path, hash)| {
        view! {
            <dt>{path}</dt>
            <dd><code>{hash}</code></dd>
        }
    });
    let section = |title: &'static str, paragraphs: Vec<&'static str>| {
        let paragraphs = paragraphs.into_iter().map(|paragraph| view! { <p>{paragraph}</p> });
        view! {
            <h2>{title}</h2>
            {paragraphs.collect_view()}
        }
    };
    view! {
        <div class="chats">
            <h1 class="chats-title">{words::chats::title()}</h1>
            {section(words::chats::stored(), vec![words::chats::stored_what(), words::chats::stored_why()])}
            {section(
                words::secret::title(),
                vec![
                    words::chats::secret_what(),
                    words::chats::secret_seen(),
                    words::chats::secret_address(),
                    words::chats::secret_limits(),
                    words::chats::secret_known(),
                ],
            )}
            {section(words::chats::code(), vec![words::chats::code_what(), words::chats::code_check()])}
            <dl class="chats-files">{files.collect_view()}</dl>
        </div>
    }
}
