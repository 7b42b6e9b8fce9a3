//! Sessions: what a cookie and a token are good for, and how they end.

use crate::{
    browser::{Browser, Page},
    harness::{PASSWORD, Person, TestServer},
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// A session's id by its label, from the list that its owner sees.
async fn session(browser: &mut Browser, label: &str) -> String {
    let list: Value = browser.open("/api/v1/sessions").await.json();
    let sessions = list["sessions"].as_array().unwrap();
    let found = sessions.iter().find(|session| session["label"] == label);
    found.unwrap_or_else(|| panic!("no {label} in {list}"))["session_id"].as_str().unwrap().into()
}

async fn token(browser: &mut Browser, label: &str) -> String {
    let page = browser.post("/api/v1/tokens", json!({ "label": label })).await;
    assert_eq!(page.status, StatusCode::CREATED, "{}", page.text);
    page.json::<Value>()["token"].as_str().unwrap().into()
}

fn bearer(server: &TestServer, token: &str) -> Browser {
    Browser::new(server).with("authorization", &format!("Bearer {token}"))
}

/// Lets all sessions of somebody have been used last so many days ago.
async fn age(server: &TestServer, person: &Person, days: i32) {
    let statement = "update session set last_used_at = last_used_at - make_interval(days => $2), \
         expires_at = expires_at - make_interval(days => $2) where user_id = $1";
    sqlx::query(statement).bind(person.user.user_id).bind(days).execute(&server.state.db).await.unwrap();
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let attributes = "; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax";
    for (flags, proto, name, end) in [
        (&[][..], None, "bobbin_session=", attributes.to_owned()),
        (&[], Some("https"), "bobbin_session=", attributes.to_owned()),
        (&["--trust-proxy"], Some("http"), "bobbin_session=", attributes.to_owned()),
        (&["--trust-proxy"], Some("http, https"), "__Host-bobbin_session=", format!("{attributes}; Secure")),
        (
            &["--public-url", "https://chat.example"],
            None,
            "__Host-bobbin_session=",
            format!("{attributes}; Secure"),
        ),
    ] {
        let server = TestServer::start_with(flags).await;
        let mut browser = Browser::new(&server);
        browser.headers.extend(proto.map(|proto| ("x-forwarded-proto", proto.to_owned())));
        for page in
            [browser.sign_up("alice", "Alice", PASSWORD).await, browser.sign_in("alice", PASSWORD).await]
        {
            let cookie = page.set_cookie().unwrap();
            let secret = cookie.strip_prefix(name).and_then(|rest| rest.strip_suffix(&end)).expect(cookie);
            assert_eq!(secret.len(), 64);
        }
        assert!(browser.me().await.is_some());
        assert!(browser.open("/").await.set_cookie().is_none(), "there is nothing to renew yet");
    }
}

#[tokio::test]
async fn each_sign_in_has_a_session_of_its_own() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let mut first = Browser::of(&server, &alice);
    let mut second = Browser::new(&server);
    second.cookie = Some(format!("bobbin_session={}", "a".repeat(64)));
    second.sign_in("alice", PASSWORD).await;
    assert!(!second.cookie.as_ref().unwrap().contains("aaaa"), "a secret from outside is not taken over");
    assert_ne!(first.cookie, second.cookie);
    assert!(first.me().await.is_some() && second.me().await.is_some());

    let mut former = Browser::new(&server);
    former.cookie.clone_from(&second.cookie);
    second.sign_in("alice", PASSWORD).await;
    assert_eq!(former.me().await, None, "the same browser's former session ends");
    assert!(second.me().await.is_some());
}

#[tokio::test]
async fn the_list_says_what_is_signed_in() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let mut firefox = Browser::new(&server).with("user-agent", FIREFOX);
    firefox.sign_in("alice", PASSWORD).await;
    token(&mut firefox, "Robot").await;
    let list: Value = firefox.open("/api/v1/sessions").await.json();
    let labels: Vec<_> = list["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|session| {
            (
                session["label"].as_str().unwrap(),
                session["kind"].as_str().unwrap(),
                session["is_current"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        labels,
        [
            ("Firefox · Linux", "browser", true),
            ("Robot", "token", false),
            ("Unknown browser", "browser", false)
        ]
    );
    let page = firefox.open("/settings").await;
    page.assert_shows("Firefox · Linux");
    page.assert_shows("This browser");
    page.assert_shows("Robot");
    let secret = alice.cookie.split_once('=').unwrap().1;
    page.assert_lacks(secret);
    assert!(!list.to_string().contains(secret));
}

#[tokio::test]
async fn an_ended_session_is_as_good_as_none() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let mut socket = alice.live().await;
    let mut gone = Browser::of(&server, &alice);
    let mut here = Browser::new(&server).with("user-agent", FIREFOX);
    here.sign_in("alice", PASSWORD).await;
    let session_id = session(&mut here, "Unknown browser").await;
    let page = here.submit("/settings/sessions/end", &[("session_id", &session_id)]).await;
    assert_eq!(page.redirect(), "/settings?done=ended");

    let mut nobody = Browser::new(&server);
    for (method, path) in [
        (Method::GET, "/api/v1/me"),
        (Method::GET, "/api/v1/threads"),
        (Method::GET, "/api/v1/sessions"),
        (Method::DELETE, "/api/v1/sessions"),
        (Method::GET, "/settings"),
        (Method::GET, "/"),
        (Method::GET, "/sign-in"),
    ] {
        let (ended, none) =
            (gone.call(method.clone(), path, None).await, nobody.call(method, path, None).await);
        assert_eq!((ended.status, &ended.text), (none.status, &none.text), "{path}");
        assert_eq!(ended.header("location"), none.header("location"), "{path}");
    }
    assert_eq!(gone.open("/api/v1/me").await.problem(), "sign-in-required");
    assert!(alice.live_with("").await.is_err());
    while socket.try_next().await.is_ok() {}
    assert!(here.me().await.is_some());
}

#[tokio::test]
async fn signing_out_ends_the_session_and_forgets_the_cookie() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let mut socket = alice.live().await;
    let mut browser = Browser::of(&server, &alice);
    let page = browser.submit("/sign-out", &[]).await;
    assert_eq!(page.redirect(), "/sign-in");
    assert_eq!(page.set_cookie(), Some("bobbin_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"));
    assert_eq!(page.header("clear-site-data"), "\"cache\", \"storage\"");
    assert_eq!(Browser::of(&server, &alice).me().await, None);
    while socket.try_next().await.is_ok() {}
    assert_eq!(browser.submit("/sign-out", &[]).await.redirect(), "/sign-in", "twice is no fault");

    let mut browser = Browser::new(&server);
    browser.sign_in("alice", PASSWORD).await;
    let session_id = session(&mut browser, "Unknown browser").await;
    let page = browser.call(Method::DELETE, &format!("/api/v1/sessions/{session_id}"), None).await;
    assert_eq!((page.status, browser.cookie), (StatusCode::NO_CONTENT, None));
}

#[tokio::test]
async fn nobody_ends_the_session_of_another() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let mut browser = Browser::of(&server, &alice);
    let session_id = session(&mut Browser::of(&server, &bob), "Unknown browser").await;
    for path in [session_id.as_str(), "019a8b5c-0000-7000-8000-000000000001"] {
        let page = browser.call(Method::DELETE, &format!("/api/v1/sessions/{path}"), None).await;
        assert_eq!((page.status, page.problem().as_str()), (StatusCode::NOT_FOUND, "grant-not-found"));
    }
    browser.submit("/settings/sessions/end", &[("session_id", &session_id)]).await;
    assert!(Browser::of(&server, &bob).me().await.is_some());
    browser.call(Method::DELETE, "/api/v1/sessions", None).await;
    assert!(Browser::of(&server, &bob).me().await.is_some());
}

#[tokio::test]
async fn all_other_browsers_are_signed_out_at_once_but_no_token() {
    for by_form in [true, false] {
        let server = TestServer::start().await;
        let alice = server.person("alice").await;
        let (mut here, mut there) = (Browser::new(&server), Browser::of(&server, &alice));
        here.sign_in("alice", PASSWORD).await;
        let token = token(&mut here, "Robot").await;
        if by_form {
            let page = here.submit("/settings/sessions/end-others", &[]).await;
            assert_eq!(page.redirect(), "/settings?done=others-ended");
        } else {
            here.call(Method::DELETE, "/api/v1/sessions", None).await;
        }
        assert!(here.me().await.is_some());
        assert!(bearer(&server, &token).me().await.is_some());
        assert_eq!(there.me().await, None);
    }
}

#[tokio::test]
async fn a_token_is_told_once_and_works_until_it_is_revoked() {
    let server = TestServer::start().await;
    let mut alice = Browser::of(&server, &server.person("alice").await);
    let page = alice.submit("/settings/tokens", &[("label", "Robot <b>")]).await;
    page.assert_shows("Robot &lt;b&gt;");
    let token = page.text.split("bobbin_").nth(1).map(|rest| format!("bobbin_{}", &rest[..64])).unwrap();
    alice.open("/settings").await.assert_lacks(&token);

    alice.open("/settings").await.assert_shows("Not used yet");
    let mut robot = bearer(&server, &token);
    assert_eq!(robot.me().await, alice.me().await);
    alice.open("/settings").await.assert_lacks("Not used yet");
    let session_id = session(&mut alice, "Robot <b>").await;
    alice.submit("/settings/sessions/end", &[("session_id", &session_id)]).await;
    assert_eq!(robot.me().await, None);
}

#[tokio::test]
async fn a_token_needs_a_name_and_there_are_at_most_a_hundred() {
    let server = TestServer::start().await;
    let mut alice = Browser::of(&server, &server.person("alice").await);
    for label in ["", " \u{200B}", &"x".repeat(65)] {
        assert_eq!(alice.post("/api/v1/tokens", json!({ "label": label })).await.problem(), "label-invalid");
    }
    let page = alice.submit("/settings/tokens", &[("label", &"x".repeat(65))]).await;
    assert_eq!(page.status.as_u16(), 422);
    page.assert_shows("A token’s name has 1 to 64 visible characters.");
    for number in 0..100 {
        token(&mut alice, &number.to_string()).await;
    }
    assert_eq!(alice.post("/api/v1/tokens", json!({ "label": "101" })).await.problem(), "request-invalid");
}

#[tokio::test]
async fn a_token_cannot_be_used_to_stay() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let token = token(&mut Browser::of(&server, &alice), "Robot").await;
    let browser_id = session(&mut Browser::of(&server, &alice), "Unknown browser").await;
    let robot_id = session(&mut Browser::of(&server, &alice), "Robot").await;
    let mut robot = bearer(&server, &token);
    let change = json!({ "current_password": PASSWORD, "password": "a new password" });
    let refused = |page: Page| assert_eq!(page.problem(), "browser-required");
    refused(robot.call(Method::PUT, "/api/v1/password", Some(change)).await);
    refused(robot.open("/api/v1/sessions").await);
    refused(robot.post("/api/v1/tokens", json!({ "label": "Another" })).await);
    let privacy = json!({ "shows_typing": true, "shows_presence": true, "shows_receipts": true, "secret_from": "contacts" });
    refused(robot.call(Method::PUT, "/api/v1/privacy", Some(privacy)).await);
    let thread_id = alice.direct(&server.person("bob").await).await.thread_id;
    let unblock = json!({ "set_option": { "thread_id": thread_id, "option": { "blocked": false } } });
    refused(robot.post("/api/v1/commands", unblock).await);
    refused(robot.call(Method::DELETE, "/api/v1/sessions", None).await);
    refused(robot.call(Method::DELETE, &format!("/api/v1/sessions/{browser_id}"), None).await);
    assert_eq!(robot.open("/settings").await.status, StatusCode::FORBIDDEN);
    assert!(Browser::of(&server, &alice).me().await.is_some());
    let page = robot.call(Method::DELETE, &format!("/api/v1/sessions/{robot_id}"), None).await;
    assert_eq!(page.status, StatusCode::NO_CONTENT, "it may give itself up");
    assert_eq!(robot.me().await, None);
}

#[tokio::test]
async fn a_secret_is_good_in_its_own_place_alone() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let token = token(&mut Browser::of(&server, &alice), "Robot").await;
    let secret = alice.cookie.split_once('=').unwrap().1;
    assert_eq!(bearer(&server, secret).me().await, None, "a cookie's secret is no token");
    let mut browser = Browser::new(&server);
    browser.cookie = Some(format!("bobbin_session={token}"));
    assert_eq!(browser.me().await, None, "a token is no cookie");
    for value in ["Bearer", "Bearer ", "Bearer bobbin_", "Basic YWxpY2U6eA==", &token] {
        let mut program = Browser::of(&server, &alice).with("authorization", value);
        assert_eq!(program.me().await, None, "what a program says goes before the cookie: {value}");
    }
}

#[tokio::test]
async fn a_browser_in_use_stays_signed_in_and_one_not_used_for_400_days_does_not() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let mut browser = Browser::of(&server, &alice);
    age(&server, &alice, 399).await;
    let page = browser.open("/api/v1/me").await;
    assert_eq!(page.status, StatusCode::OK);
    let renewed = page.set_cookie().expect("the cookie is not renewed");
    assert!(renewed.starts_with(&alice.cookie) && renewed.contains("Max-Age=34560000"), "{renewed}");
    assert!(browser.open("/api/v1/me").await.set_cookie().is_none(), "once is enough for a while");
    age(&server, &alice, 399).await;
    assert!(browser.me().await.is_some());
    age(&server, &alice, 400).await;
    assert_eq!(browser.me().await, None);

    browser.sign_in("alice", PASSWORD).await;
    let list: Value = browser.open("/api/v1/sessions").await.json();
    assert_eq!(list["sessions"].as_array().unwrap().len(), 1, "what has expired is cleared away");
    let token = token(&mut browser, "Robot").await;
    age(&server, &alice, 4_000).await;
    assert!(bearer(&server, &token).me().await.is_some(), "a token is good until it is revoked");
}

#[tokio::test]
async fn a_browser_is_asked_for_the_password_again_after_two_years_however_much_it_is_used() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let mut browser = Browser::of(&server, &alice);
    let days_left = async |days_old: i32| -> i32 {
        let statement =
            "update session set created_at = now() - make_interval(days => $2) where user_id = $1";
        sqlx::query(statement)
            .bind(alice.user.user_id)
            .bind(days_old)
            .execute(&server.state.db)
            .await
            .unwrap();
        age(&server, &alice, 1).await;
        browser.me().await.expect("it is signed in");
        let statement = "select round(extract(epoch from expires_at - now()) / 86400)::integer from session";
        sqlx::query_scalar(statement).fetch_one(&server.state.db).await.unwrap()
    };
    let mut days_left = days_left;
    assert_eq!(days_left(10).await, 400);
    assert_eq!(days_left(700).await, 30);
    assert_eq!(days_left(729).await, 1);
    age(&server, &alice, 1).await;
    assert_eq!(Browser::of(&server, &alice).me().await, None);
}
