//! Everything that can be configured: flags and environment variables, in one place, all shown by `--help`.

use clap::{Args, Parser, Subcommand};
use std::{net::SocketAddr, path::PathBuf};

/// Bobbin: a messenger for your own server, opened in a browser.
#[derive(Debug, Parser)]
#[command(name = "bobbin", version, args_override_self = true)]
pub struct Config {
    /// Where to listen. Port 0 takes any free one.
    #[arg(long, env = "BOBBIN_LISTEN", default_value = "127.0.0.1:3000", global = true)]
    pub listen: SocketAddr,

    #[command(flatten)]
    /// Where everything is kept.
    pub storage: Storage,

    #[command(flatten)]
    /// How secret chats find a way.
    pub introducing: Introducing,

    /// The address that people open, for example https://chat.example.org. With https, cookies travel by https only.
    #[arg(long, env = "BOBBIN_PUBLIC_URL", global = true)]
    pub public_url: Option<String>,

    /// Behind a reverse proxy: take a visitor's address from the last entry of X-Forwarded-For, and what the browser asked for from
    /// X-Forwarded-Host and X-Forwarded-Proto.
    #[arg(long, env = "BOBBIN_TRUST_PROXY", global = true)]
    pub trust_proxy: bool,

    /// How many requests a second one address may make on average; five times as many in a burst. 0 is for load tests: no limit, not on new
    /// accounts either.
    #[arg(long, env = "BOBBIN_REQUESTS_PER_SECOND", default_value_t = 100, global = true)]
    pub requests_per_second: u32,

    /// What to do instead of serving.
    #[command(subcommand)]
    pub task: Option<Task>,
}

/// Where everything is kept.
#[derive(Debug, Args)]
pub struct Storage {
    /// A PostgreSQL to use. Without it Bobbin runs a private one under the data folder.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,

    /// The data folder.
    #[arg(long, env = "BOBBIN_DATA", default_value = "data", global = true)]
    pub data: PathBuf,

    /// The folder for uploaded files. Without it `files` in the data folder.
    #[arg(long, env = "BOBBIN_FILES", global = true)]
    pub files: Option<PathBuf>,

    /// The largest file that people may upload, in megabytes.
    #[arg(long, env = "BOBBIN_MAX_FILE_MB", default_value_t = 100, global = true)]
    pub max_file_mb: u64,

    /// Where the programs `initdb` and `postgres` are, if they are not found by themselves.
    #[arg(long, env = "BOBBIN_POSTGRES_BIN", global = true)]
    pub postgres_bin: Option<PathBuf>,

    /// How many connections to PostgreSQL to keep at most, beside that of the writer.
    #[arg(long, env = "BOBBIN_DATABASE_CONNECTIONS", default_value_t = 16, global = true)]
    pub database_connections: u32,
}

/// How two browsers find a way to each other for a secret chat. Without any of it, they have to be in one network.
#[derive(Clone, Debug, Default, Args)]
pub struct Introducing {
    /// A STUN server that tells browsers their addresses, for example stun:stun.example.org. Several are parted by commas.
    #[arg(long, env = "BOBBIN_STUN", value_delimiter = ',', global = true)]
    pub stun: Vec<String>,

    /// A TURN server that carries secret chats which find no other way, or whose people hide their addresses, for example
    /// turn:turn.example.org. Several are parted by commas.
    #[arg(long, env = "BOBBIN_TURN", value_delimiter = ',', requires = "turn_secret", global = true)]
    pub turn: Vec<String>,

    /// What the TURN server has as its static-auth-secret: Bobbin makes names and passwords from it that are good for an hour.
    #[arg(long, env = "BOBBIN_TURN_SECRET", hide_env_values = true, global = true)]
    pub turn_secret: Option<String>,
}

/// What the binary can do besides serving.
#[derive(Clone, Debug, Subcommand)]
pub enum Task {
    /// Fill an empty database with a believable world, then serve it.
    Demo,
    /// Make a link with which somebody who forgot their password chooses a new one, and end. With a private PostgreSQL, stop the server first.
    Reset {
        /// Who.
        username: String,
    },
}
