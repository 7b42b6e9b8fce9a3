//! The files of a batch: drafts claim their senders' uploads, and what is sent is kept. A batch without files asks the database nothing.

use super::Draft;
use crate::{
    error::Result,
    files::{self, Row},
};
use model::{File, FileId, Message, Refusal, ThreadId};
use sqlx::{PgConnection, types::Json};
use std::collections::HashMap;

/// The uploads that the drafts of a batch may take, locked.
#[derive(Debug, Default)]
pub struct Uploads(HashMap<(ThreadId, FileId), Row>);

impl Uploads {
    /// Those that the drafts name.
    pub async fn of(tx: &mut PgConnection, drafts: &[Draft]) -> Result<Self> {
        let named =
            drafts.iter().flat_map(|draft| draft.file_ids.iter().map(|file_id| (draft.thread_id, *file_id)));
        let named: Vec<_> = named.collect();
        if named.is_empty() {
            return Ok(Self::default());
        }
        let rows = files::claim(tx, named).await?;
        Ok(Self(rows.into_iter().map(|row| (row.id(), row)).collect()))
    }

    /// The files of a draft, all of them or none. What one has taken, no other gets.
    pub fn take(&mut self, draft: &Draft) -> std::result::Result<Vec<File>, Refusal> {
        let id = |file_id: &FileId| (draft.thread_id, *file_id);
        let is_theirs =
            |file_id: &FileId| self.0.get(&id(file_id)).is_some_and(|row| row.is_of(draft.sender.user_id));
        let is_named_once = |(index, file_id): (usize, &FileId)| !draft.file_ids[..index].contains(file_id);
        if !draft.file_ids.iter().all(is_theirs) || !draft.file_ids.iter().enumerate().all(is_named_once) {
            return Err(Refusal::FileNotFound);
        }
        Ok(draft
            .file_ids
            .iter()
            .filter_map(|file_id| self.0.remove(&id(file_id)))
            .map(|row| row.view())
            .collect())
    }

    /// Keeps what was sent, and writes onto the messages what they show of it.
    pub async fn keep(&self, tx: &mut PgConnection, fresh: &[Message]) -> Result<()> {
        let with_files: Vec<_> = fresh.iter().filter(|message| !message.files.is_empty()).collect();
        if with_files.is_empty() {
            return Ok(());
        }
        let of_message = |message: &&Message| {
            let (thread_id, message_id) = (message.thread_id, message.message_id);
            message.files.iter().map(move |file| (thread_id, file.file_id, message_id)).collect::<Vec<_>>()
        };
        files::keep(tx, &with_files.iter().flat_map(of_message).collect::<Vec<_>>()).await?;
        sqlx::query(
            "update message set files = sent.files
                from unnest($1::uuid[], $2::timestamptz[], $3::jsonb[]) sent (thread_id, created_at, files)
                where message.thread_id = sent.thread_id and message.created_at = sent.created_at",
        )
        .bind(with_files.iter().map(|message| message.thread_id).collect::<Vec<_>>())
        .bind(with_files.iter().map(|message| message.created_at).collect::<Vec<_>>())
        .bind(with_files.iter().map(|message| Json(&message.files)).collect::<Vec<_>>())
        .execute(tx)
        .await?;
        Ok(())
    }
}
