//! What overtakes what, as a device sees it.

use super::*;
use model::{Avatar, Message, MessageId, Role, ThreadKind, UserId};

fn user(name: &str) -> User {
    User::new(UserId::generate(), name.into(), name.into())
}

/// A group as its member sees it after so many messages and changes.
fn group(thread_id: ThreadId, last_seq: u64, change: u64) -> Thread {
    let kind = ThreadKind::Group {
        title: "Group".into(),
        avatar: Avatar::default(),
        role: Role::Member,
        member_count: 2,
    };
    Thread {
        thread_id,
        kind,
        last_seq,
        change,
        active_at: Timestamp(i64::try_from(last_seq).unwrap()),
        last_message: None,
        pins: None,
        read_seq: 0,
        read_at: None,
        own_count: 0,
        own_read_count: 0,
        mention_count: 0,
        mention_read_count: 0,
        seen_seq: None,
        about: String::new(),
        request_count: 0,
        options: model::Options::default(),
    }
}

fn sent(thread_id: ThreadId, seq: u64, sender: &User) -> Event {
    let at = Timestamp(i64::try_from(seq).unwrap());
    let message = Message::sent(MessageId::generate(), thread_id, seq, at, sender.user_id, format!("{seq}"));
    Event::MessageSent { message, sender: sender.clone() }
}

fn pages(threads: Vec<Thread>) -> Loaded {
    Loaded::Inbox(vec![ThreadPage { threads, ..ThreadPage::default() }])
}

/// Answers whatever asks for the thread with how it stands.
fn answer(view: &mut View, wants: Vec<Want>, thread: &Thread) {
    let mut wants: std::collections::VecDeque<_> = wants.into();
    while let Some(want) = wants.pop_front() {
        wants.extend(match want {
            Want::Pause(key) => view.load(Loaded::Paused(key)),
            Want::Thread(key) => view.load(Loaded::Thread(key, Box::new(thread.clone()))),
            _ => Vec::new(),
        });
    }
}

#[test]
fn a_message_that_overtakes_its_reader_s_coming_is_in_the_list() {
    let (me, other, thread_id) = (user("me"), user("other"), ThreadId::generate());
    let mut view = View::new(me);
    let mut wants = view.apply(&sent(thread_id, 21, &other));
    wants.extend(view.apply(&Event::ThreadJoined { thread: group(thread_id, 20, 8) }));
    answer(&mut view, wants, &group(thread_id, 21, 8));
    assert_eq!(view.inbox.thread(thread_id).map(|thread| thread.last_seq), Some(21));
}

#[test]
fn a_message_that_comes_while_its_thread_is_asked_for_is_in_the_list() {
    let (me, other, thread_id) = (user("me"), user("other"), ThreadId::generate());
    let mut view = View::new(me);
    let [Want::Pause(key)] = view.apply(&sent(thread_id, 21, &other))[..] else { panic!("no pause") };
    let [Want::Thread(key)] = view.load(Loaded::Paused(key))[..] else { panic!("not asked for") };
    // The answer was read before this one was stored.
    let mut wants = view.apply(&sent(thread_id, 22, &other));
    wants.extend(view.load(Loaded::Thread(key, Box::new(group(thread_id, 21, 8)))));
    answer(&mut view, wants, &group(thread_id, 22, 8));
    assert_eq!(view.inbox.thread(thread_id).map(|thread| thread.last_seq), Some(22));
}

#[test]
fn what_waited_before_a_second_loss_takes_nobody_out_who_was_let_in_again() {
    let (me, thread_id) = (user("me"), ThreadId::generate());
    let mut view = View::new(me.clone());
    view.resync();
    view.load(pages(vec![group(thread_id, 20, 6)]));
    view.resync();
    let removed =
        Event::MemberRemoved { thread_id, change: 7, user_id: me.user_id, member_count: 1, notice: None };
    view.take(&removed);
    // That one is let in again, nobody hears.
    view.resync();
    assert_eq!(view.load(pages(Vec::new())), [Want::Inbox], "it is outdated");
    view.load(pages(vec![group(thread_id, 20, 8)]));
    assert!(view.inbox.thread(thread_id).is_some());
}
