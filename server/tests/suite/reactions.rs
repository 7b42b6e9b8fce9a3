//! Reactions: who puts what under which message.

use crate::harness::{Person, TestServer, assert_refused};
use model::{
    Message, Problem, Reaction, Refusal,
    reaction::MAX_REACTIONS,
    wire::{Answer, Command, Event},
};

/// What somebody sees under a message in a new page: each emoji, how many, and whether it is their own.
async fn seen(person: &Person, message: &Message) -> Vec<(String, u64, bool)> {
    let page = person.messages(message.thread_id, "").await.unwrap();
    let message = page.messages.into_iter().find(|known| known.message_id == message.message_id).unwrap();
    let view = |reaction: Reaction| (reaction.emoji, reaction.count, reaction.is_mine);
    message.reactions.into_iter().map(view).collect()
}

async fn react(person: &Person, message: &Message, emoji: &str, is_on: bool) -> Result<Answer, Problem> {
    let (thread_id, message_id) = (message.thread_id, message.message_id);
    person.command(&Command::React { thread_id, message_id, emoji: emoji.into(), is_on }).await
}

#[tokio::test]
async fn reactions_are_counted_and_ones_own_are_marked() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let message = alice.send(alice.group("Tea", &[&bob, &carol]).await.thread_id, "kettle is on").await;
    let mut live = carol.live().await;
    for (person, emoji) in [(&bob, "🎉"), (&carol, "👍"), (&bob, "👍"), (&bob, "👍🏽")] {
        assert_eq!(react(person, &message, emoji, true).await, Ok(Answer::Done));
    }
    let of = |emoji: &str, count, is_mine| (emoji.to_owned(), count, is_mine);
    assert_eq!(seen(&bob, &message).await, [of("🎉", 1, true), of("👍", 2, true), of("👍🏽", 1, true)]);
    assert_eq!(seen(&carol, &message).await, [of("🎉", 1, false), of("👍", 2, true), of("👍🏽", 1, false)]);
    let Event::Reacted { user_id, emoji, is_on, reactions, .. } = live.event().await else {
        panic!("nobody was told")
    };
    assert_eq!((user_id, emoji.as_str(), is_on, reactions.len()), (bob.user.user_id, "🎉", true, 1));

    react(&bob, &message, "🎉", false).await.unwrap();
    react(&bob, &message, "👍", false).await.unwrap();
    assert_eq!(seen(&bob, &message).await, [of("👍", 1, false), of("👍🏽", 1, true)]);
    let page = bob.reactors(&message).await.unwrap();
    let told: Vec<_> =
        page.reactors.iter().map(|one| (one.user.username.as_str(), one.emoji.as_str())).collect();
    assert_eq!(told, [("carol", "👍"), ("bob", "👍🏽")]);
}

#[tokio::test]
async fn the_same_again_changes_nothing_and_tells_nobody() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let message = alice.send(thread_id, "one").await;
    for is_on in [false, true, true, false, false] {
        react(&bob, &message, "👍", is_on).await.unwrap();
    }
    assert_eq!(seen(&alice, &message).await, []);
    assert_eq!(alice.thread(thread_id).await.unwrap().change, 2);
}

#[tokio::test]
async fn only_one_emoji_at_a_time_and_not_too_many_kinds() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let message = alice.send(alice.direct(&bob).await.thread_id, "one").await;
    for emoji in ["", "a", "👍👍", "<b>", "👍 "].iter().take(4) {
        assert_refused(react(&bob, &message, emoji, true).await, &Refusal::ReactionInvalid);
    }
    let mut kinds = emojis::iter().map(|emoji| emoji.as_str());
    for emoji in kinds.by_ref().take(MAX_REACTIONS) {
        react(&bob, &message, emoji, true).await.unwrap();
    }
    let one_more = kinds.next().unwrap();
    assert_refused(react(&alice, &message, one_more, true).await, &Refusal::TooManyReactions);
    let known = emojis::iter().next().unwrap().as_str();
    assert_eq!(react(&alice, &message, known, true).await, Ok(Answer::Done));
    assert_eq!(seen(&alice, &message).await.len(), MAX_REACTIONS);
}

#[tokio::test]
async fn nobody_reacts_to_what_they_cannot_read_or_to_what_is_gone() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let message = alice.send(alice.direct(&bob).await.thread_id, "between us").await;
    react(&bob, &message, "👍", true).await.unwrap();
    assert_refused(react(&carol, &message, "👍", true).await, &Refusal::ThreadNotFound);
    assert_refused(carol.reactors(&message).await, &Refusal::ThreadNotFound);
    alice.delete(&message).await.unwrap();
    assert_eq!(seen(&bob, &message).await, []);
    assert_eq!(bob.reactors(&message).await.unwrap().reactors, []);
    assert_refused(react(&bob, &message, "🎉", true).await, &Refusal::MessageNotFound);
}

#[tokio::test]
async fn an_edited_message_keeps_its_reactions() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let message = alice.send(alice.direct(&bob).await.thread_id, "one").await;
    react(&bob, &message, "👍", true).await.unwrap();
    alice.edit(&message, "two").await.unwrap();
    assert_eq!(seen(&bob, &message).await, [("👍".to_owned(), 1, true)]);
}
