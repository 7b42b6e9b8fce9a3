//! A snapshot of every frame: nobody changes the protocol unawares. After a wanted change: `INSTA_UPDATE=always cargo test -p model`.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use model::{
    Avatar, File, FileKind, Forward, Member, Message, MessageId, Notice, NoticeKind, Options, Pins, Problem,
    Quote, Reaction, Refusal, Role, Thread, ThreadId, ThreadKind, ThreadOption, Timestamp, User, UserId,
    options::FOREVER,
    presence::{Presence, PresenceOf},
    secret::Step,
    thread::LastMessage,
    wire::{Answer, Command, Event, Frame, Request},
};
use serde::{Serialize, de::DeserializeOwned};

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(number: u8) -> T {
    format!("019a8b5c-0000-7000-8000-0000000000{number:02x}").parse().unwrap()
}

fn alice() -> User {
    User::new(id(1), "alice".into(), "Alice".into())
}

fn message() -> Message {
    let at = Timestamp(1_763_899_200_000_001);
    Message::sent(id(3), id(2), 7, at, id(1), "hello\nworld".into())
}

fn edited() -> Message {
    let edited_at = Some(Timestamp(1_763_899_300_000_000));
    let html = Some("<p dir=\"auto\">hello <em>again</em></p>".into());
    Message { body: "hello *again*".into(), html, change: Some(4), edited_at, ..message() }
}

fn deleted() -> Message {
    Message { body: String::new(), change: Some(5), is_deleted: true, ..message() }
}

fn message_with_files() -> Message {
    let file = |number, name: &str, media_type: &str, kind| File {
        file_id: id(number),
        name: name.into(),
        media_type: media_type.into(),
        size_bytes: 48_213,
        kind,
    };
    let image = FileKind::Image { width: 4032, height: 3024, has_thumbnail: true };
    let files = vec![
        file(5, "海边.jpg", "image/jpeg", image),
        file(6, "song.mp3", "audio/mpeg", FileKind::Audio),
        file(7, "cat.mp4", "video/mp4", FileKind::Video),
        file(8, "plan.pdf", "application/pdf", FileKind::Other),
    ];
    Message { body: String::new(), files, ..message() }
}

fn forwarded() -> Message {
    Message { forward: Some(Forward { sender_id: id(4), sender_name: "Bob".into() }), ..message() }
}

fn reply(to: &Message) -> Message {
    Message { reply_to: Some(Quote::of(to, "Alice".into(), 5)), ..message() }
}

fn notice() -> Notice {
    Notice {
        change: 4,
        after_seq: 7,
        at: message().created_at,
        kind: NoticeKind::Renamed,
        actor: "Alice".into(),
        names: vec!["Knitting".into()],
        more: 2,
    }
}

fn thread(kind: ThreadKind) -> Thread {
    Thread {
        thread_id: id(2),
        kind,
        last_seq: 7,
        change: 3,
        active_at: message().created_at,
        last_message: Some(LastMessage::of(&message(), alice())),
        pins: None,
        read_seq: 5,
        read_at: Some(Timestamp(1_763_899_100_000_000)),
        own_count: 2,
        own_read_count: 1,
        mention_count: 3,
        mention_read_count: 1,
        seen_seq: None,
        about: String::new(),
        request_count: 0,
        options: Options::default(),
    }
}

fn group() -> ThreadKind {
    let avatar = Avatar { hue: 4, glyph: "🧵".into(), picture_id: None };
    ThreadKind::Group { title: "Sewing".into(), avatar, role: Role::Admin, member_count: 3 }
}

/// What is written is read back as it was.
fn frames<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(frames: &[T]) -> String {
    let mut text = String::new();
    for frame in frames {
        let json = serde_json::to_string(frame).unwrap();
        assert_eq!(serde_json::from_str::<T>(&json).unwrap(), *frame);
        text += &json;
        text.push('\n');
    }
    text
}

#[test]
fn every_command() {
    let (thread_id, user_id): (ThreadId, UserId) = (id(2), id(1));
    let message_id: MessageId = id(3);
    let say = |body: &str, file_ids, reply_to| Command::SendMessage {
        message_id,
        thread_id,
        body: body.into(),
        file_ids,
        reply_to,
    };
    let commands = [
        say("hello", Vec::new(), None),
        say("", vec![id(5), id(6)], None),
        say("hello to you", Vec::new(), Some(id(4))),
        Command::ForwardMessage { message_id, thread_id, from_thread_id: id(7), from_message_id: id(8) },
        Command::EditMessage { thread_id, message_id, body: "hello again".into() },
        Command::DeleteMessage { thread_id, message_id },
        Command::React { thread_id, message_id, emoji: "👍".into(), is_on: true },
        Command::PinMessage { thread_id, message_id, is_pinned: true },
        Command::MarkRead { thread_id, created_at: message().created_at },
        Command::OpenDirect { user_id },
        Command::CreateGroup {
            thread_id,
            title: "Sewing".into(),
            avatar: Avatar { hue: 4, glyph: String::new(), picture_id: None },
            user_ids: vec![user_id],
        },
        Command::UpdateGroup {
            thread_id,
            title: "Sewing".into(),
            avatar: Avatar { hue: 4, glyph: "🧵".into(), picture_id: None },
        },
        Command::UpdateGroup {
            thread_id,
            title: "Sewing".into(),
            avatar: Avatar { hue: 4, glyph: String::new(), picture_id: Some(id(9)) },
        },
        Command::JoinGroup { thread_id, secret: "5e".repeat(32) },
        Command::AnswerRequest { thread_id, user_id, is_accepted: true },
        Command::UpdateProfile {
            display_name: "Alice".into(),
            about: "At sea until May".into(),
            picture_id: Some(id(9)),
        },
        Command::UpdateProfile { display_name: "Alice".into(), about: String::new(), picture_id: None },
        Command::AddMembers { thread_id, user_ids: vec![user_id] },
        Command::RemoveMember { thread_id, user_id },
        Command::SetRole { thread_id, user_id, role: Role::Admin },
        Command::SetOption { thread_id, option: ThreadOption::MutedUntil(Some(FOREVER)) },
        Command::SetOption { thread_id, option: ThreadOption::MutedUntil(None) },
        Command::SetOption { thread_id, option: ThreadOption::Archived(true) },
        Command::SetOption { thread_id, option: ThreadOption::Pinned(true) },
        Command::SetOption { thread_id, option: ThreadOption::MarkedUnread(false) },
        Command::SetOption { thread_id, option: ThreadOption::Blocked(true) },
        Command::SetOption { thread_id, option: ThreadOption::Draft("I wanted to say".into()) },
        Command::Type { thread_id },
        Command::Look { is_here: true, user_ids: vec![user_id], thread_id: Some(thread_id) },
        Command::Look { is_here: false, user_ids: Vec::new(), thread_id: None },
        Command::Introduce { chat_id: id(12), user_id, step: Step::Ask, detail: String::new() },
        Command::Introduce { chat_id: id(12), user_id, step: Step::Offer, detail: "v=0".into() },
        Command::Introduce { chat_id: id(12), user_id, step: Step::Hold, detail: String::new() },
    ]
    .map(|command| Request { id: 1, command });
    insta::assert_snapshot!(frames(&commands));
}

#[test]
fn every_event() {
    let (thread_id, user_id): (ThreadId, UserId) = (id(2), id(1));
    let events = [
        Event::MessageSent { message: message(), sender: alice() },
        Event::MessageSent { message: message_with_files(), sender: alice() },
        Event::MessageSent { message: forwarded(), sender: alice() },
        Event::MessageSent { message: reply(&edited()), sender: alice() },
        Event::MessageSent { message: reply(&deleted()), sender: alice() },
        Event::MessageChanged { change: 4, message: edited() },
        Event::MessageChanged { change: 5, message: deleted() },
        Event::Reacted {
            thread_id,
            change: 6,
            message_id: id(3),
            seq: 7,
            user_id,
            emoji: "👍".into(),
            is_on: true,
            reactions: vec![Reaction { emoji: "👍".into(), count: 2, is_mine: false }],
        },
        Event::Pinned {
            thread_id,
            change: 7,
            message_id: id(3),
            seq: 7,
            is_pinned: true,
            pins: Some(Pins { count: 2, last: Quote::of(&edited(), "Alice".into(), 7) }),
            notice: Some(Notice { kind: NoticeKind::Pinned, names: Vec::new(), more: 0, ..notice() }),
        },
        Event::Pinned {
            thread_id,
            change: 8,
            message_id: id(3),
            seq: 7,
            is_pinned: false,
            pins: None,
            notice: None,
        },
        Event::ReadMoved {
            thread_id,
            read_seq: 7,
            read_at: message().created_at,
            own_read_count: 2,
            mention_read_count: 1,
        },
        Event::ThreadJoined { thread: thread(group()) },
        Event::ThreadJoined { thread: thread(ThreadKind::Direct { peer: alice() }) },
        Event::GroupUpdated {
            thread_id,
            change: 4,
            title: "Knitting".into(),
            avatar: Avatar::default(),
            notice: Some(notice()),
        },
        Event::MembersAdded {
            notice: None,
            thread_id,
            change: 5,
            members: vec![Member { user: alice(), role: Role::Member }],
            member_count: 4,
        },
        Event::MemberRemoved { thread_id, change: 6, user_id, member_count: 3, notice: None },
        Event::RoleChanged { thread_id, change: 7, user_id, role: Role::Admin, notice: None },
        Event::OptionsChanged {
            thread_id,
            options: Options {
                change: 2,
                muted_until: Some(FOREVER),
                is_archived: true,
                pinned_at: None,
                is_marked_unread: true,
                is_blocked: true,
                draft: Some("Dear".into()),
            },
        },
        Event::OptionsChanged { thread_id, options: Options { change: 3, ..Options::default() } },
        Event::RequestsChanged { thread_id: id(2), request_count: 2 },
        Event::UserChanged {
            user: User { picture_id: Some(id(9)), change: 2, ..alice() },
            about: "At sea until May".into(),
        },
        Event::Typed { thread_id, user: alice() },
        Event::PresenceChanged {
            presences: vec![
                PresenceOf { user_id, presence: Presence::Online },
                PresenceOf { user_id: id(4), presence: Presence::Seen(Timestamp(1_763_899_200_000_000)) },
                PresenceOf { user_id: id(5), presence: Presence::Hidden },
            ],
        },
        Event::MessagesSeen { thread_id, read_seq: 7 },
        Event::ReadersChanged { thread_id },
        Event::Introduced { chat_id: id(12), user: alice(), step: Step::Gone, detail: String::new() },
        Event::Introduced {
            chat_id: id(12),
            user: alice(),
            step: Step::Candidate,
            detail: "a=candidate".into(),
        },
    ]
    .map(Frame::Event);
    insta::assert_snapshot!(frames(&events));
}

#[test]
fn every_other_frame() {
    let problem = Problem::from(&Refusal::TooManyRequests { retry_after_s: 3 });
    let others = [
        Frame::Ready,
        Frame::Alive,
        Frame::Resync,
        Frame::Answer { id: 1, answer: Answer::Sent { message: message() } },
        Frame::Answer { id: 2, answer: Answer::Opened { thread: thread(group()) } },
        Frame::Answer { id: 3, answer: Answer::Done },
        Frame::Problem { id: Some(4), problem: problem.clone() },
        Frame::Problem { id: None, problem },
    ];
    insta::assert_snapshot!(frames(&others));
}
