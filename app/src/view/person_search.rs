//! Finding people by the beginning of a name. Without scripts it is a form, and each person found is one.

use super::avatar::Picture;
use crate::{api, browser, store::Store};
use leptos::{html, prelude::*, task::spawn_local};
use model::{User, UserId};

/// A pause in typing that is worth a search.
const PAUSE_MS: i32 = 150;

/// A field and the people it finds. Picking one is up to whoever asked.
#[component]
pub fn PersonSearch(
    /// What the field is for.
    label: &'static str,
    /// What picking somebody does, in a word or two.
    verb: &'static str,
    /// Those who are not to be picked again.
    #[prop(into)]
    taken: Signal<Vec<UserId>>,
    /// Somebody was picked.
    on_pick: Callback<User>,
) -> impl IntoView {
    let store = expect_context::<Store>();
    let form = store.form.get_value();
    let query = store.route.with_untracked(|route| match route {
        crate::Route::New { query } => query.clone(),
        _ => None,
    });
    let found = RwSignal::new(form.found.filter(|_| !store.is_started()));
    let failure = RwSignal::new(None::<String>);
    let field = NodeRef::<html::Input>::new();
    let search = move || {
        spawn_local(async move {
            let wanted = move || field.try_get_untracked().flatten().map(|field| field.value());
            let Some(query) = wanted() else { return };
            browser::sleep(PAUSE_MS).await;
            if wanted().as_ref() != Some(&query) {
                return;
            }
            if query.trim().is_empty() {
                found.set(None);
                return;
            }
            let people = api::people(query.trim()).await;
            if wanted().as_ref() != Some(&query) {
                return;
            }
            match people {
                Ok(page) => {
                    failure.set(None);
                    found.set(Some(page.people));
                }
                Err(reason) => failure.set(Some(reason.sentence())),
            }
        });
    };
    Effect::new(move |_| {
        if let Some(field) = field.get()
            && store.is_started()
        {
            let _ = field.focus();
        }
    });
    let me = store.my_id();
    let people = move || {
        let taken = taken.get();
        let mut people = found.get().unwrap_or_default();
        people.retain(|person| person.user_id != me && !taken.contains(&person.user_id));
        people
    };
    let is_nobody = move || found.with(Option::is_some) && people().is_empty();
    view! {
        <div class="person-search">
            <form
                class="field"
                role="search"
                method="get"
                action="/new"
                on:submit=move |event| {
                    event.prevent_default();
                    search();
                }
            >
                <label class="field-label" for="person-search-field">
                    {label}
                </label>
                <input
                    class="field-input"
                    id="person-search-field"
                    type="search"
                    name="q"
                    placeholder="Name or username"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    value=query
                    node_ref=field
                    on:input=move |_| search()
                />
            </form>
            <ul class="person-search-results">
                <For each=people key=|person| person.user_id let:person>
                    {row(&person, verb, on_pick)}
                </For>
            </ul>
            <p class="person-search-nobody field-hint" role="status">
                {move || failure.get().or_else(|| is_nobody().then(|| "Nobody by that name.".into()))}
            </p>
        </div>
    }
}

fn row(person: &User, verb: &'static str, on_pick: Callback<User>) -> impl IntoView + use<> {
    let picked = person.clone();
    view! {
        <li>
            <form
                method="post"
                action="/new"
                on:submit=move |event| {
                    event.prevent_default();
                    on_pick.run(picked.clone());
                }
            >
                <input type="hidden" name="user_id" value=person.user_id.to_string() />
                <button class="person-search-row" type="submit">
                    {Picture::of_user(person).draw("avatar-medium")}
                    <span class="person-search-who">
                        <span class="visually-hidden">{verb} " "</span>
                        <span class="person-search-name" dir="auto">
                            {person.display_name.clone()}
                        </span>
                        <span class="person-search-username">{format!("@{}", person.username)}</span>
                    </span>
                </button>
            </form>
        </li>
    }
}
