//! What the composer's form sends without scripts: a message, and perhaps files, which are taken in while they come.

use crate::{
    auth::Auth,
    error::{Error, Result},
    extract::{Form, form_invalid},
    files::upload::{Coming, UNWANTED_BYTES, UNWANTED_TIME, take},
    state::AppState,
};
use axum::{
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request, multipart::Field},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
};
use futures_util::StreamExt;
use model::{FileId, FileName, MessageId, Refusal, ThreadId, file::MAX_FILES};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::time::timeout;
use uuid::Uuid;

/// The longest text that is read: a message far over its limit comes back with the reason, and is not lost.
const MAX_TEXT_BYTES: usize = 1024 * 1024;

/// What was written, and what became of the files.
#[derive(Debug)]
pub struct Composed {
    /// Made with the form, so that sending it twice stores once.
    pub message_id: MessageId,
    /// What was written.
    pub body: String,
    /// The mark of the draft that stood in the field when the page was drawn, if one did.
    pub draft: Option<String>,
    /// The files that came along, or why one of them was not taken.
    pub file_ids: std::result::Result<Vec<FileId>, Refusal>,
}

#[derive(Deserialize)]
struct Plain {
    message_id: MessageId,
    body: String,
    #[serde(default)]
    draft: String,
}

/// Reads a form with or without files.
pub async fn read(
    state: &AppState,
    auth: &Auth,
    thread_id: ThreadId,
    mut request: Request,
) -> Result<Composed> {
    if !has_parts(request.headers()) {
        let Plain { message_id, body, draft } = words(state, request).await?;
        return Ok(Composed { message_id, body, draft: mark(draft), file_ids: Ok(Vec::new()) });
    }
    DefaultBodyLimit::disable().apply(&mut request);
    let mut form =
        Multipart::from_request(request, state).await.map_err(|error| invalid(error.body_text()))?;
    let (mut message_id, mut body, mut draft) = (None, String::new(), None);
    let mut file_ids = Ok(Vec::new());
    while let Some(field) = form.next_field().await.map_err(|error| invalid(error.body_text()))? {
        match (field.name(), message_id) {
            (Some("message_id"), _) => message_id = text(field).await?.parse::<MessageId>().ok(),
            (Some("body"), _) => body = text(field).await?,
            (Some("draft"), _) => draft = mark(text(field).await?),
            // The field is there also when nothing was chosen.
            (Some("file"), Some(message_id)) if field.file_name().is_some_and(|name| !name.is_empty()) => {
                if let Ok(taken) = &mut file_ids {
                    match take_one(state, auth, thread_id, message_id, taken.len(), field).await {
                        Ok(file_id) => taken.push(file_id),
                        Err(error) => file_ids = Err(error.into_refusal()),
                    }
                }
            }
            _ => {}
        }
        if file_ids.is_err() {
            break;
        }
    }
    if file_ids.is_err()
        && let Some(words) = words_of(form).await
    {
        body = words;
    }
    let message_id = message_id.ok_or_else(|| invalid("message_id".into()))?;
    Ok(Composed { message_id, body, draft, file_ids })
}

fn mark(draft: String) -> Option<String> {
    Some(draft).filter(|draft| !draft.is_empty())
}

/// Reads a form in which somebody wrote a text.
pub async fn words<T: DeserializeOwned>(state: &AppState, mut request: Request) -> Result<T> {
    DefaultBodyLimit::max(MAX_TEXT_BYTES).apply(&mut request);
    let Form(form) = Form::from_request(request, state).await?;
    Ok(form)
}

/// Whether a form comes in parts, as one with files does.
pub fn has_parts(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"))
}

/// Takes in a file, under an id that the same form gives again.
async fn take_one(
    state: &AppState,
    auth: &Auth,
    thread_id: ThreadId,
    message_id: MessageId,
    index: usize,
    field: Field<'_>,
) -> Result<FileId> {
    if index == MAX_FILES {
        return Err(Refusal::TooManyFiles.into());
    }
    let file_id = FileId(Uuid::from_u128(message_id.0.as_u128() ^ (index as u128 + 1)));
    let name = FileName::new(field.file_name().unwrap_or_default());
    take(state, auth, thread_id, Coming { file_id, name, length: None }, field).await?;
    Ok(file_id)
}

async fn text(mut field: Field<'_>) -> Result<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.next().await {
        let chunk = chunk.map_err(|error| invalid(error.body_text()))?;
        if bytes.len() + chunk.len() > MAX_TEXT_BYTES {
            return Err(Refusal::RequestTooLarge.into());
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| invalid("UTF-8".into()))
}

/// Reads a form to its end, without its files, for what was written in it. Within bounds: a browser that is still sending does not hear an
/// answer.
pub async fn words_of(mut form: Multipart) -> Option<String> {
    let (mut words, mut passed) = (None, 0);
    let read = async {
        while let Ok(Some(mut field)) = form.next_field().await {
            if field.name() == Some("body") {
                words = text(field).await.ok();
                continue;
            }
            while let Some(Ok(chunk)) = field.next().await {
                passed += chunk.len();
                if passed > UNWANTED_BYTES {
                    return;
                }
            }
        }
    };
    // Whoever is slower than that loses the connection.
    let _ = timeout(UNWANTED_TIME, read).await;
    words
}

fn invalid(why: String) -> Error {
    form_invalid(StatusCode::BAD_REQUEST, &why)
}
