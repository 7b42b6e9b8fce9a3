//! The real server binary as a process of its own, which can be killed, asked to stop, and started again.

use crate::faults::clock::Clock;
use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs::OpenOptions,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

/// How long it may take to start.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// A server, and how to start it.
pub struct Server {
    program: PathBuf,
    folder: PathBuf,
    database_url: String,
    clock: Option<Clock>,
    child: Option<Child>,
}

impl Server {
    /// Not started yet.
    pub fn new(program: &Path, folder: &Path, database_url: String, clock: Option<Clock>) -> Self {
        Self { program: program.to_owned(), folder: folder.to_owned(), database_url, clock, child: None }
    }

    /// Its process, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref()?.id()
    }

    /// Where its log is.
    pub fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    /// Starts it, and gives the address that it listens at. It ends with this tool, however that ends.
    pub async fn start(&mut self) -> anyhow::Result<SocketAddr> {
        self.start_at(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// The same, at an address.
    pub async fn start_at(&mut self, address: SocketAddr) -> anyhow::Result<SocketAddr> {
        let log = OpenOptions::new().append(true).create(true).open(self.log())?;
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]).arg(&self.program);
        command.env("BOBBIN_LISTEN", address.to_string()).env("BOBBIN_REQUESTS_PER_SECOND", "0");
        command.env("BOBBIN_DATA", self.folder.join("data")).env("DATABASE_URL", &self.database_url);
        if let Some(clock) = &self.clock {
            clock.give_to(&mut command);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).kill_on_drop(true);
        let mut child =
            command.spawn().with_context(|| format!("{} cannot be started", self.program.display()))?;
        let mut lines = BufReader::new(child.stdout.take().context("no output")?).lines();
        let line = timeout(START_TIMEOUT, lines.next_line()).await.context("the server does not start")??;
        let address = line.as_deref().and_then(|line| line.split("http://").nth(1));
        let address = address.with_context(|| format!("the server ended: see {}", self.log().display()))?;
        self.child = Some(child);
        Ok(address.trim().parse()?)
    }

    /// Kills it (kill -9).
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill().await?;
        }
        Ok(())
    }

    /// Asks it to stop (SIGTERM), and gives how it ended, if it did so in time.
    pub async fn terminate(&mut self, patience: Duration) -> anyhow::Result<Option<ExitStatus>> {
        let Some(mut child) = self.child.take() else { bail!("the server does not run") };
        let pid = child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
        kill_process(pid.context("the server has ended by itself")?, Signal::TERM)?;
        match timeout(patience, child.wait()).await {
            Ok(status) => Ok(Some(status?)),
            Err(_) => {
                child.kill().await?;
                Ok(None)
            }
        }
    }

    /// How it ended, if it did so by itself.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.as_mut()?.try_wait().ok().flatten()
    }
}
