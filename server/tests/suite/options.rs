//! Muting, archiving, pinning, and marking as unread: what each does to one's own list, and to nobody else's.

use crate::harness::{Person, TestServer, assert_refused};
use model::{
    Refusal, ThreadId, ThreadOption, Timestamp,
    options::{FOREVER, MAX_PINNED},
    page::THREADS,
    wire::{Command, Event},
};

async fn listed(person: &Person) -> Vec<ThreadId> {
    person.inbox().await.listed().iter().map(|thread| thread.thread_id).collect()
}

async fn archived(person: &Person) -> Vec<ThreadId> {
    person.archived().await.threads.iter().map(|thread| thread.thread_id).collect()
}

#[tokio::test]
async fn an_archived_thread_leaves_the_list_and_a_message_brings_it_back() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.group("Sewing", &[&bob, &carol]).await.thread_id;
    alice.send(thread_id, "one").await;
    let mut his = bob.live().await;
    bob.keep(thread_id, ThreadOption::Archived(true)).await;
    assert_eq!((listed(&bob).await, archived(&bob).await), (vec![], vec![thread_id]));
    assert!(bob.threads().await.has_archived);
    // For the others it is where it was.
    assert_eq!((listed(&carol).await, archived(&carol).await), (vec![thread_id], vec![]));

    alice.send(thread_id, "two").await;
    assert_eq!((listed(&bob).await, archived(&bob).await), (vec![thread_id], vec![]));
    assert!(!bob.threads().await.has_archived);
    let returned =
        |event: &Event| matches!(event, Event::OptionsChanged { options, .. } if options.change == 2);
    let events = his.events_until(returned).await;
    assert!(!matches!(events.last(), Some(Event::OptionsChanged { options, .. }) if options.is_archived));
}

#[tokio::test]
async fn a_muted_thread_stays_archived_until_a_message_comes_after_the_silence() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.group("Sewing", &[&bob, &carol]).await.thread_id;
    for (person, until) in [(&bob, FOREVER), (&carol, Timestamp(Timestamp::now().0 + 3_600_000_000))] {
        person.keep(thread_id, ThreadOption::MutedUntil(Some(until))).await;
        person.keep(thread_id, ThreadOption::Archived(true)).await;
    }
    alice.send(thread_id, "one").await;
    assert_eq!((archived(&bob).await, archived(&carol).await), (vec![thread_id], vec![thread_id]));

    let over = Timestamp(Timestamp::now().0 - 1);
    carol.keep(thread_id, ThreadOption::MutedUntil(Some(over))).await;
    assert_eq!(carol.thread(thread_id).await.unwrap().options.muted_until, None);
    assert_eq!(archived(&carol).await, [thread_id]);
    alice.send(thread_id, "two").await;
    assert_eq!((archived(&bob).await, archived(&carol).await), (vec![thread_id], vec![]));
}

#[tokio::test]
async fn an_archive_and_a_message_at_once_agree_on_who_was_first() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let first = alice.send(thread_id, "one").await;
    for _ in 0..20 {
        let (_, message) = tokio::join!(
            bob.keep(thread_id, ThreadOption::Archived(true)),
            alice.send(thread_id, "at the same moment")
        );
        assert!(message.created_at > first.created_at);
        let is_archived = bob.thread(thread_id).await.unwrap().options.is_archived;
        // Whichever was first: a further message finds him.
        assert_eq!(archived(&bob).await.len(), usize::from(is_archived));
        alice.send(thread_id, "once more").await;
        assert!(!bob.thread(thread_id).await.unwrap().options.is_archived);
    }
}

#[tokio::test]
async fn pinned_threads_come_with_the_first_page_however_old_they_are() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let mut made = Vec::new();
    for number in 0..THREADS + 12 {
        made.push(alice.group(&format!("Group {number}"), &[]).await.thread_id);
    }
    for thread_id in &made[..MAX_PINNED] {
        alice.keep(*thread_id, ThreadOption::Pinned(true)).await;
        // Once more changes nothing.
        alice.keep(*thread_id, ThreadOption::Pinned(true)).await;
    }
    let page = alice.threads().await;
    assert_eq!((page.threads.len(), page.pinned.len()), (THREADS, MAX_PINNED));
    let expected: Vec<_> = made[..MAX_PINNED].iter().rev().chain(made[12..].iter().rev()).copied().collect();
    assert_eq!(listed(&alice).await, expected);

    let another = Command::SetOption { thread_id: made[20], option: ThreadOption::Pinned(true) };
    assert_refused(alice.command(&another).await, &Refusal::TooManyPinned);
    alice.keep(made[3], ThreadOption::Pinned(false)).await;
    alice.keep(made[4], ThreadOption::Archived(true)).await;
    assert_eq!(alice.thread(made[4]).await.unwrap().options.pinned_at, None);
    alice.done(&another).await;
    alice.keep(made[4], ThreadOption::Pinned(true)).await;
    assert!(!alice.thread(made[4]).await.unwrap().options.is_archived);
    assert_eq!(listed(&alice).await[..2], [made[4], made[20]]);
}

#[tokio::test]
async fn two_pins_at_once_cannot_both_be_the_last() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let mut made = Vec::new();
    for number in 0..MAX_PINNED + 4 {
        made.push(alice.group(&format!("Group {number}"), &[]).await.thread_id);
    }
    let pins = made.into_iter().map(|thread_id| {
        let alice = alice.clone();
        let pin = Command::SetOption { thread_id, option: ThreadOption::Pinned(true) };
        tokio::spawn(async move { alice.command(&pin).await.is_ok() })
    });
    let mut done = 0;
    for pin in Vec::from_iter(pins) {
        done += usize::from(pin.await.unwrap());
    }
    assert_eq!((done, alice.inbox().await.pinned_threads()), (MAX_PINNED, MAX_PINNED));
}

#[tokio::test]
async fn a_mark_as_unread_stays_until_the_thread_is_read() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let message = alice.send(thread_id, "one").await;
    bob.read(thread_id, message.created_at).await;
    let mut his = bob.live().await;
    bob.keep(thread_id, ThreadOption::MarkedUnread(true)).await;
    let marked = bob.thread(thread_id).await.unwrap();
    assert!(marked.has_news() && marked.unread() == 0);
    // Read already, and read again.
    bob.read(thread_id, message.created_at).await;
    assert!(!bob.thread(thread_id).await.unwrap().has_news());
    for is_marked in [true, false] {
        match his.event().await {
            Event::OptionsChanged { options, .. } => assert_eq!(options.is_marked_unread, is_marked),
            other => panic!("expected the mark, not {other:?}"),
        }
    }
}

#[tokio::test]
async fn only_oneself_is_told_and_strangers_keep_nothing() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let mut hers = alice.live().await;
    for option in [
        ThreadOption::Archived(true),
        ThreadOption::Pinned(true),
        ThreadOption::MutedUntil(Some(FOREVER)),
        ThreadOption::MarkedUnread(true),
    ] {
        bob.keep(thread_id, option.clone()).await;
        let stranger = carol.command(&Command::SetOption { thread_id, option }).await;
        assert_refused(stranger, &Refusal::ThreadNotFound);
    }
    let message = bob.send(thread_id, "hello").await;
    assert_eq!(hers.event().await, Event::MessageSent { message, sender: bob.user.clone() });
    assert!(alice.thread(thread_id).await.unwrap().options.are_untouched());
}

#[tokio::test]
async fn a_draft_is_on_all_of_ones_devices_and_nobody_elses() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let thread_id = alice.direct(&bob).await.thread_id;
    let mut other = alice.live().await;
    let mut his = bob.live().await;
    alice.keep(thread_id, ThreadOption::Draft("Dear Bob,\n\nI ".into())).await;
    let event = other.event().await;
    assert!(
        matches!(&event, Event::OptionsChanged { options, .. } if options.draft.as_deref() == Some("Dear Bob,\n\nI ")),
        "{event:?}"
    );
    assert_eq!(alice.thread(thread_id).await.unwrap().options.draft.as_deref(), Some("Dear Bob,\n\nI "));
    assert_eq!(bob.thread(thread_id).await.unwrap().options.draft, None);
    alice.keep(thread_id, ThreadOption::Draft(" \n".into())).await;
    assert_eq!(alice.thread(thread_id).await.unwrap().options.draft, None);
    // The first thing that he hears of.
    let message = alice.send(thread_id, "Never mind").await;
    assert_eq!(his.message().await, message);
    let long = ThreadOption::Draft("字".repeat(12_001));
    let refused = alice.command(&Command::SetOption { thread_id, option: long }).await;
    assert_refused(refused, &Refusal::BodyTooLong { length: 12_001 });
}
