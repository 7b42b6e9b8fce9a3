//! What people see. The server draws it into the first response; in the browser WASM takes it over and keeps it true.
//!
//! `view` draws what `store` holds, `store` speaks through `connection`, and never the other way round.

// A view's type is as deep as its page.
#![recursion_limit = "1024"]
// What only a browser does is compiled on the server too, and checked there; nothing calls it.
#![cfg_attr(not(feature = "hydrate"), allow(dead_code))]

mod api;
mod attaching;
mod browser;
mod clock;
mod connection;
#[cfg(feature = "ssr")]
mod document;
pub mod formatting;
mod html;
mod json;
mod lazy;
mod link;
mod live;
mod navigation;
mod notifications;
pub mod options;
#[cfg(feature = "ssr")]
pub mod page;
pub mod route;
mod rows;
mod secret;
mod shape;
mod shortcuts;
pub mod snapshot;
mod storage;
mod store;
mod view;

#[cfg(feature = "ssr")]
pub use document::{Site, render};
pub use route::{After, Cursor, Doing, Route};
pub use snapshot::{Open, Refused, Snapshot};

/// Takes up the words of what is loaded later. Whether they go with this app.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn load_words(table: String) -> bool {
    words::load_later(table)
}

/// Takes over the page that the server drew, with the words of its language.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn hydrate(table: String) {
    use leptos::prelude::*;
    use wasm_bindgen::JsCast;

    if !words::load(table) {
        return leptos::logging::error!("the words are of another build than the app");
    }
    let element = |id| document().get_element_by_id(id);
    let parcel = element("snapshot").and_then(|element| element.text_content());
    let (Some(root), Some(parcel)) = (element("app"), parcel) else { return };
    let parcel: snapshot::Parcel = match json::from_str(&parcel) {
        Ok(parcel) => parcel,
        // The page stays what it is: one can read and write by plain links and forms.
        Err(error) => return leptos::logging::error!("the snapshot cannot be read: {error:?}"),
    };
    if let Err(error) = view::preload(&parcel.snapshot.route).await {
        return leptos::logging::error!("a part of the app cannot be loaded: {error}");
    }
    shape::take_over(&root.clone().unchecked_into(), move || {
        let store = store::Store::new(parcel);
        provide_context(store);
        // After the page is taken over as it was drawn: what is only known here, such as the reader's place or messages that
        // were not sent, would be in the way.
        Effect::new(move |_| {
            untrack(|| {
                navigation::start(store);
                attaching::start(store);
                shortcuts::start(store);
                store.start(move |event| {
                    notifications::hear(store, event);
                    secret::hear(store, event);
                });
            });
            let _ = root.set_attribute("data-ready", "");
        });
        view::App()
    });
}
