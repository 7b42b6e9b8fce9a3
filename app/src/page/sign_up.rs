//! Making an account.

use super::{
    document,
    field::{Field, FormProblem},
    language::OtherLanguages,
    sign_in::{escape, with_next},
    title,
};
use crate::Site;
use leptos::prelude::*;
use model::{Problem, Username, refusal::MIN_PASSWORD_CHARS};

/// Who may make an account just now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Door {
    /// Nobody is here yet; whoever comes first administers.
    First,
    /// Everybody.
    #[default]
    Open,
    /// Whoever has an invite that is good.
    Invited,
    /// Nobody: it takes an invite, and there is none or it is no good.
    Closed,
}

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct SignUp {
    /// Who may come in.
    pub door: Door,
    /// What was typed before.
    pub username: String,
    /// What was typed before.
    pub display_name: String,
    /// The invite's secret.
    pub invite: String,
    /// Where to go from here, as a local address.
    pub next: String,
    /// Why it was refused: at most one for a field, and those that belong to none.
    pub problems: Vec<Problem>,
}

/// The page.
#[must_use]
pub fn sign_up(site: &Site, page: SignUp) -> String {
    let lead = match page.door {
        Door::First => words::sign_up::first(),
        Door::Open => words::sign_in::lead(),
        Door::Invited => words::sign_up::invited(),
        Door::Closed => words::sign_up::closed(),
    };
    let sign_in = with_next("/sign-in", &page.next);
    let here = match (page.invite.as_str(), with_next("/sign-up", &page.next)) {
        ("", here) => here,
        (invite, here) => {
            format!("{here}{}invite={}", if here.contains('?') { '&' } else { '?' }, escape(invite))
        }
    };
    document(site, &title(words::sign_up::title()), move || {
        let other = (page.door != Door::First).then(|| {
            view! { <p class="sign-in-other">{words::sign_up::has_account()} <a href=sign_in>{words::sign_in::title()}</a></p> }
        });
        view! {
            <main class="sign-in">
                <header class="sign-in-header">
                    <img class="sign-in-mark" src="/favicon.svg" alt="" width="56" height="56"/>
                    <h1 class="sign-in-title">"Bobbin"</h1>
                    <p class="sign-in-lead">{lead}</p>
                </header>
                {if page.door == Door::Closed {
                    page.problems.into_iter().map(|problem| view! { <FormProblem problem=Some(problem)/> }).collect_view().into_any()
                } else {
                    view! { <Form page=page/> }.into_any()
                }}
                {other}
                <OtherLanguages next=here/>
            </main>
        }
    })
}

#[component]
fn Form(page: SignUp) -> impl IntoView {
    let SignUp { username, display_name, invite, next, problems, .. } = page;
    let of = |field: &str| problems.iter().find(|problem| problem.field.as_deref() == Some(field)).cloned();
    let first_fault = ["display_name", "username", "password"].into_iter().find(|field| of(field).is_some());
    let first = first_fault.unwrap_or("display_name");
    let general = problems.iter().filter(|problem| problem.field.is_none()).cloned();
    let number = |count: usize| words::number(count as u64);
    let username_hint =
        words::sign_up::username_hint(&number(Username::MIN_CHARS), &number(Username::MAX_CHARS));
    let password_hint = words::sign_up::password_hint(MIN_PASSWORD_CHARS as u64);
    view! {
        <form class="sign-in-form" method="post" action="/sign-up">
            {general.map(|problem| view! { <FormProblem problem=Some(problem)/> }).collect_view()}
            <Field
                form="sign-up" name="display_name" label=words::sign_up::name() autocomplete="name" hint=words::sign_up::name_hint()
                value=display_name problem=of("display_name") is_first=first == "display_name"
            />
            <Field
                form="sign-up" name="username" label=words::sign_in::username() autocomplete="username" hint=username_hint
                value=username problem=of("username") is_first=first == "username"
            />
            <Field
                form="sign-up" name="password" label=words::sign_in::password() kind="password" autocomplete="new-password"
                hint=password_hint problem=of("password") is_first=first == "password"
            />
            <input type="hidden" name="invite" value=invite/>
            <input type="hidden" name="next" value=next/>
            <button class="button button-primary">{words::sign_up::create()}</button>
        </form>
    }
}
