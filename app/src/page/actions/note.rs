//! Why a form of the page was not carried out: a sentence beside the field that it is about, tied to it for screen readers.

use super::{Act, Actions};
use leptos::prelude::*;
use model::Problem;

/// Why a form was refused, tied to what it is about.
pub(super) struct Note {
    /// What the form is known by on the page.
    pub name: &'static str,
    problem: Option<Problem>,
}

impl Note {
    /// That of a form of the page.
    pub fn of(page: &Actions, act: Act) -> Self {
        let name = match act {
            Act::Reply => "actions-reply",
            Act::React => "actions-react",
            Act::Edit => "actions-edit",
            Act::Forward => "actions-forward",
            Act::Pin => "actions-pin",
            Act::Report => "actions-report",
            Act::Delete => "actions-delete",
        };
        Self { name, problem: page.problem(act) }
    }

    /// Whether it was refused.
    pub fn is_there(&self) -> bool {
        self.problem.is_some()
    }

    /// What its field is marked with then.
    pub fn invalid(&self) -> Option<&'static str> {
        self.is_there().then_some("true")
    }

    /// What ties the field to the reason.
    pub fn id(&self) -> Option<String> {
        self.is_there().then(|| format!("{}-note", self.name))
    }

    /// The reason.
    pub fn draw(&self) -> impl IntoView + use<> {
        let id = self.id();
        self.problem.as_ref().map(|problem| {
            view! {
                <p class="field-error" id=id role="alert">
                    {problem.detail.clone()}
                </p>
            }
        })
    }
}
