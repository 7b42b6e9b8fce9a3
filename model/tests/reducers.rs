//! `apply` against the plainest model there is: whatever order events come in, however often, a screen shows what the log says, or knows
//! that it missed something.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use model::{
    Avatar, Inbox, Message, MessageId, Options, Role, Thread, ThreadId, ThreadKind, ThreadOption, Timeline,
    Timestamp, User, UserId, etag,
    page::{MessagePage, THREADS, ThreadPage},
    wire::{Event, Outcome},
};
use proptest::prelude::*;

fn user(number: u128) -> User {
    let user_id = UserId(uuid::Uuid::from_u128(number));
    User::new(user_id, format!("user{number}"), format!("User {number}"))
}

fn thread_id() -> ThreadId {
    ThreadId(uuid::Uuid::from_u128(1))
}

/// The log's message of that number. Every third is one's own, and every fourth calls one.
fn sent(seq: u64) -> Event {
    let sender = user(u128::from(seq % 3));
    let message_id = MessageId(uuid::Uuid::from_u128(u128::from(seq)));
    let body = format!("message {seq}");
    let mut message = Message::sent(message_id, thread_id(), seq, at(seq), sender.user_id, body);
    if seq.is_multiple_of(4) {
        message.mentions.push(user(0).user_id);
    }
    Event::MessageSent { message, sender }
}

fn at(seq: u64) -> Timestamp {
    Timestamp(1_000 * seq.cast_signed())
}

fn own(seqs: std::ops::RangeInclusive<u64>) -> u64 {
    seqs.filter(|seq| seq % 3 == 0).count() as u64
}

/// Calling oneself counts for nothing.
fn called(seqs: std::ops::RangeInclusive<u64>) -> u64 {
    seqs.filter(|seq| seq % 4 == 0 && seq % 3 != 0).count() as u64
}

fn read(read_seq: u64) -> Event {
    Event::ReadMoved {
        thread_id: thread_id(),
        read_seq,
        read_at: at(read_seq),
        own_read_count: own(1..=read_seq),
        mention_read_count: called(1..=read_seq),
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
        pins: None,
        read_seq,
        read_at: (read_seq > 0).then(|| at(read_seq)),
        own_count: 0,
        own_read_count: own(1..=read_seq),
        mention_count: 0,
        mention_read_count: called(1..=read_seq),
        seen_seq: None,
        about: String::new(),
        request_count: 0,
        options: Options::default(),
    };
    let mut inbox =
        Inbox::new(user(0), ThreadPage { threads: vec![empty], has_more: false, ..ThreadPage::default() });
    for seq in 1..=last_seq {
        assert_eq!(inbox.apply(&sent(seq)), Outcome::Applied);
    }
    inbox.thread(thread_id()).unwrap().clone()
}

fn inbox(last_seq: u64, read_seq: u64) -> Inbox {
    Inbox::new(
        user(0),
        ThreadPage { threads: vec![fresh(last_seq, read_seq)], has_more: false, ..ThreadPage::default() },
    )
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

/// A thread that is on its way comes as it was before this.
#[test]
fn what_is_read_of_a_thread_that_is_not_known_is_missed() {
    let mut inbox = Inbox::new(user(0), ThreadPage::default());
    let seen = Event::MessagesSeen { thread_id: thread_id(), read_seq: 2 };
    for event in [read(2), seen] {
        assert_eq!(inbox.apply(&event), Outcome::Missed(thread_id()), "{event:?}");
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
    let listed = |inbox: &Inbox| inbox.listed().iter().map(|thread| thread.active_at.0).collect::<Vec<_>>();
    let first =
        ThreadPage { threads: vec![thread(1, 90), thread(2, 80)], has_more: true, ..ThreadPage::default() };
    let mut inbox = Inbox::new(user(0), first);
    inbox.put(thread(9, 10));
    assert_eq!(listed(&inbox), [90, 80]);
    assert!(inbox.thread(thread(9, 0).thread_id).is_some());
    inbox.extend(ThreadPage {
        threads: vec![thread(3, 70), thread(4, 60)],
        has_more: true,
        ..ThreadPage::default()
    });
    assert_eq!(listed(&inbox), [90, 80, 70, 60]);
    inbox.extend(ThreadPage { threads: vec![thread(9, 10)], has_more: false, ..ThreadPage::default() });
    assert_eq!(listed(&inbox), [90, 80, 70, 60, 10]);
}

/// A person's threads of these numbers, each active at its number, the greatest first.
fn threads(numbers: impl IntoIterator<Item = u128>) -> Vec<Thread> {
    let thread = |number: u128| Thread {
        thread_id: ThreadId(uuid::Uuid::from_u128(number)),
        active_at: Timestamp(i64::try_from(number).unwrap()),
        ..fresh(0, 0)
    };
    numbers.into_iter().map(thread).collect()
}

fn kept(number: u128, change: u64, option: ThreadOption) -> Event {
    let mut options = Options { change, ..Options::default() };
    options.set(option, Timestamp(1_000 + change.cast_signed()));
    Event::OptionsChanged { thread_id: ThreadId(uuid::Uuid::from_u128(number)), options }
}

fn numbers<'a>(threads: impl IntoIterator<Item = &'a Thread>) -> Vec<i64> {
    threads.into_iter().map(|thread| thread.active_at.0).collect()
}

#[test]
fn pinned_threads_stand_above_the_list_and_archived_ones_nowhere_in_it() {
    let page = ThreadPage { threads: threads([9, 8, 7, 6]), has_more: true, ..ThreadPage::default() };
    let mut inbox = Inbox::new(user(0), page);
    for event in [
        kept(7, 1, ThreadOption::Pinned(true)),
        kept(6, 2, ThreadOption::Pinned(true)),
        kept(8, 1, ThreadOption::Archived(true)),
    ] {
        assert_eq!(inbox.apply(&event), Outcome::Applied);
        assert_eq!(inbox.apply(&event), Outcome::Known);
    }
    assert_eq!(numbers(inbox.listed()), [6, 7, 9]);
    assert_eq!(numbers(inbox.archived()), [8]);
    // What was decided before comes late.
    assert_eq!(inbox.apply(&kept(6, 1, ThreadOption::Archived(true))), Outcome::Known);
    // One that is not here may have to be.
    let unknown = kept(3, 5, ThreadOption::Pinned(true));
    assert_eq!(inbox.apply(&unknown), Outcome::Missed(ThreadId(uuid::Uuid::from_u128(3))));
    let mut third = threads([3]).remove(0);
    third.options.change = 5;
    third.options.set(ThreadOption::Pinned(true), Timestamp(1_005));
    inbox.put(third);
    assert_eq!(numbers(inbox.listed()), [3, 6, 7, 9]);
    // The pages go on where they stopped, whatever stands on top.
    assert_eq!(inbox.listed_to().unwrap().active_at, Timestamp(6));
    assert_eq!(inbox.apply(&kept(8, 2, ThreadOption::Archived(false))), Outcome::Applied);
    assert_eq!((numbers(inbox.listed()), inbox.has_archived()), (vec![3, 6, 7, 9, 8], false));
}

#[test]
fn the_archive_is_a_list_of_its_own() {
    let newest = ThreadPage { threads: threads([9, 4]), has_archived: true, ..ThreadPage::default() };
    let mut inbox = Inbox::new(user(0), newest);
    assert!(inbox.has_archived() && inbox.archived().next().is_none());
    let mut older = threads([8, 7]);
    older.iter_mut().for_each(|thread| thread.options.set(ThreadOption::Archived(true), Timestamp(0)));
    let last = older.pop().unwrap();
    inbox.extend_archived(ThreadPage { threads: older, has_more: true, ..ThreadPage::default() });
    inbox.put(last);
    assert_eq!((numbers(inbox.listed()), numbers(inbox.archived())), (vec![9, 4], vec![8]));
    assert_eq!(inbox.archived_to().unwrap().active_at, Timestamp(8));
    inbox.extend_archived(ThreadPage::default());
    assert_eq!(numbers(inbox.archived()), [8, 7]);
}

#[test]
fn what_is_muted_or_archived_is_not_counted() {
    let inbox = |option: Option<ThreadOption>| {
        let mut thread = fresh(2, 0);
        option.into_iter().for_each(|option| thread.options.set(option, Timestamp(50)));
        Inbox::new(user(0), ThreadPage { threads: vec![thread], ..ThreadPage::default() })
    };
    let muted = ThreadOption::MutedUntil(Some(Timestamp(100)));
    assert_eq!(inbox(None).unread_threads(Timestamp(60)), 1);
    assert_eq!(inbox(Some(muted.clone())).unread_threads(Timestamp(99)), 0);
    assert_eq!(inbox(Some(muted)).unread_threads(Timestamp(100)), 1);
    assert_eq!(inbox(Some(ThreadOption::Archived(true))).unread_threads(Timestamp(60)), 0);
    let mut read = inbox(None);
    let _ = read.apply(&self::read(2));
    assert_eq!(read.unread_threads(Timestamp(60)), 0);
    let mark = |is_marked| {
        let options = Options { change: 1, is_marked_unread: is_marked, ..Options::default() };
        Event::OptionsChanged { thread_id: thread_id(), options }
    };
    assert_eq!(read.apply(&mark(true)), Outcome::Applied);
    assert_eq!(read.unread_threads(Timestamp(60)), 1);
}

#[test]
fn who_is_called_otherwise_is_called_so_everywhere_and_the_newest_name_stays() {
    let direct = Thread { kind: ThreadKind::Direct { peer: user(1) }, ..fresh(0, 0) };
    let mut inbox = Inbox::new(user(0), ThreadPage { threads: vec![direct], ..ThreadPage::default() });
    let changed = |name: &str, change: u64| Event::UserChanged {
        user: User { display_name: name.into(), change, ..user(1) },
        about: format!("called {name}"),
    };
    assert_eq!(inbox.apply(&changed("Second", 2)), Outcome::Applied);
    assert_eq!(inbox.apply(&changed("First", 1)), Outcome::Known);
    let thread = inbox.thread(thread_id()).unwrap();
    assert_eq!((thread.title(), thread.about.as_str()), ("Second", "called Second"));
    let mut timeline =
        Timeline::new(thread_id(), MessagePage { people: vec![user(1)], ..MessagePage::default() });
    assert_eq!(timeline.apply(&changed("Second", 2)), Outcome::Applied);
    assert_eq!(timeline.sender(user(1).user_id).unwrap().display_name, "Second");
}

#[test]
fn both_sides_make_the_same_mark_of_what_is_known() {
    let page = ThreadPage { threads: threads([9, 8]), ..ThreadPage::default() };
    let inbox = Inbox::new(user(0), page.clone());
    assert_eq!(inbox.etag(None), Some(etag(&page, None)));
    let open = &page.threads[1];
    assert_eq!(inbox.etag(Some(open.thread_id)), Some(etag(&page, Some(open))));
    let changes: [fn(&mut ThreadPage); 6] = [
        |page| page.threads[1].last_seq += 1,
        |page| page.threads[0].change += 1,
        |page| page.threads[0].options.change += 1,
        |page| page.threads.swap(0, 1),
        |page| page.has_archived = true,
        |page| page.blocked.push(user(7).user_id),
    ];
    for change in changes {
        let mut newer = page.clone();
        change(&mut newer);
        assert_ne!(inbox.etag(None), Some(etag(&newer, None)), "{newer:?}");
    }
    // A page tells so many threads: of a list that goes on and has fewer, or of what is not listed, it says nothing.
    let cut = Inbox::new(user(0), ThreadPage { has_more: true, ..page.clone() });
    assert_eq!(cut.etag(None), None);
    let whole = ThreadPage {
        threads: threads((10..10 + THREADS as u128).rev()),
        has_more: true,
        ..ThreadPage::default()
    };
    let mut opened = Inbox::new(user(0), whole.clone());
    assert_eq!(opened.etag(None), Some(etag(&whole, None)));
    let older = threads([3]).remove(0);
    opened.put(older.clone());
    assert_eq!(opened.etag(None), None);
    assert_eq!(opened.etag(Some(older.thread_id)), Some(etag(&whole, Some(&older))));
}
