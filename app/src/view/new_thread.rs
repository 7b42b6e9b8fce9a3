//! Beginning a conversation: with one person, found by name, or with a group.

use super::{
    avatar::Picture,
    group_form::{GroupDraft, GroupFields},
    icon::Icon,
    person_search::PersonSearch,
};
use crate::{api::Failure, navigation, route::Route, store::Store};
use leptos::{either::Either, prelude::*, task::spawn_local};
use model::{
    Avatar, ThreadId, Title, User,
    wire::{Answer, Command},
};

/// The pane.
#[component]
pub fn NewThread() -> impl IntoView {
    let store = expect_context::<Store>();
    let refused = store.form.get_value().refused.filter(|_| !store.is_started());
    let refusal = RwSignal::new(refused.map(|refused| refused.problem.detail));
    let is_group = RwSignal::new(false);
    let open = Callback::new(move |person: User| {
        spawn_local(async move {
            let answer = store.command(Command::OpenDirect { user_id: person.user_id }).await;
            arrive(store, answer, refusal);
        });
    });
    view! {
        <main class="new-thread">
            <header class="new-thread-header">
                <a class="icon-button" href="/" aria-label="Back" title="Back">
                    {Icon::Back.draw()}
                </a>
                <h1 class="new-thread-title">
                    {move || if is_group.get() { "New group" } else { "New conversation" }}
                </h1>
            </header>
            <div class="new-thread-body">
                <p class="notice notice-danger" role="alert" hidden=move || refusal.with(Option::is_none)>
                    {move || refusal.get()}
                </p>
                {move || {
                    if is_group.get() {
                        Either::Left(view! { <NewGroup refusal /> })
                    } else {
                        Either::Right(
                            view! {
                                <button class="new-thread-group button" type="button" on:click=move |_| is_group.set(true)>
                                    {Icon::People.draw()}
                                    "New group"
                                </button>
                                <PersonSearch label="Find somebody" verb="Write to" taken=Vec::new() on_pick=open />
                            },
                        )
                    }
                }}
            </div>
        </main>
    }
}

/// The form of a new group.
#[component]
fn NewGroup(refusal: RwSignal<Option<String>>) -> impl IntoView {
    let store = expect_context::<Store>();
    let thread_id = ThreadId::generate();
    let hue = thread_id.0.as_bytes().last().map_or(0, |byte| byte % Avatar::HUES);
    let draft = GroupDraft::new(String::new(), Avatar { hue, glyph: String::new() });
    let chosen = RwSignal::new(Vec::<User>::new());
    let taken =
        Signal::derive(move || chosen.with(|chosen| chosen.iter().map(|user| user.user_id).collect()));
    let is_busy = RwSignal::new(false);
    let create = move || {
        let (title, avatar) = (draft.title.get_untracked(), draft.avatar.get_untracked());
        let checked = Title::new(&title).and(avatar.clone().checked());
        if let Err(reason) = checked {
            refusal.set(Some(model::Problem::from(&reason).detail));
            return;
        }
        is_busy.set(true);
        let user_ids = chosen.with_untracked(|chosen| chosen.iter().map(|user| user.user_id).collect());
        spawn_local(async move {
            // Tried again, it is the same group: its id is made here.
            let answer = store.command(Command::CreateGroup { thread_id, title, avatar, user_ids }).await;
            is_busy.set(false);
            arrive(store, answer, refusal);
        });
    };
    view! {
        <form
            class="new-thread-form"
            id="new-group"
            on:submit=move |event| {
                event.prevent_default();
                create();
            }
        >
            <GroupFields draft />
        </form>
        <ul class="new-thread-chosen" aria-label="Chosen people">
            <For each=move || chosen.get() key=|user| user.user_id let:user>
                <li class="new-thread-chip">
                    {Picture::of_user(&user).draw("avatar-small")}
                    <span dir="auto">{user.display_name.clone()}</span>
                    <button
                        class="icon-button"
                        type="button"
                        aria-label=format!("Leave out {}", user.display_name)
                        on:click=move |_| chosen.update(|chosen| chosen.retain(|one| one.user_id != user.user_id))
                    >
                        {Icon::Close.draw()}
                    </button>
                </li>
            </For>
        </ul>
        <PersonSearch
            label="Add people"
            verb="Add"
            taken
            on_pick=Callback::new(move |user| chosen.update(|chosen| chosen.push(user)))
        />
        <button class="button button-primary" type="submit" form="new-group" disabled=is_busy>
            "Create group"
        </button>
    }
}

/// Goes to the thread that was made, or says why there is none.
fn arrive(store: Store, answer: Result<Answer, Failure>, refusal: RwSignal<Option<String>>) {
    match answer {
        Ok(Answer::Opened { thread }) => navigation::go(store, Route::thread(thread.thread_id)),
        Ok(_) => {}
        Err(failure) => {
            refusal.try_set(Some(failure.sentence()));
        }
    }
}
