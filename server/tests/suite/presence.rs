//! Who is here: who is told, and who never is.

use crate::harness::{Live, Person, TestServer, assert_refused};
use model::{
    Refusal, ThreadId, UserId,
    presence::{MAX_FOLLOWED, Presence, PresenceOf},
    wire::{Command, Event},
};
use reqwest::Method;
use serde_json::json;

/// The next thing that is told of somebody.
async fn told(live: &mut Live) -> (UserId, Presence) {
    loop {
        if let Event::PresenceChanged { presences } = live.event().await {
            let [PresenceOf { user_id, presence }] = presences[..] else { panic!("{presences:?}") };
            return (user_id, presence);
        }
    }
}

/// Everything that is told of people until something that comes later.
async fn heard(person: &Person, live: &mut Live) -> Vec<Event> {
    let fence = person.group("Fence", &[]).await.thread_id;
    let is_fence =
        |event: &Event| matches!(event, Event::ThreadJoined { thread } if thread.thread_id == fence);
    let events = live.events_until(is_fence).await;
    events.into_iter().filter(|event| matches!(event, Event::PresenceChanged { .. })).collect()
}

async fn hides_presence(person: &Person) {
    let privacy = json!({ "shows_typing": true, "shows_presence": false, "shows_receipts": true, "secret_from": "contacts" });
    let response = person.request(Method::PUT, "/api/v1/privacy").json(&privacy).send().await.unwrap();
    assert!(response.status().is_success());
}

/// A thread in which both have written.
async fn conversation(one: &Person, other: &Person) -> ThreadId {
    let thread_id = one.direct(other).await.thread_id;
    one.send(thread_id, "hello").await;
    other.send(thread_id, "hello you").await;
    thread_id
}

#[tokio::test]
async fn whoever_talks_with_somebody_sees_them_come_and_go() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    conversation(&alice, &bob).await;
    let (mut hers, mut his) = (alice.live().await, bob.live().await);
    hers.look(&[&bob], None).await.unwrap();
    assert_eq!(heard(&alice, &mut hers).await, [], "he has never been here");
    his.look(&[], None).await.unwrap();
    let bob_id = bob.user.user_id;
    assert_eq!(told(&mut hers).await, (bob_id, Presence::Online));
    // A second tab says nothing new, and its end neither.
    let mut second = bob.live().await;
    second.look(&[], None).await.unwrap();
    drop(second);
    // He is asked for again.
    hers.look(&[], None).await.unwrap();
    hers.look(&[&bob], None).await.unwrap();
    assert_eq!(told(&mut hers).await, (bob_id, Presence::Online));
    drop(his);
    let (user_id, gone) = told(&mut hers).await;
    assert!(user_id == bob_id && matches!(gone, Presence::Seen(_)), "{gone:?}");
}

#[tokio::test]
async fn a_page_that_is_left_and_comes_back_is_no_absence() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    conversation(&alice, &bob).await;
    let (mut hers, mut his) = (alice.live().await, bob.live().await);
    hers.look(&[&bob], None).await.unwrap();
    his.look(&[], None).await.unwrap();
    assert_eq!(told(&mut hers).await, (bob.user.user_id, Presence::Online));
    drop(his);
    let mut again = bob.live().await;
    again.look(&[], None).await.unwrap();
    // A hidden tab is an absence.
    again.command(Command::Look { is_here: false, user_ids: Vec::new(), thread_id: None }).await.unwrap();
    let (user_id, gone) = told(&mut hers).await;
    assert!(user_id == bob.user.user_id && matches!(gone, Presence::Seen(_)), "{gone:?}");
}

#[tokio::test]
async fn strangers_learn_nothing_and_whoever_was_only_written_to_shows_nothing() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    alice.send(alice.direct(&bob).await.thread_id, "do you read this?").await;
    let group = bob.group("Sewing", &[]).await.thread_id;
    let (mut hers, mut his, mut strangers) = (alice.live().await, bob.live().await, carol.live().await);
    hers.look(&[&bob], None).await.unwrap();
    strangers.look(&[&alice, &bob], None).await.unwrap();
    assert_refused(strangers.look(&[&bob], Some(group)).await, &Refusal::ThreadNotFound);
    his.look(&[&alice], None).await.unwrap();
    // She has written to him, he has not to her.
    assert_eq!(told(&mut his).await, (alice.user.user_id, Presence::Online));
    assert_eq!(heard(&alice, &mut hers).await, []);
    assert_eq!(heard(&carol, &mut strangers).await, []);
}

#[tokio::test]
async fn members_of_a_group_see_each_other_and_former_ones_nobody() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let group = alice.group("Sewing", &[&bob, &carol]).await.thread_id;
    let (mut hers, mut his, mut carols) = (alice.live().await, bob.live().await, carol.live().await);
    his.look(&[&alice, &carol], Some(group)).await.unwrap();
    hers.look(&[&bob, &carol], Some(group)).await.unwrap();
    assert_eq!(told(&mut his).await, (alice.user.user_id, Presence::Online));
    assert_eq!(told(&mut hers).await, (bob.user.user_id, Presence::Online));

    alice.remove(group, &bob).await;
    let mut gone = [told(&mut his).await, told(&mut his).await];
    gone.sort_by_key(|(user_id, _)| *user_id != alice.user.user_id);
    let expected = [&alice, &carol].map(|person| (person.user.user_id, Presence::Hidden));
    assert_eq!(gone, expected);
    assert_eq!(told(&mut hers).await, (bob.user.user_id, Presence::Hidden));
    carols.look(&[], None).await.unwrap();
    assert_eq!(told(&mut hers).await, (carol.user.user_id, Presence::Online));
    assert_eq!(heard(&bob, &mut his).await, []);
    assert_refused(his.look(&[&alice], Some(group)).await, &Refusal::ThreadNotFound);
}

#[tokio::test]
async fn whoever_hides_is_not_seen_and_does_not_see() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    conversation(&alice, &bob).await;
    let (mut hers, mut his) = (alice.live().await, bob.live().await);
    hers.look(&[&bob], None).await.unwrap();
    his.look(&[&alice], None).await.unwrap();
    assert_eq!(told(&mut hers).await, (bob.user.user_id, Presence::Online));
    assert_eq!(told(&mut his).await, (alice.user.user_id, Presence::Online));
    hides_presence(&bob).await;
    assert_eq!(told(&mut hers).await, (bob.user.user_id, Presence::Hidden));
    his.look(&[&alice], None).await.unwrap();
    hers.look(&[], None).await.unwrap();
    hers.look(&[&bob], None).await.unwrap();
    assert_eq!(heard(&alice, &mut hers).await, []);
    let seen = heard(&bob, &mut his).await;
    let is_hidden = |event: &Event| matches!(event, Event::PresenceChanged { presences } if presences.iter().all(|one| one.presence == Presence::Hidden));
    assert!(seen.iter().all(is_hidden), "{seen:?}");
}

#[tokio::test]
async fn when_somebody_was_last_seen_outlives_the_server() {
    let database = TestServer::fresh_database().await;
    let server = TestServer::start_on(database.clone(), &[]).await;
    let (alice, bob, _) = server.people().await;
    conversation(&alice, &bob).await;
    let mut his = bob.live().await;
    his.look(&[], None).await.unwrap();
    server.stop().await;
    let server = TestServer::start_on(database, &[]).await;
    let mut hers = server.again(&alice).live().await;
    hers.look(&[&bob], None).await.unwrap();
    let (user_id, seen) = told(&mut hers).await;
    assert!(user_id == bob.user.user_id && matches!(seen, Presence::Seen(_)), "{seen:?}");
}

#[tokio::test]
async fn a_screen_holds_only_so_many_and_only_a_connection_has_one() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let user_ids: Vec<_> = (0..=MAX_FOLLOWED).map(|_| UserId::generate()).collect();
    let look = Command::Look { is_here: true, user_ids, thread_id: None };
    let mut hers = alice.live().await;
    assert!(hers.command(look.clone()).await.is_err_and(|problem| problem.is("request-invalid")));
    assert!(alice.command(&look).await.is_err_and(|problem| problem.is("request-invalid")));
}
