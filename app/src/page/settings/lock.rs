//! After how long a browser locks.

use super::super::acting;
use leptos::prelude::*;

/// A choice of minutes, and a button that locks at once.
#[component]
pub fn LockSection(
    /// What can be chosen.
    choices: Vec<i16>,
    /// What was.
    chosen: Option<i16>,
) -> impl IntoView {
    let choice = |minutes: i16| {
        view! { <option value=minutes.to_string() selected=chosen == Some(minutes)>{words::lock::after(minutes.unsigned_abs().into())}</option> }
    };
    view! {
        <section class="settings-section" aria-labelledby="settings-lock">
            <h2 id="settings-lock">{words::lock::title()}</h2>
            <div class="settings-parts">
                <p class="settings-note">{words::lock::hint()}</p>
                <form class="settings-form" method="post" action=acting("/settings/lock")>
                    <div class="field">
                        <label class="field-label" for="lock-minutes">{words::lock::label()}</label>
                        <select class="field-input" id="lock-minutes" name="minutes">
                            <option value="" selected=chosen.is_none()>{words::lock::never()}</option>
                            {choices.into_iter().map(choice).collect_view()}
                        </select>
                    </div>
                    <button class="button">{words::details::save()}</button>
                </form>
                <form method="post" action=acting("/lock/now")>
                    <button class="button">{words::lock::now()}</button>
                </form>
            </div>
        </section>
    }
}
