//! What a group is called and how it looks: for making one, and for changing one.

use super::avatar::Picture;
use crate::{
    live::Live,
    shape::{act, part},
};
use leptos::{ev, prelude::*};
use model::Avatar;

/// What is written in the form.
#[derive(Clone, Copy)]
pub struct GroupDraft {
    /// The title as typed.
    pub title: Live<String>,
    /// The picture as chosen.
    pub avatar: Live<Avatar>,
}

impl GroupDraft {
    /// What a group has now.
    pub fn new(title: String, avatar: Avatar) -> Self {
        Self { title: Live::new(title), avatar: Live::new(avatar) }
    }
}

/// The fields. What is done with them, and what is wrong with them, is up to whoever asked.
#[component]
pub fn GroupFields(draft: GroupDraft) -> impl IntoView {
    let GroupDraft { title, avatar } = draft;
    let picture = move || title.with(|title| avatar.with(|avatar| Picture::of_group(title, avatar)));
    let change_title = act(move |event: ev::Event| title.set(event_target_value(&event)));
    let change_glyph = act(move |event: ev::Event| {
        let glyph = event_target_value(&event);
        avatar.update(|avatar| avatar.glyph = glyph);
    });
    let hues = (0..Avatar::HUES)
        .map(|hue| {
            part(view! {
                <label class="group-form-hue">
                    <input
                        class="visually-hidden"
                        type="radio"
                        name="hue"
                        value=hue.to_string()
                        checked=avatar.get_now().hue == hue
                        on:change=act(move |_| {
                            avatar.update(|avatar| avatar.hue = hue);
                        })
                    />
                    <span class=format!("group-form-swatch avatar hue-{hue}")>
                        <span class="visually-hidden">{words::group_form::colour_number(&words::number(u64::from(hue) + 1))}</span>
                    </span>
                </label>
            })
        })
        .collect::<Vec<_>>();
    view! {
        <div class="group-form">
            {Picture::follow(picture, "avatar-large")}
            <p class="field">
                <label class="field-label" for="group-form-title">
                    {words::group_form::title()}
                </label>
                <input
                    class="field-input"
                    id="group-form-title"
                    name="title"
                    required
                    autocomplete="off"
                    dir="auto"
                    value=title.get_now()
                    on:input=change_title
                />
            </p>
            <p class="field">
                <label class="field-label" for="group-form-glyph">
                    {words::group_form::glyph()}
                </label>
                <input
                    class="field-input group-form-glyph"
                    id="group-form-glyph"
                    name="glyph"
                    placeholder=words::group_form::initials()
                    autocomplete="off"
                    value=avatar.get_now().glyph
                    on:input=change_glyph
                />
            </p>
            <fieldset class="group-form-hues">
                <legend class="field-label">{words::group_form::colour()}</legend>
                {hues}
            </fieldset>
        </div>
    }
}
