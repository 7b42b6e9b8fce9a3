//! Words that outlive the page: unsent messages and drafts, in the browser's `localStorage`, each under its person's id. They stay while
//! somebody else is signed in here, and are all gone when anybody signs out (`Clear-Site-Data`). A browser may refuse it; then they live
//! as long as the page.

use leptos::prelude::window;
use web_sys::Storage;

/// Everything of the app's own starts with this.
const PREFIX: &str = "bobbin.";

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// Keeps a text.
pub fn keep(key: &str, text: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(&format!("{PREFIX}{key}"), text);
    }
}

/// Drops a text.
pub fn drop(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&format!("{PREFIX}{key}"));
    }
}

/// All texts whose keys start with this, with the rest of their keys.
pub fn all(prefix: &str) -> Vec<(String, String)> {
    let Some(storage) = storage() else { return Vec::new() };
    let prefix = format!("{PREFIX}{prefix}");
    let keys = (0..storage.length().unwrap_or(0)).filter_map(|index| storage.key(index).ok().flatten());
    keys.filter_map(|key| {
        let text = storage.get_item(&key).ok().flatten()?;
        Some((key.strip_prefix(&prefix)?.into(), text))
    })
    .collect()
}
