//! Completing the name of whom one calls: those of the thread whose names begin with what stands behind the sign. It is loaded with the first sign that is
//! typed.

use super::avatar::Picture;
use crate::{
    api,
    browser::{self, spawn_local},
    lazy::{Loaded, wasm_split},
    live::Live,
    shape::{Item, Part, act, flag, follow, list, part, text, view},
};
use js_sys::JsString;
use leptos::{ev, prelude::*};
use model::{ThreadId, User};
use web_sys::HtmlTextAreaElement;

/// A pause in typing that is worth a search.
const PAUSE_MS: i32 = 100;
/// How many are offered at most.
const MOST: usize = 6;
/// What the list is known by.
const LIST: &str = "mention-list";

/// What stands behind a sign, up to the cursor; nothing where no name is being written.
fn begun(field: &HtmlTextAreaElement) -> Option<String> {
    let before = String::from(JsString::from(field.value()).slice(0, field.selection_start().ok()??));
    let place = before.bytes().rposition(|one| one == b'@')?;
    let (words, name) = (&before[..place], &before[place + 1..]);
    let is_of_name = |one: char| one.is_ascii_alphanumeric() || one == '_';
    let is_name = name.len() < 32 && name.chars().all(|one| !one.is_ascii() || is_of_name(one));
    (is_name && !words.ends_with(is_of_name)).then(|| name.into())
}

/// Those who can be meant. `signs` counts what is written into a field in which there is a sign.
#[wasm_split(mention, fallible)]
pub fn draw(thread_id: ThreadId, field: &'static str, signs: Live<u32>, is_offered: Live<bool>) -> Loaded {
    let wanted = Live::new(None::<String>);
    follow(move || {
        signs.with(|_| ());
        wanted.set_if_new(browser::element::<HtmlTextAreaElement>(field).as_ref().and_then(begun));
    });
    let found = Live::new(Vec::<User>::new());
    let chosen = Live::new(0_u128);
    follow(move || {
        let Some(name) = wanted.get() else { return found.set(Vec::new()) };
        spawn_local(async move {
            browser::sleep(PAUSE_MS).await;
            let is_wanted = || wanted.try_peek(|wanted| wanted.as_ref() == Some(&name)) == Some(true);
            if !is_wanted() {
                return;
            }
            let people = api::members_by_prefix(thread_id, &name).await;
            if let (Ok(mut page), true) = (people, is_wanted()) {
                page.people.truncate(MOST);
                chosen.set(page.people.first().map(|user| user.user_id.0.as_u128()).unwrap_or_default());
                found.set(page.people);
            }
        });
    });
    let take = move |key: u128| {
        let name = found.peek(|found| {
            found.iter().find(|user| user.user_id.0.as_u128() == key).map(|user| user.username.clone())
        });
        let field = browser::element::<HtmlTextAreaElement>(field);
        if let (Some(name), Some(field), Some(begun)) = (name, field, wanted.get_now()) {
            let _ = field.focus();
            if let Ok(Some(cursor)) = field.selection_start() {
                let units = JsString::from(begun).length();
                let _ = field.set_selection_range(cursor.saturating_sub(units), cursor);
                browser::write(&field, &format!("{name} "));
            }
            wanted.set(None);
        }
    };
    follow(move || is_offered.set(found.with(|found| !found.is_empty())));
    // While names are offered, the composer leaves these keys alone.
    if cfg!(feature = "hydrate") {
        let of_press = take;
        let press = window_event_listener(ev::keydown, move |event| {
            let is_here = browser::element::<HtmlTextAreaElement>(field)
                .is_some_and(|field| document().active_element() == Some(field.into()));
            let keys: Vec<_> =
                found.peek(|found| found.iter().map(|user| user.user_id.0.as_u128()).collect());
            if !is_here || keys.is_empty() || event.is_composing() {
                return;
            }
            let place = keys.iter().position(|key| *key == chosen.get_now()).unwrap_or_default();
            match event.key().as_str() {
                "ArrowDown" => chosen.set(keys[(place + 1) % keys.len()]),
                "ArrowUp" => chosen.set(keys[(place + keys.len() - 1) % keys.len()]),
                "Enter" | "Tab" => of_press(keys[place]),
                "Escape" => wanted.set(None),
                _ => return,
            }
            event.prevent_default();
            event.stop_propagation();
        });
        on_cleanup(move || {
            press.remove();
            is_offered.set(false);
        });
    }
    let rows = list(move || {
        let item = |user: &User| {
            let user = user.clone();
            Item::new(user.user_id.0.as_u128(), move || row(&user, chosen, take))
        };
        found.with(|found| found.iter().map(item).collect())
    });
    Ok(part(view! {
        <ul
            class="mention"
            id=LIST
            role="listbox"
            aria-label=words::mentions::label()
            hidden=flag(move || found.with(Vec::is_empty))
        >
            {rows}
        </ul>
    }))
}

fn row(user: &User, chosen: Live<u128>, take: impl Fn(u128) + 'static) -> Part {
    let key = user.user_id.0.as_u128();
    let is_chosen = move || chosen.get() == key;
    part(view! {
        <li
            class=text(move || if is_chosen() { "mention-one mention-chosen" } else { "mention-one" }.into())
            role="option"
            aria-selected=text(move || is_chosen().to_string())
            on:pointerdown=act(move |event: ev::PointerEvent| {
                event.prevent_default();
                take(key);
            })
        >
            {Picture::of_user(user).draw("avatar-small")}
            <span class="mention-name" dir="auto">
                {user.display_name.clone()}
            </span>
            <span class="mention-username">{format!("@{}", user.username)}</span>
        </li>
    })
}
