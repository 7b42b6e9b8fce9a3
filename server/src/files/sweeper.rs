//! The sweeper: removes what was uploaded and never sent, and what deleted messages leave. First the bytes, then the row that tells of them, so that a fault
//! in between only means that it is done again.

use super::{Files, objects::Key};
use crate::{error::Result, live::hub::Hub, pictures};
use model::{FileId, ThreadId};
use sqlx::PgPool;
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;
use uuid::Uuid;

/// How often it looks by itself.
const EVERY: Duration = Duration::from_secs(600);
/// How many files it takes at a time.
const AT_ONCE: i64 = 100;

/// Sweeps until the server stops.
pub async fn run(files: Files, db: PgPool, hub: Arc<Hub>) {
    loop {
        if let Err(error) = pictures::sweep(&db).await {
            tracing::warn!("pictures that are not wanted any more could not be removed: {error:?}");
        }
        if let Err(error) = sweep(&files, &db).await {
            tracing::warn!("files that are not wanted any more could not be removed: {error:?}");
        }
        tokio::select! {
            () = hub.closing() => return,
            _ = timeout(EVERY, files.has_expired.notified()) => {}
        }
    }
}

/// Removes everything that has expired. Several servers may do so at a time.
pub async fn sweep(files: &Files, db: &PgPool) -> Result<()> {
    loop {
        let expired: Vec<(ThreadId, FileId, Uuid, Option<ThreadId>)> = sqlx::query_as(
            "select thread_id, file_id, object_id, object_thread_id from file
                where expires_at <= now() order by expires_at limit $1",
        )
        .bind(AT_ONCE)
        .fetch_all(db)
        .await?;
        if expired.is_empty() {
            return Ok(());
        }
        for (thread_id, file_id, object_id, object_thread_id) in expired {
            let mut tx = db.begin().await?;
            // One after the other for the same bytes: two that saw each other would both leave them there.
            sqlx::query("select pg_advisory_xact_lock(hashtextextended($1::uuid::text, 0))")
                .bind(object_id)
                .execute(&mut *tx)
                .await?;
            let is_shared: bool = sqlx::query_scalar(
                "select exists (select from file where object_id = $1 and (thread_id, file_id) <> ($2, $3))",
            )
            .bind(object_id)
            .bind(thread_id)
            .bind(file_id)
            .fetch_one(&mut *tx)
            .await?;
            if !is_shared {
                let thread_id = object_thread_id.unwrap_or(thread_id);
                files.objects.remove(Key { thread_id, object_id }).await?;
            }
            sqlx::query("delete from file where thread_id = $1 and file_id = $2 and expires_at <= now()")
                .bind(thread_id)
                .bind(file_id)
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
        }
    }
}
