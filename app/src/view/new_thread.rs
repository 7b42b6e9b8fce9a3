//! Beginning a conversation: with one person, found by name, or with a group.

use super::{
    avatar::Picture,
    group_form::{GroupDraft, GroupFields},
    icon::Icon,
    person_search::PersonSearch,
};
use crate::{
    api::Failure,
    lazy::{Loaded, wasm_split},
    live::Live,
    navigation,
    route::Route,
    shape::{Item, Part, act, flag, list, part, parts, text},
    store::Store,
};
use leptos::{ev, prelude::*, task::spawn_local};
use model::{
    Avatar, ThreadId, User,
    wire::{Answer, Command},
};
use std::sync::Arc;

/// The pane.
#[wasm_split(new_thread, fallible, preload(preload))]
pub fn draw() -> Loaded {
    Ok(part(view! { <NewThread /> }))
}

#[component]
fn NewThread() -> impl IntoView {
    let store = expect_context::<Store>();
    let refused = store.form.get_now().refused.filter(|_| !store.is_started());
    let refusal = Live::new(refused.map(|refused| refused.problem.detail));
    let is_group = Live::new(false);
    let form = parts(move || {
        Some(if is_group.get() {
            part(view! { <NewGroup refusal /> })
        } else {
            direct(store, is_group, refusal)
        })
    });
    view! {
        <main class="new-thread">
            <header class="new-thread-header">
                <a class="icon-button" href="/" aria-label=words::new_thread::back() title=words::new_thread::back()>
                    {Icon::Back.draw()}
                </a>
                <h1 class="new-thread-title">
                    {text(move || if is_group.get() { words::new_thread::group() } else { words::new_thread::title() }.into())}
                </h1>
            </header>
            <div class="new-thread-body">
                <p class="notice notice-danger" role="alert" hidden=flag(move || refusal.with(Option::is_none))>
                    {text(move || refusal.get().unwrap_or_default())}
                </p>
                {form}
            </div>
        </main>
    }
}

/// The search for one person, and the way to a group.
fn direct(store: Store, is_group: Live<bool>, refusal: Live<Option<String>>) -> Part {
    let open = Arc::new(move |person: User| {
        spawn_local(async move {
            let answer = store.command(Command::OpenDirect { user_id: person.user_id }).await;
            arrive(store, answer, refusal);
        });
    });
    part(view! {
        <button class="new-thread-group button" type="button" on:click=act(move |_| is_group.set(true))>
            {Icon::People.draw()}
            {words::new_thread::group()}
        </button>
        <PersonSearch label=words::person_search::label() verb=words::person_search::write_to taken=Box::new(Vec::new) on_pick=open />
    })
}

/// The form of a new group.
#[component]
fn NewGroup(refusal: Live<Option<String>>) -> impl IntoView {
    let store = expect_context::<Store>();
    let thread_id = ThreadId::generate();
    let hue = thread_id.0.as_bytes().last().map_or(0, |byte| byte % Avatar::HUES);
    let draft = GroupDraft::new(String::new(), Avatar { hue, glyph: String::new() });
    let chosen = Live::new(Vec::<User>::new());
    let taken = Box::new(move || chosen.with(|chosen| chosen.iter().map(|user| user.user_id).collect()));
    let is_busy = Live::new(false);
    let create = act(move |event: ev::SubmitEvent| {
        event.prevent_default();
        let (title, avatar) = (draft.title.get_now(), draft.avatar.get_now());
        is_busy.set(true);
        let user_ids = chosen.peek(|chosen| chosen.iter().map(|user| user.user_id).collect());
        spawn_local(async move {
            // Tried again, it is the same group: its id is made here.
            let answer = store.command(Command::CreateGroup { thread_id, title, avatar, user_ids }).await;
            is_busy.set(false);
            arrive(store, answer, refusal);
        });
    });
    let chips = list(move || {
        let item = |user: &User| {
            let user = user.clone();
            Item::new(user.user_id.0.as_u128(), move || part(chip(&user, chosen)))
        };
        chosen.with(|chosen| chosen.iter().map(item).collect())
    });
    let add = Arc::new(move |user| {
        chosen.update(|chosen| chosen.push(user));
    });
    view! {
        <form
            class="new-thread-form"
            id="new-group"
            on:submit=create
        >
            <GroupFields draft />
        </form>
        <ul class="new-thread-chosen" aria-label=words::new_thread::chosen()>
            {chips}
        </ul>
        <PersonSearch
            label=words::details::add()
            verb=words::person_search::add
            taken
            on_pick=add
        />
        <button class="button button-primary" type="submit" form="new-group" disabled=flag(move || is_busy.get())>
            {words::new_thread::create()}
        </button>
    }
}

/// Somebody who was chosen, and the way to leave them out.
fn chip(user: &User, chosen: Live<Vec<User>>) -> impl IntoView + use<> {
    let user_id = user.user_id;
    let leave_out = act(move |_| {
        chosen.update(|chosen| chosen.retain(|one| one.user_id != user_id));
    });
    view! {
        <li class="new-thread-chip">
            {Picture::of_user(user).draw("avatar-small")} <span dir="auto">{user.display_name.clone()}</span>
            <button
                class="icon-button"
                type="button"
                aria-label=words::new_thread::leave_out(&user.display_name)
                on:click=leave_out
            >
                {Icon::Close.draw()}
            </button>
        </li>
    }
}

/// Goes to the thread that was made, or says why there is none.
fn arrive(store: Store, answer: Result<Answer, Failure>, refusal: Live<Option<String>>) {
    match answer {
        Ok(Answer::Opened { thread }) => navigation::go(store, Route::thread(thread.thread_id)),
        Ok(_) => {}
        Err(failure) => {
            refusal.set(Some(failure.sentence()));
        }
    }
}
