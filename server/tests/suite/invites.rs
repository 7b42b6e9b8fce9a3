//! Invites: who may join where not everybody may.

use crate::{
    browser::{Browser, Page},
    harness::{PASSWORD, TestServer},
};
use model::UserId;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// An instance that takes an invite, and its administrator.
async fn closed() -> (TestServer, Browser) {
    let server = TestServer::start().await;
    let mut alice = Browser::of(&server, &server.person("alice").await);
    let page = alice.call(Method::PUT, "/api/v1/registration", Some(json!({ "is_open": false }))).await;
    assert_eq!(page.status, StatusCode::NO_CONTENT);
    (server, alice)
}

/// A new invite: its id and its secret.
async fn invite(administrator: &mut Browser, uses: i32) -> (String, String) {
    let page = administrator.post("/api/v1/invites", json!({ "uses": uses })).await;
    assert_eq!(page.status, StatusCode::CREATED, "{}", page.text);
    let link: Value = page.json();
    let url = link["url"].as_str().unwrap();
    (link["invite"]["invite_id"].as_str().unwrap().into(), url.split_once("invite=").unwrap().1.into())
}

async fn sign_up_with(server: &TestServer, username: &str, invite: &str) -> Page {
    let account =
        json!({ "username": username, "display_name": username, "password": PASSWORD, "invite": invite });
    Browser::new(server).post("/api/v1/accounts", account).await
}

#[tokio::test]
async fn where_registration_is_closed_an_account_takes_an_invite() {
    let (server, mut alice) = closed().await;
    let mut stranger = Browser::new(&server);
    let page = stranger.sign_up("mallory", "Mallory", PASSWORD).await;
    assert_eq!((page.status, page.problem().as_str()), (StatusCode::FORBIDDEN, "registration-closed"));
    for wrong in ["", "x", &"a".repeat(64), "' or true --"] {
        assert_eq!(sign_up_with(&server, "mallory", wrong).await.problem(), "invite-invalid");
    }
    let (_, secret) = invite(&mut alice, 1).await;
    assert_eq!(sign_up_with(&server, "bob", &secret).await.status, StatusCode::CREATED);
    assert_eq!(sign_up_with(&server, "carol", &secret).await.problem(), "invite-invalid", "it was for one");

    alice.call(Method::PUT, "/api/v1/registration", Some(json!({ "is_open": true }))).await;
    assert_eq!(stranger.sign_up("mallory", "Mallory", PASSWORD).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn an_invite_for_two_lets_in_two_of_many_at_once() {
    let (server, mut alice) = closed().await;
    let (_, secret) = invite(&mut alice, 2).await;
    let names: Vec<String> = (0..6).map(|number| format!("person{number}")).collect();
    let pages =
        futures_util::future::join_all(names.iter().map(|name| sign_up_with(&server, name, &secret))).await;
    let (let_in, refused): (Vec<_>, Vec<_>) =
        pages.iter().partition(|page| page.status == StatusCode::CREATED);
    assert_eq!(let_in.len(), 2);
    assert!(refused.iter().all(|page| page.problem() == "invite-invalid"));
}

#[tokio::test]
async fn a_sign_up_that_fails_uses_nothing_up() {
    let (server, mut alice) = closed().await;
    let (_, secret) = invite(&mut alice, 1).await;
    assert_eq!(sign_up_with(&server, "alice", &secret).await.problem(), "username-taken");
    assert_eq!(sign_up_with(&server, "1", &secret).await.problem(), "username-invalid");
    assert_eq!(sign_up_with(&server, "bob", &secret).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn an_expired_or_revoked_invite_lets_nobody_in() {
    let (server, mut alice) = closed().await;
    let (_, expired) = invite(&mut alice, 5).await;
    sqlx::query("update invite set expires_at = now()").execute(&server.state.db).await.unwrap();
    let (invite_id, revoked) = invite(&mut alice, 5).await;
    let path = format!("/api/v1/invites/{invite_id}");
    assert_eq!(alice.call(Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(alice.call(Method::DELETE, &path, None).await.problem(), "grant-not-found");
    for secret in [expired, revoked] {
        assert_eq!(sign_up_with(&server, "bob", &secret).await.problem(), "invite-invalid");
        let page = Browser::new(&server).open(&format!("/sign-up?invite={secret}")).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        page.assert_shows("Ask for a new link.");
        page.assert_lacks("name=\"password\"");
    }
    assert_eq!(alice.open("/api/v1/invites").await.json::<Value>(), json!({ "invites": [] }));
}

#[tokio::test]
async fn an_invite_is_good_for_a_week_unless_told_otherwise() {
    let (_server, mut alice) = closed().await;
    let made: Value = alice.post("/api/v1/invites", json!({})).await.json();
    let invite = &made["invite"];
    let length_us = invite["expires_at"].as_i64().unwrap() - invite["created_at"].as_i64().unwrap();
    assert_eq!((length_us, &invite["uses_left"]), (7 * 24 * 3600 * 1_000_000, &json!(1)));
    for wrong in [json!({ "uses": 0 }), json!({ "uses": 1001 }), json!({ "days": 0 }), json!({ "days": 366 })]
    {
        assert_eq!(alice.post("/api/v1/invites", wrong).await.problem(), "request-invalid");
    }
}

#[tokio::test]
async fn only_the_administrator_decides_who_may_join() {
    let (server, mut alice) = closed().await;
    let (invite_id, secret) = invite(&mut alice, 5).await;
    let mut bob = Browser::new(&server);
    let account = json!({ "username": "bob", "display_name": "Bob", "password": PASSWORD, "invite": secret });
    bob.post("/api/v1/accounts", account).await;
    let open = Some(json!({ "is_open": true }));
    let path = format!("/api/v1/invites/{invite_id}");
    let calls = [
        (Method::PUT, "/api/v1/registration", open),
        (Method::GET, "/api/v1/invites", None),
        (Method::POST, "/api/v1/invites", Some(json!({}))),
        (Method::DELETE, path.as_str(), None),
    ];
    for (method, path, body) in calls {
        let page = bob.call(method.clone(), path, body.clone()).await;
        assert_eq!((page.status, page.problem().as_str()), (StatusCode::FORBIDDEN, "administrator-required"));
        assert_eq!(Browser::new(&server).call(method, path, body).await.problem(), "sign-in-required");
    }
    for (path, fields) in [
        ("/settings/registration", &[("is_open", "true")][..]),
        ("/settings/invites", &[("uses", "1"), ("days", "7")]),
        ("/settings/invites/revoke", &[("invite_id", invite_id.as_str())]),
    ] {
        let page = bob.submit(path, fields).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        page.assert_shows("Only the administrator");
    }
    let page = bob.open("/settings").await;
    page.assert_shows("Tokens for programs");
    page.assert_lacks("Invites");
    assert_eq!(sign_up_with(&server, "carol", &secret).await.status, StatusCode::CREATED);
    assert_eq!(
        Browser::new(&server).open("/api/v1/registration").await.json::<Value>(),
        json!({ "is_open": false })
    );
}

#[tokio::test]
async fn an_invite_is_made_handed_on_and_used_without_scripts() {
    let server = TestServer::start().await;
    let mut alice = Browser::of(&server, &server.person("alice").await);
    assert_eq!(
        alice.submit("/settings/registration", &[("is_open", "false")]).await.redirect(),
        "/settings?done=registration"
    );
    alice.open("/settings").await.assert_shows("Only people with an invite can make an account.");
    let page = alice.submit("/settings/invites", &[("uses", "2"), ("days", "30")]).await;
    let base = format!("http://{}/sign-up?invite=", server.address);
    let secret = page.text.split_once(&base).expect("there is no link on the page").1[..64].to_owned();
    page.assert_shows("For 2 people");
    page.assert_shows("in 30 days");
    alice.open("/settings").await.assert_lacks(&secret);

    let mut bob = Browser::new(&server);
    let closed = bob.open("/sign-up").await;
    closed.assert_shows("New accounts need an invite here.");
    closed.assert_lacks("name=\"password\"");
    bob.open("/sign-in").await.assert_shows("Ask for an invite.");
    let page = bob.open(&format!("/sign-up?invite={secret}")).await;
    page.assert_shows("You are invited.");
    page.assert_shows(&format!("value=\"{secret}\""));
    let fields = [("username", "bob"), ("display_name", "Bob"), ("password", PASSWORD), ("invite", &secret)];
    assert_eq!(bob.submit("/sign-up", &fields).await.redirect(), "/");
    assert_ne!(bob.me().await, None::<UserId>);
    let list: Value = alice.open("/api/v1/invites").await.json();
    assert_eq!(list["invites"][0]["uses_left"], 1);
}
