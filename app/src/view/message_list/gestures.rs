//! What one does to the messages of the list: with a pointer, a finger, or keys. The list hears it for all of them.

use crate::{
    store::Store,
    view::{composer, press::OnPress, scroller::Scroller, touch::OnSwipe},
};
use leptos::{ev, prelude::*};
use model::{MessageId, ThreadId, Timestamp};
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement};

/// What a message's row is known by in the page.
pub fn id_of(message_id: MessageId) -> String {
    format!("m-{message_id}")
}

/// What hears.
#[derive(Clone, Copy)]
pub struct Gestures {
    store: Store,
    thread_id: ThreadId,
    scroller: Scroller,
}

impl Gestures {
    /// For the list of a thread.
    pub fn new(store: Store, thread_id: ThreadId, scroller: Scroller) -> Self {
        Self { store, thread_id, scroller }
    }

    /// A click on one of a message's buttons, or on a link that opens over the page.
    pub fn click(self, event: &ev::MouseEvent) {
        if follow_link(self.store, self.thread_id, event) {
        } else if let Some(button) = near(event, ".reaction") {
            event.prevent_default();
            if let (Some(message_id), Some(emoji)) = (message_at(&button), button.get_attribute("value")) {
                let is_on = button.get_attribute("name").is_some_and(|name| name == "on");
                self.store.react(self.thread_id, message_id, emoji, is_on);
            }
        } else if let Some(link) = near(event, "a.message-image") {
            let file_id = link.get_attribute("data-file").and_then(|file_id| file_id.parse().ok());
            let is_shown = !has_modifier(event)
                && file_id.is_some_and(|file_id| self.store.open_viewer(self.thread_id, file_id));
            if is_shown {
                // A browser that gives links no focus would not know where to give it back.
                let _ = link.dyn_into::<HtmlElement>().map(|link| link.focus());
                event.prevent_default();
            }
        } else if let Some(button) = near(event, ".message-more") {
            self.open_menu(&button);
        }
    }

    /// Asking for a message's menu by the other button of a mouse, the menu key, or a long press.
    pub fn on_press(self) -> OnPress {
        Arc::new(move |element, _, _| {
            if let (Ok(Some(_)), Some(message_id)) = (element.closest(".reaction"), message_at(&element)) {
                self.store.open_reactors(self.thread_id, message_id);
                return true;
            }
            let has_selection =
                window().get_selection().ok().flatten().is_some_and(|range| !range.is_collapsed());
            let is_of_browser = has_selection || matches!(element.closest("a[href]"), Ok(Some(_)));
            !is_of_browser && self.open_menu(&element)
        })
    }

    /// Drawing a message to the right with a finger.
    pub fn on_swipe(self) -> OnSwipe {
        Arc::new(move |element| self.reply(&element))
    }

    /// Keys: up and down from message to message, Enter for what can be done with it, R to answer it, Escape back to writing.
    pub fn press(self, event: &ev::KeyboardEvent) {
        let message = near(event, "*").filter(|element| element.tag_name() == "ARTICLE");
        let is_done = match event.key().as_str() {
            "ArrowUp" => self.step(-1),
            "ArrowDown" => self.step(1),
            "Enter" => message.is_some_and(|message| self.open_menu(&message)),
            "r" if !event.ctrl_key() && !event.meta_key() && !event.alt_key() => {
                message.is_some_and(|message| self.reply(&message))
            }
            "Escape" => composer::focus(),
            _ => false,
        };
        if is_done {
            event.prevent_default();
        }
    }

    fn step(self, count: i32) -> bool {
        let row = self.scroller.row_after_focused(count);
        let message = row.and_then(|row| row.query_selector("article").ok()?);
        message.and_then(|message| message.dyn_into::<HtmlElement>().ok()?.focus().ok()).is_some()
    }

    fn reply(self, element: &Element) -> bool {
        let message =
            message_at(element).and_then(|message_id| self.store.message(self.thread_id, message_id));
        let message = message.filter(|message| !message.is_deleted);
        message.inspect(|message| self.store.begin_reply(self.thread_id, message)).is_some()
    }

    fn open_menu(self, element: &Element) -> bool {
        message_at(element).is_some_and(|message_id| self.store.open_menu(self.thread_id, message_id))
    }
}

/// Follows a link that opens over the page, or that leads to a message of the thread. Whether it was one.
pub fn follow_link(store: Store, thread_id: ThreadId, event: &ev::MouseEvent) -> bool {
    let Some(link) = near(event, "a[data-sheet], a[data-at]").filter(|_| !has_modifier(event)) else {
        return false;
    };
    event.prevent_default();
    match link.get_attribute("data-at").and_then(|at| at.parse().ok()) {
        Some(at) => store.jump(thread_id, Timestamp(at)),
        None => store.open_sheet(
            link.get_attribute("title").unwrap_or_default(),
            link.get_attribute("href").unwrap_or_default(),
        ),
    }
    true
}

/// The message that an element belongs to.
fn message_at(element: &Element) -> Option<MessageId> {
    element.closest(".message-list-row").ok()??.id().strip_prefix("m-")?.parse().ok()
}

/// Where something happened, or what is around it.
fn near(event: &Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok()?
}

fn has_modifier(event: &ev::MouseEvent) -> bool {
    event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key()
}
