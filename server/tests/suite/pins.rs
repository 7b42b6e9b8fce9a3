//! Pinned messages: who may pin, what stands on top, and what becomes of it.

use crate::harness::{Person, TestServer, assert_refused};
use model::{
    Message, Pins, Problem, Refusal, Role, ThreadId,
    wire::{Answer, Command, Event},
};

async fn pin(person: &Person, message: &Message, is_pinned: bool) -> Result<Answer, Problem> {
    let (thread_id, message_id) = (message.thread_id, message.message_id);
    person.command(&Command::PinMessage { thread_id, message_id, is_pinned }).await
}

/// What somebody sees on top of a thread: how many, and the last one's words.
async fn top(person: &Person, thread_id: ThreadId) -> Option<(u64, String)> {
    let pins = person.thread(thread_id).await.unwrap().pins;
    pins.map(|Pins { count, last }| (count, last.excerpt))
}

#[tokio::test]
async fn what_is_pinned_stands_on_top_for_everybody_the_last_one_first() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let (first, second) = (alice.send(thread_id, "the address").await, bob.send(thread_id, "the code").await);
    let mut live = alice.live().await;
    for (person, message) in [(&bob, &first), (&alice, &second), (&alice, &second)] {
        assert_eq!(pin(person, message, true).await, Ok(Answer::Done));
    }
    assert_eq!(top(&bob, thread_id).await, Some((2, "the code".into())));
    let Event::Pinned { seq: 1, is_pinned: true, pins: Some(pins), .. } = live.event().await else {
        panic!("nobody was told")
    };
    assert_eq!((pins.count, pins.last.sender_name.as_str()), (1, "Alice"));
    let (_, html) = alice.page(&format!("/t/{thread_id}/pins")).await;
    assert!(html.find("the code").unwrap() < html.find("the address").unwrap(), "{html}");

    pin(&bob, &second, false).await.unwrap();
    assert_eq!(top(&alice, thread_id).await, Some((1, "the address".into())));
    pin(&bob, &first, false).await.unwrap();
    assert_eq!(top(&alice, thread_id).await, None);
}

#[tokio::test]
async fn in_a_group_its_admins_pin() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.group("Tea", &[&bob]).await.thread_id;
    let message = bob.send(thread_id, "kettle is on").await;
    assert_refused(pin(&bob, &message, true).await, &Refusal::AdminRequired);
    assert_refused(pin(&carol, &message, true).await, &Refusal::ThreadNotFound);
    alice.done(&Command::SetRole { thread_id, user_id: bob.user.user_id, role: Role::Admin }).await;
    assert_eq!(pin(&bob, &message, true).await, Ok(Answer::Done));
    assert_eq!(carol.page(&format!("/t/{thread_id}/pins")).await.0, 404);
}

#[tokio::test]
async fn what_is_edited_is_edited_on_top_and_what_is_deleted_is_pinned_no_longer() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let message = alice.send(thread_id, "at seven").await;
    pin(&bob, &message, true).await.unwrap();
    alice.edit(&message, "at eight").await.unwrap();
    assert_eq!(top(&bob, thread_id).await, Some((1, "at eight".into())));
    alice.delete(&message).await.unwrap();
    assert_eq!(top(&bob, thread_id).await, None);
    assert_refused(pin(&bob, &message, true).await, &Refusal::MessageNotFound);
}

#[tokio::test]
async fn a_date_leads_to_its_first_message_or_the_next_one() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let message = alice.send(thread_id, "today").await;
    for date in ["2020-01-01", "2999-01-01"] {
        let path = format!("/t/{thread_id}?date={date}");
        let response = alice.request(reqwest::Method::GET, &path).send().await.unwrap();
        let expected = format!("/t/{thread_id}?around={}#m-{}", message.created_at.0, message.message_id);
        assert_eq!(response.headers()["location"], expected.as_str(), "{date}");
    }
    assert_eq!(alice.page(&format!("/t/{thread_id}?date=yesterday")).await.0, 400);
    assert_eq!(carol.page(&format!("/t/{thread_id}?date=2020-01-01")).await.0, 404);
    assert_eq!(carol.page(&format!("/t/{thread_id}/date")).await.0, 404);
    assert_eq!(alice.page(&format!("/t/{thread_id}/date")).await.0, 200);
}
