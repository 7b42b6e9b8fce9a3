//! Replies, and what they show of the messages that they answer.

use crate::harness::{Person, TestServer, assert_refused};
use model::{Message, MessageId, Quote, Refusal, wire::Event};

/// What a reply quotes, as somebody reads it in a new page.
async fn quote(person: &Person, reply: &Message) -> Option<Quote> {
    let page = person.messages(reply.thread_id, "").await.unwrap();
    let reply = page.messages.into_iter().find(|known| known.message_id == reply.message_id).unwrap();
    reply.reply_to
}

#[tokio::test]
async fn a_reply_shows_whom_and_what_it_answers() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let message = alice.send(thread_id, "tea\nor coffee?").await;
    let mut live = alice.live().await;
    let reply = bob.reply(&message, "tea").await;
    let expected = Quote {
        message_id: message.message_id,
        created_at: message.created_at,
        sender_id: alice.user.user_id,
        sender_name: "Alice".into(),
        excerpt: "tea or coffee?".into(),
        is_deleted: false,
        change: 0,
    };
    assert_eq!(reply.reply_to.as_ref(), Some(&expected));
    assert_eq!(live.message().await, reply);
    assert_eq!(quote(&alice, &reply).await, Some(expected));
}

#[tokio::test]
async fn a_quote_follows_when_its_message_is_edited_and_lets_go_when_it_is_deleted() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let message = alice.send(thread_id, "a secret").await;
    let reply = bob.reply(&message, "really?").await;
    alice.edit(&message, "a rumour").await.unwrap();
    assert_eq!(quote(&bob, &reply).await.unwrap().excerpt, "a rumour");
    alice.delete(&message).await.unwrap();
    let left = quote(&bob, &reply).await.unwrap();
    assert_eq!((left.excerpt.as_str(), left.is_deleted), ("", true));
    // The reply itself did not change, so nobody has to be told of it.
    assert_eq!(bob.changes(thread_id, 0).await.unwrap().messages.len(), 1);
}

#[tokio::test]
async fn a_message_that_was_deleted_meanwhile_is_answered_all_the_same() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let message = alice.send(thread_id, "a secret").await;
    alice.delete(&message).await.unwrap();
    let reply = bob.reply(&message, "what was it?").await;
    assert!(reply.reply_to.is_some_and(|quote| quote.is_deleted && quote.excerpt.is_empty()));
}

#[tokio::test]
async fn only_messages_of_the_same_thread_can_be_answered() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let elsewhere = carol.direct(&alice).await.thread_id;
    let secret = carol.send(elsewhere, "not for bob").await;
    let here = alice.send(thread_id, "for bob").await;
    for message_id in [secret.message_id, MessageId::generate()] {
        let to = Message { message_id, ..here.clone() };
        assert_refused(bob.try_reply(&to, "what?").await, &Refusal::MessageNotFound);
    }
    assert!(bob.try_reply(&here, "yes?").await.is_ok());
}

#[tokio::test]
async fn a_deleted_reply_quotes_nothing() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let message = alice.send(thread_id, "see you at seven").await;
    let reply = bob.reply(&message, "or not").await;
    let mut live = alice.live().await;
    bob.delete(&reply).await.unwrap();
    let Event::MessageChanged { message: told, .. } = live.event().await else { panic!("no change") };
    assert_eq!((told.reply_to, quote(&alice, &reply).await), (None, None));
}
