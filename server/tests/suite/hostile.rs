//! What nobody in their senses sends: markup and SQL in every field, and what cannot be read at all. Each is answered, and the server goes on.

use crate::{
    browser::Browser,
    form::Form,
    harness::{DEADLINE, TestServer},
    strangers::routes,
};
use model::{MessageId, Refusal, ThreadId, wire::MAX_FRAME_BYTES};
use reqwest::{Method, StatusCode};
use server::error::Error;
use std::collections::BTreeSet;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

const EVIL: [&str; 4] = [
    "</textarea></title><script>alert(1)</script><img src=x onerror=alert(1)>",
    "'); drop table message; --\" or 1=1",
    "\u{202E}\u{200B}\u{FEFF}\0\r\n%00%ff../../etc/passwd",
    "\" autofocus onfocus=\"alert(1)",
];

#[tokio::test]
async fn every_field_of_every_form_takes_anything_and_shows_it_as_text() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let (bob, carol) = (server.person("bob").await, server.person("carol").await);
    let group = alice.group("Ours", &[&bob]).await.thread_id;
    let direct = alice.direct(&bob).await.thread_id;
    bob.send(direct, "hello").await;
    let mut browser = Browser::of(&server, &alice);
    let mut fields = BTreeSet::new();
    for path in [
        "/new?q=carol".to_owned(),
        "/new?do=group".into(),
        format!("/t/{direct}"),
        format!("/t/{group}/details?do=add&q=carol"),
        format!("/t/{group}/details?do=edit"),
        "/settings".into(),
    ] {
        let forms = Form::all(&browser.open(&path).await.text);
        assert!(!forms.is_empty(), "no form on {path}");
        for form in
            forms.iter().filter(|form| form.action != "/sign-out" && !form.action.contains("/sign-out?"))
        {
            for name in form
                .fields
                .iter()
                .chain(&form.buttons)
                .map(|(name, _)| name.as_str())
                .collect::<BTreeSet<_>>()
            {
                fields.insert(name.to_owned());
                for evil in EVIL {
                    let mut sent = form.pressed(form.buttons.first().map(|(_, value)| value.as_str()));
                    // Each is a message of its own.
                    let message_id = MessageId::generate().to_string();
                    sent.iter_mut()
                        .filter(|(known, _)| *known == "message_id")
                        .for_each(|(_, value)| *value = &message_id);
                    sent.iter_mut().filter(|(known, _)| *known == name).for_each(|(_, value)| *value = evil);
                    let page = if form.method == "get" {
                        let query = sent.iter().map(|(name, value)| format!("{name}={}", escaped(value)));
                        let query = query.collect::<Vec<_>>().join("&");
                        browser.open(&format!("{}?{query}", form.action)).await
                    } else {
                        browser.submit(&form.action, &sent).await
                    };
                    let what = format!("{evil:?} as {name} of {}", form.action);
                    assert!(!page.status.is_server_error(), "{what}: {} {}", page.status, page.text);
                    assert!(!has_markup(&page.text), "{what} came back as markup");
                    assert!(
                        !page.header("location").contains("//"),
                        "{what} leads to {}",
                        page.header("location")
                    );
                }
            }
        }
    }
    for name in
        ["body", "title", "glyph", "hue", "label", "q", "user_id", "message_id", "password", "uses", "days"]
    {
        assert!(fields.contains(name), "no form has the field {name}");
    }
    // What could be stored of it is there as text, on every page that shows it.
    for path in ["/".to_owned(), format!("/t/{direct}"), format!("/t/{group}/details"), "/settings".into()] {
        for reader in [&alice, &bob] {
            let (status, page) = reader.page(&path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(!has_markup(&page), "markup on {path}");
        }
    }
    assert_eq!(carol.find("bob").await, ["bob"]);
}

#[tokio::test]
async fn a_text_that_no_rule_has_stopped_and_the_database_cannot_keep_is_refused() {
    let server = TestServer::start().await;
    for statement in ["select $1::text", "select ($1::text::jsonb)->>0"] {
        for text in ["[\"\0\"]", "[\"\\u0000\"]"] {
            match sqlx::query(statement).bind(text).execute(&server.state.db).await {
                Ok(_) => assert!(!statement.contains("jsonb") && !text.contains('\0')),
                Err(error) => {
                    let error = Error::from(error);
                    let is_said = matches!(error, Error::Refused(Refusal::RequestInvalid { .. }));
                    assert!(is_said, "{statement}: {error:?}");
                }
            }
        }
    }
}

/// Whether something of what was sent is an element, or an attribute of one.
fn has_markup(html: &str) -> bool {
    let mut tags = html.split('<').filter_map(|rest| rest.split_once('>'));
    html.contains("<script>alert")
        || html.contains("<img src=x")
        || tags.any(|(tag, _)| tag.contains("\" autofocus onfocus"))
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn what_cannot_be_read_is_answered_with_a_reason_wherever_it_is_sent() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    alice.send(thread_id, "hello").await;
    let big = "x".repeat(MAX_FRAME_BYTES + 1);
    let nested = "[".repeat(20_000);
    let mut asked = 0;
    for (method, path) in routes() {
        if matches!(path.as_str(), "/sign-out" | "/lock/now")
            || (method == Method::DELETE && path == "/api/v1/sessions")
        {
            continue;
        }
        let ids = [
            thread_id.to_string(),
            ThreadId::generate().to_string(),
            "%00".into(),
            "..%2f".into(),
            big[..2000].into(),
        ];
        for id in &ids[..if path.contains('{') { ids.len() } else { 1 }] {
            let path = [
                "{thread_id}",
                "{message_id}",
                "{file_id}",
                "{session_id}",
                "{invite_id}",
                "{language}",
                "{tone}",
                "{version}",
            ]
            .iter()
            .fold(path.clone(), |path, name| path.replace(name, id));
            let queries = [
                "",
                "?before=x",
                "?after=9999999999999999999999",
                "?around=-1&before=1",
                "?%ff=%zz&&==&q=%",
                "?next=%00",
            ];
            for query in queries {
                for (kind, body) in [
                    ("application/json", "{"),
                    ("application/json", "null"),
                    ("application/json", nested.as_str()),
                    ("application/json", "{\"send_message\":{\"body\":1}}"),
                    ("text/plain", "hello"),
                    ("application/x-www-form-urlencoded", "%ff%00&=&body"),
                    ("multipart/form-data; boundary=x", "--x\r\nno header\r\n\r\n--y"),
                    ("multipart/form-data", ""),
                    ("\u{7f}", ""),
                    ("application/json", big.as_str()),
                ] {
                    if method == Method::GET && !body.is_empty() {
                        continue;
                    }
                    let request =
                        alice.request(method.clone(), &format!("{path}{query}")).body(body.to_owned());
                    let Ok(request) = request.header("content-type", kind).build() else { continue };
                    let response = server.client.execute(request).await.unwrap();
                    let status = response.status();
                    let is_reasoned = status.is_success() || status.is_redirection() || {
                        let kind = response.headers()["content-type"].to_str().unwrap();
                        kind.starts_with(if path.starts_with("/api/") {
                            "application/problem+json"
                        } else {
                            "text/html"
                        })
                    };
                    let text = response.text().await.unwrap();
                    let what = format!(
                        "{method} {path}{query} with {kind}: {status} {}",
                        &text[..text.len().min(300)]
                    );
                    assert!(!status.is_server_error() && is_reasoned, "{what}");
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 1000, "only {asked} were sent");
    assert_eq!(bob.messages(thread_id, "").await.unwrap().messages.len(), 1, "something of it was stored");
    assert_eq!(alice.threads().await.threads.len(), 1);
}

/// The statuses with which a server answers what comes over one connection, until it closes it.
async fn statuses(server: &TestServer, requests: &str) -> Vec<String> {
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    socket.write_all(requests.as_bytes()).await.unwrap();
    let mut answers = Vec::new();
    let ended = timeout(DEADLINE, socket.read_to_end(&mut answers)).await;
    let answers = String::from_utf8_lossy(&answers);
    assert!(ended.is_ok(), "the connection is still open after {answers}");
    answers.split("HTTP/1.1 ").skip(1).map(|answer| answer[..3].to_owned()).collect()
}

#[tokio::test]
async fn nobody_disagrees_with_a_proxy_about_where_a_request_ends() {
    let server = TestServer::start().await;
    let first =
        |headers: &str, body: &str| format!("GET /healthz HTTP/1.1\r\nhost: x\r\n{headers}\r\n\r\n{body}");
    let second = "GET /readyz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    for ambiguous in [
        "content-length: 5\r\ncontent-length: 6",
        "content-length: five",
        "content-length: -1",
        "content-length: 5, 6",
        "transfer-encoding: chunked, identity",
        "transfer-encoding: x",
    ] {
        assert_eq!(statuses(&server, &(first(ambiguous, "hello") + second)).await, ["400"], "{ambiguous}");
    }
    // Pieces go before a length (RFC 9112, 6.3), and what follows on the same connection is nobody's request (6.1).
    let both = first("content-length: 1000\r\ntransfer-encoding: chunked", "5\r\nhello\r\n0\r\n\r\n");
    assert_eq!(statuses(&server, &(both + second)).await, ["200"]);
    let long = first("transfer-encoding: chunked", "ffffffffffffffffff\r\nhello\r\n0\r\n\r\n");
    assert_eq!(statuses(&server, &(long + second)).await.len(), 1, "a piece of more bytes than there are");
}
