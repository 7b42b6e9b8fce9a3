//! Who has read what: who is told, who may ask, and who hides it.

use crate::harness::{Person, TestServer, assert_refused};
use model::{
    Message, Problem, Refusal, ThreadId,
    page::ReaderPage,
    wire::{Event, Outcome},
};
use reqwest::Method;
use serde_json::json;

async fn readers(person: &Person, message: &Message) -> Result<Vec<String>, Problem> {
    let path = format!("/api/v1/threads/{}/messages/{}/readers", message.thread_id, message.message_id);
    let page: ReaderPage = person.get(&path).await?;
    assert!(!page.has_more);
    let mut usernames: Vec<_> = page.readers.into_iter().map(|user| user.username).collect();
    usernames.sort();
    Ok(usernames)
}

async fn shows_receipts(person: &Person, shows_receipts: bool) {
    let privacy = json!({ "shows_typing": true, "shows_presence": true, "shows_receipts": shows_receipts, "secret_from": "contacts" });
    let response = person.request(Method::PUT, "/api/v1/privacy").json(&privacy).send().await.unwrap();
    assert!(response.status().is_success());
}

async fn seen(person: &Person, thread_id: ThreadId) -> Option<u64> {
    person.thread(thread_id).await.unwrap().seen_seq
}

#[tokio::test]
async fn in_a_direct_thread_the_other_one_is_told() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let first = alice.send(thread_id, "one").await;
    let second = alice.send(thread_id, "two").await;
    let (mut hers, mut inbox) = (alice.live().await, alice.inbox().await);
    assert_eq!(inbox.thread(thread_id).unwrap().seen_seq, Some(0));
    for (message, read_seq) in [(&first, 1), (&second, 2)] {
        bob.read(thread_id, message.created_at).await;
        let event = hers.event().await;
        assert_eq!(event, Event::MessagesSeen { thread_id, read_seq });
        assert_eq!(inbox.apply(&event), Outcome::Applied);
        assert_eq!(inbox.apply(&event), Outcome::Known);
        assert_eq!(inbox, alice.inbox().await);
    }
    // Late, it takes nothing back.
    assert_eq!(inbox.apply(&Event::MessagesSeen { thread_id, read_seq: 1 }), Outcome::Known);
    assert_eq!(seen(&bob, thread_id).await, Some(0));
}

#[tokio::test]
async fn whoever_hides_how_far_they_have_read_does_not_see_it_either() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let first = alice.send(thread_id, "one").await;
    bob.read(thread_id, first.created_at).await;
    shows_receipts(&bob, false).await;
    let mut hers = alice.live().await;
    let second = alice.send(thread_id, "two").await;
    bob.read(thread_id, second.created_at).await;
    let third = bob.send(thread_id, "three").await;
    alice.read(thread_id, third.created_at).await;
    // What she knew before, she still knows; of the rest she hears nothing.
    assert_eq!(seen(&alice, thread_id).await, Some(1));
    assert_eq!(seen(&bob, thread_id).await, None);
    let told = hers.events_until(|event| matches!(event, Event::ReadMoved { .. })).await;
    assert!(!told.iter().any(|event| matches!(event, Event::MessagesSeen { .. })), "{told:?}");
    shows_receipts(&bob, true).await;
    assert_eq!((seen(&alice, thread_id).await, seen(&bob, thread_id).await), (Some(1), Some(3)));
}

#[tokio::test]
async fn in_a_group_one_asks_who_has_read_ones_own_message() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let dave = server.person("dave").await;
    let thread_id = alice.group("Sewing", &[&bob, &carol]).await.thread_id;
    let message = alice.send(thread_id, "one").await;
    assert_eq!(readers(&alice, &message).await.unwrap(), Vec::<String>::new());
    bob.read(thread_id, message.created_at).await;
    carol.read(thread_id, message.created_at).await;
    alice.read(thread_id, message.created_at).await;
    // He was not there when it was written, and reads what comes later.
    alice.add(thread_id, &dave).await;
    let later = alice.send(thread_id, "two").await;
    dave.read(thread_id, later.created_at).await;
    assert_eq!(readers(&alice, &message).await.unwrap(), ["bob", "carol"]);
    assert_eq!(readers(&alice, &later).await.unwrap(), ["dave"]);
    assert_refused(readers(&bob, &message).await, &Refusal::MessageNotFound);
    assert_refused(readers(&server.person("eve").await, &message).await, &Refusal::ThreadNotFound);

    shows_receipts(&carol, false).await;
    carol.read(thread_id, later.created_at).await;
    assert_eq!(readers(&alice, &later).await.unwrap(), ["dave"]);
    let hers = carol.send(thread_id, "three").await;
    assert_refused(readers(&carol, &hers).await, &Refusal::ReceiptsHidden);
    alice.remove(thread_id, &carol).await;
    assert_refused(readers(&carol, &hers).await, &Refusal::ThreadNotFound);
}

#[tokio::test]
async fn only_whoever_looks_at_a_groups_readers_is_told_of_more() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.group("Sewing", &[&bob, &carol]).await.thread_id;
    let message = alice.send(thread_id, "one").await;
    let (mut hers, mut carols) = (alice.live().await, carol.live().await);
    hers.look(&[], Some(thread_id)).await.unwrap();
    bob.read(thread_id, message.created_at).await;
    assert_eq!(hers.event().await, Event::ReadersChanged { thread_id });
    shows_receipts(&bob, false).await;
    let second = alice.send(thread_id, "two").await;
    bob.read(thread_id, second.created_at).await;
    carol.read(thread_id, second.created_at).await;
    let is_told = |event: &Event| matches!(event, Event::ReadersChanged { .. });
    let told = hers.events_until(is_told).await;
    assert_eq!(told.len(), 2, "her message, and what Carol read: {told:?}");
    let told = carols.events_until(|event| matches!(event, Event::ReadMoved { .. })).await;
    assert!(!told.iter().any(is_told), "{told:?}");
}

#[tokio::test]
async fn who_has_read_a_message_is_a_page_of_its_own() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.group("Three", &[&bob, &carol]).await.thread_id;
    let message = alice.send(thread_id, "one").await;
    let path = format!("/t/{thread_id}/m/{}/readers", message.message_id);
    let (_, page) = alice.page(&path).await;
    assert!(page.contains("Nobody has read this message yet."), "{page}");
    bob.read(thread_id, message.created_at).await;
    let (_, page) = alice.page(&format!("{path}?fragment")).await;
    assert!(page.contains(&bob.user.display_name) && !page.contains(&carol.user.display_name), "{page}");
    assert!(!page.contains("<html"), "{page}");
    // Only whoever wrote it may know.
    assert_eq!(bob.page(&path).await.0, 404);
}
