//! Notes to self: a thread of one, of which each has one.

use crate::{
    browser::Browser,
    harness::{TestServer, assert_refused},
};
use futures_util::future::join_all;
use model::{
    Refusal, ThreadKind,
    wire::{Answer, Command, Event, Outcome},
};

#[tokio::test]
async fn one_has_one_thread_for_notes_also_when_it_is_opened_twice_at_once() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let opened = join_all((0..8).map(|_| alice.direct(&alice))).await;
    let notes = opened[0].clone();
    assert_eq!(notes.kind, ThreadKind::Notes);
    assert!(opened.iter().all(|thread| thread.thread_id == notes.thread_id));
    assert_ne!(bob.direct(&bob).await.thread_id, notes.thread_id);
    assert_refused(bob.thread(notes.thread_id).await, &Refusal::ThreadNotFound);
    let members = alice.members(notes.thread_id).await.unwrap().members;
    assert_eq!(members.len(), 1);
}

#[tokio::test]
async fn notes_come_to_ones_other_devices_and_are_never_unread() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let notes = alice.direct(&alice).await.thread_id;
    let (mut other, mut inbox) = (alice.live().await, alice.inbox().await);
    let note = alice.send(notes, "Buy *milk*").await;
    let event = other.event().await;
    assert!(matches!(&event, Event::MessageSent { message, .. } if *message == note), "{event:?}");
    assert_eq!(inbox.apply(&event), Outcome::Applied);
    assert_eq!(inbox, alice.inbox().await);
    let thread = alice.thread(notes).await.unwrap();
    assert_eq!((thread.unread(), thread.seen_seq), (0, None));
    assert_eq!(thread.last_message.unwrap().excerpt, "Buy milk");
    let pinned = Command::PinMessage { thread_id: notes, message_id: note.message_id, is_pinned: true };
    assert_eq!(alice.done(&pinned).await, Answer::Done);
}

#[tokio::test]
async fn without_scripts_a_button_opens_them() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let mut browser = Browser::of(&server, &alice);
    browser.open("/new").await.assert_shows("Notes to self");
    let me = alice.user.user_id.to_string();
    let opened = browser.submit("/new", &[("do", ""), ("user_id", &me), ("q", "")]).await;
    let path = opened.redirect().to_owned();
    browser.open(&path).await.assert_shows("Only you see this");
}
