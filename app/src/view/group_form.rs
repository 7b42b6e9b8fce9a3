//! What a group is called and how it looks: for making one, and for changing one.

use super::avatar::Picture;
use leptos::prelude::*;
use model::Avatar;

/// What is written in the form.
#[derive(Clone, Copy)]
pub struct GroupDraft {
    /// The title as typed.
    pub title: RwSignal<String>,
    /// The picture as chosen.
    pub avatar: RwSignal<Avatar>,
}

impl GroupDraft {
    /// What a group has now.
    pub fn new(title: String, avatar: Avatar) -> Self {
        Self { title: RwSignal::new(title), avatar: RwSignal::new(avatar) }
    }
}

/// The fields. What is done with them, and what is wrong with them, is up to whoever asked.
#[component]
pub fn GroupFields(draft: GroupDraft) -> impl IntoView {
    let GroupDraft { title, avatar } = draft;
    let picture = move || title.with(|title| avatar.with(|avatar| Picture::of_group(title, avatar)));
    let hues = (0..Avatar::HUES)
        .map(|hue| {
            view! {
                <label class="group-form-hue">
                    <input
                        class="visually-hidden"
                        type="radio"
                        name="hue"
                        value=hue.to_string()
                        checked=avatar.get_untracked().hue == hue
                        on:change=move |_| avatar.update(|avatar| avatar.hue = hue)
                    />
                    <span class=format!("group-form-swatch avatar hue-{hue}")>
                        <span class="visually-hidden">{format!("Colour {}", hue + 1)}</span>
                    </span>
                </label>
            }
        })
        .collect_view();
    view! {
        <div class="group-form">
            {move || picture().draw("avatar-large")}
            <p class="field">
                <label class="field-label" for="group-form-title">
                    "Name of the group"
                </label>
                <input
                    class="field-input"
                    id="group-form-title"
                    name="title"
                    required
                    autocomplete="off"
                    dir="auto"
                    prop:value=title
                    on:input=move |event| title.set(event_target_value(&event))
                />
            </p>
            <p class="field">
                <label class="field-label" for="group-form-glyph">
                    "Emoji or letters"
                </label>
                <input
                    class="field-input group-form-glyph"
                    id="group-form-glyph"
                    name="glyph"
                    placeholder="Initials"
                    autocomplete="off"
                    prop:value=move || avatar.get().glyph
                    on:input=move |event| avatar.update(|avatar| avatar.glyph = event_target_value(&event))
                />
            </p>
            <fieldset class="group-form-hues">
                <legend class="field-label">"Colour"</legend>
                {hues}
            </fieldset>
        </div>
    }
}
