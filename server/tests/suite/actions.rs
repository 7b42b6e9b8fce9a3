//! What can be done with a message without scripts: who is offered what, what its forms do, and what comes back of those that are refused.

use crate::{
    browser::{Browser, Page},
    form::Form,
    harness::{Person, TestServer},
};
use model::{Message, Role, ThreadOption, wire::USER_HEADER};
use reqwest::StatusCode;

/// The page of a message.
fn page_of(message: &Message) -> String {
    format!("/t/{}/m/{}", message.thread_id, message.message_id)
}

/// The form of a page that leads to an address below it.
fn form(page: &Page, end: &str) -> Option<Form> {
    let is_it = |form: &Form| form.action.split('?').next().unwrap().ends_with(&format!("/{end}"));
    Form::acting(&page.text).into_iter().find(is_it)
}

/// Which of the forms somebody is offered.
async fn offered(server: &TestServer, person: &Person, message: &Message) -> Vec<&'static str> {
    let page = Browser::of(server, person).open(&page_of(message)).await;
    assert_eq!(page.status, StatusCode::OK);
    let mut all = vec!["reply", "reactions", "edit", "forward", "pin", "report", "delete"];
    all.retain(|end| form(&page, end).is_some());
    if page.text.contains("/readers\"") {
        all.push("readers");
    }
    all
}

#[tokio::test]
async fn everybody_is_offered_what_they_may_do_and_nothing_else() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let direct = alice.direct(&bob).await.thread_id;
    let message = bob.send(direct, "hello").await;
    assert_eq!(
        offered(&server, &bob, &message).await,
        ["reply", "reactions", "edit", "forward", "pin", "delete"]
    );
    assert_eq!(offered(&server, &alice, &message).await, ["reply", "reactions", "forward", "pin", "report"]);
    let group = alice.group("Ours", &[&bob, &carol]).await.thread_id;
    let message = bob.send(group, "hello all").await;
    assert_eq!(offered(&server, &carol, &message).await, ["reply", "reactions", "forward", "report"]);
    assert_eq!(
        offered(&server, &bob, &message).await,
        ["reply", "reactions", "edit", "forward", "delete", "readers"]
    );
    assert_eq!(
        offered(&server, &alice, &message).await,
        ["reply", "reactions", "forward", "pin", "report", "delete"]
    );
    alice.set_role(group, &carol, Role::Admin).await.unwrap();
    assert!(offered(&server, &carol, &message).await.contains(&"delete"));
    // A message that is gone has no page, and nobody else has one at all.
    bob.delete(&message).await.unwrap();
    let gone = Browser::of(&server, &bob).open(&page_of(&message)).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn its_forms_do_what_they_say() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let direct = alice.direct(&bob).await.thread_id;
    let message = bob.send(direct, "see you at sevn").await;
    let mut his = Browser::of(&server, &bob);
    let page = his.open(&page_of(&message)).await;
    let mut edit = form(&page, "edit").unwrap();
    assert_eq!(edit.value("body"), Some("see you at sevn"));
    edit.fill("body", "see you at **seven**");
    let shown = his.submit(&edit.action, &edit.pressed(None)).await;
    assert!(shown.redirect().ends_with(&format!("#m-{}", message.message_id)), "{}", shown.redirect());

    let mut hers = Browser::of(&server, &alice);
    let page = hers.open(&page_of(&message)).await;
    page.assert_shows("<strong>seven</strong>");
    page.assert_shows("/versions\"");
    let mut reply = form(&page, "reply").unwrap();
    reply.fill("body", "until then");
    // Sent twice, it is one message.
    for _ in 0..2 {
        let shown = hers.submit(&reply.action, &reply.pressed(None)).await;
        assert_eq!(shown.redirect(), format!("/t/{direct}?at=end"));
    }
    let messages = bob.messages(direct, "").await.unwrap().messages;
    let [edited, answer] = &messages[..] else { panic!("{messages:?}") };
    assert_eq!((edited.body.as_str(), answer.body.as_str()), ("see you at **seven**", "until then"));
    assert_eq!(answer.reply_to.as_ref().unwrap().message_id, message.message_id);

    let delete = form(&his.open(&page_of(&message)).await, "delete").unwrap();
    his.submit(&delete.action, &[]).await.redirect();
    assert!(alice.messages(direct, "").await.unwrap().messages[0].is_deleted);
}

#[tokio::test]
async fn what_is_refused_stands_on_the_page_with_what_was_typed() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let direct = alice.direct(&bob).await.thread_id;
    let (mine, theirs) = (alice.send(direct, "mine").await, bob.send(direct, "theirs").await);
    let mut browser = Browser::of(&server, &alice);
    let (long, reason) = ("x".repeat(200_000), "y".repeat(501));
    for (message, end, field, typed, sentence) in [
        (&mine, "edit", "body", " ", "nothing to send"),
        (&mine, "edit", "body", long.as_str(), "4,000"),
        (&theirs, "reply", "body", long.as_str(), "4,000"),
        (&theirs, "report", "reason", reason.as_str(), "500"),
    ] {
        let mut form_of = form(&browser.open(&page_of(message)).await, end).unwrap();
        form_of.fill(field, typed);
        let page = browser.submit(&form_of.action, &form_of.pressed(None)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{end}");
        page.assert_shows("class=\"field-error\"");
        page.assert_shows(sentence);
        page.assert_shows(if end == "reply" { "theirs" } else { &message.body });
        assert_eq!(form(&page, end).unwrap().value(field), Some(typed.trim()), "{end}");
    }
    let page = browser.submit(&format!("{}/reactions", page_of(&theirs)), &[("on", "no <b>emoji")]).await;
    page.assert_shows("value=\"no &lt;b&gt;emoji\"");
    // Nothing of that was done.
    let messages = bob.messages(direct, "").await.unwrap().messages;
    assert_eq!(messages.iter().map(|message| message.body.as_str()).collect::<Vec<_>>(), ["mine", "theirs"]);

    // Not even where there is no page any more.
    let mut edit = form(&browser.open(&page_of(&mine)).await, "edit").unwrap();
    edit.fill("body", "but I wrote so much");
    alice.delete(&mine).await.unwrap();
    let page = browser.submit(&edit.action, &edit.pressed(None)).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    page.assert_shows("but I wrote so much");
}

#[tokio::test]
async fn where_one_of_several_does_not_take_it_the_others_do_and_it_stays_chosen() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let group = alice.group("Ours", &[&bob]).await.thread_id;
    let (to_bob, to_carol) = (alice.direct(&bob).await.thread_id, alice.direct(&carol).await.thread_id);
    let message = alice.send(group, "look at this").await;
    carol.keep(to_carol, ThreadOption::Blocked(true)).await;
    let mut browser = Browser::of(&server, &alice);
    let address = format!("{}/forward", page_of(&message));
    let chosen = format!("{address}?to={to_carol}&to={to_bob}");
    let all = form(&browser.open(&chosen).await, "forward").unwrap();
    let said = async |thread_id| {
        let messages = alice.messages(thread_id, "").await.unwrap().messages;
        messages.into_iter().map(|message| message.body).collect::<Vec<_>>()
    };
    let chosen_on = |page: &Page| {
        let form = form(page, "forward").unwrap();
        form.fields.into_iter().filter(|(name, _)| name == "to").map(|(_, to)| to).collect::<Vec<_>>()
    };
    assert_eq!(chosen_on(&browser.open(&chosen).await).len(), 2);
    let page = browser.submit(&all.action, &all.pressed(None)).await;
    assert!(page.status.is_client_error(), "{}", page.status);
    page.assert_shows("notice-danger");
    assert_eq!(chosen_on(&page), [to_carol.to_string()]);
    assert_eq!((said(to_bob).await, said(to_carol).await), (vec!["look at this".to_owned()], vec![]));

    // The old form, sent again once it is taken, brings it to whom it did not come, and to nobody twice.
    carol.keep(to_carol, ThreadOption::Blocked(false)).await;
    browser.submit(&all.action, &all.pressed(None)).await.redirect();
    assert_eq!((said(to_bob).await.len(), said(to_carol).await.len()), (1, 1));
}

#[tokio::test]
async fn a_reason_is_not_lost_with_the_membership() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let group = alice.group("Ours", &[&bob]).await.thread_id;
    let message = alice.send(group, "rude").await;
    let mut browser = Browser::of(&server, &bob);
    let mut report = form(&browser.open(&page_of(&message)).await, "report").unwrap();
    report.fill("reason", "it took me long to find these words");
    alice.remove(group, &bob).await;
    let page = browser.submit(&report.action, &report.pressed(None)).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    page.assert_shows("it took me long to find these words");
}

#[tokio::test]
async fn the_app_that_sends_a_form_gets_the_problem_and_no_page() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let message = bob.send(alice.direct(&bob).await.thread_id, "hello").await;
    let id = alice.user.user_id.to_string();
    let mut app = Browser::of(&server, &alice).with(USER_HEADER, &id);
    let long = "y".repeat(501);
    let page = app.submit(&format!("{}/report", page_of(&message)), &[("reason", &long)]).await;
    assert_eq!((page.status, page.problem().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "reason-too-long"));
    bob.delete(&message).await.unwrap();
    let page = app.open(&format!("{}/report?fragment", page_of(&message))).await;
    assert_eq!((page.status, page.problem().as_str()), (StatusCode::NOT_FOUND, "message-not-found"));
    app.cookie = None;
    let page = app.open("/settings").await;
    assert_eq!((page.status, page.problem().as_str()), (StatusCode::UNAUTHORIZED, "sign-in-required"));
}
