//! The links of a group, and who asks to be let in: for its admins.

use super::{acting, ago::Ago, document, field::FormProblem, settings::InviteLimits, title};
use crate::{Route, Site, route, view::avatar::Picture};
use leptos::prelude::*;
use model::{InviteId, Problem, Thread, Timestamp, User, UserId};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct GroupInvites {
    /// Who looks at it.
    pub me: UserId,
    /// The group.
    pub thread: Thread,
    /// The server's clock.
    pub now: Timestamp,
    /// The links that are still good.
    pub invites: Vec<GroupInvite>,
    /// Who asks, and since when.
    pub requests: Vec<(User, Timestamp)>,
    /// A link that is told this once.
    pub told: Option<String>,
    /// Why the last form was not carried out.
    pub problem: Option<Problem>,
}

/// A link that is still good.
#[derive(Clone, Debug)]
pub struct GroupInvite {
    /// Which one.
    pub invite_id: InviteId,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// How many people it still lets in.
    pub uses_left: i32,
    /// Whether an admin decides about each.
    pub needs_approval: bool,
}

/// The page.
#[must_use]
pub fn group_invites(site: &Site, page: GroupInvites) -> String {
    let thread_id = page.thread.thread_id;
    let back = Route::Details { thread_id }.path();
    let action = route::invites(thread_id);
    document(site, &title(words::group_invites::title()), move || {
        provide_context(page.me);
        let action = acting(&action);
        let requests: Vec<_> = page.requests.into_iter().map(|one| request(one, &action, page.now)).collect();
        let invites: Vec<_> = page.invites.into_iter().map(|one| invite(&one, &action, page.now)).collect();
        view! {
            <main class="settings">
                <header class="settings-header">
                    <a class="icon-button" href=back aria-label=words::settings::back()>
                        <svg width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"
                            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
                            <path d="m12 19-7-7 7-7M19 12H5"/>
                        </svg>
                    </a>
                    <h1 class="settings-title" dir="auto">{page.thread.title().to_owned()}</h1>
                </header>
                <section class="settings-section" aria-labelledby="requests">
                    <h2 id="requests">{words::group_invites::requests()}</h2>
                    <div class="settings-list">
                        {requests.is_empty().then(|| view! { <p class="settings-note">{words::group_invites::nobody()}</p> })}
                        <ul>{requests}</ul>
                    </div>
                </section>
                <section class="settings-section" aria-labelledby="invites">
                    <h2 id="invites">{words::group_invites::title()}</h2>
                    <div class="settings-list">
                        {page.told.map(|url| view! {
                            <div class="notice settings-told" role="status">
                                <label class="field-label" for="invite-link">{words::group_invites::link()}</label>
                                <input class="field-input settings-secret" id="invite-link" value=url readonly autocomplete="off" autofocus/>
                                <p class="settings-note">{words::administration::copy_link()}</p>
                            </div>
                        })}
                        <ul>{invites}</ul>
                        <NewLink action=action problem=page.problem/>
                    </div>
                </section>
            </main>
        }
    })
}

fn request((user, requested_at): (User, Timestamp), action: &str, now: Timestamp) -> impl IntoView + use<> {
    let picture = Picture::of_user(&user).drawn("avatar-medium");
    let name = user.display_name.clone();
    let answer = |word: &'static str, label: &'static str, class: &'static str| {
        let label_of = words::grants::action(label, &name);
        view! { <button class=class name="do" value=word aria-label=label_of>{label}</button> }
    };
    view! {
        <li class="settings-row">
            <div inner_html=picture></div>
            <div class="settings-row-main">
                <p dir="auto">{user.display_name}</p>
                <p class="settings-note">"@" {user.username} " · " <Ago at=requested_at now=now say=words::group_invites::asked/></p>
            </div>
            <form class="settings-answers" method="post" action=action.to_owned()>
                <input type="hidden" name="user_id" value=user.user_id.to_string()/>
                {answer("accept", words::group_invites::accept(), "button button-primary")}
                {answer("decline", words::group_invites::decline(), "button button-danger")}
            </form>
        </li>
    }
}

fn invite(invite: &GroupInvite, action: &str, now: Timestamp) -> impl IntoView + use<> {
    let GroupInvite { invite_id, created_at, expires_at, uses_left, needs_approval } = invite.clone();
    let people = words::administration::for_people(uses_left.try_into().unwrap_or(0));
    let approval = needs_approval.then(|| [" · ", words::group_invites::with_approval()].concat());
    view! {
        <li class="settings-row">
            <div class="settings-row-main">
                <p>{people.clone()} {approval}</p>
                <p class="settings-note">
                    <Ago at=created_at now=now say=words::ago::made/> " · " <Ago at=expires_at now=now say=words::ago::ends/>
                </p>
            </div>
            <form method="post" action=action.to_owned()>
                <input type="hidden" name="invite_id" value=invite_id.to_string()/>
                <button
                    class="button button-danger" name="do" value="revoke"
                    aria-label=words::grants::action(words::grants::revoke(), &people)
                >
                    {words::grants::revoke()}
                </button>
            </form>
        </li>
    }
}

#[component]
fn NewLink(action: String, problem: Option<Problem>) -> impl IntoView {
    view! {
        <form class="settings-form settings-invite-form" method="post" action=action>
            <FormProblem problem=problem/>
            <InviteLimits uses="10"/>
            <label class="settings-choice settings-invite-approval">
                <input type="checkbox" name="needs_approval"/>
                {words::group_invites::approval()}
            </label>
            <button class="button" name="do" value="create">{words::group_invites::create()}</button>
        </form>
    }
}
