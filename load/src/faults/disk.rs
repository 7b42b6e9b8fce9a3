//! A small disk, which can be filled up: a file system of its own in memory. It takes root, and mounts that are this process's own.

use anyhow::bail;
use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// How large it is, in megabytes: enough for a new PostgreSQL, one schedule, and what the server leaves free of files.
const SIZE_MB: u32 = 600;
const PIECE_BYTES: usize = 64 * 1024;
/// In what pieces it gives room.
const PAGE_BYTES: u64 = 4096;
/// What is written on it, and to be read when it is gone.
const LOGS: [&str; 2] = ["server.log", "postgres.log"];

/// A mounted disk. Dropping it unmounts it.
pub struct Disk {
    /// Where it is mounted.
    pub folder: PathBuf,
}

impl Disk {
    /// Mounts one.
    pub fn mount(folder: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)?;
        let size = format!("size={SIZE_MB}m,mode=755");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder).status()?;
        if !mounted.success() {
            bail!("a disk cannot be mounted at {}", folder.display());
        }
        Ok(Self { folder: folder.to_owned() })
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        for log in LOGS {
            let copied = fs::copy(self.folder.join(log), self.folder.with_extension(log));
            if let Err(error) = copied.map(drop)
                && error.kind() != ErrorKind::NotFound
            {
                eprintln!("The {log} of {} is lost: {error}", self.folder.display());
            }
        }
        // Processes that were killed may take a moment to let go of it.
        let unmounted = Command::new("umount").arg("--lazy").arg(&self.folder).stderr(Stdio::null()).status();
        if !unmounted.is_ok_and(|status| status.success()) {
            eprintln!("{} is still mounted.", self.folder.display());
        }
    }
}

/// Fills up the disk of a folder to the last byte, those included that the last page of a log would still have had.
pub fn fill(folder: &Path) -> anyhow::Result<()> {
    let mut file = File::create(ballast(folder))?;
    let piece = [0; PIECE_BYTES];
    let mut size = PIECE_BYTES;
    while size > 0 {
        match file.write_all(&piece[..size]) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::StorageFull => size /= 2,
            Err(error) => return Err(error.into()),
        }
    }
    for log in LOGS {
        let mut log = OpenOptions::new().append(true).open(folder.join(log))?;
        let length = log.metadata()?.len();
        let rest = length.next_multiple_of(PAGE_BYTES) - length;
        log.write_all(&vec![b'\n'; usize::try_from(rest)?])?;
    }
    Ok(())
}

/// Makes room again.
pub fn clear(folder: &Path) -> std::io::Result<()> {
    fs::remove_file(ballast(folder))
}

fn ballast(folder: &Path) -> PathBuf {
    folder.join("ballast")
}
