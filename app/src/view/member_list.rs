//! The people of a group, and what an admin may do with each.

use super::{avatar::Picture, icon::Icon};
use crate::store::Store;
use leptos::{prelude::*, task::spawn_local};
use model::{Member, Members, Role, ThreadId, wire::Command};

/// The members that are loaded, and the way to more.
#[component]
pub fn MemberList(
    /// Of which group.
    thread_id: ThreadId,
    /// What the reader may do.
    #[prop(into)]
    role: Signal<Role>,
    /// Does something to the group, and says why if it cannot.
    on_command: Callback<Command>,
) -> impl IntoView {
    let store = expect_context::<Store>();
    let members = move || {
        store.members.with(|members| {
            let members = members.as_ref().filter(|members| members.thread_id == thread_id);
            members.map(|members| members.members().to_vec()).unwrap_or_default()
        })
    };
    let has_more =
        move || store.members.with(|members| members.as_ref().and_then(Members::next_after).is_some());
    view! {
        <ul class="member-list">
            <For each=members key=|member| (member.user.user_id, member.role == Role::Admin) let:member>
                {row(store, thread_id, member, role, on_command)}
            </For>
        </ul>
        <Show when=has_more>
            <button class="button" type="button" on:click=move |_| spawn_local(store.load_more_members())>
                "More"
            </button>
        </Show>
    }
}

fn row(
    store: Store,
    thread_id: ThreadId,
    member: Member,
    role: Signal<Role>,
    on_command: Callback<Command>,
) -> impl IntoView {
    let Member { user, role: their_role } = member;
    let user_id = user.user_id;
    let is_me = user_id == store.my_id();
    let name = user.display_name.clone();
    let (label, next, action) = match their_role {
        Role::Admin => ("Admin", Role::Member, "Make member"),
        Role::Member => ("", Role::Admin, "Make admin"),
    };
    let actions = move || {
        (role.get() == Role::Admin && !is_me).then(|| {
            view! {
                <details class="member-list-menu">
                    <summary class="icon-button" aria-label=format!("Actions for {name}")>
                        {Icon::More.draw()}
                    </summary>
                    <div class="member-list-actions">
                        <button
                            class="button"
                            type="button"
                            on:click=move |_| on_command.run(Command::SetRole { thread_id, user_id, role: next })
                        >
                            {action}
                        </button>
                        <button
                            class="button button-danger"
                            type="button"
                            on:click=move |_| on_command.run(Command::RemoveMember { thread_id, user_id })
                        >
                            "Remove"
                        </button>
                    </div>
                </details>
            }
        })
    };
    view! {
        <li class="member-list-row">
            {Picture::of_user(&user).draw("avatar-medium")}
            <span class="member-list-name" dir="auto">
                {user.display_name.clone()}
                {is_me.then_some(" (you)")}
            </span>
            <span class="member-list-role">{label}</span>
            {actions}
        </li>
    }
}
