//! Locking: a browser that nobody touches for as long as its person chose is told nothing until the password is given again. It stays signed
//! in meanwhile, so that drafts and what was not sent yet stay in it. When it locks is a moment in the database, `session.locks_at`: a script
//! in the page (`app/public/lock.js`) moves it on while somebody is there, and nothing else does.

use crate::{
    accounts,
    auth::{Auth, Holder},
    error::Result,
    limits::Address,
    live::hub::Hub,
    state::AppState,
};
use model::{Refusal, SessionId, Timestamp};
use sqlx::PgPool;
use std::{cell::OnceCell, future::Future, sync::Arc, time::Duration};
use tokio::time::sleep;

/// After how many minutes one may have it lock.
pub const CHOICES: [i16; 6] = [1, 5, 15, 30, 60, 240];

/// How often sockets are cut of what has locked.
const LOOK_EVERY: Duration = Duration::from_secs(2);

tokio::task_local! {
    static MINUTES: OnceCell<i16>;
}

/// Runs what answers a request, which may find out that its reader's browser is to lock.
pub fn knowing<F: Future>(answer: F) -> impl Future<Output = F::Output> {
    MINUTES.scope(OnceCell::new(), answer)
}

/// The one who asks wants their browser to lock after so many minutes.
pub fn note(minutes: Option<i16>) {
    if let Some(minutes) = minutes {
        // Outside of a request there is no page that could want to know.
        let _ = MINUTES.try_with(|noted| noted.set(minutes).ok());
    }
}

/// After how many minutes the browser locks for which a page is drawn.
#[must_use]
pub fn minutes() -> Option<i16> {
    MINUTES.try_with(|noted| noted.get().copied()).ok().flatten()
}

/// Has all browsers of somebody lock after so many minutes, or never. One that is locked already stays that.
pub async fn choose(state: &AppState, auth: &Auth, minutes: Option<i16>) -> Result<()> {
    auth.require_browser()?;
    if minutes.is_some_and(|minutes| !CHOICES.contains(&minutes)) {
        return Err(Refusal::RequestInvalid { detail: words::lock::unknown().into() }.into());
    }
    let mut tx = state.db.begin().await?;
    sqlx::query("update account set lock_minutes = $2 where user_id = $1")
        .bind(auth.user.user_id)
        .bind(minutes)
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "update session set locks_at = now() + make_interval(mins => $2) \
         where user_id = $1 and kind = 'browser' and (locks_at is null or locks_at > now())",
    )
    .bind(auth.user.user_id)
    .bind(minutes.map(i32::from))
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Somebody is there: it locks so many minutes from now.
pub async fn stay(state: &AppState, auth: &Auth) -> Result<()> {
    sqlx::query(
        "update session set locks_at = now() + make_interval(mins => lock_minutes) \
         from account where session_id = $1 and account.user_id = session.user_id and locks_at > now()",
    )
    .bind(auth.session_id)
    .execute(&state.db)
    .await?;
    Ok(())
}

/// Locks at once, also in the browser's other tabs.
pub async fn lock(state: &AppState, auth: &Auth) -> Result<()> {
    auth.require_browser()?;
    sqlx::query("update session set locks_at = now() where session_id = $1")
        .bind(auth.session_id)
        .execute(&state.db)
        .await?;
    state.hub.end_session(auth.session_id);
    Ok(())
}

/// Lets whoever holds a locked session back in, by their password. Who has the browser in their hands may
/// try it as seldom as signing in; what others try elsewhere does not count.
pub async fn unlock(state: &AppState, holder: &Holder, address: Address, password: String) -> Result<()> {
    let Auth { user, session_id, .. } = &holder.auth;
    let account = accounts::prove(state, address, Some(*session_id), &user.username, password).await?;
    sqlx::query(
        "update session set locks_at = now() + make_interval(mins => lock_minutes) \
         from account where session_id = $1 and session.user_id = $2 and account.user_id = session.user_id",
    )
    .bind(session_id)
    .bind(account.user.user_id)
    .execute(&state.db)
    .await?;
    Ok(())
}

/// Cuts the connections of sessions as they lock, until the server stops.
pub async fn watch(db: PgPool, hub: Arc<Hub>) {
    let mut seen = None;
    loop {
        match locked_since(&db, seen).await {
            Ok((now, locked)) => {
                locked.into_iter().for_each(|session_id| hub.end_session(session_id));
                seen = Some(now);
            }
            Err(error) => tracing::warn!("cannot see what has locked: {error}"),
        }
        tokio::select! {
            () = sleep(LOOK_EVERY) => {}
            () = hub.closing() => return,
        }
    }
}

/// What has locked since a moment of the database's clock, and what time it is there. What was locked before the server started has no connection.
async fn locked_since(db: &PgPool, seen: Option<Timestamp>) -> sqlx::Result<(Timestamp, Vec<SessionId>)> {
    let now: Timestamp = sqlx::query_scalar("select now()").fetch_one(db).await?;
    let locked = sqlx::query_scalar("select session_id from session where locks_at > $1 and locks_at <= $2")
        .bind(seen.unwrap_or(now))
        .bind(now)
        .fetch_all(db)
        .await?;
    Ok((now, locked))
}
