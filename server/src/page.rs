//! The pages that the server draws. This and what is below it are the only importers of `app`.

pub mod accounts;
pub mod actions;
pub mod appearance;
pub mod chats;
mod composed;
pub mod date;
pub mod forwards;
pub mod groups;
pub mod joining;
pub mod language;
pub mod locks;
pub mod messenger;
pub mod options;
mod picture_form;
pub mod pictures;
pub mod pins;
pub mod privacy;
pub mod problem;
pub mod profile;
pub mod reactions;
pub mod readers;
pub mod reports;
pub mod resets;
pub mod settings;
pub mod shortcuts;
pub mod typed;
pub mod versions;

use crate::{
    assets, emoji,
    error::{Error, problem_response},
    state::AppState,
};
use axum::{
    extract::State,
    http::Uri,
    response::{IntoResponse, Redirect, Response},
};
use model::{Problem, Refusal};
use std::any::Any;
use words::Language;

/// Where the browser finds the parts of the site.
#[must_use]
pub fn site() -> app::Site {
    let urls = assets::urls();
    app::Site {
        css: urls.css,
        later: urls.later,
        start: urls.start,
        script: urls.script,
        picture: urls.picture,
        notifications: urls.notifications,
        lock: crate::locks::minutes().map(|minutes| (minutes, urls.lock)),
        split: urls.split,
        wasm: urls.wasm,
        emoji: emoji::version(),
        appearance: crate::appearance::current(),
        words: urls.words[Language::current().place()],
        later_words: urls.later_words[Language::current().place()],
    }
}

/// Leads somebody to a door, and from there back to where they wanted to be.
#[must_use]
pub fn to_door(door: &str, wanted: &Uri) -> Response {
    let wanted = wanted.path_and_query().map_or("/", |path| path.as_str());
    Redirect::to(&app::page::with_next(door, wanted)).into_response()
}

/// What is at no address. [`problem::for_people`] makes a page of it.
pub async fn not_found() -> Error {
    Refusal::PageNotFound.into()
}

/// A handler that panicked is answered like any other fault of ours.
pub fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let what = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!("a handler panicked: {what}");
    problem_response(&Problem::from(&Refusal::Internal))
}

/// Whether the server can do its work, for load balancers.
pub async fn ready(State(state): State<AppState>) -> Response {
    match sqlx::query("select 1").execute(&state.db).await {
        Ok(_) => "ok".into_response(),
        Err(error) => Error::from(error).into_response(),
    }
}
