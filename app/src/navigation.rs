//! Follows the app's own links without leaving the page. Every address also works by itself, so whatever is not followed here is by the
//! browser.

use crate::{browser, route::Route, store::Store};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlAnchorElement, MouseEvent};

/// Listens to clicks on links, and to "Back" and "Forward".
pub fn start(store: Store) {
    browser::listen(&document(), "click", move |event| {
        let Ok(event) = event.dyn_into::<MouseEvent>() else { return };
        if let Some(route) = wanted(&event) {
            event.prevent_default();
            go(store, route);
        }
    });
    browser::listen(&window(), "popstate", move |_| {
        let (path, query) = browser::address();
        store.go(Route::parse(&path, &query));
    });
}

/// Goes to a route, as a step that "Back" undoes.
pub fn go(store: Store, route: Route) {
    let path = route.path();
    if browser::address().0 != path {
        browser::push_address(&path);
    }
    store.go(route);
}

/// The route that a click leads to, if it is an ordinary click on a link of the app's own.
fn wanted(event: &MouseEvent) -> Option<Route> {
    let is_modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    if event.default_prevented() || event.button() != 0 || is_modified {
        return None;
    }
    let target: Element = event.target()?.dyn_into().ok()?;
    let link: HtmlAnchorElement = target.closest("a[href]").ok()??.dyn_into().ok()?;
    let is_own = link.origin() == window().location().origin().ok()?;
    if !is_own || link.has_attribute("download") {
        return None;
    }
    let route = Route::parse(&link.pathname(), link.search().trim_start_matches('?'));
    (route != Route::Unknown).then_some(route)
}
