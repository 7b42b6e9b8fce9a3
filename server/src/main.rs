//! Reads the configuration, opens the database, and runs the server until it is told to stop.

use anyhow::{Context, anyhow};
use clap::Parser;
use model::{Problem, Username};
use server::{
    config::{Config, Task},
    demo, log,
    postgres::PrivatePostgres,
    resets, run,
    state::AppState,
};
use sqlx::postgres::PgConnectOptions;
use std::{
    io::{self, Write},
    net::SocketAddr,
    process::ExitCode,
};
use tokio::{
    net::{TcpListener, TcpSocket},
    signal,
};

/// How many connections may wait to be taken, as far as the system allows (net.core.somaxconn): all that come back at once after a restart. Whoever finds no
/// place tries again only after a second, then three, then seven.
const BACKLOG: u32 = 65_535;

#[tokio::main]
async fn main() -> ExitCode {
    match start().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The sentence, whatever RUST_BACKTRACE says; where it cannot be said, it is still a failure.
            writeln!(io::stderr(), "{error:#}").ok();
            ExitCode::FAILURE
        }
    }
}

async fn start() -> anyhow::Result<()> {
    let config = Config::parse();
    log::begin();

    let listener = match config.task {
        // It is done beside a server that runs.
        Some(Task::Reset { .. }) => None,
        Some(Task::Demo) | None => Some(listen(config.listen).with_context(|| {
            format!(
                "Bobbin cannot listen at {}: choose another address with --listen or BOBBIN_LISTEN",
                config.listen
            )
        })?),
    };
    let storage = &config.storage;
    let (postgres, database): (_, PgConnectOptions) = match &storage.database_url {
        Some(url) => (None, url.parse()?),
        None => {
            let postgres = PrivatePostgres::start(&storage.data, storage.postgres_bin.as_deref()).await?;
            let options = postgres.connect_options();
            (Some(postgres), options)
        }
    };
    let served = serve(&config, database, listener).await;
    if let Some(postgres) = postgres {
        postgres.stop().await?;
    }
    served
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // As after a crash, whose connections the system still remembers.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

async fn serve(
    config: &Config,
    database: PgConnectOptions,
    listener: Option<TcpListener>,
) -> anyhow::Result<()> {
    let state = AppState::start(config, database).await?;
    match &config.task {
        Some(Task::Demo) => demo::fill(&state).await?,
        Some(Task::Reset { username }) => {
            let made = reset(config, &state, username).await;
            // Nothing in the background complains when its database goes.
            state.hub.close();
            state.db.close().await;
            return made;
        }
        None => {}
    }
    let Some(listener) = listener else { return Ok(()) };
    // Where it cannot be said, as on a full disk, it is still there.
    writeln!(io::stdout(), "Bobbin is at http://{}", listener.local_addr()?).ok();
    run(listener, state, stop_signal()?).await
}

/// Makes a link for a new password, and says it.
async fn reset(config: &Config, state: &AppState, username: &str) -> anyhow::Result<()> {
    let made = match Username::new(username.trim_start_matches('@')) {
        Ok(username) => resets::make(&state.db, &username).await,
        Err(refusal) => Err(refusal.into()),
    };
    let (_, path) = made.map_err(|error| anyhow!(Problem::from(&error.into_refusal()).detail))?;
    let base = state.public_url.as_deref().map_or_else(|| format!("http://{}", config.listen), str::to_owned);
    writeln!(io::stdout(), "Whoever opens {base}{path} within a day chooses a new password for {username}.")?;
    Ok(())
}

/// Ends at Ctrl-C or SIGTERM.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal::unix::signal(signal::unix::SignalKind::terminate())?;
    let mut interrupt = signal::unix::signal(signal::unix::SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! { _ = terminate.recv() => {} _ = interrupt.recv() => {} }
    })
}
