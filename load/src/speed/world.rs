//! What is measured: the server's release binary and a PostgreSQL with its own settings but one, the module that counts queries. Both end with this
//! program, however that ends.

use super::machine::{Usage, disk_bytes_of_family, idle_s};
use crate::{binary::Server, postgres::Postgres};
use anyhow::Context;
use md5::{Digest, Md5};
use model::{MessageId, ThreadId};
use sqlx::{AssertSqlSafe, PgPool, postgres::PgPoolOptions};
use std::{
    fs,
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// Connections of the server and of this program together.
const SETTINGS: &[&str] =
    &["max_connections=100", "shared_preload_libraries=pg_stat_statements", "pg_stat_statements.max=10000"];

/// How many this program has of its own at most.
const CONNECTIONS: u32 = 20;

/// A server with people.
pub struct World {
    /// Where the server listens.
    pub address: SocketAddr,
    /// The database, beside the server.
    pub db: PgPool,
    /// How many people there are.
    pub people: usize,
    server: Server,
    postgres: Postgres,
    folder: PathBuf,
}

/// What both used.
#[derive(Clone, Copy, Debug)]
pub struct Spent {
    /// The server.
    pub server: Usage,
    /// PostgreSQL, all of its processes.
    pub postgres: Usage,
    /// This program.
    pub load: Usage,
    /// How long the machine's cores had nothing to do.
    pub idle_s: f64,
    /// When this was.
    pub at: Instant,
}

impl World {
    /// Starts it below a folder, and fills it with people; in each thread are so many messages.
    pub async fn start(program: &Path, folder: &Path, people: usize, messages: u64) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)?;
        // PostgreSQL may run as somebody else.
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
        let postgres = Postgres::create(folder, SETTINGS).await?;
        let socket_folder = postgres.socket().parent().context("no folder")?.to_owned();
        let url = format!("postgres://postgres@localhost/postgres?host={}", socket_folder.display());
        let db = PgPoolOptions::new().max_connections(CONNECTIONS).connect_lazy_with(postgres.options());
        let mut server = Server::new(program, folder, url, None);
        let address = server.start().await?;
        let world = Self { address, db, people, server, postgres, folder: folder.to_owned() };
        world.sql("create extension pg_stat_statements").await?;
        let seed = include_str!("seed.sql").replace("{people}", &people.to_string());
        world.sql(&seed.replace("{messages}", &messages.to_string())).await?;
        world.settle().await?;
        Ok(world)
    }

    /// Carries out statements, as they stand in this program.
    pub async fn sql(&self, statements: &str) -> anyhow::Result<()> {
        let statements = AssertSqlSafe(statements.to_owned());
        sqlx::raw_sql(statements).execute(&self.db).await?;
        Ok(())
    }

    /// Has PostgreSQL do by itself what it would do during the measurement: after much was written.
    pub async fn settle(&self) -> anyhow::Result<()> {
        self.sql("vacuum analyze").await?;
        self.sql("checkpoint").await
    }

    /// What server, database and this program have used since their start.
    pub fn spent(&self) -> anyhow::Result<Spent> {
        Ok(Spent {
            server: Usage::of(self.server.pid().context("the server does not run")?)?,
            postgres: Usage::of_family(self.postgres.pid().context("PostgreSQL does not run")?)?,
            load: Usage::of(std::process::id())?,
            idle_s: idle_s()?,
            at: Instant::now(),
        })
    }

    /// How much PostgreSQL has had read from the disk since its start.
    pub fn disk_bytes(&self) -> anyhow::Result<u64> {
        disk_bytes_of_family(self.postgres.pid().context("PostgreSQL does not run")?)
    }

    /// Kills the server (kill -9) and starts it again, at the same address.
    pub async fn kill_and_start(&mut self) -> anyhow::Result<()> {
        self.server.kill().await?;
        self.server.start_at(self.address).await?;
        Ok(())
    }

    /// Forgets what was asked of the database until now.
    pub async fn forget_queries(&self) -> anyhow::Result<()> {
        self.sql("select pg_stat_statements_reset()").await
    }

    /// How many queries the server made since they were forgotten, and how many pages of the database they touched; `like` chooses some.
    pub async fn queries(&self, like: &str) -> anyhow::Result<(f64, f64)> {
        // What a connection was asked is counted when it is done.
        sleep(Duration::from_millis(100)).await;
        Ok(sqlx::query_as(
            "select coalesce(sum(calls), 0)::float8, coalesce(sum(shared_blks_hit + shared_blks_read), 0)::float8
             from pg_stat_statements where query ilike $1 and query not like '%pg_stat_statements%'
                and query !~* '^(begin|commit|rollback|set|deallocate)'",
        )
        .bind(like)
        .fetch_one(&self.db)
        .await?)
    }

    /// One of the groups of 20 that somebody is in: of each, another one.
    pub fn group_of(&self, person: usize) -> String {
        format!("group {}", if person == 1 { self.people } else { person - 1 })
    }

    /// Stops it all, and leaves nothing.
    pub async fn end(mut self) -> anyhow::Result<()> {
        self.server.kill().await?;
        self.db.close().await;
        self.postgres.kill().await?;
        fs::remove_dir_all(&self.folder)?;
        Ok(())
    }
}

/// Whose token a person has, from 1.
pub fn token(person: usize) -> String {
    format!("bobbin_load_{person}")
}

/// The id of a message of the seed, by its thread's name and its number.
pub fn message_id(thread: &str, seq: u64) -> anyhow::Result<MessageId> {
    Ok(id(&format!("{thread} {seq}")).parse()?)
}

/// The id of a thread of the seed, by its name there.
pub fn thread_id(name: &str) -> anyhow::Result<ThreadId> {
    Ok(id(name).parse()?)
}

fn id(of: &str) -> String {
    let hex = Md5::digest(of).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let cut = |from, to| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", cut(0, 8), cut(8, 12), cut(12, 16), cut(16, 20), cut(20, 32))
}
