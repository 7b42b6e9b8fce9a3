//! Sending and paging.

use crate::harness::{TestServer, assert_refused};
use model::{
    Message, MessageBody, MessageId, Refusal, Timestamp,
    page::MESSAGES,
    wire::{Answer, Command, Event},
};

#[tokio::test]
async fn a_message_reaches_every_tab_of_every_member_and_the_sender_too() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.group("Three", &[&bob, &carol]).await.thread_id;
    let mut tabs = Vec::new();
    for person in [&alice, &bob, &bob, &carol] {
        tabs.push(person.live().await);
    }
    let message = alice.send(thread_id, "hello\n  you & <all>").await;
    assert_eq!(message.body, "hello\n  you & <all>");
    for tab in &mut tabs {
        let expected = Event::MessageSent { message: message.clone(), sender: alice.user.clone() };
        assert_eq!(tab.event().await, expected);
    }
}

#[tokio::test]
async fn marks_arrive_as_sanitised_html_and_plain_text_as_it_is() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    alice.send(thread_id, "plain, 2 * 3 & https://a.example").await;
    let sent = alice.send(thread_id, "**loud** <script>alert(1)</script>").await;
    let html = "<p dir=\"auto\"><strong>loud</strong> &lt;script&gt;alert(1)&lt;/script&gt;</p>";
    assert_eq!(sent.html.as_deref(), Some(html));
    let page = bob.messages(thread_id, "").await.unwrap();
    let read: Vec<_> = page.messages.iter().map(|message| message.html.as_deref()).collect();
    assert_eq!(read, [None, Some(html)]);
}

#[tokio::test]
async fn a_retry_is_answered_with_the_first_answer_and_told_to_nobody() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.group("Three", &[&bob, &carol]).await.thread_id;
    let mut live = carol.live().await;
    let message_id = MessageId::generate();
    let send = |body: &str| Command::SendMessage {
        message_id,
        thread_id,
        body: body.into(),
        file_ids: Vec::new(),
        reply_to: None,
    };
    let first = alice.done(&send("once")).await;
    alice.send(thread_id, "between").await;
    assert_eq!(alice.done(&send("once")).await, first);
    // What was said stays said.
    assert_eq!(alice.done(&send("something else")).await, first);
    assert_refused(bob.command(&send("mine now")).await, &Refusal::IdTaken);
    let page = alice.messages(thread_id, "").await.unwrap();
    assert_eq!(page.messages.iter().map(|message| message.seq).collect::<Vec<_>>(), [1, 2]);
    alice.send(thread_id, "after").await;
    for body in ["once", "between", "after"] {
        assert_eq!(live.message().await.body, body);
    }
}

#[tokio::test]
async fn whoever_was_removed_and_tries_again_hears_that_it_was_stored_and_nothing_more() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.group("Walks", &[&bob, &carol]).await.thread_id;
    let send = bob.message(thread_id, "still here");
    let Answer::Sent { message } = bob.done(&send).await else { panic!("not sent") };
    let message_id = message.message_id;
    alice.done(&Command::React { thread_id, message_id, emoji: "👍".into(), is_on: true }).await;
    alice.remove(thread_id, &bob).await;
    let Answer::Sent { message: again } = bob.done(&send).await else { panic!("not sent") };
    assert_eq!(again, message);
    assert_refused(bob.command(&bob.message(thread_id, "and now")).await, &Refusal::ThreadNotFound);
    assert_refused(carol.command(&send).await, &Refusal::IdTaken);
    assert_eq!(carol.messages(thread_id, "").await.unwrap().messages.len(), 1);
}

#[tokio::test]
async fn the_same_id_in_another_thread_is_another_message() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let message_id = MessageId::generate();
    for peer in [&bob, &carol] {
        let thread_id = alice.direct(peer).await.thread_id;
        let send = Command::SendMessage {
            message_id,
            thread_id,
            body: "to each".into(),
            file_ids: Vec::new(),
            reply_to: None,
        };
        let Answer::Sent { message } = alice.done(&send).await else { panic!("not sent") };
        assert_eq!((message.thread_id, message.seq), (thread_id, 1));
    }
}

#[tokio::test]
async fn empty_and_oversized_bodies_are_refused_and_nothing_is_stored() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let send = |body: &str| alice.message(thread_id, body);
    assert_refused(alice.command(&send("")).await, &Refusal::BodyEmpty);
    assert_refused(alice.command(&send(" \n\t\u{0}")).await, &Refusal::BodyEmpty);
    let length = MessageBody::MAX_CHARS + 1;
    let too_long = "字".repeat(length);
    assert_refused(alice.command(&send(&too_long)).await, &Refusal::BodyTooLong { length });
    assert_refused(alice.command(&send(&"x".repeat(70_000))).await, &Refusal::RequestTooLarge);
    assert_eq!(alice.messages(thread_id, "").await.unwrap().messages, []);
    alice.send(thread_id, &"字".repeat(MessageBody::MAX_CHARS)).await;
}

#[tokio::test]
async fn whatever_is_written_comes_back_as_it_was() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    for body in [
        "'; drop table message; --",
        "<script>alert(1)</script>",
        "\u{202E}right to left\u{202C} and 👩\u{200D}💻",
        "{\"type\":\"send_message\"}",
        "\\u0000 \\n %s $1",
    ] {
        alice.send(thread_id, body).await;
        let page = bob.messages(thread_id, "").await.unwrap();
        assert_eq!(page.messages.last().unwrap().body, body);
    }
}

#[tokio::test]
async fn history_pages_both_ways_from_end_to_end_without_gap_or_overlap() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let count = 2 * MESSAGES + MESSAGES / 2;
    let mut live = alice.live().await;
    for number in 0..count {
        live.begin(alice.message(thread_id, &format!("{number}"))).await;
    }
    let mut sent: Vec<Message> = Vec::new();
    while sent.len() < count {
        sent.push(live.message().await);
    }
    let bodies: Vec<_> = sent.iter().map(|message| message.body.parse::<usize>().unwrap()).collect();
    assert_eq!(bodies, (0..count).collect::<Vec<_>>(), "one connection's messages keep their order");

    let mut backward = Vec::new();
    let mut query = String::new();
    loop {
        let page = bob.messages(thread_id, &query).await.unwrap();
        assert_eq!(page.has_newer, !query.is_empty());
        let Some(first) = page.messages.first() else { break };
        query = format!("?before={}", first.created_at.0);
        let has_older = page.has_older;
        backward.splice(0..0, page.messages);
        if !has_older {
            break;
        }
    }
    assert_eq!(backward, sent);

    let (mut forward, mut after) = (Vec::new(), Timestamp(0));
    loop {
        let page = bob.messages(thread_id, &format!("?after={}", after.0)).await.unwrap();
        after = page.messages.last().unwrap().created_at;
        forward.extend(page.messages);
        if !page.has_newer {
            break;
        }
    }
    assert_eq!(forward, sent);
}

#[tokio::test]
async fn a_page_names_those_who_wrote_it_and_nobody_else() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.group("Three", &[&bob, &carol]).await.thread_id;
    alice.send(thread_id, "one").await;
    bob.send(thread_id, "two").await;
    let mut people = carol.messages(thread_id, "").await.unwrap().people;
    people.sort_by(|a, b| a.username.cmp(&b.username));
    assert_eq!(people, [alice.user, bob.user]);
}

#[tokio::test]
async fn a_cursor_that_is_none_is_refused_with_a_sentence() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    for query in [
        "?before=yesterday",
        "?before=1&after=2",
        "?after=1&around=2",
        "?offset=10",
        "?before=99999999999999999999",
    ] {
        let problem = alice.messages(thread_id, query).await.unwrap_err();
        assert!(problem.is("request-invalid") && problem.detail.len() > 10, "{query}: {problem:?}");
    }
    let extremes = [i64::MIN, i64::MAX, 0, -1];
    for extreme in extremes {
        let page = alice.messages(thread_id, &format!("?before={extreme}")).await;
        assert!(page.is_ok() || page.is_err_and(|problem| problem.status == 400), "{extreme}");
    }
}
