//! A new password for whoever forgot theirs: by a link that the administrator makes and hands on, as no e-mail address is known. Who administers and forgot
//! theirs has whoever runs the server make one (`bobbin reset`). A link is good once, for a day, and only the newest is.

use crate::{
    accounts::{self, Account},
    auth::Auth,
    error::Result,
    limits::Address,
    origin::Base,
    secret::{self, Secret},
    state::AppState,
};
use model::{Refusal, SessionId, User, UserId, Username};
use sqlx::{PgConnection, PgExecutor, PgPool};

/// For how long a link is good.
const HOURS: i32 = 24;

/// Makes a link for somebody else. For the administrator, who changes their own password with the present one.
///
/// # Errors
/// [`Refusal::AdministratorRequired`], [`Refusal::UserNotFound`] and [`Refusal::SelfNotAllowed`].
pub async fn store(state: &AppState, auth: &Auth, base: &Base, username: &str) -> Result<String> {
    auth.require_administrator()?;
    let username = Username::new(username.trim_start_matches('@')).map_err(|_| Refusal::UserNotFound)?;
    if username.as_str() == auth.user.username {
        return Err(Refusal::SelfNotAllowed.into());
    }
    let (user_id, path) = make(&state.db, &username).await?;
    tracing::info!(%user_id, administrator_id = %auth.user.user_id, "a link for a new password was made");
    Ok(base.url(&path))
}

/// Makes a link for anybody whose account is not closed, and gives its path.
///
/// # Errors
/// [`Refusal::UserNotFound`].
pub async fn make(db: &PgPool, username: &Username) -> Result<(UserId, String)> {
    let secret = Secret::generate("")?;
    let user_id: Option<UserId> = sqlx::query_scalar(
        "insert into reset (user_id, secret_hash, expires_at)
            select user_id, $2, now() + make_interval(hours => $3) from account
                where username = $1 and deactivated_at is null
            on conflict (user_id) do update set secret_hash = excluded.secret_hash, expires_at = excluded.expires_at
            returning user_id",
    )
    .bind(username.as_str())
    .bind(secret.hash())
    .bind(HOURS)
    .fetch_optional(db)
    .await?;
    Ok((user_id.ok_or(Refusal::UserNotFound)?, format!("/reset/{}", secret.as_str())))
}

/// Makes a link useless, as when the password is changed without it.
pub async fn withdraw(tx: &mut PgConnection, user_id: UserId) -> Result<()> {
    sqlx::query("delete from reset where user_id = $1").bind(user_id).execute(tx).await?;
    Ok(())
}

/// Whose password a link is for.
///
/// # Errors
/// [`Refusal::ResetInvalid`] for one that was used, is too old, or never was.
pub async fn owner(db: impl PgExecutor<'_>, shown: &str) -> Result<User> {
    let owner = sqlx::query_as(
        "select user_id, username, display_name, picture_id, profile_change, false as is_deactivated
            from reset join account using (user_id)
            where secret_hash = $1 and expires_at > now() and deactivated_at is null",
    )
    .bind(secret::hash(shown))
    .fetch_optional(db)
    .await?;
    Ok(owner.ok_or(Refusal::ResetInvalid)?)
}

/// Changes the password of whoever a link is for. It ends all that is signed in as them, also programs: what was forgotten may be known to somebody else.
///
/// # Errors
/// [`Refusal::ResetInvalid`], and what is wrong with the password.
pub async fn redeem(state: &AppState, address: Address, shown: &str, password: String) -> Result<Account> {
    let owner = owner(&state.db, shown).await?;
    accounts::check_password(&password, &owner.username, &owner.display_name)?;
    let password_hash = state.passwords.hash(password).await?;
    let mut tx = state.db.begin().await?;
    // Of two at once, one finds it.
    let used = sqlx::query("delete from reset where secret_hash = $1 and expires_at > now()")
        .bind(secret::hash(shown))
        .execute(&mut *tx)
        .await?;
    if used.rows_affected() == 0 {
        return Err(Refusal::ResetInvalid.into());
    }
    let account: Option<Account> = sqlx::query_as(
        "update account set password_hash = $2 where user_id = $1 and deactivated_at is null
            returning user_id, username, display_name, picture_id, profile_change, false as is_deactivated, password_hash,
                is_administrator",
    )
    .bind(owner.user_id)
    .bind(&password_hash)
    .fetch_optional(&mut *tx)
    .await?;
    let account = account.ok_or(Refusal::ResetInvalid)?;
    let ended: Vec<SessionId> =
        sqlx::query_scalar("delete from session where user_id = $1 returning session_id")
            .bind(owner.user_id)
            .fetch_all(&mut *tx)
            .await?;
    tx.commit().await?;
    ended.into_iter().for_each(|session_id| state.hub.end_session(session_id));
    tracing::info!(user_id = %owner.user_id, %address, "a password was changed by a link, and all that was signed in is out");
    Ok(account)
}
