//! What of a thread's log is in memory: a window that is loaded, grows at both ends, and is let go at the other.

use super::{Goal, Shown, Store, Visit};
use crate::{
    api::{self, Failure},
    browser,
    route::Cursor,
};
use model::{Thread, Timeline, page::MessagePage};

/// Most messages that are in memory at a time.
pub const MOST_LOADED: usize = 300;
/// How many pages are loaded to catch up, before a reader at the end is brought there directly.
const MOST_PAGES_BEHIND: usize = 3;

impl Store {
    /// Loads the page at which a thread is opened: the newest, or the one around what was not read.
    pub async fn load_first(self, visit: Visit) {
        let around = self.wanted_at(visit.thread_id).or_else(|| {
            self.inbox.peek(|inbox| inbox.thread(visit.thread_id).and_then(Thread::opens_around))
        });
        self.load(visit, around.map(Cursor::Around)).await;
    }

    /// Loads the newest page, in place of what there is.
    pub async fn load_end(self, visit: Visit) -> bool {
        self.load(visit, None).await
    }

    /// Loads the page around the line "New messages", in place of what there is.
    pub async fn load_unread(self, visit: Visit) {
        let Some(read_to) = visit.unread_after.get_now() else { return };
        if self.load(visit.clone(), Some(Cursor::Around(read_to.at))).await {
            visit.goal.set(Some(Goal::Unread));
        }
    }

    /// Loads a page in place of what there is. Whether what was wanted is shown: not if something else was wanted meanwhile.
    pub(super) async fn load(self, visit: Visit, cursor: Option<Cursor>) -> bool {
        visit.has_failed.set(false);
        let window = visit.next_window();
        let page = api::messages(visit.thread_id, cursor).await;
        if visit.window.get_now() != window {
            return false;
        }
        let is_there = page.is_ok();
        match page {
            Ok(page) => {
                visit.next_window();
                visit.is_stale.set(false);
                visit.mount_end();
                visit.timeline.set(Some(Timeline::new(visit.thread_id, page)));
                self.finish_page(&visit);
            }
            Err(failure) if failure.is_missing() => {
                self.forget(visit.thread_id, Shown::Missing(visit.thread_id));
            }
            Err(_) => visit.has_failed.set(true),
        }
        is_there
    }

    /// Loads the page before the oldest message. The newest ones are let go if there are too many.
    pub async fn load_older(self, visit: Visit) {
        let before = visit.timeline.peek(|timeline| {
            timeline.as_ref().filter(|timeline| timeline.has_older()).and_then(Timeline::oldest_at)
        });
        let Some(before) = before.filter(|_| !visit.is_loading.get_now()) else { return };
        visit.is_loading.set(true);
        if let Ok(Some(page)) = visit.next_page(Cursor::Before(before)).await {
            visit.change(|timeline| {
                timeline.extend_older(page);
                timeline.trim_newer(MOST_LOADED);
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
        if let Ok(Some(page)) = visit.next_page(Cursor::After(after)).await {
            visit.hold_mounted();
            visit.change(|timeline| {
                timeline.extend_newer(page);
                timeline.trim_older(MOST_LOADED);
            });
            self.finish_page(&visit);
        }
        visit.is_loading.set(false);
    }

    /// Loads what was written since, page by page. A reader who is far behind and was at the end is brought there; one who was not goes on
    /// from where they are.
    pub(super) async fn catch_up(self, visit: Visit) {
        visit.is_following.set(visit.is_at_end.get_now());
        self.load_missed(&visit).await;
        visit.is_following.set(false);
    }

    async fn load_missed(self, visit: &Visit) {
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
                    let page = match visit.next_page(Cursor::After(after)).await {
                        Ok(Some(page)) => page,
                        // What took the window's place is as new as this would be.
                        Ok(None) => continue,
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
                            timeline.trim_older(MOST_LOADED);
                        }
                    });
                    if is_last {
                        break;
                    }
                }
                Some((_, Some(_))) if !visit.is_at_end.get_now() => break,
                _ => {
                    self.load_end(visit.clone()).await;
                    return;
                }
            }
        }
        if !self.load_changes(visit).await {
            self.load_end(visit.clone()).await;
            return;
        }
        visit.is_stale.set(false);
        self.finish_page(visit);
    }

    /// The window has grown. An event may have come while a page was under way, and have found no place.
    fn finish_page(self, visit: &Visit) {
        self.settle(visit.thread_id);
        if self.is_behind(visit) {
            self.fill(visit.thread_id);
        }
    }
}

impl Visit {
    fn next_window(&self) -> u32 {
        let next = self.window.get_now().wrapping_add(1);
        self.window.set(next);
        next
    }

    /// Asks for a page that goes on from the window that there is. Nothing if another took its place meanwhile.
    async fn next_page(&self, cursor: Cursor) -> Result<Option<MessagePage>, Failure> {
        let window = self.window.get_now();
        let page = api::messages(self.thread_id, Some(cursor)).await?;
        Ok(Some(page).filter(|_| self.window.get_now() == window))
    }
}
