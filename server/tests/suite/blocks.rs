//! Blocking: what whoever is blocked can no longer do, and what stays as it was.

use crate::{
    browser::Browser,
    harness::{Person, TestServer, assert_refused},
};
use model::{
    MessageId, Refusal, ThreadId, ThreadOption,
    wire::{Answer, Command, Event},
};

/// Bob, whom Alice has blocked in their conversation after he wrote something.
async fn blocked(server: &TestServer) -> (Person, Person, ThreadId) {
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    bob.send(thread_id, "before").await;
    assert_eq!(alice.keep(thread_id, ThreadOption::Blocked(true)).await, Answer::Done);
    (alice, bob, thread_id)
}

#[tokio::test]
async fn nothing_is_sent_either_way_until_the_block_is_undone() {
    let server = TestServer::start().await;
    let (alice, bob, thread_id) = blocked(&server).await;
    for person in [&alice, &bob] {
        assert_refused(person.command(&person.message(thread_id, "after")).await, &Refusal::Blocked);
    }
    let elsewhere = bob.group("His", &[]).await.thread_id;
    let note = bob.send(elsewhere, "take this").await;
    let forward = Command::ForwardMessage {
        message_id: MessageId::generate(),
        thread_id,
        from_thread_id: elsewhere,
        from_message_id: note.message_id,
    };
    assert_refused(bob.command(&forward).await, &Refusal::Blocked);
    assert_eq!(alice.thread(thread_id).await.unwrap().last_seq, 1);
    alice.keep(thread_id, ThreadOption::Blocked(false)).await;
    bob.send(thread_id, "after").await;
    assert_eq!(alice.thread(thread_id).await.unwrap().last_seq, 2);
}

#[tokio::test]
async fn what_was_sent_can_be_deleted_and_not_changed() {
    let server = TestServer::start().await;
    let (_, bob, thread_id) = blocked(&server).await;
    let before = bob.messages(thread_id, "").await.unwrap().messages.remove(0);
    let (message_id, emoji) = (before.message_id, "👍".to_owned());
    assert_refused(bob.edit(&before, "something else").await, &Refusal::Blocked);
    let react = Command::React { thread_id, message_id, emoji, is_on: true };
    assert_refused(bob.command(&react).await, &Refusal::Blocked);
    let pin = Command::PinMessage { thread_id, message_id, is_pinned: true };
    assert_refused(bob.command(&pin).await, &Refusal::Blocked);
    bob.delete(&before).await.unwrap();
}

#[tokio::test]
async fn a_retry_of_what_was_stored_before_gets_its_first_answer() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let send = bob.message(thread_id, "once");
    let first = bob.done(&send).await;
    alice.keep(thread_id, ThreadOption::Blocked(true)).await;
    assert_eq!(bob.done(&send).await, first);
}

#[tokio::test]
async fn neither_is_added_to_a_group_by_the_other() {
    let server = TestServer::start().await;
    let (alice, bob, _) = blocked(&server).await;
    for (adder, other) in [(&alice, &bob), (&bob, &alice)] {
        let thread_id = adder.group("Mine", &[]).await.thread_id;
        let user_ids = vec![other.user.user_id];
        let add = Command::AddMembers { thread_id, user_ids: user_ids.clone() };
        assert_refused(adder.command(&add).await, &Refusal::Blocked);
        let create = Command::CreateGroup {
            thread_id: ThreadId::generate(),
            title: "Ours".into(),
            avatar: model::Avatar::default(),
            user_ids,
        };
        assert_refused(adder.command(&create).await, &Refusal::Blocked);
    }
}

#[tokio::test]
async fn whoever_is_blocked_sees_nothing_of_the_other_one_any_more() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let first = bob.send(thread_id, "have you read this?").await;
    alice.send(thread_id, "yes").await;
    alice.keep(thread_id, ThreadOption::Blocked(true)).await;
    let (mut his, mut hers) = (bob.live().await, alice.live().await);
    alice.read(thread_id, first.created_at).await;
    alice.done(&Command::Type { thread_id }).await;
    hers.look(&[], None).await.unwrap();
    his.look(&[&alice], None).await.unwrap();
    // What follows is all that he hears.
    let elsewhere = bob.group("His", &[]).await.thread_id;
    let events = his.events_until(|event| matches!(event, Event::ThreadJoined { .. })).await;
    assert!(events.len() == 1, "{events:?}");
    assert_eq!(bob.thread(thread_id).await.unwrap().seen_seq, Some(0));
    assert_ne!(elsewhere, thread_id);
}

#[tokio::test]
async fn only_the_one_who_blocks_is_told_and_has_a_list_of_them() {
    let server = TestServer::start().await;
    let (alice, bob, thread_id) = blocked(&server).await;
    assert!(alice.thread(thread_id).await.unwrap().options.is_blocked);
    assert!(!bob.thread(thread_id).await.unwrap().options.is_blocked);
    let mut hers = Browser::of(&server, &alice);
    hers.open("/settings").await.assert_shows("Blocked people");
    hers.open(&format!("/t/{thread_id}")).await.assert_shows("You have blocked");
    Browser::of(&server, &bob).open("/settings").await.assert_lacks("Blocked people");
    let path = format!("/t/{thread_id}/options");
    hers.submit(&path, &[("choice", "unblock")]).await;
    hers.open("/settings").await.assert_lacks("Blocked people");
}

#[tokio::test]
async fn groups_and_notes_have_nobody_to_block() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let group = alice.group("Ours", &[&bob]).await.thread_id;
    let notes = alice.direct(&alice).await.thread_id;
    for thread_id in [group, notes] {
        let command = Command::SetOption { thread_id, option: ThreadOption::Blocked(true) };
        assert_refused(alice.command(&command).await, &Refusal::DirectRequired);
        alice.send(thread_id, "still here").await;
    }
}
