//! The demo's world.

use crate::{browser::Browser, harness::TestServer};
use model::{
    Thread, Timestamp,
    page::{MemberPage, ThreadPage},
};
use reqwest::StatusCode;
use server::{demo, state::AppState};
use std::collections::BTreeMap;

const YEAR_US: i64 = 365 * 86_400_000_000;

/// Every message's thread, number and time.
async fn log(state: &AppState) -> Vec<(String, i64, Timestamp)> {
    sqlx::query_as("select thread_id::text, seq, created_at from message order by thread_id, seq")
        .fetch_all(&state.db)
        .await
        .unwrap()
}

#[tokio::test]
async fn it_is_large_and_well_formed_and_made_once() {
    let server = TestServer::start().await;
    demo::fill(&server.state).await.unwrap();
    let filled = log(&server.state).await;
    assert!(filled.len() >= 5000, "only {} messages", filled.len());
    let now = Timestamp::now();
    let mut last: BTreeMap<_, (i64, Timestamp)> = BTreeMap::new();
    for (thread_id, seq, created_at) in &filled {
        let (last_seq, last_at) = last.insert(thread_id, (*seq, *created_at)).unwrap_or((0, Timestamp(0)));
        assert_eq!(*seq, last_seq + 1);
        assert!(*created_at > last_at && *created_at < now);
    }
    assert!(last.len() >= 30, "only {} threads", last.len());
    assert!(filled.iter().any(|(_, _, at)| now.0 - at.0 > YEAR_US), "all of it is said to be recent");
    let (answers, reactions, pinned): (i64, i64, i64) = sqlx::query_as(
        "select count(reply_to), (select count(*) from reaction), count(pin_change) from message",
    )
    .fetch_one(&server.state.db)
    .await
    .unwrap();
    assert!(
        answers > 100 && reactions > 200 && pinned > 2,
        "{answers} answers, {reactions} reactions, {pinned} pinned"
    );

    demo::fill(&server.state).await.unwrap();
    assert_eq!(log(&server.state).await, filled);
}

#[tokio::test]
async fn alice_finds_answers_and_unread_messages() {
    let server = TestServer::start().await;
    demo::fill(&server.state).await.unwrap();
    let mut alice = Browser::new(&server);
    assert_eq!(alice.sign_in("alice", demo::PASSWORD).await.status, StatusCode::CREATED);
    let page = alice.open("/api/v1/threads").await.json::<ThreadPage>();
    assert!(page.has_more, "no second page of threads to be seen");
    let threads = page.threads;

    let mut unread: Vec<_> = threads.iter().map(Thread::unread).filter(|unread| *unread > 0).collect();
    unread.sort_unstable();
    assert_eq!(unread, [1, 2, 3, 12, 120]);
    let is_hers = |thread: &&Thread| thread.last_message.as_ref().unwrap().sender.username == "alice";
    assert!(threads.iter().filter(is_hers).count() >= 5);
    let everybody = threads.iter().find(|thread| thread.title() == "Everybody").unwrap();
    let path = format!("/api/v1/threads/{}/members", everybody.thread_id);
    assert!(alice.open(&path).await.json::<MemberPage>().members.len() >= 12);
}

#[tokio::test]
async fn it_does_not_mix_with_others() {
    let server = TestServer::start().await;
    let stranger = server.person("stranger").await;
    let refusal = demo::fill(&server.state).await.unwrap_err();
    assert!(refusal.to_string().contains("has accounts already"), "{refusal}");
    assert_eq!(stranger.find("alice").await, Vec::<String>::new());
}
