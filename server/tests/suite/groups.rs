//! Groups: who may do what, and who is told.

use crate::harness::{Person, TestServer, assert_refused};
use model::{
    Avatar, Member, Refusal, Role, Thread, ThreadId, ThreadKind, UserId,
    wire::{Answer, Command, Event, MAX_ADDED},
};
use std::collections::BTreeMap;

async fn roles(person: &Person, thread_id: ThreadId) -> BTreeMap<String, Role> {
    let members = person.members(thread_id).await.unwrap().members;
    members.into_iter().map(|Member { user, role }| (user.username, role)).collect()
}

fn expected<const N: usize>(roles: [(&str, Role); N]) -> BTreeMap<String, Role> {
    roles.into_iter().map(|(name, role)| (name.into(), role)).collect()
}

#[tokio::test]
async fn whoever_makes_a_group_administers_it() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread = alice.group("  Sewing \u{202E} circle ", &[&bob, &carol, &alice]).await;
    let ThreadKind::Group { title, role, member_count, .. } = &thread.kind else { panic!("not a group") };
    assert_eq!((title.as_str(), *role, *member_count), ("Sewing circle", Role::Admin, 3));
    let everybody = expected([("alice", Role::Admin), ("bob", Role::Member), ("carol", Role::Member)]);
    assert_eq!(roles(&bob, thread.thread_id).await, everybody);
}

#[tokio::test]
async fn making_a_group_twice_makes_one() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let create = Command::CreateGroup {
        thread_id: ThreadId::generate(),
        title: "Once".into(),
        avatar: Avatar { hue: 3, glyph: "🧵".into(), picture_id: None },
        user_ids: vec![bob.user.user_id],
    };
    let first = alice.done(&create).await;
    assert_eq!(alice.done(&create).await, first);
    assert_eq!(alice.threads().await.threads.len(), 1);
    let mallory = server.person("mallory").await;
    assert_refused(mallory.command(&create).await, &Refusal::IdTaken);
}

#[tokio::test]
async fn an_impossible_group_is_refused_and_not_made() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let create = |title: &str, hue: u8, glyph: &str, user_ids: Vec<UserId>| Command::CreateGroup {
        thread_id: ThreadId::generate(),
        title: title.into(),
        avatar: Avatar { hue, glyph: glyph.into(), picture_id: None },
        user_ids,
    };
    for (command, refusal) in [
        (create("", 0, "", vec![]), Refusal::TitleInvalid),
        (create("\u{200B}\u{202E}", 0, "", vec![]), Refusal::TitleInvalid),
        (create(&"x".repeat(65), 0, "", vec![]), Refusal::TitleInvalid),
        (create("Fine", 12, "", vec![]), Refusal::AvatarInvalid),
        (create("Fine", 0, "AB", vec![]), Refusal::AvatarInvalid),
        (create("Fine", 0, "书", vec![]), Refusal::AvatarInvalid),
        (create("Fine", 0, "🧵🧵", vec![]), Refusal::AvatarInvalid),
        (create("Fine", 0, "🧵 a", vec![]), Refusal::AvatarInvalid),
        (create("Fine", 0, "\u{FE0F}", vec![]), Refusal::AvatarInvalid),
        (create("Fine", 0, "\u{200D}", vec![]), Refusal::AvatarInvalid),
        (create("Fine", 0, "", vec![UserId::generate()]), Refusal::UserNotFound),
        (
            create("Fine", 0, "", (0..=MAX_ADDED).map(|_| UserId::generate()).collect()),
            Refusal::TooManyMembers,
        ),
    ] {
        assert_refused(alice.command(&command).await, &refusal);
    }
    assert_eq!(alice.threads().await.threads, []);
}

#[tokio::test]
async fn a_group_picture_is_one_emoji_however_it_is_typed() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let group = alice.group("Picture", &[]).await;
    for (typed, kept) in [
        ("", ""),
        ("  ", ""),
        (" 🧵 ", "🧵"),
        ("❤", "❤\u{FE0F}"),
        ("👩🏽\u{200D}💻", "👩🏽\u{200D}💻"),
        ("👨\u{200D}👩\u{200D}👧\u{200D}👦", "👨\u{200D}👩\u{200D}👧\u{200D}👦"),
        ("🇫🇷", "🇫🇷"),
        (
            "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
            "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
        ),
    ] {
        let avatar = Avatar { hue: 3, glyph: typed.into(), picture_id: None };
        let title = group.title().into();
        alice.done(&Command::UpdateGroup { thread_id: group.thread_id, title, avatar }).await;
        match alice.thread(group.thread_id).await.unwrap().kind {
            ThreadKind::Group { avatar, .. } => assert_eq!(avatar.glyph, kept, "{typed:?}"),
            kind => panic!("{kind:?}"),
        }
    }
}

#[tokio::test]
async fn only_admins_add_remove_rename_and_promote() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let dave = server.person("dave").await;
    let thread_id = alice.group("Sewing", &[&bob, &carol]).await.thread_id;
    let commands = [
        Command::AddMembers { thread_id, user_ids: vec![dave.user.user_id] },
        Command::UpdateGroup { thread_id, title: "Knitting".into(), avatar: Avatar::default() },
        Command::SetRole { thread_id, user_id: carol.user.user_id, role: Role::Admin },
        Command::RemoveMember { thread_id, user_id: dave.user.user_id },
    ];
    for command in &commands {
        assert_refused(bob.command(command).await, &Refusal::AdminRequired);
        assert_refused(dave.command(command).await, &Refusal::ThreadNotFound);
    }
    for command in &commands {
        assert_eq!(alice.done(command).await, Answer::Done);
    }
    assert_eq!(bob.thread(thread_id).await.unwrap().title(), "Knitting");
}

#[tokio::test]
async fn a_removed_member_gets_no_further_messages() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.group("Sewing", &[&bob, &carol]).await.thread_id;
    let (mut bobs, mut carols) = (bob.live().await, carol.live().await);
    let before = alice.send(thread_id, "for all").await;
    alice.remove(thread_id, &carol).await;
    let after = alice.send(thread_id, "not for carol").await;
    let sent = |message| Event::MessageSent { message, sender: alice.user.clone() };
    assert_eq!(bobs.event().await, sent(before.clone()));
    let removed = bobs.event().await;
    assert!(
        matches!(&removed, Event::MemberRemoved { thread_id: id, change: 1, user_id, member_count: 2, .. }
            if *id == thread_id && *user_id == carol.user.user_id),
        "{removed:?}"
    );
    assert_eq!(bobs.event().await, sent(after));
    let elsewhere = bob.direct(&carol).await.thread_id;
    let next = bob.send(elsewhere, "are you there?").await;
    let from_bob = Event::MessageSent { message: next, sender: bob.user.clone() };
    for expected in [sent(before), removed, from_bob] {
        assert_eq!(carols.event().await, expected);
    }
    assert_refused(carol.messages(thread_id, "").await, &Refusal::ThreadNotFound);
    let send = carol.message(thread_id, "still here?");
    assert_refused(carol.command(&send).await, &Refusal::ThreadNotFound);
}

#[tokio::test]
async fn whoever_comes_back_reads_the_history_and_has_nothing_unread() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.group("Sewing", &[&bob]).await.thread_id;
    bob.send(thread_id, "mine").await;
    alice.remove(thread_id, &bob).await;
    alice.send(thread_id, "while he was away").await;
    alice.add(thread_id, &bob).await;
    let thread: Thread = bob.thread(thread_id).await.unwrap();
    assert_eq!((thread.last_seq, thread.unread()), (2, 0));
    assert_eq!(bob.messages(thread_id, "").await.unwrap().messages.len(), 2);
    bob.send(thread_id, "back").await;
    alice.send(thread_id, "welcome").await;
    assert_eq!(bob.thread(thread_id).await.unwrap().unread(), 1);
}

#[tokio::test]
async fn the_last_admin_who_leaves_hands_over_to_who_joined_first() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.group("Sewing", &[]).await.thread_id;
    alice.add(thread_id, &carol).await;
    alice.add(thread_id, &bob).await;
    let mut bobs = bob.live().await;
    let refusal = alice.set_role(thread_id, &alice, Role::Member).await;
    assert_refused(refusal, &Refusal::LastAdmin);
    alice.remove(thread_id, &alice).await;
    assert_eq!(roles(&bob, thread_id).await, expected([("bob", Role::Member), ("carol", Role::Admin)]));
    let user_id = carol.user.user_id;
    let is_handed_over = |event: &Event| matches!(event, Event::RoleChanged { change: 4, user_id: heir, role: Role::Admin, .. } if *heir == user_id);
    assert_eq!(bobs.events_until(is_handed_over).await.len(), 2);
    // Down to the last one, and then nobody.
    carol.remove(thread_id, &carol).await;
    assert_eq!(roles(&bob, thread_id).await, expected([("bob", Role::Admin)]));
    bob.remove(thread_id, &bob).await;
    assert_refused(bob.thread(thread_id).await, &Refusal::ThreadNotFound);
}

#[tokio::test]
async fn a_direct_thread_is_no_group() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    for command in [
        Command::AddMembers { thread_id, user_ids: vec![carol.user.user_id] },
        Command::RemoveMember { thread_id, user_id: bob.user.user_id },
        Command::RemoveMember { thread_id, user_id: alice.user.user_id },
        Command::SetRole { thread_id, user_id: alice.user.user_id, role: Role::Admin },
        Command::UpdateGroup { thread_id, title: "Ours".into(), avatar: Avatar::default() },
    ] {
        assert_refused(alice.command(&command).await, &Refusal::GroupRequired);
    }
}

#[tokio::test]
async fn two_admins_who_demote_each_other_leave_one() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.group("Sewing", &[&bob, &carol]).await.thread_id;
    alice.set_role(thread_id, &bob, Role::Admin).await.unwrap();
    let (one, other) = tokio::join!(
        alice.set_role(thread_id, &bob, Role::Member),
        bob.set_role(thread_id, &alice, Role::Member)
    );
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    let admins = roles(&carol, thread_id).await.into_values().filter(|role| *role == Role::Admin).count();
    assert_eq!(admins, 1);
}
