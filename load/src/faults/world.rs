//! The world of a round: PostgreSQL, the server, and a proxy before each, below one folder. What breaks is broken here.

use super::{
    clock::Clock,
    disk::{self, Disk},
    proxy::{Line, Proxy, Upstream},
    step::Step,
    tap::Trap,
};
use crate::{binary::Server, person::Site, postgres::Postgres};
use anyhow::Context;
use std::{
    fs,
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::time::timeout;

/// How long a step of a transaction is waited for before the fault comes anyway.
const TRAP_PATIENCE: Duration = Duration::from_secs(2);
/// How long PostgreSQL may take to say what it does.
const ACTIVITY_TIMEOUT: Duration = Duration::from_secs(5);

/// All that runs.
pub struct World {
    /// Between people and the server.
    pub people: Proxy,
    /// Between the server and PostgreSQL.
    pub database: Proxy,
    /// The way to the server that nothing disturbs.
    pub site: Site,
    /// The server.
    pub server: Server,
    /// Where it listens, once it has been started.
    address: Option<SocketAddr>,
    postgres: Postgres,
    trap: Arc<Trap>,
    clock: Option<Clock>,
    folder: PathBuf,
    disk: Option<Disk>,
}

impl World {
    /// Makes everything below a folder and starts it. With a disk it is all on that.
    pub async fn start(program: &Path, folder: &Path, disk: Option<Disk>) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)?;
        // PostgreSQL may run as somebody else.
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
        let postgres = Postgres::create(folder, &["max_connections=60"]).await?;
        let trap = Arc::new(Trap::default());
        let database = Proxy::open(Some(trap.clone())).await?;
        database.lead_to(Upstream::Unix(postgres.socket()));
        let people = Proxy::open(None).await?;
        let clock = Clock::make(folder).await?;
        let mut world = Self {
            site: Site::new(&format!("http://{}", people.address))?,
            server: Server::new(
                program,
                folder,
                format!("postgres://postgres@{}/postgres?sslmode=disable", database.address),
                clock.clone(),
            ),
            address: None,
            people,
            database,
            postgres,
            trap,
            clock,
            folder: folder.to_owned(),
            disk,
        };
        world.start_server().await?;
        Ok(world)
    }

    /// Starts the server and lets people to it.
    pub async fn start_server(&mut self) -> anyhow::Result<()> {
        let address = match self.address {
            Some(address) => self.server.start_at(address).await?,
            None => self.server.start().await?,
        };
        self.address = Some(address);
        self.site = Site::new(&format!("http://{address}"))?;
        self.people.lead_to(Upstream::Tcp(address));
        Ok(())
    }

    /// The way to the server that people take.
    pub fn disturbed_site(&self) -> anyhow::Result<Site> {
        Site::new(&format!("http://{}", self.people.address))
    }

    /// The way that nothing disturbs, with connections of its own.
    pub fn direct_site(&self) -> anyhow::Result<Site> {
        Site::new(&format!("http://{}", self.address.context("the server was not started")?))
    }

    /// Kills the server at a step. The connection that is stopped there, if it was at that step: what PostgreSQL has not been told yet.
    pub async fn kill_server(&mut self, step: Step) -> anyhow::Result<Option<Arc<Line>>> {
        let line = self.at(step).await;
        self.people.lead_to(Upstream::Nowhere);
        self.server.kill().await?;
        Ok(line)
    }

    /// Kills PostgreSQL at a step. Whether it was at that step.
    pub async fn kill_postgres(&mut self, step: Step) -> anyhow::Result<bool> {
        let line = self.at(step).await;
        self.database.lead_to(Upstream::Nowhere);
        self.postgres.kill().await?;
        self.database.cut(100, 0);
        if let Some(line) = &line {
            line.cut();
        }
        Ok(line.is_some())
    }

    /// Starts PostgreSQL again, if it does not run.
    pub async fn start_postgres(&mut self) -> anyhow::Result<()> {
        self.postgres.start().await?;
        self.database.lead_to(Upstream::Unix(self.postgres.socket()));
        Ok(())
    }

    /// What PostgreSQL's sessions are doing, for people to read.
    pub async fn activity(&self) -> String {
        match timeout(ACTIVITY_TIMEOUT, self.postgres.activity()).await {
            Ok(Ok(sessions)) => format!("PostgreSQL's sessions: {sessions:?}"),
            Ok(Err(error)) => format!("PostgreSQL does not say what it does: {error}"),
            Err(_) => "PostgreSQL does not answer".into(),
        }
    }

    /// Cuts a connection to PostgreSQL at a step, or, at no step in particular, all of them. Whether it was at that step.
    pub async fn cut_transaction(&self, step: Step) -> bool {
        let line = self.at(step).await;
        match &line {
            Some(line) => line.cut(),
            None => self.database.cut(100, 0),
        }
        line.is_some()
    }

    /// Sets the server's clock, so many seconds off. Whether there is a way to.
    pub fn step_clock(&self, seconds: i64) -> anyhow::Result<bool> {
        self.clock.as_ref().map(|clock| clock.set(seconds)).transpose().context("the clock cannot be set")?;
        Ok(self.clock.is_some())
    }

    /// Leaves no room on the disk. Whether it is one that can be filled up.
    pub fn fill_disk(&self) -> anyhow::Result<bool> {
        match &self.disk {
            Some(_) => disk::fill(&self.folder).map(|()| true),
            None => Ok(false),
        }
    }

    /// Makes room again. PostgreSQL may have ended for want of it.
    pub async fn clear_disk(&mut self) -> anyhow::Result<()> {
        disk::clear(&self.folder)?;
        if self.postgres.has_ended() {
            self.start_postgres().await?;
        }
        Ok(())
    }

    /// The connection to PostgreSQL whose transaction is the next to come to a step, stopped there.
    async fn at(&self, step: Step) -> Option<Arc<Line>> {
        if step == Step::Any {
            return None;
        }
        let sprung = self.trap.arm(step);
        let line = timeout(TRAP_PATIENCE, sprung).await.ok().and_then(Result::ok);
        self.trap.disarm();
        line
    }
}
