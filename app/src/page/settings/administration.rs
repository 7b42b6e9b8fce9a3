//! Who may join: for the administrator.

use super::{
    super::{ago::Ago, field::FormProblem},
    Administration, Invite,
};
use leptos::prelude::*;
use model::{Problem, Timestamp};

/// Whether registration is open, and the invites.
#[component]
pub fn AdministrationSections(
    administration: Administration,
    now: Timestamp,
    problem: Option<Problem>,
    link: Option<String>,
) -> impl IntoView {
    let Administration { is_open, invites } = administration;
    let (state, next, button) = if is_open {
        ("Everybody who can open this address can make an account.", "false", "Require an invite")
    } else {
        ("Only people with an invite can make an account.", "true", "Let everybody in")
    };
    view! {
        <section class="settings-section" aria-labelledby="settings-registration">
            <h2 id="settings-registration">"Who may join"</h2>
            <form class="settings-form" method="post" action="/settings/registration">
                <p>{state}</p>
                <input type="hidden" name="is_open" value=next/>
                <button class="button">{button}</button>
            </form>
        </section>
        <section class="settings-section" aria-labelledby="settings-invites">
            <h2 id="settings-invites">"Invites"</h2>
            <div class="settings-list">
                {link.map(|url| view! {
                    <div class="notice settings-told" role="status">
                        <label class="field-label" for="settings-invite">"The new invite’s link"</label>
                        <input class="field-input settings-secret" id="settings-invite" value=url readonly autocomplete="off" autofocus/>
                        <p class="settings-note">"Copy it now and send it on. It is not shown again."</p>
                    </div>
                })}
                <ul>
                    {invites.into_iter().map(|invite| view! { <InviteRow invite=invite now=now/> }).collect_view()}
                </ul>
                <NewInvite problem=problem/>
            </div>
        </section>
    }
}

#[component]
fn InviteRow(invite: Invite, now: Timestamp) -> impl IntoView {
    let Invite { invite_id, created_at, expires_at, uses_left } = invite;
    let people = if uses_left == 1 { "For 1 person".into() } else { format!("For {uses_left} people") };
    view! {
        <li class="settings-row">
            <div class="settings-row-main">
                <p>{people.clone()}</p>
                <p class="settings-note">
                    "Made " <Ago at=created_at now=now/> " · ends " <Ago at=expires_at now=now/>
                </p>
            </div>
            <form method="post" action="/settings/invites/revoke">
                <input type="hidden" name="invite_id" value=invite_id.to_string()/>
                <button class="button button-danger" aria-label=format!("Revoke: {people}")>"Revoke"</button>
            </form>
        </li>
    }
}

#[component]
fn NewInvite(problem: Option<Problem>) -> impl IntoView {
    view! {
        <form class="settings-form settings-invite-form" method="post" action="/settings/invites">
            <FormProblem problem=problem/>
            <div class="field">
                <label class="field-label" for="invite-uses">"For how many people"</label>
                <input class="field-input" id="invite-uses" name="uses" type="number" min="1" max="1000" value="1" required/>
            </div>
            <div class="field">
                <label class="field-label" for="invite-days">"Good for"</label>
                <select class="field-input" id="invite-days" name="days">
                    <option value="1">"1 day"</option>
                    <option value="7" selected>"1 week"</option>
                    <option value="30">"30 days"</option>
                    <option value="365">"1 year"</option>
                </select>
            </div>
            <button class="button">"Create invite"</button>
        </form>
    }
}
