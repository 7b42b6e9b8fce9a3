//! Signing in: the first impression.

use super::{
    document,
    field::{Field, FormProblem},
    language::OtherLanguages,
    title,
};
use crate::Site;
use leptos::prelude::*;
use model::Problem;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt::Display;

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct SignIn {
    /// What was typed before.
    pub username: String,
    /// Where to go from here, as a local address.
    pub next: String,
    /// Whether strangers may make an account.
    pub may_sign_up: bool,
    /// Why it was refused.
    pub problem: Option<Problem>,
}

/// The page.
#[must_use]
pub fn sign_in(site: &Site, page: SignIn) -> String {
    let SignIn { username, next, may_sign_up, problem } = page;
    let sign_up = with_next("/sign-up", &next);
    let here = with_next("/sign-in", &next);
    let is_empty = username.is_empty();
    document(site, &title(words::sign_in::title()), move || {
        view! {
            <main class="sign-in">
                <header class="sign-in-header">
                    <img class="sign-in-mark" src="/favicon.svg" alt="" width="56" height="56"/>
                    <h1 class="sign-in-title">"Bobbin"</h1>
                    <p class="sign-in-lead">{words::sign_in::lead()}</p>
                </header>
                <form class="sign-in-form" method="post" action="/sign-in">
                    <FormProblem problem=problem.clone()/>
                    <Field
                        form="sign-in" name="username" label=words::sign_in::username() autocomplete="username"
                        value=username problem=problem.clone() is_first=is_empty
                    />
                    <Field
                        form="sign-in" name="password" label=words::sign_in::password() kind="password" autocomplete="current-password"
                        problem=problem is_first=!is_empty
                    />
                    <input type="hidden" name="next" value=next/>
                    <button class="button button-primary">{words::sign_in::title()}</button>
                </form>
                <p class="sign-in-other">
                    {if may_sign_up {
                        view! { {words::sign_in::is_new()} <a href=sign_up>{words::sign_up::title()}</a> }.into_any()
                    } else {
                        words::sign_in::ask_for_invite().into_any()
                    }}
                </p>
                {(!is_empty).then(|| view! { <p class="sign-in-other">{words::reset::hint()}</p> })}
                <OtherLanguages next=here/>
            </main>
        }
    })
}

/// The address of a door that leads to the same room.
#[must_use]
pub fn with_next(path: &str, next: &str) -> String {
    if next.is_empty() || next == "/" { path.into() } else { format!("{path}?next={}", escape(next)) }
}

/// What may stand in a query as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

pub(super) fn escape(text: &str) -> impl Display {
    utf8_percent_encode(text, PLAIN)
}
