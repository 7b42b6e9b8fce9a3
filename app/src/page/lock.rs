//! The page of a browser that has locked: who it is, and the password.

use super::{
    acting, document,
    field::{Field, FormProblem},
    title,
};
use crate::Site;
use leptos::prelude::*;
use model::{Problem, User};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Lock {
    /// Who holds the session.
    pub me: User,
    /// Where to go from here, as a local address.
    pub next: String,
    /// Why it was refused.
    pub problem: Option<Problem>,
}

/// The page.
#[must_use]
pub fn lock(site: &Site, page: Lock) -> String {
    let Lock { me, next, problem } = page;
    // It is locked already.
    let site = Site { lock: None, ..*site };
    document(&site, &title(words::lock::locked()), move || {
        provide_context(me.user_id);
        view! {
            <main class="sign-in">
                <header class="sign-in-header">
                    <img class="sign-in-mark" src="/favicon.svg" alt="" width="56" height="56"/>
                    <h1 class="sign-in-title">{words::lock::locked()}</h1>
                    <p class="sign-in-lead" dir="auto">{words::lock::lead(&me.display_name)}</p>
                </header>
                <form class="sign-in-form" method="post" action=acting("/lock")>
                    <FormProblem problem=problem.clone()/>
                    // Tells password managers whose password it is.
                    <input type="text" name="username" value=me.username autocomplete="username" readonly hidden/>
                    <Field
                        form="lock" name="password" label=words::sign_in::password() kind="password" autocomplete="current-password"
                        problem=problem is_first=true
                    />
                    <input type="hidden" name="next" value=next/>
                    <button class="button button-primary">{words::lock::unlock()}</button>
                </form>
                <form class="sign-in-other" method="post" action=acting("/sign-out")>
                    <button class="button">{words::settings::sign_out()}</button>
                    <p class="settings-note">{words::lock::sign_out_note()}</p>
                </form>
            </main>
        }
    })
}
