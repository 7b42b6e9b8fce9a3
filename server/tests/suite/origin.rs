//! What another site's page can make a browser do here: nothing.

use crate::{
    browser::{Browser, Page},
    harness::{PASSWORD, Person, TestServer},
};
use model::wire::SUBPROTOCOL;
use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio_tungstenite::tungstenite::{Error, client::IntoClientRequest};

const FORMS: [&str; 12] = [
    "/sign-in",
    "/sign-up",
    "/sign-out",
    "/new",
    "/t/019a8b5c-0000-7000-8000-000000000001/send",
    "/settings/password",
    "/settings/sessions/end",
    "/settings/sessions/end-others",
    "/settings/tokens",
    "/settings/registration",
    "/settings/invites",
    "/settings/invites/revoke",
];

/// The status that opening the live socket ends with.
async fn open_socket(server: &TestServer, person: &Person, headers: &[(&'static str, &str)]) -> u16 {
    let mut request = format!("ws://{}/api/v1/live", server.address).into_client_request().unwrap();
    let fixed = [("cookie", person.cookie.as_str()), ("sec-websocket-protocol", SUBPROTOCOL)];
    for (name, value) in fixed.iter().chain(headers) {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    match tokio_tungstenite::connect_async(request).await {
        Ok((_, response)) => response.status().as_u16(),
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("{error}"),
    }
}

fn refused(page: &Page) {
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.text.contains("This request came from another site."), "{}", page.text);
    assert_eq!(page.set_cookie(), None);
}

#[tokio::test]
async fn another_sites_page_cannot_use_a_form_or_the_interface() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let own_port = format!("http://{}", server.address).replace("127.0.0.1", "localhost");
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1"),
        ("origin", "http://127.0.0.1:1"),
        ("origin", own_port.as_str()),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        for path in FORMS {
            refused(&Browser::of(&server, &alice).with(name, value).submit(path, &[]).await);
        }
        for (method, path) in [
            (Method::POST, "/api/v1/sessions"),
            (Method::POST, "/api/v1/commands"),
            (Method::POST, "/api/v1/tokens"),
            (Method::PUT, "/api/v1/password"),
            (Method::DELETE, "/api/v1/sessions"),
        ] {
            let page =
                Browser::of(&server, &alice).with(name, value).call(method, path, Some(json!({}))).await;
            refused(&page);
            assert_eq!(page.problem(), "origin-foreign");
        }
        assert_eq!(open_socket(&server, &alice, &[(name, value)]).await, 403, "{name}: {value}");
    }
    assert!(Browser::of(&server, &alice).me().await.is_some());
}

#[tokio::test]
async fn our_own_pages_and_programs_can() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let own = format!("http://{}", server.address);
    for headers in [
        &[("origin", own.as_str()), ("sec-fetch-site", "same-origin")][..],
        &[("origin", own.as_str())],
        &[("sec-fetch-site", "none")],
        &[],
    ] {
        let mut browser = Browser::new(&server);
        browser.headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        assert_eq!(
            browser.submit("/sign-in", &[("username", "alice"), ("password", PASSWORD)]).await.redirect(),
            "/"
        );
        assert_eq!(browser.sign_in("alice", PASSWORD).await.status, StatusCode::CREATED);
        assert_eq!(open_socket(&server, &alice, headers).await, 101);
    }
    let mut reader = Browser::of(&server, &alice).with("origin", "https://evil.example");
    assert_eq!(reader.open("/settings").await.status, StatusCode::OK, "a link from elsewhere may lead here");
}

#[tokio::test]
async fn behind_a_proxy_the_public_address_is_ours() {
    let sign_in = json!({ "username": "nobody", "password": PASSWORD });
    for (flags, forwarded, origin, problem) in [
        (&["--public-url", "https://chat.example/"][..], None, "https://chat.example", "credentials-wrong"),
        (&["--public-url", "https://chat.example"], None, "http://chat.example", "origin-foreign"),
        (&["--public-url", "https://chat.example"], None, "https://evil.example", "origin-foreign"),
        (&["--trust-proxy"], Some("chat.example"), "https://chat.example", "credentials-wrong"),
        (&["--trust-proxy"], Some("chat.example"), "https://evil.example", "origin-foreign"),
        (&[], Some("evil.example"), "https://evil.example", "origin-foreign"),
    ] {
        let server = TestServer::start_with(flags).await;
        let mut browser = Browser::new(&server).with("origin", origin);
        browser.headers.extend(forwarded.map(|host| ("x-forwarded-host", host.to_owned())));
        assert_eq!(browser.post("/api/v1/sessions", sign_in.clone()).await.problem(), problem, "{origin}");
    }
}

#[tokio::test]
async fn every_answer_tells_the_browser_to_be_careful() {
    let server = TestServer::start().await;
    let mut alice = Browser::of(&server, &server.person("alice").await);
    for path in ["/", "/settings", "/nowhere", "/api/v1/me", "/api/v1/nowhere", "/healthz", "/robots.txt"] {
        let page = alice.open(path).await;
        let policy = page.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe-inline") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(page.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(page.header("strict-transport-security"), "", "{path}");
        // Files have lifetimes of their own.
        if path != "/robots.txt" {
            assert_eq!(page.header("cache-control"), "no-store", "{path}");
        }
    }
    let server = TestServer::start_with(&["--public-url", "https://chat.example"]).await;
    let page = Browser::new(&server).open("/sign-up").await;
    assert_eq!(page.header("strict-transport-security"), "max-age=31536000");
}

#[tokio::test]
async fn no_answer_may_be_read_by_another_sites_page() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    for path in ["/", "/sign-in", "/nowhere", "/api/v1/me", "/api/v1/openapi.json", "/robots.txt", "/healthz"]
    {
        for method in [Method::GET, Method::OPTIONS] {
            let mut browser = Browser::of(&server, &alice)
                .with("origin", "https://evil.example")
                .with("access-control-request-method", "GET");
            let page = browser.call(method.clone(), path, None).await;
            let allowed: Vec<&str> = page
                .headers
                .keys()
                .map(|name| name.as_str())
                .filter(|name| name.starts_with("access-"))
                .collect();
            assert!(allowed.is_empty(), "{method} {path}: {allowed:?}");
        }
    }
}

#[tokio::test]
async fn no_folder_is_listed() {
    let server = TestServer::start().await;
    let mut alice = Browser::of(&server, &server.person("alice").await);
    for path in [
        "/pkg",
        "/pkg/",
        "/files",
        "/files/",
        "/pictures/",
        "/api",
        "/api/v1/",
        "/.git/config",
        "/../Cargo.toml",
    ] {
        assert_eq!(alice.open(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn no_answer_repeats_what_was_asked() {
    let server = TestServer::start().await;
    let mut alice = Browser::of(&server, &server.person("alice").await);
    for path in ["/", "/settings", "/nowhere", "/api/v1/me", "/api/v1/commands", "/healthz", "/robots.txt"] {
        let page = alice.call(Method::TRACE, path, None).await;
        assert!([404, 405].contains(&page.status.as_u16()), "{path}: {}", page.status);
        page.assert_lacks("bobbin_session");
    }
}
