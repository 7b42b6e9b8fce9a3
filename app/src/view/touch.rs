//! What a finger does besides tapping and scrolling: resting on something, which asks for its menu where a browser does not know that by itself, and
//! drawing a message to the right, which answers it. It is loaded when a finger first touches what knows it.

use super::press::OnPress;
use crate::{
    browser::{self, spawn_local},
    lazy::{SplitLoaderError, wasm_split},
    live::Live,
    shape::act,
};
use leptos::ev;
use std::{cell::Cell, rc::Rc, sync::Arc};
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget, HtmlElement, TouchEvent};

/// How long a finger rests before that means something, in milliseconds.
const LONG_MS: i32 = 500;
/// How far a message has to be drawn, and how far it follows, in pixels.
const FAR: i32 = 56;
const FARTHEST: i32 = 72;

/// Somebody has drawn a message far enough. Whether that meant anything.
pub type OnSwipe = Arc<dyn Fn(Element) -> bool + Send + Sync>;

/// What is done at one of a finger's events.
type OnTouch = Box<dyn Fn(&Touch, &TouchEvent)>;

/// For `touchstart`: the first one brings what hears all that follows.
pub fn begin(on_press: OnPress, on_swipe: Option<OnSwipe>) -> Box<dyn FnMut(ev::TouchEvent)> {
    let is_heard = Live::new(false);
    act(move |event: ev::TouchEvent| {
        let Some(target) = event.current_target().filter(|_| !is_heard.get_now()) else { return };
        is_heard.set(true);
        let (on_press, on_swipe) = (on_press.clone(), on_swipe.clone());
        let is_down = Rc::new(Cell::new(true));
        let was_down = is_down.clone();
        browser::listen(&target, "touchend", move |_| was_down.set(false));
        spawn_local(async move {
            if listen(target, event, is_down, on_press, on_swipe).await.is_err() {
                is_heard.set(false);
            }
        });
    })
}

/// A finger that is down.
#[derive(Default)]
struct Touch {
    /// Counts the touches, so that one that has ended is known by its number.
    number: Cell<u32>,
    /// Where it came down on a message, and how far it has gone to the side.
    drawn: Cell<Option<(i32, i32, i32)>>,
}

/// Hears what fingers do on an element, beginning with one that came down, if it still is.
#[wasm_split(touch, fallible)]
fn listen(
    target: EventTarget,
    first: TouchEvent,
    is_down: Rc<Cell<bool>>,
    on_press: OnPress,
    on_swipe: Option<OnSwipe>,
) -> Result<(), SplitLoaderError> {
    let touch = Rc::new(Touch::default());
    let hear = |name: &str, act: OnTouch| {
        let touch = touch.clone();
        browser::listen(&target, name, move |event| act(&touch, event.unchecked_ref()));
    };
    let is_swiped = on_swipe.is_some();
    let down = {
        let touch = touch.clone();
        move |event: &TouchEvent| {
            if is_swiped {
                touch.come_down(event);
            }
            touch.clone().rest(event, on_press.clone());
        }
    };
    if is_down.get() {
        down(&first);
    }
    hear("touchstart", Box::new(move |_, event| down(event)));
    hear("touchmove", Box::new(|touch, event| touch.draw(event)));
    hear("touchend", Box::new(move |touch, event| touch.lift(event, on_swipe.as_ref())));
    hear("touchcancel", Box::new(|touch, event| touch.lift(event, None)));
    Ok(())
}

impl Touch {
    /// After a while it is a long press, unless it is something else by then.
    fn rest(self: Rc<Self>, event: &TouchEvent, on_press: OnPress) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let (Some(finger), Some(element)) = (event.touches().get(0), target) else { return };
        let number = self.count();
        spawn_local(async move {
            browser::sleep(LONG_MS).await;
            if self.number.get() == number {
                on_press(element, finger.client_x(), finger.client_y());
            }
        });
    }

    fn count(&self) -> u32 {
        self.number.set(self.number.get() + 1);
        self.number.get()
    }

    fn come_down(&self, event: &TouchEvent) {
        let touches = event.touches();
        let finger = touches.get(0).filter(|_| touches.length() == 1 && article(event).is_some());
        self.drawn.set(finger.map(|finger| (finger.client_x(), finger.client_y(), 0)));
    }

    fn draw(&self, event: &TouchEvent) {
        self.count();
        let (Some((x, y, before)), Some(finger)) = (self.drawn.get(), event.touches().get(0)) else { return };
        let (across, along) = (finger.client_x() - x, (finger.client_y() - y).abs());
        // Whoever moves along the list scrolls it.
        let is_along = before == 0 && along > across;
        let across = if is_along { 0 } else { across.clamp(0, FARTHEST) };
        self.drawn.set((!is_along || along < 8).then_some((x, y, across)));
        shift(event, across);
    }

    fn lift(&self, event: &TouchEvent, on_swipe: Option<&OnSwipe>) {
        self.count();
        let Some((_, _, across)) = self.drawn.take() else { return };
        shift(event, 0);
        if let (Some(on_swipe), Some(article)) = (on_swipe, article(event).filter(|_| across >= FAR)) {
            on_swipe(article.into());
        }
    }
}

/// The message under the finger. What scrolls across by itself is not drawn.
fn article(event: &TouchEvent) -> Option<HtmlElement> {
    let target: Element = event.target()?.dyn_into().ok()?;
    if target.closest("pre").ok()?.is_some() {
        return None;
    }
    target.closest("article").ok()??.dyn_into().ok()
}

fn shift(event: &TouchEvent, across: i32) {
    if let Some(article) = article(event) {
        let style = article.style();
        let _ = if across > 0 {
            style.set_property("transform", &format!("translateX({across}px)"))
        } else {
            style.remove_property("transform").map(drop)
        };
    }
}
