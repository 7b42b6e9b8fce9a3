//! Who is asking. A handler that takes an [`Auth`] is only reached by somebody who is signed in; one that takes an `Option<Auth>` also by
//! others. A browser shows its session's secret in a cookie that scripts cannot read, a program in `Authorization: Bearer`.

use crate::{
    appearance,
    error::{Error, Result},
    gather::Gather,
    language,
    limits::Address,
    locks,
    secret::{self, Secret, SecretHash},
    state::AppState,
};
use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts, Request},
    http::{
        HeaderMap, HeaderValue,
        header::{AUTHORIZATION, COOKIE, SET_COOKIE},
        request::Parts,
    },
    middleware::Next,
    response::Response,
};
use model::{
    Refusal, SessionId, User, UserId,
    wire::{USER_HEADER, USER_PARAMETER},
};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    sync::{Arc, OnceLock},
};

/// How long a browser stays signed in without being used: the longest that browsers keep a cookie.
pub const BROWSER_DAYS: i32 = 400;

/// After how many days its person is asked for the password again in any case.
const LONGEST_DAYS: i32 = 730;

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Auth {
    /// Who it is.
    pub user: User,
    /// By which session.
    pub session_id: SessionId,
    /// By what kind of session.
    pub kind: SessionKind,
    /// Whether this account decides for the whole instance.
    pub is_administrator: bool,
}

/// Somebody who shows a session, be it locked. Nothing is told to them: they may unlock it, leave, or come in as somebody else.
#[derive(Clone, Debug)]
pub struct Holder {
    /// Whose it is.
    pub auth: Auth,
    /// Whether it has locked: see [`crate::locks`].
    pub is_locked: bool,
}

/// What holds a session.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum SessionKind {
    /// A browser, by a cookie.
    Browser,
    /// A program, by a bearer token.
    Token,
}

impl Auth {
    /// Refuses a token what would let whoever found it stay: sessions, tokens and the password are for people who signed in. So is who may reach its
    /// owner, and what they see of them: a token reads and writes in its owner's name, and may say how that is shown, but opens no door to them.
    pub fn require_browser(&self) -> Result<()> {
        if self.kind == SessionKind::Browser { Ok(()) } else { Err(Refusal::BrowserRequired.into()) }
    }

    /// Refuses everybody but the administrator, and also a token of theirs: whoever found it could let themselves in for good.
    pub fn require_administrator(&self) -> Result<()> {
        self.require_browser()?;
        if self.is_administrator { Ok(()) } else { Err(Refusal::AdministratorRequired.into()) }
    }
}

impl FromRequestParts<AppState> for Auth {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        unlocked(find(parts, state).await?)?.ok_or(Refusal::SignInRequired.into())
    }
}

impl OptionalFromRequestParts<AppState> for Auth {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Option<Self>> {
        unlocked(find(parts, state).await?)
    }
}

impl FromRequestParts<AppState> for Holder {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        find(parts, state).await?.ok_or(Refusal::SignInRequired.into())
    }
}

impl OptionalFromRequestParts<AppState> for Holder {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Option<Self>> {
        find(parts, state).await
    }
}

fn unlocked(holder: Option<Holder>) -> Result<Option<Auth>> {
    match holder {
        Some(Holder { is_locked: true, .. }) => Err(Refusal::SessionLocked.into()),
        holder => Ok(holder.map(|holder| holder.auth)),
    }
}

/// Whether a session is still there, and not locked. A socket asks again once it is in the hub: the session may have ended since it was let in, and only who
/// is in the hub hears of that.
pub async fn is_live(state: &AppState, session_id: SessionId) -> Result<bool> {
    state.live_sessions.ask(session_id).await
}

/// Where it is asked whether sessions are live.
#[must_use]
pub fn live_sessions(db: PgPool) -> Gather<SessionId, bool> {
    Gather::start(move |session_ids: Vec<SessionId>| {
        let db = db.clone();
        async move {
            let live: Vec<SessionId> = sqlx::query_scalar(
                "select session_id from session where session_id = any($1) and (locks_at is null or locks_at > now())",
            )
            .bind(&session_ids)
            .fetch_all(&db)
            .await?;
            let live = BTreeSet::from_iter(live);
            Ok(session_ids.iter().map(|session_id| live.contains(session_id)).collect())
        }
    })
}

/// A session, as it is found by its secret.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    secret_hash: Vec<u8>,
    #[sqlx(flatten)]
    user: User,
    is_administrator: bool,
    session_id: SessionId,
    kind: SessionKind,
    is_touch_due: bool,
    is_locked: bool,
    lock_minutes: Option<i16>,
}

/// Where sessions are looked for.
#[must_use]
pub fn sessions(db: PgPool) -> Gather<SecretHash, Option<Row>> {
    Gather::start(move |hashes: Vec<SecretHash>| {
        let db = db.clone();
        async move {
            let rows: Vec<Row> = sqlx::query_as(
                "select secret_hash, user_id, username, display_name, picture_id, profile_change, deactivated_at is not null as is_deactivated, \
                        is_administrator, session_id, kind, \
                        last_used_at < now() - interval '5 minutes' \
                            or (kind = 'token' and last_used_at = session.created_at) as is_touch_due, \
                        coalesce(locks_at <= now(), false) as is_locked, lock_minutes \
                 from session join account using (user_id) \
                 where secret_hash = any($1) and (expires_at is null or expires_at > now())",
            )
            .bind(hashes.iter().map(|hash| &hash[..]).collect::<Vec<_>>())
            .fetch_all(&db)
            .await?;
            let found: BTreeMap<_, _> = rows.iter().map(|row| (row.secret_hash.as_slice(), row)).collect();
            Ok(hashes.iter().map(|hash| found.get(&hash[..]).map(|row| (*row).clone())).collect())
        }
    })
}

async fn find(parts: &Parts, state: &AppState) -> Result<Option<Holder>> {
    let cookie = SessionCookie::of(&parts.headers, state);
    let Some((shown, kind)) = shown(&parts.headers, &cookie) else { return Ok(None) };
    let row = state.sessions.ask(secret::hash(shown)).await?.filter(|row| row.kind == kind);
    let Some(row) = row else { return Ok(None) };
    let Row { user, is_administrator, session_id, kind, is_touch_due, is_locked, lock_minutes, .. } = row;
    if page_of(parts).is_some_and(|of_page| of_page != Some(user.user_id)) {
        return Err(Refusal::OtherUser.into());
    }
    if kind == SessionKind::Browser {
        locks::note(lock_minutes);
    }
    if is_touch_due {
        // Whoever can still read may, where nothing can be written, such as on a full disk.
        if let Err(error) = touch(state, session_id).await {
            tracing::warn!("cannot note that a session is in use: {error}");
        }
        if kind == SessionKind::Browser {
            // So that a restart does not make a stranger of whoever is signed in.
            state.limits.remember(&user.username, Address::of_request(parts, state));
        }
        if let (SessionKind::Browser, Some(Renewal(renewal))) = (kind, parts.extensions.get()) {
            let cookies = [
                Some(cookie.value(shown)),
                language::renewed(state, &parts.headers),
                appearance::renewed(state, &parts.headers),
            ];
            renewal.set(cookies.into_iter().flatten().collect()).ok();
        }
    }
    Ok(Some(Holder { auth: Auth { user, session_id, kind, is_administrator }, is_locked }))
}

/// Whose page a request came from, if it says so: in a header, or in the address of a form. What is only looked at may be anybody's address.
fn page_of(parts: &Parts) -> Option<Option<UserId>> {
    let header = parts.headers.get(USER_HEADER).map(|of_page| of_page.to_str().unwrap_or_default());
    let query = parts.uri.query().filter(|_| !parts.method.is_safe());
    let mut pairs = query.into_iter().flat_map(|query| query.split('&'));
    let in_address = || pairs.find_map(|pair| pair.strip_prefix(USER_PARAMETER)?.strip_prefix('='));
    header.or_else(in_address).map(|of_page| of_page.parse().ok())
}

/// The secret that a request shows. A program's word goes before a cookie that was sent along.
fn shown<'a>(headers: &'a HeaderMap, cookie: &SessionCookie) -> Option<(&'a str, SessionKind)> {
    match headers.get(AUTHORIZATION) {
        Some(value) => {
            let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then_some((token.trim(), SessionKind::Token))
        }
        None => Some((self::cookie(headers, &cookie.name())?, SessionKind::Browser)),
    }
}

/// Notes that a session is in use: at most once in five minutes, so that reading seldom writes, and at once when a token is first used.
async fn touch(state: &AppState, session_id: SessionId) -> sqlx::Result<()> {
    sqlx::query(
        "update session set last_used_at = now(), \
                expires_at = case when expires_at is null then null \
                    else least(now() + make_interval(days => $2), created_at + make_interval(days => $3)) end \
         where session_id = $1",
    )
    .bind(session_id)
    .bind(BROWSER_DAYS)
    .bind(LONGEST_DAYS)
    .execute(&state.db)
    .await?;
    Ok(())
}

/// The cookie that holds a browser's secret, as this request's connection allows it.
#[derive(Clone, Copy, Debug)]
pub struct SessionCookie {
    is_secure: bool,
}

impl FromRequestParts<AppState> for SessionCookie {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> std::result::Result<Self, Infallible> {
        Ok(Self::of(&parts.headers, state))
    }
}

impl SessionCookie {
    fn of(headers: &HeaderMap, state: &AppState) -> Self {
        Self { is_secure: is_https(headers, state) }
    }

    /// The value of `Set-Cookie` that signs a browser in.
    #[must_use]
    pub fn holding(self, secret: &Secret) -> HeaderValue {
        self.value(secret.as_str())
    }

    /// The value of `Set-Cookie` that makes a browser forget.
    #[must_use]
    pub fn forgotten(self) -> HeaderValue {
        self.header("", 0)
    }

    fn value(self, shown: &str) -> HeaderValue {
        self.header(shown, i64::from(BROWSER_DAYS) * 24 * 60 * 60)
    }

    fn header(self, value: &str, max_age_s: i64) -> HeaderValue {
        let secure = if self.is_secure { "; Secure" } else { "" };
        let name = self.name();
        let text = format!("{name}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}");
        // The value is hexadecimal or came in a header, so that it fits into one.
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
    }

    fn name(self) -> String {
        own_name("bobbin_session", self.is_secure)
    }
}

/// With `__Host-` a browser takes the cookie from this very host alone, not from a neighbour under the same domain (RFC 6265bis, 4.1.3.2).
fn own_name(name: &str, is_secure: bool) -> String {
    if is_secure { format!("__Host-{name}") } else { name.into() }
}

/// Whether the person's browser speaks https, as far as one can tell from behind a proxy.
#[must_use]
pub fn is_https(headers: &HeaderMap, state: &AppState) -> bool {
    let is_public = state.public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
    let forwarded =
        headers.get_all("x-forwarded-proto").iter().next_back().and_then(|value| value.to_str().ok());
    let last = forwarded.and_then(|value| value.rsplit(',').next());
    is_public || (state.trust_proxy && last.is_some_and(|proto| proto.trim().eq_ignore_ascii_case("https")))
}

/// The value of `Set-Cookie` that keeps somebody's choice in their browser as long as a session, or, without a choice, has it forgotten.
#[must_use]
pub fn choice_cookie(state: &AppState, headers: &HeaderMap, name: &str, choice: Option<&str>) -> HeaderValue {
    let is_secure = is_https(headers, state);
    let (name, secure) = (own_name(name, is_secure), if is_secure { "; Secure" } else { "" });
    let days = if choice.is_some() { BROWSER_DAYS } else { 0 };
    let (choice, max_age_s) = (choice.unwrap_or_default(), i64::from(days) * 86_400);
    let text = format!("{name}={choice}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}");
    // What can be chosen has plain words.
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
}

/// What a browser keeps of somebody's choice.
#[must_use]
pub fn choice<'a>(state: &AppState, headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    cookie(headers, &own_name(name, is_https(headers, state)))
}

/// The value of a cookie.
#[must_use]
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let values = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.into_iter().find_map(|(key, value)| (key == name).then_some(value))
}

/// Where a request leaves its cookies to be renewed.
#[derive(Clone)]
struct Renewal(Arc<OnceLock<Vec<HeaderValue>>>);

/// Has the browser keep its cookies for another 400 days, whenever the server does the same with the session; and what a page must know of the
/// session while it is drawn is kept for that long.
pub async fn renew(mut request: Request, next: Next) -> Response {
    let renewal = Renewal(Arc::default());
    request.extensions_mut().insert(renewal.clone());
    let mut response = locks::knowing(next.run(request)).await;
    if let Some(cookies) = renewal.0.get()
        && !response.headers().contains_key(SET_COOKIE)
    {
        response.headers_mut().extend(cookies.iter().map(|cookie| (SET_COOKIE, cookie.clone())));
    }
    response
}
