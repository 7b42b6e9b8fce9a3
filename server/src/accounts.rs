//! Accounts: making one, who one is, and changing the password.

use crate::{
    auth::{Auth, SessionCookie, SessionKind},
    error::{Error, Result},
    extract::Json,
    invites,
    limits::Address,
    passwords::Passwords,
    resets,
    sessions::{self, Device},
    state::AppState,
};
use axum::{
    extract::State,
    http::{StatusCode, header::SET_COOKIE},
    response::IntoResponse,
};
use model::{
    DisplayName, Problem, Refusal, SessionId, User, UserId, Username,
    refusal::{MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS},
};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, PgExecutor};
use utoipa::ToSchema;
use zxcvbn::{Score, zxcvbn};

/// What an account is made of.
#[derive(Deserialize, ToSchema)]
pub struct NewAccount {
    /// The name to sign in with: 2 to 32 of `a-z`, `0-9` and `_`, a letter first.
    pub username: String,
    /// The name that others see.
    pub display_name: String,
    /// 8 to 256 characters.
    pub password: String,
    /// The secret of an invite, needed where registration is closed.
    #[serde(default)]
    pub invite: Option<String>,
}

/// The account that asks.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// As others see it.
    pub user: User,
    /// Whether it decides for the whole instance.
    pub is_administrator: bool,
}

/// A change of the password.
#[derive(Deserialize, ToSchema)]
pub struct NewPassword {
    /// The present one.
    pub current_password: String,
    /// The one from now on.
    pub password: String,
}

/// Makes an account and signs it in: the answer sets the session's cookie. The instance's first account is its administrator's.
#[utoipa::path(post, path = "/api/v1/accounts", tag = "accounts", request_body = NewAccount, responses(
    (status = 201, body = Me),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
    (status = 429, body = Problem, content_type = "application/problem+json"),
), security(()))]
pub async fn create(
    State(state): State<AppState>,
    device: Device,
    cookie: SessionCookie,
    Json(account): Json<NewAccount>,
) -> Result<impl IntoResponse> {
    let account = sign_up(&state, device.address, &account).await?;
    let secret = sessions::begin(&state, &account, &device).await?;
    Ok((StatusCode::CREATED, [(SET_COOKIE, cookie.holding(&secret))], Json(account.into_me())))
}

/// Who asks.
#[utoipa::path(get, path = "/api/v1/me", tag = "accounts", responses(
    (status = 200, body = Me),
    (status = 401, body = Problem, content_type = "application/problem+json"),
))]
pub async fn me(auth: Auth) -> Json<Me> {
    Json(Me { user: auth.user, is_administrator: auth.is_administrator })
}

/// Changes the password. Every browser of the account is signed out, except that this one gets a new session in its cookie. Tokens go on
/// working: programs do not know the password, and their owner can end them one by one.
#[utoipa::path(put, path = "/api/v1/password", tag = "accounts", request_body = NewPassword, responses(
    (status = 204),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
    (status = 429, body = Problem, content_type = "application/problem+json"),
))]
pub async fn change_password(
    State(state): State<AppState>,
    auth: Auth,
    device: Device,
    cookie: SessionCookie,
    Json(change): Json<NewPassword>,
) -> Result<impl IntoResponse> {
    let account = store_password(&state, &auth, device.address, change).await?;
    let secret = sessions::begin(&state, &account, &device).await?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie.holding(&secret))]))
}

impl NewAccount {
    /// Everything that is wrong with it as far as can be told from itself, in the order of the fields.
    #[must_use]
    pub fn faults(&self) -> Vec<Refusal> {
        let username = Username::new(&self.username).err();
        let display_name = DisplayName::new(&self.display_name).err();
        let password = check_password(&self.password, &self.username, &self.display_name).err();
        [username, display_name, password].into_iter().flatten().collect()
    }
}

/// Makes an account.
pub async fn sign_up(state: &AppState, address: Address, account: &NewAccount) -> Result<Account> {
    let username = Username::new(&account.username)?;
    let display_name = DisplayName::new(&account.display_name)?;
    check_password(&account.password, username.as_str(), &account.display_name)?;
    let invite = account.invite.as_deref();
    invites::check(&state.db, invite).await?;
    state.limits.may_sign_up(address)?;
    let password_hash = state.passwords.hash(account.password.clone()).await?;

    let mut tx = state.db.begin().await?;
    let is_administrator = invites::admit(&mut tx, invite).await?;
    let user = store(&mut tx, &username, &display_name, &password_hash, is_administrator).await?;
    tx.commit().await?;
    tracing::info!(user_id = %user.user_id, %address, is_administrator, "an account was made");
    Ok(Account { user, password_hash, is_administrator })
}

/// Stores an account. Who may have one is not looked at here.
pub async fn store(
    tx: &mut PgConnection,
    username: &Username,
    display_name: &DisplayName,
    password_hash: &str,
    is_administrator: bool,
) -> Result<User> {
    let user = User::new(UserId::generate(), username.as_str().into(), display_name.as_str().into());
    // A conflict is no error: PostgreSQL would log it, with the name.
    let stored = sqlx::query(
        "insert into account (user_id, username, display_name, password_hash, is_administrator) \
         values ($1, $2, $3, $4, $5) on conflict on constraint account_username_key do nothing",
    )
    .bind(user.user_id)
    .bind(&user.username)
    .bind(&user.display_name)
    .bind(password_hash)
    .bind(is_administrator)
    .execute(tx)
    .await?;
    if stored.rows_affected() == 1 { Ok(user) } else { Err(Refusal::UsernameTaken.into()) }
}

/// Finds the account that a username and a password belong to. Neither the answer nor the time that it takes tells which of the two was
/// wrong. Whoever shows a session of the account says which one.
pub async fn prove(
    state: &AppState,
    address: Address,
    shown: Option<SessionId>,
    username: &str,
    password: String,
) -> Result<Account> {
    let valid = Username::new(username).ok();
    let key = valid.as_ref().map_or(username, Username::as_str);
    let guess = state.limits.may_guess(key, address, shown)?;
    let account = match &valid {
        Some(username) => by_username(&state.db, username).await?,
        None => None,
    };
    let stored = account.as_ref().map(|account| account.password_hash.clone());
    let is_right = state.passwords.is_right(password.clone(), stored).await?;
    if !is_right {
        // Not the name that was typed: people type their password there.
        let user_id = account.map(|account| tracing::field::display(account.user.user_id));
        tracing::info!(user_id, %address, "a password was wrong");
        return Err(Refusal::CredentialsWrong.into());
    }
    let account = account.ok_or(Refusal::CredentialsWrong)?;
    state.limits.knew(guess);
    if account.user.is_deactivated {
        tracing::info!(user_id = %account.user.user_id, %address, "a closed account was tried");
        return Err(Refusal::AccountDeactivated.into());
    }
    if Passwords::is_current(&account.password_hash) {
        Ok(account)
    } else {
        rehashed(state, account, password).await
    }
}

/// Keeps a password that was just shown by today's parameters. If it has changed meanwhile, it stays as it is, and no session can begin.
async fn rehashed(state: &AppState, account: Account, password: String) -> Result<Account> {
    let password_hash = state.passwords.hash(password).await?;
    sqlx::query("update account set password_hash = $3 where user_id = $1 and password_hash = $2")
        .bind(account.user.user_id)
        .bind(&account.password_hash)
        .bind(&password_hash)
        .execute(&state.db)
        .await?;
    Ok(Account { password_hash, ..account })
}

/// Changes a password for somebody who knows the present one, and ends all of their browsers' sessions.
pub async fn store_password(
    state: &AppState,
    auth: &Auth,
    address: Address,
    change: NewPassword,
) -> Result<Account> {
    auth.require_browser()?;
    check_password(&change.password, &auth.user.username, &auth.user.display_name)?;
    let shown = Some(auth.session_id);
    let account = match prove(state, address, shown, &auth.user.username, change.current_password).await {
        Err(Error::Refused(Refusal::CredentialsWrong)) => return Err(Refusal::PasswordWrong.into()),
        proof => proof?,
    };
    let password_hash = state.passwords.hash(change.password).await?;

    let mut tx = state.db.begin().await?;
    // Of two changes at once the second does not know the present password any more.
    let changed =
        sqlx::query("update account set password_hash = $3 where user_id = $1 and password_hash = $2")
            .bind(account.user.user_id)
            .bind(&account.password_hash)
            .bind(&password_hash)
            .execute(&mut *tx)
            .await?;
    if changed.rows_affected() == 0 {
        return Err(Refusal::PasswordWrong.into());
    }
    // Whoever has a link for a new password cannot use it any more.
    resets::withdraw(&mut tx, account.user.user_id).await?;
    let ended: Vec<SessionId> =
        sqlx::query_scalar("delete from session where user_id = $1 and kind = $2 returning session_id")
            .bind(account.user.user_id)
            .bind(SessionKind::Browser)
            .fetch_all(&mut *tx)
            .await?;
    tx.commit().await?;
    ended.into_iter().for_each(|session_id| state.hub.end_session(session_id));
    tracing::info!(user_id = %account.user.user_id, %address, "a password was changed, and all browsers signed out");
    Ok(Account { password_hash, ..account })
}

/// An account of which somebody has just shown that it is theirs.
#[derive(sqlx::FromRow)]
pub struct Account {
    #[sqlx(flatten)]
    pub(crate) user: User,
    /// As it was when the password was shown: should it have changed since, no session may begin.
    pub(crate) password_hash: String,
    is_administrator: bool,
}

impl Account {
    /// What its owner is told.
    #[must_use]
    pub fn into_me(self) -> Me {
        Me { user: self.user, is_administrator: self.is_administrator }
    }
}

async fn by_username(db: impl PgExecutor<'_>, username: &Username) -> Result<Option<Account>> {
    let account = sqlx::query_as(
        "select user_id, username, display_name, picture_id, profile_change, deactivated_at is not null as is_deactivated, password_hash, is_administrator
            from account where username = $1",
    )
    .bind(username.as_str())
    .fetch_optional(db)
    .await?;
    Ok(account)
}

/// A password is long enough, and none of those that are guessed first: not one's own name, Bobbin's, nor a common one, also in disguise.
pub(crate) fn check_password(
    password: &str,
    username: &str,
    display_name: &str,
) -> std::result::Result<(), Refusal> {
    let length = password.chars().count();
    let is_valid = (MIN_PASSWORD_CHARS..=MAX_PASSWORD_CHARS).contains(&length)
        && !password.trim().eq_ignore_ascii_case(username.trim());
    if !is_valid {
        return Err(Refusal::PasswordInvalid);
    }
    // Less than two of four: under a million guesses.
    let strength = zxcvbn(password, &[username, display_name, "bobbin"]);
    if strength.score() < Score::Two { Err(Refusal::PasswordGuessable) } else { Ok(()) }
}
