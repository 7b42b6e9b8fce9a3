//! Editing and deleting.

use crate::harness::{Person, TestServer, assert_refused};
use model::{
    Message, Refusal, Role,
    wire::{Answer, Event},
};

/// The message as somebody reads it.
async fn read(person: &Person, message: &Message) -> Message {
    let page = person.messages(message.thread_id, "").await.unwrap();
    page.messages.into_iter().find(|known| known.message_id == message.message_id).unwrap()
}

#[tokio::test]
async fn an_edited_message_has_its_new_words_everywhere_and_its_old_ones_are_kept() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let message = alice.send(thread_id, "see you at sevn").await;
    let mut live = bob.live().await;
    for body in ["see you at seven", "see you at eight  "] {
        assert_eq!(alice.edit(&message, body).await, Ok(Answer::Done));
    }
    let now = read(&bob, &message).await;
    assert_eq!((now.body.as_str(), now.seq, now.created_at), ("see you at eight", 1, message.created_at));
    assert!(now.edited_at.is_some_and(|at| at > message.created_at) && !now.is_deleted);
    live.event().await;
    assert_eq!(live.event().await, Event::MessageChanged { change: 2, message: now });
    assert_eq!(bob.versions(&message).await.unwrap(), ["see you at sevn", "see you at seven"]);
    let last = bob.thread(thread_id).await.unwrap().last_message.unwrap();
    assert_eq!(last.excerpt, "see you at eight");
}

#[tokio::test]
async fn the_same_words_again_change_nothing_and_tell_nobody() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let message = alice.send(thread_id, "one").await;
    let mut live = bob.live().await;
    for body in ["two", "two", "two\n"] {
        alice.edit(&message, body).await.unwrap();
    }
    alice.delete(&message).await.unwrap();
    alice.delete(&message).await.unwrap();
    assert_eq!(bob.thread(thread_id).await.unwrap().change, 2);
    alice.send(thread_id, "after").await;
    let kinds = [live.event().await, live.event().await, live.event().await].map(|event| event.change());
    assert_eq!(kinds, [Some((thread_id, 1)), Some((thread_id, 2)), None]);
}

#[tokio::test]
async fn only_the_sender_edits_and_only_what_may_be_said() {
    let server = TestServer::start().await;
    let (alice, bob, stranger) = server.people().await;
    let thread_id = alice.group("Two", &[&bob]).await.thread_id;
    let message = bob.send(thread_id, "mine").await;
    assert_refused(alice.edit(&message, "yours").await, &Refusal::SenderRequired);
    assert_refused(stranger.edit(&message, "yours").await, &Refusal::ThreadNotFound);
    assert_refused(bob.edit(&message, " \n").await, &Refusal::BodyEmpty);
    let unknown = Message { message_id: model::MessageId::generate(), ..message.clone() };
    assert_refused(bob.edit(&unknown, "nothing").await, &Refusal::MessageNotFound);
    assert_eq!(read(&bob, &message).await, message);
}

#[tokio::test]
async fn a_deleted_message_leaves_its_place_and_nothing_else() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let message = alice.send(thread_id, "an indiscretion").await;
    alice.edit(&message, "an indiscretion indeed").await.unwrap();
    assert_refused(bob.delete(&message).await, &Refusal::SenderRequired);
    alice.delete(&message).await.unwrap();
    let now = read(&bob, &message).await;
    assert_eq!((now.body.as_str(), now.seq, now.is_deleted, now.edited_at), ("", 1, true, None));
    assert_eq!(bob.versions(&message).await.unwrap(), [""; 0]);
    assert_refused(alice.edit(&message, "again").await, &Refusal::MessageNotFound);
    let last = bob.thread(thread_id).await.unwrap().last_message.unwrap();
    assert_eq!((last.excerpt.as_str(), last.is_deleted), ("", true));
    for path in ["/".to_owned(), format!("/t/{thread_id}")] {
        assert!(!bob.page(&path).await.1.contains("indiscretion"), "{path}");
    }
    let rows: Vec<String> = sqlx::query_scalar("select body from message union all select body from version")
        .fetch_all(&server.state.db)
        .await
        .unwrap();
    assert_eq!(rows, [""]);
}

#[tokio::test]
async fn a_groups_admins_delete_what_others_said() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.group("Three", &[&bob, &carol]).await.thread_id;
    let message = bob.send(thread_id, "rude").await;
    assert_refused(carol.delete(&message).await, &Refusal::AdminRequired);
    alice.set_role(thread_id, &carol, Role::Admin).await.unwrap();
    carol.delete(&message).await.unwrap();
    assert!(read(&bob, &message).await.is_deleted);
}

#[tokio::test]
async fn the_newest_versions_are_kept_and_no_more() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let message = alice.send(thread_id, "version 0").await;
    let last = Message::MAX_VERSIONS + 3;
    for number in 1..=last {
        alice.edit(&message, &format!("version {number}")).await.unwrap();
    }
    let kept: Vec<_> = (3..last).map(|number| format!("version {number}")).collect();
    assert_eq!(bob.versions(&message).await.unwrap(), kept);
}

#[tokio::test]
async fn a_retry_of_an_edited_message_is_answered_with_what_it_says_now() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let send = alice.message(thread_id, "first words");
    let Answer::Sent { message } = alice.done(&send).await else { panic!("not sent") };
    alice.edit(&message, "other words").await.unwrap();
    let Answer::Sent { message: again } = alice.done(&send).await else { panic!("not sent") };
    assert_eq!(again, read(&bob, &message).await);
}
