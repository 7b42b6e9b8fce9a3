//! Somebody's live stream, as a program hears it.

use super::{DEADLINE, Person};
use futures_util::{SinkExt, StreamExt};
use model::{
    Message, Problem, ThreadId,
    wire::{Answer, Command, Event, Frame, Request},
};
use std::collections::VecDeque;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite};

/// A socket, and everything that came over it.
pub struct Live {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    owner: String,
    next_id: u64,
    seen: Vec<Frame>,
    /// What came before a command's answer.
    waiting: VecDeque<Event>,
}

impl Live {
    /// Of somebody; its first frame is still to come.
    pub fn new(socket: WebSocketStream<MaybeTlsStream<TcpStream>>, owner: &str) -> Self {
        Self { socket, owner: owner.into(), next_id: 1, seen: Vec::new(), waiting: VecDeque::new() }
    }

    /// The next frame, whatever it is.
    pub async fn next(&mut self) -> Frame {
        self.try_next().await.unwrap_or_else(|end| panic!("{}'s socket ended: {end}", self.owner))
    }

    /// The next frame, or how the socket ended.
    pub async fn try_next(&mut self) -> Result<Frame, String> {
        loop {
            let message = timeout(DEADLINE, self.socket.next()).await.unwrap_or_else(|_| {
                panic!("nothing more came to {} in {DEADLINE:?}. Before that: {:#?}", self.owner, self.seen)
            });
            match message {
                Some(Ok(tungstenite::Message::Text(text))) => {
                    let frame: Frame = serde_json::from_str(&text).unwrap();
                    self.seen.push(frame.clone());
                    return Ok(frame);
                }
                Some(Ok(tungstenite::Message::Close(close))) => {
                    return Err(close.map_or("without a word".into(), |close| {
                        format!("{} {}", u16::from(close.code), close.reason)
                    }));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.to_string()),
                None => return Err("without a word".into()),
            }
        }
    }

    /// The next event.
    pub async fn event(&mut self) -> Event {
        if let Some(event) = self.waiting.pop_front() {
            return event;
        }
        loop {
            if let Frame::Event(event) = self.next().await {
                return event;
            }
        }
    }

    /// The next message that somebody sent.
    pub async fn message(&mut self) -> Message {
        loop {
            if let Event::MessageSent { message, .. } = self.event().await {
                return message;
            }
        }
    }

    /// Every event up to and including the first that fits.
    pub async fn events_until(&mut self, is_last: impl Fn(&Event) -> bool) -> Vec<Event> {
        let mut events = Vec::new();
        loop {
            events.push(self.event().await);
            if events.last().is_some_and(&is_last) {
                return events;
            }
        }
    }

    /// Somebody looks at this connection's screen, and these people are on it.
    pub async fn look(&mut self, people: &[&Person], thread_id: Option<ThreadId>) -> Result<Answer, Problem> {
        let user_ids = people.iter().map(|person| person.user.user_id).collect();
        self.command(Command::Look { is_here: true, user_ids, thread_id }).await
    }

    /// Sends a command without waiting; its id.
    pub async fn begin(&mut self, command: Command) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        let text = serde_json::to_string(&Request { id, command }).unwrap();
        self.send_text(&text).await;
        id
    }

    pub async fn send_text(&mut self, text: &str) {
        self.socket.send(tungstenite::Message::text(text)).await.unwrap();
    }

    /// Has a command carried out. Events that come meanwhile are kept: what a command does is told before it is answered.
    pub async fn command(&mut self, command: Command) -> Result<Answer, Problem> {
        let sent = self.begin(command).await;
        loop {
            match self.next().await {
                Frame::Answer { id, answer } if id == sent => return Ok(answer),
                Frame::Problem { id: Some(id), problem } if id == sent => return Err(problem),
                Frame::Event(event) => self.waiting.push_back(event),
                _ => {}
            }
        }
    }
}
