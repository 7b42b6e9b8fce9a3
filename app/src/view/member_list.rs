//! The people of a group, and what an admin may do with each.

use super::{avatar::Picture, icon::Icon, presence};
use crate::{
    browser::{self, spawn_local},
    live::Derived,
    route::{After, Route},
    shape::{Item, Part, act, follow, list, part, parts, text, view},
    store::Store,
};
use leptos::{ev, prelude::*};
use model::{Member, Members, Role, ThreadId, UserId, wire::Command};
use std::sync::Arc;
use web_sys::HtmlElement;

/// Where the focus goes when the row that had it is gone: the panel's heading.
pub const FALLBACK: &str = "details-heading";

/// What does something to a group, and says why if it cannot.
pub type OnCommand = Arc<dyn Fn(Command) + Send + Sync>;

/// The members that are loaded, and the way to more.
#[component]
pub fn MemberList(
    /// Of which group.
    thread_id: ThreadId,
    /// Whether the reader is an admin.
    is_admin: Derived<bool>,
    /// Does what an admin wants.
    on_command: OnCommand,
) -> Part {
    let store = expect_context::<Store>();
    let rows = list(move || {
        let item = |member: &Member| {
            let (member, on_command) = (member.clone(), on_command.clone());
            let role_bit = u128::from(member.role == Role::Admin) << 127;
            Item::new(
                (member.user.user_id.0.as_u128() ^ role_bit).wrapping_add(member.user.change.into()),
                move || part(row(store, thread_id, member, is_admin, on_command)),
            )
        };
        store.members.with(|members| {
            let members = members.as_ref().filter(|members| members.thread_id == thread_id);
            members.map(|members| members.members().iter().map(item).collect()).unwrap_or_default()
        })
    });
    let more = parts(move || {
        let after = store.members.with(|members| members.as_ref().and_then(Members::next_after))?;
        let load = act(move |event: ev::MouseEvent| {
            event.prevent_default();
            spawn_local(async move {
                store.load_more_members().await;
                // The last page takes the link away from under the focus.
                browser::focus(FALLBACK);
            });
        });
        let path = Route::Details { thread_id }.path() + &After::Member(after).query() + After::MEMBERS;
        Some(part(view! {
            <a class="button" href=path on:click=load>
                {words::thread_list::more()}
            </a>
        }))
    });
    let first = matches!(store.drawn_after(), Some(After::Member(_))).then(|| {
        view! {
            <a class="button plain" href=Route::Details { thread_id }.path() + After::MEMBERS>
                {words::member_list::first()}
            </a>
        }
    });
    // Whose menu had the focus has another row, or none, once it is done.
    let last_used = StoredValue::new(None::<String>);
    let on_use = act(move |event: ev::FocusEvent| {
        let menu = event_target::<web_sys::Element>(&event).closest(".member-list-menu");
        let menu = menu.ok().flatten().and_then(|menu| menu.first_element_child());
        last_used.set_value(menu.map(|menu| menu.id()));
    });
    // Who goes on to something else by themselves is not called back; what is taken away from under the focus leads nowhere.
    let on_leave = act(move |event: ev::FocusEvent| {
        if event.related_target().is_some() {
            last_used.set_value(None);
        }
    });
    follow(move || {
        store.members.with(|_| ());
        let Some(id) = last_used.get_value() else { return };
        request_animation_frame(move || {
            if browser::has_no_focus() {
                let element = browser::element::<HtmlElement>(&id).or_else(|| browser::element(FALLBACK));
                element.map(|element| element.focus());
            }
        });
    });
    view! {
        {first}
        <ul class="member-list" on:focusin=on_use on:focusout=on_leave>{rows}</ul>
        {more}
    }
}

fn row(
    store: Store,
    thread_id: ThreadId,
    member: Member,
    is_admin: Derived<bool>,
    on_command: OnCommand,
) -> Part {
    let Member { user, role } = member;
    let user_id = user.user_id;
    let is_me = user_id == store.my_id();
    let label = if role == Role::Admin { words::member_list::admin() } else { "" };
    let picture = Picture::of_user(&user).draw("avatar-medium");
    let name = if is_me { words::member_list::you(&user.display_name) } else { user.display_name.clone() };
    let actions = parts(move || {
        let on_command = on_command.clone();
        (is_admin.get() && !is_me)
            .then(|| part(actions(store, thread_id, user_id, role, &user.display_name, on_command)))
    });
    view! {
        <li class="member-list-row">
            {picture} <span class="member-list-who">
                <span class="member-list-name" dir="auto">
                    {name}
                </span>
                <span class="member-list-presence">
                    {text(move || presence::words_of(store, user_id).unwrap_or_default())}
                </span>
            </span>
            <span class="member-list-role">{label}</span>
            {actions}
        </li>
    }
}

fn menu_id(user_id: UserId) -> String {
    format!("member-{user_id}")
}

/// What an admin may do with a member.
fn actions(
    store: Store,
    thread_id: ThreadId,
    user_id: UserId,
    role: Role,
    name: &str,
    on_command: OnCommand,
) -> Part {
    let (role, word, action) = match role {
        Role::Admin => (Role::Member, "member", words::member_list::make_member()),
        Role::Member => (Role::Admin, "admin", words::member_list::make_admin()),
    };
    let on_remove = on_command.clone();
    let set_role = act(move |event: ev::MouseEvent| {
        event.prevent_default();
        on_command(Command::SetRole { thread_id, user_id, role });
    });
    let remove = act(move |event: ev::MouseEvent| {
        event.prevent_default();
        on_remove(Command::RemoveMember { thread_id, user_id });
    });
    // Back to the page of the list that it stands on.
    let after = store.drawn_after().map(After::query).unwrap_or_default();
    let address = Route::Details { thread_id }.path() + &after;
    view! {
        <details class="member-list-menu">
            <summary class="icon-button" id=menu_id(user_id) aria-label=words::member_list::actions(name)>
                {Icon::MORE.draw()}
            </summary>
            <form class="member-list-actions" method="post" action=store.acting(&address)>
                <input type="hidden" name="user_id" value=user_id.to_string() />
                <button class="button" type="submit" name="do" value=word on:click=set_role>
                    {action}
                </button>
                <button class="button button-danger" type="submit" name="do" value="remove" on:click=remove>
                    {words::member_list::remove()}
                </button>
            </form>
        </details>
    }
}
