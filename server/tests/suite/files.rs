//! Uploading, sending and fetching files: who may, what is refused, and what is left behind. Images have a file of their own.

use crate::harness::{DEADLINE, Person, TestServer, assert_refused};
use model::{
    File, FileId, FileKind, MessageId, Refusal, ThreadId,
    file::MAX_FILES,
    wire::{Answer, Event},
};
use reqwest::{Method, Response, StatusCode, header};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    io::AsyncWriteExt,
    net::TcpStream,
    time::{interval, timeout},
};

/// Fetches what is at a file's address.
async fn fetch(person: &Person, thread_id: ThreadId, file: &File) -> Response {
    person.request(Method::GET, &file.path(thread_id)).send().await.unwrap()
}

/// Fails unless somebody gets the very answer that an unknown file would get.
async fn assert_unknown_to(person: &Person, thread_id: ThreadId, file: &File) {
    // In a conversation that is not theirs, nothing shows that there is one.
    let is_member = person.thread(thread_id).await.is_ok();
    let unknown = if is_member { thread_id } else { ThreadId::generate() };
    for end in ["", "/thumbnail"] {
        let answer = person.page(&format!("{}{end}", file.path(thread_id))).await;
        assert_eq!(answer, person.page(&format!("/files/{unknown}/{}{end}", FileId::generate())).await);
        assert_eq!(answer.0, StatusCode::NOT_FOUND);
    }
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// The paths of all files below a folder, which may not be there yet.
fn paths_of(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    paths.flat_map(|path| if path.is_dir() { paths_of(&path) } else { vec![path] }).collect()
}

/// Waits until so many files are below a folder, and not one more.
async fn until_there_are(count: usize, folder: &Path) {
    let mut tick = interval(Duration::from_millis(10));
    let wait = async {
        while paths_of(folder).len() != count {
            tick.tick().await;
        }
    };
    if timeout(DEADLINE, wait).await.is_err() {
        panic!("{} files are in {}, {count} should be", paths_of(folder).len(), folder.display());
    }
}

#[tokio::test]
async fn a_file_lies_under_its_id_and_nothing_that_people_wrote_is_part_of_its_path() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    for name in ["../../escaped.txt", "/etc/escaped", "..\\escaped", "%2e%2e%2fescaped", "con"] {
        let file = alice.upload(thread_id, name, b"content").await.unwrap();
        alice.done(&alice.message_with(thread_id, "", &[&file])).await;
    }
    let stored = server.data.join("files").join("stored");
    let lying = paths_of(&stored);
    assert_eq!(lying.len(), 5, "{lying:#?}");
    for path in lying {
        let parts = path.strip_prefix(&stored).unwrap().iter().map(|part| part.to_str().unwrap());
        assert!(parts.clone().all(|part| part.parse::<FileId>().is_ok()), "{}", path.display());
    }
}

#[tokio::test]
async fn a_file_is_sent_and_comes_down_under_its_own_name_as_it_went_up() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let content: Vec<u8> = (0..3_000_000_u32).map(|number| (number % 251) as u8).collect();
    let file = alice.upload(thread_id, "/home/ada/Übung 1.bin", &content).await.unwrap();
    assert_eq!((file.name.as_str(), file.size_bytes), ("Übung 1.bin", 3_000_000));
    assert_eq!((file.kind, file.media_type.as_str()), (FileKind::Other, "application/octet-stream"));

    let mut live = bob.live().await;
    let Answer::Sent { message } = alice.done(&alice.message_with(thread_id, "", &[&file])).await else {
        panic!("not sent")
    };
    assert_eq!((message.body.as_str(), &message.files), ("", &vec![file.clone()]));
    assert!(matches!(live.event().await, Event::MessageSent { message: told, .. } if told == message));
    assert_eq!(bob.messages(thread_id, "").await.unwrap().messages, [message]);
    assert_eq!(bob.thread(thread_id).await.unwrap().last_message.unwrap().excerpt, "Übung 1.bin");

    let response = fetch(&bob, thread_id, &file).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(
        header(&response, "content-disposition"),
        "attachment; filename=\"_bung 1.bin\"; filename*=UTF-8''%C3%9Cbung%201.bin"
    );
    assert_eq!(header(&response, "content-length"), "3000000");
    assert_eq!(response.bytes().await.unwrap(), content);
}

#[tokio::test]
async fn nothing_that_is_served_can_run_in_our_origin() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    for (name, content) in [
        ("a.html", "<!DOCTYPE html><script>alert(document.cookie)</script>"),
        ("a.svg", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        // Neither its name nor its sender makes it something else.
        ("a.png", "<html><body><script>alert(1)</script>"),
        ("a.pdf", "%PDF-1.7 and so on"),
        ("a.js", "alert(1)"),
    ] {
        let file = alice.upload(thread_id, name, content.as_bytes()).await.unwrap();
        assert_eq!(file.kind, FileKind::Other, "{name}");
        let response = fetch(&alice, thread_id, &file).await;
        assert_eq!(header(&response, "content-type"), "application/octet-stream", "{name}");
        assert!(header(&response, "content-disposition").starts_with("attachment"), "{name}");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff", "{name}");
        let policy = header(&response, "content-security-policy");
        assert!(policy.contains("sandbox;") && policy.contains("default-src 'none'"), "{name}: {policy}");
    }
}

#[tokio::test]
async fn only_members_get_a_file_and_others_do_not_learn_that_there_is_one() {
    let server = TestServer::start().await;
    let (alice, bob, mallory) = server.people().await;
    let thread_id = alice.group("Two", &[&bob]).await.thread_id;
    let file = alice.upload(thread_id, "a.txt", b"for us").await.unwrap();
    // Until it is sent, it is its sender's alone.
    assert_eq!(fetch(&alice, thread_id, &file).await.status(), StatusCode::OK);
    assert_eq!(fetch(&bob, thread_id, &file).await.status(), StatusCode::NOT_FOUND);
    alice.done(&alice.message_with(thread_id, "here", &[&file])).await;
    assert_eq!(fetch(&bob, thread_id, &file).await.text().await.unwrap(), "for us");
    assert_unknown_to(&mallory, thread_id, &file).await;
    let elsewhere = mallory.group("Hers", &[]).await.thread_id;
    assert_unknown_to(&mallory, elsewhere, &file).await;
    assert_refused(mallory.upload(thread_id, "b.txt", b"x").await, &Refusal::ThreadNotFound);
    assert_refused(
        mallory.command(&mallory.message_with(elsewhere, "", &[&file])).await,
        &Refusal::FileNotFound,
    );

    alice.remove(thread_id, &bob).await;
    assert_unknown_to(&bob, thread_id, &file).await;
    assert_refused(bob.upload(thread_id, "b.txt", b"x").await, &Refusal::ThreadNotFound);
    let signed_out = server.client.get(server.url(&file.path(thread_id))).send().await.unwrap();
    assert_eq!(header(&signed_out, "location"), format!("/sign-in?next={}", file.path(thread_id)));
}

#[tokio::test]
async fn an_upload_that_is_sent_again_is_one_file() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let file_id = FileId::generate();
    let first = alice.upload_as(thread_id, file_id, "a.txt", b"first").await.unwrap();
    assert_eq!(alice.upload_as(thread_id, file_id, "b.txt", b"second").await, Ok(first.clone()));
    assert_refused(bob.upload_as(thread_id, file_id, "a.txt", b"mine").await, &Refusal::IdTaken);
    alice.done(&alice.message_with(thread_id, "", &[&first])).await;
    assert_eq!(alice.upload_as(thread_id, file_id, "a.txt", b"first").await, Ok(first.clone()));

    // The same at the same time, too: one of them is stored, and nothing of the others is left.
    let file_id = FileId::generate();
    let uploads = (0..6).map(|number| {
        let alice = alice.clone();
        tokio::spawn(async move {
            let content = vec![number; 200_000];
            alice.upload_as(thread_id, file_id, "c.bin", &content).await.unwrap()
        })
    });
    for upload in uploads.collect::<Vec<_>>() {
        let file = upload.await.unwrap();
        let content = fetch(&alice, thread_id, &file).await.bytes().await.unwrap();
        assert!(content.len() == 200_000 && content.iter().all(|byte| *byte == content[0]));
    }
    until_there_are(2, &server.data.join("files/stored")).await;
}

#[tokio::test]
async fn a_message_takes_only_ones_own_uploads_to_its_thread_and_each_once() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.group("Three", &[&bob, &carol]).await.thread_id;
    let file = alice.upload(thread_id, "a.txt", b"a").await.unwrap();
    let send = |who: &Person, files: &[&File]| who.message_with(thread_id, "look", files);
    assert_refused(bob.command(&send(&bob, &[&file])).await, &Refusal::FileNotFound);
    assert_refused(alice.command(&send(&alice, &[&file, &file])).await, &Refusal::FileNotFound);
    let unknown = File { file_id: FileId::generate(), ..file.clone() };
    assert_refused(alice.command(&send(&alice, &[&file, &unknown])).await, &Refusal::FileNotFound);
    let other_thread = alice.direct(&bob).await.thread_id;
    let elsewhere = alice.message_with(other_thread, "", &[&file]);
    assert_refused(alice.command(&elsewhere).await, &Refusal::FileNotFound);
    let many = vec![&file; MAX_FILES + 1];
    assert_refused(alice.command(&send(&alice, &many)).await, &Refusal::TooManyFiles);
    assert_eq!(alice.messages(thread_id, "").await.unwrap().messages, []);

    // Of many messages that want it, in one batch, one gets it, and those without files are not held up.
    let mut live = alice.live().await;
    let mut wanting = Vec::new();
    for number in 0..10 {
        wanting.push(live.begin(send(&alice, &[&file])).await);
        live.begin(alice.message(thread_id, &format!("plain {number}"))).await;
    }
    let mut sent = Vec::new();
    while sent.len() < 11 {
        sent.push(live.message().await);
    }
    assert_eq!(sent.iter().filter(|message| message.files == [file.clone()]).count(), 1);
    let command = send(&alice, &[&file]);
    assert_refused(alice.command(&command).await, &Refusal::FileNotFound);
}

#[tokio::test]
async fn a_message_with_files_that_is_sent_again_is_answered_with_the_first_answer() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let mut files = Vec::new();
    for number in 0..MAX_FILES {
        files.push(alice.upload(thread_id, &format!("{number}.txt"), b"x").await.unwrap());
    }
    files.reverse();
    let send = alice.message_with(thread_id, "ten", &files.iter().collect::<Vec<_>>());
    let first = alice.done(&send).await;
    assert!(matches!(&first, Answer::Sent { message } if message.files == files), "{first:?}");
    assert_eq!(alice.done(&send).await, first);
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused_and_one_without_a_length() {
    let server = TestServer::start_with(&["--max-file-mb", "1"]).await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    alice.upload(thread_id, "fits", &vec![7; 1_000_000]).await.unwrap();
    let too_large = alice.upload(thread_id, "does not", &vec![7; 1_000_001]).await;
    assert_refused(too_large, &Refusal::FileTooLarge { limit_mb: 1 });
    let path = format!("/api/v1/threads/{thread_id}/files/{}?name=a", FileId::generate());
    let response = alice.request(Method::PUT, &path).header(header::CONTENT_LENGTH, "").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "PUT {path} HTTP/1.1\r\nhost: x\r\ncookie: {}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        alice.cookie
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    tokio::io::AsyncReadExt::read_exact(&mut socket, &mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 411");
    until_there_are(1, &server.data.join("files/stored")).await;
}

#[tokio::test]
async fn ranges_and_what_is_known_already() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let file = alice.upload(thread_id, "digits", b"0123456789").await.unwrap();
    let ask = |headers: Vec<(&'static str, String)>| {
        let request = alice.request(Method::GET, &file.path(thread_id));
        let request = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        async { request.send().await.unwrap() }
    };
    let whole = ask(vec![]).await;
    let etag = header(&whole, "etag").to_owned();
    assert_eq!(header(&whole, "accept-ranges"), "bytes");
    assert_eq!(header(&whole, "cache-control"), "private, max-age=31536000, immutable");
    assert_eq!(header(&whole, "vary"), "cookie, authorization");

    let part = ask(vec![("range", "bytes=2-4".into())]).await;
    assert_eq!(
        (part.status(), header(&part, "content-range")),
        (StatusCode::PARTIAL_CONTENT, "bytes 2-4/10")
    );
    assert_eq!((header(&part, "content-length"), header(&part, "etag")), ("3", etag.as_str()));
    assert_eq!(part.text().await.unwrap(), "234");
    assert_eq!(ask(vec![("range", "bytes=-3".into())]).await.text().await.unwrap(), "789");
    let none = ask(vec![("range", "bytes=10-".into())]).await;
    assert_eq!(
        (none.status(), header(&none, "content-range")),
        (StatusCode::RANGE_NOT_SATISFIABLE, "bytes */10")
    );
    for (if_range, text) in [(etag.clone(), "0"), ("\"other\"".into(), "0123456789")] {
        let part = ask(vec![("range", "bytes=0-0".into()), ("if-range", if_range)]).await;
        assert_eq!(part.text().await.unwrap(), text);
    }
    let known = ask(vec![("if-none-match", etag)]).await;
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
    let head = alice.request(Method::HEAD, &file.path(thread_id)).send().await.unwrap();
    assert_eq!(header(&head, "content-length"), "10");
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing_behind() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let incoming = server.data.join("files/incoming");
    let lock_only = 1;
    for is_cut in [true, false] {
        let path = format!("/api/v1/threads/{thread_id}/files/{}?name=a", FileId::generate());
        let head = format!(
            "PUT {path} HTTP/1.1\r\nhost: x\r\ncookie: {}\r\ncontent-length: 1000000\r\n\r\n",
            alice.cookie
        );
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        socket.write_all(head.as_bytes()).await.unwrap();
        socket.write_all(&vec![7; 400_000]).await.unwrap();
        until_there_are(lock_only + 1, &incoming).await;
        if is_cut {
            socket.set_zero_linger().unwrap();
        }
        drop(socket);
        until_there_are(lock_only, &incoming).await;
    }
    until_there_are(0, &server.data.join("files/stored")).await;
}

#[tokio::test]
async fn what_is_never_sent_is_swept_away_after_a_day_and_what_is_sent_stays() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let sent = alice.upload(thread_id, "sent", b"x").await.unwrap();
    alice.done(&alice.message_with(thread_id, "", &[&sent])).await;
    let unsent = alice.upload(thread_id, "unsent", b"y").await.unwrap();
    let (files, db) = (&server.state.files, &server.state.db);
    server::files::sweep(files, db).await.unwrap();
    assert_eq!(fetch(&alice, thread_id, &unsent).await.status(), StatusCode::OK);

    sqlx::query("update file set expires_at = expires_at - interval '1 day'").execute(db).await.unwrap();
    assert_eq!(fetch(&alice, thread_id, &unsent).await.status(), StatusCode::NOT_FOUND);
    let late = alice.message_with(thread_id, "", &[&unsent]);
    assert_refused(alice.command(&late).await, &Refusal::FileNotFound);
    server::files::sweep(files, db).await.unwrap();
    until_there_are(1, &server.data.join("files/stored")).await;
    assert_eq!(fetch(&bob, thread_id, &sent).await.text().await.unwrap(), "x");
}

#[tokio::test]
async fn a_deleted_message_takes_its_files_with_it() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let file = alice.upload(thread_id, "regretted", b"x").await.unwrap();
    let Answer::Sent { message } = alice.done(&alice.message_with(thread_id, "", &[&file])).await else {
        panic!("not sent")
    };
    // Its words may be edited, and be none; the file stays.
    for words in ["look", ""] {
        alice.edit(&message, words).await.unwrap();
        let page = bob.messages(thread_id, "").await.unwrap();
        assert_eq!((page.messages[0].body.as_str(), &page.messages[0].files), (words, &message.files));
    }
    alice.delete(&message).await.unwrap();
    assert_eq!(bob.messages(thread_id, "").await.unwrap().messages[0].files, []);
    assert_eq!(fetch(&bob, thread_id, &file).await.status(), StatusCode::NOT_FOUND);
    until_there_are(0, &server.data.join("files/stored")).await;
}

#[tokio::test]
async fn a_start_removes_what_a_killed_server_left_half_done_and_nothing_else() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let whole = alice.upload(thread_id, "whole", b"whole").await.unwrap();
    let (incoming, stored) = (server.data.join("files/incoming"), server.data.join("files/stored"));
    let folder = stored.join(thread_id.to_string());
    let kept = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().file_name().into_string().unwrap();

    // Killed while it came in, while it was put in place, before it was written down, and right after that.
    let (coming, torn, unknown) = (FileId::generate(), FileId::generate(), FileId::generate());
    let dead = incoming.join("dead");
    fs::create_dir(&dead).unwrap();
    for name in [coming.to_string(), torn.to_string(), unknown.to_string(), kept.clone()] {
        fs::write(dead.join(format!("{thread_id}.{name}.{}", FileId::generate())), "x").unwrap();
    }
    fs::write(folder.join(format!("{torn}#1")), "x").unwrap();
    for name in [unknown.to_string(), format!("{unknown}.thumbnail")] {
        fs::write(folder.join(name), "x").unwrap();
    }

    let database = server.state.db.connect_options().as_ref().clone();
    let second = TestServer::start_in(server.data.clone(), database, &[]).await;
    assert!(!dead.exists());
    let left: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, [kept.as_str()]);
    // The first one lives, and goes on.
    alice.upload(thread_id, "more", b"more").await.unwrap();
    assert_eq!(fetch(&alice, thread_id, &whole).await.text().await.unwrap(), "whole");
    second.stop().await;
}

/// A form as browsers send one with files in it.
fn multipart(message_id: MessageId, body: &str, files: &[(&str, &str)]) -> String {
    let field = |name: &str, value: &str| {
        format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let mut form = field("message_id", &message_id.to_string()) + &field("body", body);
    for (name, content) in files {
        form += &format!(
            "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/html\r\n\r\n{content}\r\n"
        );
    }
    form + "--edge--\r\n"
}

#[tokio::test]
async fn files_are_sent_by_a_form_too_and_twice_is_once() {
    let server = TestServer::start_with(&["--max-file-mb", "1"]).await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let send = |form: String| {
        let request = alice.request(Method::POST, &format!("/t/{thread_id}/send")).body(form);
        request.header("content-type", "multipart/form-data; boundary=edge").send()
    };
    let message_id = MessageId::generate();
    for _ in 0..2 {
        let form = multipart(message_id, "", &[("报告.txt", "one"), ("b.txt", "two")]);
        assert_eq!(send(form).await.unwrap().status(), StatusCode::SEE_OTHER);
    }
    // Browsers send the field also when nothing was chosen.
    let form = multipart(MessageId::generate(), "only words", &[("", "")]);
    assert_eq!(send(form).await.unwrap().status(), StatusCode::SEE_OTHER);
    let messages = bob.messages(thread_id, "").await.unwrap().messages;
    let names: Vec<_> = messages[0].files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!((messages.len(), names), (2, vec!["报告.txt", "b.txt"]));
    assert_eq!(fetch(&bob, thread_id, &messages[0].files[1]).await.text().await.unwrap(), "two");
    assert_eq!((messages[1].body.as_str(), messages[1].files.len()), ("only words", 0));

    // What was written is not lost with a file that is refused.
    let large = "x".repeat(2_000_000);
    let form = multipart(MessageId::generate(), "my words", &[("a.txt", "one"), ("large.txt", &large)]);
    let page = send(form).await.unwrap();
    assert_eq!(page.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let html = page.text().await.unwrap();
    assert!(html.contains("my words</textarea>") && html.contains("larger than 1 MB"), "{html}");
    let many = vec![("a.txt", "one"); MAX_FILES + 1];
    let page = send(multipart(MessageId::generate(), "", &many)).await.unwrap();
    assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = send(multipart(MessageId::generate(), &large, &[])).await.unwrap();
    assert_eq!(page.status(), StatusCode::PAYLOAD_TOO_LARGE);
}
