//! A field of a form: its label above, below it a hint or what is wrong with it, in words and tied to it for screen readers.

use leptos::prelude::*;
use model::Problem;

/// One line to type into.
#[component]
pub fn Field(
    /// The form that it is in: ids are unique on a page.
    form: &'static str,
    /// Under which name it is sent.
    name: &'static str,
    /// What to type.
    label: &'static str,
    /// The input's type.
    #[prop(default = "text")]
    kind: &'static str,
    /// What password managers know it by.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// What was typed before. Never a password.
    #[prop(default = String::new())]
    value: String,
    /// How to type it.
    #[prop(into, default = String::new())]
    hint: String,
    /// What was refused, if anything was. Shown if it belongs to this field.
    problem: Option<Problem>,
    /// Whether something has to stand in it.
    #[prop(default = true)]
    is_required: bool,
    /// Whether to begin here.
    #[prop(default = false)]
    is_first: bool,
) -> impl IntoView {
    let id = format!("{form}-{name}");
    let error = problem.filter(|problem| problem.field.as_deref() == Some(name));
    // The fault says what the hint said, and more.
    let (note_class, note) = match error {
        Some(ref error) => ("field-error", error.detail.clone()),
        None => ("field-hint", hint),
    };
    let note_id = (!note.is_empty()).then(|| format!("{id}-note"));
    let is_name = matches!(name, "username");
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>{label}</label>
            <input
                class="field-input"
                id=id
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                autocapitalize=is_name.then_some("none")
                spellcheck=is_name.then_some("false")
                dir=(kind == "text" && !is_name).then_some("auto")
                required=is_required
                autofocus=is_first || error.is_some()
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=note_id.clone()
            />
            {note_id.map(|id| view! { <p class=note_class id=id>{note}</p> })}
        </div>
    }
}

/// What was refused and belongs to no field.
#[component]
pub fn FormProblem(
    /// What was refused, if anything was.
    problem: Option<Problem>,
) -> impl IntoView {
    problem
        .filter(|problem| problem.field.is_none())
        .map(|problem| view! { <p class="notice notice-danger" role="alert">{problem.detail}</p> })
}
