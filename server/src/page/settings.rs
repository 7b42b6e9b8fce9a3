//! The settings, by forms. What was done is said on the page that follows; a secret stands on the answer itself and nowhere else.

use super::{accounts::refused, site};
use crate::{
    accounts::{self, NewPassword},
    appearance,
    auth::{Auth, SessionCookie, SessionKind},
    blocks, deactivation,
    error::{Error, Result},
    extract::{Form, Query},
    invites::{self, NewInvite, Registration},
    language, locks,
    origin::Base,
    privacy, profiles, reports,
    sessions::{self, Device, NewToken, Session},
    state::AppState,
};
use app::page::{Administration, Grant, Invite, Reported, Section, Settings, Told, Trouble};
use axum::{
    extract::State,
    http::header::SET_COOKIE,
    response::{Html, IntoResponse, Redirect, Response},
};
use model::{InviteId, MessageId, Problem, Refusal, SessionId, ThreadId, Timestamp, User};
use serde::Deserialize;

/// What was just done, as it stands in the address.
#[derive(Clone, Copy, Debug)]
pub(super) enum Done {
    Language,
    Appearance,
    Lock,
    Profile,
    Privacy,
    Password,
    Ended,
    OthersEnded,
    Registration,
    Activity,
    Revoked,
    Report,
}

/// What the page's address may carry.
#[derive(Clone, Debug, Deserialize)]
pub struct Shown {
    done: Option<String>,
}

/// A session to end.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct EndedSession {
    session_id: SessionId,
}

/// An invite to revoke.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct RevokedInvite {
    invite_id: InviteId,
}

/// The page.
pub async fn show(State(state): State<AppState>, auth: Auth, Query(shown): Query<Shown>) -> Result<Response> {
    let done = shown.done.and_then(|done| Done::of(&done)).map(Done::sentence);
    let page = Settings { done, ..page(&state, &auth).await? };
    Ok(Html(app::page::settings(&site(), page)).into_response())
}

/// Changes the password.
pub async fn change_password(
    State(state): State<AppState>,
    auth: Auth,
    device: Device,
    cookie: SessionCookie,
    Form(change): Form<NewPassword>,
) -> Result<Response> {
    match accounts::store_password(&state, &auth, device.address, change).await {
        Ok(account) => {
            let secret = sessions::begin(&state, &account, &device).await?;
            Ok(([(SET_COOKIE, cookie.holding(&secret))], Done::Password.page()).into_response())
        }
        Err(error) => trouble(&state, &auth, Section::Password, error, String::new()).await,
    }
}

/// Ends a browser's session or a token. One that is gone already is as good.
pub async fn end_session(
    State(state): State<AppState>,
    auth: Auth,
    Form(ended): Form<EndedSession>,
) -> Result<Response> {
    auth.require_browser()?;
    match sessions::end_one(&state, auth.user.user_id, ended.session_id).await {
        Ok(()) | Err(Error::Refused(Refusal::GrantNotFound)) => Ok(Done::Ended.page()),
        Err(error) => Err(error),
    }
}

/// Ends the sessions of all other browsers.
pub async fn end_other_sessions(State(state): State<AppState>, auth: Auth) -> Result<Response> {
    sessions::end_other_browsers(&state, &auth).await?;
    Ok(Done::OthersEnded.page())
}

/// Makes a token.
pub async fn create_token(
    State(state): State<AppState>,
    auth: Auth,
    Form(token): Form<NewToken>,
) -> Result<Response> {
    match sessions::store_token(&state, &auth, &token.label).await {
        Ok(token) => told(&state, &auth, Told::Token { label: token.label, token: token.token }).await,
        Err(error) => trouble(&state, &auth, Section::Tokens, error, token.label).await,
    }
}

/// Opens or closes registration.
pub async fn set_registration(
    State(state): State<AppState>,
    auth: Auth,
    Form(registration): Form<Registration>,
) -> Result<Response> {
    invites::store_registration(&state, &auth, registration).await?;
    Ok(Done::Registration.page())
}

/// What is to become of an account.
#[derive(Clone, Debug, Deserialize)]
pub struct NewActivity {
    username: String,
    is_active: bool,
}

/// Closes an account, or opens it again.
pub async fn set_activity(
    State(state): State<AppState>,
    auth: Auth,
    Form(activity): Form<NewActivity>,
) -> Result<Response> {
    match deactivation::store(&state, &auth, &activity.username, activity.is_active).await {
        Ok(()) => Ok(Done::Activity.page()),
        Err(Error::Refused(Refusal::AdministratorRequired)) => Err(Refusal::AdministratorRequired.into()),
        Err(error) => trouble(&state, &auth, Section::Activity, error, String::new()).await,
    }
}

/// A reported message.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct SettledReport {
    thread_id: ThreadId,
    message_id: MessageId,
}

/// Notes that a message's reports are dealt with.
pub async fn settle_report(
    State(state): State<AppState>,
    auth: Auth,
    Form(settled): Form<SettledReport>,
) -> Result<Response> {
    reports::settle(&state, &auth, settled.thread_id, settled.message_id).await?;
    Ok(Done::Report.page())
}

/// Makes an invite.
pub async fn create_invite(
    State(state): State<AppState>,
    auth: Auth,
    base: Base,
    Form(invite): Form<NewInvite>,
) -> Result<Response> {
    match invites::store(&state, &auth, &base, invite).await {
        Ok(link) => told(&state, &auth, Told::Invite { url: link.url }).await,
        Err(Error::Refused(Refusal::AdministratorRequired)) => Err(Refusal::AdministratorRequired.into()),
        Err(error) => trouble(&state, &auth, Section::Invites, error, String::new()).await,
    }
}

/// Revokes an invite. One that is gone already is as good.
pub async fn revoke_invite(
    State(state): State<AppState>,
    auth: Auth,
    Form(revoked): Form<RevokedInvite>,
) -> Result<Response> {
    match invites::delete(&state, &auth, revoked.invite_id).await {
        Ok(()) | Err(Error::Refused(Refusal::GrantNotFound)) => Ok(Done::Revoked.page()),
        Err(error) => Err(error),
    }
}

impl Done {
    const ALL: [Self; 12] = [
        Self::Language,
        Self::Appearance,
        Self::Lock,
        Self::Profile,
        Self::Privacy,
        Self::Password,
        Self::Ended,
        Self::OthersEnded,
        Self::Registration,
        Self::Activity,
        Self::Revoked,
        Self::Report,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Language => "language",
            Self::Appearance => "appearance",
            Self::Lock => "lock",
            Self::Profile => "profile",
            Self::Privacy => "privacy",
            Self::Password => "password",
            Self::Ended => "ended",
            Self::OthersEnded => "others-ended",
            Self::Registration => "registration",
            Self::Activity => "activity",
            Self::Revoked => "revoked",
            Self::Report => "report",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::Password => words::settings::password_changed(),
            Self::Ended => words::settings::ended(),
            Self::OthersEnded => words::settings::others_ended(),
            Self::Language
            | Self::Appearance
            | Self::Lock
            | Self::Profile
            | Self::Privacy
            | Self::Registration
            | Self::Activity
            | Self::Report => words::settings::saved(),
            Self::Revoked => words::settings::invite_revoked(),
        }
    }

    fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|done| done.word() == word)
    }

    pub fn page(self) -> Response {
        Redirect::to(&format!("/settings?done={}", self.word())).into_response()
    }
}

pub(super) async fn told(state: &AppState, auth: &Auth, told: Told) -> Result<Response> {
    let page = Settings { told: Some(told), ..page(state, auth).await? };
    Ok(Html(app::page::settings(&site(), page)).into_response())
}

pub(super) async fn trouble(
    state: &AppState,
    auth: &Auth,
    section: Section,
    error: Error,
    typed: String,
) -> Result<Response> {
    let Error::Refused(refusal) = error else { return Err(error) };
    let problem = Problem::from(&refusal);
    let trouble = Trouble { section, problem: problem.clone(), typed };
    let page = Settings { trouble: Some(trouble), ..page(state, auth).await? };
    Ok(refused(&problem, app::page::settings(&site(), page)))
}

/// Why a profile was refused, with what was typed.
pub(super) async fn refuse_profile(
    state: &AppState,
    auth: &Auth,
    refusal: &Refusal,
    display_name: String,
    about: String,
) -> Result<Response> {
    let problem = Problem::from(refusal);
    let trouble = Trouble { section: Section::Profile, problem: problem.clone(), typed: String::new() };
    let page = page(state, auth).await?;
    let me = User { display_name, ..page.me.clone() };
    let page = Settings { trouble: Some(trouble), me, about, ..page };
    Ok(refused(&problem, app::page::settings(&site(), page)))
}

async fn page(state: &AppState, auth: &Auth) -> Result<Settings> {
    auth.require_browser()?;
    let (tokens, browsers) = sessions::of(state, auth)
        .await?
        .into_iter()
        .partition::<Vec<_>, _>(|session| session.kind == SessionKind::Token);
    let administration = if auth.is_administrator { Some(administration(state, auth).await?) } else { None };
    Ok(Settings {
        me: auth.user.clone(),
        about: profiles::about(&state.db, auth.user.user_id).await?,
        now: Timestamp::now(),
        browsers: browsers.into_iter().map(grant).collect(),
        tokens: tokens.into_iter().map(grant).collect(),
        administration,
        blocks: blocks::of(&state.db, auth.user.user_id).await?,
        privacy: privacy::of(&state.db, auth.user.user_id).await?,
        appearance: appearance::current(),
        lock_choices: locks::CHOICES.into(),
        lock_minutes: locks::minutes(),
        // Another browser may have chosen another one since.
        language: language::kept(&state.db, auth.user.user_id)
            .await?
            .filter(|kept| *kept == words::Language::current()),
        done: None,
        told: None,
        trouble: None,
    })
}

async fn administration(state: &AppState, auth: &Auth) -> Result<Administration> {
    let invites = invites::all(state, auth).await?.into_iter().map(|invite| {
        let invites::Invite { invite_id, created_at, expires_at, uses_left } = invite;
        Invite { invite_id, created_at, expires_at, uses_left }
    });
    let deactivated = deactivation::all(state, auth).await?;
    let reports = reports::open(state, auth).await?.into_iter().map(|report| {
        let reports::Report { thread_id, message_id, author, reporter, reported_at, excerpt, reason } =
            report;
        Reported { thread_id, message_id, author, reporter, reported_at, excerpt, reason }
    });
    Ok(Administration {
        is_open: invites::is_open(&state.db).await?,
        invites: invites.collect(),
        deactivated,
        reports: reports.collect(),
    })
}

fn grant(session: Session) -> Grant {
    let Session { session_id, label, created_at, last_used_at, is_current, .. } = session;
    Grant { session_id, label, created_at, last_used_at, is_current }
}
