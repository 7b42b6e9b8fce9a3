//! Introducing two browsers for a secret chat: who may ask whom, which tab hears what, and that nothing of it stays.

mod holding;

use crate::browser::Browser;
use crate::harness::{Live, Person, TestServer, assert_refused};
use model::{
    Refusal, SecretChatId, ThreadOption, UserId,
    secret::{IceServer, MAX_DETAIL_BYTES, MayAsk, Step},
    wire::{Command, Event},
};
use reqwest::Method;
use serde_json::json;
use sqlx::Row;

fn step(chat_id: SecretChatId, user_id: UserId, step: Step, detail: &str) -> Command {
    Command::Introduce { chat_id, user_id, step, detail: detail.into() }
}

async fn take(live: &mut Live, chat_id: SecretChatId, whom: &Person, taken: Step, detail: &str) {
    live.command(step(chat_id, whom.user.user_id, taken, detail)).await.unwrap();
}

/// What the next introduction says that comes to a tab.
async fn told(live: &mut Live) -> (Step, String) {
    loop {
        if let Event::Introduced { step, detail, .. } = live.event().await {
            return (step, detail);
        }
    }
}

/// The same after one that may have come before an answer, and is not waited for any more then.
async fn told_after(live: &mut Live, maybe: Step) -> (Step, String) {
    match told(live).await {
        (step, _) if step == maybe => told(live).await,
        next => next,
    }
}

/// Two who know each other.
async fn friends(server: &TestServer) -> (Person, Person) {
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    alice.send(thread_id, "hello").await;
    bob.send(thread_id, "hello").await;
    (alice, bob)
}

#[tokio::test]
async fn two_tabs_are_introduced_and_the_others_hear_that_it_is_elsewhere() {
    let server = TestServer::start().await;
    let (alice, bob) = friends(&server).await;
    let (mut hers, mut her_other) = (alice.live().await, alice.live().await);
    let (mut his, mut his_other) = (bob.live().await, bob.live().await);
    let chat_id = SecretChatId::generate();
    take(&mut hers, chat_id, &bob, Step::Ask, "").await;
    assert_eq!(told(&mut his).await.0, Step::Ask);
    assert_eq!(told(&mut his_other).await.0, Step::Ask, "it rings in every tab");
    take(&mut his, chat_id, &alice, Step::Accept, "").await;
    assert_eq!(told(&mut his_other).await.0, Step::Elsewhere);
    assert_eq!(told(&mut her_other).await.0, Step::Elsewhere);
    assert_eq!(told(&mut hers).await.0, Step::Elsewhere);
    assert_eq!(told(&mut hers).await.0, Step::Accept);

    // What is for one tab comes to that one alone, in order.
    take(&mut hers, chat_id, &bob, Step::Offer, "an offer").await;
    take(&mut hers, chat_id, &bob, Step::Candidate, "a way").await;
    assert_eq!(told_after(&mut his, Step::Elsewhere).await, (Step::Offer, "an offer".into()));
    assert_eq!(told(&mut his).await, (Step::Candidate, "a way".into()));
    take(&mut his, chat_id, &alice, Step::Answer, "an answer").await;
    assert_eq!(told(&mut hers).await, (Step::Answer, "an answer".into()));
    let late = his_other.command(step(chat_id, alice.user.user_id, Step::Accept, "")).await;
    assert_refused(late, &Refusal::SecretChatGone);
    let foreign = his_other.command(step(chat_id, alice.user.user_id, Step::Candidate, "mine")).await;
    assert_refused(foreign, &Refusal::SecretChatGone);
    // A tab that does not hold it cannot end it either.
    his_other.command(step(chat_id, alice.user.user_id, Step::End, "")).await.unwrap();
    take(&mut hers, chat_id, &bob, Step::Candidate, "another way").await;
    assert_eq!(told(&mut his).await, (Step::Candidate, "another way".into()));

    drop(hers);
    for live in [&mut his, &mut her_other] {
        assert_eq!(told(live).await.0, Step::Gone);
    }
    // His tab has it still, until it says that it is over.
    take(&mut his, chat_id, &alice, Step::End, "").await;
    assert_eq!(told(&mut his_other).await.0, Step::End);
}

/// Two who speak, each in a tab, as somebody else knows them who may ask either.
async fn speaking(server: &TestServer) -> (SecretChatId, [(Person, Live); 3]) {
    let (alice, bob) = friends(server).await;
    let dora = server.person("dora").await;
    for friend in [&alice, &bob] {
        let thread_id = dora.direct(friend).await.thread_id;
        friend.send(thread_id, "hello").await;
    }
    let (mut hers, mut his, doras) = (alice.live().await, bob.live().await, dora.live().await);
    let chat_id = SecretChatId::generate();
    take(&mut hers, chat_id, &bob, Step::Ask, "").await;
    assert_eq!(told(&mut his).await.0, Step::Ask);
    take(&mut his, chat_id, &alice, Step::Accept, "").await;
    assert_eq!(told(&mut his).await.0, Step::Elsewhere);
    assert_eq!(told(&mut hers).await.0, Step::Elsewhere);
    assert_eq!(told(&mut hers).await.0, Step::Accept);
    (chat_id, [(alice, hers), (bob, his), (dora, doras)])
}

#[tokio::test]
async fn what_a_relay_wants_to_know_is_for_those_whom_it_introduces() {
    let flags = ["--turn", "turn:relay.example", "--turn-secret", "north"];
    let server = TestServer::start_with(&flags).await;
    let (chat_id, [(alice, mut hers), (bob, _his), (dora, _)]) = speaking(&server).await;
    let servers = async |person: &Person, query: &str| {
        let path = format!("/api/v1/secret-chats/servers{query}");
        person.get::<Vec<IceServer>>(&path).await
    };
    let of_chat = format!("?chat_id={chat_id}");
    for person in [&alice, &bob] {
        let known = servers(person, "").await.unwrap();
        assert_eq!((known[0].url.as_str(), &known[0].credential), ("turn:relay.example", &None));
        let usable = servers(person, &of_chat).await.unwrap();
        assert!(usable[0].credential.is_some());
        let until: i64 = usable[0].username.as_ref().unwrap().split(':').next().unwrap().parse().unwrap();
        let left_s = until - model::Timestamp::now().0 / 1_000_000;
        assert!((1..=3_600).contains(&left_s), "{left_s}");
    }
    assert_refused(servers(&dora, &of_chat).await, &Refusal::SecretChatGone);
    take(&mut hers, chat_id, &bob, Step::End, "").await;
    assert_refused(servers(&alice, &of_chat).await, &Refusal::SecretChatGone);
}

#[tokio::test]
async fn who_does_not_want_to_says_so_and_who_is_busy_is_not_asked() {
    let server = TestServer::start().await;
    let (alice, bob) = friends(&server).await;
    let carol = server.person("dora").await;
    let thread_id = carol.direct(&bob).await.thread_id;
    carol.send(thread_id, "hello").await;
    bob.send(thread_id, "hello").await;
    let (mut hers, mut his, mut third) = (alice.live().await, bob.live().await, carol.live().await);
    let first = SecretChatId::generate();
    take(&mut hers, first, &bob, Step::Ask, "").await;
    let second = hers.command(step(SecretChatId::generate(), bob.user.user_id, Step::Ask, "")).await;
    assert_eq!(second.unwrap_err().status, 400, "one tab, one chat");
    assert_eq!(told(&mut his).await.0, Step::Ask);
    take(&mut his, first, &alice, Step::Decline, "").await;
    assert_eq!(told(&mut hers).await.0, Step::Decline);

    let second = SecretChatId::generate();
    take(&mut hers, second, &bob, Step::Ask, "").await;
    take(&mut his, second, &alice, Step::Accept, "").await;
    let busy = third.command(step(SecretChatId::generate(), bob.user.user_id, Step::Ask, "")).await;
    assert_refused(busy, &Refusal::PersonBusy);
    take(&mut hers, second, &bob, Step::End, "").await;
    let (ringing, other) = (SecretChatId::generate(), SecretChatId::generate());
    take(&mut third, ringing, &bob, Step::Ask, "").await;
    let busy = hers.command(step(other, bob.user.user_id, Step::Ask, "")).await;
    assert_refused(busy, &Refusal::PersonBusy);
    // Whom somebody asks may ask them: their tabs agree on one.
    take(&mut his, other, &carol, Step::Ask, "").await;
    take(&mut third, ringing, &bob, Step::End, "").await;
    let busy = hers.command(step(SecretChatId::generate(), bob.user.user_id, Step::Ask, "")).await;
    assert_refused(busy, &Refusal::PersonBusy);
}

#[tokio::test]
async fn who_hides_that_they_are_here_looks_as_if_they_did_not_answer_and_is_not_disturbed() {
    let server = TestServer::start().await;
    let (alice, bob) = friends(&server).await;
    let dora = server.person("dora").await;
    let thread_id = dora.direct(&bob).await.thread_id;
    bob.send(thread_id, "hello").await;
    let hidden = json!({ "shows_typing": true, "shows_presence": false, "shows_receipts": true, "secret_from": "contacts" });
    let chosen = bob.request(Method::PUT, "/api/v1/privacy").json(&hidden).send().await.unwrap();
    assert!(chosen.status().is_success());
    let (mut hers, mut his, mut third) = (alice.live().await, bob.live().await, dora.live().await);
    let (first, second) = (SecretChatId::generate(), SecretChatId::generate());
    take(&mut hers, first, &bob, Step::Ask, "").await;
    assert_eq!(told(&mut his).await.0, Step::Ask);
    take(&mut third, second, &bob, Step::Ask, "").await;
    take(&mut his, first, &alice, Step::Accept, "").await;
    assert_eq!(told(&mut his).await.0, Step::Elsewhere, "a second one rings");
    let guessed = his.command(step(second, dora.user.user_id, Step::Accept, "")).await;
    assert_refused(guessed, &Refusal::SecretChatGone);
    let again = third.command(step(SecretChatId::generate(), bob.user.user_id, Step::Ask, "")).await;
    assert_eq!(again.unwrap_err().status, 400, "it is told from a ring that nobody answers");
    take(&mut third, second, &bob, Step::End, "").await;
    assert_eq!(told(&mut third).await.0, Step::End);
    take(&mut third, SecretChatId::generate(), &bob, Step::Ask, "").await;
    take(&mut hers, first, &bob, Step::End, "").await;
    assert_eq!(told(&mut his).await.0, Step::End, "he hears of another one");
}

#[tokio::test]
async fn who_hides_that_they_are_here_or_was_never_written_to_does_not_learn_it_of_others_by_asking() {
    let server = TestServer::start().await;
    let (alice, bob) = friends(&server).await;
    let dora = server.person("dora").await;
    dora.direct(&bob).await;
    let set = async |person: &Person, privacy: serde_json::Value| {
        let chosen = person.request(Method::PUT, "/api/v1/privacy").json(&privacy).send().await.unwrap();
        assert!(chosen.status().is_success());
    };
    set(&bob, json!({ "shows_typing": true, "shows_presence": true, "shows_receipts": true, "secret_from": "everyone" }))
        .await;
    let (mut hers, mut doras) = (alice.live().await, dora.live().await);
    let ask = || step(SecretChatId::generate(), bob.user.user_id, Step::Ask, "");
    assert_refused(hers.command(ask()).await, &Refusal::PersonOffline);
    doras.command(ask()).await.expect("he has never written to her");
    set(&alice, json!({ "shows_typing": true, "shows_presence": false, "shows_receipts": true, "secret_from": "contacts" })).await;
    hers.command(ask()).await.expect("she hides it herself");
}

#[tokio::test]
async fn a_tab_that_comes_later_hears_who_rings_and_what_is_elsewhere() {
    let server = TestServer::start().await;
    let (alice, bob) = friends(&server).await;
    let (mut hers, _his) = (alice.live().await, bob.live().await);
    let chat_id = SecretChatId::generate();
    take(&mut hers, chat_id, &bob, Step::Ask, "").await;
    let mut late = bob.live().await;
    assert_eq!(told(&mut late).await.0, Step::Ask);
    take(&mut late, chat_id, &alice, Step::Accept, "").await;
    let (mut later, mut her_other) = (bob.live().await, alice.live().await);
    assert_eq!(told(&mut later).await.0, Step::Elsewhere);
    assert_eq!(told(&mut her_other).await.0, Step::Elsewhere);
    take(&mut late, chat_id, &alice, Step::End, "").await;
    assert_eq!(told(&mut later).await.0, Step::End);
}

#[tokio::test]
async fn a_block_ends_what_there_is_between_the_two_and_nothing_else() {
    let server = TestServer::start().await;
    let (alice, bob) = friends(&server).await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let (mut hers, mut his) = (alice.live().await, bob.live().await);
    let chat_id = SecretChatId::generate();
    take(&mut hers, chat_id, &bob, Step::Ask, "").await;
    assert_eq!(told(&mut his).await.0, Step::Ask);
    take(&mut his, chat_id, &alice, Step::Accept, "").await;
    assert_eq!(told(&mut hers).await.0, Step::Elsewhere);
    assert_eq!(told(&mut hers).await.0, Step::Accept);
    let dora = server.person("dora").await;
    let other = alice.direct(&dora).await.thread_id;
    alice.keep(other, ThreadOption::Blocked(true)).await;
    take(&mut hers, chat_id, &bob, Step::Offer, "an offer").await;
    assert_eq!(told_after(&mut his, Step::Elsewhere).await.0, Step::Offer);
    alice.keep(thread_id, ThreadOption::Blocked(true)).await;
    assert_eq!(told(&mut his).await.0, Step::End);
    assert_eq!(told(&mut hers).await.0, Step::End);
    let gone = hers.command(step(chat_id, bob.user.user_id, Step::Candidate, "a way")).await;
    assert_refused(gone, &Refusal::SecretChatGone);
}

#[tokio::test]
async fn strangers_blocked_people_and_whoever_is_not_wanted_cannot_ring() {
    let server = TestServer::start().await;
    let (alice, bob) = friends(&server).await;
    let stranger = server.person("stranger").await;
    let mut his = bob.live().await;
    let mut theirs = stranger.live().await;
    let mut hers = alice.live().await;
    let ask = |whom: &Person| step(SecretChatId::generate(), whom.user.user_id, Step::Ask, "");
    assert_refused(theirs.command(ask(&bob)).await, &Refusal::SecretChatRefused);
    assert_refused(theirs.command(ask(&stranger)).await, &Refusal::SecretChatRefused);
    // To have written to somebody makes no contact of theirs.
    let thread_id = stranger.direct(&bob).await.thread_id;
    stranger.send(thread_id, "do you know me?").await;
    assert_refused(theirs.command(ask(&bob)).await, &Refusal::SecretChatRefused);
    let choose = async |secret_from: MayAsk| {
        let privacy = json!({ "shows_typing": true, "shows_presence": true, "shows_receipts": true, "secret_from": secret_from });
        let chosen = bob.request(Method::PUT, "/api/v1/privacy").json(&privacy).send().await.unwrap();
        assert!(chosen.status().is_success());
    };
    choose(MayAsk::Nobody).await;
    assert_refused(hers.command(ask(&bob)).await, &Refusal::SecretChatRefused);
    choose(MayAsk::Everyone).await;
    theirs.command(ask(&bob)).await.unwrap();
    assert_eq!(told(&mut his).await.0, Step::Ask);
    bob.keep(thread_id, ThreadOption::Blocked(true)).await;
    drop(theirs);
    let mut theirs = stranger.live().await;
    assert_refused(theirs.command(ask(&bob)).await, &Refusal::SecretChatRefused);
    assert_refused(his.command(ask(&stranger)).await, &Refusal::SecretChatRefused);

    // Over HTTP there is no tab that could speak.
    let refused = alice.command(&ask(&bob)).await.unwrap_err();
    assert_eq!(refused.status, 400);
    drop(his);
    let gone = async {
        loop {
            match hers.command(ask(&bob)).await {
                Err(problem) if problem.is("person-offline") => return,
                // His socket is not gone yet.
                Ok(_) => hers = alice.live().await,
                Err(problem) => panic!("{problem:?}"),
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), gone)
        .await
        .expect("somebody who is gone is rung");
}

#[tokio::test]
async fn who_does_not_say_who_may_ask_them_is_refused_and_keeps_what_they_chose() {
    let server = TestServer::start().await;
    let (_, bob) = friends(&server).await;
    let put = async |privacy: serde_json::Value| {
        bob.request(Method::PUT, "/api/v1/privacy").json(&privacy).send().await.unwrap().status()
    };
    let whole = json!({ "shows_typing": true, "shows_presence": true, "shows_receipts": true, "secret_from": "nobody" });
    assert!(put(whole.clone()).await.is_success());
    for missing in ["shows_typing", "shows_presence", "shows_receipts", "secret_from"] {
        let mut privacy = whole.clone();
        privacy.as_object_mut().unwrap().remove(missing);
        assert_eq!(put(privacy).await, 400, "without {missing}");
    }
    let mut browser = Browser::of(&server, &bob);
    let form = browser.submit("/settings/privacy", &[("shows_typing", "on")]).await;
    assert!(form.status.is_client_error(), "{}", form.status);
    let kept: serde_json::Value =
        bob.request(Method::GET, "/api/v1/privacy").send().await.unwrap().json().await.unwrap();
    assert_eq!(kept, whole);
}

#[tokio::test]
async fn it_is_not_rung_again_and_again_and_nothing_too_large_or_made_up_goes_through() {
    let server = TestServer::start().await;
    let (alice, bob) = friends(&server).await;
    let (mut hers, _his) = (alice.live().await, bob.live().await);
    let chat_id = SecretChatId::generate();
    let huge = "x".repeat(MAX_DETAIL_BYTES + 1);
    let refused = hers.command(step(chat_id, bob.user.user_id, Step::Ask, &huge)).await;
    assert_refused(refused, &Refusal::RequestTooLarge);
    for made_up in [Step::Elsewhere, Step::Gone] {
        let refused = hers.command(step(chat_id, bob.user.user_id, made_up, "")).await;
        assert_eq!(refused.unwrap_err().status, 400);
    }
    for unknown in [Step::Accept, Step::Offer, Step::Answer, Step::Candidate] {
        let refused = hers.command(step(chat_id, bob.user.user_id, unknown, "")).await;
        assert_refused(refused, &Refusal::SecretChatGone);
    }
    let mut refused = None;
    for _ in 0..10 {
        let chat_id = SecretChatId::generate();
        match hers.command(step(chat_id, bob.user.user_id, Step::Ask, "")).await {
            Ok(_) => take(&mut hers, chat_id, &bob, Step::End, "").await,
            Err(problem) => refused = Some(problem),
        }
    }
    assert!(refused.expect("one may ring for ever").is("too-many-requests"));
}

#[tokio::test]
async fn nothing_of_it_is_in_the_database() {
    let server = TestServer::start().await;
    let (alice, bob) = friends(&server).await;
    let (mut hers, mut his) = (alice.live().await, bob.live().await);
    let chat_id = SecretChatId::generate();
    take(&mut hers, chat_id, &bob, Step::Ask, "").await;
    take(&mut his, chat_id, &alice, Step::Accept, "").await;
    take(&mut hers, chat_id, &bob, Step::Offer, "a-trace-of-it").await;
    while told(&mut his).await.0 != Step::Offer {}
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.tables where table_schema = 'public'",
    )
    .fetch_all(&server.state.db)
    .await
    .unwrap();
    assert!(tables.len() > 10, "{tables:?}");
    for table in tables {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("select one::text from \"{table}\" one")))
            .fetch_all(&server.state.db)
            .await
            .unwrap();
        for row in rows {
            let row: String = row.get(0);
            assert!(!row.contains("a-trace-of-it") && !row.contains(&chat_id.to_string()), "{table}: {row}");
        }
    }
}
