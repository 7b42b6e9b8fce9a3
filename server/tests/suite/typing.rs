//! Writing: who is told, and who is not.

use crate::harness::{Live, Person, TestServer, assert_refused};
use model::{
    Refusal, ThreadId,
    wire::{Command, Event},
};
use reqwest::Method;
use serde_json::json;

/// What somebody hears until they are told of a message.
async fn heard(live: &mut Live) -> Vec<Event> {
    let mut events = live.events_until(|event| matches!(event, Event::MessageSent { .. })).await;
    events.pop();
    events
}

async fn types(person: &Person, thread_id: ThreadId) {
    person.done(&Command::Type { thread_id }).await;
}

async fn hides_typing(person: &Person) {
    let privacy = json!({ "shows_typing": false, "shows_presence": true, "shows_receipts": true, "secret_from": "contacts" });
    let response = person.request(Method::PUT, "/api/v1/privacy").json(&privacy).send().await.unwrap();
    assert!(response.status().is_success());
}

#[tokio::test]
async fn the_others_are_told_and_nothing_is_kept() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.group("Sewing", &[&bob]).await.thread_id;
    let (mut hers, mut his, mut strangers) = (alice.live().await, bob.live().await, carol.live().await);
    let before = bob.inbox().await;
    types(&alice, thread_id).await;
    assert_refused(carol.command(&Command::Type { thread_id }).await, &Refusal::ThreadNotFound);
    assert_eq!(bob.inbox().await, before);
    alice.send(thread_id, "done").await;
    carol.send(carol.group("Alone", &[]).await.thread_id, "done").await;
    assert_eq!(heard(&mut his).await, [Event::Typed { thread_id, user: alice.user.clone() }]);
    assert_eq!(heard(&mut hers).await, []);
    assert!(matches!(heard(&mut strangers).await[..], [Event::ThreadJoined { .. }]));
}

#[tokio::test]
async fn whoever_hides_it_is_neither_told_nor_told_of() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.group("Sewing", &[&bob, &carol]).await.thread_id;
    hides_typing(&bob).await;
    let (mut hers, mut his) = (alice.live().await, bob.live().await);
    types(&alice, thread_id).await;
    types(&bob, thread_id).await;
    types(&carol, thread_id).await;
    alice.send(thread_id, "done").await;
    assert_eq!(heard(&mut his).await, []);
    assert_eq!(heard(&mut hers).await, [Event::Typed { thread_id, user: carol.user.clone() }]);
}

#[tokio::test]
async fn in_a_large_group_nobody_is_told() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.group("Town", &[&bob]).await.thread_id;
    sqlx::query("update thread set member_count = 101 where thread_id = $1")
        .bind(thread_id)
        .execute(&server.state.db)
        .await
        .unwrap();
    let mut his = bob.live().await;
    types(&alice, thread_id).await;
    alice.send(thread_id, "done").await;
    assert_eq!(heard(&mut his).await, []);
}

#[tokio::test]
async fn it_cannot_be_told_without_end() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let mut refused = 0;
    for _ in 0..40 {
        refused += usize::from(alice.command(&Command::Type { thread_id }).await.is_err());
    }
    assert!(refused >= 10, "only {refused} of 40 were refused");
    // What one writes is not held up by it.
    alice.send(thread_id, "done").await;
}
