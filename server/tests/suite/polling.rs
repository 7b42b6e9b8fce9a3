//! The live stream without a socket: the same frames, by requests.

use crate::harness::{Person, TestServer, answer, assert_refused};
use model::{
    Message, Problem, Refusal,
    presence::Presence,
    wire::{Answer, Command, Event, Frame},
};
use reqwest::{Method, StatusCode};
use uuid::Uuid;

/// A connection that asks.
struct Poll<'a> {
    person: &'a Person,
    path: String,
}

impl Person {
    fn polls(&self) -> Poll<'_> {
        Poll { person: self, path: format!("/api/v1/live/{}", Uuid::now_v7()) }
    }
}

impl Poll<'_> {
    async fn frames(&self, query: &str) -> Result<Vec<Frame>, Problem> {
        self.person.get(&format!("{}{query}", self.path)).await
    }

    /// The messages that come, up to so many.
    async fn messages(&self, count: usize) -> Vec<Message> {
        let mut messages = Vec::new();
        while messages.len() < count {
            for frame in self.frames("").await.unwrap() {
                if let Frame::Event(Event::MessageSent { message, .. }) = frame {
                    messages.push(message);
                }
            }
        }
        messages
    }

    async fn command(&self, command: &Command) -> Result<Answer, Problem> {
        answer(self.person.request(Method::POST, &self.path).json(command).send().await.unwrap()).await
    }
}

#[tokio::test]
async fn what_happens_comes_in_order_and_commands_go_up() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let poll = bob.polls();
    assert_eq!(poll.frames("").await.unwrap(), [Frame::Ready]);
    let mut sent = Vec::new();
    for body in ["one", "two", "three"] {
        sent.push(alice.send(thread_id, body).await);
    }
    assert_eq!(poll.messages(3).await, sent);
    // What happens while a request waits ends it.
    let (heard, sent) = tokio::join!(poll.messages(1), alice.send(thread_id, "four"));
    assert_eq!(heard, [sent]);
    let said = poll.command(&bob.message(thread_id, "five")).await.unwrap();
    let Answer::Sent { message } = said else { panic!("answered with {said:?}") };
    assert_eq!(poll.messages(1).await, [message]);
}

#[tokio::test]
async fn a_page_that_is_outdated_is_told_so() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    alice.direct(&bob).await;
    assert_eq!(bob.polls().frames("?etag=0").await.unwrap(), [Frame::Ready, Frame::Resync]);
    let query = format!("?user={}", alice.user.user_id);
    assert_refused(bob.polls().frames(&query).await, &Refusal::OtherUser);
}

#[tokio::test]
async fn whoever_polls_is_seen_to_be_here_and_sees_others() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    alice.send(thread_id, "hello").await;
    bob.send(thread_id, "hello").await;
    let mut hers = alice.live().await;
    hers.look(&[&bob], None).await.unwrap();
    let poll = bob.polls();
    poll.frames("").await.unwrap();
    let looks = Command::Look { is_here: true, user_ids: vec![alice.user.user_id], thread_id: None };
    assert_eq!(poll.command(&looks).await, Ok(Answer::Done));
    let is_here = |event: &Event| matches!(event, Event::PresenceChanged { presences } if presences[0].presence == Presence::Online);
    hers.events_until(is_here).await;
    // On no connection there is no screen.
    assert!(bob.polls().command(&looks).await.is_err());
}

#[tokio::test]
async fn an_ended_session_and_a_stopping_server_end_it() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let (his, hers) = (bob.polls(), alice.polls());
    his.frames("").await.unwrap();
    hers.frames("").await.unwrap();
    let (ended, _) = tokio::join!(his.frames(""), bob.request(Method::POST, "/sign-out").send());
    assert_refused(ended, &Refusal::SignInRequired);
    // It may stop before the request has come in; then that is cut.
    let (stopped, ()) = tokio::join!(alice.request(Method::GET, &hers.path).send(), server.stop());
    assert!(stopped.is_err() || stopped.unwrap().status() == StatusCode::SERVICE_UNAVAILABLE);
}
