//! Going to a conversation or a person by a few letters of the name. Those that are loaded are there at once, all others as soon as the server has
//! found them. The pattern is the combobox of the WAI-ARIA Authoring Practices.

use super::{
    avatar::Picture,
    conversation::{subtitle, title_of},
    overlay,
};
use crate::{
    api,
    browser::{self, spawn_local},
    live::Live,
    navigation,
    route::Route,
    shape::{Item, Part, act, follow, list, part, text, view},
    store::{Overlay, Store},
};
use js_sys::JsString;
use leptos::{ev, prelude::*};
use model::{
    Thread, ThreadKind, User,
    wire::{Answer, Command},
};
use web_sys::{HtmlElement, HtmlInputElement};

/// What the field is known by.
const FIELD: &str = "switcher-field";
/// What the list is known by.
const LIST: &str = "switcher-list";
/// A pause in typing that is worth a search.
const PAUSE_MS: i32 = 120;
/// How many are shown at most.
const MOST: usize = 12;

/// Where one can go.
#[derive(Clone, PartialEq)]
enum Place {
    Thread(Box<Thread>),
    Person(User),
}

impl Place {
    fn key(&self) -> u128 {
        match self {
            Self::Thread(thread) => thread.thread_id.0.as_u128(),
            Self::Person(user) => user.user_id.0.as_u128(),
        }
    }

    fn id(&self) -> String {
        id_of(self.key())
    }

    /// Whoever is already there in the form of a direct thread.
    fn is_of(&self, user: &User) -> bool {
        matches!(self, Self::Thread(thread) if matches!(&thread.kind, ThreadKind::Direct { peer } if peer.user_id == user.user_id))
    }
}

fn id_of(key: u128) -> String {
    format!("switcher-{key:x}")
}

/// The field, and where one can go.
pub fn draw(overlay: &Overlay) -> Part {
    let store = expect_context::<Store>();
    let places = Live::new(Vec::<Place>::new());
    let chosen = Live::new(0_u128);
    let note = Live::new(String::new());
    let show = move |found: Vec<Place>| {
        chosen.set(found.first().map(Place::key).unwrap_or_default());
        places.set(found);
    };
    let search = move || {
        let Some(query) = wanted() else { return };
        show(loaded(store, &query));
        note.set(String::new());
        if query.is_empty() {
            return;
        }
        spawn_local(async move {
            browser::sleep(PAUSE_MS).await;
            if wanted().as_ref() != Some(&query) {
                return;
            }
            let (threads, people) = (api::threads_by_title(&query), api::people(&query));
            let (threads, people) = (threads.await, people.await);
            if wanted().as_ref() != Some(&query) {
                return;
            }
            let mut found = loaded(store, &query);
            match (threads, people) {
                (Ok(threads), Ok(people)) => {
                    for thread in threads.threads {
                        if !found.iter().any(|place| place.key() == thread.thread_id.0.as_u128()) {
                            found.push(Place::Thread(thread.into()));
                        }
                    }
                    for user in people.people {
                        if !found.iter().any(|place| place.is_of(&user)) {
                            found.push(Place::Person(user));
                        }
                    }
                }
                (Err(failure), _) | (_, Err(failure)) => note.set(failure.sentence()),
            }
            found.truncate(MOST);
            if found.is_empty() && note.peek(String::is_empty) {
                note.set(words::switcher::nothing().into());
            }
            show(found);
        });
    };
    follow(move || {
        search();
        if let Some(field) = browser::element::<HtmlElement>(FIELD) {
            let _ = field.focus();
        }
    });
    let go = move |key: u128| {
        let Some(place) = places.peek(|places| places.iter().find(|place| place.key() == key).cloned())
        else {
            return;
        };
        overlay::close();
        match place {
            Place::Thread(thread) => {
                let thread_id = thread.thread_id;
                store.put(*thread);
                navigation::go(store, Route::thread(thread_id));
            }
            Place::Person(user) => spawn_local(async move {
                match store.command(Command::OpenDirect { user_id: user.user_id }).await {
                    Ok(Answer::Opened { thread }) => navigation::go(store, Route::thread(thread.thread_id)),
                    Ok(_) => {}
                    Err(failure) => store.note.set(Some(failure.sentence())),
                }
            }),
        }
    };
    let press = act(move |event: ev::KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        let step = match event.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            "Enter" => {
                event.prevent_default();
                return go(chosen.get_now());
            }
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        let keys: Vec<_> = places.peek(|places| places.iter().map(Place::key).collect());
        let place = keys.iter().position(|key| *key == chosen.get_now()).unwrap_or_default();
        if let Some(next) = place.checked_add_signed(step).and_then(|next| keys.get(next)) {
            chosen.set(*next);
            if let Some(row) = browser::element::<HtmlElement>(&id_of(*next)) {
                row.scroll_into_view_with_bool(step < 0);
            }
        }
    });
    let rows = list(move || {
        let item = |place: &Place| {
            let place = place.clone();
            Item::new(place.key(), move || row(&place, chosen, go))
        };
        places.with(|places| places.iter().map(item).collect())
    });
    let content = part(view! {
        <input
            class="switcher-field"
            id=FIELD
            type="search"
            role="combobox"
            aria-expanded="true"
            aria-autocomplete="list"
            aria-controls=LIST
            aria-activedescendant=text(move || id_of(chosen.get()))
            aria-label=words::switcher::label()
            placeholder=words::switcher::label()
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            on:input=act(move |_: ev::Event| search())
            on:keydown=press
        />
        <ul class="switcher-list" id=LIST role="listbox" aria-label=words::switcher::label()>
            {rows}
        </ul>
        <p class="switcher-note" role="status">
            {text(move || note.get())}
        </p>
    });
    overlay::frame(overlay, "overlay switcher", words::switcher::label().into(), |_| {}, content)
}

/// What stands in the field by now, if it is still there.
fn wanted() -> Option<String> {
    browser::element::<HtmlInputElement>(FIELD).map(|field| browser::lower(field.value().trim()))
}

/// The threads that are loaded and have all of the words in their titles; without any words, the newest.
fn loaded(store: Store, query: &str) -> Vec<Place> {
    let fits = |thread: &Thread| {
        let title = JsString::from(browser::lower(&title_of(thread)));
        query.split_whitespace().all(|word| title.includes(word, 0))
    };
    store
        .loaded_threads()
        .into_iter()
        .filter(fits)
        .take(MOST)
        .map(|thread| Place::Thread(thread.into()))
        .collect()
}

fn row(place: &Place, chosen: Live<u128>, go: impl Fn(u128) + 'static) -> Part {
    let key = place.key();
    let (picture, name, what) = match place {
        Place::Thread(thread) => (Picture::of_thread(thread), title_of(thread), subtitle(&thread.kind)),
        Place::Person(user) => {
            (Picture::of_user(user), user.display_name.clone(), format!("@{}", user.username))
        }
    };
    let is_chosen = move || chosen.get() == key;
    part(view! {
        <li
            class=text(move || if is_chosen() { "switcher-one switcher-chosen" } else { "switcher-one" }.into())
            id=place.id()
            role="option"
            aria-selected=text(move || is_chosen().to_string())
            on:click=act(move |_: ev::MouseEvent| go(key))
        >
            {picture.draw("avatar-small")}
            <span class="switcher-name" dir="auto">
                {name}
            </span>
            <span class="switcher-what">{what}</span>
        </li>
    })
}
