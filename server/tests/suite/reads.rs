//! Read positions and unread counts.

use crate::harness::{Person, TestServer, assert_refused};
use model::{
    Refusal, ThreadId, Timestamp,
    wire::{Command, Event},
};
use proptest::{
    prelude::{Strategy, any},
    strategy::ValueTree,
    test_runner::TestRunner,
};

#[tokio::test]
async fn ones_own_messages_are_never_unread() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let unread = async |person: &Person| person.thread(thread_id).await.unwrap().unread();
    alice.send(thread_id, "one").await;
    assert_eq!((unread(&alice).await, unread(&bob).await), (0, 1));
    // He answers without having read.
    bob.send(thread_id, "two").await;
    assert_eq!((unread(&alice).await, unread(&bob).await), (1, 1));
    let third = alice.send(thread_id, "three").await;
    assert_eq!((unread(&alice).await, unread(&bob).await), (1, 2));
    bob.read(thread_id, third.created_at).await;
    assert_eq!((unread(&alice).await, unread(&bob).await), (1, 0));
}

#[tokio::test]
async fn reading_is_told_to_ones_other_devices_and_to_nobody_else() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.group("Sewing", &[&bob]).await.thread_id;
    let message = alice.send(thread_id, "one").await;
    let (mut hers, mut his) = (alice.live().await, bob.live().await);
    bob.read(thread_id, message.created_at).await;
    let moved = Event::ReadMoved {
        thread_id,
        read_seq: 1,
        read_at: message.created_at,
        own_read_count: 0,
        mention_read_count: 0,
    };
    assert_eq!(his.event().await, moved);
    let next = alice.send(thread_id, "two").await;
    assert_eq!(hers.event().await, Event::MessageSent { message: next, sender: alice.user.clone() });
}

#[tokio::test]
async fn a_read_position_never_moves_back() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let first = alice.send(thread_id, "one").await;
    let second = alice.send(thread_id, "two").await;
    bob.read(thread_id, second.created_at).await;
    bob.read(thread_id, first.created_at).await;
    assert_eq!(bob.thread(thread_id).await.unwrap().read_seq, 2);
    let nowhere = Command::MarkRead { thread_id, created_at: Timestamp(second.created_at.0 + 1) };
    assert_refused(bob.command(&nowhere).await, &Refusal::MessageNotFound);
}

/// Random sends and reads by two people, against the plainest model there is: a list of who wrote what.
#[tokio::test]
async fn unread_counts_equal_those_of_a_plain_model() {
    let server = TestServer::start().await;
    let mut runner = TestRunner::deterministic();
    let (alice, bob, _) = server.people().await;
    let people = [&alice, &bob];
    let steps = proptest::collection::vec((any::<bool>(), 0..3_u8, any::<u16>()), 40..60);
    for round in 0..4 {
        let thread_id: ThreadId = alice.group(&format!("Round {round}"), &[&bob]).await.thread_id;
        let (mut log, mut read) = (Vec::<(usize, Timestamp)>::new(), [0, 0]);
        let steps = steps.new_tree(&mut runner).unwrap().current();
        for (index, (who, what, place)) in steps.iter().enumerate() {
            let who = usize::from(*who);
            if *what > 0 || log.is_empty() {
                let message = people[who].send(thread_id, "something").await;
                log.push((who, message.created_at));
            } else {
                let place = usize::from(*place) % log.len();
                people[who].read(thread_id, log[place].1).await;
                read[who] = read[who].max(place + 1);
            }
            for (other, person) in people.iter().enumerate() {
                let unread = log[read[other]..].iter().filter(|(sender, _)| *sender != other).count();
                let shown = person.thread(thread_id).await.unwrap().unread();
                assert_eq!(shown, unread as u64, "{} after step {index} of {steps:?}", person.user.username);
            }
        }
    }
}
