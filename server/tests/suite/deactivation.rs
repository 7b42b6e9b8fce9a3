//! Closed accounts: who has one is out at once and stays out, and what they wrote stays.

use crate::harness::{PASSWORD, Person, TestServer, answer, assert_refused};
use model::{
    NoticeKind, Problem, Refusal, Role,
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

#[tokio::test]
async fn a_group_has_an_admin_who_can_come_whoever_is_closed() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let (bob, carol) = (server.person("bob").await, server.person("carol").await);
    let dave = server.person("dave").await;
    let his = bob.group("His", &[]).await.thread_id;
    bob.add(his, &carol).await;
    bob.add(his, &dave).await;
    // Bob is not the only one here, and was here before Carol there.
    let both = bob.group("Of two", &[&dave]).await.thread_id;
    bob.set_role(both, &dave, Role::Admin).await.unwrap();
    let hers = dave.group("Hers", &[]).await.thread_id;
    dave.add(hers, &bob).await;
    dave.add(hers, &carol).await;

    let mut live = carol.live().await;
    set(&alice, "bob", false).await.unwrap();
    let heir = carol.user.user_id;
    let is_handed_over = |event: &Event| matches!(event, Event::RoleChanged { thread_id, user_id, role: Role::Admin, .. } if *thread_id == his && *user_id == heir);
    live.events_until(is_handed_over).await;
    assert_refused(carol.set_role(his, &carol, Role::Member).await, &Refusal::LastAdmin);
    // Once is enough.
    let change = carol.thread(his).await.unwrap().change;
    set(&alice, "bob", false).await.unwrap();
    assert_eq!(carol.thread(his).await.unwrap().change, change);

    dave.remove(hers, &dave).await;
    let members = carol.members(hers).await.unwrap().members;
    let admins: Vec<_> = members.iter().filter(|member| member.role == Role::Admin).collect();
    assert_eq!(admins.iter().map(|member| &*member.user.username).collect::<Vec<_>>(), ["carol"]);
    let notices = dave.messages(both, "").await.unwrap().notices;
    assert!(notices.iter().all(|notice| notice.kind != NoticeKind::Inherited), "{notices:?}");
}
