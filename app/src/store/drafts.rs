//! What was written and not sent: kept by thread, through switching threads and through reloads, and the same in all tabs of a browser.

use super::Store;
use crate::{browser, storage};
use leptos::prelude::window;
use model::ThreadId;

impl Store {
    /// Takes up the drafts of earlier pages, and from now on those of the person's other tabs.
    pub(super) fn load_drafts(self) {
        self.read_drafts();
        browser::listen(&window(), "storage", move |_| self.read_drafts());
    }

    fn read_drafts(self) {
        let mut drafts = Vec::new();
        for (key, text) in storage::all(&self.draft_prefix()) {
            if let Ok(thread_id) = key.parse() {
                drafts.push((thread_id, text));
            }
        }
        // A browser lists them in any order.
        drafts.sort_by_key(|(thread_id, _)| *thread_id);
        self.drafts.set_if_new(drafts);
    }

    /// Keeps what stands in a thread's composer.
    pub fn keep_draft(self, thread_id: ThreadId, text: &str) {
        let key = format!("{}{thread_id}", self.draft_prefix());
        let is_blank = text.trim().is_empty();
        let had_any = self.draft(thread_id).is_some();
        if is_blank && !had_any {
            return;
        }
        self.drafts.update(|drafts| {
            drafts.retain(|(known, _)| *known != thread_id);
            if !is_blank {
                drafts.push((thread_id, text.into()));
            }
        });
        if is_blank { storage::drop(&key) } else { storage::keep(&key, text) }
    }

    /// What stood in a thread's composer.
    pub fn draft(self, thread_id: ThreadId) -> Option<String> {
        self.drafts.peek(|drafts| find(drafts, thread_id))
    }

    /// What stands in a thread's composer, now and whenever it changes.
    pub fn followed_draft(self, thread_id: ThreadId) -> Option<String> {
        self.drafts.with(|drafts| find(drafts, thread_id))
    }

    fn draft_prefix(self) -> String {
        format!("draft.{}.", self.my_id())
    }
}

fn find(drafts: &[(ThreadId, String)], thread_id: ThreadId) -> Option<String> {
    drafts.iter().find(|(known, _)| *known == thread_id).map(|(_, text)| text.clone())
}
