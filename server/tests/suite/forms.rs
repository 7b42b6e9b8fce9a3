//! What is done by forms, without scripts: on every page of a list, and with nothing lost of what was typed.

use crate::{
    browser::Browser,
    form::Form,
    harness::{Person, TestServer},
};
use model::{
    ThreadId, UserId,
    page::MEMBERS,
    wire::{Command, MAX_ADDED},
};
use reqwest::StatusCode;

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
    for number in 0..60 {
        bob.group(&format!("Group {number:02}"), &[&alice]).await;
    }
    let mut browser = Browser::of(&server, &alice);
    let first = browser.open("/").await;
    first.assert_shows("Group 59");
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
