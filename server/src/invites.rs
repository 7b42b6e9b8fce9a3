//! Who may make an account: everybody, or those who hold an invite. The administrator decides and makes the invites.

use crate::{
    auth::Auth,
    error::Result,
    extract::{Json, Path},
    origin::Base,
    secret::{self, Secret},
    state::AppState,
};
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use model::{InviteId, Problem, Refusal, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, PgExecutor};
use utoipa::ToSchema;

/// The most invites at a time.
const MAX_INVITES: i64 = 100;
/// The most people that one invite lets in.
const MAX_USES: i32 = 1000;
/// The longest that an invite is good for.
const MAX_DAYS: i32 = 365;

/// Who may make an account.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct Registration {
    /// Whether everybody may. Otherwise it takes an invite.
    pub is_open: bool,
}

/// An invite that is still good.
#[derive(Debug, Serialize, ToSchema, sqlx::FromRow)]
pub struct Invite {
    /// Which one.
    pub invite_id: InviteId,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// How many people it still lets in.
    pub uses_left: i32,
}

/// All invites that are still good, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct InviteList {
    /// Them.
    pub invites: Vec<Invite>,
}

/// An invite to be made.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub struct NewInvite {
    /// How many people it lets in, 1 to 1000.
    #[serde(default = "one")]
    pub uses: i32,
    /// How many days it is good for, 1 to 365.
    #[serde(default = "a_week")]
    pub days: i32,
}

/// An invite's link, told this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct InviteLink {
    /// What it stands for.
    pub invite: Invite,
    /// The link to hand on.
    pub url: String,
}

/// Whether an account needs an invite.
#[utoipa::path(get, path = "/api/v1/registration", tag = "invites", responses((status = 200, body = Registration)),
    security(()))]
pub async fn registration(State(state): State<AppState>) -> Result<Json<Registration>> {
    Ok(Json(Registration { is_open: is_open(&state.db).await? }))
}

/// Opens or closes registration. For the administrator.
#[utoipa::path(put, path = "/api/v1/registration", tag = "invites", request_body = Registration, responses(
    (status = 204),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 403, body = Problem, content_type = "application/problem+json"),
))]
pub async fn set_registration(
    State(state): State<AppState>,
    auth: Auth,
    Json(registration): Json<Registration>,
) -> Result<StatusCode> {
    store_registration(&state, &auth, registration).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// All invites that are still good. For the administrator.
#[utoipa::path(get, path = "/api/v1/invites", tag = "invites", responses(
    (status = 200, body = InviteList),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 403, body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(State(state): State<AppState>, auth: Auth) -> Result<Json<InviteList>> {
    Ok(Json(InviteList { invites: all(&state, &auth).await? }))
}

/// Makes an invite. Its link is told in this answer and never again. For the administrator.
#[utoipa::path(post, path = "/api/v1/invites", tag = "invites", request_body = NewInvite, responses(
    (status = 201, body = InviteLink),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 403, body = Problem, content_type = "application/problem+json"),
))]
pub async fn create(
    State(state): State<AppState>,
    auth: Auth,
    base: Base,
    Json(invite): Json<NewInvite>,
) -> Result<impl IntoResponse> {
    Ok((StatusCode::CREATED, Json(store(&state, &auth, &base, invite).await?)))
}

/// Makes an invite useless. For the administrator.
#[utoipa::path(delete, path = "/api/v1/invites/{invite_id}", tag = "invites",
    params(("invite_id" = InviteId, Path)), responses(
    (status = 204),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn revoke(
    State(state): State<AppState>,
    auth: Auth,
    Path(invite_id): Path<InviteId>,
) -> Result<StatusCode> {
    delete(&state, &auth, invite_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether everybody may make an account.
pub async fn is_open(db: impl PgExecutor<'_>) -> Result<bool> {
    Ok(sqlx::query_scalar("select is_registration_open from instance").fetch_one(db).await?)
}

/// What somebody who wants an account finds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Door {
    /// Nobody is here yet.
    First,
    /// Everybody may come in.
    Open,
    /// It takes an invite, and theirs is good.
    Invited,
    /// It takes an invite, and there is none or it is no good.
    Closed,
}

/// How the door stands for somebody with or without an invite. It may change before they come in: what counts is [`admit`].
pub async fn door(db: impl PgExecutor<'_>, invite: Option<&str>) -> Result<Door> {
    let (is_first, is_open, is_invited): (bool, bool, bool) = sqlx::query_as(
        "select not exists (select from account), is_registration_open, \
             exists (select from invite where secret_hash = $1 and expires_at > now() and uses_left > 0) \
         from instance",
    )
    .bind(invite.map(secret::hash))
    .fetch_one(db)
    .await?;
    Ok(match (is_first, is_open, is_invited) {
        (true, ..) => Door::First,
        (_, true, _) => Door::Open,
        (_, _, true) => Door::Invited,
        _ => Door::Closed,
    })
}

/// Refuses who could not sign up anyway, before it costs anything.
pub async fn check(db: impl PgExecutor<'_>, invite: Option<&str>) -> Result<()> {
    if door(db, invite).await? == Door::Closed { Err(refusal(invite).into()) } else { Ok(()) }
}

/// Lets somebody in who is about to get an account in the same transaction, using up an invite if it takes one. Says whether it is the
/// instance's first, who becomes the administrator: of several at once one comes first, since the instance's row is locked.
pub async fn admit(tx: &mut PgConnection, invite: Option<&str>) -> Result<bool> {
    let is_open: bool = sqlx::query_scalar("select is_registration_open from instance for update")
        .fetch_one(&mut *tx)
        .await?;
    // A statement of its own: its snapshot is younger than the lock.
    let is_first: bool =
        sqlx::query_scalar("select not exists (select from account)").fetch_one(&mut *tx).await?;
    if is_open || is_first {
        return Ok(is_first);
    }
    let used = sqlx::query(
        "update invite set uses_left = uses_left - 1 \
         where secret_hash = $1 and expires_at > now() and uses_left > 0",
    )
    .bind(invite.map(secret::hash))
    .execute(tx)
    .await?;
    if used.rows_affected() == 1 { Ok(false) } else { Err(refusal(invite).into()) }
}

/// Opens or closes registration.
pub async fn store_registration(state: &AppState, auth: &Auth, registration: Registration) -> Result<()> {
    auth.require_administrator()?;
    sqlx::query("update instance set is_registration_open = $1")
        .bind(registration.is_open)
        .execute(&state.db)
        .await?;
    Ok(())
}

/// All invites that are still good, the newest first.
pub async fn all(state: &AppState, auth: &Auth) -> Result<Vec<Invite>> {
    auth.require_administrator()?;
    let invites = sqlx::query_as(
        "select invite_id, created_at, expires_at, uses_left from invite \
         where expires_at > now() and uses_left > 0 order by invite_id desc limit $1",
    )
    .bind(MAX_INVITES)
    .fetch_all(&state.db)
    .await?;
    Ok(invites)
}

/// Makes an invite, and clears away those that are used up.
pub async fn store(state: &AppState, auth: &Auth, base: &Base, new: NewInvite) -> Result<InviteLink> {
    auth.require_administrator()?;
    if !(1..=MAX_USES).contains(&new.uses) || !(1..=MAX_DAYS).contains(&new.days) {
        let detail =
            words::refusal::invite_terms(&words::number(MAX_USES as u64), &words::number(MAX_DAYS as u64));
        return Err(Refusal::RequestInvalid { detail }.into());
    }
    sqlx::query("delete from invite where expires_at <= now() or uses_left = 0").execute(&state.db).await?;
    let secret = Secret::generate("")?;
    let invite = insert(state, auth.user.user_id, &secret, new).await?.ok_or_else(|| {
        let detail = words::refusal::too_many_invites(MAX_INVITES as u64);
        Refusal::RequestInvalid { detail }
    })?;
    Ok(InviteLink { invite, url: base.url(&format!("/sign-up?invite={}", secret.as_str())) })
}

async fn insert(
    state: &AppState,
    created_by: UserId,
    secret: &Secret,
    new: NewInvite,
) -> Result<Option<Invite>> {
    let invite = sqlx::query_as(
        "insert into invite (invite_id, secret_hash, created_by, expires_at, uses_left) \
         select $1, $2, $3, now() + make_interval(days => $4), $5 where (select count(*) from invite) < $6 \
         returning invite_id, created_at, expires_at, uses_left",
    )
    .bind(InviteId::generate())
    .bind(secret.hash())
    .bind(created_by)
    .bind(new.days)
    .bind(new.uses)
    .bind(MAX_INVITES)
    .fetch_optional(&state.db)
    .await?;
    Ok(invite)
}

/// Makes an invite useless.
pub async fn delete(state: &AppState, auth: &Auth, invite_id: InviteId) -> Result<()> {
    auth.require_administrator()?;
    let deleted =
        sqlx::query("delete from invite where invite_id = $1").bind(invite_id).execute(&state.db).await?;
    if deleted.rows_affected() == 1 { Ok(()) } else { Err(Refusal::GrantNotFound.into()) }
}

/// Why the door is closed.
#[must_use]
pub fn refusal(invite: Option<&str>) -> Refusal {
    if invite.is_some() { Refusal::InviteInvalid } else { Refusal::RegistrationClosed }
}

fn one() -> i32 {
    1
}

fn a_week() -> i32 {
    7
}
