//! Who may join: for the administrator.

use super::{
    super::{acting, ago::Ago, field::FormProblem},
    Administration, Invite,
    reports::ReportsSection,
};
use leptos::prelude::*;
use model::{Problem, Timestamp, User};

/// Whether registration is open, and the invites.
#[component]
pub fn AdministrationSections(
    administration: Administration,
    now: Timestamp,
    problem: Option<Problem>,
    activity: Option<Problem>,
    link: Option<String>,
) -> impl IntoView {
    let Administration { is_open, invites, deactivated, reports } = administration;
    let (state, next, button) = if is_open {
        (words::administration::is_open(), "false", words::administration::close())
    } else {
        (words::administration::is_closed(), "true", words::administration::open())
    };
    view! {
        <ReportsSection reports=reports now=now/>
        <section class="settings-section" aria-labelledby="settings-registration">
            <h2 id="settings-registration">{words::administration::registration()}</h2>
            <form class="settings-form" method="post" action=acting("/settings/registration")>
                <p>{state}</p>
                <input type="hidden" name="is_open" value=next/>
                <button class="button">{button}</button>
            </form>
        </section>
        <section class="settings-section" aria-labelledby="settings-invites">
            <h2 id="settings-invites">{words::administration::invites()}</h2>
            <div class="settings-list">
                {link.map(|url| view! {
                    <div class="notice settings-told" role="status">
                        <label class="field-label" for="settings-invite">{words::administration::link()}</label>
                        <input class="field-input settings-secret" id="settings-invite" value=url readonly autocomplete="off" autofocus/>
                        <p class="settings-note">{words::administration::copy_link()}</p>
                    </div>
                })}
                <ul>
                    {invites.into_iter().map(|invite| view! { <InviteRow invite=invite now=now/> }).collect_view()}
                </ul>
                <NewInvite problem=problem/>
            </div>
        </section>
        <section class="settings-section" aria-labelledby="settings-activity">
            <h2 id="settings-activity">{words::activity::title()}</h2>
            <div class="settings-list">
                <p class="settings-note">{words::activity::note()}</p>
                <ul>{deactivated.into_iter().map(|user| view! { <Deactivated user=user/> }).collect_view()}</ul>
                <form class="settings-form" method="post" action=acting("/settings/activity")>
                    <FormProblem problem=activity/>
                    <input type="hidden" name="is_active" value="false"/>
                    <div class="field">
                        <label class="field-label" for="activity-username">{words::sign_in::username()}</label>
                        <input
                            class="field-input" id="activity-username" name="username" autocomplete="off" autocapitalize="none"
                            spellcheck="false" required
                        />
                    </div>
                    <button class="button button-danger">{words::activity::deactivate()}</button>
                </form>
            </div>
        </section>
    }
}

/// Who forgot their password.
#[component]
pub fn ResetsSection(problem: Option<Problem>, username: String, link: Option<String>) -> impl IntoView {
    view! {
        <section class="settings-section" aria-labelledby="settings-resets">
            <h2 id="settings-resets">{words::reset::forgotten()}</h2>
            <div class="settings-list">
                <p class="settings-note">{words::reset::note()}</p>
                {link.map(|url| view! {
                    <div class="notice settings-told" role="status">
                        <label class="field-label" for="settings-reset">{words::reset::link()}</label>
                        <input class="field-input settings-secret" id="settings-reset" value=url readonly autocomplete="off" autofocus/>
                        <p class="settings-note">{words::reset::copy_link()}</p>
                    </div>
                })}
                <form class="settings-form" method="post" action=acting("/settings/resets")>
                    <FormProblem problem=problem/>
                    <div class="field">
                        <label class="field-label" for="reset-username">{words::sign_in::username()}</label>
                        <input
                            class="field-input" id="reset-username" name="username" value=username autocomplete="off" autocapitalize="none"
                            spellcheck="false" required
                        />
                    </div>
                    <button class="button">{words::administration::create()}</button>
                </form>
            </div>
        </section>
    }
}

#[component]
fn Deactivated(user: User) -> impl IntoView {
    let label = words::grants::action(words::activity::activate(), &user.display_name);
    view! {
        <li class="settings-row">
            <div class="settings-row-main">
                <p dir="auto">{user.display_name}</p>
                <p class="settings-note">"@" {user.username.clone()}</p>
            </div>
            <form method="post" action=acting("/settings/activity")>
                <input type="hidden" name="is_active" value="true"/>
                <input type="hidden" name="username" value=user.username/>
                <button class="button" aria-label=label>{words::activity::activate()}</button>
            </form>
        </li>
    }
}

#[component]
fn InviteRow(invite: Invite, now: Timestamp) -> impl IntoView {
    let Invite { invite_id, created_at, expires_at, uses_left } = invite;
    let people = words::administration::for_people(uses_left.try_into().unwrap_or(0));
    view! {
        <li class="settings-row">
            <div class="settings-row-main">
                <p>{people.clone()}</p>
                <p class="settings-note">
                    <Ago at=created_at now=now say=words::ago::made/> " · " <Ago at=expires_at now=now say=words::ago::ends/>
                </p>
            </div>
            <form method="post" action=acting("/settings/invites/revoke")>
                <input type="hidden" name="invite_id" value=invite_id.to_string()/>
                <button class="button button-danger" aria-label=words::grants::action(words::grants::revoke(), &people)>{words::grants::revoke()}</button>
            </form>
        </li>
    }
}

#[component]
fn NewInvite(problem: Option<Problem>) -> impl IntoView {
    view! {
        <form class="settings-form settings-invite-form" method="post" action=acting("/settings/invites")>
            <FormProblem problem=problem/>
            <InviteLimits uses="1"/>
            <button class="button">{words::administration::create()}</button>
        </form>
    }
}

/// How often a new link can be used, and for how long.
#[component]
pub fn InviteLimits(uses: &'static str) -> impl IntoView {
    view! {
        <div class="field">
            <label class="field-label" for="invite-uses">{words::administration::uses()}</label>
            <input class="field-input" id="invite-uses" name="uses" type="number" min="1" max="1000" value=uses required/>
        </div>
        <div class="field">
            <label class="field-label" for="invite-days">{words::administration::days()}</label>
            <select class="field-input" id="invite-days" name="days">
                <option value="1">{words::administration::day()}</option>
                <option value="7" selected>{words::administration::week()}</option>
                <option value="30">{words::administration::month()}</option>
                <option value="365">{words::administration::year()}</option>
            </select>
        </div>
    }
}
