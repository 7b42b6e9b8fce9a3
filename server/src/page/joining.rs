//! Joining groups by links, in pages and forms: the page of a group's links for its admins, and the page that a link leads to.

use super::{accounts::refused, pictures::group, site};
use crate::{
    auth::Auth,
    dispatch,
    error::{Error, Result},
    extract::{Form, Path, form_invalid},
    group_invites::{self, GroupInvitePage, Invitation, JoinRequest, NewGroupInvite},
    origin::Base,
    state::AppState,
};
use app::{
    Route,
    page::{self, GroupInvite, GroupInvites, Join},
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use model::{
    InviteId, Problem, Thread, ThreadId, Timestamp, UserId,
    wire::{Answer, Command},
};
use serde::Deserialize;

/// What the forms of the page of links send.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Change {
    /// What is to be done, by the name of the button.
    #[serde(rename = "do")]
    what: String,
    user_id: Option<UserId>,
    invite_id: Option<InviteId>,
    uses: i32,
    days: i32,
    needs_approval: Option<String>,
}

/// The page of a group's links.
pub async fn show(
    State(state): State<AppState>,
    auth: Auth,
    Path(thread_id): Path<ThreadId>,
) -> Result<Response> {
    let thread = group(&state, &auth, thread_id).await?;
    let page = page(&state, &auth, thread).await?;
    Ok(Html(page::group_invites(&site(), page)).into_response())
}

/// Makes a link or revokes one, lets somebody in or not.
pub async fn change(
    State(state): State<AppState>,
    auth: Auth,
    base: Base,
    Path(thread_id): Path<ThreadId>,
    Form(change): Form<Change>,
) -> Result<Response> {
    let thread = group(&state, &auth, thread_id).await?;
    let (db, me) = (&state.db, auth.user.user_id);
    let done = match (change.what.as_str(), change.user_id, change.invite_id) {
        ("accept" | "decline", Some(user_id), _) => {
            let is_accepted = change.what == "accept";
            let command = Command::AnswerRequest { thread_id, user_id, is_accepted };
            dispatch::begin(&state, &auth, command).await.await.map(|_| None)
        }
        ("revoke", _, Some(invite_id)) => match group_invites::delete(db, me, thread_id, invite_id).await {
            Ok(()) | Err(Error::Refused(model::Refusal::GrantNotFound)) => Ok(None),
            Err(error) => Err(error),
        },
        ("create", ..) => {
            let needs_approval = change.needs_approval.is_some();
            let new = NewGroupInvite { uses: change.uses, days: change.days, needs_approval };
            group_invites::store(db, me, thread_id, &base, new).await.map(|link| Some(link.url))
        }
        _ => return Err(form_invalid(StatusCode::BAD_REQUEST, "no button, or one without its fields")),
    };
    match done {
        Ok(None) => Ok(Redirect::to(&app::route::invites(thread_id)).into_response()),
        Ok(told) => {
            let page = GroupInvites { told, ..page(&state, &auth, thread).await? };
            Ok(Html(page::group_invites(&site(), page)).into_response())
        }
        Err(Error::Refused(refusal)) => {
            let problem = Problem::from(&refusal);
            let page = GroupInvites { problem: Some(problem.clone()), ..page(&state, &auth, thread).await? };
            Ok(refused(&problem, page::group_invites(&site(), page)))
        }
        Err(error) => Err(error),
    }
}

async fn page(state: &AppState, auth: &Auth, thread: Thread) -> Result<GroupInvites> {
    let me = auth.user.user_id;
    let GroupInvitePage { invites, requests } = group_invites::page(&state.db, me, thread.thread_id).await?;
    let invite = |invite: group_invites::GroupInvite| {
        let group_invites::GroupInvite { invite_id, created_at, expires_at, uses_left, needs_approval } =
            invite;
        GroupInvite { invite_id, created_at, expires_at, uses_left, needs_approval }
    };
    let request = |JoinRequest { user, requested_at }| (user, requested_at);
    Ok(GroupInvites {
        me,
        thread,
        now: Timestamp::now(),
        invites: invites.into_iter().map(invite).collect(),
        requests: requests.into_iter().map(request).collect(),
        told: None,
        problem: None,
    })
}

/// Where a link leads. Whoever is in the group already is led there.
pub async fn invitation(
    State(state): State<AppState>,
    auth: Auth,
    Path((thread_id, secret)): Path<(ThreadId, String)>,
) -> Result<Response> {
    let me = auth.user.user_id;
    let Invitation { title, avatar, member_count, needs_approval, is_member, is_asking } =
        group_invites::invitation(&state.db, me, thread_id, &secret).await?;
    if is_member {
        return Ok(Redirect::to(&Route::thread(thread_id).path()).into_response());
    }
    let page = Join { me, thread_id, secret, title, avatar, member_count, needs_approval, is_asking };
    Ok(Html(page::join(&site(), page)).into_response())
}

/// Joins the group, or asks to be let in.
pub async fn join(
    State(state): State<AppState>,
    auth: Auth,
    Path((thread_id, secret)): Path<(ThreadId, String)>,
) -> Result<Response> {
    let command = Command::JoinGroup { thread_id, secret: secret.clone() };
    let path = match dispatch::begin(&state, &auth, command).await.await? {
        Answer::Opened { .. } => Route::thread(thread_id).path(),
        Answer::Sent { .. } | Answer::Done => page::join_path(thread_id, &secret),
    };
    Ok(Redirect::to(&path).into_response())
}
