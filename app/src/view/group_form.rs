//! What a group is called and how it looks: for making one, and for changing one.

use super::{avatar::Picture, icon::Icon};
use crate::{
    browser,
    live::{Derived, Live, derive},
    shape::{Part, act, part, parts, view, word},
    store::{Store, Target},
};
use leptos::{ev, prelude::*};
use model::{Avatar, Problem};
use web_sys::HtmlInputElement;

/// What the field of the name is known by.
pub const TITLE: &str = "group-form-title";
/// What the field of the letters is known by.
const GLYPH: &str = "group-form-glyph";

/// What is written in the form.
#[derive(Clone, Copy)]
pub struct GroupDraft {
    /// The title as typed.
    pub title: Live<String>,
    /// The picture as chosen.
    pub avatar: Live<Avatar>,
    /// Why it was not taken.
    pub fault: Live<Option<Problem>>,
}

impl GroupDraft {
    /// What a group has now.
    pub fn new(title: String, avatar: Avatar, fault: Live<Option<Problem>>) -> Self {
        Self { title: Live::new(title), avatar: Live::new(avatar), fault }
    }
}

/// Whether a fault belongs to no field of this form, so that whoever asked has to tell it.
pub fn is_elsewhere(fault: &Problem) -> bool {
    !matches!(fault.field.as_deref(), Some("title" | "avatar"))
}

/// What is wrong with a field, under it.
fn error(
    fault: Live<Option<Problem>>,
    field: &'static str,
    id: &'static str,
) -> impl FnMut() -> Option<Part> {
    let words = of(fault, field);
    move || {
        let words = words.get()?;
        Some(part(view! {
            <span class="field-error" id=id role="alert">
                {words}
            </span>
        }))
    }
}

fn of(fault: Live<Option<Problem>>, field: &'static str) -> Derived<Option<String>> {
    derive(move || {
        fault.with(|fault| {
            let fault = fault.as_ref().filter(|fault| fault.field.as_deref() == Some(field))?;
            Some(fault.detail.clone())
        })
    })
}

/// Makes an emoji the picture of the group whose form is open.
pub fn put_glyph(emoji: &str) {
    if let Some(field) = browser::element::<HtmlInputElement>(GLYPH) {
        let _ = field.focus();
        field.select();
        browser::write(&field, emoji);
    }
}

/// The fields, and what is wrong with each. What is done with them is up to whoever asked.
#[component]
pub fn GroupFields(draft: GroupDraft) -> Part {
    let GroupDraft { title, avatar, fault } = draft;
    let store = expect_context::<Store>();
    let invalid = |field| {
        let words = of(fault, field);
        word(move || words.with(Option::is_some).then_some("true"))
    };
    let picture = move || title.with(|title| avatar.with(|avatar| Picture::of_group(title, avatar)));
    // It has a page of its own, and stays as it is here.
    let present = avatar.get_now().picture_id;
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
            {present.map(|id| view! { <input type="hidden" name="picture_id" value=id.to_string() /> })}
            <p class="field">
                <label class="field-label" for=TITLE>
                    {words::group_form::title()}
                </label>
                <input
                    class="field-input"
                    id=TITLE
                    name="title"
                    required
                    autocomplete="off"
                    dir="auto"
                    value=title.get_now()
                    aria-invalid=invalid("title")
                    aria-describedby="group-form-title-error"
                    on:input=change_title
                />
                {parts(error(fault, "title", "group-form-title-error"))}
            </p>
            <p class="field">
                <label class="field-label" for=GLYPH>
                    {words::group_form::glyph()}
                </label>
                <span class="group-form-choice">
                <input
                    class="field-input group-form-glyph"
                    id=GLYPH
                    name="glyph"
                    placeholder=words::group_form::initials()
                    autocomplete="off"
                    value=avatar.get_now().glyph
                    aria-invalid=invalid("avatar")
                    aria-describedby="group-form-avatar-error"
                    on:input=change_glyph
                />
                <button
                    class="group-form-choose icon-button scripted"
                    type="button"
                    aria-haspopup="dialog"
                    aria-label=words::composer::emoji()
                    title=words::composer::emoji()
                    on:click=act(move |_| store.open_emoji(Target::Group))
                >
                    {Icon::SMILE.draw()}
                </button>
                </span>
                {parts(error(fault, "avatar", "group-form-avatar-error"))}
            </p>
            <fieldset class="group-form-hues">
                <legend class="field-label">{words::group_form::colour()}</legend>
                {hues}
            </fieldset>
        </div>
    }
}
