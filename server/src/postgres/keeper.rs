//! The thread that makes the cluster, runs PostgreSQL as a child, reaps it, and starts it again should it die.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::sync::watch;

use super::home::Home;
use super::programs::Programs;

/// How long a predecessor may take to leave the cluster, as after a kill of the server alone.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait before another try that may well succeed, and before one that may not, as on a full disk.
const A_MOMENT: Duration = Duration::from_millis(100);
const A_WHILE: Duration = Duration::from_secs(2);

/// What becomes of PostgreSQL, as the owner of the thread sees it.
#[derive(Clone)]
pub(super) enum State {
    /// The cluster is being made.
    Making,
    /// There is no process now, but there will be.
    Starting,
    /// The process with this id exists; it may not answer yet.
    Running(u32),
    /// There will be none any more, for this reason.
    Ended(String),
}

pub(super) struct Keeper {
    pub home: Home,
    pub programs: Programs,
    pub state: watch::Sender<State>,
    pub stopping: Arc<AtomicBool>,
}

impl Keeper {
    pub fn run(self) {
        let reason = match self.keep() {
            Ok(()) => "PostgreSQL was stopped.".to_owned(),
            Err(error) => format!("{error:#}"),
        };
        self.state.send_replace(State::Ended(reason));
    }

    /// Returns when asked to stop, or when PostgreSQL does not come up even once.
    fn keep(&self) -> anyhow::Result<()> {
        if !self.home.cluster().exists() {
            self.state.send_replace(State::Making);
            self.create()?;
            self.state.send_replace(State::Starting);
        }
        if self.home.socket_dir != self.home.cluster() {
            self.home.make_private(&self.home.socket_dir)?;
        }
        let began = Instant::now();
        let mut has_served = false;
        while !self.stopping.load(Ordering::SeqCst) {
            let (status, words) = match self.drop_stale_locks().and_then(|()| self.serve()) {
                Ok(served) => served,
                // As where there is no room for another process at the moment.
                Err(error) if has_served => {
                    tracing::error!("PostgreSQL cannot be started again yet: {error:#}");
                    self.state.send_replace(State::Starting);
                    std::thread::park_timeout(A_WHILE);
                    continue;
                }
                Err(error) => return Err(error),
            };
            self.state.send_replace(State::Starting);
            let served = words.contains("database system is ready to accept connections");
            let occupied = words.contains("lock file") || words.contains("shared memory block");
            has_served |= served;
            if self.stopping.load(Ordering::SeqCst) {
                break;
            } else if has_served {
                tracing::error!(
                    "PostgreSQL ended by itself ({status}) and is started again. {}",
                    last_words(&words)
                );
            } else if !occupied || began.elapsed() > PATIENCE {
                let log = self.log_path();
                bail!(
                    "PostgreSQL does not start ({status}). {} Its log is {}.",
                    last_words(&words),
                    log.display()
                );
            }
            // Cut short by a request to stop.
            std::thread::park_timeout(if served || occupied { A_MOMENT } else { A_WHILE });
        }
        Ok(())
    }

    /// Under another name until it is complete, so that an interrupted first start leaves nothing half-made.
    fn create(&self) -> anyhow::Result<()> {
        tracing::info!("Making a database in {}, which takes some seconds.", self.home.dir.display());
        let unfinished = self.home.dir.join("pg.new");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished)
                .with_context(|| format!("{} cannot be removed", unfinished.display()))?;
        }
        self.home.make_private(&unfinished)?;
        let mut initdb = self.command("initdb");
        initdb.args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--data-checksums",
            "-D",
        ]);
        let output =
            initdb.arg(&unfinished).output().context("setpriv, of the package util-linux, cannot be run")?;
        if !output.status.success() {
            bail!("PostgreSQL's initdb failed: {}", last_words(&String::from_utf8_lossy(&output.stderr)));
        }
        fs::rename(&unfinished, self.home.cluster())?;
        Ok(File::open(&self.home.dir)?.sync_all()?)
    }

    /// Removes lock files whose process is alive and something else by now, as after a restart of the machine: PostgreSQL would take it
    /// for a predecessor, for as long as it lives. The folder's own lock says that no other Bobbin is here.
    fn drop_stale_locks(&self) -> anyhow::Result<()> {
        let locks =
            [self.home.cluster().join("postmaster.pid"), self.home.socket_dir.join(".s.PGSQL.5432.lock")];
        for lock in locks {
            let Ok(text) = fs::read_to_string(&lock) else { continue };
            let pid = text.lines().next().and_then(|line| line.trim().parse::<u32>().ok());
            let Some(process) = pid.map(|pid| PathBuf::from(format!("/proc/{pid}"))) else { continue };
            // PostgreSQL works in its cluster's folder.
            let is_elsewhere =
                fs::read_link(process.join("cwd")).is_ok_and(|folder| folder != self.home.cluster());
            if is_elsewhere {
                tracing::warn!("{} names another program and is removed.", lock.display());
                fs::remove_file(&lock)?;
            }
        }
        Ok(())
    }

    /// Runs PostgreSQL until it ends, and returns how, with what it wrote to its log.
    fn serve(&self) -> anyhow::Result<(ExitStatus, String)> {
        let mut log =
            OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(self.log_path())?;
        if log.metadata()?.len() > 16 << 20 {
            log.set_len(0)?;
        }
        let before = log.seek(SeekFrom::End(0))?;
        let mut postgres = self.command("postgres");
        postgres.arg("-D").arg(self.home.cluster()).arg("-k").arg(&self.home.socket_dir).args(["-p", "5432"]);
        for setting in ["listen_addresses=", "unix_socket_permissions=0700", "fsync=on", "lc_messages=C"] {
            postgres.args(["-c", setting]);
        }
        postgres.stdout(log.try_clone()?).stderr(log.try_clone()?);
        let mut child = postgres.spawn().context("setpriv, of the package util-linux, cannot be run")?;
        self.state.send_replace(State::Running(child.id()));
        if self.stopping.load(Ordering::SeqCst) {
            // Asked between our last look and the line above, when there was no process to ask.
            super::interrupt(child.id());
        }
        // Without being reaped it would still count as alive for its successor.
        let status = child.wait()?;
        let mut words = Vec::new();
        log.seek(SeekFrom::Start(before))?;
        log.read_to_end(&mut words)?;
        Ok((status, String::from_utf8_lossy(&words).into_owned()))
    }

    /// The kernel interrupts it when this thread dies; a terminal's Ctrl-C, meant for us, does not reach it.
    fn command(&self, program: &str) -> Command {
        let mut command = self.home.user.map_or_else(|| Command::new("setpriv"), |user| user.command());
        command.args(["--pdeathsig", "INT"]).arg(self.programs.path(program));
        command.current_dir(&self.home.dir).process_group(0).stdin(Stdio::null());
        command
    }

    fn log_path(&self) -> PathBuf {
        self.home.dir.join("log")
    }
}

/// The last two lines that may say what went wrong.
fn last_words(words: &str) -> String {
    let lines: Vec<&str> = words.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(2)..].join(" ")
}
