//! Finding people by the beginning of a name. Without scripts it is a form, and each person found is one.

use super::avatar::Picture;
use crate::{
    api,
    browser::{self, spawn_local},
    live::Live,
    route::Doing,
    shape::{Item, Part, act, follow, list, part, text, view},
    store::Store,
};
use leptos::{ev, prelude::*};
use model::{User, UserId};
use std::sync::Arc;
use web_sys::HtmlInputElement;

/// A pause in typing that is worth a search.
const PAUSE_MS: i32 = 150;

/// What the field is known by.
pub const FIELD: &str = "person-search-field";

/// What is done with somebody who was picked.
pub type OnPick = Arc<dyn Fn(User) + Send + Sync>;

/// A field and the people it finds. Picking one is up to whoever asked.
#[component]
pub fn PersonSearch(
    /// What the field is for.
    label: &'static str,
    /// What picking somebody of that name does.
    verb: fn(&str) -> String,
    /// Where the form leads without scripts.
    address: String,
    /// What is done there.
    doing: Doing,
    /// Those who are not to be picked again.
    taken: Box<dyn Fn() -> Vec<UserId> + Send>,
    /// Somebody was picked.
    on_pick: OnPick,
) -> Part {
    let store = expect_context::<Store>();
    let form = store.first_form();
    let query = form.as_ref().and_then(|form| form.query.clone());
    let found = Live::new(form.and_then(|form| form.found));
    let is_nobody = found.peek(|found| found.as_ref().is_some_and(Vec::is_empty));
    let note = Live::new(if is_nobody { words::person_search::nobody().into() } else { String::new() });
    let me = store.my_id();
    let search = move || {
        spawn_local(async move {
            let wanted = || browser::element::<HtmlInputElement>(FIELD).map(|field| field.value());
            let Some(query) = wanted() else { return };
            browser::sleep(PAUSE_MS).await;
            if wanted().as_ref() != Some(&query) {
                return;
            }
            if query.trim().is_empty() {
                found.set(None);
                note.set(String::new());
                return;
            }
            let people = api::people(query.trim()).await;
            if wanted().as_ref() != Some(&query) {
                return;
            }
            match people {
                Ok(page) => {
                    let is_nobody = page.people.iter().all(|person| person.user_id == me);
                    note.set(if is_nobody { words::person_search::nobody() } else { "" }.into());
                    found.set(Some(page.people));
                }
                Err(reason) => note.set(reason.sentence()),
            }
        });
    };
    let known = query.clone().unwrap_or_default();
    let searched = known.clone();
    follow(move || {
        let Some(field) = browser::element::<HtmlInputElement>(FIELD) else { return };
        if browser::has_no_focus() {
            let _ = field.focus();
        }
        // What was typed before the app was there.
        if field.value() != known {
            search();
        }
    });
    let (address_of_search, address) = (address.clone(), store.acting(&address));
    let rows = list(move || {
        let taken = taken();
        found.with(|found| {
            let mut people = found.iter().flatten().collect::<Vec<_>>();
            people.retain(|person| person.user_id != me && !taken.contains(&person.user_id));
            let item = |person: &User| {
                let (person, on_pick, address) = (person.clone(), on_pick.clone(), address.clone());
                let searched = searched.clone();
                Item::new(person.user_id.0.as_u128(), move || {
                    part(row(person, verb, address, doing, searched, on_pick))
                })
            };
            people.into_iter().map(item).collect()
        })
    });
    let submit = act(move |event: ev::SubmitEvent| {
        event.prevent_default();
        search();
    });
    view! {
        <div class="person-search">
            <form
                class="field"
                role="search"
                method="get"
                action=address_of_search
                on:submit=submit
            >
                <input type="hidden" name="do" value=doing.word() />
                <label class="field-label" for=FIELD>
                    {label}
                </label>
                <input
                    class="field-input"
                    id=FIELD
                    type="search"
                    name="q"
                    placeholder=words::person_search::placeholder()
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    value=query
                    on:input=act(move |_| search())
                />
            </form>
            <ul class="person-search-results">
                {rows}
            </ul>
            <p class="person-search-nobody field-hint" role="status">
                {text(move || note.get())}
            </p>
        </div>
    }
}

fn row(
    person: User,
    verb: fn(&str) -> String,
    address: String,
    doing: Doing,
    searched: String,
    on_pick: OnPick,
) -> Part {
    let (picture, user_id) = (Picture::of_user(&person), person.user_id);
    let (name, username) = (person.display_name.clone(), format!("@{}", person.username));
    let submit = act(move |event: ev::SubmitEvent| {
        event.prevent_default();
        on_pick(person.clone());
        // The row may go; the next name can be typed at once.
        if let Some(field) = browser::element::<HtmlInputElement>(FIELD) {
            let _ = field.focus();
            field.select();
        }
    });
    view! {
        <li>
            <form
                method="post"
                action=address
                on:submit=submit
            >
                <input type="hidden" name="do" value=doing.word() />
                <input type="hidden" name="user_id" value=user_id.to_string() />
                <input type="hidden" name="q" value=searched />
                <button class="person-search-row" type="submit">
                    {picture.draw("avatar-medium")}
                    <span class="visually-hidden">{verb(&format!("{name} {username}"))}</span>
                    <span class="person-search-who" aria-hidden="true">
                        <span class="person-search-name" dir="auto">
                            {name.clone()}
                        </span>
                        <span class="person-search-username">{username.clone()}</span>
                    </span>
                </button>
            </form>
        </li>
    }
}
