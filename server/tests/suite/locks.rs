//! Locking: what a browser is told that nobody touched, and how it opens again.

use crate::{
    browser::Browser,
    harness::{PASSWORD, Person, TestServer},
};
use reqwest::{Method, StatusCode};
use serde_json::json;

/// Nobody touches any browser of somebody for so many minutes.
async fn leave_alone(server: &TestServer, person: &Person, minutes: i32) {
    let statement = "update session set locks_at = locks_at - make_interval(mins => $2) where user_id = $1";
    sqlx::query(statement).bind(person.user.user_id).bind(minutes).execute(&server.state.db).await.unwrap();
}

#[tokio::test]
async fn a_browser_that_nobody_touches_locks_and_opens_by_the_password() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    bob.send(thread_id, "between us").await;
    let thread = format!("/t/{thread_id}");
    let mut hers = Browser::of(&server, &alice);
    hers.open(&thread).await.assert_lacks("lock-script");
    let chosen = hers.submit("/settings/lock", &[("minutes", "5")]).await;
    assert_eq!(chosen.redirect(), "/settings?done=lock");
    hers.open(&thread).await.assert_shows("data-minutes=\"5\"");
    hers.open("/settings").await.assert_shows("<option value=\"5\" selected");

    leave_alone(&server, &alice, 4).await;
    hers.open(&thread).await.assert_shows("between us");
    // Looking on is nothing that somebody has to be there for.
    leave_alone(&server, &alice, 2).await;
    assert_eq!(hers.open(&thread).await.redirect(), format!("/lock?next={thread}"));
    let refused = hers.open("/api/v1/threads").await;
    assert_eq!((refused.status, refused.problem()), (StatusCode::LOCKED, "session-locked".into()));
    let late = hers.submit("/lock/stay", &[]).await;
    assert_eq!(late.status, StatusCode::LOCKED, "whoever comes too late opens nothing");
    let door = hers.submit("/lock/now", &[]).await;
    assert_eq!(door.redirect(), "/lock", "whoever is locked out already is led there, too");
    let page = hers.open(&format!("/lock?next={thread}")).await;
    page.assert_shows("Alice, give your password to go on.");
    page.assert_lacks("between us");

    let wrong = hers.submit("/lock", &[("password", "wrong"), ("next", &thread)]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.assert_shows("Unlock");
    wrong.assert_shows("This is not your present password.");
    assert_eq!(hers.open(&thread).await.status, StatusCode::SEE_OTHER);
    let opened = hers.submit("/lock", &[("password", PASSWORD), ("next", &thread)]).await;
    assert_eq!(opened.redirect(), thread);
    hers.open(&thread).await.assert_shows("between us");
    leave_alone(&server, &alice, 6).await;
    assert_eq!(hers.open(&thread).await.status, StatusCode::SEE_OTHER, "it locks again");
}

#[tokio::test]
async fn whoever_is_there_keeps_it_open() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let mut hers = Browser::of(&server, &alice);
    hers.submit("/settings/lock", &[("minutes", "5")]).await;
    for _ in 0..3 {
        leave_alone(&server, &alice, 4).await;
        assert_eq!(hers.submit("/lock/stay", &[]).await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(hers.open("/").await.status, StatusCode::OK);
    hers.submit("/settings/lock", &[("minutes", "")]).await;
    leave_alone(&server, &alice, 1000).await;
    assert_eq!(hers.open("/").await.status, StatusCode::OK, "it never locks");
}

#[tokio::test]
async fn what_is_said_while_it_is_locked_reaches_no_open_connection() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let mut hers = Browser::of(&server, &alice);
    let mut live = alice.live().await;
    hers.submit("/lock/now", &[]).await;
    let end = live.try_next().await.unwrap_err();
    assert!(end.contains("session was ended"), "{end}");
    assert!(alice.live_with("").await.is_err(), "a locked session opened a socket");
    hers.submit("/lock", &[("password", PASSWORD)]).await;

    // The same where time does it.
    hers.submit("/settings/lock", &[("minutes", "5")]).await;
    let mut live = alice.live().await;
    leave_alone(&server, &alice, 5).await;
    let in_a_moment = "update session set locks_at = now() + interval '1 second' where user_id = $1";
    sqlx::query(in_a_moment).bind(alice.user.user_id).execute(&server.state.db).await.unwrap();
    let end = live.try_next().await.unwrap_err();
    assert!(end.contains("session was ended"), "{end}");
}

#[tokio::test]
async fn it_concerns_one_browser_and_no_program() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let mut hers = Browser::of(&server, &alice);
    let mut other = Browser::new(&server);
    other.sign_in("alice", PASSWORD).await;
    let made = hers.call(Method::POST, "/api/v1/tokens", Some(json!({ "label": "a program" }))).await;
    let token = made.json::<serde_json::Value>()["token"].as_str().unwrap().to_owned();
    let mut program = Browser::new(&server).with("authorization", &format!("Bearer {token}"));
    hers.submit("/lock/now", &[]).await;
    assert_eq!(hers.me().await, None);
    assert_eq!(other.me().await, Some(alice.user.user_id));
    assert_eq!(program.me().await, Some(alice.user.user_id));
    assert_eq!(program.submit("/lock/now", &[]).await.status, StatusCode::FORBIDDEN);

    // What another browser chooses opens none.
    other.submit("/settings/lock", &[("minutes", "60")]).await;
    other.submit("/settings/lock", &[("minutes", "")]).await;
    assert_eq!(hers.me().await, None);
    // Another person comes in where somebody is locked out, and does not find what was theirs.
    server.person("bob").await;
    hers.sign_in("bob", PASSWORD).await;
    assert!(hers.me().await.is_some_and(|user_id| user_id != alice.user.user_id));
}

#[tokio::test]
async fn a_lock_is_guessed_at_as_seldom_as_a_door() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let mut hers = Browser::of(&server, &alice);
    hers.submit("/lock/now", &[]).await;
    let mut told = Vec::new();
    for _ in 0..30 {
        told.push(hers.submit("/lock", &[("password", "wrong")]).await.status);
    }
    assert!(told.ends_with(&[StatusCode::TOO_MANY_REQUESTS]), "{told:?}");
    let right = hers.submit("/lock", &[("password", PASSWORD)]).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS);
    right.assert_shows("Unlock");
}

#[tokio::test]
async fn what_was_written_into_a_form_of_a_locked_browser_is_not_lost() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let mut hers = Browser::of(&server, &alice);
    hers.submit("/lock/now", &[]).await;
    let id = model::MessageId::generate().to_string();
    let page = hers
        .submit(&format!("/t/{thread_id}/send"), &[("message_id", &id), ("body", "half a thought")])
        .await;
    assert_eq!(page.status, StatusCode::LOCKED);
    page.assert_shows("half a thought");
    page.assert_shows(&format!("/lock?next=/t/{thread_id}"));
}
