//! The pages as the server draws them: what a reader without scripts gets, and everybody in the first moment.

use crate::harness::{Person, TestServer};
use model::{MessageBody, MessageId, ThreadId, page::THREADS};
use reqwest::{Method, StatusCode, header::LOCATION};

/// Sends the composer's form, as a browser without scripts does. Gives the status, where it leads, and the page.
async fn submit(
    person: &Person,
    thread_id: ThreadId,
    message_id: &str,
    body: &str,
) -> (StatusCode, String, String) {
    let form = [("message_id", message_id), ("body", body)];
    let request = person.request(Method::POST, &format!("/t/{thread_id}/send")).form(&form);
    let response = request.send().await.unwrap();
    let location = response.headers().get(LOCATION).map(|to| to.to_str().unwrap().to_owned());
    (response.status(), location.unwrap_or_default(), response.text().await.unwrap())
}

/// The value of a form's field.
fn value<'a>(html: &'a str, name: &str) -> &'a str {
    let field = html.split("<input").find(|tag| tag.contains(&format!("name=\"{name}\""))).expect(name);
    field.split("value=\"").nth(1).unwrap().split('"').next().unwrap()
}

/// What a person sees of a page: without the snapshot that only the app reads.
fn visible(html: &str) -> &str {
    html.split("<script type=\"application/json\"").next().unwrap()
}

#[tokio::test]
async fn list_and_conversation_stand_in_the_first_html() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    alice.direct(&carol).await;
    for number in 1..=60 {
        bob.send(thread_id, &format!("message number {number}.")).await;
    }
    let (status, page) = alice.page(&format!("/t/{thread_id}?at=end")).await;
    let page = visible(&page);
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("message number 60.") && page.contains("message number 11."));
    assert!(!page.contains("message number 10."), "a page has fifty");
    assert!(page.contains("Bob") && page.contains("Carol"));
    let (status, home) = alice.page("/").await;
    assert_eq!(status, StatusCode::OK);
    assert!(visible(&home).contains("message number 60.") && visible(&home).contains("Carol"));
}

#[tokio::test]
async fn one_reads_back_to_the_beginning_without_scripts() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    for number in 1..=120 {
        bob.send(thread_id, &format!("message number {number}.")).await;
    }
    let mut path = format!("/t/{thread_id}?at=end");
    for (has, has_not) in [(120, 70), (70, 20), (20, 21)] {
        let (_, html) = alice.page(&path).await;
        let page = visible(&html);
        assert!(page.contains(&format!("message number {has}.")), "{path}");
        assert!(!page.contains(&format!("message number {has_not}.")), "{path}");
        let link = format!("/t/{thread_id}?before=");
        match page.split(&format!("href=\"{link}")).nth(1) {
            Some(rest) => path = format!("{link}{}", rest.split('"').next().unwrap()),
            None => assert_eq!(has, 20, "no way back from {path}"),
        }
    }
}

#[tokio::test]
async fn a_thread_is_opened_at_what_was_not_read_and_a_form_reads_on() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let mut at = Vec::new();
    for number in 1..=120 {
        at.push(bob.send(thread_id, &format!("message number {number}.")).await.created_at);
    }
    let path = format!("/t/{thread_id}");
    alice.read(thread_id, at[29]).await;
    for (first, last, line, unread) in [(15, 64, 31, 90), (49, 98, 65, 56), (71, 120, 99, 22)] {
        for address in [path.clone(), format!("{path}/details")] {
            let (_, html) = alice.page(&address).await;
            let page = visible(&html);
            for (number, is_there) in [(first - 1, false), (first, true), (last, true), (last + 1, false)] {
                let words = format!("message number {number}.");
                assert_eq!(page.contains(&words), is_there, "{words} in {address}, {unread} unread");
            }
            let lines: Vec<_> = page.split("New messages</p>").collect();
            assert_eq!(lines.len(), 2, "one line, {unread} unread");
            let next = lines[1].split("message number ").nth(1).unwrap().split('.').next().unwrap();
            assert_eq!(next, line.to_string(), "the first after the line");
        }
        assert_eq!(alice.thread(thread_id).await.unwrap().unread(), unread, "looking changes nothing");
        let (_, html) = alice.page(&path).await;
        let form = [("created_at", value(&html, "created_at"))];
        let response = alice.request(Method::POST, &format!("{path}/read")).form(&form).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
    }
    let (_, html) = alice.page(&path).await;
    assert!(!visible(&html).contains("New messages") && !visible(&html).contains("Mark as read"));
    assert_eq!(alice.thread(thread_id).await.unwrap().unread(), 0);
}

#[tokio::test]
async fn a_form_that_is_sent_twice_is_one_message() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let path = format!("/t/{thread_id}?at=end");
    let (_, page) = alice.page(&path).await;
    let message_id = value(&page, "message_id");
    for _ in 0..2 {
        let (status, location, _) = submit(&alice, thread_id, message_id, "hello\r\nwithout scripts").await;
        assert_eq!((status, location.as_str()), (StatusCode::SEE_OTHER, path.as_str()));
    }
    let messages = bob.messages(thread_id, "").await.unwrap().messages;
    assert_eq!(
        messages.iter().map(|message| message.body.as_str()).collect::<Vec<_>>(),
        ["hello\nwithout scripts"]
    );
    let (_, page) = alice.page(&path).await;
    assert_ne!(value(&page, "message_id"), messages[0].message_id.to_string(), "the next one is another");
}

#[tokio::test]
async fn what_was_refused_stays_in_the_composer_with_the_reason() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let body = "<i>long</i> & ".to_owned() + &"x".repeat(MessageBody::MAX_CHARS);
    let (status, _, page) = submit(&alice, thread_id, &MessageId::generate().to_string(), &body).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = visible(&page);
    assert!(page.contains("4,000 is the most") && page.contains(&"x".repeat(MessageBody::MAX_CHARS)));
    assert!(!page.contains("<i>long"), "markup was taken for markup");
    let long = "many words ".repeat(20_000);
    let (status, _, page) = submit(&alice, thread_id, &MessageId::generate().to_string(), &long).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(visible(&page).contains(&long), "220 kB are more than a frame, and are not lost");
    let (status, _, page) = submit(&alice, thread_id, "no id", "hello").await;
    assert!(status.is_client_error() && page.contains("</html>"), "{status} {page}");
    assert_eq!(bob.messages(thread_id, "").await.unwrap().messages, []);
}

#[tokio::test]
async fn text_from_people_is_never_markup() {
    let server = TestServer::start().await;
    let evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let alice = server.person("alice").await;
    let bob = server.person_named("bob", evil).await;
    let thread = alice.group(evil, &[&bob]).await;
    bob.send(thread.thread_id, evil).await;
    bob.send(
        thread.thread_id,
        "</script><script>alert(2)</script> javascript:alert(3) http://x\"onclick=alert(4)",
    )
    .await;
    for path in
        ["/".to_owned(), format!("/t/{}", thread.thread_id), format!("/t/{}/details", thread.thread_id)]
    {
        let (_, page) = alice.page(&path).await;
        assert!(!page.contains("<script>alert") && !page.contains("<img"), "an element in {path}");
        // In a text these are words; within a tag they would act.
        for tag in visible(&page).split('<').filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag) {
            // Behind `%22` it is a part of an address.
            let acts = [" onclick", "\"onclick", "'onclick", "javascript:"];
            assert!(!acts.iter().any(|word| tag.contains(word)), "<{tag}> in {path}");
        }
    }
    let (_, page) = alice.page("/new?q=%3Cscript%3Ealert(1)").await;
    assert!(!page.contains("<script>alert"));
}

#[tokio::test]
async fn whoever_is_signed_out_is_led_to_the_door_and_back() {
    let server = TestServer::start().await;
    let mut alice = server.person("alice").await;
    let thread_id = alice.group("Mine", &[]).await.thread_id;
    alice.cookie = String::new();
    for (path, door) in [
        ("/".to_owned(), "/sign-in".to_owned()),
        (format!("/t/{thread_id}"), format!("/sign-in?next=/t/{thread_id}")),
        ("/new?q=a&b".to_owned(), "/sign-in?next=/new%3Fq%3Da%26b".to_owned()),
    ] {
        let response = alice.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(response.headers()[LOCATION].to_str().unwrap(), door);
    }
    // Not led away: what was written is one step back.
    let (status, _, page) = submit(&alice, thread_id, &MessageId::generate().to_string(), "hello").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let door = format!("href=\"/sign-in?next=/t/{thread_id}\"");
    assert!(page.contains("Please sign in.") && page.contains(&door), "{page}");
}

#[tokio::test]
async fn pages_and_json_travel_compressed_to_those_who_can_read_it() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    for _ in 0..20 {
        bob.send(thread_id, "the same words over and over again").await;
    }
    for path in [format!("/t/{thread_id}"), format!("/api/v1/threads/{thread_id}/messages")] {
        let mut lengths = Vec::new();
        for coding in ["identity", "gzip", "br"] {
            let request = alice.request(Method::GET, &path).header("accept-encoding", coding);
            let response = request.send().await.unwrap();
            let used =
                response.headers().get("content-encoding").map(|used| used.to_str().unwrap().to_owned());
            assert_eq!(used.as_deref().unwrap_or("identity"), coding, "{path}");
            lengths.push(response.bytes().await.unwrap().len());
        }
        assert!(lengths[1] * 2 < lengths[0] && lengths[2] * 2 < lengths[0], "{lengths:?} bytes of {path}");
    }
}

#[tokio::test]
async fn a_thread_of_others_looks_like_none() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let theirs = alice.direct(&bob).await.thread_id;
    alice.send(theirs, "between us").await;
    let mut pages = Vec::new();
    for thread_id in [theirs, ThreadId::generate()] {
        for path in [format!("/t/{thread_id}"), format!("/t/{thread_id}/details")] {
            let (status, page) = carol.page(&path).await;
            assert_eq!(status, StatusCode::NOT_FOUND);
            assert!(!page.contains("between us") && !page.contains("Alice"));
            pages.push(visible(&page).replace(&thread_id.to_string(), "<id>").len());
        }
        let (status, _, page) = submit(&carol, thread_id, &MessageId::generate().to_string(), "hi").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(!page.contains("Alice"));
        assert!(visible(&page).contains("hi</textarea>"), "what was written is lost");
    }
    assert_eq!(pages[..2], pages[2..], "told apart by their pages");
    let (status, page) = carol.page("/t/not-an-id").await;
    assert!(status == StatusCode::NOT_FOUND && page.contains("</html>"));
    let (status, page) = carol.page("/nowhere").await;
    assert!(status == StatusCode::NOT_FOUND && page.contains("</html>"));
}

#[tokio::test]
async fn start_up_costs_the_same_for_many_threads() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let mut bytes = Vec::new();
    for count in [THREADS, 2 * THREADS] {
        for number in 0..count {
            // As long as any other title, so that only the number of threads differs.
            let title = format!("Group {number:06}");
            let thread_id = bob.group(&title, &[&alice]).await.thread_id;
            bob.send(thread_id, "a message of one length").await;
        }
        let (_, page) = alice.page("/").await;
        bytes.push(page.len());
    }
    // The link to more threads comes with the second page.
    let more = bytes[1].abs_diff(bytes[0]);
    assert!(more < bytes[0] / 50, "{bytes:?} bytes");
}
