//! The private PostgreSQL that serves when no `DATABASE_URL` is given: made, started, kept running and stopped here.
//! It listens on a Unix socket alone and never trades safety for speed. This file knows nothing of tables.

mod home;
mod keeper;
mod programs;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use rustix::process::{Pid, Signal, kill_process};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use home::Home;
use keeper::{Keeper, State};
use programs::Programs;

use crate::vital::vital_thread;

/// A running PostgreSQL of our own. Dropping it asks PostgreSQL to stop, [`PrivatePostgres::stop`] also waits for that,
/// and should this process be killed, the kernel asks in its place.
pub struct PrivatePostgres {
    socket_dir: PathBuf,
    state: watch::Receiver<State>,
    stopping: Arc<AtomicBool>,
    keeper: Option<JoinHandle<()>>,
}

impl PrivatePostgres {
    /// Starts PostgreSQL on the database below `data_dir`, which is made when it is not there, and returns once it answers.
    /// The programs come from `binaries`, or else from where they usually are.
    pub async fn start(data_dir: &Path, binaries: Option<&Path>) -> anyhow::Result<Self> {
        let home = Home::open(data_dir)?;
        let programs = Programs::find(binaries, home.version().as_deref())?;
        let (sender, state) = watch::channel(State::Starting);
        let stopping = Arc::new(AtomicBool::new(false));
        let (cluster, socket_dir) = (home.cluster(), home.socket_dir.clone());
        let keeper = Keeper { home, programs, state: sender, stopping: stopping.clone() };
        // A thread of its own, for as long as PostgreSQL runs: the kernel's signal at our death is tied to the thread that spawned the child.
        let run = move || vital_thread("what keeps PostgreSQL", || keeper.run());
        let keeper = std::thread::Builder::new().name("postgres".into()).spawn(run)?;
        let mut postgres = Self { socket_dir, state, stopping, keeper: Some(keeper) };
        postgres.wait_until_it_answers(&cluster).await?;
        Ok(postgres)
    }

    /// How to connect to it.
    pub fn connect_options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.socket_dir)
            .username("postgres")
            .database("postgres")
    }

    /// The same as an address, as `psql` and `DATABASE_URL` take it.
    pub fn url(&self) -> String {
        let socket_dir = self.socket_dir.to_string_lossy();
        let escaped: String = socket_dir.bytes().map(escaped_in_query).collect();
        format!("postgres://postgres@localhost/postgres?host={escaped}")
    }

    /// Stops it as soon as what runs is broken off or committed, and waits until all is on disk. Close the pools first.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.ask_to_stop();
        let Some(keeper) = self.keeper.take() else { return Ok(()) };
        tokio::task::spawn_blocking(move || keeper.join())
            .await?
            .map_err(|_| anyhow!("PostgreSQL's thread panicked"))
    }

    /// Safe to repeat: once stopping, PostgreSQL takes no notice of another request.
    fn ask_to_stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        if let State::Running(pid) = *self.state.borrow() {
            interrupt(pid);
        }
        if let Some(keeper) = &self.keeper {
            keeper.thread().unpark();
        }
    }

    /// There is no deadline while PostgreSQL lives: it may have hours of a lost day to replay, and says so in its log.
    async fn wait_until_it_answers(&mut self, cluster: &Path) -> anyhow::Result<()> {
        let mut next_word = Instant::now() + Duration::from_secs(10);
        loop {
            let state = self.state.borrow_and_update().clone();
            match state {
                State::Ended(reason) => bail!(reason),
                State::Running(pid) if is_ready(cluster, pid) => {
                    let connection = self.connect_options().connect().await;
                    return Ok(connection
                        .context("The private PostgreSQL is ready but refuses us")?
                        .close()
                        .await?);
                }
                _ => {}
            }
            if Instant::now() > next_word {
                tracing::info!("{}", still(&self.state.borrow()));
                next_word += Duration::from_secs(10);
            }
            sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        self.ask_to_stop();
    }
}

/// What is taking so long.
fn still(state: &State) -> &'static str {
    match state {
        State::Making => "Still making the database.",
        State::Starting | State::Ended(_) => "Still starting PostgreSQL.",
        State::Running(_) => {
            "Still waiting for PostgreSQL, which may be replaying what was not yet in its tables."
        }
    }
}

/// Whether the process `pid`, and not a predecessor or a rival, has said in its pid file that it takes connections.
fn is_ready(cluster: &Path, pid: u32) -> bool {
    let file = std::fs::read_to_string(cluster.join("postmaster.pid")).unwrap_or_default();
    let mut lines = file.lines().map(str::trim);
    lines.next() == Some(&pid.to_string()) && lines.nth(6) == Some("ready")
}

/// PostgreSQL's fast shutdown: no new connections, open transactions are rolled back, everything is written.
fn interrupt(pid: u32) {
    if let Some(pid) = pid.try_into().ok().and_then(Pid::from_raw) {
        // The only failure is that it has gone already.
        let _ = kill_process(pid, Signal::INT);
    }
}

fn escaped_in_query(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waits_is_told_for_what() {
        assert!(still(&State::Making).contains("making"));
        assert!(still(&State::Running(1)).contains("replaying"));
        assert!(
            !still(&State::Making).contains("replaying") && !still(&State::Starting).contains("replaying")
        );
    }
}
