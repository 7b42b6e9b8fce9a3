//! What can be done with a message, on a page for readers without scripts: the message, and a form for everything that the reader may do. What is
//! refused stands on the same page, with what was typed.

use super::{accounts, composed, messenger, problem::Typed, site};
use crate::{
    access,
    auth::Auth,
    dispatch,
    error::{Error, Result},
    extract::Path,
    messages, reactions, snapshot,
    state::AppState,
    threads, users,
};
use app::{
    Cursor, Refused, Route,
    page::{Act, Actions, actions},
};
use axum::{
    extract::{Request, State},
    response::{Html, IntoResponse, Redirect, Response},
};
use axum_extra::extract::CookieJar;
use model::{MessageId, Problem, Refusal, Role, ThreadId, ThreadKind, wire::Command};
use serde::Deserialize;

/// Where a message is, and which one.
pub type Place = (ThreadId, MessageId);

/// The page. A message that was deleted has none.
pub async fn show(
    State(state): State<AppState>,
    auth: Auth,
    Path(place): Path<Place>,
    cookies: CookieJar,
) -> Result<Response> {
    Ok(Html(draw(&state, &auth, &cookies, place, None).await?).into_response())
}

/// A reply, as it was typed.
#[derive(Debug, Deserialize)]
struct Reply {
    message_id: MessageId,
    body: String,
}

/// Answers the message, and shows the end of the thread, where the answer is. A form that is sent twice is one message, since its id is in it.
pub async fn reply(
    State(state): State<AppState>,
    auth: Auth,
    Path((thread_id, answered)): Path<Place>,
    cookies: CookieJar,
    request: Request,
) -> Result<Response> {
    let Reply { message_id, body } = composed::words(&state, request).await?;
    let command = Command::SendMessage {
        message_id,
        thread_id,
        body: body.clone(),
        file_ids: Vec::new(),
        reply_to: Some(answered),
    };
    let tried = Tried { act: Act::Reply, typed: body, form_id: Some(message_id) };
    let end = Route::Thread { thread_id, cursor: Some(Cursor::End) };
    Ok(attempt(&state, &auth, &cookies, (thread_id, answered), tried, command)
        .await
        .map_or_else(|refused| refused, |()| Redirect::to(&end.path()).into_response()))
}

/// The words that a message is to have.
#[derive(Debug, Deserialize)]
struct Edit {
    body: String,
}

/// Gives the message other words, and shows it.
pub async fn edit(
    State(state): State<AppState>,
    auth: Auth,
    Path((thread_id, message_id)): Path<Place>,
    cookies: CookieJar,
    request: Request,
) -> Result<Response> {
    let Edit { body } = composed::words(&state, request).await?;
    let command = Command::EditMessage { thread_id, message_id, body: body.clone() };
    let tried = Tried { act: Act::Edit, typed: body, form_id: None };
    carry_out(&state, &auth, &cookies, (thread_id, message_id), tried, command).await
}

/// Deletes the message for everybody, and shows what is left of it.
pub async fn delete(
    State(state): State<AppState>,
    auth: Auth,
    Path((thread_id, message_id)): Path<Place>,
    cookies: CookieJar,
) -> Result<Response> {
    let command = Command::DeleteMessage { thread_id, message_id };
    let tried = Tried { act: Act::Delete, typed: String::new(), form_id: None };
    carry_out(&state, &auth, &cookies, (thread_id, message_id), tried, command).await
}

/// What somebody wanted to do by a form.
pub(super) struct Tried {
    /// What.
    pub act: Act,
    /// What they typed or chose.
    pub typed: String,
    /// The form's id, where it makes a message.
    pub form_id: Option<MessageId>,
}

/// Does something with a message and shows it in its thread, or says why not.
pub(super) async fn carry_out(
    state: &AppState,
    auth: &Auth,
    cookies: &CookieJar,
    place: Place,
    tried: Tried,
    command: Command,
) -> Result<Response> {
    match attempt(state, auth, cookies, place, tried, command).await {
        Ok(()) => Ok(to_message(state, auth, place).await?.into_response()),
        Err(refused) => Ok(refused),
    }
}

/// Does something with a message, or gives the page that says why not.
pub(super) async fn attempt(
    state: &AppState,
    auth: &Auth,
    cookies: &CookieJar,
    place: Place,
    tried: Tried,
    command: Command,
) -> std::result::Result<(), Response> {
    match dispatch::begin(state, auth, command).await.await {
        Ok(_) => Ok(()),
        Err(error) => Err(refused(state, auth, cookies, place, tried, error.into_refusal()).await),
    }
}

/// Leads to a message in its thread.
pub(super) async fn to_message(
    state: &AppState,
    auth: &Auth,
    (thread_id, message_id): Place,
) -> Result<Redirect> {
    let access = access::thread(&state.db, auth.user.user_id, thread_id).await?;
    let at = messages::time_of(&state.db, access, message_id).await?;
    Ok(Redirect::to(&app::route::message(thread_id, at, message_id)))
}

/// The page with why a form of it was not carried out. Where there is no such page, the reason alone, with what was typed.
pub(super) async fn refused(
    state: &AppState,
    auth: &Auth,
    cookies: &CookieJar,
    place: Place,
    tried: Tried,
    refusal: Refusal,
) -> Response {
    let Tried { act, typed: body, form_id } = tried;
    let problem = Problem::from(&refusal);
    let form_id = form_id.filter(|_| problem.is_passing());
    let refused =
        Refused { problem: problem.clone(), body: body.clone(), avatar: None, draft: None, form_id };
    if let Ok(page) = draw(state, auth, cookies, place, Some((act, refused))).await {
        return accounts::refused(&problem, page);
    }
    let mut response = Error::from(refusal).into_response();
    // Where a message was to go was chosen, not typed.
    if act != Act::Forward {
        response.extensions_mut().insert(Typed(body));
    }
    response
}

async fn draw(
    state: &AppState,
    auth: &Auth,
    cookies: &CookieJar,
    (thread_id, message_id): Place,
    refused: Option<(Act, Refused)>,
) -> Result<String> {
    let me = auth.user.user_id;
    let access = access::thread(&state.db, me, thread_id).await?;
    let mut message = messages::find(&state.db, access, message_id).await?.into_message();
    reactions::mark_own(&state.db, access, std::slice::from_mut(&mut message)).await?;
    let kind = threads::view(&state.db, me, thread_id).await?.kind;
    let is_group = matches!(kind, ThreadKind::Group { .. });
    let newest = snapshot::newest(&state.db, me).await?;
    let page = Actions {
        me,
        sender: users::by_id(&state.db, [message.sender_id]).await?.pop(),
        is_group,
        is_admin: is_group && access.role() == Role::Admin,
        threads: newest.pinned.into_iter().chain(newest.threads).collect(),
        message,
        refused,
        offset: Box::new(messenger::offset(cookies)),
    };
    Ok(actions(&site(), page))
}
