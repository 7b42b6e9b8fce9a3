//! The locked door: the password again, by a form; and whether it locks at all.

use super::{
    accounts::{local, refused},
    settings::Done,
    site,
};
use crate::{
    auth::{Auth, Holder},
    error::{Error, Result},
    extract::{Form, Query},
    limits::Address,
    locks,
    state::AppState,
};
use app::page::Lock;
use axum::{
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use model::{Problem, Refusal};
use serde::Deserialize;

/// Where to go once it is unlocked.
#[derive(Debug, Deserialize)]
pub struct Way {
    #[serde(default)]
    next: String,
}

/// What unlocks.
#[derive(Deserialize)]
pub struct Unlocking {
    password: String,
    #[serde(default)]
    next: String,
}

/// After how many minutes to lock; nothing for never.
#[derive(Debug, Deserialize)]
pub struct Choice {
    minutes: String,
}

/// The form that unlocks. Whoever is not locked out is led on.
pub async fn show(holder: Holder, Query(way): Query<Way>) -> Response {
    let next = local(&way.next);
    if !holder.is_locked {
        return Redirect::to(next).into_response();
    }
    let page = Lock { me: holder.auth.user, next: next.into(), problem: None };
    Html(app::page::lock(&site(), page)).into_response()
}

/// Unlocks.
pub async fn unlock(
    State(state): State<AppState>,
    holder: Holder,
    address: Address,
    Form(form): Form<Unlocking>,
) -> Result<Response> {
    let next = local(&form.next);
    match locks::unlock(&state, &holder, address, form.password).await {
        Ok(()) => Ok(Redirect::to(next).into_response()),
        Err(Error::Refused(refusal)) => {
            let problem = match refusal {
                // Whose it is stands on the page. Where one chooses another password, the field has another name.
                Refusal::CredentialsWrong => {
                    let problem = Problem::from(&Refusal::PasswordWrong);
                    Problem { field: Some("password".into()), ..problem }
                }
                refusal => Problem::from(&refusal),
            };
            let page = Lock { me: holder.auth.user, next: next.into(), problem: Some(problem.clone()) };
            Ok(refused(&problem, app::page::lock(&site(), page)))
        }
        Err(error) => Err(error),
    }
}

/// Locks at once, and leads to the door. Whoever is locked out already is led there, too.
pub async fn lock(State(state): State<AppState>, holder: Holder) -> Result<Redirect> {
    if !holder.is_locked {
        locks::lock(&state, &holder.auth).await?;
    }
    Ok(Redirect::to("/lock"))
}

/// Somebody is still there.
pub async fn stay(State(state): State<AppState>, auth: Auth) -> Result<StatusCode> {
    locks::stay(&state, &auth).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Has one's browsers lock, or not.
pub async fn choose(
    State(state): State<AppState>,
    auth: Auth,
    Form(choice): Form<Choice>,
) -> Result<Response> {
    let minutes = match choice.minutes.as_str() {
        "" => None,
        minutes => Some(minutes.parse().unwrap_or(0)),
    };
    locks::choose(&state, &auth, minutes).await?;
    Ok(Done::Lock.page())
}
