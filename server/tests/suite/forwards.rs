//! Forwarding: whose words, where to, and with which files.

use crate::harness::{Person, TestServer, assert_refused};
use model::{
    File, Message, MessageId, Problem, Refusal, ThreadId,
    wire::{Answer, Command},
};
use reqwest::StatusCode;
use server::files::sweep;

async fn forward(
    person: &Person,
    message: &Message,
    thread_id: ThreadId,
    message_id: MessageId,
) -> Result<Message, Problem> {
    let (from_thread_id, from_message_id) = (message.thread_id, message.message_id);
    let command = Command::ForwardMessage { message_id, thread_id, from_thread_id, from_message_id };
    match person.command(&command).await? {
        Answer::Sent { message } => Ok(message),
        other => panic!("forwarding was answered with {other:?}"),
    }
}

async fn fetch(person: &Person, thread_id: ThreadId, file: &File) -> (StatusCode, String) {
    person.page(&file.path(thread_id)).await
}

#[tokio::test]
async fn a_message_goes_on_with_the_name_of_its_first_author() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let message = alice.send(alice.direct(&bob).await.thread_id, "**the** door code").await;
    let there = bob.direct(&carol).await.thread_id;
    let mut live = carol.live().await;
    let once = forward(&bob, &message, there, MessageId::generate()).await.unwrap();
    assert_eq!((once.body.as_str(), once.sender_id), ("**the** door code", bob.user.user_id));
    let author = once.forward.clone().unwrap();
    assert_eq!((author.sender_id, author.sender_name.as_str()), (alice.user.user_id, "Alice"));
    assert_eq!(live.message().await, once);
    // However often it is passed on.
    let further = carol.group("Everybody", &[&alice]).await.thread_id;
    let twice = forward(&carol, &once, further, MessageId::generate()).await.unwrap();
    assert_eq!(twice.forward, Some(author));
    // Into the same thread as well, and one is enough.
    let message_id = MessageId::generate();
    let (one, again) =
        (forward(&bob, &message, there, message_id).await, forward(&bob, &message, there, message_id).await);
    assert_eq!(one, again);
    assert_eq!(carol.messages(there, "").await.unwrap().messages.len(), 2);
}

#[tokio::test]
async fn whoever_was_removed_and_tries_again_hears_that_it_was_forwarded() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let message = alice.send(alice.direct(&bob).await.thread_id, "pass it on").await;
    let there = carol.group("Walks", &[&alice, &bob]).await.thread_id;
    let message_id = MessageId::generate();
    let once = forward(&bob, &message, there, message_id).await.unwrap();
    carol.remove(there, &bob).await;
    assert_eq!(forward(&bob, &message, there, message_id).await.unwrap(), once);
    assert_refused(forward(&bob, &message, there, MessageId::generate()).await, &Refusal::ThreadNotFound);
}

#[tokio::test]
async fn what_was_forwarded_is_not_edited_and_can_be_deleted() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let message = alice.send(alice.direct(&bob).await.thread_id, "I said this").await;
    let there = bob.direct(&carol).await.thread_id;
    let forwarded = forward(&bob, &message, there, MessageId::generate()).await.unwrap();
    assert_refused(bob.edit(&forwarded, "and this").await, &Refusal::ForwardKept);
    assert_eq!(bob.delete(&forwarded).await, Ok(Answer::Done));
    let left = carol.messages(there, "").await.unwrap().messages.remove(0);
    assert_eq!((left.forward, left.body.as_str()), (None, ""));
    // The one that it came from is another message.
    assert_eq!(bob.messages(message.thread_id, "").await.unwrap().messages[0].body, "I said this");
}

#[tokio::test]
async fn nobody_forwards_what_they_cannot_read_or_to_where_they_cannot_write() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let between_us = alice.direct(&bob).await.thread_id;
    let message = alice.send(between_us, "between us").await;
    let elsewhere = carol.group("Elsewhere", &[]).await.thread_id;
    let id = MessageId::generate;
    assert_refused(forward(&carol, &message, elsewhere, id()).await, &Refusal::ThreadNotFound);
    assert_refused(forward(&alice, &message, elsewhere, id()).await, &Refusal::ThreadNotFound);
    let unknown = Message { message_id: id(), ..message.clone() };
    assert_refused(forward(&alice, &unknown, between_us, id()).await, &Refusal::MessageNotFound);
    alice.delete(&message).await.unwrap();
    assert_refused(forward(&bob, &message, between_us, id()).await, &Refusal::MessageNotFound);
    assert_eq!(carol.messages(elsewhere, "").await.unwrap().messages, []);
}

#[tokio::test]
async fn files_go_along_without_their_bytes_and_stay_as_long_as_one_message_has_them() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let (here, there) = (alice.direct(&bob).await.thread_id, bob.direct(&carol).await.thread_id);
    let file = alice.upload(here, "plan.txt", b"the plan").await.unwrap();
    let sent = alice.done(&alice.message_with(here, "see", &[&file])).await;
    let Answer::Sent { message } = sent else { panic!("{sent:?}") };
    let forwarded = forward(&bob, &message, there, MessageId::generate()).await.unwrap();
    let copy = &forwarded.files[0];
    assert_eq!((copy.name.as_str(), copy.size_bytes), ("plan.txt", 8));
    assert_ne!(copy.file_id, file.file_id);
    assert_eq!(fetch(&carol, there, copy).await, (StatusCode::OK, "the plan".into()));
    // It opens nothing else: neither where it came from, nor there for whoever was here.
    assert_eq!(fetch(&carol, here, &file).await.0, StatusCode::NOT_FOUND);
    assert_eq!(fetch(&alice, there, copy).await.0, StatusCode::NOT_FOUND);

    alice.delete(&message).await.unwrap();
    sweep(&server.state.files, &server.state.db).await.unwrap();
    assert_eq!(fetch(&bob, here, &file).await.0, StatusCode::NOT_FOUND);
    assert_eq!(fetch(&carol, there, copy).await, (StatusCode::OK, "the plan".into()));
    bob.delete(&forwarded).await.unwrap();
    sweep(&server.state.files, &server.state.db).await.unwrap();
    assert_eq!(fetch(&carol, there, copy).await.0, StatusCode::NOT_FOUND);
    assert_eq!(stored(&server.data.join("files/stored")), 0, "the bytes are still there");
}

/// How many files are below a folder.
fn stored(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| if entry.path().is_dir() { stored(&entry.path()) } else { 1 }).sum()
}

#[tokio::test]
async fn where_to_is_searched_for_among_ones_own_and_what_was_chosen_stays() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let message = alice.send(alice.direct(&bob).await.thread_id, "pass it on").await;
    let group = bob.group("Night walkers", &[&carol]).await.thread_id;
    let with_carol = bob.direct(&carol).await.thread_id;
    let foreign = alice.group("Night shift", &[&carol]).await.thread_id;
    for number in 0..60 {
        bob.group(&format!("Filler {number}"), &[]).await;
    }
    let page = async |query: &str| {
        let path = format!("/t/{}/m/{}/forward{query}", message.thread_id, message.message_id);
        bob.page(&path).await.1
    };
    let (row, chosen) =
        (|id: ThreadId| format!("value=\"{id}\">"), |id: ThreadId| format!("value=\"{id}\" checked>"));
    let all = page("").await;
    assert!(!all.contains(&row(group)) && all.contains("Filler 59"));
    let found = page(&format!("?query=NIGHT&to={with_carol}&to={foreign}")).await;
    assert!(found.contains(&row(group)) && found.contains(&chosen(with_carol)), "{found}");
    assert!(!found.contains(&foreign.to_string()) && !found.contains("Filler"), "{found}");
    assert!(page("?query=carol").await.contains(&row(with_carol)), "by the name of a person");
    assert!(page("?query=%25").await.contains("Nothing by that name"));
    assert!(!page("?query=carol&fragment").await.contains("<html"));
}
