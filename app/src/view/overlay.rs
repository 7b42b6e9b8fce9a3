//! What lies over the page, in a `dialog`: the browser keeps the focus in it, closes it with Escape, and gives the focus back.

use super::{emoji, message_menu, sheet, switcher};
use crate::{
    browser,
    lazy::{Loaded, wasm_split},
    shape::{Part, act, follow, part, view},
    store::{Overlay, Store},
};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement};

/// What it is known by.
const DIALOG: &str = "overlay";

/// Whatever it is.
#[wasm_split(overlay, fallible, preload(preload))]
pub fn draw(overlay: Overlay) -> Loaded {
    Ok(match &overlay {
        Overlay::Menu { thread_id, message_id } => message_menu::draw(*thread_id, *message_id, &overlay),
        Overlay::Emoji { target, html } => emoji::draw(*target, html.clone(), &overlay),
        Overlay::Switcher => switcher::draw(&overlay),
        // They come in pieces of their own.
        Overlay::Thread { .. } | Overlay::Viewer { .. } => part(""),
        Overlay::Sheet { label, html } => sheet::draw(label.clone(), html.clone(), &overlay),
    })
}

/// The dialog, once it is in the page.
pub fn dialog() -> Option<HtmlDialogElement> {
    browser::element(DIALOG)
}

/// Closes it. The focus is back where it was when this returns.
pub fn close() {
    if let Some(dialog) = dialog() {
        dialog.close();
    }
}

/// The dialog around what it shows.
pub fn frame(
    overlay: &Overlay,
    class: &'static str,
    label: String,
    place: impl Fn(&HtmlDialogElement) + 'static,
    content: Part,
) -> Part {
    let store = expect_context::<Store>();
    let overlay = overlay.clone();
    follow(move || {
        if let Some(dialog) = dialog() {
            let _ = dialog.show_modal();
            place(&dialog);
        }
    });
    // What is pressed beside what it shows is the dialog itself.
    let point = act(|event: ev::PointerEvent| {
        if event.target().is_some_and(|target| target.is_instance_of::<HtmlDialogElement>()) {
            close();
        }
    });
    part(view! {
        <dialog
            class=class
            id=DIALOG
            aria-label=label
            on:close=act(move |_: ev::Event| store.close(&overlay))
            on:pointerdown=point
            on:keydown=act(|event| press(&event))
        >
            {content}
        </dialog>
    })
}

/// Up and down lead from button to button, and Escape out, also where a search field would only be emptied by it.
fn press(event: &ev::KeyboardEvent) {
    let step = match event.key().as_str() {
        "Escape" if !browser::is_composing(event) => {
            event.prevent_default();
            return close();
        }
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        _ => return,
    };
    let Some(buttons) = dialog().and_then(|dialog| dialog.query_selector_all("button").ok()) else { return };
    let count = buttons.length();
    let button = |place: u32| buttons.get(place)?.dyn_into::<HtmlElement>().ok();
    let active = document().active_element();
    let Some(place) = (0..count).find(|place| button(*place).map(Into::into) == active) else { return };
    if let Some(next) = button((place + count).wrapping_add_signed(step) % count) {
        event.prevent_default();
        let _ = next.focus();
    }
}
