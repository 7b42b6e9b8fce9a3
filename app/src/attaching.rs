//! Takes the files that somebody chooses, pastes or drops, wherever that is in a conversation.

use crate::{
    browser,
    store::{Shown, Store},
};
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ClipboardEvent, DataTransfer, DragEvent, Element, Event, FileList, HtmlInputElement};

/// Listens for files.
pub fn start(store: Store) {
    browser::listen(&document(), "change", move |event| {
        let input: Option<HtmlInputElement> = event.target().and_then(|target| target.dyn_into().ok());
        if let Some(input) = input.filter(|input| input.type_() == "file") {
            attach(store, input.files());
            // So that the same file can be chosen again.
            input.set_value("");
        }
    });
    browser::listen(&document(), "paste", move |event| {
        let content = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data);
        // Whoever copies words may get an image of them along.
        if let Some(content) = content.filter(|content| has(content, "Files") && !has(content, "text/plain"))
        {
            event.prevent_default();
            attach(store, content.files());
        }
    });
    browser::listen(&document(), "dragover", move |event| drag(store, event, false));
    browser::listen(&document(), "drop", move |event| drag(store, event, true));
    browser::listen(&document(), "dragleave", move |event| {
        let has_left = event.dyn_ref::<DragEvent>().is_some_and(|event| event.related_target().is_none());
        if has_left {
            store.is_dropping.set_if_new(false);
        }
    });
}

/// Files are over the page, or let go there.
fn drag(store: Store, event: Event, is_let_go: bool) {
    let content = event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer);
    let Some(content) = content.filter(|content| has(content, "Files")) else { return };
    // Wherever they fall, the browser does not leave the page for them.
    event.prevent_default();
    let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
    let is_over = target.is_some_and(|target| matches!(target.closest(".conversation"), Ok(Some(_))));
    store.is_dropping.set_if_new(is_over && !is_let_go && open(store));
    if is_over && is_let_go {
        attach(store, content.files());
    } else if !is_over {
        content.set_drop_effect("none");
    }
}

/// Whether what is pasted or dragged has content of a kind.
pub fn has(content: &DataTransfer, kind: &str) -> bool {
    content.types().includes(&JsValue::from_str(kind), 0)
}

fn open(store: Store) -> bool {
    matches!(store.shown.get_now(), Shown::Thread(_)) && !store.is_covered.get_now()
}

fn attach(store: Store, files: Option<FileList>) {
    let Shown::Thread(thread_id) = store.shown.get_now() else { return };
    let files = browser::files_of(files);
    // What is for a secret chat goes nowhere else: it takes that itself.
    if !files.is_empty() && !store.is_covered.get_now() {
        store.attach(thread_id, files);
    }
}
