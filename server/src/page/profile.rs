//! How one is called and shown, by a form of the settings.

use super::{
    picture_form,
    settings::{Done, refuse_profile},
};
use crate::{
    auth::Auth,
    dispatch,
    error::{Error, Result},
    state::AppState,
};
use axum::{
    extract::{Request, State},
    response::Response,
};
use model::wire::Command;

/// Changes it.
pub async fn set(State(state): State<AppState>, auth: Auth, request: Request) -> Result<Response> {
    auth.require_browser()?;
    let (form, refusal) = picture_form::read(&state, &auth, request).await?;
    let (display_name, about) = (form.display_name, form.about);
    let outcome = match refusal {
        Some(refusal) => Err(refusal.into()),
        None => {
            let picture_id = form.picture.unwrap_or(auth.user.picture_id);
            let command = Command::UpdateProfile {
                display_name: display_name.clone(),
                about: about.clone(),
                picture_id,
            };
            dispatch::begin(&state, &auth, command).await.await
        }
    };
    match outcome {
        Ok(_) => Ok(Done::Profile.page()),
        Err(Error::Refused(refusal)) => refuse_profile(&state, &auth, &refusal, display_name, about).await,
        Err(error) => Err(error),
    }
}
