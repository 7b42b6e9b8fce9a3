//! The change log: whoever was away gets what became of the messages, and nothing else.

use crate::harness::{Person, TestServer, assert_refused};
use model::{
    Message, Refusal, ThreadId, Timeline,
    page::CHANGES,
    wire::{Frame, Outcome},
};
use std::time::Duration;
use tokio::time::timeout;

/// What somebody sees who had a window, and asks for what it missed.
async fn catch_up(person: &Person, timeline: &mut Timeline) {
    let thread_id = timeline.thread_id;
    loop {
        let page = person.changes(thread_id, timeline.change()).await.unwrap();
        assert_eq!(timeline.catch_up(&page), Outcome::Applied);
        if !page.has_more {
            return;
        }
    }
}

#[tokio::test]
async fn whoever_was_away_gets_what_became_of_the_messages() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.group("Three", &[&bob, &carol]).await.thread_id;
    let mut messages = Vec::new();
    for number in 0..10 {
        messages.push(alice.send(thread_id, &format!("message {number}")).await);
    }
    let mut timeline = bob.timeline(thread_id).await;
    alice.edit(&messages[3], "another three").await.unwrap();
    alice.delete(&messages[7]).await.unwrap();
    alice.edit(&messages[3], "yet another three").await.unwrap();
    alice.remove(thread_id, &carol).await;
    let page = bob.changes(thread_id, timeline.change()).await.unwrap();
    let changed: Vec<_> = page.messages.iter().map(|message| (message.seq, message.change)).collect();
    assert_eq!(changed, [(8, Some(2)), (4, Some(3))], "each once, as it is now");
    assert_eq!(page.change, 4);
    catch_up(&bob, &mut timeline).await;
    assert_eq!(timeline, bob.timeline(thread_id).await);
}

#[tokio::test]
async fn many_changes_come_in_pages_without_gap_or_overlap() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let count = CHANGES + 7;
    let mut messages: Vec<Message> = Vec::new();
    for number in 0..count {
        messages.push(alice.send(thread_id, &format!("{number}")).await);
    }
    for message in &messages {
        alice.edit(message, &format!("{} edited", message.body)).await.unwrap();
    }
    let first = bob.changes(thread_id, 0).await.unwrap();
    assert_eq!((first.messages.len(), first.change, first.has_more), (CHANGES, CHANGES as u64, true));
    let second = bob.changes(thread_id, first.change).await.unwrap();
    assert_eq!((second.messages.len(), second.change, second.has_more), (7, count as u64, false));
    assert_eq!(bob.changes(thread_id, second.change).await.unwrap().messages, []);
}

#[tokio::test]
async fn strangers_and_former_members_learn_nothing() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.group("Two", &[&bob]).await.thread_id;
    let message = alice.send(thread_id, "between us").await;
    alice.edit(&message, "between us two").await.unwrap();
    alice.remove(thread_id, &bob).await;
    let mut live = bob.live().await;
    for outsider in [&bob, &carol] {
        for thread_id in [thread_id, ThreadId::generate()] {
            let message = Message { thread_id, ..message.clone() };
            let refusal = &Refusal::ThreadNotFound;
            assert_refused(outsider.changes(thread_id, 0).await, refusal);
            assert_refused(outsider.versions(&message).await, refusal);
            assert_refused(outsider.edit(&message, "mine").await, refusal);
            assert_refused(outsider.delete(&message).await, refusal);
        }
    }
    alice.edit(&message, "between me and myself").await.unwrap();
    let other = bob.group("His own", &[]).await;
    let heard = live.event().await;
    assert!(matches!(&heard, model::wire::Event::ThreadJoined { thread } if *thread == other), "{heard:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn changes_made_at_once_are_told_in_the_order_of_their_numbers() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let mut messages = Vec::new();
    for number in 0..40 {
        messages.push(alice.send(thread_id, &format!("{number}")).await);
    }
    let mut live = bob.live().await;
    let edits = messages.iter().map(|message| alice.edit(message, "edited"));
    let done = futures_util::future::join_all(edits).await;
    assert!(done.iter().all(Result::is_ok), "{done:?}");
    for change in 1..=40 {
        assert_eq!(live.event().await.change(), Some((thread_id, change)));
    }
}

/// Ends the connection to the database that waits for a lock, once there is one. Whoever has it cannot know what became of what it asked.
async fn end_who_waits(server: &TestServer) {
    let ended = async {
        loop {
            let ended: Vec<bool> = sqlx::query_scalar(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
            )
            .fetch_all(&server.state.db)
            .await
            .unwrap();
            if !ended.is_empty() {
                return;
            }
        }
    };
    timeout(Duration::from_secs(20), ended).await.expect("nobody waited for the lock");
}

#[tokio::test]
async fn when_it_is_unknown_whether_a_change_was_stored_everybody_looks_again() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let message = alice.send(thread_id, "see you at sevn").await;
    let mut live = bob.live().await;
    let held = server.hold(thread_id).await;
    let (edited, ()) = tokio::join!(alice.edit(&message, "see you at seven"), end_who_waits(&server));
    assert_refused(edited, &Refusal::Unavailable);
    assert_eq!(live.next().await, Frame::Resync);
    held.rollback().await.unwrap();
    alice.edit(&message, "see you at seven").await.unwrap();
}
