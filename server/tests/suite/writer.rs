//! The writer's promises, under many tasks that send to few threads, with duplicates and retries.

use crate::harness::TestServer;
use model::{Message, MessageBody, MessageId, Refusal, ThreadId, Timestamp, User, UserId};
use proptest::{prelude::Strategy, strategy::ValueTree, test_runner::TestRunner};
use server::messages::writer::Draft;
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet};

/// A whole thread, in the order of its key.
async fn log(db: &PgPool, thread_id: ThreadId) -> Vec<Message> {
    let rows: Vec<(MessageId, i64, Timestamp, UserId, String)> = sqlx::query_as(
        "select message_id, seq, created_at, sender_id, body from message
            where thread_id = $1 order by created_at",
    )
    .bind(thread_id)
    .fetch_all(db)
    .await
    .unwrap();
    let message = |(message_id, seq, created_at, sender_id, body): (_, i64, _, _, _)| {
        Message::sent(message_id, thread_id, seq.unsigned_abs(), created_at, sender_id, body)
    };
    rows.into_iter().map(message).collect()
}

fn draft(message_id: MessageId, thread_id: ThreadId, sender: &User, body: &str) -> Draft {
    let body = MessageBody::new(body).unwrap();
    Draft {
        message_id,
        thread_id,
        sender: sender.clone(),
        body,
        file_ids: Vec::new(),
        reply_to: None,
        forward: None,
        html: None,
        given_at: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_tasks_with_duplicates_and_retries_leave_a_log_without_gap_or_double() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let senders = [&alice, &bob, &carol].map(|person| person.user.clone());
    let mut threads = Vec::new();
    for number in 0..3 {
        threads.push(alice.group(&format!("Group {number}"), &[&bob, &carol]).await.thread_id);
    }
    // Per task: which thread, which of a small pool of ids (so that tasks collide), and how often it is sent again.
    let sends = proptest::collection::vec((0..3_usize, 0..40_usize, 1..4_usize), 30..60);
    let tasks = proptest::collection::vec(sends, 24);
    let mut runner = TestRunner::deterministic();
    for round in 0..3 {
        let ids: Vec<_> = (0..40).map(|_| MessageId::generate()).collect();
        let tasks = tasks.new_tree(&mut runner).unwrap().current();
        let running: Vec<_> = tasks
            .into_iter()
            .enumerate()
            .map(|(task, sends)| {
                let (writer, threads, ids) = (server.state.writer.clone(), threads.clone(), ids.clone());
                let senders = senders.clone();
                tokio::spawn(async move {
                    let mut answers = Vec::new();
                    for (thread, id, times) in sends {
                        // An id belongs to one sender, so that a collision is a retry from another tab.
                        let (message_id, sender) = (ids[id], &senders[id % 3]);
                        for _ in 0..times {
                            let body = format!("{task} says {id} in round {round}");
                            let draft = draft(message_id, threads[thread], sender, &body);
                            answers.push(writer.submit(draft).await.await.unwrap().unwrap());
                        }
                    }
                    answers
                })
            })
            .collect();
        let mut first = BTreeMap::<(ThreadId, MessageId), Message>::new();
        for task in running {
            for answer in task.await.unwrap() {
                let key = (answer.thread_id, answer.message_id);
                let known = first.entry(key).or_insert_with(|| answer.clone());
                assert_eq!(*known, answer, "a retry was answered otherwise");
            }
        }
        for thread_id in &threads {
            let log = log(&server.state.db, *thread_id).await;
            let seqs: Vec<_> = log.iter().map(|message| message.seq).collect();
            assert_eq!(seqs, (1..=log.len() as u64).collect::<Vec<_>>(), "a gap in seq");
            assert!(log.is_sorted_by(|a, b| a.created_at < b.created_at), "created_at does not increase");
            let unique: BTreeSet<_> = log.iter().map(|message| message.message_id).collect();
            assert_eq!(unique.len(), log.len(), "an id twice");
            for message in log {
                if let Some(answer) = first.remove(&(*thread_id, message.message_id)) {
                    assert_eq!(answer, message, "answered otherwise than stored");
                }
            }
        }
        assert!(first.is_empty(), "acknowledged and not stored: {first:?}");
    }
}

#[tokio::test]
async fn a_copy_in_the_same_batch_gets_the_first_answer_with_its_marks() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let thread_id = alice.group("Marks", &[]).await.thread_id;
    let message_id = MessageId::generate();
    // Nothing lets the writer run before all of them wait.
    let mut answers = Vec::new();
    for body in ["**loud**", "**loud**", "something _else_"] {
        let draft = draft(message_id, thread_id, &alice.user, body);
        answers.push(server.state.writer.submit(draft).await);
    }
    for answer in answers {
        let message = answer.await.unwrap().unwrap();
        let marks = "<p dir=\"auto\"><strong>loud</strong></p>";
        assert_eq!((message.body.as_str(), message.html.as_deref()), ("**loud**", Some(marks)));
    }
}

#[tokio::test]
async fn a_clock_that_stands_or_steps_back_reorders_nothing() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let thread_id = alice.group("Clock", &[]).await.thread_id;
    let ahead = Timestamp(Timestamp::now().0 + 3_600_000_000);
    for given_at in [Some(ahead), None, Some(Timestamp(0)), Some(ahead)] {
        let draft = Draft { given_at, ..draft(MessageId::generate(), thread_id, &alice.user, "tick") };
        server.state.writer.submit(draft).await.await.unwrap().unwrap();
    }
    let times: Vec<_> =
        log(&server.state.db, thread_id).await.iter().map(|one| one.created_at.0 - ahead.0).collect();
    assert_eq!(times, [0, 1, 2, 3]);
}

#[tokio::test]
async fn what_cannot_be_stored_does_not_take_others_with_it() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let writer = &server.state.writer;
    let mut answers = Vec::new();
    for (sender, thread_id) in
        [(&alice, thread_id), (&carol, thread_id), (&alice, ThreadId::generate()), (&bob, thread_id)]
    {
        let draft = draft(MessageId::generate(), thread_id, &sender.user, "hello");
        answers.push(writer.submit(draft).await);
    }
    let mut outcomes = Vec::new();
    for answer in answers {
        outcomes.push(answer.await.unwrap().map(|message| message.seq));
    }
    let stranger = Err(Refusal::ThreadNotFound);
    assert_eq!(outcomes, [Ok(1), stranger.clone(), stranger, Ok(2)]);
}

#[tokio::test]
async fn an_inbox_finds_a_thread_again_when_it_enters_another_hour() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let old = alice.group("Old", &[&bob]).await.thread_id;
    let new = alice.group("New", &[&bob]).await.thread_id;
    let hour = 3_600_000_000;
    for later in [1, 5, 50] {
        for thread_id in [new, old] {
            let given_at = Some(Timestamp(Timestamp::now().0 + later * hour));
            let draft = Draft { given_at, ..draft(MessageId::generate(), thread_id, &alice.user, "again") };
            server.state.writer.submit(draft).await.await.unwrap().unwrap();
            let threads = bob.threads().await.threads;
            assert_eq!((threads.len(), threads[0].thread_id), (2, thread_id));
            let before = format!("?before_at={}&before_id={}", threads[0].active_at.0, threads[0].thread_id);
            let rest: model::page::ThreadPage = bob.get(&format!("/api/v1/threads{before}")).await.unwrap();
            assert_eq!(rest.threads, threads[1..]);
        }
    }
}
