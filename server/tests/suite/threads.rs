//! Direct threads, the list of threads, and finding people.

use crate::harness::{TestServer, assert_refused};
use model::{
    Refusal, ThreadId, ThreadKind, UserId,
    page::{THREADS, ThreadPage},
    wire::{Command, Event},
};

#[tokio::test]
async fn two_people_always_get_the_same_thread() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let hers = alice.direct(&bob).await;
    let his = bob.direct(&alice).await;
    assert_eq!(hers.thread_id, his.thread_id);
    assert_eq!(hers.kind, ThreadKind::Direct { peer: bob.user.clone() });
    assert_eq!(his.kind, ThreadKind::Direct { peer: alice.user.clone() });
}

#[tokio::test]
async fn both_may_start_it_in_the_same_instant() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let (a, b, c, d) =
        tokio::join!(alice.direct(&bob), bob.direct(&alice), alice.direct(&bob), bob.direct(&alice));
    assert!([b, c, d].iter().all(|thread| thread.thread_id == a.thread_id));
}

#[tokio::test]
async fn a_direct_thread_enters_the_others_list_with_its_first_message() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    assert_eq!(alice.threads().await.threads.len(), 1);
    assert_eq!(bob.threads().await.threads.len(), 0);
    alice.send(thread_id, "hello").await;
    let threads = bob.threads().await.threads;
    assert_eq!(threads[0].thread_id, thread_id);
    assert_eq!(threads[0].unread(), 1);
}

#[tokio::test]
async fn one_talks_with_somebody_who_exists() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let open = |user_id| Command::OpenDirect { user_id };
    assert_refused(alice.command(&open(UserId::generate())).await, &Refusal::UserNotFound);
}

#[tokio::test]
async fn groups_are_found_by_any_part_of_their_titles_and_only_ones_own() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let choir = alice.group("The Zürich Choir", &[&bob]).await.thread_id;
    let reading = alice.group("读书会 2026", &[]).await.thread_id;
    let found = async |person: &crate::harness::Person, title: &str| -> Vec<ThreadId> {
        let page: ThreadPage = person.get(&format!("/api/v1/threads/search?title={title}")).await.unwrap();
        page.threads.into_iter().map(|thread| thread.thread_id).collect()
    };
    for title in ["choir", "ZURICH", "z%C3%BCri", "hoi"] {
        assert_eq!(found(&alice, title).await, [choir], "{title}");
    }
    assert_eq!(found(&alice, "%E4%B9%A6%E4%BC%9A").await, [reading]);
    for title in ["", "%20", "%25", "_", "nothing"] {
        assert_eq!(found(&alice, title).await, [], "{title}");
    }
    assert_eq!(found(&bob, "choir").await, [choir]);
    assert_eq!(found(&carol, "choir").await, []);
    alice.remove(choir, &bob).await;
    assert_eq!(found(&bob, "choir").await, []);
}

#[tokio::test]
async fn a_stranger_is_answered_as_if_there_were_no_thread() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let theirs = alice.direct(&bob).await.thread_id;
    let message = alice.send(theirs, "between us").await;
    for thread_id in [theirs, ThreadId::generate()] {
        assert_refused(carol.thread(thread_id).await, &Refusal::ThreadNotFound);
        assert_refused(carol.messages(thread_id, "").await, &Refusal::ThreadNotFound);
        assert_refused(carol.members(thread_id).await, &Refusal::ThreadNotFound);
        let send = carol.message(thread_id, "let me in");
        assert_refused(carol.command(&send).await, &Refusal::ThreadNotFound);
        let read = Command::MarkRead { thread_id, created_at: message.created_at };
        assert_refused(carol.command(&read).await, &Refusal::ThreadNotFound);
        let leave = Command::RemoveMember { thread_id, user_id: carol.user.user_id };
        assert_refused(carol.command(&leave).await, &Refusal::ThreadNotFound);
    }
    assert_eq!(alice.messages(theirs, "").await.unwrap().messages, [message]);
}

#[tokio::test]
async fn threads_are_listed_the_newest_first_and_a_page_at_a_time() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let mut made = Vec::new();
    for number in 0..2 * THREADS + 7 {
        made.push(alice.group(&format!("Group {number}"), &[]).await.thread_id);
    }
    // An old one comes back to the top.
    alice.send(made[3], "still here").await;
    let third = made.remove(3);
    made.push(third);
    made.reverse();

    let (mut listed, mut cursor) = (Vec::new(), String::new());
    loop {
        let page: model::page::ThreadPage = alice.get(&format!("/api/v1/threads{cursor}")).await.unwrap();
        listed.extend(page.threads.iter().map(|thread| thread.thread_id));
        let Some(last) = page.threads.last().filter(|_| page.has_more) else { break };
        assert_eq!(page.threads.len(), THREADS);
        cursor = format!("?before_at={}&before_id={}", last.active_at.0, last.thread_id);
    }
    assert_eq!(listed, made);
}

#[tokio::test]
async fn people_are_found_by_the_beginning_of_any_word_of_their_names() {
    let server = TestServer::start().await;
    let alice = server.person_named("alice_l", "Alice Liddell").await;
    server.person_named("wang", "王小明").await;
    server.person_named("anne", "Anne-Marie O'Neil").await;
    for (prefix, found) in [
        ("al", vec!["alice_l"]),
        ("LID", vec!["alice_l"]),
        ("alice lid", vec!["alice_l"]),
        ("王小", vec!["wang"]),
        ("mar", vec!["anne"]),
        ("a", vec!["alice_l", "anne"]),
        ("ice", vec![]),
        ("", vec![]),
        ("'; drop table account; --", vec![]),
        ("%", vec![]),
        (":* | !x", vec![]),
    ] {
        assert_eq!(alice.find(prefix).await, found, "{prefix}");
    }
}

#[tokio::test]
async fn opening_a_thread_is_told_to_ones_other_devices_and_to_nobody_else() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let (mut hers, mut his) = (alice.live().await, bob.live().await);
    let thread = alice.direct(&bob).await;
    assert_eq!(hers.event().await, Event::ThreadJoined { thread: thread.clone() });
    // The first thing that he hears of is the first message.
    let message = alice.send(thread.thread_id, "hello").await;
    assert_eq!(his.event().await, Event::MessageSent { message, sender: alice.user.clone() });
}
