//! The door: signing in, signing up, signing out, by forms.

use super::{problem::Told, site};
use crate::{
    accounts::{self, NewAccount},
    appearance,
    auth::{Auth, Holder, SessionCookie},
    error::{Error, Result, problem_response},
    extract::{Form, Query},
    invites::{self, Door},
    language,
    sessions::{self, Device},
    state::AppState,
};
use app::page::{SignIn, SignUp};
use axum::{
    extract::State,
    http::{
        HeaderMap, HeaderName, HeaderValue,
        header::{CONTENT_LENGTH, CONTENT_TYPE, SET_COOKIE},
    },
    response::{AppendHeaders, Html, IntoResponse, Redirect, Response},
};
use model::{Problem, Refusal};
use serde::Deserialize;

/// What an address of the door may carry.
#[derive(Debug, Default, Deserialize)]
pub struct Way {
    /// Where to go once one is in.
    #[serde(default)]
    next: String,
    /// An invite's secret.
    #[serde(default)]
    invite: String,
}

/// What the sign-in form sends.
#[derive(Deserialize)]
pub struct SignInForm {
    username: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// What the sign-up form sends.
#[derive(Deserialize)]
pub struct SignUpForm {
    username: String,
    display_name: String,
    password: String,
    #[serde(default)]
    invite: String,
    #[serde(default)]
    next: String,
}

/// The sign-in form. Who comes to an instance without accounts is led to make the first.
pub async fn sign_in_form(
    State(state): State<AppState>,
    auth: Option<Auth>,
    Query(way): Query<Way>,
) -> Result<Response> {
    let next = local(&way.next);
    if auth.is_some() {
        return Ok(Redirect::to(next).into_response());
    }
    let door = invites::door(&state.db, None).await?;
    if door == Door::First {
        return Ok(Redirect::to("/sign-up").into_response());
    }
    let page = SignIn { next: next.into(), may_sign_up: door == Door::Open, ..SignIn::default() };
    Ok(Html(app::page::sign_in(&site(), page)).into_response())
}

/// Signs in.
pub async fn sign_in(
    State(state): State<AppState>,
    former: Option<Holder>,
    device: Device,
    cookie: SessionCookie,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Result<Response> {
    let SignInForm { username, password, next } = form;
    let next = local(&next);
    let refusal = match accounts::prove(&state, device.address, None, &username, password).await {
        Ok(account) => {
            let secret = sessions::begin_anew(&state, &account, former, &device).await?;
            let language = language::meet(&state, &headers, account.user.user_id).await?;
            let appearance = appearance::meet(&state, &headers, account.user.user_id).await?;
            let cookies = [Some(cookie.holding(&secret)), language, appearance].into_iter().flatten();
            let cookies = AppendHeaders(cookies.map(|cookie| (SET_COOKIE, cookie)));
            return Ok((cookies, Redirect::to(next)).into_response());
        }
        Err(Error::Refused(refusal)) => refusal,
        Err(error) => return Err(error),
    };
    let problem = Problem::from(&refusal);
    let may_sign_up = invites::door(&state.db, None).await? == Door::Open;
    let page = SignIn { username, next: next.into(), may_sign_up, problem: Some(problem.clone()) };
    Ok(refused(&problem, app::page::sign_in(&site(), page)))
}

/// The sign-up form, or why there is none.
pub async fn sign_up_form(
    State(state): State<AppState>,
    auth: Option<Auth>,
    Query(way): Query<Way>,
) -> Result<Response> {
    let Way { next, invite } = way;
    let next = local(&next);
    if auth.is_some() {
        return Ok(Redirect::to(next).into_response());
    }
    let shown = Some(invite.as_str()).filter(|invite| !invite.is_empty());
    let door = invites::door(&state.db, shown).await?;
    let page =
        SignUp { door: door_for(door), next: next.into(), invite: invite.clone(), ..SignUp::default() };
    if door == Door::Closed {
        let problem = Problem::from(&invites::refusal(shown));
        let page = SignUp { problems: vec![problem.clone()], ..page };
        return Ok(refused(&problem, app::page::sign_up(&site(), page)));
    }
    Ok(Html(app::page::sign_up(&site(), page)).into_response())
}

/// Makes an account and signs it in.
pub async fn sign_up(
    State(state): State<AppState>,
    former: Option<Holder>,
    device: Device,
    cookie: SessionCookie,
    headers: HeaderMap,
    Form(form): Form<SignUpForm>,
) -> Result<Response> {
    let SignUpForm { username, display_name, password, invite, next } = form;
    let next = local(&next);
    let shown = Some(invite.clone()).filter(|invite| !invite.is_empty());
    let new = NewAccount { username, display_name, password, invite: shown };
    let mut faults = new.faults();
    if faults.is_empty() {
        match accounts::sign_up(&state, device.address, &new).await {
            Ok(account) => {
                language::meet(&state, &headers, account.user.user_id).await?;
                let secret = sessions::begin_anew(&state, &account, former, &device).await?;
                return Ok(([(SET_COOKIE, cookie.holding(&secret))], Redirect::to(next)).into_response());
            }
            Err(Error::Refused(refusal)) => faults.push(refusal),
            Err(error) => return Err(error),
        }
    }
    let problems: Vec<Problem> = faults.iter().map(Problem::from).collect();
    let door = match faults.first() {
        Some(Refusal::RegistrationClosed | Refusal::InviteInvalid) => Door::Closed,
        _ => invites::door(&state.db, new.invite.as_deref()).await?,
    };
    let first = problems.first().cloned().unwrap_or_else(|| Problem::from(&Refusal::Internal));
    let page = SignUp {
        door: door_for(door),
        username: new.username,
        display_name: new.display_name,
        invite,
        next: next.into(),
        problems,
    };
    Ok(refused(&first, app::page::sign_up(&site(), page)))
}

/// Ends the session, and has the browser forget what the app kept in it, and the files that it has seen.
pub async fn sign_out(
    State(state): State<AppState>,
    holder: Option<Holder>,
    cookie: SessionCookie,
) -> Result<Response> {
    if let Some(Holder { auth, .. }) = holder {
        match sessions::end_one(&state, auth.user.user_id, auth.session_id).await {
            Ok(()) | Err(Error::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let headers = [
        (SET_COOKIE, cookie.forgotten()),
        (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\", \"storage\"")),
    ];
    Ok((headers, Redirect::to("/sign-in")).into_response())
}

/// A page that says why its form was refused, with the status and headers that a program would get.
pub(super) fn refused(problem: &Problem, page: String) -> Response {
    let (mut parts, _) = problem_response(problem).into_parts();
    parts.headers.remove(CONTENT_TYPE);
    parts.headers.remove(CONTENT_LENGTH);
    let mut response = (parts.status, parts.headers, Html(page)).into_response();
    response.extensions_mut().insert(Told(problem.clone()));
    response
}

/// An address of our own to go to, or the first page: a link to the door must not lead to another site, not even by what browsers make of
/// a backslash, a tab or a second slash.
pub(super) fn local(next: &str) -> &str {
    let is_plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_plain && next.starts_with('/') && !next.starts_with("//") { next } else { "/" }
}

fn door_for(door: Door) -> app::page::Door {
    match door {
        Door::First => app::page::Door::First,
        Door::Open => app::page::Door::Open,
        Door::Invited => app::page::Door::Invited,
        Door::Closed => app::page::Door::Closed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_on_stays_on_this_site() {
        for next in
            ["/", "/settings", "/t/019a8b5c-0000-7000-8000-000000000001?before=1", "/new?q=J%C3%BCrgen"]
        {
            assert_eq!(local(next), next);
        }
        for next in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "\\\\evil",
            "/\t/evil",
            "javascript:alert(1)",
            "/ü",
            "/a\r\nb",
        ] {
            assert_eq!(local(next), "/", "{next:?}");
        }
    }
}
