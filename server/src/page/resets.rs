//! A new password for whoever forgot theirs: the page that a link leads to, and where the administrator makes one.

use super::{
    accounts::refused,
    settings::{told, trouble},
    site,
};
use crate::{
    auth::{Auth, Holder, SessionCookie},
    error::{Error, Result},
    extract::{Form, Path},
    origin::Base,
    resets,
    sessions::{self, Device},
    state::AppState,
};
use app::page::{Reset, Section, Told};
use axum::{
    extract::State,
    http::header::SET_COOKIE,
    response::{Html, IntoResponse, Redirect, Response},
};
use model::{Problem, Refusal};
use serde::Deserialize;

/// Whose password was forgotten.
#[derive(Debug, Deserialize)]
pub struct NewReset {
    username: String,
}

/// What it is to be.
#[derive(Deserialize)]
pub struct Choice {
    password: String,
}

/// Makes a link, and tells it this once.
pub async fn create(
    State(state): State<AppState>,
    auth: Auth,
    base: Base,
    Form(reset): Form<NewReset>,
) -> Result<Response> {
    match resets::store(&state, &auth, &base, &reset.username).await {
        Ok(url) => told(&state, &auth, Told::Reset { url }).await,
        Err(Error::Refused(Refusal::AdministratorRequired)) => Err(Refusal::AdministratorRequired.into()),
        Err(error) => trouble(&state, &auth, Section::Resets, error, reset.username).await,
    }
}

/// The form that a link leads to.
pub async fn show(State(state): State<AppState>, Path(secret): Path<String>) -> Result<Response> {
    let owner = resets::owner(&state.db, &secret).await?;
    let page = Reset { owner, secret, problem: None };
    Ok(Html(app::page::reset(&site(), page)).into_response())
}

/// Changes the password, and signs in with it.
pub async fn redeem(
    State(state): State<AppState>,
    former: Option<Holder>,
    device: Device,
    cookie: SessionCookie,
    Path(secret): Path<String>,
    Form(choice): Form<Choice>,
) -> Result<Response> {
    match resets::redeem(&state, device.address, &secret, choice.password).await {
        Ok(account) => {
            let session = sessions::begin_anew(&state, &account, former, &device).await?;
            Ok(([(SET_COOKIE, cookie.holding(&session))], Redirect::to("/")).into_response())
        }
        Err(Error::Refused(refusal)) if refusal != Refusal::ResetInvalid => {
            let problem = Problem::from(&refusal);
            let owner = resets::owner(&state.db, &secret).await?;
            let page = Reset { owner, secret, problem: Some(problem.clone()) };
            Ok(refused(&problem, app::page::reset(&site(), page)))
        }
        Err(error) => Err(error),
    }
}
