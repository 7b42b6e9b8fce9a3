//! What is on its way in: each upload is a file in a folder that belongs to this process alone, and is gone with its upload, however that ends. What
//! a killed process leaves is found at the next start, and with it what it was about to store.

use super::objects::{Key, failed, make_folder};
use crate::error::{Error, Result};
use anyhow::Context;
use axum::body::Bytes;
use futures_util::{Stream, StreamExt};
use model::Refusal;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncWriteExt, BufWriter},
    time::timeout,
};
use uuid::Uuid;

/// How long an upload may stand still.
const STALL_TIMEOUT: Duration = Duration::from_secs(60);
/// How much of the disk is left to the database that may share it, in bytes.
const RESERVE_BYTES: u64 = 256 * 1024 * 1024;
/// How much of a file's beginning tells what it is, in bytes.
const HEAD_BYTES: usize = 8 * 1024;
const WRITE_BYTES: usize = 256 * 1024;
const LOCK: &str = "lock";

/// The folder of one process.
#[derive(Clone, Debug)]
pub struct Spool(Arc<Folder>);

#[derive(Debug)]
struct Folder {
    path: PathBuf,
    _lock: fs::File,
}

/// A file that came in. It is removed when this is dropped.
#[derive(Debug)]
pub struct Spooled {
    path: PathBuf,
    /// What it is to be stored under.
    pub key: Key,
    /// Its beginning.
    pub head: Vec<u8>,
    /// How long it is.
    pub size_bytes: u64,
    /// It does not outlive the folder.
    _spool: Spool,
}

impl Spool {
    /// Makes a folder below this one, and gives what earlier processes left there, each with what it was to be stored under.
    pub fn open(incoming: &Path) -> anyhow::Result<(Self, Vec<Leftover>)> {
        let open = || {
            make_folder(incoming)?;
            let mut leftovers = Vec::new();
            for entry in fs::read_dir(incoming)? {
                leftovers.extend(Leftover::of(entry?.path())?);
            }
            let path = incoming.join(Uuid::now_v7().to_string());
            make_folder(&path)?;
            let lock = fs::File::create(path.join(LOCK))?;
            lock.try_lock()?;
            Ok::<_, std::io::Error>((Self(Arc::new(Folder { path, _lock: lock })), leftovers))
        };
        open().with_context(|| format!("The folder for uploads, {}, cannot be used", incoming.display()))
    }

    /// Takes in what a person sends: not more than `limit`, and all of `length`, if that was said. Either all of it is there, or nothing.
    pub async fn take<E>(
        &self,
        key: Key,
        mut content: impl Stream<Item = std::result::Result<Bytes, E>> + Unpin,
        length: Option<u64>,
        limit: u64,
    ) -> Result<Spooled> {
        let too_large = || Error::from(Refusal::FileTooLarge { limit_mb: limit / 1_000_000 });
        if length.is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        self.require_room(length.unwrap_or_default())?;
        let mut spooled = self.new_file(key);
        let file = tokio::fs::File::create(&spooled.path).await.map_err(failed)?;
        let mut file = BufWriter::with_capacity(WRITE_BYTES, file);
        while let Some(chunk) = timeout(STALL_TIMEOUT, content.next()).await.map_err(|_| broken_off())? {
            let chunk = chunk.map_err(|_| broken_off())?;
            spooled.size_bytes += chunk.len() as u64;
            if spooled.size_bytes > limit {
                return Err(too_large());
            }
            let missing = HEAD_BYTES.saturating_sub(spooled.head.len()).min(chunk.len());
            spooled.head.extend_from_slice(&chunk[..missing]);
            file.write_all(&chunk).await.map_err(failed)?;
        }
        file.flush().await.map_err(failed)?;
        if length.is_some_and(|length| length != spooled.size_bytes) {
            return Err(broken_off());
        }
        Ok(spooled)
    }

    /// A file of another content in the place of one that came in.
    pub fn rewrite(&self, spooled: &Spooled, pieces: &[Bytes]) -> std::io::Result<Spooled> {
        use std::io::Write;

        let mut rewritten = self.new_file(spooled.key);
        let mut file = std::io::BufWriter::with_capacity(WRITE_BYTES, fs::File::create(&rewritten.path)?);
        for piece in pieces {
            file.write_all(piece)?;
            rewritten.size_bytes += piece.len() as u64;
        }
        file.flush()?;
        Ok(rewritten)
    }

    fn new_file(&self, key: Key) -> Spooled {
        // The name tells the next start what this was to become.
        let name = format!("{}.{}.{}", key.thread_id, key.object_id, Uuid::now_v7());
        Spooled { path: self.0.path.join(name), key, head: Vec::new(), size_bytes: 0, _spool: self.clone() }
    }

    /// Refuses what would fill the disk: the database may be on it.
    fn require_room(&self, length: u64) -> Result<()> {
        let about = rustix::fs::statvfs(&self.0.path).map_err(|error| failed(error.into()))?;
        let room = about.f_bavail.saturating_mul(about.f_frsize);
        // It is there twice, before it is in its place.
        if room < length.saturating_mul(2).saturating_add(RESERVE_BYTES) {
            return Err(Refusal::StorageFull.into());
        }
        Ok(())
    }
}

impl Spooled {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Spooled {
    fn drop(&mut self) {
        // If it was never made, it need not be removed; otherwise the next start tries again.
        let _ = fs::remove_file(&self.path);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// What a process left that did not come to its end. It is gone once this is dropped.
#[derive(Debug)]
pub struct Leftover {
    folder: PathBuf,
    /// What may have been stored without having been written down.
    pub keys: Vec<Key>,
    _lock: fs::File,
}

impl Leftover {
    /// What is in a folder; nothing, if its process lives.
    fn of(folder: PathBuf) -> std::io::Result<Option<Self>> {
        let lock = match fs::File::create(folder.join(LOCK)) {
            Ok(lock) => lock,
            // It has just come to its end by itself.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        if lock.try_lock().is_err() {
            return Ok(None);
        }
        let mut keys = Vec::new();
        for entry in fs::read_dir(&folder)? {
            keys.extend(key(&entry?.file_name().to_string_lossy()));
        }
        Ok(Some(Self { folder, keys, _lock: lock }))
    }

    /// Removes the folder: all that was to be done about it is done.
    pub fn remove(self) -> std::io::Result<()> {
        fs::remove_dir_all(&self.folder)
    }
}

fn key(name: &str) -> Option<Key> {
    let mut parts = name.split('.');
    let (thread_id, object_id) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some(Key { thread_id, object_id })
}

/// Whoever broke off hears nothing of it; whoever stood still too long may.
fn broken_off() -> Error {
    Refusal::RequestInvalid { detail: words::refusal::upload_broken_off().into() }.into()
}
