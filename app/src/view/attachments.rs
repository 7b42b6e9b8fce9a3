//! What goes along with the next message, above the words: each file with how far it is, and the way to take it away.

use super::{icon::Icon, message_files::size};
use crate::{
    lazy::{Loaded, wasm_split},
    shape::{Item, Part, act, flag, list, part, parts, text, view},
    store::{Store, Upload, UploadState},
};
use leptos::prelude::*;
use model::ThreadId;

/// The files of a thread's next message.
#[wasm_split(uploads, fallible)]
pub fn draw(thread_id: ThreadId) -> Loaded {
    let store = expect_context::<Store>();
    let items = list(move || {
        let item = |upload: &Upload| {
            let upload = upload.clone();
            Item::new(upload.file_id.0.as_u128(), move || one(store, upload))
        };
        store.uploads.with(|uploads| uploads.of(thread_id).map(item).collect())
    });
    Ok(part(view! { <ul class="attachments" aria-label=words::attachments::label()>{items}</ul> }))
}

fn one(store: Store, upload: Upload) -> Part {
    let Upload { file_id, name, size_bytes, preview, .. } = upload;
    let picture = match preview {
        Some(preview) => part(view! { <img class="attachments-picture" src=preview alt="" /> }),
        None => part(view! { <span class="attachments-picture">{Icon::FILE.draw()}</span> }),
    };
    let state =
        move || store.uploads.with(|uploads| uploads.find(file_id).map(|upload| upload.state.clone()));
    let class = text(move || {
        let is_failed = matches!(state(), Some(UploadState::Failed { .. }));
        if is_failed { "attachments-one attachments-failed" } else { "attachments-one" }.into()
    });
    let fault = text(move || match state() {
        Some(UploadState::Failed { reason, .. }) => reason,
        _ => String::new(),
    });
    let told = text(move || match state() {
        Some(UploadState::Failed { .. }) => String::new(),
        Some(UploadState::Held(held_s)) => words::connection_banner::held(held_s.into()),
        Some(UploadState::Coming(percent @ 0..100)) => words::attachments::percent(&percent.to_string()),
        _ => size(size_bytes),
    });
    let percent = move || match state() {
        Some(UploadState::Waiting | UploadState::Held(_)) => Some(0),
        Some(UploadState::Coming(percent)) => Some(percent),
        _ => None,
    };
    let retry = parts(move || {
        let Some(UploadState::Failed { is_passing: true, .. }) = state() else { return None };
        let again = act(move |_| store.upload_again(file_id));
        Some(part(view! {
            <button class="attachments-retry" type="button" on:click=again>
                {words::message::retry()}
            </button>
        }))
    });
    let label = words::attachments::remove(&name);
    part(view! {
        <li class=class>
            {picture}
            <span class="attachments-name" id=format!("upload-{file_id}") dir="auto">
                {name}
            </span>
            <span class="attachments-told">
                <span role="alert">{fault}</span>
                {told} {retry}
            </span>
            <progress
                class="attachments-bar"
                max="100"
                value=text(move || percent().unwrap_or(0).to_string())
                hidden=flag(move || percent().is_none())
                aria-labelledby=format!("upload-{file_id}")
            ></progress>
            <button
                class="attachments-remove icon-button"
                type="button"
                aria-label=label.clone()
                title=label
                on:click=act(move |_| store.detach(file_id))
            >
                {Icon::CLOSE.draw()}
            </button>
        </li>
    })
}
