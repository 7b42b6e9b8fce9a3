//! The invariant that everything leans on: a stale snapshot and the events since equal a fresh snapshot, for every command and for every
//! member, and a stranger gets nothing.

use crate::harness::{Live, Person, TestServer};
use image::{DynamicImage, ImageFormat};
use model::{
    Avatar, FileId, Inbox, MessageId, Role, ThreadId, ThreadOption, Timeline, Timestamp,
    members::Members,
    wire::{Answer, Command, Event, Frame, Outcome},
};
use server::state::AppState;
use std::{collections::BTreeSet, io::Cursor};

/// A person with a screen that only events change.
struct Screen {
    person: Person,
    live: Live,
    inbox: Inbox,
    timeline: Option<Timeline>,
    members: Option<Members>,
    /// What events told since the last command.
    heard: Vec<Event>,
    /// A group of this person alone. It is renamed to see where the stream stands.
    fence: ThreadId,
    fences: usize,
}

impl Screen {
    /// Looks at a thread, if this person may.
    async fn open(person: &Person, thread_id: ThreadId) -> Self {
        let fence = person.group("Fence", &[]).await.thread_id;
        let live = person.live().await;
        let (timeline, members) = Self::fresh(person, thread_id).await;
        let inbox = person.inbox().await;
        let (person, heard) = (person.clone(), Vec::new());
        Self { person, live, inbox, timeline, members, heard, fence, fences: 0 }
    }

    async fn fresh(person: &Person, thread_id: ThreadId) -> (Option<Timeline>, Option<Members>) {
        let timeline = person.messages(thread_id, "").await.ok().map(|page| Timeline::new(thread_id, page));
        let members = person.members(thread_id).await.ok().map(|page| Members::new(thread_id, page));
        (timeline, members)
    }

    /// Takes in all that was told so far. What was told before an answer stands in the stream before what is asked for after it.
    async fn catch_up(&mut self) {
        self.fences += 1;
        let (fence, named) = (self.fence, format!("Fence {}", self.fences));
        let rename =
            Command::UpdateGroup { thread_id: fence, title: named.clone(), avatar: Avatar::default() };
        self.person.done(&rename).await;
        let is_fence = |event: &Event| matches!(event, Event::GroupUpdated { thread_id, title, .. } if *thread_id == fence && *title == named);
        let events = self.live.events_until(is_fence).await;
        for event in &events {
            self.apply(event).await;
            // Twice is once.
            self.apply(event).await;
        }
        self.heard = events.into_iter().filter(|event| !is_fence(event)).collect();
    }

    /// Has a command carried out over this screen's own connection.
    async fn say(&mut self, command: &Command) {
        let sent = self.live.begin(command.clone()).await;
        loop {
            match self.live.next().await {
                Frame::Answer { id, answer } if id == sent => return assert_eq!(answer, Answer::Done),
                Frame::Event(event) => self.apply(&event).await,
                other => panic!("{command:?} was answered with {other:?}"),
            }
        }
    }

    async fn apply(&mut self, event: &Event) {
        if let Outcome::Missed(thread_id) = self.inbox.apply(event)
            && let Ok(thread) = self.person.thread(thread_id).await
        {
            self.inbox.put(thread);
        }
        for outcome in [
            self.timeline.as_mut().map(|timeline| timeline.apply(event)),
            self.members.as_mut().map(|members| members.apply(event)),
        ] {
            assert!(!matches!(outcome, Some(Outcome::Missed(_))), "a gap before {event:?}");
        }
    }

    /// Fails unless this screen shows what a new one would.
    async fn assert_fresh(&self, state: &AppState, thread_id: ThreadId, after: &Command) {
        let who = &self.person.user.username;
        assert_eq!(self.inbox, self.person.inbox().await, "{who}'s inbox after {after:?}");
        // By its mark, the server sees that this screen knows everything.
        let open = self.person.thread(thread_id).await.ok();
        let newest = self.person.threads().await;
        let open_id = open.as_ref().map(|thread| thread.thread_id);
        let fresh = model::etag(&newest, open.as_ref());
        let asked = state.marks.ask((self.person.user.user_id, open_id)).await.unwrap();
        assert_eq!(asked, fresh, "what the server takes for {who}'s mark after {after:?}");
        match self.inbox.etag(open_id) {
            Some(mark) => assert_eq!(mark, fresh, "{who}'s mark after {after:?}"),
            None => assert!(newest.has_archived, "{who} has no mark after {after:?}"),
        }
        let (timeline, members) = Self::fresh(&self.person, thread_id).await;
        if self.inbox.thread(thread_id).is_some() {
            if let Some(shown) = &self.timeline {
                assert_eq!(Some(shown), timeline.as_ref(), "{who}'s timeline after {after:?}");
            }
            if let Some(shown) = &self.members {
                assert_eq!(Some(shown), members.as_ref(), "{who}'s members after {after:?}");
            }
        } else {
            assert_eq!((timeline, members), (None, None), "{who} may still read after {after:?}");
        }
    }
}

/// One number for each command: a new one does not compile until it has a step below.
fn number(command: &Command) -> usize {
    match command {
        Command::SendMessage { .. } => 0,
        Command::MarkRead { .. } => 1,
        Command::OpenDirect { .. } => 2,
        Command::CreateGroup { .. } => 3,
        Command::UpdateGroup { .. } => 4,
        Command::AddMembers { .. } => 5,
        Command::RemoveMember { .. } => 6,
        Command::SetRole { .. } => 7,
        Command::SetOption { .. } => 8,
        Command::EditMessage { .. } => 9,
        Command::DeleteMessage { .. } => 10,
        Command::Type { .. } => 11,
        Command::Look { .. } => 12,
        Command::React { .. } => 13,
        Command::ForwardMessage { .. } => 14,
        Command::PinMessage { .. } => 15,
        Command::UpdateProfile { .. } => 16,
        Command::JoinGroup { .. } => 17,
        Command::AnswerRequest { .. } => 18,
        // No snapshot has anything of a secret chat: `introductions.rs`.
        Command::Introduce { .. } => COMMANDS,
    }
}
const COMMANDS: usize = 19;

#[tokio::test]
async fn a_stale_snapshot_and_the_events_since_equal_a_fresh_snapshot() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let (dave, erin, frank, stranger) = tokio::join!(
        server.person("dave"),
        server.person("erin"),
        server.person("frank"),
        server.person("mallory")
    );
    let id = |person: &Person| person.user.user_id;

    // The group is made under everybody's eyes, too.
    let thread_id = ThreadId::generate();
    let say_with = |body: &str, file_ids: &[FileId]| Command::SendMessage {
        message_id: MessageId::generate(),
        thread_id,
        body: body.into(),
        file_ids: file_ids.into(),
        reply_to: None,
    };
    let say = |body: &str| say_with(body, &[]);
    let said = |message_id: &MessageId| Command::SendMessage {
        message_id: *message_id,
        thread_id,
        body: "to be changed".into(),
        file_ids: vec![FileId::generate()],
        reply_to: None,
    };
    let reply = |message_id: &MessageId, body: &str| Command::SendMessage {
        message_id: MessageId::generate(),
        thread_id,
        body: body.into(),
        file_ids: Vec::new(),
        reply_to: Some(*message_id),
    };
    let edit = |message_id: &MessageId, body: &str| Command::EditMessage {
        thread_id,
        message_id: *message_id,
        body: body.into(),
    };
    let delete = |message_id: &MessageId| Command::DeleteMessage { thread_id, message_id: *message_id };
    let forward = |message_id: &MessageId| Command::ForwardMessage {
        message_id: MessageId::generate(),
        thread_id,
        from_thread_id: thread_id,
        from_message_id: *message_id,
    };
    let pin = |message_id: &MessageId, is_pinned: bool| Command::PinMessage {
        thread_id,
        message_id: *message_id,
        is_pinned,
    };
    let react = |message_id: &MessageId, emoji: &str, is_on: bool| Command::React {
        thread_id,
        message_id: *message_id,
        emoji: emoji.into(),
        is_on,
    };
    let (first, last) = (MessageId::generate(), MessageId::generate());
    let repeated = say("twice");
    let avatar = Avatar { hue: 7, glyph: "🧵".into(), picture_id: None };
    let picture_id = bob.picture(square(), "middle").await.ok();
    let with_picture = Avatar { picture_id: alice.picture(square(), "middle").await.ok(), ..avatar.clone() };
    assert!(picture_id.is_some() && with_picture.picture_id.is_some());
    let called = |display_name: &str, about: &str, picture_id| Command::UpdateProfile {
        display_name: display_name.into(),
        about: about.into(),
        picture_id,
    };
    let join = |how: &str| Command::JoinGroup { thread_id, secret: how.into() };
    let answer =
        |who: &Person, is_accepted| Command::AnswerRequest { thread_id, user_id: id(who), is_accepted };
    let between_two = alice.direct(&carol).await.thread_id;
    let block =
        |is_blocked| Command::SetOption { thread_id: between_two, option: ThreadOption::Blocked(is_blocked) };
    let keep = |option: ThreadOption| fixed(Command::SetOption { thread_id, option });
    type Step<'a> = (&'a Person, Box<dyn Fn(Timestamp) -> Command>);
    let steps: Vec<Step> = vec![
        (&alice, {
            let user_ids = vec![id(&bob), id(&carol)];
            Box::new(move |_| Command::CreateGroup {
                thread_id,
                title: "Sewing".into(),
                avatar: Avatar::default(),
                user_ids: user_ids.clone(),
            })
        }),
        (&alice, fixed(say("one"))),
        (&bob, fixed(say("two\nlines & <b>no markup</b>"))),
        (&bob, Box::new(move |newest| Command::MarkRead { thread_id, created_at: newest })),
        (&bob, fixed(say("**three** [things](https://a.example) <i>"))),
        (&carol, fixed(say("four"))),
        (&bob, fixed(say_with("", &[FileId::generate(), FileId::generate()]))),
        (&bob, fixed(said(&first))),
        (&carol, fixed(reply(&first, "what do you mean?"))),
        (&alice, fixed(react(&first, "👍", true))),
        (&bob, fixed(react(&first, "👍", true))),
        (&carol, fixed(react(&first, "🎉", true))),
        (&bob, fixed(edit(&first, "one, at first"))),
        (&bob, fixed(react(&first, "👍", false))),
        (&alice, fixed(react(&first, "👍", false))),
        (&carol, fixed(forward(&first))),
        (&bob, fixed(said(&last))),
        (&alice, fixed(reply(&last, "is it?"))),
        (&bob, fixed(edit(&last, "and this is the last one"))),
        (&bob, fixed(edit(&last, "and this is the last one"))),
        (&bob, fixed(react(&last, "🎉", true))),
        (&alice, fixed(pin(&first, true))),
        (&alice, fixed(pin(&last, true))),
        (&alice, fixed(delete(&last))),
        (&bob, fixed(reply(&last, "why did you delete it?"))),
        (&bob, Box::new(move |newest| Command::MarkRead { thread_id, created_at: newest })),
        (&alice, fixed(repeated.clone())),
        (&alice, fixed(repeated)),
        (&carol, Box::new(move |newest| Command::MarkRead { thread_id, created_at: newest })),
        (&carol, fixed(Command::Type { thread_id })),
        (
            &bob,
            fixed(Command::Look { is_here: true, user_ids: vec![id(&alice)], thread_id: Some(thread_id) }),
        ),
        (
            &alice,
            fixed(Command::Look { is_here: true, user_ids: vec![id(&bob)], thread_id: Some(thread_id) }),
        ),
        (&carol, Box::new(move |newest| Command::MarkRead { thread_id, created_at: newest })),
        (&alice, keep(ThreadOption::Pinned(true))),
        (&bob, keep(ThreadOption::Archived(true))),
        (&alice, keep(ThreadOption::Archived(true))),
        (&carol, fixed(say("whom does this bring back, @bob and @alice?"))),
        (&alice, keep(ThreadOption::MutedUntil(Some(Timestamp::MAX)))),
        (&alice, keep(ThreadOption::Archived(true))),
        (&bob, keep(ThreadOption::MarkedUnread(true))),
        (&bob, keep(ThreadOption::Draft("What I wanted to say".into()))),
        (&alice, keep(ThreadOption::Draft("Well".into()))),
        (&alice, keep(ThreadOption::Draft(String::new()))),
        (&carol, fixed(say("not to alice"))),
        (&bob, Box::new(move |newest| Command::MarkRead { thread_id, created_at: newest })),
        (&alice, keep(ThreadOption::MutedUntil(None))),
        (&carol, fixed(say("to alice now"))),
        (&bob, fixed(called("Robert", "Sews at night", picture_id))),
        (&bob, fixed(called("Robert", "Sews at night", picture_id))),
        (&carol, fixed(called("Caroline", "", None))),
        (&alice, fixed(Command::UpdateGroup { thread_id, title: "Sewing circle".into(), avatar })),
        (
            &alice,
            fixed(Command::UpdateGroup { thread_id, title: "Sewing circle".into(), avatar: with_picture }),
        ),
        (&alice, fixed(Command::AddMembers { thread_id, user_ids: vec![id(&dave), id(&bob)] })),
        (&dave, fixed(say("I am new here"))),
        (&erin, fixed(join("by link"))),
        (&frank, fixed(join("by asking"))),
        (&alice, fixed(answer(&frank, false))),
        (&frank, fixed(join("by asking"))),
        (&alice, fixed(Command::SetRole { thread_id, user_id: id(&bob), role: Role::Admin })),
        (&bob, fixed(Command::SetRole { thread_id, user_id: id(&alice), role: Role::Member })),
        (&bob, fixed(answer(&frank, true))),
        (&bob, fixed(Command::RemoveMember { thread_id, user_id: id(&carol) })),
        (&alice, fixed(say("five"))),
        (&bob, fixed(Command::AddMembers { thread_id, user_ids: vec![id(&carol)] })),
        (&alice, fixed(say("six"))),
        (&bob, fixed(Command::RemoveMember { thread_id, user_id: id(&bob) })),
        (&alice, fixed(Command::OpenDirect { user_id: id(&bob) })),
        (&alice, fixed(block(true))),
        (&alice, fixed(block(false))),
        // Those he left see his messages; she also sees what he says of himself.
        (&bob, fixed(called("Robert the Tailor", "Sews by day", None))),
        (&alice, fixed(called("Alicia", "", None))),
    ];

    let mut screens = Vec::new();
    for person in [&alice, &bob, &carol, &dave, &erin, &frank, &alice] {
        screens.push(Screen::open(person, thread_id).await);
    }
    let mut watching = Screen::open(&stranger, thread_id).await;
    let mut covered = BTreeSet::new();
    for (actor, step) in steps {
        let newest = actor.messages(thread_id, "").await.ok().and_then(|page| page.messages.last().cloned());
        let mut command = step(newest.map_or(Timestamp(0), |message| message.created_at));
        if let Command::JoinGroup { secret, .. } = &mut command {
            *secret = alice.group_invite(thread_id, 1, secret == "by asking").await.unwrap();
        }
        covered.insert(number(&command));
        if let Command::SendMessage { file_ids, .. } = &command {
            for file_id in file_ids {
                actor.upload_as(thread_id, *file_id, "notes.txt", b"seven").await.unwrap();
            }
        }
        let own = screens.iter_mut().find(|screen| screen.person.user == actor.user);
        match own.filter(|_| matches!(command, Command::Look { .. })) {
            // What is on a screen, only its own connection can say.
            Some(screen) => screen.say(&command).await,
            None => drop(actor.done(&command).await),
        }
        for screen in &mut screens {
            screen.catch_up().await;
            if screen.timeline.is_none() {
                // Somebody who was let in looks at it from here on.
                (screen.timeline, screen.members) = Screen::fresh(&screen.person, thread_id).await;
            }
            screen.assert_fresh(&server.state, thread_id, &command).await;
            if screen.inbox.thread(thread_id).is_none() {
                (screen.timeline, screen.members) = (None, None);
            }
        }
        watching.catch_up().await;
        assert_eq!(watching.heard, [], "a stranger heard of {command:?}");
        watching.assert_fresh(&server.state, thread_id, &command).await;
    }
    assert_eq!(covered, (0..COMMANDS).collect(), "a command has no step");
}

/// An image.
fn square() -> Vec<u8> {
    let mut content = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(120, 80).write_to(&mut content, ImageFormat::Png).unwrap();
    content.into_inner()
}

fn fixed(command: Command) -> Box<dyn Fn(Timestamp) -> Command> {
    Box::new(move |_| command.clone())
}

#[tokio::test]
async fn whoever_was_away_catches_up_to_the_same_screen() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    alice.send(thread_id, "before").await;
    let mut timeline = bob.timeline(thread_id).await;
    for number in 0..120 {
        alice.send(thread_id, &format!("while he was away {number}")).await;
    }
    while timeline.has_newer() || timeline.messages().len() < 121 {
        let after = timeline.newest_at().unwrap();
        timeline.extend_newer(bob.messages(thread_id, &format!("?after={}", after.0)).await.unwrap());
    }
    let seqs: Vec<_> = timeline.messages().iter().map(|message| message.seq).collect();
    assert_eq!(seqs, (1..=121).collect::<Vec<_>>());
    assert_eq!(bob.thread(thread_id).await.unwrap().unread(), 121);
}
