//! Who asks too often waits, and nobody else does.

use crate::{
    browser::Browser,
    harness::{PASSWORD, TestServer},
};
use futures_util::{StreamExt, stream};
use model::{
    Refusal, SessionId, ThreadId, Timestamp, UserId,
    wire::{Command, Frame},
};
use reqwest::{Method, StatusCode};
use server::limits::Address;

/// Limits as they are by default, from addresses that a proxy names.
const AS_USUAL: [&str; 3] = ["--trust-proxy", "--requests-per-second", "100"];

fn at(server: &TestServer, address: &str) -> Browser {
    Browser::new(server).with("x-forwarded-for", address)
}

#[tokio::test]
async fn ten_thousand_requests_from_one_address_leave_the_server_serving_others() {
    let server = TestServer::start_with(&AS_USUAL).await;
    let alice = server.person("alice").await;
    let (requests, concurrency) = (10_000, 50);
    let flood = stream::iter(0..requests).map(|_| at(&server, "198.51.100.7")).map(async |mut browser| {
        let page = browser.open("/api/v1/me").await;
        match page.status {
            StatusCode::TOO_MANY_REQUESTS => {
                assert_eq!(page.problem(), "too-many-requests");
                assert_eq!(page.header("retry-after"), "1");
                true
            }
            status => {
                assert_eq!(status, StatusCode::UNAUTHORIZED);
                false
            }
        }
    });
    let flood = flood
        .buffer_unordered(concurrency)
        .fold(0, async |refused, is_refused| refused + u32::from(is_refused));
    let others = async {
        let mut served = 0;
        for number in 0..20 {
            let mut browser =
                Browser::of(&server, &alice).with("x-forwarded-for", &format!("192.0.2.{number}"));
            served += u32::from(browser.me().await.is_some());
        }
        served
    };
    let (refused, served) = tokio::join!(flood, others);
    assert_eq!(served, 20);
    assert!(refused > requests / 2, "only {refused} of {requests} were refused");
    assert!(requests - refused >= 500, "a burst of 500 is allowed, but only {} passed", requests - refused);
}

#[tokio::test]
async fn a_page_that_is_asked_for_too_often_says_so() {
    let server = TestServer::start_with(&["--requests-per-second", "1"]).await;
    let mut browser = Browser::new(&server);
    let mut last = browser.open("/sign-up").await;
    last.assert_shows("Create account");
    for _ in 0..8 {
        last = browser.open("/sign-up").await;
    }
    assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(last.header("retry-after").parse::<u32>().unwrap() >= 1);
    last.assert_shows("Too many requests at once.");
    let page = browser.open("/robots.txt").await;
    assert_eq!(page.status, StatusCode::OK, "a file costs nothing");
}

#[tokio::test]
async fn without_a_proxy_to_trust_nobody_chooses_their_address() {
    let server = TestServer::start_with(&["--requests-per-second", "1"]).await;
    let mut refused = 0;
    for number in 0..10 {
        let page = at(&server, &format!("192.0.2.{number}")).open("/api/v1/me").await;
        refused += u32::from(page.status == StatusCode::TOO_MANY_REQUESTS);
    }
    assert!(refused >= 3, "only {refused} were refused");
}

#[tokio::test]
async fn whoever_guesses_at_a_password_waits_and_its_owner_does_not() {
    let server = TestServer::start_with(&AS_USUAL).await;
    server.person("alice").await;
    let mut guesser = at(&server, "198.51.100.7");
    for _ in 0..10 {
        assert_eq!(guesser.sign_in("alice", "incorrect horse").await.problem(), "credentials-wrong");
    }
    for password in ["incorrect horse", PASSWORD] {
        let page = guesser.sign_in("alice", password).await;
        assert_eq!(
            (page.status, page.problem().as_str()),
            (StatusCode::TOO_MANY_REQUESTS, "too-many-attempts")
        );
        assert!((1..=30).contains(&page.header("retry-after").parse::<u32>().unwrap()));
    }
    let page = guesser.submit("/sign-in", &[("username", "alice"), ("password", PASSWORD)]).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    page.assert_shows("Too many attempts. Try again in");
    page.assert_shows("value=\"alice\"");
    assert_eq!(at(&server, "192.0.2.1").sign_in("ALICE", PASSWORD).await.status, StatusCode::CREATED);
    assert_eq!(guesser.sign_in("bob", PASSWORD).await.problem(), "credentials-wrong");
}

#[tokio::test]
async fn guessers_from_many_addresses_wait_and_the_owner_comes_in_where_they_are_known() {
    let server = TestServer::start_with(&AS_USUAL).await;
    let alice = server.person("alice").await;
    assert_eq!(at(&server, "192.0.2.1").sign_in("alice", PASSWORD).await.status, StatusCode::CREATED);
    let (mut locked, mut signed_in) = (Browser::of(&server, &alice), at(&server, "192.0.2.2"));
    assert_eq!(signed_in.sign_in("alice", PASSWORD).await.status, StatusCode::CREATED);
    locked = locked.with("x-forwarded-for", "203.0.113.1");
    locked.submit("/lock/now", &[]).await;
    signed_in.headers = vec![("x-forwarded-for", "203.0.113.2".into())];

    let guess = |address: [u8; 4], shown| {
        let address = Address::of(std::net::IpAddr::from(address));
        server.state.limits.may_guess("alice", address, shown).map(|_| ())
    };
    for number in 0..100 {
        guess([198, 51, 100, number], None).unwrap();
    }
    let stranger = at(&server, "203.0.113.3").sign_in("alice", PASSWORD).await;
    assert_eq!(stranger.problem(), "too-many-attempts", "many addresses guess together without end");

    let known = at(&server, "192.0.2.1").sign_in("alice", PASSWORD).await;
    assert_eq!(known.status, StatusCode::CREATED);
    let opened = locked.submit("/lock", &[("password", PASSWORD)]).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "a locked browser stays locked");
    let change = serde_json::json!({ "current_password": PASSWORD, "password": "another horse battery" });
    let changed = signed_in.call(Method::PUT, "/api/v1/password", Some(change)).await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT);

    // Nor is a session that somebody has found a way to guess without end.
    let stolen = Some(SessionId::generate());
    let made = (0..=255).filter(|number| guess([203, 0, 112, *number], stolen).is_ok()).count();
    assert!((100..=110).contains(&made), "{made} were allowed");
}

#[tokio::test]
async fn whoever_uses_their_session_is_known_there_also_after_a_restart() {
    let server = TestServer::start_with(&AS_USUAL).await;
    let alice = server.person("alice").await;
    let long_ago = "update session set last_used_at = now() - interval '1 hour'";
    sqlx::query(long_ago).execute(&server.state.db).await.unwrap();
    let mut hers = Browser::of(&server, &alice).with("x-forwarded-for", "192.0.2.1");
    hers.open("/").await;
    for number in 0..100 {
        let address = Address::of(std::net::IpAddr::from([198, 51, 100, number]));
        server.state.limits.may_guess("alice", address, None).unwrap();
    }
    assert_eq!(at(&server, "192.0.2.2").sign_in("alice", PASSWORD).await.problem(), "too-many-attempts");
    assert_eq!(at(&server, "192.0.2.1").sign_in("alice", PASSWORD).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn an_unknown_name_is_limited_like_a_known_one() {
    let server = TestServer::start_with(&AS_USUAL).await;
    let mut guesser = at(&server, "198.51.100.7");
    for _ in 0..10 {
        assert_eq!(guesser.sign_in("nobody", "incorrect horse").await.problem(), "credentials-wrong");
    }
    assert_eq!(guesser.sign_in("nobody", "incorrect horse").await.problem(), "too-many-attempts");
}

#[tokio::test]
async fn knowing_the_password_clears_the_count() {
    let server = TestServer::start_with(&AS_USUAL).await;
    server.person("alice").await;
    let mut alice = at(&server, "198.51.100.7");
    for _ in 0..3 {
        for _ in 0..9 {
            assert_eq!(alice.sign_in("alice", "incorrect horse").await.problem(), "credentials-wrong");
        }
        assert_eq!(alice.sign_in("alice", PASSWORD).await.status, StatusCode::CREATED);
    }
}

#[tokio::test]
async fn the_present_password_cannot_be_guessed_either() {
    let server = TestServer::start_with(&AS_USUAL).await;
    let mut thief = Browser::of(&server, &server.person("alice").await);
    let change = serde_json::json!({ "current_password": "incorrect horse", "password": "a new password" });
    for _ in 0..10 {
        let page = thief.call(Method::PUT, "/api/v1/password", Some(change.clone())).await;
        assert_eq!(page.problem(), "password-wrong");
    }
    let page = thief.call(Method::PUT, "/api/v1/password", Some(change)).await;
    assert_eq!(page.problem(), "too-many-attempts");
}

#[tokio::test]
async fn one_address_makes_fifty_accounts_and_then_waits() {
    let server = TestServer::start_with(&AS_USUAL).await;
    let mut maker = at(&server, "198.51.100.7");
    for number in 0..50 {
        assert_eq!(
            maker.sign_up(&format!("person{number}"), "Somebody", PASSWORD).await.status,
            StatusCode::CREATED
        );
    }
    assert_eq!(maker.sign_up("one_more", "Somebody", PASSWORD).await.problem(), "too-many-requests");
    assert_eq!(
        at(&server, "192.0.2.1").sign_up("other", "Somebody", PASSWORD).await.status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn nobody_sends_more_than_a_burst_of_messages() {
    let server = TestServer::start().await;
    let (alice, bob) = (UserId::generate(), UserId::generate());
    let sent = (0..1_000).filter(|_| server.state.limits.may_send(alice).is_ok()).count();
    assert!((200..300).contains(&sent), "{sent} were allowed");
    assert!(matches!(
        server.state.limits.may_send(alice),
        Err(Refusal::TooManyRequests { retry_after_s: 1 })
    ));
    assert_eq!(server.state.limits.may_send(bob), Ok(()));
}

#[tokio::test]
async fn commands_over_a_socket_count_and_those_over_a_burst_are_told_when_to_go_on() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let mut live = alice.live().await;
    let nowhere = Command::MarkRead { thread_id: ThreadId::generate(), created_at: Timestamp(1) };
    let mut kinds = std::collections::BTreeMap::<_, u32>::new();
    for _ in 0..1_000 {
        live.begin(nowhere.clone()).await;
    }
    for _ in 0..1_000 {
        let Frame::Problem { id: Some(_), problem } = live.next().await else { panic!("it was done") };
        assert_eq!(problem.is("too-many-requests"), problem.retry_after_s.is_some());
        *kinds.entry(problem.kind).or_default() += 1;
    }
    let [(_, throttled), (_, carried_out)] = kinds.into_iter().collect::<Vec<_>>()[..] else {
        panic!("neither or more than the two kinds")
    };
    assert!(throttled > 100 && carried_out >= 400, "{throttled} were throttled, {carried_out} carried out");
}
