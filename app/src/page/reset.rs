//! Choosing a new password by a link, for whoever forgot theirs.

use super::{
    document,
    field::{Field, FormProblem},
    title,
};
use crate::Site;
use leptos::prelude::*;
use model::{Problem, User, refusal::MIN_PASSWORD_CHARS};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Reset {
    /// Whose password it is.
    pub owner: User,
    /// The link's secret.
    pub secret: String,
    /// Why it was refused.
    pub problem: Option<Problem>,
}

/// The page.
#[must_use]
pub fn reset(site: &Site, page: Reset) -> String {
    let Reset { owner, secret, problem } = page;
    document(site, &title(words::reset::title()), move || {
        view! {
            <main class="sign-in">
                <header class="sign-in-header">
                    <img class="sign-in-mark" src="/favicon.svg" alt="" width="56" height="56"/>
                    <h1 class="sign-in-title">{words::reset::title()}</h1>
                    <p class="sign-in-lead" dir="auto">{words::reset::lead(&owner.display_name)}</p>
                </header>
                <form class="sign-in-form" method="post" action=format!("/reset/{secret}")>
                    <FormProblem problem=problem.clone()/>
                    // Tells password managers whose password it is.
                    <input type="text" name="username" value=owner.username autocomplete="username" readonly hidden/>
                    <Field
                        form="reset" name="password" label=words::settings::new_password() kind="password" autocomplete="new-password"
                        hint=words::settings::password_hint(MIN_PASSWORD_CHARS as u64) problem=problem is_first=true
                    />
                    <button class="button button-primary">{words::settings::change_password()}</button>
                </form>
            </main>
        }
    })
}
