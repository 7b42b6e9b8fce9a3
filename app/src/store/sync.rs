//! Coming back after a loss: the newest state is asked for over HTTP, and what happened meanwhile is applied to it. What is missing in one
//! thread is asked for alone.

use super::{Shown, Store};
use crate::{
    api,
    browser::{self, spawn_local},
    connection::{Incoming, mark},
};
use leptos::prelude::untrack;
use model::{
    Inbox, ThreadId,
    page::{self, ThreadPage},
};

/// How many pages of the list are loaded afresh.
const MOST_PAGES: usize = 4;
/// How long a gap may close by itself: events of two threads of work may come in either order.
const PATIENCE_MS: i32 = 150;

impl Store {
    /// Takes up what comes down the live stream.
    pub(super) fn take_up(self, incoming: Incoming) {
        match incoming {
            Incoming::Ready { is_first, has_told } => {
                self.look_again();
                self.tell_drafts();
                self.resume_uploads();
                match (is_first, has_told) {
                    (true, _) => self.send_outbox(),
                    (false, true) => self.resume(),
                    (false, false) => self.resync(),
                }
            }
            Incoming::Resync => {
                self.look_again();
                self.resync();
            }
            Incoming::Event(event) => self.take(*event),
        }
    }

    /// Loads the inbox afresh and brings the open thread up to date. Called at each `Ready` but the first, and at each `Resync`.
    pub(super) fn resync(self) {
        self.mark_visits_stale();
        let is_running = self.work.update_silently(|work| {
            // What waited is older than what is loaded from here on: whoever was let in again since would leave once more by it.
            let is_running = work.events.replace(Vec::new()).is_some();
            work.is_outdated = is_running;
            // Nor is it known who came and left meanwhile.
            work.moves += 1;
            is_running
        });
        if is_running == Some(true) {
            return;
        }
        spawn_local(async move {
            // Until it succeeds: the socket may be there before the database is.
            let mut pause_ms = 500;
            while !self.load_inbox().await {
                browser::sleep(pause_ms).await;
                pause_ms = (pause_ms * 2).min(15_000);
            }
            match self.shown.get_now() {
                Shown::Thread(thread_id) => self.bring_up_to_date(thread_id).await,
                Shown::Failed(_) => self.retry(),
                _ => {}
            }
            self.send_outbox();
        });
    }

    /// What this page has, for a server that may find that nothing happened since: none, while something is known to be missing.
    pub(super) fn mark(self) -> Option<String> {
        if self.work.peek(|work| work.events.is_some() || !work.filling.is_empty()) {
            return None;
        }
        let open = match self.shown.get_now() {
            Shown::Thread(thread_id) => Some(thread_id),
            Shown::Nothing => None,
            // It is not known what is there.
            _ => return None,
        };
        Some(mark(&self.inbox.peek(|inbox| inbox.etag(open))?, open))
    }

    /// Goes on after a loss during which nothing happened, as far as the list and the open thread tell. Where something did, a resynchronisation follows.
    pub(super) fn resume(self) {
        // What is not on the screen is no part of that.
        self.mark_visits_stale();
        if let Shown::Thread(thread_id) = self.shown.get_now() {
            let visit = self.visit(thread_id);
            if self.is_behind(&visit) {
                spawn_local(self.bring_up_to_date(thread_id));
            } else {
                visit.is_stale.set(false);
                self.refresh_members();
            }
        }
        self.send_outbox();
    }

    async fn bring_up_to_date(self, thread_id: ThreadId) {
        // It may be that one is not in it any more.
        self.ask_for(thread_id).await;
        if self.shown.get_now() == Shown::Thread(thread_id) {
            self.catch_up(self.visit(thread_id)).await;
            self.refresh_members();
        }
    }

    /// Replaces the inbox, and applies what happened while it was under way. Whether that came to an end.
    async fn load_inbox(self) -> bool {
        let listed = self.listed.peek(Vec::len);
        let mut fresh = self.inbox.peek(|inbox| Inbox::new(inbox.me.clone(), ThreadPage::default()));
        for pages in 1..=MOST_PAGES {
            let after = fresh.listed_to();
            let page = api::threads(false, after).await;
            let Ok(page) = page else { return false };
            match after {
                None => fresh = Inbox::new(fresh.me, page),
                Some(_) => fresh.extend(page),
            }
            if fresh.listed_to().is_none() || pages * page::THREADS >= listed {
                break;
            }
        }
        if untrack(|| self.is_archive_listed()) {
            let Ok(page) = api::threads(true, None).await else { return false };
            fresh.extend_archived(page);
        }
        // A second loss on the way: what came may be older than it.
        let events = self.work.update_silently(|work| {
            let is_outdated = std::mem::take(&mut work.is_outdated);
            if is_outdated { None } else { work.events.take() }
        });
        let Some(events) = events.flatten() else { return false };
        if let Shown::Thread(thread_id) = self.shown.get_now()
            && let Some(open) = self.thread(thread_id).get_now()
        {
            fresh.put(open);
        }
        self.inbox.set(fresh);
        self.show_all();
        events.into_iter().for_each(|event| self.take(event));
        true
    }

    /// Asks for what one thread is missing. A gap that many events show is asked for once.
    pub(super) fn fill(self, thread_id: ThreadId) {
        let is_new = self.work.update_silently(|work| {
            let is_new = !work.filling.contains(&thread_id);
            work.filling.push(thread_id);
            is_new
        });
        if is_new != Some(true) {
            return;
        }
        spawn_local(async move {
            browser::sleep(PATIENCE_MS).await;
            // Events that come from here on find out by themselves whether they are missing something.
            self.work.update_silently(|work| {
                work.filling.retain(|filling| *filling != thread_id);
            });
            if self.ask_for(thread_id).await {
                if let Some(visit) =
                    self.known_visit(thread_id).filter(|visit| !visit.is_stale() && self.is_behind(visit))
                {
                    self.catch_up(visit).await;
                }
                self.refresh_members();
            }
        });
    }

    /// Loads a thread's summary. Whether it is there.
    async fn ask_for(self, thread_id: ThreadId) -> bool {
        let mut pause_ms = 500;
        loop {
            let moves = self.moves();
            let answer = api::thread(thread_id).await;
            if self.moves() != moves {
                continue;
            }
            match answer {
                Ok(thread) => {
                    self.put(thread);
                    return true;
                }
                Err(failure) if failure.is_missing() => {
                    self.forget(thread_id, Shown::Left(thread_id));
                    return false;
                }
                // Nobody else would ask again.
                Err(_) => {
                    browser::sleep(pause_ms).await;
                    pause_ms = (pause_ms * 2).min(15_000);
                }
            }
        }
    }
}
