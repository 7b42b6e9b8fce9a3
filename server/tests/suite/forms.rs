//! What is done by forms, without scripts: on every page of a list, and with nothing lost of what was typed.

use crate::{
    browser::{Browser, Page},
    form::Form,
    harness::{PASSWORD, Person, TestServer},
};
use model::{
    ThreadId, ThreadOption, UserId,
    page::{MEMBERS, THREADS},
    wire::{Command, MAX_ADDED},
};
use reqwest::{Method, StatusCode};
use std::collections::BTreeSet;

/// So many people who never come.
async fn crowd(server: &TestServer, count: i32) -> Vec<UserId> {
    let ids: Vec<_> = (0..count).map(|_| UserId::generate()).collect();
    sqlx::query(
        "insert into account (user_id, username, display_name, password_hash, is_administrator)
            select user_id, 'person' || n, 'Person ' || n, '', false from unnest($1::uuid[]) with ordinality as one (user_id, n)",
    )
    .bind(&ids)
    .execute(&server.state.db)
    .await
    .unwrap();
    ids
}

/// A group of somebody and others.
async fn large_group(alice: &Person, others: &[UserId]) -> ThreadId {
    let thread_id = alice.group("Everybody", &[]).await.thread_id;
    for user_ids in others.chunks(MAX_ADDED) {
        alice.done(&Command::AddMembers { thread_id, user_ids: user_ids.into() }).await;
    }
    thread_id
}

/// The first link whose address begins like this.
fn link(html: &str, start: &str) -> Option<String> {
    let found = html.split(&format!("href=\"{start}")).nth(1)?.split('"').next()?;
    Some(format!("{start}{}", found.replace("&amp;", "&")))
}

#[tokio::test]
async fn every_member_is_seen_and_acted_upon_without_scripts() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let ids = crowd(&server, 2 * i32::try_from(MEMBERS).unwrap() + 10).await;
    let thread_id = large_group(&alice, &ids).await;
    let mut browser = Browser::of(&server, &alice);
    let details = format!("/t/{thread_id}/details");
    let (mut path, mut seen) = (details.clone(), 0);
    let last = ids.last().unwrap().to_string();
    let form = loop {
        let page = browser.open(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        let rows = page.text.matches("class=\"member-list-row\"").count();
        assert!(rows <= MEMBERS, "{rows} at once");
        assert_eq!(page.text.contains("Back to the first"), seen > 0, "{path}");
        seen += rows;
        let form =
            Form::acting(&page.text).into_iter().find(|form| form.value("user_id") == Some(last.as_str()));
        match link(&page.text, &format!("{details}?after_member=")) {
            Some(next) => path = next,
            None => break form.expect("nobody could do anything with the last member"),
        }
    };
    assert_eq!(seen, ids.len() + 1, "everybody once");

    assert!(path.ends_with("#members"), "{path} begins at the top");
    let page = browser.submit(&form.action, &form.pressed(Some("admin"))).await;
    assert_eq!(page.redirect(), path, "back to where one was");
    let page = browser.open(&path).await;
    let form = Form::acting(&page.text)
        .into_iter()
        .find(|form| form.value("user_id") == Some(last.as_str()))
        .unwrap();
    browser.submit(&form.action, &form.pressed(Some("remove"))).await.redirect();
    browser.open(&path).await.assert_lacks(&last);
    // What is refused leaves one on the same page of the list.
    let page = browser.submit(&form.action, &form.pressed(Some("remove"))).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    page.assert_shows("There is no such person here.");
    page.assert_shows(&ids[ids.len() - 2].to_string());
}

#[tokio::test]
async fn the_list_of_threads_leads_on_and_back_without_scripts() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    for number in 0..THREADS + 10 {
        bob.group(&format!("Group {number:02}"), &[&alice]).await;
    }
    let mut browser = Browser::of(&server, &alice);
    let first = browser.open("/").await;
    first.assert_shows(&format!("Group {:02}", THREADS + 9));
    first.assert_lacks("Back to the newest");
    let next = link(&first.text, "/?before_at=").expect("no way on");
    let second = browser.open(&next).await;
    second.assert_shows("Group 09");
    second.assert_lacks("Group 10");
    second.assert_shows("Back to the newest");
    // Beyond the end, too, and without saying that there is nothing.
    let beyond = browser.open("/?before_at=1&before_id=019a8b5c-0000-7000-8000-000000000001").await;
    beyond.assert_shows("Back to the newest");
    beyond.assert_lacks("No conversations yet");
}

#[tokio::test]
async fn everything_that_was_typed_comes_back_with_the_reason() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.group("Before", &[&bob]).await.thread_id;
    let mut browser = Browser::of(&server, &alice);
    for (path, button) in
        [("/new?do=group".to_owned(), "group"), (format!("/t/{thread_id}/details?do=edit"), "edit")]
    {
        let page = browser.open(&path).await;
        let mut form =
            Form::acting(&page.text).into_iter().find(|form| form.value("title").is_some()).unwrap();
        for (title, glyph, sentence) in
            [("<i>My</i> \"title\"", "AB", "is one emoji"), ("\u{200B}", "🧵", "visible characters")]
        {
            form.fill("title", title);
            form.fill("glyph", glyph);
            form.fill("hue", "9");
            let page = browser.submit(&form.action, &form.pressed(Some(button))).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            page.assert_shows(sentence);
            let again =
                Form::acting(&page.text).into_iter().find(|form| form.value("title").is_some()).unwrap();
            for (name, typed) in [("title", title), ("glyph", glyph), ("hue", "9")] {
                assert_eq!(again.value(name), Some(typed), "{name} of {path}");
            }
        }
    }
    // Who was searched for, and found, is there still.
    let page = browser.open(&format!("/t/{thread_id}/details?do=add&q=Carol")).await;
    let mut form = Form::acting(&page.text).into_iter().find(|form| form.value("q").is_some()).unwrap();
    form.fill("user_id", &UserId::generate().to_string());
    let page = browser.submit(&form.action, &form.pressed(None)).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    page.assert_shows("There is no such person here.");
    let again = Form::all(&page.text).into_iter().filter(|form| form.value("q") == Some("Carol")).count();
    assert_eq!(again, 2, "the search, and whom it found");
}

/// Everything that a form could change, as one word.
async fn state_of_all(server: &TestServer) -> String {
    let mut state = Vec::new();
    for table in ["account", "instance", "invite", "member", "message", "session", "thread"] {
        // Being there is noted with a session; it is no one's doing.
        let statement = format!(
            "select coalesce(md5(string_agg((to_jsonb(one) - 'last_used_at' - 'expires_at')::text, ',' order by one::text)), '')
                from {table} one"
        );
        let hash: String =
            sqlx::query_scalar(sqlx::AssertSqlSafe(statement)).fetch_one(&server.state.db).await.unwrap();
        state.push(format!("{table}: {hash}"));
    }
    state.join(", ")
}

#[tokio::test]
async fn no_form_does_anything_for_whoever_signed_in_since() {
    let server = TestServer::start().await;
    // The first one looks after the instance, too.
    let alice = server.person("alice").await;
    let (bob, carol) = (server.person("bob").await, server.person("carol").await);
    let thread_id = alice.group("Ours", &[&bob, &carol]).await.thread_id;
    let direct = alice.direct(&bob).await.thread_id;
    let message_id = bob.send(direct, "hello").await.message_id;
    let mine = alice.send(direct, "hello to you").await.message_id;
    let pin = Command::PinMessage { thread_id: direct, message_id, is_pinned: true };
    let react = Command::React { thread_id: direct, message_id, emoji: "👍".into(), is_on: true };
    for command in [&pin, &react] {
        alice.command(command).await.unwrap();
    }
    let mut hers = Browser::of(&server, &alice);
    Browser::new(&server).sign_in("alice", PASSWORD).await;
    hers.submit("/settings/tokens", &[("label", "robot")]).await.assert_shows("robot");
    hers.submit("/settings/invites", &[("uses", "2"), ("days", "7")]).await.assert_shows("invite");

    let report = format!("/t/{direct}/m/{message_id}/report");
    hers.submit(&report, &[("reason", "It is rude")]).await;

    let others = carol.group("Theirs", &[]).await.thread_id;
    let link = format!("/join/{others}/{}", carol.group_invite(others, 1, true).await.unwrap());

    let mut his = Browser::of(&server, &bob);
    let whose = format!("user={}", alice.user.user_id);
    let mut walked = BTreeSet::new();
    let details = format!("/t/{thread_id}/details");
    for path in [
        "/".to_owned(),
        "/archive".into(),
        "/new".into(),
        "/new?q=carol".into(),
        "/new?do=group".into(),
        "/new?do=group&q=carol".into(),
        format!("/t/{direct}"),
        format!("/t/{direct}/details"),
        format!("/t/{thread_id}"),
        details.clone(),
        format!("{details}?do=add&q=bob"),
        format!("{details}?do=edit"),
        format!("{details}?do=leave"),
        format!("{details}?after_member={}", alice.user.user_id),
        format!("/t/{thread_id}/picture"),
        format!("/t/{thread_id}/invites"),
        format!("/t/{direct}/pins"),
        format!("/t/{direct}/m/{message_id}"),
        format!("/t/{direct}/m/{mine}"),
        format!("/t/{direct}/m/{message_id}/forward"),
        format!("/t/{direct}/m/{message_id}/reactions"),
        report,
        link.clone(),
        "/settings".into(),
    ] {
        let page = hers.open(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        for mut form in Form::acting(&page.text) {
            assert!(form.action.contains(&whose), "{} on {path} does not say whose it is", form.action);
            let typed = ["body", "title", "label"].into_iter().find(|name| form.value(name).is_some());
            if let Some(name) = typed {
                form.fill(name, "what <b>alice</b> wrote");
            }
            let buttons: Vec<_> = form.buttons.iter().map(|(_, value)| value.as_str()).collect();
            for button in
                if buttons.is_empty() { vec![None] } else { buttons.into_iter().map(Some).collect() }
            {
                let before = state_of_all(&server).await;
                let page = his.submit(&form.action, &form.pressed(button)).await;
                assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{form:?}");
                page.assert_shows("somebody else is signed in here by now");
                assert_eq!(page.text.contains("what &lt;b>alice&lt;/b> wrote"), typed.is_some(), "{form:?}");
                assert_eq!(state_of_all(&server).await, before, "{form:?} did something");
            }
            let path = form.action.split('?').next().unwrap();
            let path = path
                .replace(&thread_id.to_string(), "{thread_id}")
                .replace(&direct.to_string(), "{thread_id}")
                .replace(&message_id.to_string(), "{message_id}")
                .replace(&mine.to_string(), "{message_id}")
                .replace(&link, "/join/{thread_id}/{secret}");
            walked.insert(path);
        }
    }
    // An address that came about by a form is one that may be handed on.
    let page = his.open(&format!("{details}?{whose}")).await;
    assert_eq!(page.status, StatusCode::OK);
    // These are for whoever comes in, and one is a script's.
    let all = include_str!("../../src/router.rs").lines().filter(|line| line.contains("post(")).filter_map(
        |line| {
            let path = line.split_once(".route(\"")?.1.split('"').next()?;
            (!path.starts_with("/api/")
                && !matches!(path, "/sign-in" | "/sign-up" | "/lock" | "/lock/stay" | "/reset/{secret}"))
            .then(|| path.to_owned())
        },
    );
    assert_eq!(all.collect::<BTreeSet<_>>(), walked, "forms that are on no page that was looked at");
}

#[tokio::test]
async fn what_was_typed_is_not_lost_with_the_session_nor_with_the_database() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let mut browser = Browser::of(&server, &alice);
    let page = browser.open(&format!("/t/{thread_id}")).await;
    let mut form = Form::acting(&page.text).into_iter().find(|form| form.value("body").is_some()).unwrap();
    form.fill("body", "</textarea>long thoughts");
    let is_kept = |page: &Page| page.assert_shows("&lt;/textarea>long thoughts");

    // With files it comes in parts, the words behind the files.
    let file = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n".to_owned()
        + &"x".repeat(3_000_000)
        + "\r\n";
    let parts = form.fields.iter().filter(|(name, _)| name != "file").fold(file, |parts, (name, value)| {
        parts + &format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    });
    let request =
        bob.request(Method::POST, &form.action).header("content-type", "multipart/form-data; boundary=x");
    let page = Page::of(request.body(parts + "--x--\r\n").send().await.unwrap()).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    is_kept(&page);

    let mut signed_out = Browser::new(&server);
    let page = signed_out.submit(&form.action, &form.pressed(None)).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    page.assert_shows("Please sign in.");
    is_kept(&page);

    sqlx::query("alter table session rename to mislaid").execute(&server.state.db).await.unwrap();
    let page = browser.submit(&form.action, &form.pressed(None)).await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    is_kept(&page);
    sqlx::query("alter table mislaid rename to session").execute(&server.state.db).await.unwrap();
    sqlx::query("alter table message rename to mislaid").execute(&server.state.db).await.unwrap();
    let page = browser.submit(&form.action, &form.pressed(None)).await;
    assert!(page.status.is_server_error(), "{}", page.status);
    is_kept(&page);
    sqlx::query("alter table mislaid rename to message").execute(&server.state.db).await.unwrap();
    // Sent again, it is one message, whatever became of the first.
    browser.submit(&form.action, &form.pressed(None)).await.redirect();
    browser.submit(&form.action, &form.pressed(None)).await.redirect();
    assert_eq!(bob.messages(thread_id, "").await.unwrap().messages.len(), 1);
}

#[tokio::test]
async fn words_behind_a_file_that_was_not_taken_are_not_lost() {
    let server = TestServer::start_with(&["--max-file-mb", "1"]).await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let message_id = model::MessageId::generate();
    let form = format!(
        "--x\r\ncontent-disposition: form-data; name=\"message_id\"\r\n\r\n{message_id}\r\n\
        --x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n{}\r\n\
        --x\r\ncontent-disposition: form-data; name=\"body\"\r\n\r\nlong thoughts\r\n--x--\r\n",
        "x".repeat(2_000_000)
    );
    let request = alice.request(Method::POST, &format!("/t/{thread_id}/send"));
    let request = request.header("content-type", "multipart/form-data; boundary=x").body(form);
    let page = Page::of(request.send().await.unwrap()).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    page.assert_shows("larger than 1 MB");
    let composer = Form::acting(&page.text).into_iter().find(|form| form.value("body").is_some()).unwrap();
    assert_eq!(composer.value("body"), Some("long thoughts"));
}

#[tokio::test]
async fn a_draft_stands_in_the_first_page_and_is_none_once_it_is_sent() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let path = format!("/t/{thread_id}");
    let mut browser = Browser::of(&server, &alice);
    let composer =
        |page: &Page| Form::acting(&page.text).into_iter().find(|form| form.value("body").is_some()).unwrap();
    let mut before = composer(&browser.open(&path).await);
    alice.keep(thread_id, ThreadOption::Draft("begun </textarea> elsewhere".into())).await;
    // A page that did not show the draft leaves it alone.
    before.fill("body", "something else");
    browser.submit(&before.action, &before.pressed(None)).await.redirect();
    let form = composer(&browser.open(&path).await);
    assert_eq!(form.value("body"), Some("begun </textarea> elsewhere"));
    // Neither does one that showed an older draft; and one that was refused in between still knows which it showed.
    alice.keep(thread_id, ThreadOption::Draft("and gone on with".into())).await;
    browser.submit(&form.action, &form.pressed(None)).await.redirect();
    let mut form = composer(&browser.open(&path).await);
    assert_eq!(form.value("body"), Some("and gone on with"));
    form.fill("body", " ");
    let refused = browser.submit(&form.action, &form.pressed(None)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(alice.thread(thread_id).await.unwrap().options.draft.is_some(), "nothing was sent");
    let mut form = composer(&refused);
    form.fill("body", "done");
    browser.submit(&form.action, &form.pressed(None)).await.redirect();
    assert_eq!(composer(&browser.open(&path).await).value("body"), Some(""));
    assert_eq!(alice.thread(thread_id).await.unwrap().options.draft, None);
    let bodies: Vec<_> =
        bob.messages(thread_id, "").await.unwrap().messages.into_iter().map(|message| message.body).collect();
    assert_eq!(bodies, ["something else", "begun </textarea> elsewhere", "done"]);
}
