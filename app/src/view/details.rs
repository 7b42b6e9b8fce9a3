//! The panel about a thread: whom it is with, and for a group its members and what one may do.

use super::{
    avatar::Picture,
    conversation::subtitle,
    group_form::{GroupDraft, GroupFields},
    icon::Icon,
    member_list::MemberList,
    person_search::PersonSearch,
};
use crate::{route::Route, store::Store};
use leptos::{html, prelude::*, task::spawn_local};
use model::{Avatar, Problem, Role, Thread, ThreadId, ThreadKind, Title, User, wire::Command};

/// What is being done beside looking.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doing {
    Looking,
    Adding,
    Editing,
    Leaving,
}

/// The panel.
#[component]
pub fn Details(thread_id: ThreadId) -> impl IntoView {
    let store = expect_context::<Store>();
    let thread = store.thread(thread_id);
    let of_thread = thread.clone();
    let who = move || {
        of_thread.with(|thread| {
            thread.as_ref().map(|thread| {
                view! {
                    {Picture::of_thread(thread).draw("avatar-large")}
                    <h3 class="details-name" dir="auto">
                        {thread.title().to_owned()}
                    </h3>
                    <p class="details-subtitle">{subtitle(&thread.kind)}</p>
                }
            })
        })
    };
    let is_group =
        thread.with_untracked(|thread| matches!(thread, Some(Thread { kind: ThreadKind::Group { .. }, .. })));
    let heading = NodeRef::<html::H2>::new();
    Effect::new(move |_| {
        if let Some(heading) = heading.get()
            && store.is_started()
        {
            let _ = heading.focus();
        }
    });
    view! {
        <aside class="details" aria-label="Details">
            <header class="details-header">
                <a class="icon-button" href=Route::thread(thread_id).path() aria-label="Close details" title="Close">
                    {Icon::Close.draw()}
                </a>
                <h2 class="details-title" tabindex="-1" node_ref=heading>
                    "Details"
                </h2>
            </header>
            <div class="details-who">{who}</div>
            {is_group.then(|| view! { <GroupDetails thread_id /> })}
        </aside>
    }
}

/// The part of a group.
#[component]
fn GroupDetails(thread_id: ThreadId) -> impl IntoView {
    let store = expect_context::<Store>();
    let thread = store.thread(thread_id);
    let role = {
        let thread = thread.clone();
        Memo::new(move |_| thread.with(|thread| thread.as_ref().map_or(Role::Member, Thread::role)))
    };
    let doing = RwSignal::new(Doing::Looking);
    let refusal = RwSignal::new(None::<String>);
    let command = Callback::new(move |command: Command| {
        spawn_local(async move {
            let answer = store.command(command).await;
            let is_edited = answer.is_ok() && doing.try_get_untracked() == Some(Doing::Editing);
            refusal.try_set(answer.err().map(|failure| failure.sentence()));
            if is_edited {
                doing.try_set(Doing::Looking);
            }
        });
    });
    // Pressed once more, the button is the way out.
    let toggle = move |what: Doing| {
        move |_| {
            refusal.set(None);
            doing.update(|doing| *doing = if *doing == what { Doing::Looking } else { what });
        }
    };
    let is_open = move |what: Doing| move || if doing.get() == what { "true" } else { "false" };
    let is_admin = move || role.get() == Role::Admin;
    let form = move || match doing.get() {
        Doing::Looking => leptos::either::EitherOf4::A(()),
        Doing::Adding => leptos::either::EitherOf4::B(adding(store, thread_id, command)),
        Doing::Editing => leptos::either::EitherOf4::C(editing(store, thread_id, command, refusal)),
        Doing::Leaving => leptos::either::EitherOf4::D(leaving(store, thread_id, command)),
    };
    let admin_actions = move || {
        is_admin().then(|| {
            view! {
                <button
                    class="button"
                    type="button"
                    aria-expanded=is_open(Doing::Adding)
                    on:click=toggle(Doing::Adding)
                >
                    {Icon::Plus.draw()}
                    "Add people"
                </button>
                <button
                    class="button"
                    type="button"
                    aria-expanded=is_open(Doing::Editing)
                    on:click=toggle(Doing::Editing)
                >
                    {Icon::Write.draw()}
                    "Edit"
                </button>
            }
        })
    };
    view! {
        <section class="details-section details-actions" aria-label="What you can do">
            {admin_actions}
            <button
                class="button button-danger"
                type="button"
                aria-expanded=is_open(Doing::Leaving)
                on:click=toggle(Doing::Leaving)
            >
                {Icon::Leave.draw()}
                "Leave"
            </button>
        </section>
        <p class="details-refusal notice notice-danger" role="alert" hidden=move || refusal.with(Option::is_none)>
            {move || refusal.get()}
        </p>
        {form}
        <section class="details-section" aria-label="Members">
            <h3 class="details-heading">"Members"</h3>
            <MemberList thread_id role on_command=command />
        </section>
    }
}

fn adding(store: Store, thread_id: ThreadId, command: Callback<Command>) -> impl IntoView {
    let taken = Signal::derive(move || {
        store.members.with(|members| {
            let members = members.as_ref().map(|members| members.members()).unwrap_or_default();
            members.iter().map(|member| member.user.user_id).collect()
        })
    });
    let on_pick = Callback::new(move |user: User| {
        command.run(Command::AddMembers { thread_id, user_ids: vec![user.user_id] });
    });
    view! {
        <section class="details-section">
            <PersonSearch label="Add people" verb="Add" taken on_pick />
        </section>
    }
}

fn editing(
    store: Store,
    thread_id: ThreadId,
    command: Callback<Command>,
    refusal: RwSignal<Option<String>>,
) -> impl IntoView {
    let (title, avatar) = store.thread(thread_id).with_untracked(|thread| match thread {
        Some(Thread { kind: ThreadKind::Group { title, avatar, .. }, .. }) => (title.clone(), avatar.clone()),
        _ => (String::new(), Avatar::default()),
    });
    let draft = GroupDraft::new(title, avatar);
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (title, avatar) = (draft.title.get_untracked(), draft.avatar.get_untracked());
        match Title::new(&title).and(avatar.clone().checked()) {
            Ok(avatar) => command.run(Command::UpdateGroup { thread_id, title, avatar }),
            Err(reason) => refusal.set(Some(Problem::from(&reason).detail)),
        }
    };
    view! {
        <form class="details-section" on:submit=save>
            <GroupFields draft />
            <button class="button button-primary" type="submit">
                "Save"
            </button>
        </form>
    }
}

fn leaving(store: Store, thread_id: ThreadId, command: Callback<Command>) -> impl IntoView {
    let user_id = store.my_id();
    view! {
        <section class="details-section" role="alert">
            <p>"You will get no further messages of this group, and only an admin can add you again."</p>
            <button
                class="button button-danger"
                type="button"
                on:click=move |_| command.run(Command::RemoveMember { thread_id, user_id })
            >
                "Leave the group"
            </button>
        </section>
    }
}
