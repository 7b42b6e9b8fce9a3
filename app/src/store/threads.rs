//! The threads that are loaded: each in a signal of its own, and the lists that they stand in.

use super::{Archive, Shown, Store};
use crate::{api, live::ArcLive};
use model::{Inbox, Thread, ThreadId, thread::Place};

impl Store {
    /// Where the list of threads goes on, if it does.
    pub fn listed_to(self) -> Option<Place> {
        self.inbox.peek(Inbox::listed_to)
    }

    /// A thread, if it is loaded: of its own signal, so that others may change without it.
    pub fn thread(self, thread_id: ThreadId) -> ArcLive<Option<Thread>> {
        let thread = self.threads.update_silently(|threads| {
            let place =
                threads.binary_search_by_key(&thread_id, |(known, _)| *known).unwrap_or_else(|place| {
                    let thread = self.inbox.peek(|inbox| inbox.thread(thread_id).cloned());
                    threads.insert(place, (thread_id, ArcLive::new(thread)));
                    place
                });
            threads[place].1.clone()
        });
        thread.unwrap_or_else(|| ArcLive::new(None))
    }

    /// The threads that are loaded, as they are listed, and then the archived ones.
    pub fn loaded_threads(self) -> Vec<Thread> {
        self.inbox.peek(|inbox| inbox.listed().into_iter().chain(inbox.archived()).cloned().collect())
    }

    /// Loads the threads after those of the list, or of the archive.
    pub async fn load_more_threads(self, is_archive: bool) {
        let end = if is_archive { Inbox::archived_to } else { Inbox::listed_to };
        let Some(after) = self.inbox.peek(end) else { return };
        let is_listing = self
            .work
            .update_silently(|work| std::mem::replace(&mut work.is_listing[usize::from(is_archive)], true));
        if is_listing != Some(false) {
            return;
        }
        let moves = self.moves();
        if let Ok(page) = api::threads(is_archive, Some(after)).await
            && self.moves() == moves
        {
            let extend = if is_archive { Inbox::extend_archived } else { Inbox::extend };
            self.inbox.update_silently(|inbox| extend(inbox, page));
            self.show_all();
        }
        self.work.update_silently(|work| work.is_listing[usize::from(is_archive)] = false);
    }

    /// Takes in a thread that was asked for or opened.
    pub fn put(self, thread: Thread) {
        let thread_id = thread.thread_id;
        self.inbox.update_silently(|inbox| inbox.put(thread));
        self.show(thread_id);
    }

    /// Shows a thread that the reader has just come into.
    pub(super) fn greet(self, thread_id: ThreadId) {
        self.work.update_silently(|work| work.moves += 1);
        self.show(thread_id);
    }

    /// Takes out a thread that is not the reader's any more.
    pub(super) fn forget(self, thread_id: ThreadId, instead: Shown) {
        self.work.update_silently(|work| work.moves += 1);
        self.inbox.update_silently(|inbox| inbox.remove(thread_id));
        self.visits.update_silently(|visits| visits.retain(|visit| visit.thread_id != thread_id));
        if self.shown.get_now() == Shown::Thread(thread_id) {
            self.shown.set(instead);
        }
        self.show(thread_id);
    }

    /// How often a thread was joined or left, or may have been unheard.
    pub(super) fn moves(self) -> u32 {
        self.work.peek(|work| work.moves)
    }

    /// Brings one thread's change to the views.
    pub(super) fn show(self, thread_id: ThreadId) {
        let thread = self.inbox.peek(|inbox| inbox.thread(thread_id).cloned());
        self.thread(thread_id).set_if_new(thread);
        self.show_list();
    }

    /// Brings all threads' changes to the views.
    pub(super) fn show_all(self) {
        let known: Vec<_> =
            self.threads.peek(|threads| threads.iter().map(|(thread_id, _)| *thread_id).collect());
        for thread_id in known {
            let thread = self.inbox.peek(|inbox| inbox.thread(thread_id).cloned());
            self.thread(thread_id).set_if_new(thread);
        }
        self.show_list();
    }

    pub(super) fn show_list(self) {
        let now = self.clock.minute.get_now();
        let (listed, has_more, archive, unread, blocked) = self.inbox.peek(|inbox| {
            let listed: Vec<_> = inbox.listed().iter().map(|thread| thread.thread_id).collect();
            let archive = Archive {
                listed: inbox.archived().map(|thread| thread.thread_id).collect(),
                listed_to: inbox.archived_to(),
                has_any: inbox.has_archived(),
            };
            let has_more = inbox.listed_to().is_some();
            (listed, has_more, archive, inbox.unread_threads(now), inbox.blocked().to_vec())
        });
        self.listed.set_if_new(listed);
        self.has_more_threads.set_if_new(has_more);
        self.archive.set_if_new(archive);
        self.unread_threads.set_if_new(unread);
        self.blocked.set_if_new(blocked);
    }
}
