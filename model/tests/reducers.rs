//! `apply` against the plainest model there is: whatever order events come in, however often, a screen shows what the log says, or knows
//! that it missed something.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use model::{
    Avatar, Inbox, Message, MessageId, Role, Thread, ThreadId, ThreadKind, Timeline, Timestamp, User, UserId,
    page::{MessagePage, ThreadPage},
    wire::{Event, Outcome},
};
use proptest::prelude::*;

fn user(number: u128) -> User {
    let user_id = UserId(uuid::Uuid::from_u128(number));
    User { user_id, username: format!("user{number}"), display_name: format!("User {number}") }
}

fn thread_id() -> ThreadId {
    ThreadId(uuid::Uuid::from_u128(1))
}

/// The log's message of that number. Every third is one's own.
fn sent(seq: u64) -> Event {
    let sender = user(u128::from(seq % 3));
    let message = Message {
        message_id: MessageId(uuid::Uuid::from_u128(u128::from(seq))),
        thread_id: thread_id(),
        seq,
        created_at: at(seq),
        sender_id: sender.user_id,
        body: format!("message {seq}"),
    };
    Event::MessageSent { message, sender }
}

fn at(seq: u64) -> Timestamp {
    Timestamp(1_000 * seq.cast_signed())
}

fn own(seqs: std::ops::RangeInclusive<u64>) -> u64 {
    seqs.filter(|seq| seq % 3 == 0).count() as u64
}

fn read(read_seq: u64) -> Event {
    Event::ReadMoved {
        thread_id: thread_id(),
        read_seq,
        read_at: at(read_seq),
        own_read_count: own(1..=read_seq),
    }
}

/// What the server would say of the thread after so many messages, read up to a number.
fn fresh(last_seq: u64, read_seq: u64) -> Thread {
    let kind = ThreadKind::Group {
        title: "Log".into(),
        avatar: Avatar::default(),
        role: Role::Member,
        member_count: 3,
    };
    let empty = Thread {
        thread_id: thread_id(),
        kind,
        last_seq: 0,
        change: 0,
        active_at: Timestamp(0),
        last_message: None,
        read_seq,
        read_at: (read_seq > 0).then(|| at(read_seq)),
        own_count: 0,
        own_read_count: own(1..=read_seq),
    };
    let mut inbox = Inbox::new(user(0), ThreadPage { threads: vec![empty], has_more: false });
    for seq in 1..=last_seq {
        assert_eq!(inbox.apply(&sent(seq)), Outcome::Applied);
    }
    inbox.thread(thread_id()).unwrap().clone()
}

fn inbox(last_seq: u64, read_seq: u64) -> Inbox {
    Inbox::new(user(0), ThreadPage { threads: vec![fresh(last_seq, read_seq)], has_more: false })
}

fn page(seqs: std::ops::RangeInclusive<u64>, last_seq: u64) -> MessagePage {
    let (has_older, has_newer) = (*seqs.start() > 1, *seqs.end() < last_seq);
    let mut page = MessagePage { has_older, has_newer, ..MessagePage::default() };
    for seq in seqs {
        if let Event::MessageSent { message, sender } = sent(seq) {
            page.messages.push(message);
            page.people.push(sender);
        }
    }
    page
}

fn seqs(timeline: &Timeline) -> Vec<u64> {
    timeline.messages().iter().map(|message| message.seq).collect()
}

proptest! {
    #[test]
    fn an_inbox_survives_any_order_and_any_repetition(
        last_seq in 1..30_u64,
        reads in prop::collection::vec(0..30_u64, 0..6),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..80),
    ) {
        let reads: Vec<_> = reads.into_iter().map(|seq| seq % (last_seq + 1)).filter(|seq| *seq > 0).collect();
        let read_seq = reads.iter().copied().max().unwrap_or(0);
        let mut events: Vec<_> = (1..=last_seq).map(sent).chain(reads.into_iter().map(read)).collect();
        let mut inbox = inbox(0, 0);
        // A bus that loses, doubles and reorders...
        for index in order {
            match inbox.apply(index.get(&events)) {
                Outcome::Missed(missed) => prop_assert_eq!(missed, thread_id()),
                Outcome::Applied | Outcome::Known => {}
            }
            let thread = inbox.thread(thread_id()).unwrap();
            prop_assert!(thread.last_seq <= last_seq && thread.unread() <= last_seq);
        }
        // ...and a database that heals.
        inbox.put(fresh(last_seq, read_seq));
        prop_assert_eq!(inbox.thread(thread_id()).unwrap(), &fresh(last_seq, read_seq));
        // Afterwards nothing old says anything new.
        events.reverse();
        for event in &events {
            prop_assert_eq!(inbox.apply(event), Outcome::Known);
        }
        let unread = last_seq - read_seq - own(read_seq + 1..=last_seq);
        prop_assert_eq!(inbox.thread(thread_id()).unwrap().unread(), unread);
    }

    #[test]
    fn an_answer_that_events_overtook_takes_nothing_back(
        asked in (0..20_u64, 0..20_u64),
        told in (0..20_u64, 0..20_u64),
    ) {
        let (asked, told) = ((asked.0, asked.1.min(asked.0)), (told.0, told.1.min(told.0)));
        let mut inbox = inbox(told.0, told.1);
        inbox.put(fresh(asked.0, asked.1));
        let newest = fresh(asked.0.max(told.0), asked.1.max(told.1));
        prop_assert_eq!(inbox.thread(thread_id()).unwrap(), &newest);
    }

    #[test]
    fn a_timeline_has_no_gap_and_no_double_in_any_order(
        first in 1..20_u64,
        length in 0..20_u64,
        more in 0..20_u64,
        order in prop::collection::vec(1..60_u64, 0..60),
    ) {
        let known = first + length;
        let last_seq = known + more;
        let mut timeline = Timeline::new(thread_id(), page(first..=known, known));
        for seq in order.into_iter().filter(|seq| *seq <= last_seq) {
            let newest = *seqs(&timeline).last().unwrap();
            let outcome = timeline.apply(&sent(seq));
            let expected = match seq {
                _ if seq <= newest => Outcome::Known,
                _ if seq == newest + 1 => Outcome::Applied,
                _ => Outcome::Missed(thread_id()),
            };
            prop_assert_eq!(outcome, expected);
        }
        let newest = *seqs(&timeline).last().unwrap();
        prop_assert_eq!(seqs(&timeline), (first..=newest).collect::<Vec<_>>());
        // Pages overlap, come late and come from elsewhere.
        timeline.extend_newer(page(first..=last_seq, last_seq));
        timeline.extend_older(page(1..=first.saturating_sub(2).max(1), last_seq));
        let mut expected: Vec<_> = (first..=last_seq).collect();
        if first == 2 {
            expected.insert(0, 1);
        }
        prop_assert_eq!(seqs(&timeline), expected);
        prop_assert!(!timeline.has_newer());
    }
}

#[test]
fn a_window_in_the_past_takes_no_new_messages() {
    let mut timeline = Timeline::new(thread_id(), page(5..=10, 20));
    assert!(timeline.has_older() && timeline.has_newer());
    assert_eq!(timeline.apply(&sent(11)), Outcome::Known);
    timeline.extend_newer(page(11..=20, 20));
    assert_eq!(timeline.apply(&sent(21)), Outcome::Applied);
    timeline.trim_older(3);
    assert_eq!((seqs(&timeline), timeline.has_older()), (vec![19, 20, 21], true));
    timeline.trim_newer(2);
    assert_eq!((seqs(&timeline), timeline.has_newer()), (vec![19, 20], true));
}

#[test]
fn an_old_thread_that_somebody_opened_is_known_but_not_listed() {
    let thread = |number: u128, active_at: i64| Thread {
        thread_id: ThreadId(uuid::Uuid::from_u128(number)),
        active_at: Timestamp(active_at),
        ..fresh(0, 0)
    };
    let listed = |inbox: &Inbox| inbox.listed().map(|thread| thread.active_at.0).collect::<Vec<_>>();
    let first = ThreadPage { threads: vec![thread(1, 90), thread(2, 80)], has_more: true };
    let mut inbox = Inbox::new(user(0), first);
    inbox.put(thread(9, 10));
    assert_eq!(listed(&inbox), [90, 80]);
    assert!(inbox.thread(thread(9, 0).thread_id).is_some());
    inbox.extend(ThreadPage { threads: vec![thread(3, 70), thread(4, 60)], has_more: true });
    assert_eq!(listed(&inbox), [90, 80, 70, 60]);
    inbox.extend(ThreadPage { threads: vec![thread(9, 10)], has_more: false });
    assert_eq!(listed(&inbox), [90, 80, 70, 60, 10]);
}
