//! Reports: who may make one, who sees it, and what is left of a message that is gone by then.

use crate::{
    browser::Browser,
    harness::{Person, TestServer},
};
use model::Message;
use reqwest::StatusCode;

async fn reported(server: &TestServer) -> (Person, Person, Person, Message) {
    let keeper = server.person("keeper").await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.group("Ours", &[&bob]).await.thread_id;
    let message = bob.send(thread_id, "Something **nasty**").await;
    let path = format!("/t/{thread_id}/m/{}/report", message.message_id);
    let mut browser = Browser::of(server, &alice);
    browser.open(&path).await.assert_shows("Something nasty");
    let sent = browser.submit(&path, &[("reason", "It <b>hurts</b>")]).await;
    assert!(sent.redirect().starts_with(&format!("/t/{thread_id}")));
    (keeper, alice, bob, message)
}

#[tokio::test]
async fn the_administrator_sees_a_message_as_it_was_and_deals_with_it() {
    let server = TestServer::start().await;
    let (keeper, alice, bob, message) = reported(&server).await;
    bob.delete(&message).await.unwrap();
    let mut browser = Browser::of(&server, &keeper);
    let page = browser.open("/settings").await;
    for words in ["Reports (1)", "Something nasty", "It &lt;b&gt;hurts&lt;/b&gt;", &bob.user.display_name] {
        page.assert_shows(words);
    }
    for person in [&alice, &bob] {
        Browser::of(&server, person).open("/settings").await.assert_lacks("Something nasty");
    }
    let (thread_id, message_id) = (message.thread_id.to_string(), message.message_id.to_string());
    let fields = [("thread_id", thread_id.as_str()), ("message_id", message_id.as_str())];
    let refused = Browser::of(&server, &alice).submit("/settings/reports/done", &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    browser.submit("/settings/reports/done", &fields).await;
    browser.open("/settings").await.assert_shows("Nothing is reported.");
    let kept: i64 =
        sqlx::query_scalar("select count(*) from report").fetch_one(&server.state.db).await.unwrap();
    assert_eq!(kept, 0, "the words of a deleted message are kept");
}

#[tokio::test]
async fn what_is_reported_again_is_shown_as_it_is_by_then() {
    let server = TestServer::start().await;
    let (keeper, alice, bob, message) = reported(&server).await;
    let (thread_id, message_id) = (message.thread_id.to_string(), message.message_id.to_string());
    let mut browser = Browser::of(&server, &keeper);
    let fields = [("thread_id", thread_id.as_str()), ("message_id", message_id.as_str())];
    browser.submit("/settings/reports/done", &fields).await;
    bob.edit(&message, "Something else").await.unwrap();
    let path = format!("/t/{thread_id}/m/{message_id}/report");
    Browser::of(&server, &alice).submit(&path, &[("reason", "Again")]).await;
    let page = browser.open("/settings").await;
    page.assert_shows("Something else");
    page.assert_lacks("Something nasty");
}

#[tokio::test]
async fn the_same_message_is_reported_once_by_each() {
    let server = TestServer::start().await;
    let (keeper, alice, _, message) = reported(&server).await;
    let path = format!("/t/{}/m/{}/report", message.thread_id, message.message_id);
    Browser::of(&server, &alice).submit(&path, &[("reason", "Still there")]).await;
    let page = Browser::of(&server, &keeper).open("/settings").await;
    page.assert_shows("Reports (1)");
    page.assert_shows("Still there");
    page.assert_lacks("hurts");
}

#[tokio::test]
async fn strangers_report_nothing_nor_does_anybody_themselves() {
    let server = TestServer::start().await;
    let (keeper, _, bob, message) = reported(&server).await;
    let path = format!("/t/{}/m/{}/report", message.thread_id, message.message_id);
    let carol = server.person("stranger").await;
    let mut stranger = Browser::of(&server, &carol);
    assert_eq!(stranger.open(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(stranger.submit(&path, &[("reason", "")]).await.status, StatusCode::NOT_FOUND);
    let own = Browser::of(&server, &bob).submit(&path, &[("reason", "")]).await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
    let long = "x".repeat(501);
    Browser::of(&server, &keeper).open("/settings").await.assert_shows("Reports (1)");
    let refused = Browser::of(&server, &bob).submit(&path, &[("reason", &long)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}
