//! Beginning a conversation: with one person, found by name, or with a group.

use super::{
    avatar::Picture,
    group_form::{self, GroupDraft, GroupFields},
    icon::Icon,
    person_search::{self, PersonSearch},
};
use crate::{
    browser::{self, spawn_local},
    lazy::{Loaded, wasm_split},
    live::Live,
    navigation,
    route::{Doing, Route},
    shape::{Item, Part, act, flag, follow, list, part, parts, text, view},
    store::{Failure, Store},
};
use leptos::{ev, prelude::*};
use model::{
    Avatar, Problem, ThreadId, User,
    wire::{Answer, Command},
};
use std::sync::Arc;
use web_sys::HtmlElement;

/// Where its forms lead.
const NEW: &str = "/new";

/// The pane.
#[wasm_split(new_thread, fallible, preload(preload))]
pub fn draw() -> Loaded {
    Ok(part(view! { <NewThread /> }))
}

#[component]
fn NewThread() -> Part {
    let store = expect_context::<Store>();
    let form = store.first_form();
    let is_group = Live::new(form.as_ref().is_some_and(|form| form.doing == Doing::Grouping));
    let refusal = Live::new(form.and_then(|form| form.refused).map(|refused| refused.problem));
    // What belongs to a field of the form stands there.
    let told = move || refusal.get().filter(group_form::is_elsewhere).map(|fault| fault.detail);
    let form = parts(move || {
        Some(if is_group.get() {
            part(view! { <NewGroup refusal /> })
        } else {
            direct(store, is_group, refusal)
        })
    });
    view! {
        <main class="new-thread pane">
            <header class="pane-header">
                <a class="icon-button" href="/" aria-label=words::new_thread::back() title=words::new_thread::back()>
                    {Icon::BACK.draw()}
                </a>
                <h1 class="new-thread-title">
                    {text(move || if is_group.get() { words::new_thread::group() } else { words::new_thread::title() }.into())}
                </h1>
            </header>
            <div class="new-thread-body">
                <p class="notice notice-danger" role="alert" hidden=flag(move || told().is_none())>
                    {text(move || told().unwrap_or_default())}
                </p>
                {form}
            </div>
        </main>
    }
}

/// The search for one person, and the way to a group.
fn direct(store: Store, is_group: Live<bool>, refusal: Live<Option<Problem>>) -> Part {
    let open = Arc::new(move |person: User| {
        spawn_local(async move {
            let answer = store.command(Command::OpenDirect { user_id: person.user_id }).await;
            arrive(store, answer, refusal);
        });
    });
    let on_pick = open.clone();
    let begin = act(move |event: ev::SubmitEvent| {
        event.prevent_default();
        refusal.set(None);
        is_group.set(true);
    });
    let me = store.me();
    let of_notes = me.clone();
    let take_notes = act(move |event: ev::SubmitEvent| {
        event.prevent_default();
        open(of_notes.clone());
    });
    part(view! {
        <form method="post" action=store.acting(NEW) on:submit=take_notes>
            <input type="hidden" name="do" value=Doing::Looking.word() />
            <input type="hidden" name="user_id" value=me.user_id.to_string() />
            <input type="hidden" name="q" value="" />
            <button class="new-thread-group button" type="submit">
                {Icon::WRITE.draw()}
                {words::notes::title()}
            </button>
        </form>
        <form method="get" action=NEW on:submit=begin>
            <button class="new-thread-group button" type="submit" name="do" value=Doing::Grouping.word()>
                {Icon::PEOPLE.draw()}
                {words::new_thread::group()}
            </button>
        </form>
        <PersonSearch
            label=words::person_search::label()
            verb=words::person_search::write_to
            address=NEW.into()
            doing=Doing::Looking
            taken=Box::new(Vec::new)
            on_pick=on_pick
        />
    })
}

/// The form of a new group.
#[component]
fn NewGroup(refusal: Live<Option<Problem>>) -> Part {
    let store = expect_context::<Store>();
    // In what the server drew, its form's id: so it is the same in the browser.
    let form = store.first_form();
    let thread_id = form.as_ref().map_or_else(ThreadId::generate, |form| ThreadId(form.message_id.0));
    let hue = thread_id.0.as_bytes().last().map_or(0, |byte| byte % Avatar::HUES);
    let refused = form.and_then(|form| form.refused);
    let typed = refused.and_then(|refused| Some((refused.body, refused.avatar?)));
    let (title, avatar) = typed.unwrap_or_else(|| (String::new(), Avatar { hue, ..Avatar::default() }));
    let draft = GroupDraft::new(title, avatar, refusal);
    follow(|| {
        if let Some(field) = browser::element::<HtmlElement>(group_form::TITLE) {
            let _ = field.focus();
        }
    });
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
            method="post"
            action=store.acting(NEW)
            on:submit=create
        >
            <input type="hidden" name="thread_id" value=thread_id.to_string() />
            <GroupFields draft />
        </form>
        <p class="field-hint plain">{words::new_thread::people_next()}</p>
        <ul class="new-thread-chosen" aria-label=words::new_thread::chosen()>
            {chips}
        </ul>
        <div class="scripted">
            <PersonSearch
                label=words::details::add()
                verb=words::person_search::add
                address=NEW.into()
                doing=Doing::Grouping
                taken
                on_pick=add
            />
        </div>
        <button
            class="button button-primary"
            type="submit"
            form="new-group"
            name="do"
            value=Doing::Grouping.word()
            disabled=flag(move || is_busy.get())
        >
            {words::new_thread::create()}
        </button>
    }
}

/// Somebody who was chosen, and the way to leave them out.
fn chip(user: &User, chosen: Live<Vec<User>>) -> Part {
    let user_id = user.user_id;
    let leave_out = act(move |_| {
        chosen.update(|chosen| chosen.retain(|one| one.user_id != user_id));
        browser::focus(person_search::FIELD);
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
                {Icon::CLOSE.draw()}
            </button>
        </li>
    }
}

/// Goes to the thread that was made, or says why there is none.
fn arrive(store: Store, answer: Result<Answer, Failure>, refusal: Live<Option<Problem>>) {
    match answer {
        Ok(Answer::Opened { thread }) => navigation::go(store, Route::thread(thread.thread_id)),
        Ok(_) => {}
        Err(failure) => {
            refusal.set(Some(failure.problem()));
        }
    }
}
