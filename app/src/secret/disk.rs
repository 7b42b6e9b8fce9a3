//! Where a large file of a secret chat goes as it comes, if the browser lets a page write to a file that its person chose (File System Access API):
//! not even the browser keeps a copy. What is broken off leaves the chosen file as it was.

use crate::browser;
use js_sys::{Function, Object, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, FileSystemFileHandle, FileSystemWritableFileStream};

/// What came of asking for a place.
pub enum Choice {
    /// It goes there.
    Chosen(Disk),
    /// The person wants it nowhere, for now.
    Declined,
    /// This browser has no such question.
    NotAsked,
}

/// A file that is being written.
pub struct Disk(FileSystemWritableFileStream);

/// Asks where to save a file. To be called while a click is answered.
pub async fn choose(name: &str) -> Choice {
    let Some(picked) = pick(name) else { return Choice::NotAsked };
    let handle: FileSystemFileHandle = match JsFuture::from(picked).await {
        Ok(handle) => handle.unchecked_into(),
        Err(error) => {
            let name = Reflect::get(&error, &"name".into()).ok().and_then(|name| name.as_string());
            // "NotAllowedError": it is being asked already, since somebody clicked twice.
            let is_declined = matches!(name.as_deref(), Some("AbortError" | "NotAllowedError"));
            return if is_declined { Choice::Declined } else { Choice::NotAsked };
        }
    };
    match JsFuture::from(handle.create_writable()).await {
        Ok(stream) => Choice::Chosen(Disk(stream.unchecked_into())),
        Err(_) => Choice::NotAsked,
    }
}

fn pick(name: &str) -> Option<Promise> {
    let window = window();
    let pick: Function = Reflect::get(&window, &"showSaveFilePicker".into()).ok()?.dyn_into().ok()?;
    let options = Object::new();
    Reflect::set(&options, &"suggestedName".into(), &name.into()).ok()?;
    pick.call1(&window, &options).ok()?.dyn_into().ok()
}

impl Disk {
    /// Writes what comes next; `done` hears whether it could be.
    pub fn write(&self, next: &Blob, done: impl FnOnce(bool) + 'static) {
        finish(self.0.write_with_blob(next), done);
    }

    /// All of it has come: the file is there, once `done` hears that.
    pub fn close(self, done: impl FnOnce(bool) + 'static) {
        finish(Ok(self.0.close()), done);
    }

    /// Nothing comes of it.
    pub fn abort(self) {
        finish(Ok(self.0.abort()), |_| ());
    }
}

fn finish(under_way: Result<Promise, JsValue>, done: impl FnOnce(bool) + 'static) {
    browser::spawn_local(async move {
        done(match under_way {
            Ok(under_way) => JsFuture::from(under_way).await.is_ok(),
            Err(_) => false,
        });
    });
}
