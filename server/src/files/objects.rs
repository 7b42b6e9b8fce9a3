//! Where the bytes of files are kept: in a folder, by the crate `object_store`, which knows other places, too. Nothing is ever held in memory as a
//! whole.

use super::spool::Spooled;
use crate::error::{Error, Result};
use anyhow::Context;
use axum::body::Bytes;
use futures_util::stream::BoxStream;
use model::{Refusal, ThreadId};
use object_store::{
    GetOptions, ObjectStore, ObjectStoreExt, buffered::BufWriter, local::LocalFileSystem, path::Path,
};
use std::{fs, io, ops::Range, os::unix::fs::DirBuilderExt, path::PathBuf, sync::Arc};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

/// How much of a file is on its way to its place at a time, in bytes: what S3 takes as a part.
const PART_BYTES: usize = 5 * 1024 * 1024;
/// How many parts are on their way at a time.
const PARTS_AT_ONCE: usize = 2;

/// All objects.
#[derive(Debug)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    folder: PathBuf,
}

/// What a file's bytes, and those of its smaller version, are stored under.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Key {
    /// Whose they are.
    pub thread_id: ThreadId,
    /// Unique.
    pub object_id: Uuid,
}

/// Which of an object's two versions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Version {
    /// As it was uploaded.
    Original,
    /// Small enough for a conversation.
    Thumbnail,
}

impl Key {
    fn path(self, version: Version) -> Path {
        let Self { thread_id, object_id } = self;
        match version {
            Version::Original => format!("{thread_id}/{object_id}").into(),
            Version::Thumbnail => format!("{thread_id}/{object_id}.thumbnail").into(),
        }
    }
}

impl Objects {
    /// The objects in a folder, which is made if need be.
    pub fn open(folder: PathBuf) -> anyhow::Result<Self> {
        make_folder(&folder)
            .and_then(|()| folder.canonicalize())
            .with_context(|| format!("The folder for files, {}, cannot be used", folder.display()))
            .and_then(|folder| {
                // A message is acknowledged when it is stored, and so are its files.
                let store =
                    LocalFileSystem::new_with_prefix(&folder)?.with_fsync(true).with_automatic_cleanup(true);
                Ok(Self { store: Arc::new(store), folder })
            })
    }

    /// Moves what was uploaded to its place.
    pub async fn put(&self, key: Key, from: &Spooled) -> Result<()> {
        let file = tokio::fs::File::open(from.path()).await.map_err(failed)?;
        let mut reader = tokio::io::BufReader::with_capacity(64 * 1024, file);
        let mut writer =
            BufWriter::with_capacity(self.store.clone(), key.path(Version::Original), PART_BYTES)
                .with_max_concurrency(PARTS_AT_ONCE);
        let written = match tokio::io::copy_buf(&mut reader, &mut writer).await {
            Ok(_) => writer.shutdown().await,
            Err(error) => {
                // What cannot be written can perhaps not be removed either; at the next start it is.
                let _ = writer.abort().await;
                Err(error)
            }
        };
        written.map_err(failed)
    }

    /// Stores the smaller version.
    pub async fn put_thumbnail(&self, key: Key, content: Vec<u8>) -> Result<()> {
        let path = key.path(Version::Thumbnail);
        self.store.put(&path, content.into()).await.map(drop).map_err(|error| failed(error.into()))
    }

    /// A part of an object, and its whole length.
    pub async fn get(
        &self,
        key: Key,
        version: Version,
        range: Option<Range<u64>>,
    ) -> Result<(u64, BoxStream<'static, object_store::Result<Bytes>>)> {
        let options = GetOptions { range: range.map(Into::into), ..GetOptions::default() };
        match self.store.get_opts(&key.path(version), options).await {
            Ok(found) => Ok((found.meta.size, found.into_stream())),
            Err(object_store::Error::NotFound { .. }) => Err(Refusal::FileNotFound.into()),
            Err(error) => Err(Error::Failed(error.into())),
        }
    }

    /// Removes an object, and all that is left of an attempt to store it. What is gone already is no fault.
    pub async fn remove(&self, key: Key) -> Result<()> {
        for version in [Version::Thumbnail, Version::Original] {
            match self.store.delete(&key.path(version)).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(Error::Failed(error.into())),
            }
        }
        remove_torn(&self.folder.join(key.thread_id.to_string()), &key.object_id.to_string()).map_err(failed)
    }
}

/// Removes what a process that was killed was about to put in place: files whose names begin like the object's. They are not listed by the store.
fn remove_torn(folder: &std::path::Path, object_id: &str) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(object_id) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Makes a folder that only we can look into.
pub fn make_folder(folder: &std::path::Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// A full disk is told to whoever uploads; anything else is a fault of ours.
pub fn failed(error: io::Error) -> Error {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(one) = cause {
        let kind = one.downcast_ref::<io::Error>().map(io::Error::kind);
        if matches!(kind, Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)) {
            return Refusal::StorageFull.into();
        }
        cause = one.source();
    }
    Error::Failed(error.into())
}
