//! Closed accounts: who has one is out at once and stays out, and what they wrote stays.

use crate::harness::{PASSWORD, Person, TestServer, answer, assert_refused};
use model::{
    Problem, Refusal,
    wire::{Command, Event},
};
use reqwest::{Method, StatusCode};

async fn set(by: &Person, username: &str, is_active: bool) -> Result<(), Problem> {
    let path = format!("/api/v1/accounts/{username}/activity");
    let body = serde_json::json!({ "is_active": is_active });
    let response = by.request(Method::PUT, &path).json(&body).send().await.unwrap();
    if response.status() == StatusCode::NO_CONTENT {
        return Ok(());
    }
    answer::<serde_json::Value>(response).await.map(drop)
}

#[tokio::test]
async fn a_closed_account_is_out_at_once_and_what_was_written_stays() {
    let server = TestServer::start().await;
    // The first one administers the server.
    let alice = server.person("alice").await;
    let (bob, carol) = (server.person("bob").await, server.person("carol").await);
    let thread_id = carol.direct(&bob).await.thread_id;
    bob.send(thread_id, "still here").await;
    assert_refused(set(&carol, "bob", false).await, &Refusal::AdministratorRequired);
    assert_refused(set(&alice, "alice", false).await, &Refusal::SelfNotAllowed);
    assert_refused(set(&alice, "nobody", false).await, &Refusal::UserNotFound);

    let (mut his, mut hers) = tokio::join!(bob.live(), carol.live());
    set(&alice, "bob", false).await.unwrap();
    let end = loop {
        match his.try_next().await {
            Ok(_) => {}
            Err(end) => break end,
        }
    };
    assert!(end.contains("ended"), "{end}");
    let Event::UserChanged { user, .. } = hers.event().await else { panic!("not told") };
    assert!(user.is_deactivated);
    assert_refused(bob.thread(thread_id).await, &Refusal::SignInRequired);
    let sign_in = serde_json::json!({ "username": "bob", "password": PASSWORD });
    let url = server.url("/api/v1/sessions");
    let response = server.client.post(&url).json(&sign_in).send().await.unwrap();
    assert_refused(answer::<serde_json::Value>(response).await, &Refusal::AccountDeactivated);
    let wrong = serde_json::json!({ "username": "bob", "password": "another one" });
    let response = server.client.post(&url).json(&wrong).send().await.unwrap();
    assert_refused(answer::<serde_json::Value>(response).await, &Refusal::CredentialsWrong);

    // Nobody finds or adds him; what he wrote is there, under his name.
    assert_eq!(carol.find("bob").await, Vec::<String>::new());
    let command = Command::OpenDirect { user_id: bob.user.user_id };
    assert_refused(alice.command(&command).await, &Refusal::UserNotFound);
    let page = carol.messages(thread_id, "").await.unwrap();
    assert_eq!(page.messages[0].body, "still here");
    assert!(page.people.iter().any(|user| user.display_name == "Bob" && user.is_deactivated));

    set(&alice, "bob", true).await.unwrap();
    let response = server.client.post(&url).json(&sign_in).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(carol.find("bob").await, ["bob"]);
}
