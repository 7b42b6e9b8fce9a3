//! Mentions: who is called by a message, how they are counted, and who is not.

use crate::harness::{Person, TestServer, assert_refused};
use model::{
    Message, Refusal, ThreadId,
    page::PeoplePage,
    wire::{Event, Outcome},
};

async fn group(server: &TestServer) -> (Person, Person, Person, ThreadId) {
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.group("Three", &[&bob, &carol]).await.thread_id;
    (alice, bob, carol, thread_id)
}

async fn unread(person: &Person, thread_id: ThreadId) -> (u64, u64) {
    let thread = person.thread(thread_id).await.unwrap();
    (thread.unread(), thread.unread_mentions())
}

fn calls(message: &Message, people: &[&Person]) -> bool {
    message.mentions == people.iter().map(|person| person.user.user_id).collect::<Vec<_>>()
}

#[tokio::test]
async fn whoever_is_called_counts_it_apart_from_what_is_unread() {
    let server = TestServer::start().await;
    let (alice, bob, carol, thread_id) = group(&server).await;
    let (mut hers, mut inbox) = (bob.live().await, bob.inbox().await);
    alice.send(thread_id, "Hello all").await;
    let called = alice.send(thread_id, "Are you up, @Bob?").await;
    assert!(calls(&called, &[&bob]), "{called:?}");
    assert!(called.html.as_deref().unwrap().contains("<mark>@Bob</mark>"), "{called:?}");
    let last = alice.send(thread_id, "@bob @carol @alice @nobody bob@example.com `@carol`").await;
    assert_eq!(last.mentions.len(), 3);
    for _ in 0..3 {
        assert_eq!(inbox.apply(&hers.event().await), Outcome::Applied);
    }
    assert_eq!(inbox, bob.inbox().await);
    assert_eq!(unread(&bob, thread_id).await, (3, 2));
    assert_eq!(unread(&carol, thread_id).await, (3, 1));
    assert_eq!(unread(&alice, thread_id).await, (0, 0), "calling oneself counts for nothing");

    bob.read(thread_id, called.created_at).await;
    let event = hers.event().await;
    assert!(matches!(event, Event::ReadMoved { mention_read_count: 1, .. }), "{event:?}");
    assert_eq!(inbox.apply(&event), Outcome::Applied);
    assert_eq!(inbox, bob.inbox().await);
    assert_eq!(unread(&bob, thread_id).await, (1, 1));
    bob.read(thread_id, last.created_at).await;
    assert_eq!(unread(&bob, thread_id).await, (0, 0));
}

#[tokio::test]
async fn strangers_former_members_and_retries_count_nothing() {
    let server = TestServer::start().await;
    let (alice, bob, carol, thread_id) = group(&server).await;
    server.person("stranger").await;
    alice.remove(thread_id, &carol).await;
    let send = alice.message(thread_id, "@stranger @carol @bob");
    for _ in 0..2 {
        alice.done(&send).await;
    }
    assert_eq!(unread(&bob, thread_id).await, (1, 1));
    let page = bob.messages(thread_id, "").await.unwrap();
    assert!(calls(&page.messages[0], &[&bob]), "{page:?}");
}

#[tokio::test]
async fn an_edit_marks_who_is_called_then_and_counts_nothing() {
    let server = TestServer::start().await;
    let (alice, bob, carol, thread_id) = group(&server).await;
    let message = alice.send(thread_id, "@bbo, are you up?").await;
    assert_eq!((message.mentions.len(), message.html.as_deref()), (0, None));
    alice.edit(&message, "@bob, are you up?").await.unwrap();
    let edited = bob.messages(thread_id, "").await.unwrap().messages.remove(0);
    assert!(calls(&edited, &[&bob]) && edited.html.unwrap().contains("<mark>@bob</mark>"));
    assert_eq!(unread(&bob, thread_id).await, (1, 0));
    alice.delete(&message).await.unwrap();
    let deleted = carol.messages(thread_id, "").await.unwrap().messages.remove(0);
    assert!(calls(&deleted, &[]), "{deleted:?}");
}

#[tokio::test]
async fn names_are_completed_from_the_members_alone() {
    let server = TestServer::start().await;
    let (alice, bob, carol, thread_id) = group(&server).await;
    let stranger = server.person("bobby").await;
    let find = async |person: &Person, prefix: &str| {
        let path = format!("/api/v1/threads/{thread_id}/members/search?prefix={prefix}");
        let page: Result<PeoplePage, _> = person.get(&path).await;
        page.map(|page| page.people.into_iter().map(|user| user.user_id).collect::<Vec<_>>())
    };
    assert_eq!(find(&alice, "bo").await.unwrap(), [bob.user.user_id]);
    let all = find(&alice, "").await.unwrap();
    assert!(
        all.len() == 2 && all.contains(&bob.user.user_id) && all.contains(&carol.user.user_id),
        "{all:?}"
    );
    assert_refused(find(&stranger, "bo").await, &Refusal::ThreadNotFound);
}
