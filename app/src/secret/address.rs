//! Whether this browser hides its address from whoever one speaks with, and whether there is a server that could. The choice is about where this
//! browser is, and is kept in a cookie, as its zone is: signing out empties what else it keeps, and would have the next chat show the address again.

use crate::{api, browser::spawn_local, live::Live};
use leptos::prelude::document;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::HtmlDocument;

/// What says that it hides.
const HIDES: &str = "hides_address=yes";

thread_local! {
    static CHOSEN: Cell<Option<bool>> = const { Cell::new(None) };
}

/// Whether this browser hides its address from whoever one speaks with.
pub fn is_hidden() -> bool {
    CHOSEN.get().unwrap_or_else(|| {
        let cookies = cookies().cookie().unwrap_or_default();
        cookies.split(';').any(|cookie| cookie.trim() == HIDES)
    })
}

/// Hides it, or not; in this tab, even where nothing can be kept.
pub fn hide(is_hidden: bool) {
    CHOSEN.set(Some(is_hidden));
    let lasts_s = if is_hidden { 31_536_000 } else { 0 };
    let _ = cookies().set_cookie(&format!("{HIDES}; path=/; max-age={lasts_s}; samesite=lax"));
}

fn cookies() -> HtmlDocument {
    document().unchecked_into()
}

/// Finds out whether there is a server that could hide an address. As long as it is not known, it is taken for granted.
pub fn look_for_relay(has_relay: Live<bool>) {
    spawn_local(async move {
        if let Ok(servers) = api::ice_servers(None).await {
            has_relay.set(servers.iter().any(|server| server.url.starts_with("turn")));
        }
    });
}
