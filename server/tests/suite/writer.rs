//! The writer's promises, under many tasks that send to few threads, with duplicates and retries.

use crate::harness::{DEADLINE, TestServer};
use model::{
    Message, MessageBody, MessageId, Refusal, ThreadId, ThreadOption, Timestamp, User, UserId,
    wire::{Event, Frame},
};
use proptest::{prelude::Strategy, strategy::ValueTree, test_runner::TestRunner};
use server::messages::writer::{APPLICATION_NAME, Draft};
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet};
use tokio::time::timeout;

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

/// What the writer has asked of PostgreSQL last.
async fn last_asked(db: &PgPool) -> String {
    sqlx::query_scalar(
        "select query from pg_stat_activity where datname = current_database() and application_name = $1",
    )
    .bind(APPLICATION_NAME)
    .fetch_one(db)
    .await
    .unwrap()
}

/// Waits until the writer waits for a row that somebody else has locked.
async fn until_it_waits(db: &PgPool) {
    let waits = async {
        let is_waiting = "select exists (
            select from pg_stat_activity
                where datname = current_database() and application_name = $1 and wait_event_type = 'Lock'
        )";
        while !sqlx::query_scalar::<_, bool>(is_waiting).bind(APPLICATION_NAME).fetch_one(db).await.unwrap() {
        }
    };
    timeout(DEADLINE, waits).await.expect("the writer does not wait for the row");
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
    // The writer is held up until all of them wait.
    let other_id = alice.group("Held", &[]).await.thread_id;
    let held = server.hold(other_id).await;
    let first =
        server.state.writer.submit(draft(MessageId::generate(), other_id, &alice.user, "first")).await;
    until_it_waits(&server.state.db).await;
    let mut answers = Vec::new();
    for body in ["**loud**", "**loud**", "something _else_"] {
        let draft = draft(message_id, thread_id, &alice.user, body);
        answers.push(server.state.writer.submit(draft).await);
    }
    held.rollback().await.unwrap();
    assert_eq!(first.await.unwrap().unwrap().seq, 1);
    for answer in answers {
        let message = answer.await.unwrap().unwrap();
        let marks = "<p dir=\"auto\"><strong>loud</strong></p>";
        assert_eq!((message.body.as_str(), message.html.as_deref()), ("**loud**", Some(marks)));
    }
}

#[tokio::test]
async fn a_thread_that_was_written_to_takes_one_statement() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let group = alice.group("Often", &[&bob]).await.thread_id;
    let direct = bob.direct(&alice).await.thread_id;
    for thread_id in [group, direct] {
        alice.send(thread_id, "one").await;
        assert_eq!(last_asked(&server.state.db).await, "COMMIT");
        for (person, seq) in [(&alice, 2), (&bob, 3)] {
            assert_eq!(person.send(thread_id, "more").await.seq, seq);
            let asked = last_asked(&server.state.db).await;
            assert!(asked.starts_with("with locked as"), "{asked}");
        }
        // It is to be made out who is called.
        alice.send(thread_id, "@bob").await;
        assert_eq!(last_asked(&server.state.db).await, "COMMIT");
    }
    assert_eq!(bob.thread(group).await.unwrap().unread_mentions(), 1);
}

#[tokio::test]
async fn what_is_remembered_of_a_thread_counts_while_it_holds() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.group("Changes", &[&bob]).await.thread_id;
    for body in ["one", "two"] {
        bob.send(thread_id, body).await;
    }
    alice.add(thread_id, &carol).await;
    let mut live = carol.live().await;
    let message = bob.send(thread_id, "three").await;
    assert_eq!(live.next().await, Frame::Event(Event::MessageSent { message, sender: bob.user.clone() }));
    carol.keep(thread_id, ThreadOption::Archived(true)).await;
    bob.send(thread_id, "four").await;
    assert!(!carol.thread(thread_id).await.unwrap().options.is_archived, "it is back");
    bob.send(thread_id, "five").await;
    alice.remove(thread_id, &bob).await;
    let left = server.state.writer.submit(draft(MessageId::generate(), thread_id, &bob.user, "six")).await;
    assert_eq!(left.await.unwrap(), Err(Refusal::ThreadNotFound));
    assert_eq!(alice.send(thread_id, "six").await.seq, 6);
}

#[tokio::test]
async fn what_changes_while_the_writer_waits_for_the_thread_counts() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let db = &server.state.db;
    for (change, counted, outcome) in [
        ("update thread set change = change + 7 where thread_id = $1", 7, Ok(())),
        ("update thread set has_block = true where thread_id = $1", 0, Err(Refusal::Blocked)),
        (
            "with gone as (delete from member where thread_id = $1 and role = 'admin')
                update thread set members_change = change + 1, change = change + 1 where thread_id = $1",
            1,
            Err(Refusal::ThreadNotFound),
        ),
    ] {
        let thread_id = alice.group("Waits", &[&bob]).await.thread_id;
        alice.send(thread_id, "before").await;
        let ends = "select last_seq, change from thread where thread_id = $1";
        let before: (i64, i64) = sqlx::query_as(ends).bind(thread_id).fetch_one(db).await.unwrap();
        let mut held = server.hold(thread_id).await;
        let draft = draft(MessageId::generate(), thread_id, &alice.user, "meanwhile");
        let answer = server.state.writer.submit(draft).await;
        until_it_waits(db).await;
        let asked = last_asked(db).await;
        assert!(asked.starts_with("with locked as"), "{asked}");
        sqlx::query(change).bind(thread_id).execute(&mut *held).await.unwrap();
        held.commit().await.unwrap();
        assert_eq!(answer.await.unwrap().map(drop), outcome, "{change}");
        let after: (i64, i64) = sqlx::query_as(ends).bind(thread_id).fetch_one(db).await.unwrap();
        let stored = i64::from(outcome.is_ok());
        assert_eq!(after, (before.0 + stored, before.1 + counted), "{change}");
    }
}

#[tokio::test]
async fn a_writer_whose_connection_ends_stores_and_tells_once() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    alice.send(thread_id, "before").await;
    let mut live = bob.live().await;
    let held = server.hold(thread_id).await;
    let answer =
        server.state.writer.submit(draft(MessageId::generate(), thread_id, &alice.user, "once")).await;
    until_it_waits(&server.state.db).await;
    sqlx::query("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = $1")
        .bind(APPLICATION_NAME)
        .execute(&server.state.db)
        .await
        .unwrap();
    held.rollback().await.unwrap();
    let message = answer.await.unwrap().unwrap();
    assert_eq!((message.seq, &live.message().await), (2, &message));
    // And what follows comes next.
    assert_eq!(alice.send(thread_id, "after").await, live.message().await);
    assert_eq!(log(&server.state.db, thread_id).await.len(), 3);
}

/// Each remembers how the thread ended when it wrote to it last, and the other has written since.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_that_write_to_a_thread_leave_a_log_without_gap_or_double() {
    let database = TestServer::fresh_database().await;
    let one = TestServer::start_on(database.clone(), &[]).await;
    let other = TestServer::start_on(database, &[]).await;
    let (alice, bob, _) = one.people().await;
    let threads = [alice.direct(&bob).await.thread_id, alice.group("Both", &[&bob]).await.thread_id];
    let ids: Vec<_> = (0..100).map(|_| MessageId::generate()).collect();
    let sends = [&one, &other, &one, &other].map(|server| {
        let (writer, ids, sender) = (server.state.writer.clone(), ids.clone(), alice.user.clone());
        tokio::spawn(async move {
            let mut answers = Vec::new();
            for message_id in ids {
                for thread_id in threads {
                    let answer = writer.submit(draft(message_id, thread_id, &sender, "again")).await;
                    answers.push(answer.await.unwrap().unwrap());
                }
            }
            answers
        })
    });
    let mut first = None;
    for answers in sends {
        let answers = answers.await.unwrap();
        assert_eq!(first.get_or_insert_with(|| answers.clone()), &answers, "one message, one answer");
    }
    for thread_id in threads {
        let log = log(&one.state.db, thread_id).await;
        let seqs: Vec<_> = log.iter().map(|message| message.seq).collect();
        assert_eq!(seqs, Vec::from_iter(1..=100));
        assert_eq!(log.iter().map(|message| message.message_id).collect::<Vec<_>>(), ids);
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
