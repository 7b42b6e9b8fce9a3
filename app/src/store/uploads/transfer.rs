//! The uploading itself, by the one means of a browser that tells how far it is. A file of its own on the server: it is loaded with the first upload.

use super::{Store, Upload, UploadState};
use crate::{
    browser, json,
    lazy::{SplitLoaderError, wasm_split},
};
use js_sys::encode_uri_component;
use model::{File, FileId, Problem, ThreadId, file::MAX_FILES};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{ProgressEvent, Url, XmlHttpRequest};

/// How many files are under way at a time.
const AT_ONCE: usize = 2;

/// What only the browser can hold of an upload.
struct Handle {
    file_id: FileId,
    file: web_sys::File,
    request: Option<XmlHttpRequest>,
}

thread_local! {
    static HANDLES: RefCell<Vec<Handle>> = const { RefCell::new(Vec::new()) };
}

/// Takes files on.
#[wasm_split(uploads, fallible)]
pub fn begin(store: Store, thread_id: ThreadId, files: Vec<web_sys::File>) -> Result<(), SplitLoaderError> {
    for file in files {
        let count = store.uploads.peek(|uploads| uploads.of(thread_id).count());
        let size_bytes = file.size() as u64;
        let refusal = if count >= MAX_FILES {
            Some(words::attachments::too_many(MAX_FILES as u64))
        } else if size_bytes > store.max_file_bytes {
            Some(words::attachments::too_large(&words::number(store.max_file_bytes / 1_000_000)))
        } else {
            None
        };
        let state =
            refusal.map_or(UploadState::Waiting, |reason| UploadState::Failed { reason, is_passing: false });
        let is_image =
            ["image/jpeg", "image/png", "image/gif", "image/webp"].contains(&file.type_().as_str());
        let preview = if is_image { Url::create_object_url_with_blob(&file).ok() } else { None };
        let upload = Upload {
            thread_id,
            file_id: FileId(browser::new_id()),
            name: file.name(),
            size_bytes,
            preview,
            state,
        };
        let file_id = upload.file_id;
        HANDLES.with_borrow_mut(|handles| handles.push(Handle { file_id, file, request: None }));
        store.uploads.update(|uploads| uploads.list.push(upload));
    }
    start_next(store);
    Ok(())
}

/// Tries again all that did not get through.
#[wasm_split(uploads, fallible)]
pub fn resume(store: Store) -> Result<(), SplitLoaderError> {
    let lost: Vec<_> = store.uploads.peek(|uploads| {
        uploads.list.iter().filter(|upload| upload.is_lost()).map(|upload| upload.file_id).collect()
    });
    lost.into_iter().for_each(|file_id| store.upload_again(file_id));
    Ok(())
}

/// Stops one that is not wanted any more.
pub fn stop(file_id: FileId) {
    if let Some(request) = let_go(file_id).and_then(|handle| handle.request) {
        let _ = request.abort();
    }
}

fn let_go(file_id: FileId) -> Option<Handle> {
    HANDLES.with_borrow_mut(|handles| {
        let place = handles.iter().position(|handle| handle.file_id == file_id)?;
        Some(handles.swap_remove(place))
    })
}

/// Begins with the first that wait, if there is room.
pub fn start_next(store: Store) {
    let next = store.uploads.peek(|uploads| {
        let is_coming = |upload: &&Upload| matches!(upload.state, UploadState::Coming(_));
        let room = AT_ONCE.saturating_sub(uploads.list.iter().filter(is_coming).count());
        let waiting = uploads.list.iter().filter(|upload| upload.state == UploadState::Waiting);
        waiting.take(room).map(|upload| (upload.thread_id, upload.file_id)).collect::<Vec<_>>()
    });
    for (thread_id, file_id) in next {
        store.advance_upload(file_id, UploadState::Coming(0));
        if start(store, thread_id, file_id).is_none() {
            finish(store, file_id, 0, "");
        }
    }
}

fn start(store: Store, thread_id: ThreadId, file_id: FileId) -> Option<()> {
    let request = XmlHttpRequest::new().ok()?;
    let file = HANDLES.with_borrow_mut(|handles| {
        let handle = handles.iter_mut().find(|handle| handle.file_id == file_id)?;
        handle.request = Some(request.clone());
        Some(handle.file.clone())
    })?;
    let name: String = encode_uri_component(&file.name()).into();
    request.open("PUT", &format!("/api/v1/threads/{thread_id}/files/{file_id}?name={name}")).ok()?;

    let on_progress = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
        if event.total() > 0.0 {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "hundredths")]
            let percent = (event.loaded() / event.total() * 100.0) as u8;
            store.advance_upload(file_id, UploadState::Coming(percent));
        }
    });
    request.upload().ok()?.set_onprogress(Some(on_progress.into_js_value().unchecked_ref()));
    let own = request.clone();
    let on_end = Closure::<dyn FnMut(ProgressEvent)>::new(move |_| {
        let text = own.response_text().ok().flatten().unwrap_or_default();
        finish(store, file_id, own.status().unwrap_or(0), &text);
        start_next(store);
    });
    request.set_onloadend(Some(on_end.into_js_value().unchecked_ref()));
    request.send_with_opt_blob(Some(&file)).ok()
}

/// It came to an end: 0 stands for a connection that was lost.
fn finish(store: Store, file_id: FileId, status: u16, text: &str) {
    if browser::is_shut_out(status) {
        browser::sign_in();
    }
    if let Ok(Problem { status: 429, retry_after_s: Some(held_s), .. }) = json::from_str(text) {
        store.advance_upload(file_id, UploadState::Held(held_s));
        browser::spawn_local(async move {
            browser::sleep(i32::try_from(held_s).unwrap_or(60).saturating_mul(1_000)).await;
            let is_held = store.uploads.peek(|uploads| {
                uploads.find(file_id).is_some_and(|upload| upload.state == UploadState::Held(held_s))
            });
            if is_held {
                store.upload_again(file_id);
            }
        });
        return;
    }
    let done = if status == 200 { json::from_str::<File>(text).ok() } else { None };
    let state = match (done, json::from_str::<Problem>(text)) {
        (Some(file), _) => {
            let_go(file_id);
            UploadState::Done(file)
        }
        (None, Ok(problem)) => {
            UploadState::Failed { is_passing: problem.is_passing(), reason: problem.detail }
        }
        (None, Err(_)) => {
            UploadState::Failed { reason: words::connection_banner::lost().into(), is_passing: true }
        }
    };
    store.advance_upload(file_id, state);
}
