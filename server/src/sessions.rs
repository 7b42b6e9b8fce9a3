//! Sessions: signing in and out, who else is signed in as oneself, and the tokens of programs.

mod device;

use crate::{
    accounts::{self, Account, Me},
    auth::{Auth, BROWSER_DAYS, Holder, SessionCookie, SessionKind},
    error::Result,
    extract::{Json, Path},
    secret::Secret,
    state::AppState,
};
use axum::{
    extract::State,
    http::{StatusCode, header::SET_COOKIE},
    response::{IntoResponse, Response},
};
use model::{DisplayName, Problem, Refusal, SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use device::Device;

/// The most browsers that one account is signed in with; the one that was not used for longest makes room.
const MAX_BROWSERS: i64 = 100;
/// The most tokens of one account.
const MAX_TOKENS: i64 = 100;

/// Who wants to come in.
#[derive(Deserialize, ToSchema)]
pub struct Credentials {
    /// The name that was chosen.
    pub username: String,
    /// The password.
    pub password: String,
}

/// Something that is signed in.
#[derive(Debug, Serialize, ToSchema, sqlx::FromRow)]
pub struct Session {
    /// Which one.
    pub session_id: SessionId,
    /// What holds it.
    pub kind: SessionKind,
    /// A browser and its system, or what a token was named.
    pub label: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used, to a few minutes.
    pub last_used_at: Timestamp,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

/// All that is signed in as somebody, the last used first.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionList {
    /// Them.
    pub sessions: Vec<Session>,
}

/// A token to be made.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewToken {
    /// What to know it by.
    pub label: String,
}

/// A token, told this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct Token {
    /// Under which it can be ended.
    pub session_id: SessionId,
    /// What to know it by.
    pub label: String,
    /// What to send in `Authorization: Bearer`.
    pub token: String,
}

/// Signs in: the answer sets the session's cookie. Any session that the browser had until now ends.
#[utoipa::path(post, path = "/api/v1/sessions", tag = "sessions", request_body = Credentials, responses(
    (status = 201, body = Me),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 429, body = Problem, content_type = "application/problem+json"),
), security(()))]
pub async fn create(
    State(state): State<AppState>,
    former: Option<Holder>,
    device: Device,
    cookie: SessionCookie,
    Json(credentials): Json<Credentials>,
) -> Result<impl IntoResponse> {
    let account =
        accounts::prove(&state, device.address, None, &credentials.username, credentials.password).await?;
    let secret = begin_anew(&state, &account, former, &device).await?;
    Ok((StatusCode::CREATED, [(SET_COOKIE, cookie.holding(&secret))], Json(account.into_me())))
}

/// All browsers and programs that are signed in as the one who asks.
#[utoipa::path(get, path = "/api/v1/sessions", tag = "sessions", responses(
    (status = 200, body = SessionList),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 403, body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(State(state): State<AppState>, auth: Auth) -> Result<Json<SessionList>> {
    auth.require_browser()?;
    Ok(Json(SessionList { sessions: of(&state, &auth).await? }))
}

/// Ends a session or a token at once, sockets included. Ending one's own is signing out.
#[utoipa::path(delete, path = "/api/v1/sessions/{session_id}", tag = "sessions",
    params(("session_id" = SessionId, Path)), responses(
    (status = 204),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn end(
    State(state): State<AppState>,
    auth: Auth,
    cookie: SessionCookie,
    Path(session_id): Path<SessionId>,
) -> Result<Response> {
    if session_id != auth.session_id {
        auth.require_browser()?;
    }
    end_one(&state, auth.user.user_id, session_id).await?;
    Ok(match auth.kind {
        SessionKind::Browser if session_id == auth.session_id => {
            (StatusCode::NO_CONTENT, [(SET_COOKIE, cookie.forgotten())]).into_response()
        }
        _ => StatusCode::NO_CONTENT.into_response(),
    })
}

/// Signs out every browser but the one that asks. Tokens stay.
#[utoipa::path(delete, path = "/api/v1/sessions", tag = "sessions", responses(
    (status = 204),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 403, body = Problem, content_type = "application/problem+json"),
))]
pub async fn end_others(State(state): State<AppState>, auth: Auth) -> Result<StatusCode> {
    end_other_browsers(&state, &auth).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a token for a program. It is told in this answer and never again.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "sessions", request_body = NewToken, responses(
    (status = 201, body = Token),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn create_token(
    State(state): State<AppState>,
    auth: Auth,
    Json(token): Json<NewToken>,
) -> Result<impl IntoResponse> {
    Ok((StatusCode::CREATED, Json(store_token(&state, &auth, &token.label).await?)))
}

/// Signs a browser in.
pub async fn begin(state: &AppState, account: &Account, device: &Device) -> Result<Secret> {
    let (secret, session_id) = (Secret::generate("")?, SessionId::generate());
    let user_id = account.user.user_id;
    let mut tx = state.db.begin().await?;
    // The lock waits for a change of the password that is under way, and finds that this one is not it any more.
    let begun = sqlx::query(
        "insert into session (session_id, user_id, kind, secret_hash, label, expires_at, locks_at) \
         select $1, user_id, $2, $3, $4, now() + make_interval(days => $5), now() + make_interval(mins => lock_minutes) \
         from account where user_id = $6 and password_hash = $7 and deactivated_at is null for share",
    )
    .bind(session_id)
    .bind(SessionKind::Browser)
    .bind(secret.hash())
    .bind(&device.label)
    .bind(BROWSER_DAYS)
    .bind(user_id)
    .bind(&account.password_hash)
    .execute(&mut *tx)
    .await?;
    if begun.rows_affected() == 0 {
        return Err(Refusal::CredentialsWrong.into());
    }
    let ended: Vec<SessionId> = sqlx::query_scalar(
        "delete from session where session_id in ( \
             select session_id from ( \
                 select session_id, expires_at, row_number() over (order by last_used_at desc, session_id desc) as place \
                 from session where user_id = $1 and kind = $2) as browser \
             where place > $3 or expires_at <= now()) \
         returning session_id",
    )
    .bind(user_id)
    .bind(SessionKind::Browser)
    .bind(MAX_BROWSERS)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    ended.into_iter().for_each(|session_id| state.hub.end_session(session_id));
    state.limits.remember(&account.user.username, device.address);
    tracing::info!(%user_id, %session_id, address = %device.address, "a browser was signed in");
    Ok(secret)
}

/// Signs a browser in that may have been signed in until now, as the same person or another.
pub async fn begin_anew(
    state: &AppState,
    account: &Account,
    former: Option<Holder>,
    device: &Device,
) -> Result<Secret> {
    let secret = begin(state, account, device).await?;
    let former = former.map(|holder| holder.auth);
    if let Some(former) = former.filter(|former| former.kind == SessionKind::Browser) {
        // It may have ended meanwhile, which is as good.
        end_one(state, former.user.user_id, former.session_id).await.ok();
    }
    Ok(secret)
}

/// All that is signed in as somebody, the last used first.
pub async fn of(state: &AppState, auth: &Auth) -> Result<Vec<Session>> {
    let sessions = sqlx::query_as(
        "select session_id, kind, label, created_at, last_used_at, session_id = $2 as is_current from session \
         where user_id = $1 and (expires_at is null or expires_at > now()) \
         order by is_current desc, last_used_at desc, session_id desc limit $3",
    )
    .bind(auth.user.user_id)
    .bind(auth.session_id)
    .bind(MAX_BROWSERS + MAX_TOKENS)
    .fetch_all(&state.db)
    .await?;
    Ok(sessions)
}

/// Ends a session of somebody's.
pub async fn end_one(state: &AppState, user_id: UserId, session_id: SessionId) -> Result<()> {
    let ended = sqlx::query("delete from session where session_id = $1 and user_id = $2")
        .bind(session_id)
        .bind(user_id)
        .execute(&state.db)
        .await?;
    if ended.rows_affected() == 0 {
        return Err(Refusal::GrantNotFound.into());
    }
    state.hub.end_session(session_id);
    tracing::info!(%user_id, %session_id, "a session was ended");
    Ok(())
}

/// Ends the sessions of all browsers but the one that asks.
pub async fn end_other_browsers(state: &AppState, auth: &Auth) -> Result<()> {
    auth.require_browser()?;
    let ended: Vec<SessionId> = sqlx::query_scalar(
        "delete from session where user_id = $1 and kind = $2 and session_id <> $3 returning session_id",
    )
    .bind(auth.user.user_id)
    .bind(SessionKind::Browser)
    .bind(auth.session_id)
    .fetch_all(&state.db)
    .await?;
    tracing::info!(user_id = %auth.user.user_id, count = ended.len(), "all other browsers were signed out");
    ended.into_iter().for_each(|session_id| state.hub.end_session(session_id));
    Ok(())
}

/// Makes a token.
pub async fn store_token(state: &AppState, auth: &Auth, label: &str) -> Result<Token> {
    auth.require_browser()?;
    let label = DisplayName::new(label).map_err(|_| Refusal::LabelInvalid)?;
    let (secret, session_id) = (Secret::generate(Secret::TOKEN_PREFIX)?, SessionId::generate());
    let stored = sqlx::query(
        "insert into session (session_id, user_id, kind, secret_hash, label) \
         select $1, $2, $3, $4, $5 where (select count(*) from session where user_id = $2 and kind = $3) < $6",
    )
    .bind(session_id)
    .bind(auth.user.user_id)
    .bind(SessionKind::Token)
    .bind(secret.hash())
    .bind(label.as_str())
    .bind(MAX_TOKENS)
    .execute(&state.db)
    .await?;
    if stored.rows_affected() == 0 {
        let detail = words::refusal::too_many_tokens(MAX_TOKENS as u64);
        return Err(Refusal::RequestInvalid { detail }.into());
    }
    tracing::info!(user_id = %auth.user.user_id, %session_id, "a token was made");
    Ok(Token { session_id, label: label.as_str().into(), token: secret.as_str().into() })
}
