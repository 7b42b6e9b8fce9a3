//! Pressing long on something, or asking for its menu by the right button or by the keyboard: whichever a device has.

use crate::{
    browser::{self, spawn_local},
    live::Live,
    shape::act,
};
use leptos::ev;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// How long a finger rests before that means something, in milliseconds.
const LONG_MS: i32 = 500;

/// Somebody asks for the menu of what is here, at a place of the window. Whether there is one.
pub type OnPress = Arc<dyn Fn(Element, i32, i32) -> bool + Send + Sync>;

/// Listens on behalf of an element.
#[derive(Clone)]
pub struct Press {
    on_press: OnPress,
    /// Counts the touches, so that one that has ended is known by its number.
    touches: Live<u32>,
}

impl Press {
    /// Tells of every press.
    pub fn new(on_press: OnPress) -> Self {
        Self { on_press, touches: Live::new(0) }
    }

    /// For `contextmenu`: the right button, the menu key, and a long press where the browser knows it.
    pub fn menu(&self) -> Box<dyn FnMut(ev::MouseEvent)> {
        let on_press = self.on_press.clone();
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

    /// For `touchstart`: browsers that do not know a long press.
    pub fn touch(&self) -> Box<dyn FnMut(ev::TouchEvent)> {
        let (on_press, touches) = (self.on_press.clone(), self.touches);
        act(move |event: ev::TouchEvent| {
            let Some(touch) = event.touches().get(0) else { return };
            let Some(element) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
                return;
            };
            let on_press = on_press.clone();
            let Some(number) = touches.update_silently(|touches| {
                *touches += 1;
                *touches
            }) else {
                return;
            };
            spawn_local(async move {
                browser::sleep(LONG_MS).await;
                if touches.try_peek(|touches| *touches == number) == Some(true) {
                    on_press(element, touch.client_x(), touch.client_y());
                }
            });
        })
    }

    /// For `touchmove`, `touchend` and `touchcancel`: it is something else.
    pub fn release(&self) -> Box<dyn FnMut(ev::TouchEvent)> {
        let touches = self.touches;
        act(move |_| {
            touches.update_silently(|touches| *touches += 1);
        })
    }
}
