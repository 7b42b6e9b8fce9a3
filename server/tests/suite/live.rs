//! The live stream: who gets in, what becomes of bad frames and slow readers, and how it ends.

use crate::harness::{Live, Person, TestServer};
use futures_util::SinkExt;
use model::{
    Message, MessageId, ThreadId,
    page::ThreadPage,
    wire::{Answer, Command, Event, Frame, MAX_FRAME_BYTES, USER_HEADER},
};
use reqwest::Method;
use server::live::hub::Delivery;
use sqlx::{ConnectOptions, Connection, PgConnection};
use tokio_tungstenite::tungstenite;

/// The HTTP status that a handshake was refused with.
fn status(refused: Result<Live, tungstenite::Error>) -> u16 {
    match refused {
        Err(tungstenite::Error::Http(response)) => response.status().as_u16(),
        Err(other) => panic!("not refused by HTTP: {other}"),
        Ok(_) => panic!("not refused"),
    }
}

async fn send(live: &mut Live, thread_id: ThreadId, body: &str) -> u64 {
    let command = Command::SendMessage {
        message_id: MessageId::generate(),
        thread_id,
        body: body.into(),
        file_ids: Vec::new(),
        reply_to: None,
    };
    match live.command(command).await {
        Ok(Answer::Sent { message }) => message.seq,
        other => panic!("not sent: {other:?}"),
    }
}

#[tokio::test]
async fn nobody_gets_in_without_a_session() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let mut nobody: Person = alice.clone();
    nobody.cookie = "bobbin_session=0".into();
    assert_eq!(status(nobody.live_with("").await), 401);
    alice.live().await;
}

#[tokio::test]
async fn a_command_is_answered_under_its_own_id() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let mut live = alice.live().await;
    assert_eq!(send(&mut live, thread_id, "one").await, 1);
    let problem = live.command(alice.message(thread_id, " ")).await.unwrap_err();
    assert!(problem.is("body-empty"));
    assert_eq!(send(&mut live, thread_id, "two").await, 2);
}

#[tokio::test]
async fn malformed_frames_are_answered_and_the_stream_goes_on() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let mut live = alice.live().await;
    for frame in [
        "",
        "{",
        "null",
        r#"{"id":1}"#,
        r#"{"id":1,"command":{"drop_table":{}}}"#,
        r#"{"id":-1,"command":{"mark_read":{}}}"#,
        r#"{"id":1,"command":{"send_message":{"thread_id":"x","message_id":"y","body":1}}}"#,
    ] {
        live.send_text(frame).await;
        let Frame::Problem { id: None, problem } = live.next().await else { panic!("{frame} was taken") };
        assert!(problem.is("request-invalid"), "{problem:?}");
        let own_words = "This could not be read: it is no request that /api/v1/openapi.json describes.";
        assert_eq!(problem.detail, own_words);
    }
    live.socket.send(tungstenite::Message::binary(vec![0, 1, 2])).await.unwrap();
    let Frame::Problem { problem, .. } = live.next().await else { panic!("binary was taken") };
    assert!(problem.detail.contains("binary"));
    assert_eq!(send(&mut live, thread_id, "still here").await, 1);
}

#[tokio::test]
async fn a_frame_over_the_limit_ends_the_stream_with_a_reason() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let mut live = alice.live().await;
    let huge = "x".repeat(MAX_FRAME_BYTES + 1);
    // The server may hang up before all of it is written.
    let _ = live.socket.send(tungstenite::Message::text(huge)).await;
    let end = live.try_next().await.unwrap_err();
    assert!(end.contains("1009") || end.to_lowercase().contains("reset"), "{end}");
    alice.live().await;
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let (mut hers, mut his) = (alice.live().await, bob.live().await);
    let response = alice.request(Method::POST, "/sign-out").send().await.unwrap();
    assert!(response.status().is_redirection(), "{}", response.status());
    let end = hers.try_next().await.unwrap_err();
    assert!(end.contains("session was ended"), "{end}");
    assert_eq!(status(alice.live_with("").await), 401);
    let thread_id = bob.group("Mine", &[]).await.thread_id;
    assert_eq!(send(&mut his, thread_id, "unaffected").await, 1);
}

#[tokio::test]
async fn an_ended_session_is_told_nothing_more_while_its_last_commands_are_answered() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let (mut hers, mut his) = (alice.live().await, bob.live().await);
    let held = server.hold(thread_id).await;
    let last = hers.begin(alice.message(thread_id, "good night")).await;
    // Frames are read in their order.
    hers.send_text("{").await;
    assert!(matches!(hers.next().await, Frame::Problem { id: None, .. }));
    let response = alice.request(Method::POST, "/sign-out").send().await.unwrap();
    assert!(response.status().is_redirection(), "{}", response.status());
    his.command(Command::Type { thread_id }).await.unwrap();
    server.state.hub.resync(&[alice.user.user_id]);
    held.rollback().await.unwrap();
    // What they did themselves is known to them, and what others do is not theirs to know any more.
    assert!(matches!(hers.next().await, Frame::Answer { id, .. } if id == last));
    let end = hers.try_next().await.unwrap_err();
    assert!(end.contains("session was ended"), "{end}");
}

#[tokio::test]
async fn a_page_that_is_still_true_needs_no_resync_and_one_that_is_not_does() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    alice.send(thread_id, "one").await;
    let etag = |page: &ThreadPage| model::etag(page, None);
    let had = etag(&bob.threads().await);
    let mut live = bob.live_with(&format!("?etag={had}")).await.unwrap();
    assert_eq!(live.next().await, Frame::Ready);
    let message = alice.send(thread_id, "two").await;
    let event = Event::MessageSent { message, sender: alice.user.clone() };
    assert_eq!(live.next().await, Frame::Event(event));
    let mut stale = bob.live_with(&format!("?etag={had}")).await.unwrap();
    assert_eq!((stale.next().await, stale.next().await), (Frame::Ready, Frame::Resync));
    // The thread that is open counts too, wherever in the list it is.
    for (open, is_current) in [(format!("&open={thread_id}"), true), (String::new(), false)] {
        let page = bob.threads().await;
        let had = model::etag(&page, page.threads.first());
        let mut live = bob.live_with(&format!("?etag={had}{open}")).await.unwrap();
        assert_eq!(live.next().await, Frame::Ready);
        let message = alice.send(thread_id, "more").await;
        let next = live.next().await;
        assert_eq!(next == Frame::Resync, !is_current, "{next:?}");
        if is_current {
            assert_eq!(next, Frame::Event(Event::MessageSent { message, sender: alice.user.clone() }));
        }
    }
}

/// Somebody reads the first message of a thread, and no server is asked.
async fn read_behind(db: &mut PgConnection, who: &Person, message: &Message) {
    sqlx::query(
        "update member set read_seq = 1, read_at = $3, seen_seq = 1 where thread_id = $1 and user_id = $2",
    )
    .bind(message.thread_id)
    .bind(who.user.user_id)
    .bind(message.created_at)
    .execute(db)
    .await
    .unwrap();
}

/// PostgreSQL carries a COMMIT through although the server that asked for it was killed, and it may take longer than the next server's start.
#[tokio::test]
async fn what_a_killed_server_was_still_storing_is_told_by_the_next_one() {
    let database = TestServer::fresh_database().await;
    let killed = TestServer::start_on(database.clone(), &[]).await;
    let (alice, bob, _) = killed.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let message = alice.send(thread_id, "one").await;
    let had = model::etag(&bob.threads().await, None);
    killed.stop().await;
    // What its connection was about to end with.
    let mut left = database.connect().await.unwrap();
    let mut late = left.begin().await.unwrap();
    read_behind(&mut late, &bob, &message).await;

    // Somebody has left one of their own open, and does so to the end.
    let mut foreign = database.connect().await.unwrap();
    let mut open = foreign.begin().await.unwrap();
    sqlx::query("select pg_current_xact_id()").execute(&mut *open).await.unwrap();

    let server = TestServer::start_on(database, &[]).await;
    let bob = server.again(&bob);
    // Nothing has happened yet, as far as can be seen.
    let mut live = bob.live_with(&format!("?etag={had}")).await.unwrap();
    assert_eq!(live.next().await, Frame::Ready);
    late.commit().await.unwrap();
    // Asked again, it is no news.
    bob.read(thread_id, message.created_at).await;
    assert_eq!(live.next().await, Frame::Resync);
    assert_eq!(bob.thread(thread_id).await.unwrap().read_seq, 1);
    open.rollback().await.unwrap();
}

/// The same of a message that is stored by one statement, which PostgreSQL has not even read when the next server starts.
#[tokio::test]
async fn what_a_killed_server_had_asked_for_is_told_by_the_next_one() {
    let database = TestServer::fresh_database().await;
    let killed = TestServer::start_on(database.clone(), &[]).await;
    let (alice, bob, _) = killed.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let message = alice.send(thread_id, "one").await;
    let had = model::etag(&bob.threads().await, None);
    killed.stop().await;
    let writer = database.clone().application_name(server::messages::writer::APPLICATION_NAME);
    let mut late = writer.connect().await.unwrap();

    let server = TestServer::start_on(database, &[]).await;
    let bob = server.again(&bob);
    let mut live = bob.live_with(&format!("?etag={had}")).await.unwrap();
    assert_eq!(live.next().await, Frame::Ready);
    read_behind(&mut late, &bob, &message).await;
    late.close().await.unwrap();
    assert_eq!(live.next().await, Frame::Resync);
    assert_eq!(bob.thread(thread_id).await.unwrap().read_seq, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_slow_reader_is_told_to_resync_and_holds_nobody_up() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.group("Busy", &[&bob, &carol]).await.thread_id;
    let (mut slow, mut quick) = (bob.live().await, carol.live().await);
    // More than the queue and the socket's buffers hold, while nobody reads at the other end.
    let body = "x".repeat(4_000);
    let count = 4_000_u64;
    let feed = async {
        for _ in 0..count {
            let draft = server::messages::writer::Draft {
                message_id: MessageId::generate(),
                thread_id,
                sender: alice.user.clone(),
                body: model::MessageBody::new(&body).unwrap(),
                file_ids: Vec::new(),
                reply_to: None,
                forward: None,
                html: None,
                given_at: None,
            };
            server.state.writer.submit(draft).await;
        }
    };
    let read = async {
        let mut resyncs = 0;
        loop {
            match quick.next().await {
                Frame::Event(Event::MessageSent { message, .. }) if message.seq == count => break,
                Frame::Resync => {
                    resyncs += 1;
                    let thread = carol.thread(thread_id).await.unwrap();
                    if thread.last_seq == count {
                        break;
                    }
                }
                _ => {}
            }
        }
        resyncs
    };
    tokio::join!(feed, read);
    // All that waits for it has come when its own question is answered.
    let asked = slow.begin(Command::Type { thread_id }).await;
    let (mut seqs, mut resyncs) = (vec![Vec::new()], 0);
    loop {
        match slow.next().await {
            Frame::Event(Event::MessageSent { message, .. }) => seqs[resyncs].push(message.seq),
            Frame::Resync => {
                resyncs += 1;
                seqs.push(Vec::new());
            }
            Frame::Answer { id, .. } if id == asked => break,
            _ => {}
        }
    }
    assert!(resyncs > 0, "nothing was dropped");
    for seqs in seqs {
        assert!(seqs.is_sorted_by(|a, b| a + 1 == *b), "a gap without a resync: {seqs:?}");
    }
    // From here on it hears everything again.
    let next = alice.send(thread_id, "and now").await;
    assert_eq!(slow.message().await, next);
}

#[tokio::test]
async fn who_does_not_read_is_still_heard() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let mut message = alice.send(thread_id, "long").await;
    let (mut hers, mut his) = (alice.live().await, bob.live().await);
    // More than the socket's buffers hold, and less than what he would be told to load again for.
    message.body = "x".repeat(1_000_000);
    for _ in 0..32 {
        let event = Event::MessageSent { message: message.clone(), sender: alice.user.clone() };
        server.state.hub.publish([Delivery::to_one(bob.user.user_id, event)]);
    }
    for body in ["one", "two"] {
        his.begin(bob.message(thread_id, body)).await;
        assert_eq!(hers.message().await.body, body);
    }
}

#[tokio::test]
async fn a_stopping_server_answers_what_it_has_begun_and_says_farewell() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let mut live = alice.live().await;
    for number in 0..50 {
        live.begin(alice.message(thread_id, &format!("{number}"))).await;
    }
    // The first frame shows that the socket is being read.
    let mut answered = i64::from(matches!(live.next().await, Frame::Answer { .. }));
    let db = server.state.db.connect_options();
    let stopping = tokio::spawn(server.stop());
    let end = loop {
        match live.try_next().await {
            Ok(Frame::Answer { .. }) => answered += 1,
            Ok(_) => {}
            Err(end) => break end,
        }
    };
    stopping.await.unwrap();
    assert!(end.starts_with("1012"), "{end}");
    // Everything that was stored was answered: no sender is left in doubt.
    let again = TestServer::start_on(db.as_ref().clone(), &[]).await;
    let stored: i64 =
        sqlx::query_scalar("select count(*) from message").fetch_one(&again.state.db).await.unwrap();
    assert!(stored <= answered, "{stored} stored, {answered} answered");
}

#[tokio::test]
async fn a_page_of_one_person_does_nothing_for_another() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let page_of = |person: &Person| format!("?user={}", person.user.user_id);
    assert_eq!(alice.live_with(&page_of(&alice)).await.unwrap().next().await, Frame::Ready);
    assert_eq!(status(alice.live_with(&page_of(&bob)).await), 401);

    // The browser has alice's cookie by now, and the page was bob's.
    let say = Command::SendMessage {
        message_id: MessageId::generate(),
        thread_id,
        body: "from bob".into(),
        file_ids: Vec::new(),
        reply_to: None,
    };
    for (page_of, expected) in [(&bob, 401), (&alice, 200)] {
        let response = alice
            .request(Method::POST, "/api/v1/commands")
            .header(USER_HEADER, page_of.user.user_id.to_string())
            .json(&say)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), expected);
    }
    assert_eq!(alice.messages(thread_id, "").await.unwrap().messages.len(), 1);
}

#[tokio::test]
async fn a_server_stops_although_the_database_stands_still() {
    let server = TestServer::start().await;
    // Whoever waits for this connection waits for ever.
    let _held = server.state.db.acquire().await.unwrap();
    server.stop().await;
}
