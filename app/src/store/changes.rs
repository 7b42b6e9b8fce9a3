//! What becomes of messages after they were sent.

use super::{Store, Visit};
use crate::{api, browser};
use model::Timeline;

/// How many pages of changes are loaded before the window is loaded anew instead.
const MOST_PAGES: usize = 3;

impl Store {
    /// Loads what became of a window's messages while one was away. Not, if it was too much.
    pub(super) async fn load_changes(self, visit: &Visit) -> bool {
        let (mut pages, mut pause_ms) = (0, 500);
        while pages < MOST_PAGES {
            let Some(after) = visit.timeline.peek(|timeline| timeline.as_ref().map(Timeline::change)) else {
                return true;
            };
            match api::changes(visit.thread_id, after).await {
                Ok(page) => {
                    pages += 1;
                    visit.change(|timeline| {
                        // One that is ahead of the window is seen when the window has got there.
                        let _ = timeline.catch_up(&page);
                    });
                    if !page.has_more {
                        return true;
                    }
                }
                Err(failure) if failure.is_missing() => return true,
                // Nobody else would ask again.
                Err(_) => {
                    browser::sleep(pause_ms).await;
                    pause_ms = (pause_ms * 2).min(15_000);
                    if self.known_visit(visit.thread_id).is_none() {
                        return true;
                    }
                }
            }
        }
        false
    }
}
