//! A real PostgreSQL as a process of its own, with fsync on, which can be killed and started again.

use anyhow::{Context, bail};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::{
    fs::{self, OpenOptions},
    os::unix::fs::chown,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::{
    process::{Child, Command},
    time::{Instant, sleep},
};

/// How long it may take to start: after a kill it has something to replay.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// A PostgreSQL in a folder.
pub struct Postgres {
    folder: PathBuf,
    programs: PathBuf,
    user: Option<(u32, u32)>,
    settings: &'static [&'static str],
    child: Option<Child>,
}

impl Postgres {
    /// Makes a cluster below a folder and starts it, with settings such as `max_connections=60`.
    pub async fn create(folder: &Path, settings: &'static [&'static str]) -> anyhow::Result<Self> {
        let folder = folder.join("postgres");
        fs::create_dir_all(&folder)?;
        let user = user()?;
        if let Some((uid, gid)) = user {
            chown(&folder, Some(uid), Some(gid))?;
        }
        let mut postgres = Self { folder, programs: programs()?, user, settings, child: None };
        let mut initdb = postgres.command("initdb");
        initdb.args(["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username=postgres"]);
        let made = initdb.arg("-D").arg(postgres.cluster()).output().await?;
        if !made.status.success() {
            bail!("initdb failed: {}", String::from_utf8_lossy(&made.stderr));
        }
        postgres.start().await?;
        Ok(postgres)
    }

    /// The socket that it listens at, and nothing else.
    pub fn socket(&self) -> PathBuf {
        self.folder.join(".s.PGSQL.5432")
    }

    /// How to connect.
    pub fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass().socket(&self.folder).username("postgres").database("postgres")
    }

    /// What its sessions are doing that do something, for people to read.
    pub async fn activity(&self) -> anyhow::Result<Vec<String>> {
        let mut db = PgConnection::connect_with(&self.options()).await?;
        Ok(sqlx::query_scalar(
            "select concat_ws(' ', application_name, state, 'for', now() - state_change, 'waiting for', wait_event, 'in', left(query, 60))
                from pg_stat_activity where backend_type = 'client backend' and state <> 'idle' and pid <> pg_backend_pid()",
        )
        .fetch_all(&mut db)
        .await?)
    }

    /// Its first process, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref()?.id()
    }

    /// Starts it and waits until it answers.
    pub async fn start(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + START_TIMEOUT;
        let mut child = self.spawn()?;
        while !self.is_ready(&child) {
            // The processes of its killed predecessor may still be ending.
            if child.try_wait()?.is_some() {
                child = self.spawn()?;
            }
            if Instant::now() > deadline {
                bail!("PostgreSQL does not start: see {}", self.log().display());
            }
            sleep(Duration::from_millis(20)).await;
        }
        self.child = Some(child);
        Ok(())
    }

    /// Kills it (kill -9).
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill().await?;
        }
        Ok(())
    }

    /// Whether it ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None)))
    }

    fn spawn(&self) -> anyhow::Result<Child> {
        let log = OpenOptions::new().append(true).create(true).open(self.log())?;
        let mut postgres = self.command("postgres");
        postgres.arg("-D").arg(self.cluster()).arg("-k").arg(&self.folder).args(["-p", "5432"]);
        for setting in
            ["listen_addresses=", "unix_socket_permissions=0700", "fsync=on"].iter().chain(self.settings)
        {
            postgres.args(["-c", setting]);
        }
        Ok(postgres.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).kill_on_drop(true).spawn()?)
    }

    fn is_ready(&self, child: &Child) -> bool {
        let file = fs::read_to_string(self.cluster().join("postmaster.pid")).unwrap_or_default();
        let mut lines = file.lines().map(str::trim);
        lines.next().map(str::to_owned) == child.id().map(|id| id.to_string())
            && lines.nth(6) == Some("ready")
    }

    /// It ends with this tool, however that ends.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new("setpriv");
        if let Some((uid, gid)) = self.user {
            command.args([format!("--reuid={uid}"), format!("--regid={gid}"), "--clear-groups".into()]);
        }
        command.args(["--pdeathsig", "KILL"]).arg(self.programs.join(program)).current_dir(&self.folder);
        command
    }

    fn cluster(&self) -> PathBuf {
        self.folder.join("cluster")
    }

    fn log(&self) -> PathBuf {
        self.folder.with_file_name("postgres.log")
    }
}

/// PostgreSQL refuses to run as root, so root runs it as somebody else.
fn user() -> anyhow::Result<Option<(u32, u32)>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let accounts = fs::read_to_string("/etc/passwd").context("/etc/passwd cannot be read")?;
    let find = |name: &str| {
        let fields = accounts.lines().map(|line| line.split(':').collect::<Vec<_>>());
        let fields = fields.into_iter().find(|fields| fields.first() == Some(&name))?;
        Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    };
    Ok(Some(find("postgres").or_else(|| find("nobody")).context("there is no user to run PostgreSQL as")?))
}

/// The folder with PostgreSQL's programs: on the PATH, or where Debian keeps them.
fn programs() -> anyhow::Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<_> = std::env::split_paths(&path).collect();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    places.extend(versions.map(|version| version.path().join("bin")));
    // Links are followed: initdb looks for postgres beside itself.
    let found = places.into_iter().find_map(|place| place.join("initdb").canonicalize().ok());
    let found = found.context("PostgreSQL's programs are missing: install the package postgresql")?;
    Ok(found.parent().unwrap_or(Path::new("/")).to_owned())
}
