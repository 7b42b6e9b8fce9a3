//! Notices: what a group's log says of what happened to it, for whoever was there and whoever comes later.

use crate::harness::{Person, TestServer};
use model::{
    Avatar, Notice, NoticeKind, Role, ThreadId,
    page::{ChangePage, MessagePage},
    wire::Command,
};

fn told(notices: &[Notice]) -> Vec<(NoticeKind, u64, &str, Vec<&str>)> {
    notices
        .iter()
        .map(|notice| {
            let names = notice.names.iter().map(String::as_str).collect();
            (notice.kind, notice.after_seq, notice.actor.as_str(), names)
        })
        .collect()
}

async fn notices(person: &Person, thread_id: ThreadId) -> Vec<Notice> {
    person.messages(thread_id, "").await.unwrap().notices
}

#[tokio::test]
async fn the_log_says_what_happened_where_and_by_whom() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let [a, b, c] = [&alice, &bob, &carol].map(|person| person.user.display_name.as_str());
    let thread_id = alice.group("Sewing", &[&bob]).await.thread_id;
    let message = bob.send(thread_id, "hello").await;
    alice.add(thread_id, &carol).await;
    let (title, avatar) = ("Knitting".to_owned(), Avatar::default());
    alice.done(&Command::UpdateGroup { thread_id, title: title.clone(), avatar: avatar.clone() }).await;
    let avatar = Avatar { hue: avatar.hue + 1, ..avatar };
    alice.done(&Command::UpdateGroup { thread_id, title, avatar }).await;
    alice.set_role(thread_id, &bob, Role::Admin).await.unwrap();
    let pin = Command::PinMessage { thread_id, message_id: message.message_id, is_pinned: true };
    bob.done(&pin).await;
    alice.send(thread_id, "so much has changed").await;
    bob.set_role(thread_id, &alice, Role::Member).await.unwrap();
    bob.remove(thread_id, &carol).await;
    bob.remove(thread_id, &bob).await;
    let all = notices(&alice, thread_id).await;
    assert_eq!(
        told(&all),
        [
            (NoticeKind::Created, 0, a, vec![]),
            (NoticeKind::Added, 1, a, vec![c]),
            (NoticeKind::Renamed, 1, a, vec!["Knitting"]),
            (NoticeKind::Pictured, 1, a, vec![]),
            (NoticeKind::Promoted, 1, a, vec![b]),
            (NoticeKind::Pinned, 1, b, vec![]),
            (NoticeKind::Demoted, 2, b, vec![a]),
            (NoticeKind::Removed, 2, b, vec![c]),
            (NoticeKind::Left, 2, b, vec![]),
            (NoticeKind::Inherited, 2, b, vec![a]),
        ]
    );
    assert_eq!(alice.thread(thread_id).await.unwrap().unread(), 1, "notices count as nothing");
}

#[tokio::test]
async fn pages_and_changes_bring_those_of_their_range() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.group("Sewing", &[&bob]).await.thread_id;
    for number in 1..=60 {
        alice.send(thread_id, &format!("message {number}")).await;
    }
    alice.add(thread_id, &carol).await;
    let kinds = |notices: &[Notice]| notices.iter().map(|notice| notice.kind).collect::<Vec<_>>();
    let newest = alice.messages(thread_id, "").await.unwrap();
    assert_eq!(kinds(&newest.notices), [NoticeKind::Added]);
    let before = newest.messages[0].created_at;
    let older: MessagePage = alice.messages(thread_id, &format!("?before={}", before.0)).await.unwrap();
    assert_eq!(kinds(&older.notices), [NoticeKind::Created]);
    let changes: ChangePage = alice.changes(thread_id, 0).await.unwrap();
    assert_eq!(kinds(&changes.notices), [NoticeKind::Added]);
    assert_eq!(kinds(&alice.changes(thread_id, changes.change).await.unwrap().notices), []);
}

#[tokio::test]
async fn many_who_are_added_are_counted_and_some_are_named() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let thread_id = alice.group("Sewing", &[]).await.thread_id;
    let mut user_ids = Vec::new();
    for number in 0..5 {
        user_ids.push(server.person(&format!("person{number}")).await.user.user_id);
    }
    alice.done(&Command::AddMembers { thread_id, user_ids }).await;
    let all = notices(&alice, thread_id).await;
    assert_eq!((all.len(), all[1].names.len(), all[1].more), (2, 3, 2));
}
