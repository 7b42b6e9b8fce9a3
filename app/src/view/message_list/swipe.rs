//! Answering a message by drawing it to the right with a finger.

use crate::{live::Live, shape::act};
use leptos::ev;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// How far it has to be drawn, and how far it follows, in pixels.
const FAR: i32 = 56;
const FARTHEST: i32 = 72;

/// Listens on behalf of the list.
#[derive(Clone)]
pub struct Swipe {
    on_swipe: Arc<dyn Fn(Element) -> bool + Send + Sync>,
    /// Where the finger came down, and how far it has gone to the side.
    drawn: Live<Option<(i32, i32, i32)>>,
}

impl Swipe {
    /// Tells of every message that was drawn far enough.
    pub fn new(on_swipe: Arc<dyn Fn(Element) -> bool + Send + Sync>) -> Self {
        Self { on_swipe, drawn: Live::new(None) }
    }

    /// For `touchstart`, around what else listens.
    pub fn begin(&self, mut other: Box<dyn FnMut(ev::TouchEvent)>) -> Box<dyn FnMut(ev::TouchEvent)> {
        let drawn = self.drawn;
        act(move |event: ev::TouchEvent| {
            let touches = event.touches();
            let touch = touches.get(0).filter(|_| touches.length() == 1 && article(&event).is_some());
            drawn.set(touch.map(|touch| (touch.client_x(), touch.client_y(), 0)));
            other(event);
        })
    }

    /// For `touchmove`.
    pub fn follow(&self, mut other: Box<dyn FnMut(ev::TouchEvent)>) -> Box<dyn FnMut(ev::TouchEvent)> {
        let drawn = self.drawn;
        act(move |event: ev::TouchEvent| {
            if let (Some((x, y, before)), Some(touch)) = (drawn.get_now(), event.touches().get(0)) {
                let (across, along) = (touch.client_x() - x, (touch.client_y() - y).abs());
                // Whoever moves along the list scrolls it.
                let is_along = before == 0 && along > across;
                let across = if is_along { 0 } else { across.clamp(0, FARTHEST) };
                drawn.set((!is_along || along < 8).then_some((x, y, across)));
                shift(&event, across);
            }
            other(event);
        })
    }

    /// For `touchend` and `touchcancel`.
    pub fn end(
        &self,
        is_meant: bool,
        mut other: Box<dyn FnMut(ev::TouchEvent)>,
    ) -> Box<dyn FnMut(ev::TouchEvent)> {
        let Self { on_swipe, drawn } = self.clone();
        act(move |event: ev::TouchEvent| {
            if let Some((_, _, across)) = drawn.get_now() {
                shift(&event, 0);
                drawn.set(None);
                if let Some(article) = article(&event).filter(|_| is_meant && across >= FAR) {
                    on_swipe(article.into());
                }
            }
            other(event);
        })
    }
}

/// The message under the finger. What scrolls across by itself is not drawn.
fn article(event: &ev::TouchEvent) -> Option<HtmlElement> {
    let target: Element = event.target()?.dyn_into().ok()?;
    if target.closest("pre").ok()?.is_some() {
        return None;
    }
    target.closest("article").ok()??.dyn_into().ok()
}

fn shift(event: &ev::TouchEvent, across: i32) {
    if let Some(article) = article(event) {
        let style = article.style();
        let _ = if across > 0 {
            style.set_property("transform", &format!("translateX({across}px)"))
        } else {
            style.remove_property("transform").map(drop)
        };
    }
}
