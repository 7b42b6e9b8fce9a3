//! One socket's life: events and answers go down, commands come up, until one side ends it.

use super::{
    encoded::encode,
    endpoint::Endpoint,
    hub::{Notice, Subscription},
    pulse::{self, Due, Pulse},
};
use crate::{auth::Auth, dispatch, state::AppState};
use axum::extract::ws::{CloseCode, CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use futures_util::{FutureExt, SinkExt, Stream, StreamExt, stream::FuturesUnordered};
use model::{
    Problem, Refusal,
    wire::{Frame, Request},
};
use std::{io, time::Duration};
use tokio::time::timeout;

/// How many commands of one connection are carried out at a time; more wait in the socket.
const COMMANDS_AT_ONCE: usize = 64;
/// How many bytes of answers may wait for a reader whose next commands are carried out.
const OWN_BYTES: usize = 64 * 1024;
/// How long commands that have begun may take to be answered when the server stops.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a farewell may take to leave after that: the server's own stop waits for it.
const FAREWELL_TIMEOUT: Duration = Duration::from_secs(1);

/// Everything that can happen to a connection.
enum Input {
    Received(Option<Result<Message, axum::Error>>),
    Answered(Box<Frame>),
    Noticed(io::Result<Notice>),
    AskDue,
}

/// Serves a socket until it ends.
pub async fn run(mut socket: WebSocket, state: AppState, auth: Auth, mut subscription: Subscription) {
    let endpoint = Endpoint::new(&state, &auth, subscription.address());
    let mut answers = FuturesUnordered::new();
    let mut ask = pulse::times();
    let mut pulse = Pulse::default();

    let farewell = loop {
        let own_bytes = subscription.own_bytes();
        if own_bytes == 0 {
            pulse.took();
        }
        // Who does not take the answers has asked enough.
        let is_heard = own_bytes < OWN_BYTES;
        let input = tokio::select! {
            notice = subscription.send_next() => Input::Noticed(notice),
            Some(frame) = answers.next(), if is_heard => Input::Answered(Box::new(frame)),
            received = socket.next(), if is_heard && answers.len() < COMMANDS_AT_ONCE => Input::Received(received),
            _ = ask.tick() => Input::AskDue,
        };
        let mut messages = Vec::new();
        match input {
            Input::Noticed(Ok(Notice::Waiting)) => {
                pulse.took();
                continue;
            }
            Input::Noticed(Err(_)) => return,
            Input::Noticed(Ok(Notice::Ended)) => break (close_code::POLICY, "This session was ended."),
            Input::Noticed(Ok(Notice::Closing)) => break (close_code::RESTART, "The server stops."),
            Input::Answered(frame) => messages.push(text(&frame)),
            Input::AskDue => match pulse.due(is_heard) {
                // The ping asks the client's network; a browser's script sees only the frame.
                Due::Ask => messages.extend([text(&Frame::Alive), Message::Ping(Vec::new().into())]),
                Due::Wait => continue,
                Due::GiveUp => return,
            },
            Input::Received(Some(Ok(Message::Text(text)))) => {
                pulse.answered();
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
                pulse.answered();
                continue;
            }
            Input::Received(Some(Err(error))) => match refused(&error) {
                Some(farewell) => break farewell,
                None => return,
            },
            Input::Received(None | Some(Ok(Message::Close(_)))) => return,
        }
        if say(&mut socket, messages).await.is_err() {
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
            if say(socket, [text(&frame)]).await.is_err() || subscription.send_own().await.is_err() {
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
    if say(socket, [Message::Close(Some(close))]).await.is_ok() {
        let _ = timeout(FAREWELL_TIMEOUT, subscription.send_own()).await;
    }
}

/// Says these after all that waits. They leave as the socket takes them: the mailbox has them at once.
async fn say(socket: &mut WebSocket, messages: impl IntoIterator<Item = Message>) -> Result<(), axum::Error> {
    for message in messages {
        socket.feed(message).await?;
    }
    socket.flush().await
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
