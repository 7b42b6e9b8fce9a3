//! What others see of one: that one is writing, that one is here, how far one has read.

use super::super::acting;
use leptos::prelude::*;
use model::{Privacy, secret::MayAsk};

/// A box for each.
#[component]
pub fn PrivacySection(privacy: Privacy) -> impl IntoView {
    let box_of = |name: &'static str, is_checked: bool, label: &'static str| {
        view! {
            <label class="settings-choice">
                <input type="checkbox" name=name checked=is_checked/>
                {label}
            </label>
        }
    };
    let option_of = |word: &'static str, who: MayAsk, label: &'static str| {
        view! { <option value=word selected=privacy.secret_from == who>{label}</option> }
    };
    view! {
        <section class="settings-section" aria-labelledby="settings-privacy">
            <h2 id="settings-privacy">{words::privacy::title()}</h2>
            <form class="settings-form" method="post" action=acting("/settings/privacy")>
                <fieldset class="settings-choices" aria-describedby="settings-privacy-note">
                    <legend>{words::privacy::label()}</legend>
                    {box_of("shows_presence", privacy.shows_presence, words::privacy::presence())}
                    {box_of("shows_typing", privacy.shows_typing, words::privacy::typing())}
                    {box_of("shows_receipts", privacy.shows_receipts, words::privacy::receipts())}
                </fieldset>
                <div class="field">
                    <label class="field-label" for="privacy-secret">{words::privacy::secret_from()}</label>
                    <select class="field-input" id="privacy-secret" name="secret_from">
                        {option_of("contacts", MayAsk::Contacts, words::privacy::contacts())}
                        {option_of("everyone", MayAsk::Everyone, words::privacy::everyone())}
                        {option_of("nobody", MayAsk::Nobody, words::privacy::nobody())}
                    </select>
                </div>
                <p class="settings-note" id="settings-privacy-note">{words::privacy::note()}</p>
                <button class="button">{words::details::save()}</button>
            </form>
        </section>
    }
}
