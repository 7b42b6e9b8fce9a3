//! The live stream: `/api/v1/live`.

pub mod connection;
pub mod encoded;
pub mod endpoint;
pub mod hub;
pub mod mailbox;
pub mod pace;
pub mod polling;
mod pulse;
mod queue;
pub mod wire;

use crate::{
    auth::{self, Auth},
    error::Result,
    extract::Query,
    messages::writer,
    state::AppState,
    vital::vital,
};
use axum::{
    extract::{
        ConnectInfo, State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    response::Response,
};
use hub::{Hub, Subscription};
use model::{
    Refusal, ThreadId, UserId,
    wire::{Frame, MAX_FRAME_BYTES, SUBPROTOCOL},
};
use serde::Deserialize;
use sqlx::PgPool;
use std::{sync::Arc, time::Duration};
use tokio::time::sleep;
use utoipa::IntoParams;
use wire::Peer;
use words::{Language, Speaking};

/// How much is read from a socket at a time: commands are small.
const READ_BYTES: usize = 1024;
/// How many bytes of frames leave together.
const WRITE_BYTES: usize = 8 * 1024;

/// How long it takes at least until everybody looks again: what was being stored when its connection went comes to its end, one way or the other.
const DOUBT: Duration = Duration::from_millis(500);

/// After how long it is looked for the first time whether it has; after more and more from then on; and after how long for the last time, by then some five
/// minutes later.
const LOOK_AFTER: Duration = Duration::from_millis(50);
const LOOK_LAST_AFTER: Duration = Duration::from_secs(60);

/// Has everybody load their snapshots again once the database is there: whether something was stored is unknown, so that some of it may be that nobody was
/// told of.
pub fn resync_when_back(db: &PgPool, hub: &Arc<Hub>) {
    if hub.begin_doubt() {
        let (db, hub) = (db.clone(), hub.clone());
        tokio::spawn(vital("what settles doubts", async move {
            sleep(DOUBT).await;
            let unfinished = loop {
                match unfinished(&db).await {
                    Ok(unfinished) => break unfinished,
                    Err(_) if db.is_closed() => return,
                    Err(error) => {
                        tracing::warn!("what is being stored cannot be seen yet: {error}");
                        sleep(DOUBT).await;
                    }
                }
            };
            // What is doubted from here on is not among that.
            hub.end_doubt();
            hub.resync_all();
            settle(&db, &hub, unfinished).await;
        }));
    }
}

/// Has everybody load their snapshots again once what PostgreSQL is storing at the moment is stored, if it is storing something: for a server that starts. A COMMIT, or a statement
/// that is a transaction of its own, is carried through although the server that asked for it was killed, and who comes back before it is told nothing by this server either.
///
/// # Errors
/// When the database cannot be reached.
pub async fn resync_when_settled(db: &PgPool, hub: &Arc<Hub>) -> sqlx::Result<()> {
    let unfinished = unfinished(db).await?;
    let (db, hub) = (db.clone(), hub.clone());
    tokio::spawn(async move { settle(&db, &hub, unfinished).await });
    Ok(())
}

/// The transactions that have stored something and have not ended, of all servers of this database; and the writers' connections, since PostgreSQL closes one that was left
/// when it has done all that came by it: what a writer has it store in one statement is no transaction before it is read.
async fn unfinished(db: &PgPool) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "select one from pg_stat_activity
            cross join unnest(array[backend_xid::text, case application_name when $1 then concat(pid, ' since ', backend_start) end]) one
            where datname = current_database() and one is not null",
    )
    .bind(writer::APPLICATION_NAME)
    .fetch_all(db)
    .await
}

/// Has everybody load their snapshots again when some of this has ended, until all has. Not for ever: somebody may have left one of their own
/// open, and none of a server's lasts that long.
async fn settle(db: &PgPool, hub: &Hub, mut unfinished_before: Vec<String>) {
    let settling = hub.begin_settling();
    let mut pause = LOOK_AFTER;
    while !unfinished_before.is_empty()
        && hub.is_settling(settling)
        && !db.is_closed()
        && pause < LOOK_LAST_AFTER
    {
        sleep(pause).await;
        pause = pause * 5 / 4;
        let Ok(now) = unfinished(db).await else { continue };
        let before = unfinished_before.len();
        unfinished_before.retain(|one| now.contains(one));
        if unfinished_before.len() < before {
            hub.resync_all();
        }
    }
}

/// What a client says of what it has.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Has {
    /// The etag of the first page of threads that came with its page, and of the thread that is open there. If that is outdated, the first
    /// frame after `ready` is `resync`.
    etag: Option<String>,
    /// The thread that is open there.
    open: Option<ThreadId>,
    /// Whose page it is: see `model::wire::USER_HEADER`.
    user: Option<UserId>,
}

/// Opens the live stream: a WebSocket with the subprotocol `bobbin.v1`. Text frames carry a `Request` up and a `Frame` down.
#[utoipa::path(get, path = "/api/v1/live", tag = "live", params(Has), responses(
    (status = 101, description = "The socket is open; the first frame is `ready`."),
    (status = 401, body = model::Problem, content_type = "application/problem+json"),
    (status = 403, body = model::Problem, content_type = "application/problem+json"),
))]
pub async fn open(
    State(state): State<AppState>,
    auth: Auth,
    ConnectInfo(peer): ConnectInfo<Peer>,
    Query(has): Query<Has>,
    upgrade: std::result::Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response> {
    if has.user.is_some_and(|user_id| user_id != auth.user.user_id) {
        return Err(Refusal::OtherUser.into());
    }
    let upgrade = upgrade.map_err(|rejection| {
        let detail = words::refusal::unreadable(&rejection.body_text());
        Refusal::RequestInvalid { detail }
    })?;
    let language = Language::current();
    // An idle socket costs the buffer that it reads by, 128 KiB if nobody says otherwise, and what its task may ever need at once.
    Ok(upgrade
        .protocols([SUBPROTOCOL])
        .read_buffer_size(READ_BYTES)
        .write_buffer_size(WRITE_BYTES)
        .max_write_buffer_size(4 * MAX_FRAME_BYTES)
        .max_message_size(MAX_FRAME_BYTES)
        .max_frame_size(MAX_FRAME_BYTES)
        .on_upgrade(async move |socket| {
            let begun = Box::pin(begin(&state, &auth, &has)).await;
            if let Ok((subscription, first)) = begun
                && let Some(wire) = peer.wire.upgrade()
            {
                subscription.attach(&wire, &first);
                // A task of its own: the present one has room for all that came before, as long as it lasts.
                tokio::spawn(Speaking::new(language, connection::run(socket, state, auth, subscription)));
            }
        }))
}

/// Enters the hub, and gives what a connection is told first.
async fn begin(state: &AppState, auth: &Auth, has: &Has) -> Result<(Subscription, Vec<Frame>)> {
    let subscription = state.hub.subscribe(auth.user.user_id, auth.session_id);
    // The session may have ended between the request and the hub, which tells only those who are in it.
    if !auth::is_live(state, auth.session_id).await? {
        return Err(Refusal::SignInRequired.into());
    }
    let is_current = match &has.etag {
        None => true,
        // Everybody asks for this who comes back, and after a restart all do at once.
        Some(etag) => state.marks.ask((auth.user.user_id, has.open)).await.is_ok_and(|now| now == *etag),
    };
    let first = if is_current { vec![Frame::Ready] } else { vec![Frame::Ready, Frame::Resync] };
    Ok((subscription, first))
}
