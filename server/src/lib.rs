//! Bobbin's server, in reading order: a request comes in by the router, is let in by `auth`, and reaches a feature through `dispatch`
//! (commands) or directly (questions); what a feature stores is told to everybody by the hub.

// A view's type is as deep as its page.
#![recursion_limit = "256"]

#[cfg(all(feature = "broken", any(feature = "embed", not(debug_assertions))))]
compile_error!(
    "the broken writer is there to be found by the checker in `load`, and must not be in a release"
);

pub mod config;
pub mod log;
pub mod postgres;
pub mod state;
mod vital;

pub mod appearance;
pub mod assets;
pub mod error;
pub mod extract;
pub mod gather;
pub mod openapi;
pub mod origin;
pub mod router;

pub mod accounts;
pub mod auth;
pub mod ice_servers;
pub mod introductions;
pub mod invites;
pub mod language;
pub mod limits;
pub mod passwords;
pub mod secret;
pub mod sessions;

pub mod access;
pub mod audiences;
pub mod blocks;
pub mod changes;
pub mod deactivation;
pub mod dispatch;
pub mod edits;
pub mod emoji;
pub mod files;
pub mod formatting;
mod forwards;
pub mod group_invites;
pub mod groups;
pub mod join_requests;
pub mod locks;
pub mod members;
pub mod mentions;
pub mod messages;
pub mod notices;
pub mod options;
pub mod pictures;
pub mod pins;
pub mod presence;
pub mod privacy;
pub mod profiles;
mod quotes;
pub mod reactions;
pub mod reads;
pub mod receipts;
pub mod reports;
pub mod resets;
pub mod threads;
pub mod typing;
pub mod users;

pub mod demo;
pub mod live;
pub mod page;
pub mod snapshot;

use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use live::wire::{Listener, Peer};
use state::AppState;
use std::time::Duration;
use tokio::{net::TcpListener, time::timeout};

/// How long open requests and sockets may take to end when the server stops, and then the connections to the database, which may stand still.
/// Whoever asks it to stop often kills it after 10 seconds, and a private PostgreSQL has to stop after it.
const STOP_TIMEOUT: Duration = Duration::from_secs(7);
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Serves until `shutdown` ends; then takes no more, lets what has begun finish, and returns.
///
/// # Errors
/// When the listener fails.
pub async fn run(
    listener: TcpListener,
    state: AppState,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let service: IntoMakeServiceWithConnectInfo<_, Peer> =
        router::router(state.clone()).into_make_service_with_connect_info();
    tokio::spawn(files::sweep_until_closed(state.files.clone(), state.db.clone(), state.hub.clone()));
    let hub = state.hub.clone();
    let stopped = async move {
        shutdown.await;
        hub.close();
    };
    // Sockets have left HTTP behind, so that axum does not wait for them; the hub knows them.
    let served = axum::serve(Listener(listener), service).with_graceful_shutdown(stopped).into_future();
    let hub = state.hub.clone();
    let drained = async move {
        hub.closing().await;
        if timeout(STOP_TIMEOUT, hub.emptied()).await.is_err() {
            tracing::warn!("{} connections did not end in time", hub.connection_count());
        }
    };
    let (served, ()) = tokio::join!(
        async {
            tokio::select! { served = served => served, () = overdue(&state) => Ok(()) }
        },
        drained
    );
    served?;
    if let Err(error) = state.presences.close().await {
        tracing::warn!("cannot note who was here: {error:?}");
    }
    if timeout(CLOSE_TIMEOUT, state.db.close()).await.is_err() {
        tracing::warn!("connections to the database did not end in time");
    }
    Ok(())
}

/// Ends when the server has been stopping for too long, so that a request that never ends does not keep it.
async fn overdue(state: &AppState) {
    state.hub.closing().await;
    tokio::time::sleep(STOP_TIMEOUT).await;
    tracing::warn!("requests that did not end in time were cut");
}
