//! The threads that were visited: their windows on the log stay in memory for a while, so that coming back is immediate.

use super::{Purpose, Store, jump::shows, slice::MOST_MOUNTED, window::MOST_LOADED};
use crate::{api, browser::spawn_local, live::ArcLive, route::Route};
use model::{
    Thread, ThreadId, Timeline, Timestamp,
    wire::{Event, Outcome},
};

/// How many threads are kept.
const MOST_KEPT: usize = 8;
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
    /// Whether what was missed is being loaded for a reader who was at the end: they are still there when a part of it stands below.
    pub is_following: ArcLive<bool>,
    /// Told when the reader is to be taken somewhere.
    pub goal: ArcLive<Option<Goal>>,
    /// What the composer is for, if not for a new message.
    pub purpose: ArcLive<Option<Purpose>>,
    /// What others did to messages, for those who do not see it, until it is said.
    pub news: ArcLive<Vec<String>>,
    /// Up to which message the window is in the page, if not to its end.
    pub(super) mounted_to: ArcLive<Option<u64>>,
    pub(super) most_mounted: ArcLive<usize>,
    /// Whether rows come and go whose height is not made up for yet.
    pub is_moving: ArcLive<bool>,
    /// Whether the window could not be loaded.
    pub has_failed: ArcLive<bool>,
    /// Something may have been missed since it was last shown.
    pub(super) is_stale: ArcLive<bool>,
    pub(super) is_loading: ArcLive<bool>,
    /// Counts the windows that were asked for, and those that came: a page that was asked for by another window has no place in this one.
    pub(super) window: ArcLive<u32>,
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
            spawn_local(self.load_more_threads(true));
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
        visit.mount_end();
        visit.begin(at.is_some() || unread_after.is_some());
        visit.goal.set(Some(at.map_or(Goal::Unread, Goal::Message)));
        let is_stale = visit.is_stale.get_now();
        visit.timeline.update(|timeline| {
            let Some(known) = timeline else { return };
            known.trim_older(MOST_MOUNTED);
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
                timeline.trim_older(MOST_LOADED);
            }
            (outcome == Outcome::Applied, ())
        });
        super::missed(outcome)
    }

    /// Shows somebody in every window as they are shown now.
    pub(super) fn meet(self, event: &Event) {
        for visit in self.visits.get_now() {
            visit.timeline.change(|timeline| {
                let outcome = timeline.as_mut().map(|timeline| timeline.apply(event));
                (outcome == Some(Outcome::Applied), ())
            });
        }
    }

    /// Somebody who has read everything and looks away finds a line before what came meanwhile.
    pub(super) fn mark_absence(self, thread_id: ThreadId) {
        let Some(visit) = self.known_visit(thread_id).filter(|visit| !visit.is_stale()) else { return };
        let is_first = self.inbox.peek(|inbox| inbox.thread(thread_id).map(Thread::unread)) == Some(1);
        if is_first && !self.is_attended() {
            visit.unread_after.set(self.unread_after(thread_id));
        }
    }

    /// From here on no window can be trusted to be whole.
    pub(super) fn mark_visits_stale(self) {
        self.visits.peek(|visits| visits.iter().for_each(|visit| visit.is_stale.set(true)));
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
            is_following: ArcLive::new(false),
            goal: ArcLive::new(None),
            purpose: ArcLive::new(None),
            news: ArcLive::new(Vec::new()),
            mounted_to: ArcLive::new(None),
            most_mounted: ArcLive::new(MOST_MOUNTED),
            is_moving: ArcLive::new(false),
            has_failed: ArcLive::new(false),
            is_stale: ArcLive::new(false),
            is_loading: ArcLive::new(false),
            window: ArcLive::new(0),
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
