//! Light or dark, and how large the text.

use super::super::acting;
use leptos::prelude::*;
use model::appearance::{Appearance, TextSize, Theme};

/// A choice of each.
#[component]
pub fn AppearanceSection(appearance: Appearance) -> impl IntoView {
    let choice = |name: &'static str, word: &'static str, label: &'static str, is_chosen: bool| {
        view! {
            <label class="settings-choice">
                <input type="radio" name=name value=word checked=is_chosen/>
                {label}
            </label>
        }
    };
    let themes =
        Theme::ALL.map(|theme| choice("theme", theme.word(), name_of(theme), theme == appearance.theme));
    let sizes = TextSize::ALL
        .map(|size| choice("text_size", size.word(), name_of_size(size), size == appearance.text_size));
    view! {
        <section class="settings-section" aria-labelledby="settings-appearance">
            <h2 id="settings-appearance">{words::appearance::title()}</h2>
            <form class="settings-form" method="post" action=acting("/settings/appearance")>
                <fieldset class="settings-choices settings-choices-row">
                    <legend>{words::appearance::theme()}</legend>
                    {themes}
                </fieldset>
                <fieldset class="settings-choices settings-choices-row">
                    <legend>{words::appearance::text_size()}</legend>
                    {sizes}
                </fieldset>
                <button class="button">{words::details::save()}</button>
            </form>
        </section>
    }
}

/// What people call a theme.
fn name_of(theme: Theme) -> &'static str {
    match theme {
        Theme::System => words::appearance::system(),
        Theme::Light => words::appearance::light(),
        Theme::Dark => words::appearance::dark(),
    }
}

/// What people call a size of text.
fn name_of_size(text_size: TextSize) -> &'static str {
    match text_size {
        TextSize::Small => words::appearance::small(),
        TextSize::Usual => words::appearance::usual(),
        TextSize::Large => words::appearance::large(),
        TextSize::Largest => words::appearance::largest(),
    }
}
