//! The keys that are heard everywhere. The page that lists all of them is `page/shortcuts.rs`.

use crate::{
    browser::{self, spawn_local},
    lazy::{SplitLoaderError, wasm_split},
    navigation,
    route::{self, Route},
    store::{Overlay, Store},
};
use leptos::prelude::document;
use model::{Thread, ThreadId};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

/// Listens to keys.
pub fn start(store: Store) {
    browser::listen(&document(), "keydown", move |event| {
        let Ok(event) = event.dyn_into::<KeyboardEvent>() else { return };
        let (is_control, is_alt) = (event.ctrl_key() || event.meta_key(), event.alt_key());
        match (event.key().as_str(), is_control, is_alt) {
            ("k", true, false) | ("ArrowUp" | "ArrowDown", false, true) => event.prevent_default(),
            ("?", false, false) if !is_typing(&event) => {}
            _ => return,
        }
        spawn_local(async move { drop(press(store, event).await) });
    });
}

/// What a key does. It is loaded with the first one.
#[wasm_split(overlay, fallible)]
fn press(store: Store, event: KeyboardEvent) -> Result<(), SplitLoaderError> {
    match event.key().as_str() {
        "k" => store.overlay.set_if_new(Some(Overlay::Switcher)),
        "?" if store.overlay.get_now().is_none() => {
            store.open_sheet(words::thread_list::shortcuts().into(), route::SHORTCUTS.into());
        }
        "ArrowUp" => step(store, -1, event.shift_key()),
        "ArrowDown" => step(store, 1, event.shift_key()),
        _ => {}
    }
    Ok(())
}

/// Whether the key goes into a field.
fn is_typing(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| matches!(target.closest("input, textarea, select"), Ok(Some(_))))
}

/// Goes to the thread above or below the open one, or to the next one there that has something new.
fn step(store: Store, count: isize, is_unread: bool) {
    let listed = store.listed.get_now();
    let open = store.route.peek(Route::thread_id);
    let mut place = listed.iter().position(|thread_id| Some(*thread_id) == open);
    loop {
        let next = match place {
            Some(place) => place.checked_add_signed(count),
            None => Some(if count > 0 { 0 } else { listed.len().saturating_sub(1) }),
        };
        let Some((next, thread_id)) = next.and_then(|next| Some((next, *listed.get(next)?))) else {
            return;
        };
        if !is_unread || has_news(store, thread_id) {
            return navigation::go(store, Route::thread(thread_id));
        }
        place = Some(next);
    }
}

fn has_news(store: Store, thread_id: ThreadId) -> bool {
    store.thread(thread_id).peek(|thread| thread.as_ref().is_some_and(Thread::has_news))
}
