//! Choosing a language. Each calls itself what it is called in itself, so that one finds it whatever the page is in.

use super::acting;
use leptos::prelude::*;
use words::Language;

/// The other languages, a button each: for the door.
#[component]
pub fn OtherLanguages(
    /// The page to come back to.
    next: String,
) -> impl IntoView {
    let others = Language::all().filter(|language| *language != Language::current());
    let buttons = others.map(|language| {
        view! {
            <button class="language-button" name="language" value=language.tag() lang=language.tag()>{language.name()}</button>
        }
    });
    view! {
        <form class="language" method="post" action=acting("/language")>
            <input type="hidden" name="next" value=next/>
            {buttons.collect_view()}
        </form>
    }
}

/// What was chosen, and what can be: for the settings.
#[component]
pub fn LanguageSection(
    /// Nothing, if it is left to the browser.
    chosen: Option<Language>,
) -> impl IntoView {
    let options = Language::all().map(|language| {
        view! {
            <option value=language.tag() lang=language.tag() selected=chosen == Some(language)>{language.name()}</option>
        }
    });
    view! {
        <section class="settings-section" aria-labelledby="settings-language">
            <h2 id="settings-language">{words::language::title()}</h2>
            <form class="settings-form" method="post" action=acting("/language")>
                <input type="hidden" name="next" value="/settings?done=language"/>
                <div class="field">
                    <label class="field-label" for="language">{words::language::label()}</label>
                    <select class="field-input" id="language" name="language">
                        <option value="" selected=chosen.is_none()>{words::language::automatic()}</option>
                        {options.collect_view()}
                    </select>
                </div>
                <button class="button">{words::details::save()}</button>
            </form>
        </section>
    }
}
