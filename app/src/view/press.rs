//! Asking for the menu of something: by the right button, by the menu key, or by a long press, whichever a device has (`touch`).

use crate::shape::act;
use leptos::ev;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Somebody asks for the menu of what is here, at a place of the window. Whether there is one.
pub type OnPress = Arc<dyn Fn(Element, i32, i32) -> bool + Send + Sync>;

/// For `contextmenu`: the right button, the menu key, and a long press where the browser knows it.
pub fn menu(on_press: OnPress) -> Box<dyn FnMut(ev::MouseEvent)> {
    act(move |event: ev::MouseEvent| {
        let Some(element) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
            return;
        };
        let (mut x, mut y) = (event.client_x(), event.client_y());
        if (x, y) == (0, 0) {
            // The keyboard has no place.
            #[expect(clippy::cast_possible_truncation, reason = "pixels of a screen")]
            {
                let rect = element.get_bounding_client_rect();
                (x, y) = (rect.left() as i32, rect.bottom() as i32);
            }
        }
        if on_press(element, x, y) {
            event.prevent_default();
        }
    })
}
