//! Files: what people upload to a thread, send with a message, and fetch. An upload belongs to its sender alone until it is sent, and from then on to the
//! thread's members; what is never sent, and what a deleted message leaves, is swept away.

pub mod download;
mod image;
pub mod kind;
mod objects;
mod spool;
pub mod strip;
mod sweeper;
pub mod upload;

use crate::{access::Access, config::Storage, error::Result};
use model::{File, FileId, FileKind, MessageId, Refusal, ThreadId, UserId};
use objects::{Key, Objects};
use spool::{Leftover, Spool};
use sqlx::{FromRow, PgConnection, PgExecutor, PgPool};
use std::sync::Arc;
use tokio::sync::Notify;
use uuid::Uuid;

pub use image::Images;
pub use sweeper::{run as sweep_until_closed, sweep};

/// Everything about files that outlives a request. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Files {
    objects: Arc<Objects>,
    spool: Spool,
    images: Images,
    limit_bytes: u64,
    has_expired: Arc<Notify>,
}

impl Files {
    /// Opens the folders, and removes what a killed process left half-done.
    ///
    /// # Errors
    /// When a folder cannot be used, or the database cannot be asked.
    pub async fn open(storage: &Storage, db: &PgPool) -> anyhow::Result<Self> {
        let folder = storage.files.clone().unwrap_or_else(|| storage.data.join("files"));
        let (spool, leftovers) = Spool::open(&folder.join("incoming"))?;
        let files = Self {
            objects: Arc::new(Objects::open(folder.join("stored"))?),
            spool,
            images: Images::default(),
            limit_bytes: storage.max_file_mb.saturating_mul(1_000_000),
            has_expired: Arc::default(),
        };
        for leftover in leftovers {
            files.clean_up(db, leftover).await?;
        }
        Ok(files)
    }

    /// The largest file that is taken, in bytes.
    #[must_use]
    pub fn limit_bytes(&self) -> u64 {
        self.limit_bytes
    }

    /// Where images are drawn.
    #[must_use]
    pub fn images(&self) -> &Images {
        &self.images
    }

    /// Says that there are files to be swept away: call it after the commit of [`expire`].
    pub fn sweep_soon(&self) {
        self.has_expired.notify_one();
    }

    async fn clean_up(&self, db: &PgPool, leftover: Leftover) -> anyhow::Result<()> {
        for key in &leftover.keys {
            let is_known: bool = sqlx::query_scalar(
                "select exists (select from file where coalesce(object_thread_id, thread_id) = $1 and object_id = $2)",
            )
            .bind(key.thread_id)
            .bind(key.object_id)
            .fetch_one(db)
            .await?;
            if !is_known && let Err(error) = self.objects.remove(*key).await {
                anyhow::bail!("what a broken upload left cannot be removed: {:?}", error);
            }
        }
        Ok(leftover.remove()?)
    }
}

/// A file as it is stored.
#[derive(Clone, Debug, FromRow)]
pub struct Row {
    thread_id: ThreadId,
    file_id: FileId,
    object_id: Uuid,
    /// Where the bytes are, if a message of another thread brought them along.
    object_thread_id: Option<ThreadId>,
    /// Who uploaded it.
    user_id: UserId,
    message_id: Option<MessageId>,
    name: String,
    media_type: String,
    size_bytes: i64,
    kind: String,
    width: Option<i32>,
    height: Option<i32>,
    thumbnail_type: Option<String>,
    is_expired: bool,
}

impl Row {
    /// What it is known by.
    #[must_use]
    pub fn id(&self) -> (ThreadId, FileId) {
        (self.thread_id, self.file_id)
    }

    /// Whether somebody uploaded it.
    #[must_use]
    pub fn is_of(&self, user_id: UserId) -> bool {
        self.user_id == user_id
    }

    fn key(&self) -> Key {
        Key { thread_id: self.object_thread_id.unwrap_or(self.thread_id), object_id: self.object_id }
    }

    /// Whether somebody who is in its thread may see it: an upload that is not sent is its sender's alone.
    fn is_for(&self, user_id: UserId) -> bool {
        !self.is_expired && (self.message_id.is_some() || self.user_id == user_id)
    }

    /// As readers see it.
    #[must_use]
    pub fn view(&self) -> File {
        let side = |side: Option<i32>| side.map_or(0, i32::unsigned_abs);
        File {
            file_id: self.file_id,
            name: self.name.clone(),
            media_type: self.media_type.clone(),
            size_bytes: self.size_bytes.unsigned_abs(),
            kind: match self.kind.as_str() {
                "image" => FileKind::Image {
                    width: side(self.width),
                    height: side(self.height),
                    has_thumbnail: self.thumbnail_type.is_some(),
                },
                "audio" => FileKind::Audio,
                "video" => FileKind::Video,
                _ => FileKind::Other,
            },
        }
    }
}

macro_rules! columns {
    () => {
        "thread_id, file_id, object_id, object_thread_id, user_id, message_id, name, media_type, size_bytes, kind, width, height, thumbnail_type,
            expires_at is not null and expires_at <= now() as is_expired"
    };
}

/// A file of a thread, if there is one of that id.
async fn find(db: impl PgExecutor<'_>, thread_id: ThreadId, file_id: FileId) -> Result<Option<Row>> {
    let statement = concat!("select ", columns!(), " from file where thread_id = $1 and file_id = $2");
    Ok(sqlx::query_as(statement).bind(thread_id).bind(file_id).fetch_optional(db).await?)
}

/// The uploads of these ids that are still to be sent, locked until the end of the transaction.
pub async fn claim(
    tx: &mut PgConnection,
    ids: impl IntoIterator<Item = (ThreadId, FileId)>,
) -> Result<Vec<Row>> {
    let (thread_ids, file_ids): (Vec<_>, Vec<_>) = ids.into_iter().unzip();
    let statement = concat!(
        "select ",
        columns!(),
        " from file where (thread_id, file_id) in (select * from unnest($1::uuid[], $2::uuid[]))
            and message_id is null and expires_at > now()
            order by thread_id, file_id for update"
    );
    Ok(sqlx::query_as(statement).bind(thread_ids).bind(file_ids).fetch_all(tx).await?)
}

/// Writes down with which message each file is sent, so that from now on it stays.
pub async fn keep(tx: &mut PgConnection, sent: &[(ThreadId, FileId, MessageId)]) -> Result<()> {
    sqlx::query(
        "update file set message_id = sent.message_id, expires_at = null
            from unnest($1::uuid[], $2::uuid[], $3::uuid[]) sent (thread_id, file_id, message_id)
            where file.thread_id = sent.thread_id and file.file_id = sent.file_id",
    )
    .bind(sent.iter().map(|(thread_id, ..)| *thread_id).collect::<Vec<_>>())
    .bind(sent.iter().map(|(_, file_id, _)| *file_id).collect::<Vec<_>>())
    .bind(sent.iter().map(|(.., message_id)| *message_id).collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}

/// Makes files of a message files of another thread too, as uploads of whoever forwards them: the same bytes under other ids. Those who are in the
/// other thread may fetch them there, and nothing else here.
pub async fn share(db: &PgPool, from: Access, thread_id: ThreadId, ids: &[(FileId, FileId)]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    // Locked, so that they do not go while they are shared.
    sqlx::query(
        "with shared as (
            select file.*, new_id from unnest($2::uuid[], $3::uuid[]) ids (old_id, new_id)
                join file on file.thread_id = $1 and file.file_id = old_id
                where message_id is not null and expires_at is null
                for share of file
        )
        insert into file (thread_id, file_id, object_id, object_thread_id, user_id, name, media_type, size_bytes, kind, width, height,
                thumbnail_type, expires_at)
            select $4, new_id, object_id, coalesce(object_thread_id, thread_id), $5, name, media_type, size_bytes, kind, width, height,
                thumbnail_type, now() + interval '1 day'
            from shared
            on conflict on constraint file_pkey do nothing",
    )
    .bind(from.thread_id())
    .bind(ids.iter().map(|(old_id, _)| *old_id).collect::<Vec<_>>())
    .bind(ids.iter().map(|(_, new_id)| *new_id).collect::<Vec<_>>())
    .bind(thread_id)
    .bind(from.user_id())
    .execute(db)
    .await?;
    Ok(())
}

/// Takes a deleted message's files away from everybody, from the commit on; their bytes go soon after it, with [`Files::sweep_soon`]. Whether it had any.
pub async fn expire(tx: &mut PgConnection, thread_id: ThreadId, message_id: MessageId) -> Result<bool> {
    let expired = sqlx::query("update file set expires_at = now() where thread_id = $1 and message_id = $2")
        .bind(thread_id)
        .bind(message_id)
        .execute(tx)
        .await?;
    Ok(expired.rows_affected() > 0)
}

/// Refuses a file that is not there, or not somebody's.
fn not_found() -> crate::error::Error {
    Refusal::FileNotFound.into()
}
