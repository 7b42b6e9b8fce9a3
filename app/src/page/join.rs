//! Where a group's link leads: what it is the link of, and the way in.

use super::{acting, document, title};
use crate::{Route, Site, view::avatar::Picture};
use leptos::prelude::*;
use model::{Avatar, ThreadId, UserId};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Join {
    /// Who looks at it.
    pub me: UserId,
    /// Which group.
    pub thread_id: ThreadId,
    /// What the link ends with.
    pub secret: String,
    /// What the group is called.
    pub title: String,
    /// Its picture.
    pub avatar: Avatar,
    /// How many are in it.
    pub member_count: u64,
    /// Whether an admin decides.
    pub needs_approval: bool,
    /// Whether they ask to be let in already.
    pub is_asking: bool,
}

/// The page.
#[must_use]
pub fn join(site: &Site, page: Join) -> String {
    let Join { me, thread_id, secret, title: name, avatar, member_count, needs_approval, is_asking } = page;
    let picture = Picture::of_group(&name, &avatar).drawn("avatar-large");
    let (note, button) = match (is_asking, needs_approval) {
        (true, _) => (words::join::asking(), None),
        (false, true) => (words::join::approval(), Some(words::join::ask())),
        (false, false) => (words::join::open(), Some(words::join::join())),
    };
    let path = join_path(thread_id, &secret);
    document(site, &title(&name), move || {
        provide_context(me);
        view! {
            <main class="join">
                <div inner_html=picture></div>
                <h1 class="join-title" dir="auto">{name.clone()}</h1>
                <p class="join-members">{words::conversation::members(member_count)}</p>
                <p class="join-note" role=is_asking.then_some("status")>{note}</p>
                {button.map(|button| view! {
                    <form method="post" action=acting(&path)>
                        <button class="button button-primary">{button}</button>
                    </form>
                })}
                <a class="button" href=Route::Inbox.path()>{words::conversation::all()}</a>
            </main>
        }
    })
}

/// The address of a link.
#[must_use]
pub fn join_path(thread_id: ThreadId, secret: &str) -> String {
    format!("/join/{thread_id}/{secret}")
}
