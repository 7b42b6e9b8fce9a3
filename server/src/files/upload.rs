//! Uploading: a file comes in as it is, is looked into, and is stored, or it leaves nothing behind.

use super::{
    Files, Row, find,
    image::{Prepared, Thumbnail},
    kind,
    objects::Key,
    spool::Spooled,
};
use crate::{
    access::{self, Access},
    auth::Auth,
    error::{Error, Result},
    extract::{Json, Path, Query},
    state::AppState,
};
use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, header::CONTENT_LENGTH},
};
use futures_util::{Stream, StreamExt};
use model::{File, FileId, FileKind, FileName, Problem, Refusal, ThreadId};
use serde::Deserialize;
use std::time::Duration;
use tokio::time::{sleep, timeout};
use utoipa::IntoParams;
use uuid::Uuid;

/// How much of a body is read to its end although it is not wanted, in bytes: a browser that is still sending does not hear an answer.
pub const UNWANTED_BYTES: usize = 16_000_000;
/// For how long.
pub const UNWANTED_TIME: Duration = Duration::from_secs(10);

/// How often a file is written down where the database goes away, and how long that waits in between.
const TRIES: usize = 5;
const RETRY_EVERY: Duration = Duration::from_millis(500);

/// How an upload is called.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The file's name, on the device that it comes from.
    name: String,
}

/// Uploads a file to a thread: the body is the file. It is one's own until it is sent with a message, and gone after a day if it never is. Sent again with the
/// same id, it is answered with the first answer.
#[utoipa::path(put, path = "/api/v1/threads/{thread_id}/files/{file_id}", tag = "files",
    params(("thread_id" = ThreadId, Path), ("file_id" = FileId, Path), Named),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses(
    (status = 200, body = File),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 411, body = Problem, content_type = "application/problem+json"),
    (status = 413, body = Problem, content_type = "application/problem+json"),
    (status = 507, body = Problem, content_type = "application/problem+json"),
))]
pub async fn upload(
    State(state): State<AppState>,
    auth: Auth,
    Path((thread_id, file_id)): Path<(ThreadId, FileId)>,
    Query(Named { name }): Query<Named>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<File>> {
    let mut content = body.into_data_stream();
    let taken = match length(&headers) {
        Ok(length) => {
            let coming = Coming { file_id, name: FileName::new(&name), length: Some(length) };
            take(&state, &auth, thread_id, coming, &mut content).await
        }
        Err(refusal) => Err(refusal.into()),
    };
    pass_over(content).await;
    taken.map(Json)
}

fn length(headers: &HeaderMap) -> std::result::Result<u64, Refusal> {
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    length.ok_or(Refusal::LengthRequired)
}

/// What is said of a file before it comes.
#[derive(Debug)]
pub struct Coming {
    /// Made by whoever sends it.
    pub file_id: FileId,
    /// What it is called.
    pub name: FileName,
    /// How long it is, if that is known.
    pub length: Option<u64>,
}

/// Takes in a file. What has come in as a whole is carried through, even if nobody waits for the answer.
pub async fn take<E>(
    state: &AppState,
    auth: &Auth,
    thread_id: ThreadId,
    coming: Coming,
    content: impl Stream<Item = std::result::Result<Bytes, E>> + Unpin,
) -> Result<File> {
    state.limits.may_upload(auth.user.user_id)?;
    let access = access::thread(&state.db, auth.user.user_id, thread_id).await?;
    let Coming { file_id, name, length } = coming;
    if let Some(known) = find(&state.db, thread_id, file_id).await? {
        return known_to(&access, &known);
    }
    let files = &state.files;
    let key = Key { thread_id, object_id: Uuid::now_v7() };
    let spooled = files.spool.take(key, content, length, files.limit_bytes).await?;
    let state = state.clone();
    let stored = tokio::spawn(async move { store(&state, access, file_id, name, spooled).await });
    stored.await.map_err(|panic| Error::Failed(panic.into()))?
}

/// A file that is there already, for whoever uploads it again.
fn known_to(access: &Access, known: &Row) -> Result<File> {
    if known.user_id != access.user_id() {
        Err(Refusal::IdTaken.into())
    } else if known.is_for(access.user_id()) {
        Ok(known.view())
    } else {
        Err(super::not_found())
    }
}

async fn store(
    state: &AppState,
    access: Access,
    file_id: FileId,
    name: FileName,
    spooled: Spooled,
) -> Result<File> {
    let files = &state.files;
    let (sniffed, media_type) = kind::sniff(&spooled.head);
    let Prepared { spooled, kind, thumbnail } = files.images.prepare(&files.spool, spooled, sniffed).await?;
    let key = spooled.key;
    let put = put(files, &spooled, thumbnail.as_ref()).await;
    let file = File {
        file_id,
        name: name.as_str().into(),
        media_type: media_type.into(),
        size_bytes: spooled.size_bytes,
        kind,
    };
    let outcome = match put {
        Ok(()) => insert(state, access, key, &file, thumbnail.as_ref()).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(true) => Ok(file),
        Ok(false) => {
            let known = find(&state.db, key.thread_id, file_id).await?.ok_or_else(super::not_found)?;
            // The same upload came twice at a time, and the other one was first; or else it was this one.
            if known.object_id != key.object_id {
                files.objects.remove(key).await?;
            }
            known_to(&access, &known)
        }
        // It may have been written down, and then its bytes are wanted.
        Err(error) if error.is_passing() => {
            tracing::warn!("whether the file {file_id} was written down is unknown: its bytes are kept");
            Err(error)
        }
        Err(error) => {
            if let Err(left) = files.objects.remove(key).await {
                tracing::warn!("what a failed upload left cannot be removed: {left:?}");
            }
            Err(error)
        }
    }
}

async fn put(files: &Files, spooled: &Spooled, thumbnail: Option<&Thumbnail>) -> Result<()> {
    if let Some(thumbnail) = thumbnail {
        files.objects.put_thumbnail(spooled.key, thumbnail.content.clone()).await?;
    }
    files.objects.put(spooled.key, spooled).await
}

/// Writes a file down, through a short absence of the database, unless its id is taken: maybe by a try whose answer got lost.
async fn insert(
    state: &AppState,
    access: Access,
    key: Key,
    file: &File,
    thumbnail: Option<&Thumbnail>,
) -> Result<bool> {
    let (kind, size) = match file.kind {
        FileKind::Image { width, height, .. } => ("image", Some((width.cast_signed(), height.cast_signed()))),
        FileKind::Audio => ("audio", None),
        FileKind::Video => ("video", None),
        FileKind::Other => ("other", None),
    };
    let mut tries = 1;
    loop {
        let inserted = sqlx::query(
            "insert into file (thread_id, file_id, object_id, user_id, name, media_type, size_bytes, kind, width, height,
                    thumbnail_type, expires_at)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, now() + interval '1 day')
                on conflict on constraint file_pkey do nothing",
        )
        .bind(key.thread_id)
        .bind(file.file_id)
        .bind(key.object_id)
        .bind(access.user_id())
        .bind(&file.name)
        .bind(&file.media_type)
        .bind(file.size_bytes.cast_signed())
        .bind(kind)
        .bind(size.map(|(width, _)| width))
        .bind(size.map(|(_, height)| height))
        .bind(thumbnail.map(|thumbnail| thumbnail.media_type))
        .execute(&state.db)
        .await
        .map_err(Error::from);
        match inserted {
            Err(error) if error.is_passing() && tries < TRIES => {
                tries += 1;
                sleep(RETRY_EVERY).await;
            }
            inserted => return Ok(inserted?.rows_affected() == 1),
        }
    }
}

/// Reads what is left of a body that is not wanted, within bounds.
async fn pass_over<E>(mut content: impl Stream<Item = std::result::Result<Bytes, E>> + Unpin) {
    let mut passed = 0;
    let pass = async {
        while let Some(Ok(chunk)) = content.next().await {
            passed += chunk.len();
            if passed > UNWANTED_BYTES {
                break;
            }
        }
    };
    // Whoever is slower than that loses the connection, and tries again.
    let _ = timeout(UNWANTED_TIME, pass).await;
}
