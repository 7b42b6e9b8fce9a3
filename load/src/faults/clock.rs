//! The wall clock of the server, which the tool sets: a small library is loaded before the C library and shifts every reading of the time.
//! The server itself knows nothing of it.

use std::{
    fs::{self, OpenOptions},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};
use tokio::process::Command;

/// A clock that can be set.
#[derive(Clone)]
pub struct Clock {
    library: PathBuf,
    offset: PathBuf,
}

impl Clock {
    /// Builds the library in a folder, with the C compiler that also links Rust. None if there is none.
    pub async fn make(folder: &Path) -> anyhow::Result<Option<Self>> {
        let (source, library) = (folder.join("clock.c"), folder.join("clock.so"));
        fs::write(&source, include_str!("clock.c"))?;
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O2", "-o"]).arg(&library).arg(&source);
        if !compiler.status().await.is_ok_and(|status| status.success()) {
            return Ok(None);
        }
        let clock = Self { library, offset: folder.join("clock") };
        fs::write(&clock.offset, 0_i64.to_ne_bytes())?;
        Ok(Some(clock))
    }

    /// Lets a process that is to be started go by this clock.
    pub fn give_to(&self, command: &mut Command) {
        command.env("LD_PRELOAD", &self.library).env("FAULTS_CLOCK", &self.offset);
    }

    /// Sets it, so many seconds off.
    pub fn set(&self, seconds: i64) -> std::io::Result<()> {
        OpenOptions::new().write(true).open(&self.offset)?.write_all_at(&seconds.to_ne_bytes(), 0)
    }
}
