//! Choosing an emoji out of all of them. The sheet is a piece of a page of the server's, which tells how each is called; here it is searched and
//! walked through, and remembers what was chosen last.

use super::{composer, group_form, message_menu, overlay};
use crate::{
    browser::{self, spawn_local},
    html::escape,
    shape::{Part, act, part, view},
    store::{Overlay, Store, Target},
};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, HtmlElement, HtmlInputElement};

/// Those that a search has left.
const SHOWN: &str = ".emoji-one:not([hidden])";

/// The sheet, for something.
pub fn draw(target: Target, html: String, overlay: &Overlay) -> Part {
    let store = expect_context::<Store>();
    let place = move |dialog: &HtmlDialogElement| {
        show_recent(dialog, &store.recent_emoji());
        match target {
            Target::Message { message_id, .. } => message_menu::place(dialog, message_id),
            Target::Composer => composer::place(dialog),
            Target::Group => {}
        }
        // A finger would bring up a keyboard over what is to be chosen from.
        let first = if browser::has_keyboard() { ".emoji-search" } else { ".emoji-mark" };
        focus(dialog, first);
    };
    let click = act(move |event: ev::MouseEvent| {
        let Some(button) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
            return;
        };
        let Ok(Some(button)) = button.closest("button") else { return };
        if let Some(tone) = button.get_attribute("data-tone") {
            store.keep_tone(&tone);
            spawn_local(change_tone(store));
        } else if let Some(mark) = button.get_attribute("data-to") {
            let group = overlay::dialog()
                .and_then(|dialog| dialog.query_selector(&format!("[data-mark=\"{mark}\"]")).ok()?);
            group.into_iter().for_each(|group| group.scroll_into_view());
        } else if let Some(emoji) = button.text_content() {
            choose(store, target, &emoji);
        }
    });
    let content = part(view! {
        <div
            class="emoji-sheet"
            inner_html=html
            on:click=click
            on:input=act(|_: ev::Event| search())
            on:keydown=act(|event| press(&event))
        ></div>
    });
    overlay::frame(overlay, "overlay emoji", words::composer::emoji().into(), place, content)
}

fn focus(dialog: &HtmlDialogElement, selector: &str) {
    if let Ok(Some(element)) = dialog.query_selector(selector)
        && let Ok(element) = element.dyn_into::<HtmlElement>()
    {
        let _ = element.focus();
    }
}

/// Puts the hands of the chosen tone in the place of the others. What was typed meanwhile stays, and is searched for.
async fn change_tone(store: Store) {
    let sheet = store.load_emoji().await;
    let Some(dialog) = overlay::dialog() else { return };
    match (sheet, dialog.query_selector(".emoji-sheet")) {
        (Ok(html), Ok(Some(sheet))) => {
            let is_searching = matches!(dialog.query_selector(".emoji-search:focus"), Ok(Some(_)));
            let words = field().map(|field| field.value());
            sheet.set_inner_html(&html);
            show_recent(&dialog, &store.recent_emoji());
            if let (Some(field), Some(words)) = (field(), words) {
                field.set_value(&words);
            }
            search();
            focus(&dialog, if is_searching { ".emoji-search" } else { ".emoji-tone[aria-pressed=true]" });
        }
        (Err(failure), _) => store.note.set(Some(failure.sentence())),
        _ => {}
    }
}

fn choose(store: Store, target: Target, emoji: &str) {
    store.remember_emoji(emoji);
    overlay::close();
    match target {
        Target::Message { thread_id, message_id } => {
            store.react(thread_id, message_id, emoji.into(), true);
        }
        Target::Composer => composer::insert(emoji),
        Target::Group => group_form::put_glyph(emoji),
    }
}

/// What was chosen last stands first.
fn show_recent(dialog: &HtmlDialogElement, recent: &str) {
    let Ok(Some(grid)) = dialog.query_selector(".emoji-recent .emoji-grid") else { return };
    let one = |emoji: &str| {
        ["<button type=\"button\" class=\"emoji-one\" data-k=\"\">", &escape(emoji), "</button>"].concat()
    };
    grid.set_inner_html(&recent.split(' ').filter(|emoji| !emoji.is_empty()).map(one).collect::<String>());
}

fn all(selector: &str) -> Vec<HtmlElement> {
    let Some(found) = overlay::dialog().and_then(|dialog| dialog.query_selector_all(selector).ok()) else {
        return Vec::new();
    };
    (0..found.length()).filter_map(|place| found.get(place)?.dyn_into().ok()).collect()
}

fn field() -> Option<HtmlInputElement> {
    overlay::dialog()?.query_selector(".emoji-search").ok()??.dyn_into().ok()
}

/// Leaves those that every word fits.
fn search() {
    let Some(field) = field() else { return };
    let words = browser::lower(&field.value()).replace(['"', '\\'], "");
    let fits: String = words.split_whitespace().map(|word| format!("[data-k*=\"{word}\"]")).collect();
    for one in all(".emoji-one") {
        one.set_hidden(!fits.is_empty() && !one.matches(&fits).unwrap_or(true));
    }
}

/// Enter chooses the first that was found; arrows lead from one to the next.
fn press(event: &ev::KeyboardEvent) {
    let key = event.key();
    let active = document().active_element();
    let is_in = |class: &str| active.as_ref().is_some_and(|active| active.class_list().contains(class));
    let (is_searching, is_choosing) = (is_in("emoji-search"), is_in("emoji-one"));
    let step = match key.as_str() {
        "Enter" if is_searching => {
            event.prevent_default();
            all(SHOWN).first().into_iter().for_each(HtmlElement::click);
            return;
        }
        "ArrowRight" if is_choosing => 1,
        "ArrowLeft" if is_choosing => -1,
        "ArrowDown" if is_choosing => columns(),
        "ArrowUp" if is_choosing => -columns(),
        "ArrowDown" if is_searching => 0,
        "ArrowDown" | "ArrowUp" => {
            event.stop_propagation();
            return;
        }
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    let shown = all(SHOWN);
    let place = shown.iter().position(|one| active.as_ref() == Some(one.as_ref()));
    let next = place.unwrap_or(0).checked_add_signed(step).filter(|next| *next < shown.len());
    match next {
        Some(next) => drop(shown[next].focus()),
        None if step < 0 => overlay::dialog().iter().for_each(|dialog| focus(dialog, ".emoji-search")),
        None => {}
    }
}

/// How many stand beside each other.
fn columns() -> isize {
    let shown = all(SHOWN);
    let top = shown.first().map(|first| first.offset_top());
    isize::try_from(shown.iter().take_while(|one| Some(one.offset_top()) == top).count()).unwrap_or(1).max(1)
}
