//! A list that runs from the bottom up, and the reader's place in it. Its own style reverses it, so that `scrollTop` is 0 at the end and
//! negative above it: what is added at the far end moves nothing, and what is added at the near end is made up for here.

use crate::browser::{self, spawn_local};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// The rows by which the place is known.
const ROWS: &str = ".message-list-row";

/// On the part of a day whose name would float over its words although nobody scrolls: the style sheet takes it away.
const RESTING: &str = "data-resting";
/// A day's name stays for so many ticks after the last movement.
const TICKS: u8 = 4;
const TICK_MS: i32 = 300;

/// What stands in for the rows below that are not in the page any more. The place in the list counts from its end: so nothing moves when they go, and a
/// finger's swing goes on.
const REST: &str = ".message-list-rest";

/// How far the reader is from both ends of the rows, in pixels.
pub struct Distance {
    /// From the oldest row.
    pub from_start: i32,
    /// From the newest row.
    pub from_end: i32,
    /// How much of them is in sight.
    pub view: i32,
}

/// What is read.
#[derive(Clone)]
struct Anchor {
    /// The topmost row in sight.
    row: Element,
    /// Where on the screen its end is. Its beginning may change: a name or a line may come or go there.
    bottom: f64,
    /// Whether the focus is on one of the rows.
    has_focus: bool,
}

/// The scrolling element of a list. Nothing of it does anything before it is in the page.
#[derive(Clone, Copy)]
pub struct Scroller {
    id: &'static str,
    anchor: StoredValue<Option<Anchor>, LocalStorage>,
    /// How many ticks the day's name stays.
    ticks: StoredValue<u8>,
}

impl Scroller {
    /// Of an element that will be there, by its id.
    pub fn new(id: &'static str) -> Self {
        Self { id, anchor: StoredValue::new_local(None), ticks: StoredValue::new(0) }
    }

    fn element(self) -> Option<HtmlElement> {
        // Once the list is gone, another may bear its name.
        self.anchor.try_with_value(|_| ())?;
        browser::element(self.id)
    }

    /// Where the reader is.
    pub fn distance(self) -> Option<Distance> {
        let element = self.element()?;
        let (place, rest) = (-element.scroll_top(), rest_height(&element));
        let from_start = element.scroll_height() - element.client_height() - place;
        Some(Distance { from_start, from_end: place - rest, view: element.client_height() })
    }

    /// Notes which row is read.
    pub fn remember(self) {
        let Some(element) = self.element() else { return };
        let top = element.get_bounding_client_rect().top();
        let Some(rows) = Rows::of(&element) else { return };
        let first = rows.partition(|row| row.bottom() <= top);
        let focused = document().active_element().and_then(|focused| focused.closest(ROWS).ok()?);
        // Whoever is in the room below has read the last one.
        let anchor = rows.get(first).or_else(|| rows.get(first.checked_sub(1)?)).map(|row| {
            let bottom = row.get_bounding_client_rect().bottom();
            Anchor { row, bottom, has_focus: focused.is_some() }
        });
        self.anchor.set_value(anchor);
        if self.ticks.get_value() == 0 {
            self.show_day(false);
        }
    }

    /// Shows the day's name over its words while one scrolls, and for a moment afterwards.
    pub fn float_day(self) {
        if self.ticks.try_update_value(|ticks| std::mem::replace(ticks, TICKS)) != Some(0) {
            return;
        }
        self.show_day(true);
        spawn_local(async move {
            let tick = |ticks: &mut u8| {
                *ticks -= 1;
                *ticks
            };
            loop {
                browser::sleep(TICK_MS).await;
                match self.ticks.try_update_value(tick) {
                    Some(0) => return self.show_day(false),
                    Some(_) => {}
                    None => return,
                }
            }
        });
    }

    fn show_day(self, is_floating: bool) {
        let Some(element) = self.element() else { return };
        if let Ok(Some(part)) = element.query_selector("[data-resting]") {
            let _ = part.remove_attribute(RESTING);
        }
        let row = self.anchor.get_value().map(|anchor| anchor.row).filter(|_| !is_floating);
        let Some(Ok(Some(part))) = row.map(|row| row.closest(".message-list-part")) else { return };
        if part.get_bounding_client_rect().top() < element.get_bounding_client_rect().top() {
            let _ = part.set_attribute(RESTING, "");
        }
    }

    /// Brings the row that was read back to where it was, unless that was the end. What is gone below leaves room, unless nothing is.
    pub fn restore(self, is_at_end: bool, is_whole_below: bool) {
        let Some(element) = self.element() else { return };
        let anchor = self.anchor.get_value();
        let has_focus = anchor.as_ref().is_some_and(|anchor| anchor.has_focus);
        // The row that had the focus may be gone.
        if has_focus && document().active_element().is_some_and(|it| it.tag_name() == "BODY") {
            let _ = element.focus();
        }
        let anchor = anchor.filter(|anchor| anchor.row.is_connected());
        let off = || {
            let bottom = |anchor: &Anchor| anchor.row.get_bounding_client_rect().bottom() - anchor.bottom;
            anchor.as_ref().map_or(0.0, bottom)
        };
        let rest = rest_height(&element);
        set_rest_height(&element, rest, if is_whole_below { 0 } else { rest + whole(off()) });
        if !is_at_end {
            move_by(&element, off());
        }
    }

    /// Leaves no room below the rows.
    pub fn drop_rest(self) {
        if let Some(element) = self.element() {
            set_rest_height(&element, rest_height(&element), 0);
        }
    }

    /// Brings the end into sight.
    pub fn to_end(self) {
        if let Some(element) = self.element() {
            element.set_scroll_top(0);
        }
    }

    /// Brings the first such element into the upper part, if it is not below that already.
    pub fn to_first(self, selector: &str) {
        let Some(element) = self.element() else { return };
        let Ok(Some(target)) = element.query_selector(selector) else { return };
        let list = element.get_bounding_client_rect();
        let distance = target.get_bounding_client_rect().top() - list.top() - list.height() / 5.0;
        if distance < 0.0 {
            move_by(&element, distance);
        }
    }

    /// Brings a row into the middle, marks it for a moment, and gives it the focus, unless somebody is writing.
    pub fn show(self, id: &str) {
        let (Some(element), Some(row)) = (self.element(), browser::element::<HtmlElement>(id)) else {
            return;
        };
        if let Ok(Some(before)) = element.query_selector("[data-found]") {
            let _ = before.remove_attribute("data-found");
        }
        let (list, rect) = (element.get_bounding_client_rect(), row.get_bounding_client_rect());
        let room = (list.height() - rect.height()).max(0.0);
        move_by(&element, rect.top() - list.top() - room / 2.0);
        let _ = row.set_attribute("data-found", "");
        let is_writing = document().active_element().is_some_and(|active| active.tag_name() == "TEXTAREA");
        if !is_writing
            && let Ok(Some(message)) = row.query_selector("article")
            && let Ok(message) = message.dyn_into::<HtmlElement>()
        {
            let _ = message.focus();
        }
    }

    /// The row so many rows after the one that has the focus; from outside, the lowest in sight.
    pub fn row_after_focused(self, count: i32) -> Option<Element> {
        let element = self.element()?;
        let rows = Rows::of(&element)?;
        let focused = document().active_element().and_then(|active| active.closest(ROWS).ok()?);
        let place = match focused {
            Some(focused) => {
                let place = (0..rows.0.length()).find(|place| rows.get(*place).as_ref() == Some(&focused))?;
                place.checked_add_signed(count)?
            }
            None => {
                let bottom = element.get_bounding_client_rect().bottom();
                rows.partition(|row| row.bottom() <= bottom + 8.0).checked_sub(1)?
            }
        };
        rows.get(place)
    }

    /// How many rows are so far out of sight above, or below, that they can go.
    pub fn rows_beyond(self, distance: f64, is_above: bool) -> usize {
        let rows = self
            .element()
            .and_then(|element| Some((element.get_bounding_client_rect(), Rows::of(&element)?)));
        let count = rows.map_or(0, |(view, rows)| {
            if is_above {
                rows.partition(|row| row.bottom() < view.top() - distance)
            } else {
                rows.0.length() - rows.partition(|row| row.top() <= view.bottom() + distance)
            }
        });
        usize::try_from(count).unwrap_or(0)
    }

    /// How many rows are out of sight below.
    pub fn rows_below(self) -> Option<usize> {
        let element = self.element()?;
        let bottom = element.get_bounding_client_rect().bottom();
        let rows = Rows::of(&element)?;
        // A few pixels of padding do not hide a word.
        let seen = rows.partition(|row| row.bottom() <= bottom + 8.0);
        usize::try_from(rows.0.length() - seen).ok()
    }
}

fn rest(element: &HtmlElement) -> Option<HtmlElement> {
    element.query_selector(REST).ok()??.dyn_into().ok()
}

fn rest_height(element: &HtmlElement) -> i32 {
    rest(element).map_or(0, |rest| rest.offset_height())
}

fn set_rest_height(element: &HtmlElement, before: i32, height: i32) {
    if height.max(0) != before
        && let Some(rest) = rest(element)
    {
        let _ = rest.style().set_property("block-size", &format!("{}px", height.max(0)));
    }
}

#[expect(clippy::cast_possible_truncation, reason = "pixels")]
fn whole(distance: f64) -> i32 {
    distance.round() as i32
}

fn move_by(element: &HtmlElement, distance: f64) {
    let distance = whole(distance);
    if distance != 0 {
        element.set_scroll_top(element.scroll_top() + distance);
    }
}

/// The rows from top to bottom.
struct Rows(web_sys::NodeList);

impl Rows {
    fn of(element: &HtmlElement) -> Option<Self> {
        element.query_selector_all(ROWS).ok().map(Self)
    }

    fn get(&self, index: u32) -> Option<Element> {
        self.0.get(index).and_then(|row| row.dyn_into().ok())
    }

    /// How many rows from the top on are such. None below them is.
    fn partition(&self, is_such: impl Fn(&web_sys::DomRect) -> bool) -> u32 {
        let (mut low, mut high) = (0, self.0.length());
        while low < high {
            let middle = low.midpoint(high);
            if self.get(middle).is_some_and(|row| is_such(&row.get_bounding_client_rect())) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}
