//! The live stream where a network lets no socket through: the same frames, asked for one request after the other (long polling). A connection
//! has an id of the client's making. What was on its way when a request failed may be lost; a client then begins anew under another id, and
//! the first frames tell it whether it missed anything.

use super::{
    Has, begin,
    encoded::Encoded,
    endpoint::Endpoint,
    hub::{Notice, Subscription},
};
use crate::{
    auth::Auth,
    dispatch,
    error::Result,
    extract::{Json, Path, Query},
    state::AppState,
};
use axum::{
    body::Body,
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};
use model::{
    Problem, Refusal, SessionId,
    wire::{Answer, Command, Frame},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, sleep_until, timeout};
use uuid::Uuid;

/// How long a request waits for something to happen. Many proxies give up after 30 seconds.
const WAIT: Duration = Duration::from_secs(25);
/// How long nobody may ask before the connection counts as gone.
const IDLE: Duration = Duration::from_secs(20);
/// Most connections of one session; the one that was longest idle makes room.
const MOST: usize = 8;

type Key = (SessionId, Uuid);

/// All such connections.
#[derive(Debug, Default)]
pub struct Polls {
    polls: Mutex<HashMap<Key, Arc<Poll>>>,
}

#[derive(Debug)]
struct Poll {
    subscription: tokio::sync::Mutex<Subscription>,
    endpoint: Endpoint,
    /// When the last request ended, or when the one that is waiting will.
    used_at: Mutex<Instant>,
}

impl Polls {
    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Arc<Poll>>> {
        self.polls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, key: Key) -> Option<Arc<Poll>> {
        self.lock().get(&key).cloned()
    }

    fn remove(&self, key: Key) {
        self.lock().remove(&key);
    }

    /// Takes a new connection in, and lets it go when nobody asks for it any more, or when the server stops.
    fn keep(state: &AppState, key: Key, poll: Arc<Poll>) {
        let mut polls = state.polls.lock();
        let of_session = polls.iter().filter(|((session_id, _), _)| *session_id == key.0);
        if of_session.clone().count() >= MOST
            && let Some(oldest) = of_session.min_by_key(|(_, poll)| poll.used_at()).map(|(key, _)| *key)
        {
            polls.remove(&oldest);
        }
        polls.insert(key, poll.clone());
        drop(polls);
        let (state, poll) = (state.clone(), Arc::downgrade(&poll));
        tokio::spawn(async move {
            while let Some(idle_at) = poll.upgrade().map(|poll| poll.used_at() + IDLE) {
                if idle_at <= Instant::now() {
                    return state.polls.remove(key);
                }
                tokio::select! {
                    () = sleep_until(idle_at) => {}
                    () = state.hub.closing() => return state.polls.remove(key),
                }
            }
        });
    }
}

impl Poll {
    fn used_at(&self) -> Instant {
        *self.used_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn use_until(&self, at: Instant) {
        *self.used_at.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }
}

/// What happened on a connection since it was asked last, or happens next: a list of frames. The first answer begins with `ready`, as a socket does. A
/// request that fails may have taken frames with it: begin anew under another id.
#[utoipa::path(get, path = "/api/v1/live/{connection_id}", tag = "live",
    params(("connection_id" = Uuid, Path, description = "Made by the client, and new for each connection."), Has), responses(
    (status = 200, body = Vec<Frame>),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 403, body = Problem, content_type = "application/problem+json"),
))]
pub async fn poll(
    State(state): State<AppState>,
    auth: Auth,
    Path(connection_id): Path<Uuid>,
    Query(has): Query<Has>,
) -> Result<Response> {
    if has.user.is_some_and(|user_id| user_id != auth.user.user_id) {
        return Err(Refusal::OtherUser.into());
    }
    let key = (auth.session_id, connection_id);
    let Some(poll) = state.polls.find(key) else {
        let (subscription, first) = begin(&state, &auth, &has).await?;
        let endpoint = Endpoint::new(&state, &auth, subscription.address());
        let (subscription, used_at) = (subscription.into(), Instant::now().into());
        Polls::keep(&state, key, Arc::new(Poll { subscription, endpoint, used_at }));
        return Ok(list(&first.iter().map(Encoded::of).collect::<Vec<_>>()));
    };
    poll.use_until(Instant::now() + WAIT);
    let mut subscription = poll.subscription.lock().await;
    let mut frames = Vec::new();
    let mut notice = timeout(WAIT, subscription.next()).await.ok();
    // What is there already comes along.
    while let Some(told) = notice {
        match told {
            Notice::Waiting => frames.extend(subscription.take()),
            Notice::Ended => {
                state.polls.remove(key);
                return Err(Refusal::SignInRequired.into());
            }
            Notice::Closing => {
                state.polls.remove(key);
                return Err(Refusal::Unavailable.into());
            }
        }
        notice = subscription.next_now();
    }
    if frames.is_empty() {
        frames.push(Encoded::of(&Frame::Alive));
    }
    poll.use_until(Instant::now());
    Ok(list(&frames))
}

/// Carries out a command of a connection: the same as `/api/v1/commands`, and also what is about its screen.
#[utoipa::path(post, path = "/api/v1/live/{connection_id}", tag = "live", request_body = Command,
    params(("connection_id" = Uuid, Path, description = "As it was polled for.")), responses(
    (status = 200, body = Answer),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
pub async fn command(
    State(state): State<AppState>,
    auth: Auth,
    Path(connection_id): Path<Uuid>,
    Json(command): Json<Command>,
) -> Result<Json<Answer>> {
    let poll = state.polls.find((auth.session_id, connection_id));
    let looked = poll.and_then(|poll| poll.endpoint.take(&state, &auth, &command));
    let outcome = match looked {
        Some(pending) => pending.await,
        None => dispatch::begin(&state, &auth, command).await.await,
    };
    outcome.map(Json)
}

/// Frames that are written already, as one list.
fn list(frames: &[Encoded]) -> Response {
    let frames: Vec<&str> = frames.iter().map(Encoded::text).collect();
    let body = Body::from(["[", &frames.join(","), "]"].concat());
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}
