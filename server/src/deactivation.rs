//! Closing an account, by the administrator: whoever has it is signed out everywhere and cannot come in; nobody finds or adds them. What they wrote stays, and
//! bears their name, and groups that they alone administered get another admin. It can be opened again, and is then what it was.

use crate::{
    auth::Auth,
    dispatch,
    error::{Error, Result},
    extract::{Json, Path},
    groups,
    live::hub::Delivery,
    profiles, resets,
    state::AppState,
};
use axum::{extract::State, http::StatusCode};
use model::{Problem, Refusal, SessionId, ThreadId, User, UserId, Username};
use serde::{Deserialize, Serialize};
use sqlx::{Postgres, Transaction};
use utoipa::ToSchema;

/// The most closed accounts that are listed.
const MAX_LISTED: i64 = 200;

/// Whether an account can be used.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct Activity {
    /// Whether it can.
    pub is_active: bool,
}

/// Closes an account, or opens it again. For the administrator, and not their own.
#[utoipa::path(put, path = "/api/v1/accounts/{username}/activity", tag = "accounts",
    params(("username" = String, Path)), request_body = Activity, responses(
    (status = 204),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn set(
    State(state): State<AppState>,
    auth: Auth,
    Path(username): Path<String>,
    Json(activity): Json<Activity>,
) -> Result<StatusCode> {
    store(&state, &auth, &username, activity.is_active).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Closes an account, or opens it again. One that is so already stays so.
///
/// # Errors
/// [`Refusal::AdministratorRequired`], [`Refusal::UserNotFound`] and [`Refusal::SelfNotAllowed`].
pub async fn store(state: &AppState, auth: &Auth, username: &str, is_active: bool) -> Result<()> {
    auth.require_administrator()?;
    let username = Username::new(username.trim_start_matches('@')).map_err(|_| Refusal::UserNotFound)?;
    if username.as_str() == auth.user.username {
        return Err(Refusal::SelfNotAllowed.into());
    }
    let mut tx = state.db.begin().await?;
    let user_id: UserId = sqlx::query_scalar("select user_id from account where username = $1 for update")
        .bind(username.as_str())
        .fetch_optional(&mut *tx)
        .await?
        .ok_or(Refusal::UserNotFound)?;
    let changed: Option<User> = sqlx::query_as(
        "update account set deactivated_at = case when $2 then null else now() end, profile_change = profile_change + 1
            where user_id = $1 and (deactivated_at is null) <> $2
            returning user_id, username, display_name, picture_id, profile_change,
                deactivated_at is not null as is_deactivated",
    )
    .bind(user_id)
    .bind(is_active)
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(user) = changed {
        change(state, auth, tx, user, is_active).await?;
    } else {
        drop(tx);
    }
    // Also where it was closed already: whoever closed it may not have come this far.
    if !is_active {
        hand_over(state, user_id).await?;
    }
    Ok(())
}

/// Has everybody know, and ends what must not go on.
async fn change(
    state: &AppState,
    auth: &Auth,
    mut tx: Transaction<'_, Postgres>,
    user: User,
    is_active: bool,
) -> Result<()> {
    let user_id = user.user_id;
    resets::withdraw(&mut tx, user_id).await?;
    let ended: Vec<SessionId> = if is_active {
        Vec::new()
    } else {
        sqlx::query_scalar("delete from session where user_id = $1 returning session_id")
            .bind(user_id)
            .fetch_all(&mut *tx)
            .await?
    };
    let (event, audience) = profiles::changed(&mut tx, user).await?;
    tx.commit().await?;
    ended.into_iter().for_each(|session_id| state.hub.end_session(session_id));
    let done = if is_active { "opened" } else { "closed" };
    tracing::info!(%user_id, administrator_id = %auth.user.user_id, "an account was {done}");
    dispatch::tell(state, vec![Delivery { event, audience }]);
    Ok(())
}

/// Groups that nobody else administers get another admin.
async fn hand_over(state: &AppState, user_id: UserId) -> Result<()> {
    let groups: Vec<ThreadId> = sqlx::query_scalar(
        "select thread_id from member join thread using (thread_id)
            where user_id = $1 and role = 'admin' and kind = 'group'",
    )
    .bind(user_id)
    .fetch_all(&state.db)
    .await?;
    for thread_id in groups {
        let _turn = state.turns.take(thread_id).await;
        match groups::relieve(&state.db, user_id, thread_id).await {
            Ok(deliveries) => dispatch::tell(state, deliveries),
            // They were put out of it meanwhile.
            Err(Error::Refused(Refusal::ThreadNotFound)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The accounts that are closed, the last one first.
pub async fn all(state: &AppState, auth: &Auth) -> Result<Vec<User>> {
    auth.require_administrator()?;
    Ok(sqlx::query_as(
        "select user_id, username, display_name, picture_id, profile_change, true as is_deactivated from account
            where deactivated_at is not null order by deactivated_at desc limit $1",
    )
    .bind(MAX_LISTED)
    .fetch_all(&state.db)
    .await?)
}
