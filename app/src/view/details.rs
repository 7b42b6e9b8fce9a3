//! The panel about a thread: whom it is with, and for a group its members and what one may do.

use super::{
    avatar::Picture,
    conversation::{subtitle, title_of},
    group_form::{self, GroupDraft, GroupFields},
    icon::Icon,
    member_list::{self, MemberList, OnCommand},
    person_search::PersonSearch,
    thread_options,
};
use crate::{
    browser::{self, spawn_local},
    lazy::{Loaded, wasm_split},
    live::{Live, derive},
    navigation,
    route::{self, After, Doing, Route},
    shape::{Part, act, flag, follow, part, parts, text, view, word},
    store::{Failure, Store},
};
use leptos::{ev, prelude::*};
use model::{Avatar, Problem, Role, Thread, ThreadId, ThreadKind, User, wire::Command};
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// What the panel's heading is known by.
const HEADING: &str = member_list::FALLBACK;

/// What the button that opens the form of its name is known by.
const EDIT: &str = "details-edit";

/// The panel.
#[wasm_split(details, fallible, preload(preload))]
pub fn draw(thread_id: ThreadId) -> Loaded {
    Ok(part(view! { <Details thread_id /> }))
}

#[component]
fn Details(thread_id: ThreadId) -> Part {
    let store = expect_context::<Store>();
    let thread = store.thread(thread_id);
    let is_group =
        thread.peek(|thread| matches!(thread, Some(Thread { kind: ThreadKind::Group { .. }, .. })));
    let picture = {
        let thread = thread.clone();
        move || thread.with(|thread| thread.as_ref().map(Picture::of_thread).unwrap_or_default())
    };
    let of_thread = |tell: fn(&Thread) -> String| {
        let thread = thread.clone();
        text(move || thread.with(|thread| thread.as_ref().map(tell).unwrap_or_default()))
    };
    let name = of_thread(title_of);
    let subtitle = of_thread(|thread| subtitle(&thread.kind));
    let about = of_thread(|thread| thread.about.clone());
    follow(move || {
        if let Some(heading) = browser::element::<HtmlElement>(HEADING).filter(|_| store.is_started()) {
            let _ = heading.focus();
        }
    });
    let leave = act(move |event: ev::KeyboardEvent| {
        let target: web_sys::Element = event_target(&event);
        // In a field it is the browser's.
        if event.key() != "Escape" || event.default_prevented() || target.tag_name() == "INPUT" {
            return;
        }
        match target.closest("details[open]") {
            Ok(Some(menu)) => {
                let _ = menu.remove_attribute("open");
                let summary = menu.first_element_child().and_then(|summary| summary.dyn_into().ok());
                let _ = summary.map(|summary: HtmlElement| summary.focus());
            }
            _ => navigation::go(store, Route::thread(thread_id)),
        }
    });
    view! {
        <aside class="details pane" aria-label=words::conversation::details() on:keydown=leave>
            <header class="pane-header">
                <a class="icon-button" href=Route::thread(thread_id).path() aria-label=words::details::close() title=words::details::close()>
                    {Icon::CLOSE.draw()}
                </a>
                <h2 class="details-title" id=HEADING tabindex="-1">
                    {words::conversation::details()}
                </h2>
            </header>
            <div class="details-who">
                {Picture::follow(picture, "avatar-large")} <h3 class="details-name" dir="auto">
                    {name}
                </h3> <p class="details-subtitle">{subtitle}</p>
                <p class="details-about" dir="auto">{about}</p>
            </div>
            {(!is_group).then(|| thread_options::section(thread_id, store))}
            {is_group.then(|| view! { <GroupDetails thread_id /> })}
        </aside>
    }
}

/// The part of a group.
#[component]
fn GroupDetails(thread_id: ThreadId) -> Part {
    let store = expect_context::<Store>();
    let thread = store.thread(thread_id);
    let is_admin =
        derive(move || thread.with(|thread| thread.as_ref().map(Thread::role)) == Some(Role::Admin));
    let of_requests = store.thread(thread_id);
    let request_count =
        derive(move || of_requests.with(|thread| thread.as_ref().map_or(0, |thread| thread.request_count)));
    let form = store.first_form();
    let doing = Live::new(form.as_ref().map(|form| form.doing).unwrap_or_default());
    let refused = form.and_then(|form| form.refused);
    let typed = refused.clone().and_then(|refused| Some((refused.body, refused.avatar?)));
    let refusal = Live::new(refused.map(|refused| refused.problem));
    let command: OnCommand = Arc::new(move |command: Command| {
        spawn_local(async move {
            let answer = store.command(command).await;
            let is_edited = answer.is_ok() && doing.try_peek(|doing| *doing) == Some(Doing::Editing);
            refusal.set(answer.err().map(Failure::problem));
            if is_edited {
                doing.set(Doing::Looking);
                browser::focus(EDIT);
            }
        });
    });
    // Pressed once more, the button is the way out.
    let toggle = move |what: Doing| {
        act(move |event: ev::MouseEvent| {
            event.prevent_default();
            refusal.set(None);
            doing.update(|doing| *doing = if *doing == what { Doing::Looking } else { what });
        })
    };
    let is_open = move |what: Doing| word(move || Some(if doing.get() == what { "true" } else { "false" }));
    let of_form = command.clone();
    let form = parts(move || {
        let command = of_form.clone();
        match doing.get() {
            Doing::Looking | Doing::Grouping => None,
            Doing::Adding | Doing::Editing if !is_admin.get() => None,
            Doing::Adding => Some(part(adding(store, thread_id, command))),
            Doing::Editing => Some(part(editing(store, thread_id, command, typed.clone(), refusal))),
            Doing::Leaving => Some(part(leaving(store, thread_id, command))),
        }
    });
    let admin_actions = parts(move || {
        is_admin.get().then(|| {
            part(view! {
                <button
                    class="button"

                    type="submit"
                    name="do"
                    value=Doing::Adding.word()
                    aria-expanded=is_open(Doing::Adding)
                    on:click=toggle(Doing::Adding)
                >
                    {Icon::PLUS.draw()}
                    {words::details::add()}
                </button>
                <button
                    class="button"
                    id=EDIT
                    type="submit"
                    name="do"
                    value=Doing::Editing.word()
                    aria-expanded=is_open(Doing::Editing)
                    on:click=toggle(Doing::Editing)
                >
                    {Icon::WRITE.draw()}
                    {words::details::edit()}
                </button>
            })
        })
    });
    let admin_links = parts(move || {
        is_admin.get().then(|| {
            part(view! {
                <nav class="details-links" aria-label=words::details::administration()>
                    <a class="details-link" href=route::invites(thread_id)>
                        {Icon::PEOPLE.draw()}
                        <span class="details-link-words">{words::details::invites()}</span>
                        <span class="details-requests" hidden=flag(move || request_count.get() == 0)>
                            {text(move || words::details::requests(request_count.get()))}
                        </span>
                    </a>
                    <a class="details-link" href=route::picture(thread_id)>
                        {Icon::PICTURE.draw()}
                        <span class="details-link-words">{words::details::picture()}</span>
                    </a>
                </nav>
            })
        })
    });
    // What belongs to a field of the form stands there.
    let told = move || {
        let is_here = |fault: &Problem| doing.get() != Doing::Editing || group_form::is_elsewhere(fault);
        refusal.get().filter(is_here).map(|fault| fault.detail)
    };
    view! {
        <form
            class="details-section details-actions"
            method="get"
            action=Route::Details { thread_id }.path()
            aria-label=words::details::actions()
        >
            {admin_actions}
            <button
                class="button button-danger"
                type="submit"
                name="do"
                value=Doing::Leaving.word()
                aria-expanded=is_open(Doing::Leaving)
                on:click=toggle(Doing::Leaving)
            >
                {Icon::LEAVE.draw()}
                {words::details::leave()}
            </button>
        </form>
        <p
            class="details-refusal notice notice-danger"
            role="alert"
            hidden=flag(move || told().is_none())
        >
            {text(move || told().unwrap_or_default())}
        </p>
        {form}
        {admin_links}
        {thread_options::section(thread_id, store)}
        <section class="details-section" aria-label=words::details::members()>
            <h3 class="details-heading" id=After::MEMBERS.trim_start_matches('#')>
                {words::details::members()}
            </h3>
            <MemberList thread_id is_admin on_command=command />
        </section>
        <nav class="details-links" aria-label=words::secret::help()>
            <a class="details-link" href="/help/chats">
                {Icon::INFO.draw()}
                <span class="details-link-words">{words::secret::help()}</span>
            </a>
        </nav>
    }
}

fn adding(store: Store, thread_id: ThreadId, command: OnCommand) -> Part {
    let taken = Box::new(move || {
        store.members.with(|members| {
            let members = members.as_ref().map(|members| members.members()).unwrap_or_default();
            members.iter().map(|member| member.user.user_id).collect()
        })
    });
    let on_pick = Arc::new(move |user: User| {
        command(Command::AddMembers { thread_id, user_ids: vec![user.user_id] });
    });
    view! {
        <section class="details-section">
            <PersonSearch
                label=words::details::add()
                verb=words::person_search::add
                address=Route::Details { thread_id }.path()
                doing=Doing::Adding
                taken
                on_pick
            />
        </section>
    }
}

fn editing(
    store: Store,
    thread_id: ThreadId,
    command: OnCommand,
    typed: Option<(String, Avatar)>,
    refusal: Live<Option<Problem>>,
) -> Part {
    let kept = store.thread(thread_id).peek(|thread| match thread {
        Some(Thread { kind: ThreadKind::Group { title, avatar, .. }, .. }) => (title.clone(), avatar.clone()),
        _ => (String::new(), Avatar::default()),
    });
    let (title, avatar) = typed.filter(|_| !store.is_started()).unwrap_or(kept);
    let draft = GroupDraft::new(title, avatar, refusal);
    let save = act(move |event: ev::SubmitEvent| {
        event.prevent_default();
        let (title, avatar) = (draft.title.get_now(), draft.avatar.get_now());
        command(Command::UpdateGroup { thread_id, title, avatar });
    });
    view! {
        <form
            class="details-section"
            method="post"
            action=store.acting(&Route::Details { thread_id }.path())
            on:submit=save
        >
            <GroupFields draft />
            <button class="button button-primary" type="submit" name="do" value=Doing::Editing.word()>
                {words::details::save()}
            </button>
        </form>
    }
}

fn leaving(store: Store, thread_id: ThreadId, command: OnCommand) -> Part {
    let user_id = store.my_id();
    let leave = act(move |event: ev::SubmitEvent| {
        event.prevent_default();
        command(Command::RemoveMember { thread_id, user_id });
    });
    view! {
        <section class="details-section" role="alert">
            <p>{words::details::leaving()}</p>
            <form method="post" action=store.acting(&Route::Details { thread_id }.path()) on:submit=leave>
                <button class="button button-danger" type="submit" name="do" value=Doing::Leaving.word()>
                    {words::details::leave_group()}
                </button>
            </form>
        </section>
    }
}
