//! What a group's admins and members do by forms, without scripts: the same commands, and the way back to the page they were sent from.

use super::messenger::{Wanted, draw_refused};
use crate::{
    auth::Auth,
    dispatch,
    error::{Error, Result},
    extract::{Form, Path, form_invalid},
    state::AppState,
};
use app::{After, Doing, Refused, Route};
use axum::{
    extract::{OriginalUri, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::CookieJar;
use model::{
    Avatar, MessageId, PictureId, Problem, Role, ThreadId, UserId,
    wire::{Answer, Command},
};
use serde::Deserialize;

/// What the forms of the details send, and the one that begins a conversation.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Change {
    /// What is to be done, by the name of the button.
    #[serde(rename = "do")]
    what: String,
    user_id: Option<UserId>,
    /// Of the group that is made.
    thread_id: Option<ThreadId>,
    title: String,
    glyph: String,
    hue: u8,
    picture_id: Option<PictureId>,
    /// What was searched for.
    #[serde(rename = "q")]
    query: String,
}

/// Changes a group, or leaves it.
pub async fn change(
    State(state): State<AppState>,
    auth: Auth,
    Path(thread_id): Path<ThreadId>,
    OriginalUri(uri): OriginalUri,
    cookies: CookieJar,
    Form(change): Form<Change>,
) -> Result<Response> {
    let set_role = |user_id, role| (Command::SetRole { thread_id, user_id, role }, Doing::Looking);
    let (command, doing) = match (change.what.as_str(), change.user_id) {
        ("add", Some(user_id)) => (Command::AddMembers { thread_id, user_ids: vec![user_id] }, Doing::Adding),
        ("remove", Some(user_id)) => (Command::RemoveMember { thread_id, user_id }, Doing::Looking),
        ("leave", _) => (Command::RemoveMember { thread_id, user_id: auth.user.user_id }, Doing::Leaving),
        ("admin", Some(user_id)) => set_role(user_id, Role::Admin),
        ("member", Some(user_id)) => set_role(user_id, Role::Member),
        ("edit", _) => {
            let (title, avatar) = (change.title.clone(), change.avatar());
            (Command::UpdateGroup { thread_id, title, avatar }, Doing::Editing)
        }
        _ => return Err(form_invalid(StatusCode::BAD_REQUEST, "no button, or one without its fields")),
    };
    let route = Route::Details { thread_id };
    let after = After::parse(uri.query().unwrap_or_default());
    match dispatch::begin(&state, &auth, command).await.await {
        Ok(_) if doing == Doing::Leaving => Ok(Redirect::to("/").into_response()),
        Ok(_) if doing == Doing::Adding => Ok(Redirect::to(&adding(thread_id)).into_response()),
        Ok(_) if doing == Doing::Looking => {
            let members = after.map(After::query).unwrap_or_default() + After::MEMBERS;
            Ok(Redirect::to(&(route.path() + &members)).into_response())
        }
        Ok(_) => Ok(Redirect::to(&route.path()).into_response()),
        Err(error) => {
            let wanted = Wanted { doing, after, query: change.searched(), ..Wanted::at(route) };
            Ok(draw_refused(&state, &auth, &cookies, wanted, change.refused(error)).await)
        }
    }
}

/// Begins a conversation: with somebody, or a group, whose members are added afterwards.
pub async fn begin(
    State(state): State<AppState>,
    auth: Auth,
    cookies: CookieJar,
    Form(change): Form<Change>,
) -> Result<Response> {
    let (command, doing) = match (change.what.as_str(), change.user_id, change.thread_id) {
        ("group", _, Some(thread_id)) => {
            let (title, avatar) = (change.title.clone(), change.avatar());
            (Command::CreateGroup { thread_id, title, avatar, user_ids: Vec::new() }, Doing::Grouping)
        }
        (_, Some(user_id), _) => (Command::OpenDirect { user_id }, Doing::Looking),
        _ => return Err(form_invalid(StatusCode::BAD_REQUEST, "no button, or one without its fields")),
    };
    match dispatch::begin(&state, &auth, command).await.await {
        Ok(Answer::Opened { thread }) => {
            let thread_id = thread.thread_id;
            let path = match doing {
                Doing::Grouping => adding(thread_id),
                _ => Route::thread(thread_id).path(),
            };
            Ok(Redirect::to(&path).into_response())
        }
        Ok(_) => Ok(Redirect::to("/").into_response()),
        Err(error) => {
            let query = change.searched();
            let wanted = Wanted { doing, query, ..Wanted::at(Route::New { query: change.searched() }) };
            Ok(draw_refused(&state, &auth, &cookies, wanted, change.refused(error)).await)
        }
    }
}

fn adding(thread_id: ThreadId) -> String {
    format!("{}?do={}", Route::Details { thread_id }.path(), Doing::Adding.word())
}

impl Change {
    fn avatar(&self) -> Avatar {
        Avatar { hue: self.hue, glyph: self.glyph.clone(), picture_id: self.picture_id }
    }

    fn searched(&self) -> Option<String> {
        Some(self.query.clone()).filter(|query| !query.is_empty())
    }

    /// All of it, for the page that says why it was not done.
    fn refused(self, error: Error) -> Refused {
        let problem = Problem::from(&error.into_refusal());
        let form_id = self.thread_id.filter(|_| problem.is_passing()).map(|thread_id| MessageId(thread_id.0));
        Refused { problem, avatar: Some(self.avatar()), draft: None, body: self.title, form_id }
    }
}
