//! Whoever is not in a thread, not in it any more, or not signed in: at every address and with every command, each of which is read from
//! where it is defined, so that a new one cannot be forgotten here.

use crate::harness::{Person, TestServer};
use model::{ThreadId, wire::Event};
use reqwest::{Method, RequestBuilder, StatusCode, header::LOCATION};
use serde_json::Value;

/// The ids in the snapshot of the commands.
const THREAD: &str = "019a8b5c-0000-7000-8000-000000000002";
const USER: &str = "019a8b5c-0000-7000-8000-000000000001";
const MESSAGE: &str = "019a8b5c-0000-7000-8000-000000000003";

/// Every method and address of the router.
pub fn routes() -> Vec<(Method, String)> {
    let router = include_str!("../../src/router.rs");
    let routes = router.lines().filter_map(|line| line.trim().strip_prefix(".route(\"")?.split_once('"'));
    let methods = [Method::GET, Method::POST, Method::PUT, Method::DELETE];
    routes
        .flat_map(|(path, handlers)| {
            let is_there =
                |method: &Method| handlers.contains(&format!("{}(", method.as_str().to_lowercase()));
            methods
                .iter()
                .filter(move |method| is_there(method))
                .map(|method| (method.clone(), path.to_owned()))
        })
        .collect()
}

/// One of every command, as its frame reads.
pub fn commands() -> impl Iterator<Item = String> {
    let frames = include_str!("../../../model/tests/snapshots/wire__every_command.snap").lines();
    frames.filter(|line| line.starts_with('{')).map(|line| {
        let frame: Value = serde_json::from_str(line).unwrap();
        frame["command"].to_string()
    })
}

/// What somebody is told, without what differs from thread to thread anyway.
async fn told(request: RequestBuilder, thread_id: ThreadId) -> (StatusCode, String) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap().replace(&thread_id.to_string(), "<thread>");
    // A page carries the moment at which it was drawn, and a new id for its form.
    (status, text.split("<script type=\"application/json\"").next().unwrap().to_owned())
}

fn asks(person: &Person, method: &Method, path: &str, thread_id: ThreadId, message: &str) -> RequestBuilder {
    let path = path.replace("{thread_id}", &thread_id.to_string());
    let path = path.replace("{message_id}", message).replace("{file_id}", MESSAGE);
    let request = person.request(method.clone(), &path);
    match (method, path.as_str()) {
        (&Method::GET, path) if path.ends_with("/changes") => request.query(&[("after", "0")]),
        (&Method::GET, path) if path.ends_with("/search") => request.query(&[("prefix", "a")]),
        (&Method::PUT, _) => request.query(&[("name", "a.txt")]).body("content"),
        (&Method::POST, path) if path.ends_with("/options") => request.form(&[("choice", "pin")]),
        (&Method::POST, _) => request.form(&[
            ("message_id", MESSAGE),
            ("body", "let me in"),
            ("created_at", "1"),
            ("do", "leave"),
            ("title", "mine"),
            ("pinned", "true"),
            ("on", "👍"),
            ("form_id", MESSAGE),
            ("to", MESSAGE),
        ]),
        _ => request,
    }
}

#[tokio::test]
async fn strangers_and_former_members_are_told_the_same_as_of_no_thread_at_all() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let dave = server.person("dave").await;
    let theirs = alice.group("Between us", &[&bob, &dave]).await.thread_id;
    let message = alice.send(theirs, "between us").await;
    alice.upload(theirs, "a.txt", b"between us").await.unwrap();
    alice.remove(theirs, &dave).await;
    let mut live = bob.live().await;
    let before = alice.thread(theirs).await.unwrap();
    let known = message.message_id.to_string();

    let mut asked = 0;
    for outsider in [&carol, &dave] {
        for (method, path) in routes().iter().filter(|(_, path)| path.contains("{thread_id}")) {
            let mut answers = Vec::new();
            for (thread_id, message) in [(theirs, known.as_str()), (ThreadId::generate(), MESSAGE)] {
                let (status, text) = told(asks(outsider, method, path, thread_id, message), thread_id).await;
                assert!(!text.contains("between us") && !text.contains("Between us"), "{method} {path}");
                answers.push((status, text.replace(message, "<message>")));
            }
            assert_eq!(answers[0].0, StatusCode::NOT_FOUND, "{method} {path}: {}", answers[0].1);
            assert_eq!(ids_aside(&answers[0].1), ids_aside(&answers[1].1), "{method} {path}");
            asked += 1;
        }
        for command in commands().filter(|command| command.contains(THREAD)) {
            // That an id is taken is said: it cannot be guessed.
            if command.contains("create_group") {
                continue;
            }
            let mut answers = Vec::new();
            for (thread_id, message) in [(theirs, known.as_str()), (ThreadId::generate(), MESSAGE)] {
                let command = command.replace(THREAD, &thread_id.to_string()).replace(MESSAGE, message);
                let command = command.replace(USER, &bob.user.user_id.to_string());
                let request = outsider.request(Method::POST, "/api/v1/commands");
                let request = request.header("content-type", "application/json").body(command);
                answers.push(told(request, thread_id).await);
            }
            assert_eq!(answers[0], answers[1], "{command}");
            assert!(
                answers[0].0 == StatusCode::NOT_FOUND || command.contains("\"look\""),
                "{command}: {answers:?}"
            );
            asked += 1;
        }
    }
    assert!(asked > 40, "only {asked} ways in were tried");
    assert_eq!(alice.thread(theirs).await.unwrap(), before);
    let last = alice.send(theirs, "still between us").await;
    match live.event().await {
        Event::MessageSent { message, .. } => assert_eq!(message, last),
        event => panic!("members heard of it: {event:?}"),
    }
}

/// A text without the ids in it, of which a page makes new ones.
fn ids_aside(text: &str) -> String {
    text.split(|character: char| !(character.is_ascii_hexdigit() || character == '-'))
        .filter(|word| word.len() != 36)
        .collect::<Vec<_>>()
        .join(" ")
}

#[tokio::test]
async fn whoever_is_signed_out_or_whose_session_was_ended_gets_nowhere() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let theirs = alice.direct(&bob).await.thread_id;
    let message = alice.send(theirs, "between us").await.message_id.to_string();
    let ended = bob.clone();
    assert_eq!(bob.request(Method::POST, "/sign-out").send().await.unwrap().status(), StatusCode::SEE_OTHER);
    let mut nobody = bob.clone();
    nobody.cookie = String::new();
    let (mut refused, mut door) = (0, 0);
    for outsider in [&ended, &nobody] {
        for (method, path) in routes() {
            let is_public = matches!(
                path.as_str(),
                "/sign-in"
                    | "/sign-up"
                    | "/sign-out"
                    | "/language"
                    | "/healthz"
                    | "/readyz"
                    | "/reset/{secret}"
                    | "/api/v1/openapi.json"
                    | "/emoji/{language}/{tone}/{version}"
            ) || matches!(
                (&method, path.as_str()),
                (&Method::POST, "/api/v1/accounts" | "/api/v1/sessions")
            );
            // Who may join is asked before one is in.
            if is_public || (method == Method::GET && path == "/api/v1/registration") {
                continue;
            }
            let path = path.replace("{session_id}", MESSAGE).replace("{invite_id}", MESSAGE);
            let response = asks(outsider, &method, &path, theirs, &message).send().await.unwrap();
            let status = response.status();
            if status == StatusCode::SEE_OTHER {
                let location = response.headers()[LOCATION].to_str().unwrap();
                assert!(
                    method == Method::GET && location.starts_with("/sign-in"),
                    "{method} {path}: {location}"
                );
                door += 1;
            } else {
                assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}");
                refused += 1;
            }
            assert!(!response.text().await.unwrap().contains("between us"), "{method} {path}");
        }
        assert!(outsider.live_with("").await.is_err());
        for command in commands() {
            let request = outsider.request(Method::POST, "/api/v1/commands");
            let request = request.header("content-type", "application/json").body(command);
            assert_eq!(request.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
        }
    }
    assert!(refused > 50 && door > 10, "{refused} refused, {door} led to the door");
    assert_eq!(alice.messages(theirs, "").await.unwrap().messages.len(), 1);
}
