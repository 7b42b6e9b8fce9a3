//! What was written and not sent: kept by thread, through switching threads and through reloads.

use super::Store;
use crate::storage;
use leptos::prelude::*;
use model::ThreadId;

impl Store {
    /// Takes up the drafts of earlier pages.
    pub(super) fn load_drafts(self) {
        let drafts = storage::all(&self.draft_prefix());
        let drafts = drafts.into_iter().filter_map(|(key, text)| Some((key.parse().ok()?, text)));
        self.drafts.update(|known| {
            for (thread_id, text) in drafts {
                known.entry(thread_id).or_insert(text);
            }
        });
    }

    /// Keeps what stands in a thread's composer.
    pub fn keep_draft(self, thread_id: ThreadId, text: &str) {
        let key = format!("{}{thread_id}", self.draft_prefix());
        if text.trim().is_empty() {
            if self.drafts.with_untracked(|drafts| drafts.contains_key(&thread_id)) {
                self.drafts.update(|drafts| {
                    drafts.remove(&thread_id);
                });
                storage::drop(&key);
            }
        } else {
            self.drafts.update(|drafts| {
                drafts.insert(thread_id, text.into());
            });
            storage::keep(&key, text);
        }
    }

    /// What stood in a thread's composer.
    pub fn draft(self, thread_id: ThreadId) -> Option<String> {
        self.drafts.with_untracked(|drafts| drafts.get(&thread_id).cloned())
    }

    fn draft_prefix(self) -> String {
        format!("draft.{}.", self.my_id())
    }
}
