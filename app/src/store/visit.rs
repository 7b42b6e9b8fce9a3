//! The threads that were visited: their windows on the log stay in memory for a while, so that coming back is immediate.

use super::{Purpose, Store, jump::shows};
use crate::{
    api,
    browser::{self, spawn_local},
    live::ArcLive,
    route::{Cursor, Route},
};
use model::{
    Thread, ThreadId, Timeline, Timestamp,
    wire::{Event, Outcome},
};

/// Most messages that are in the page at a time.
pub const MOST_MOUNTED: usize = 300;
/// Most of them when a thread is opened again.
const MOST_AT_FIRST: usize = 100;
/// How many threads are kept.
const MOST_KEPT: usize = 8;
/// How many pages are loaded to catch up, before a reader at the end is brought there directly.
const MOST_PAGES_BEHIND: usize = 3;

/// What stands beside the list of threads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shown {
    /// Nothing: the route names no thread.
    Nothing,
    /// A thread that is asked for.
    Loading(ThreadId),
    /// A thread.
    Thread(ThreadId),
    /// There is no such thread.
    Missing(ThreadId),
    /// One was a member until now.
    Left(ThreadId),
    /// The server was not reached.
    Failed(ThreadId),
}

/// A visited thread.
#[derive(Clone)]
pub struct Visit {
    /// Which one.
    pub thread_id: ThreadId,
    /// Its window on the log, once it is loaded.
    pub timeline: ArcLive<Option<Timeline>>,
    /// How far the reader had read when opening it, if not to the end: the line "New messages" stands after it, and stays there.
    pub unread_after: ArcLive<Option<ReadTo>>,
    /// Whether the reader is at the end of what is loaded.
    pub is_at_end: ArcLive<bool>,
    /// Told when the reader is to be taken somewhere.
    pub goal: ArcLive<Option<Goal>>,
    /// What the composer is for, if not for a new message.
    pub purpose: ArcLive<Option<Purpose>>,
    /// What others did to messages, for those who do not see it, until it is said.
    pub news: ArcLive<Vec<String>>,
    /// Whether the window could not be loaded.
    pub has_failed: ArcLive<bool>,
    /// Something may have been missed since it was last shown.
    is_stale: ArcLive<bool>,
    is_loading: ArcLive<bool>,
}

/// How far somebody had read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReadTo {
    /// The last message's number, or 0.
    pub seq: u64,
    /// Its key.
    pub at: Timestamp,
}

/// A place in a thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Goal {
    /// After the last message.
    End,
    /// The line before the first unread message.
    Unread,
    /// The message of that key, or the next one after it.
    Message(Timestamp),
}

impl Store {
    /// Follows a route: shows its thread, which is loaded if need be.
    pub fn go(self, route: Route) {
        let thread_id = route.thread_id();
        let is_details = matches!(route, Route::Details { .. });
        if route == Route::Archive {
            spawn_local(self.load_more_archived());
        }
        self.route.set(route);
        match thread_id {
            None => self.shown.set(Shown::Nothing),
            Some(thread_id) => {
                self.open(thread_id);
                if is_details {
                    self.open_members(thread_id);
                }
            }
        }
    }

    /// Asks again for what could not be loaded.
    pub fn retry(self) {
        let route = self.route.get_now();
        self.shown.set(Shown::Nothing);
        self.go(route);
    }

    /// The visit of a thread: the one that is going on, the one that is remembered, or a new one.
    pub fn visit(self, thread_id: ThreadId) -> Visit {
        let visit = self.visits.update_silently(|visits| {
            let visit = match visits.iter().position(|visit| visit.thread_id == thread_id) {
                Some(place) => visits.remove(place),
                None => Visit::new(thread_id, self.unread_after(thread_id)),
            };
            visits.insert(0, visit.clone());
            visits.truncate(MOST_KEPT);
            visit
        });
        visit.unwrap_or_else(|| Visit::new(thread_id, None))
    }

    /// The visit of a thread, if there was one.
    pub(super) fn known_visit(self, thread_id: ThreadId) -> Option<Visit> {
        self.visits.peek(|visits| visits.iter().find(|visit| visit.thread_id == thread_id).cloned())
    }

    fn unread_after(self, thread_id: ThreadId) -> Option<ReadTo> {
        self.inbox.peek(|inbox| {
            let thread = inbox.thread(thread_id).filter(|thread| thread.unread() > 0)?;
            Some(ReadTo { seq: thread.read_seq, at: thread.read_at.unwrap_or(Timestamp(0)) })
        })
    }

    fn open(self, thread_id: ThreadId) {
        let at = self.wanted_at(thread_id);
        if self.shown.get_now() == Shown::Thread(thread_id) {
            at.into_iter().for_each(|at| self.jump(thread_id, at));
            return;
        }
        if self.inbox.peek(|inbox| inbox.thread(thread_id).is_none()) {
            self.shown.set(Shown::Loading(thread_id));
            spawn_local(async move {
                let found = api::thread(thread_id).await;
                if self.shown.get_now() != Shown::Loading(thread_id) {
                    return;
                }
                match found {
                    Ok(thread) => {
                        self.put(thread);
                        self.open(thread_id);
                    }
                    Err(failure) if failure.is_missing() => self.shown.set(Shown::Missing(thread_id)),
                    Err(_) => self.shown.set(Shown::Failed(thread_id)),
                }
            });
            return;
        }
        let visit = self.visit(thread_id);
        let unread_after = self.unread_after(thread_id);
        visit.unread_after.set(unread_after);
        visit.is_at_end.set(at.is_none());
        visit.goal.set(Some(at.map_or(Goal::Unread, Goal::Message)));
        let is_stale = visit.is_stale.get_now();
        visit.timeline.update(|timeline| {
            let Some(known) = timeline else { return };
            known.trim_older(MOST_AT_FIRST);
            let first = known.messages().first().map_or(0, |message| message.seq);
            let is_unread_here = unread_after.is_none_or(|read_to| !is_stale && first <= read_to.seq + 1);
            // Where the reader was in the history is left behind.
            let is_wanted = at.is_none_or(|at| shows(Some(known), at));
            if (at.is_none() && (known.has_newer() || !is_unread_here)) || !is_wanted {
                *timeline = None;
            }
        });
        if visit.timeline.peek(Option::is_none) {
            spawn_local(self.load_first(visit));
        } else if is_stale {
            spawn_local(self.catch_up(visit));
        }
        self.shown.set(Shown::Thread(thread_id));
    }

    /// Loads the page at which a thread is opened: the newest, or the one around what was not read.
    pub async fn load_first(self, visit: Visit) {
        let around = self.wanted_at(visit.thread_id).or_else(|| {
            self.inbox.peek(|inbox| inbox.thread(visit.thread_id).and_then(Thread::opens_around))
        });
        self.load(visit, around.map(Cursor::Around)).await;
    }

    /// Loads the newest page, in place of what there is.
    pub async fn load_end(self, visit: Visit) {
        self.load(visit, None).await;
    }

    /// Loads the page around the line "New messages", in place of what there is.
    pub async fn load_unread(self, visit: Visit) {
        let Some(read_to) = visit.unread_after.get_now() else { return };
        self.load(visit.clone(), Some(Cursor::Around(read_to.at))).await;
        visit.goal.set(Some(Goal::Unread));
    }

    pub(super) async fn load(self, visit: Visit, cursor: Option<Cursor>) {
        visit.has_failed.set(false);
        match api::messages(visit.thread_id, cursor).await {
            Ok(page) => {
                visit.is_stale.set(false);
                visit.timeline.set(Some(Timeline::new(visit.thread_id, page)));
                self.finish_page(&visit);
            }
            Err(failure) if failure.is_missing() => {
                self.forget(visit.thread_id, Shown::Missing(visit.thread_id));
            }
            Err(_) => visit.has_failed.set(true),
        }
    }

    /// Loads the page before the oldest message. The newest ones are let go if there are too many.
    pub async fn load_older(self, visit: Visit) {
        let before = visit.timeline.peek(|timeline| {
            timeline.as_ref().filter(|timeline| timeline.has_older()).and_then(Timeline::oldest_at)
        });
        let Some(before) = before.filter(|_| !visit.is_loading.get_now()) else { return };
        visit.is_loading.set(true);
        if let Ok(page) = api::messages(visit.thread_id, Some(Cursor::Before(before))).await {
            visit.change(|timeline| {
                timeline.extend_older(page);
                timeline.trim_newer(MOST_MOUNTED);
            });
            self.finish_page(&visit);
        }
        visit.is_loading.set(false);
    }

    /// Loads the page after the newest message. The oldest ones are let go if there are too many.
    pub async fn load_newer(self, visit: Visit) {
        let after = visit.timeline.peek(|timeline| {
            timeline.as_ref().filter(|timeline| timeline.has_newer()).and_then(Timeline::newest_at)
        });
        let Some(after) = after.filter(|_| !visit.is_loading.get_now()) else { return };
        visit.is_loading.set(true);
        if let Ok(page) = api::messages(visit.thread_id, Some(Cursor::After(after))).await {
            visit.change(|timeline| {
                timeline.extend_newer(page);
                timeline.trim_older(MOST_MOUNTED);
            });
            self.finish_page(&visit);
        }
        visit.is_loading.set(false);
    }

    /// Loads what was written since, page by page. A reader who is far behind and was at the end is brought there; one who was not goes on
    /// from where they are.
    pub(super) async fn catch_up(self, visit: Visit) {
        let (mut pages, mut pause_ms) = (0, 500);
        loop {
            let state = visit.timeline.peek(|timeline| {
                let timeline = timeline.as_ref()?;
                Some((timeline.has_newer(), timeline.newest_at()))
            });
            match state {
                // A window whose newer part was let go is not at the end, and need not be.
                Some((true, _)) if pages == 0 => break,
                Some((_, Some(after))) if pages < MOST_PAGES_BEHIND => {
                    let page = match api::messages(visit.thread_id, Some(Cursor::After(after))).await {
                        Ok(page) => page,
                        Err(failure) if failure.is_missing() => {
                            return self.forget(visit.thread_id, Shown::Left(visit.thread_id));
                        }
                        // Nobody else would ask again.
                        Err(_) => {
                            browser::sleep(pause_ms).await;
                            pause_ms = (pause_ms * 2).min(15_000);
                            if self.known_visit(visit.thread_id).is_none() {
                                return;
                            }
                            continue;
                        }
                    };
                    pages += 1;
                    let is_last = !page.has_newer;
                    visit.change(|timeline| {
                        timeline.extend_newer(page);
                        if visit.is_at_end.get_now() {
                            timeline.trim_older(MOST_MOUNTED);
                        }
                    });
                    if is_last {
                        break;
                    }
                }
                Some((_, Some(_))) if !visit.is_at_end.get_now() => break,
                _ => return self.load_end(visit).await,
            }
        }
        if !self.load_changes(&visit).await {
            return self.load_end(visit).await;
        }
        visit.is_stale.set(false);
        self.finish_page(&visit);
    }

    /// Applies an event to a thread's window, if there is one.
    pub(super) fn apply_to_visit(self, thread_id: ThreadId, event: &Event) -> Option<ThreadId> {
        let visit = self.known_visit(thread_id)?;
        if visit.is_stale() {
            return None;
        }
        let mut outcome = Outcome::Known;
        visit.timeline.change(|timeline| {
            let Some(timeline) = timeline else { return (false, ()) };
            outcome = timeline.apply(event);
            if outcome == Outcome::Applied && visit.is_at_end.get_now() {
                timeline.trim_older(MOST_MOUNTED);
            }
            (outcome == Outcome::Applied, ())
        });
        super::missed(outcome)
    }

    /// Somebody who has read everything and looks away finds a line before what came meanwhile.
    /// Shows somebody in every window as they are shown now.
    pub(super) fn meet(self, event: &Event) {
        for visit in self.visits.get_now() {
            visit.timeline.change(|timeline| {
                let outcome = timeline.as_mut().map(|timeline| timeline.apply(event));
                (outcome == Some(Outcome::Applied), ())
            });
        }
    }

    pub(super) fn mark_absence(self, thread_id: ThreadId) {
        let Some(visit) = self.known_visit(thread_id).filter(|visit| !visit.is_stale()) else { return };
        let is_first = self.inbox.peek(|inbox| inbox.thread(thread_id).map(Thread::unread)) == Some(1);
        if is_first && !browser::is_attended() {
            visit.unread_after.set(self.unread_after(thread_id));
        }
    }

    /// From here on no window can be trusted to be whole.
    pub(super) fn mark_visits_stale(self) {
        self.visits.peek(|visits| visits.iter().for_each(|visit| visit.is_stale.set(true)));
    }

    /// The window has grown. An event may have come while a page was under way, and have found no place.
    fn finish_page(self, visit: &Visit) {
        self.settle(visit.thread_id);
        if self.is_behind(visit) {
            self.fill(visit.thread_id);
        }
    }

    pub(super) fn is_behind(self, visit: &Visit) -> bool {
        let (last_seq, change) = self.inbox.peek(|inbox| {
            inbox.thread(visit.thread_id).map_or((0, 0), |thread| (thread.last_seq, thread.change))
        });
        visit.timeline.peek(|timeline| {
            timeline.as_ref().is_some_and(|timeline| {
                let newest = timeline.messages().last().map_or(0, |message| message.seq);
                !timeline.has_newer() && newest < last_seq || timeline.change() < change
            })
        })
    }
}

impl Visit {
    fn new(thread_id: ThreadId, unread_after: Option<ReadTo>) -> Self {
        Self {
            thread_id,
            timeline: ArcLive::new(None),
            unread_after: ArcLive::new(unread_after),
            is_at_end: ArcLive::new(true),
            goal: ArcLive::new(None),
            purpose: ArcLive::new(None),
            news: ArcLive::new(Vec::new()),
            has_failed: ArcLive::new(false),
            is_stale: ArcLive::new(false),
            is_loading: ArcLive::new(false),
        }
    }

    /// Whether something may have been missed since it was last shown.
    pub(super) fn is_stale(&self) -> bool {
        self.is_stale.get_now()
    }

    /// Changes the window, if there is one.
    pub(super) fn change(&self, change: impl FnOnce(&mut Timeline)) {
        self.timeline.update(|timeline| {
            if let Some(timeline) = timeline {
                change(timeline);
            }
        });
    }
}
