//! The page of a group's picture, for its admins.

use super::{accounts::refused, picture_form, site};
use crate::{
    access,
    auth::Auth,
    dispatch,
    error::{Error, Result},
    extract::Path,
    snapshot,
    state::AppState,
};
use app::{
    Route,
    page::{GroupPicture, group_picture},
};
use axum::{
    extract::{Request, State},
    response::{Html, IntoResponse, Redirect, Response},
};
use model::{Avatar, Problem, Refusal, Thread, ThreadId, ThreadKind, wire::Command};

/// The page.
pub async fn show(
    State(state): State<AppState>,
    auth: Auth,
    Path(thread_id): Path<ThreadId>,
) -> Result<Response> {
    let thread = group(&state, &auth, thread_id).await?;
    let page = GroupPicture { me: auth.user.user_id, thread, problem: None };
    Ok(Html(group_picture(&site(), page)).into_response())
}

/// Changes the picture, and leads back to the group.
pub async fn change(
    State(state): State<AppState>,
    auth: Auth,
    Path(thread_id): Path<ThreadId>,
    request: Request,
) -> Result<Response> {
    let thread = group(&state, &auth, thread_id).await?;
    let (form, refusal) = picture_form::read(&state, &auth, request).await?;
    let outcome = match (refusal, form.picture, &thread.kind) {
        (Some(refusal), ..) => Err(refusal.into()),
        (None, Some(picture_id), ThreadKind::Group { title, avatar, .. }) => {
            let avatar = Avatar { picture_id, ..avatar.clone() };
            let command = Command::UpdateGroup { thread_id, title: title.clone(), avatar };
            dispatch::begin(&state, &auth, command).await.await.map(drop)
        }
        _ => Ok(()),
    };
    match outcome {
        Ok(()) => Ok(Redirect::to(&Route::Details { thread_id }.path()).into_response()),
        Err(Error::Refused(refusal)) => {
            let problem = Problem::from(&refusal);
            let page = GroupPicture { me: auth.user.user_id, thread, problem: Some(problem.clone()) };
            Ok(refused(&problem, group_picture(&site(), page)))
        }
        Err(error) => Err(error),
    }
}

/// A group of which one is an admin.
pub(super) async fn group(state: &AppState, auth: &Auth, thread_id: ThreadId) -> Result<Thread> {
    let access = access::thread(&state.db, auth.user.user_id, thread_id).await?;
    let mut db = state.db.acquire().await?;
    let thread = snapshot::thread(&mut db, auth.user.user_id, thread_id).await?;
    let thread = thread.ok_or(Refusal::ThreadNotFound)?;
    if !matches!(thread.kind, ThreadKind::Group { .. }) {
        return Err(Refusal::GroupRequired.into());
    }
    access.as_admin()?;
    Ok(thread)
}
