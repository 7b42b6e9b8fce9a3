//! What becomes of messages after they were sent, against the plainest model there is: a log in which edits and deletions stand between the
//! messages. However its events come, a screen shows what the log says, or knows that it missed something.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use model::{
    Avatar, Inbox, Message, MessageId, Notice, NoticeKind, Pins, Quote, Role, Thread, ThreadId, ThreadKind,
    Timeline, Timestamp, User, UserId,
    page::{ChangePage, MessagePage, ThreadPage},
    reaction,
    thread::LastMessage,
    wire::{Event, Outcome},
};
use proptest::{prelude::*, sample::Index};

fn me() -> User {
    User::new(UserId(uuid::Uuid::nil()), "me".into(), "Me".into())
}

fn thread_id() -> ThreadId {
    ThreadId(uuid::Uuid::from_u128(1))
}

/// What somebody does in the thread.
#[derive(Clone, Debug)]
enum Step {
    Send,
    Reply(usize),
    /// Which message: any number, counted round and round.
    Edit(usize),
    Delete(usize),
    /// Under which message: the reader under every other one, somebody else under the others. Twice is not at all.
    React(usize),
    Pin(usize),
    Rename,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Send),
        2 => (0..100_usize).prop_map(Step::Reply),
        2 => (0..100_usize).prop_map(Step::Edit),
        1 => (0..100_usize).prop_map(Step::Delete),
        2 => (0..100_usize).prop_map(Step::React),
        1 => (0..100_usize).prop_map(Step::Pin),
        1 => Just(Step::Rename),
    ]
}

/// Somebody puts their emoji under a message, or takes it away.
fn react(message: &mut Message, is_mine: bool) -> Event {
    let (emoji, user_id) =
        if is_mine { ("👍", me().user_id) } else { ("🎉", UserId(uuid::Uuid::from_u128(9))) };
    let is_on = message.reactions.iter().all(|known| known.emoji != emoji);
    reaction::count(&mut message.reactions, emoji, is_on);
    let mut told = message.reactions.clone();
    told.iter_mut().for_each(|reaction| reaction.is_mine = false);
    message.reactions.iter_mut().for_each(|reaction| reaction.is_mine = reaction.emoji == "👍");
    Event::Reacted {
        thread_id: thread_id(),
        change: message.change.unwrap(),
        message_id: message.message_id,
        seq: message.seq,
        user_id,
        emoji: emoji.into(),
        is_on,
        reactions: told,
    }
}

/// The thread as its server knows it.
#[derive(Clone, Default)]
struct World {
    messages: Vec<Message>,
    notices: Vec<Notice>,
    change: u64,
    title: String,
    /// What was pinned last; unpinning one unpins it.
    pins: Option<Pins>,
}

impl World {
    fn take(&mut self, step: &Step) -> Event {
        let place = match step {
            Step::Edit(number) | Step::Delete(number) | Step::React(number) | Step::Pin(number)
                if !self.messages.is_empty() =>
            {
                number % self.messages.len()
            }
            Step::Rename => {
                self.change += 1;
                self.title = format!("title {}", self.change);
                let (title, avatar) = (self.title.clone(), Avatar::default());
                return Event::GroupUpdated {
                    thread_id: thread_id(),
                    change: self.change,
                    title,
                    avatar,
                    notice: Some(self.note()),
                };
            }
            _ => {
                let seq = self.messages.len() as u64 + 1;
                let message_id = MessageId(uuid::Uuid::from_u128(seq.into()));
                let at = Timestamp(seq.cast_signed());
                let body = format!("message {seq}");
                let mut message = Message::sent(message_id, thread_id(), seq, at, me().user_id, body);
                if let Step::Reply(number) = step
                    && !self.messages.is_empty()
                {
                    let quoted = &self.messages[number % self.messages.len()];
                    message.reply_to = Some(Quote::of(quoted, me().display_name, self.change));
                }
                self.messages.push(message.clone());
                return Event::MessageSent { message, sender: me() };
            }
        };
        self.change += 1;
        let message = &mut self.messages[place];
        message.change = Some(self.change);
        if let Step::React(number) = step {
            return react(message, number % 2 == 0);
        }
        if let Step::Pin(_) = step {
            message.is_pinned = !message.is_pinned && !message.is_deleted;
            self.pins = message
                .is_pinned
                .then(|| Pins { count: 1, last: Quote::of(message, me().display_name, self.change) });
            return Event::Pinned {
                thread_id: thread_id(),
                change: self.change,
                message_id: message.message_id,
                seq: message.seq,
                is_pinned: message.is_pinned,
                pins: self.pins.clone(),
                notice: message.is_pinned.then(|| self.note()),
            };
        }
        message.is_deleted |= matches!(step, Step::Delete(_));
        message.body =
            if message.is_deleted { String::new() } else { format!("as of change {}", self.change) };
        if message.is_deleted {
            message.reply_to = None;
            message.reactions.clear();
        }
        let mut message = message.clone();
        for quote in self.messages.iter_mut().filter_map(|message| message.reply_to.as_mut()) {
            if quote.message_id == message.message_id {
                *quote = Quote::of(&message, me().display_name, quote.change);
            }
        }
        if let Some(pins) = self.pins.as_mut().filter(|pins| pins.last.message_id == message.message_id) {
            pins.last = Quote::of(&message, me().display_name, pins.last.change);
        }
        message.reactions.iter_mut().for_each(|reaction| reaction.is_mine = false);
        Event::MessageChanged { change: self.change, message }
    }

    /// What happened stands after what is there by then.
    fn note(&mut self) -> Notice {
        let notice = Notice {
            change: self.change,
            after_seq: self.messages.len() as u64,
            at: Timestamp(0),
            kind: NoticeKind::Renamed,
            actor: me().display_name,
            names: Vec::new(),
            more: 0,
        };
        self.notices.push(notice.clone());
        notice
    }

    fn notices(&self, is_wanted: impl Fn(&Notice) -> bool) -> Vec<Notice> {
        self.notices.iter().filter(|notice| is_wanted(notice)).cloned().collect()
    }

    fn page(&self, seqs: std::ops::Range<usize>) -> MessagePage {
        MessagePage {
            has_older: seqs.start > 0,
            has_newer: seqs.end < self.messages.len(),
            notices: self.notices(|notice| {
                let (start, end) = (seqs.start as u64, seqs.end as u64);
                notice.after_seq <= end && (start == 0 || notice.after_seq > start)
            }),
            messages: self.messages[seqs].to_vec(),
            people: vec![me()],
            reader_id: Some(me().user_id),
            change: self.change,
        }
    }

    /// A page of changes as the server gives it, a few at a time.
    fn changes(&self, after: u64) -> ChangePage {
        let mut messages: Vec<_> =
            self.messages.iter().filter(|message| message.change > Some(after)).cloned().collect();
        messages.sort_by_key(|message| message.change);
        let has_more = messages.len() > 3;
        messages.truncate(3);
        let last = messages.last().and_then(|message| message.change).filter(|_| has_more);
        let change = last.unwrap_or(self.change);
        let notices = self.notices(|notice| notice.change > after && notice.change <= change);
        ChangePage { change, messages, notices, has_more }
    }

    fn thread(&self) -> Thread {
        let last = self.messages.last();
        let (title, avatar) = (self.title.clone(), Avatar::default());
        Thread {
            thread_id: thread_id(),
            kind: ThreadKind::Group { title, avatar, role: Role::Member, member_count: 1 },
            last_seq: self.messages.len() as u64,
            change: self.change,
            active_at: last.map_or(Timestamp(0), |last| last.created_at),
            last_message: last.map(|last| LastMessage::of(last, me())),
            pins: self.pins.clone(),
            read_seq: 0,
            read_at: None,
            own_count: self.messages.len() as u64,
            own_read_count: 0,
            mention_count: 0,
            mention_read_count: 0,
            seen_seq: None,
            about: String::new(),
            request_count: 0,
            options: model::Options::default(),
        }
    }

    fn inbox(&self) -> Inbox {
        Inbox::new(me(), ThreadPage { threads: vec![self.thread()], ..ThreadPage::default() })
    }

    fn timeline(&self) -> Timeline {
        Timeline::new(thread_id(), self.page(0..self.messages.len()))
    }
}

/// A world after some steps, the same one after some more, and what happened in between.
fn worlds(before: &[Step], since: &[Step]) -> (World, World, Vec<Event>) {
    let mut stale = World::default();
    for step in before {
        stale.take(step);
    }
    let mut fresh = stale.clone();
    let events = since.iter().map(|step| fresh.take(step)).collect();
    (stale, fresh, events)
}

/// Does what a client does that was away: asks for the messages after its window, and for what became of the others.
fn heal(timeline: &mut Timeline, world: &World) {
    let known = timeline.messages().last().map_or(0, |message| message.seq as usize);
    timeline.extend_newer(world.page(known..world.messages.len()));
    loop {
        let page = world.changes(timeline.change());
        assert_eq!(timeline.catch_up(&page), Outcome::Applied);
        if !page.has_more {
            return;
        }
    }
}

proptest! {
    #[test]
    fn a_stale_screen_and_the_events_since_equal_a_fresh_one(
        before in prop::collection::vec(step(), 0..20),
        since in prop::collection::vec(step(), 0..30),
    ) {
        let (stale, fresh, events) = worlds(&before, &since);
        let (mut timeline, mut inbox) = (stale.timeline(), stale.inbox());
        for event in events.iter().flat_map(|event| [event, event]) {
            prop_assert!(!matches!(timeline.apply(event), Outcome::Missed(_)), "{event:?}");
            prop_assert!(!matches!(inbox.apply(event), Outcome::Missed(_)), "{event:?}");
        }
        prop_assert_eq!(timeline, fresh.timeline());
        prop_assert_eq!(inbox, fresh.inbox());
    }

    #[test]
    fn a_screen_that_lost_events_is_healed_by_asking(
        before in prop::collection::vec(step(), 0..20),
        since in prop::collection::vec(step(), 1..30),
        order in prop::collection::vec(any::<Index>(), 0..60),
    ) {
        let (stale, fresh, events) = worlds(&before, &since);
        let (mut timeline, mut inbox) = (stale.timeline(), stale.inbox());
        // A bus that loses, doubles and reorders...
        for index in order {
            let event = index.get(&events);
            let _ = (timeline.apply(event), inbox.apply(event));
            prop_assert!(timeline.change() <= fresh.change);
        }
        // ...and a database that heals.
        heal(&mut timeline, &fresh);
        inbox.put(fresh.thread());
        prop_assert_eq!(&timeline, &fresh.timeline());
        prop_assert_eq!(&inbox, &fresh.inbox());
        // Afterwards nothing old says anything new.
        for event in &events {
            prop_assert_eq!((timeline.apply(event), inbox.apply(event)), (Outcome::Known, Outcome::Known));
        }
    }

    #[test]
    fn pages_from_other_moments_leave_no_old_words_behind(
        before in prop::collection::vec(step(), 8..20),
        since in prop::collection::vec(step(), 0..20),
        cut in 1..8_usize,
    ) {
        let (stale, fresh, events) = worlds(&before, &since);
        prop_assume!(stale.messages.len() > 1);
        let cut = cut.min(stale.messages.len() - 1);
        // The newer half was followed by events; the older half was asked for before them and arrives after them.
        let mut timeline = Timeline::new(thread_id(), stale.page(cut..stale.messages.len()));
        for event in &events {
            let _ = timeline.apply(event);
        }
        timeline.extend_older(stale.page(0..cut));
        prop_assert!(timeline.change() <= stale.change);
        heal(&mut timeline, &fresh);
        prop_assert_eq!(timeline, fresh.timeline());
    }

    #[test]
    fn a_thread_that_was_asked_for_takes_nothing_back(
        before in prop::collection::vec(step(), 0..20),
        since in prop::collection::vec(step(), 0..20),
        told in any::<Index>(),
    ) {
        let (stale, fresh, events) = worlds(&before, &since);
        let told = told.index(events.len() + 1);
        let mut inbox = stale.inbox();
        for event in &events[..told] {
            let _ = inbox.apply(event);
        }
        // An answer that is older than what events told, then one that is newer.
        inbox.put(stale.thread());
        inbox.put(fresh.thread());
        prop_assert_eq!(inbox, fresh.inbox());
    }
}

#[test]
fn a_message_that_changed_before_it_was_told_is_asked_for() {
    let (stale, fresh, events) = worlds(&[Step::Send], &[Step::Send, Step::Edit(1)]);
    let [sent, edited] = &events[..] else { panic!("{events:?}") };
    let (mut timeline, mut inbox) = (stale.timeline(), stale.inbox());
    let missed = Outcome::Missed(thread_id());
    assert_eq!((timeline.apply(edited), inbox.apply(edited)), (missed, missed));
    assert_eq!((timeline.apply(sent), inbox.apply(sent)), (Outcome::Applied, Outcome::Applied));
    assert_eq!((timeline.apply(edited), inbox.apply(edited)), (Outcome::Applied, Outcome::Applied));
    assert_eq!((timeline, inbox), (fresh.timeline(), fresh.inbox()));
    // A retry's answer, which says what it is by now.
    let again = Event::MessageSent { message: fresh.messages[1].clone(), sender: me() };
    assert_eq!(stale.timeline().apply(&again), missed);
}

#[test]
fn changes_outside_of_the_window_are_counted_and_not_shown() {
    let mut world = World::default();
    for _ in 0..10 {
        world.take(&Step::Send);
    }
    let mut timeline = Timeline::new(thread_id(), world.page(4..7));
    let before = timeline.messages().to_vec();
    for place in [0, 9] {
        world.change += 1;
        world.messages[place].change = Some(world.change);
        let event = Event::MessageChanged { change: world.change, message: world.messages[place].clone() };
        assert_eq!(timeline.apply(&event), Outcome::Known);
    }
    assert_eq!((timeline.messages(), timeline.change()), (&before[..], 2));
}

#[test]
fn a_reply_that_comes_after_what_became_of_the_quoted_message_is_asked_for() {
    let (stale, fresh, events) = worlds(&[Step::Send, Step::Send], &[Step::Reply(0), Step::Delete(0)]);
    let [sent, deleted] = &events[..] else { panic!("{events:?}") };
    // The quoted message is not here, so only the numbers show that the quote is an old one.
    let mut timeline = Timeline::new(thread_id(), stale.page(1..2));
    assert_eq!(
        (timeline.apply(deleted), timeline.apply(sent)),
        (Outcome::Known, Outcome::Missed(thread_id()))
    );
    heal(&mut timeline, &fresh);
    let quote = timeline.messages().last().and_then(|reply| reply.reply_to.clone()).unwrap();
    assert_eq!((quote.is_deleted, quote.excerpt.as_str()), (true, ""));
}
