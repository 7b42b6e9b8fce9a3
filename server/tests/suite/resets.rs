//! Forgotten passwords: who may make a link, and that it is good once.

use crate::{
    browser::Browser,
    harness::{PASSWORD, Person, TestServer},
};
use model::Username;
use reqwest::{Method, StatusCode};
use serde_json::json;
use server::resets;

const NEW: &str = "a much newer one";

/// The path of the link that a page tells.
fn told(page: &str) -> String {
    let start = page.find("/reset/").expect("no link");
    page[start..start + "/reset/".len() + 64].to_owned()
}

async fn link(server: &TestServer, administrator: &Person, username: &str) -> String {
    let page = Browser::of(server, administrator).submit("/settings/resets", &[("username", username)]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    told(&page.text)
}

#[tokio::test]
async fn a_link_lets_its_owner_choose_a_new_password_once_and_ends_all_that_was_signed_in() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let mut elsewhere = Browser::of(&server, &bob);
    let token =
        elsewhere.post("/api/v1/tokens", json!({ "label": "Robot" })).await.json::<serde_json::Value>();
    let token = format!("Bearer {}", token["token"].as_str().unwrap());
    let mut live = bob.live().await;
    let older = link(&server, &alice, "@bob").await;
    let newer = link(&server, &alice, "bob").await;

    let mut his = Browser::new(&server);
    assert_eq!(his.open(&older).await.status, StatusCode::FORBIDDEN, "the newest alone is good");
    his.open(&newer).await.assert_shows("Choose a new password, Bob");
    for (password, problem) in [("short", "8 to 256 characters"), ("bobbobbob", "guess")] {
        let page = his.submit(&newer, &[("password", password)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.assert_shows(problem);
    }
    assert!(elsewhere.me().await.is_some(), "nothing has happened yet");
    assert_eq!(his.submit(&newer, &[("password", NEW)]).await.redirect(), "/");
    assert_eq!(his.me().await, Some(bob.user.user_id), "he is signed in");
    assert_eq!(elsewhere.me().await, None);
    assert_eq!(Browser::new(&server).with("authorization", &token).me().await, None, "programs, too");
    while live.try_next().await.is_ok() {}

    assert_eq!(Browser::new(&server).sign_in("bob", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(Browser::new(&server).sign_in("bob", NEW).await.status, StatusCode::CREATED);
    let again = Browser::new(&server).submit(&newer, &[("password", "yet another one")]).await;
    assert_eq!(again.status, StatusCode::FORBIDDEN);
    again.assert_shows("This link was used");
    assert!(his.me().await.is_some());
}

#[tokio::test]
async fn of_two_who_open_a_link_at_once_one_chooses() {
    let server = TestServer::start().await;
    let (alice, _) = (server.person("alice").await, server.person("bob").await);
    let path = link(&server, &alice, "bob").await;
    let (mut one, mut other) = (Browser::new(&server), Browser::new(&server));
    let (one, other) = tokio::join!(
        one.submit(&path, &[("password", "the first of them")]),
        other.submit(&path, &[("password", "the second of them")])
    );
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 403]);
}

#[tokio::test]
async fn a_link_is_made_by_the_administrator_for_others_and_is_good_for_a_day() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    for (by, username, status) in [
        (&bob, "alice", StatusCode::FORBIDDEN),
        (&alice, "alice", StatusCode::UNPROCESSABLE_ENTITY),
        (&alice, "nobody", StatusCode::NOT_FOUND),
        (&alice, "<b>", StatusCode::NOT_FOUND),
    ] {
        let page = Browser::of(&server, by).submit("/settings/resets", &[("username", username)]).await;
        assert_eq!(page.status, status, "{username}");
        assert!(!page.text.contains("/reset/"), "{}", page.text);
    }
    let path = link(&server, &alice, "bob").await;
    let stored: Vec<u8> =
        sqlx::query_scalar("select secret_hash from reset").fetch_one(&server.state.db).await.unwrap();
    assert!(!path.contains(&String::from_utf8_lossy(&stored).into_owned()), "told once, and not kept");
    sqlx::query("update reset set expires_at = now()").execute(&server.state.db).await.unwrap();
    assert_eq!(Browser::new(&server).open(&path).await.status, StatusCode::FORBIDDEN);
    let page = Browser::new(&server).submit(&path, &[("password", NEW)]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert_eq!(Browser::new(&server).sign_in("bob", PASSWORD).await.status, StatusCode::CREATED);

    // Who changes it by themselves has nothing to fear of a link any more.
    let path = link(&server, &alice, "bob").await;
    let change = json!({ "current_password": PASSWORD, "password": NEW });
    let changed = Browser::of(&server, &bob).call(Method::PUT, "/api/v1/password", Some(change)).await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT);
    assert_eq!(Browser::new(&server).open(&path).await.status, StatusCode::FORBIDDEN);

    // Whoever runs the server makes one for the administrator, but for no closed account.
    let (_, path) = resets::make(&server.state.db, &Username::new("alice").unwrap()).await.unwrap();
    Browser::new(&server).open(&path).await.assert_shows("Choose a new password, Alice");
    sqlx::query("update account set deactivated_at = now()").execute(&server.state.db).await.unwrap();
    assert!(resets::make(&server.state.db, &Username::new("alice").unwrap()).await.is_err());
    assert_eq!(Browser::new(&server).open(&path).await.status, StatusCode::FORBIDDEN);
}
