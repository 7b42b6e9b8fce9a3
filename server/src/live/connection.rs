//! One socket's life: events and answers go down, commands come up, until one side ends it.

use super::{
    encoded::encode,
    endpoint::Endpoint,
    hub::{Notice, Subscription},
};
use crate::{auth::Auth, dispatch, state::AppState};
use axum::extract::ws::{CloseCode, CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use futures_util::{FutureExt, SinkExt, Stream, StreamExt, stream::FuturesUnordered};
use model::{
    Problem, Refusal,
    wire::{Frame, Request},
};
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

/// How often an idle socket is asked whether it is still there.
const PING_EVERY: Duration = Duration::from_secs(25);
/// How many pings may go unanswered.
const MISSED_PINGS: u32 = 2;
/// How many commands of one connection are carried out at a time; more wait in the socket.
const COMMANDS_AT_ONCE: usize = 64;
/// How long nothing may leave before the reader counts as gone.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// How long commands that have begun may take to be answered when the server stops.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// Everything that can happen to a connection.
enum Input {
    Received(Option<Result<Message, axum::Error>>),
    Answered(Box<Frame>),
    Noticed(Notice),
    PingDue,
}

/// Serves a socket until it ends.
pub async fn run(mut socket: WebSocket, state: AppState, auth: Auth, mut subscription: Subscription) {
    let endpoint = Endpoint::new(&state, &auth, subscription.address());
    let mut answers = FuturesUnordered::new();
    let mut ping = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut unanswered_pings = 0;

    let farewell = loop {
        let input = tokio::select! {
            notice = subscription.next() => Input::Noticed(notice),
            Some(frame) = answers.next() => Input::Answered(Box::new(frame)),
            received = socket.next(), if answers.len() < COMMANDS_AT_ONCE => Input::Received(received),
            _ = ping.tick() => Input::PingDue,
        };
        let mut messages = Vec::new();
        match input {
            Input::Noticed(Notice::Waiting) => {}
            Input::Noticed(Notice::Ended) => break (close_code::POLICY, "This session was ended."),
            Input::Noticed(Notice::Closing) => break (close_code::RESTART, "The server stops."),
            Input::Answered(frame) => messages.push(text(&frame)),
            Input::PingDue if unanswered_pings >= MISSED_PINGS => return,
            Input::PingDue => {
                unanswered_pings += 1;
                // The ping asks the client's network; a browser's script sees only the frame.
                messages.extend([text(&Frame::Alive), Message::Ping(Vec::new().into())]);
            }
            Input::Received(Some(Ok(Message::Text(text)))) => {
                unanswered_pings = 0;
                match serde_json::from_str::<Request>(&text) {
                    Ok(request) => {
                        let pending = match endpoint.take(&state, &auth, &request.command) {
                            Some(pending) => pending,
                            // On the heap while it lasts: thousands of connections are idle.
                            None => Box::pin(dispatch::begin(&state, &auth, request.command)).await,
                        };
                        answers.push(pending.map(move |outcome| reply(request.id, outcome)));
                        continue;
                    }
                    Err(error) => {
                        tracing::debug!("a frame could not be read: {error}");
                        messages.push(unreadable("it is no request that /api/v1/openapi.json describes."));
                    }
                }
            }
            Input::Received(Some(Ok(Message::Binary(_)))) => {
                messages.push(unreadable("frames are text, not binary."));
            }
            Input::Received(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => {
                unanswered_pings = 0;
                continue;
            }
            Input::Received(Some(Err(error))) => match refused(&error) {
                Some(farewell) => break farewell,
                None => return,
            },
            Input::Received(None | Some(Ok(Message::Close(_)))) => return,
        }
        if write(&mut socket, &subscription, messages).await.is_err() {
            return;
        }
    };
    Box::pin(end(&mut socket, &subscription, answers, farewell)).await;
}

/// Answers what was begun before the socket closes, so that a stopping server leaves no sender in doubt.
async fn end(
    socket: &mut WebSocket,
    subscription: &Subscription,
    mut answers: impl Stream<Item = Frame> + Unpin,
    (code, reason): (CloseCode, &'static str),
) {
    let drain = async {
        while let Some(frame) = answers.next().await {
            if write(socket, subscription, [text(&frame)]).await.is_err() {
                break;
            }
        }
    };
    if timeout(DRAIN_TIMEOUT, drain).await.is_err() {
        tracing::warn!("a connection closed with commands unanswered");
    }
    subscription.shut();
    let close = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
    // The other side may be gone already; then there is nobody to say farewell to.
    let _ = write(socket, subscription, [Message::Close(Some(close))]).await;
}

/// Sends what waits, and then these, each in bounded time.
async fn write(
    socket: &mut WebSocket,
    subscription: &Subscription,
    messages: impl IntoIterator<Item = Message>,
) -> Result<(), ()> {
    while !subscription.is_empty() {
        bounded(subscription.send_some()).await?;
    }
    for message in messages {
        bounded(socket.feed(message)).await?;
    }
    bounded(socket.flush()).await
}

async fn bounded<E>(writing: impl Future<Output = Result<(), E>>) -> Result<(), ()> {
    match timeout(WRITE_TIMEOUT, writing).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(()),
    }
}

fn text(frame: &Frame) -> Message {
    Message::Text(encode(frame).into())
}

fn reply(id: u64, outcome: crate::error::Result<model::wire::Answer>) -> Frame {
    match outcome {
        Ok(answer) => Frame::Answer { id, answer },
        Err(error) => Frame::Problem { id: Some(id), problem: Problem::from(&error.into_refusal()) },
    }
}

fn unreadable(why: &str) -> Message {
    let refusal = Refusal::RequestInvalid { detail: words::refusal::unreadable(why) };
    text(&Frame::Problem { id: None, problem: Problem::from(&refusal) })
}

/// The farewell for a frame that breaks the protocol; none if the socket simply broke.
fn refused(error: &axum::Error) -> Option<(CloseCode, &'static str)> {
    let text = error.to_string();
    if text.contains("too long") || text.contains("too big") {
        Some((close_code::SIZE, "A frame is at most 64 KiB."))
    } else if text.to_lowercase().contains("utf-8") {
        Some((close_code::INVALID, "Text frames are UTF-8."))
    } else {
        None
    }
}
