//! Invite links of groups: who may make them, whom they let in, and who decides about those who ask.

use crate::harness::{Person, TestServer, answer, assert_refused};
use model::{
    Problem, Refusal, Role, ThreadId,
    wire::{Answer, Command, Event},
};
use reqwest::{Method, StatusCode};
use serde::Deserialize;

impl Person {
    /// Makes a link to a group, and gives what it ends with.
    pub async fn group_invite(
        &self,
        thread_id: ThreadId,
        uses: i32,
        needs_approval: bool,
    ) -> Result<String, Problem> {
        #[derive(Deserialize)]
        struct Link {
            url: String,
        }
        let new = serde_json::json!({ "uses": uses, "days": 7, "needs_approval": needs_approval });
        let path = format!("/api/v1/threads/{thread_id}/invites");
        let response = self.request(Method::POST, &path).json(&new).send().await.unwrap();
        let Link { url } = answer(response).await?;
        Ok(url.rsplit('/').next().unwrap().to_owned())
    }

    pub async fn join(&self, thread_id: ThreadId, secret: &str) -> Result<Answer, Problem> {
        self.command(&Command::JoinGroup { thread_id, secret: secret.into() }).await
    }

    /// Lets somebody in who asked for it, or not.
    pub async fn answer_request(
        &self,
        thread_id: ThreadId,
        who: &Self,
        is_accepted: bool,
    ) -> Result<Answer, Problem> {
        self.command(&Command::AnswerRequest { thread_id, user_id: who.user.user_id, is_accepted }).await
    }
}

#[tokio::test]
async fn a_link_lets_in_as_many_as_it_says_and_no_more() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let dave = server.person("dave").await;
    let group = alice.group("Choir", &[&bob]).await.thread_id;
    alice.send(group, "before").await;
    assert_refused(bob.group_invite(group, 1, false).await, &Refusal::AdminRequired);
    assert_refused(carol.group_invite(group, 1, false).await, &Refusal::ThreadNotFound);
    let secret = alice.group_invite(group, 1, false).await.unwrap();
    assert_refused(carol.join(group, "5e5e").await, &Refusal::LinkInvalid);
    let (status, html) = carol.page(&format!("/join/{group}/{secret}")).await;
    assert!(status == StatusCode::OK && html.contains("Choir") && !html.contains("before"), "{html}");

    let mut live = bob.live().await;
    let Answer::Opened { thread } = carol.join(group, &secret).await.unwrap() else { panic!("not let in") };
    // What was written before is there to be read, and not unread.
    assert_eq!((thread.last_seq, thread.unread()), (1, 0));
    let Event::MembersAdded { members, member_count, .. } = live.event().await else { panic!("not told") };
    assert_eq!((members[0].user.username.as_str(), member_count), ("carol", 3));
    // Again is no other time, and leaves the link as it is; for anybody else it is used up.
    assert!(matches!(carol.join(group, &secret).await, Ok(Answer::Opened { .. })));
    assert_refused(dave.join(group, &secret).await, &Refusal::LinkInvalid);
    assert_eq!(dave.page(&format!("/join/{group}/{secret}")).await.0, StatusCode::NOT_FOUND);
    assert_refused(dave.thread(group).await, &Refusal::ThreadNotFound);
}

#[tokio::test]
async fn who_asks_is_let_in_by_an_admin_or_not_at_all() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let group = alice.group("Choir", &[&bob]).await.thread_id;
    let secret = alice.group_invite(group, 10, true).await.unwrap();
    let (mut hers, mut his, mut theirs) = tokio::join!(alice.live(), bob.live(), carol.live());
    assert_eq!(carol.join(group, &secret).await.unwrap(), Answer::Done);
    assert_eq!(carol.join(group, &secret).await.unwrap(), Answer::Done);
    assert_eq!(hers.event().await, Event::RequestsChanged { thread_id: group, request_count: 1 });
    assert_eq!(alice.thread(group).await.unwrap().request_count, 1);
    assert_eq!(bob.thread(group).await.unwrap().request_count, 0);
    assert_refused(carol.thread(group).await, &Refusal::ThreadNotFound);
    assert_refused(bob.answer_request(group, &carol, true).await, &Refusal::AdminRequired);
    assert_refused(carol.answer_request(group, &carol, true).await, &Refusal::ThreadNotFound);

    alice.answer_request(group, &carol, false).await.unwrap();
    assert_eq!(hers.event().await, Event::RequestsChanged { thread_id: group, request_count: 0 });
    assert_eq!(carol.join(group, &secret).await.unwrap(), Answer::Done);
    // Whoever becomes an admin hears of those who ask, which no member does.
    alice.set_role(group, &bob, Role::Admin).await.unwrap();
    assert!(matches!(his.event().await, Event::RoleChanged { .. }));
    assert_eq!(his.event().await, Event::RequestsChanged { thread_id: group, request_count: 1 });
    bob.answer_request(group, &carol, true).await.unwrap();
    // The first that the one who asked hears of the group is that it is hers.
    assert!(matches!(theirs.event().await, Event::ThreadJoined { .. }));
    alice.answer_request(group, &carol, true).await.unwrap();
    assert_eq!(alice.thread(group).await.unwrap().request_count, 0);
    assert_eq!(alice.members(group).await.unwrap().members.len(), 3);
}

#[tokio::test]
async fn a_revoked_link_leads_nowhere_and_whoever_is_added_asks_no_longer() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let group = alice.group("Choir", &[]).await.thread_id;
    let secret = alice.group_invite(group, 5, true).await.unwrap();
    carol.join(group, &secret).await.unwrap();
    alice.add(group, &carol).await;
    assert_eq!(alice.thread(group).await.unwrap().request_count, 0);
    let path = format!("/api/v1/threads/{group}/invites");
    let page: serde_json::Value = alice.get(&path).await.unwrap();
    assert_eq!(
        (page["requests"].as_array().unwrap().len(), &page["invites"][0]["uses_left"]),
        (0, &4.into())
    );
    let one = format!("{path}/{}", page["invites"][0]["invite_id"].as_str().unwrap());
    let revoked = carol.request(Method::DELETE, &one).send().await.unwrap();
    assert_eq!(revoked.status(), StatusCode::FORBIDDEN);
    let revoked = alice.request(Method::DELETE, &one).send().await.unwrap();
    assert_eq!(revoked.status(), StatusCode::NO_CONTENT);
    assert_refused(bob.join(group, &secret).await, &Refusal::LinkInvalid);
}
