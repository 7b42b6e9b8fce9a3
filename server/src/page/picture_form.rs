//! What the forms with a picture send: a few words, and perhaps a file, which is drawn and kept before the rest is looked at.

use crate::{
    auth::Auth,
    error::{Error, Result},
    extract::form_invalid,
    pictures,
    state::AppState,
};
use axum::{
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request},
    http::StatusCode,
};
use model::{
    PictureId, Refusal,
    picture::{MAX_BYTES, Part},
};

/// What is read besides the file, in bytes.
const WORDS_BYTES: usize = 64 * 1024;

/// The form.
#[derive(Debug, Default)]
pub struct PictureForm {
    /// See [`model::DisplayName`]; nothing in a group's form.
    pub display_name: String,
    /// See [`model::About`].
    pub about: String,
    /// What becomes of the picture, if anything does: another one, or none.
    pub picture: Option<Option<PictureId>>,
}

/// Reads the form. Why a file was not taken is said beside the rest, so that nothing typed is lost.
pub async fn read(
    state: &AppState,
    auth: &Auth,
    mut request: Request,
) -> Result<(PictureForm, Option<Refusal>)> {
    DefaultBodyLimit::max(MAX_BYTES + WORDS_BYTES).apply(&mut request);
    let mut multipart = Multipart::from_request(request, state)
        .await
        .map_err(|error| form_invalid(error.status(), &error.body_text()))?;
    let (mut form, mut file, mut part, mut is_removed) = (PictureForm::default(), None, Part::Middle, false);
    while let Some(field) = multipart.next_field().await.map_err(|error| failed(&error))? {
        match field.name().unwrap_or_default() {
            "display_name" => form.display_name = field.text().await.map_err(|error| failed(&error))?,
            "about" => form.about = field.text().await.map_err(|error| failed(&error))?,
            "part" => {
                part = match field.text().await.map_err(|error| failed(&error))?.as_str() {
                    "start" => Part::Start,
                    "end" => Part::End,
                    _ => Part::Middle,
                }
            }
            "remove" => is_removed = true,
            // The field is there also when nothing was chosen.
            "picture" if field.file_name().is_some_and(|name| !name.is_empty()) => {
                file = Some(field.bytes().await.map_err(|error| failed(&error))?);
            }
            _ => {}
        }
    }
    let stored = match file {
        Some(content) => pictures::store(state, auth.user.user_id, content, part).await.map(Some),
        None => Ok(None),
    };
    match stored {
        Ok(Some(picture_id)) => form.picture = Some(Some(picture_id)),
        Ok(None) if is_removed => form.picture = Some(None),
        Ok(None) => {}
        Err(Error::Refused(refusal)) => return Ok((form, Some(refusal))),
        Err(error) => return Err(error),
    }
    Ok((form, None))
}

fn failed(error: &axum::extract::multipart::MultipartError) -> Error {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::PictureInvalid.into(),
        status => form_invalid(status, &error.body_text()),
    }
}
