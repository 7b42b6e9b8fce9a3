//! Whether this browser hides its address from whoever one speaks with, and whether there is a server that could.

use crate::{api, browser::spawn_local, live::Live, storage};
use std::cell::Cell;

/// What is kept of the choice.
const HIDES: &str = "secret.hides";

thread_local! {
    static CHOSEN: Cell<Option<bool>> = const { Cell::new(None) };
}

/// Whether this browser hides its address from whoever one speaks with.
pub fn is_hidden() -> bool {
    CHOSEN.get().unwrap_or_else(|| !storage::all(HIDES).is_empty())
}

/// Hides it, or not; in this tab, even where nothing can be kept.
pub fn hide(is_hidden: bool) {
    CHOSEN.set(Some(is_hidden));
    if is_hidden { storage::keep(HIDES, "yes") } else { storage::drop(HIDES) }
}

/// Finds out whether there is a server that could hide an address. As long as it is not known, it is taken for granted.
pub fn look_for_relay(has_relay: Live<bool>) {
    spawn_local(async move {
        if let Ok(servers) = api::ice_servers().await {
            has_relay.set(servers.iter().any(|server| server.url.starts_with("turn")));
        }
    });
}
