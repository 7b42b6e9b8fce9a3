//! What was written and not sent: kept by thread, through switching threads and through reloads.

use super::Store;
use crate::storage;
use model::ThreadId;

impl Store {
    /// Takes up the drafts of earlier pages.
    pub(super) fn load_drafts(self) {
        let drafts = storage::all(&self.draft_prefix());
        let drafts = drafts.into_iter().filter_map(|(key, text)| Some((key.parse().ok()?, text)));
        self.drafts.update(|known| {
            for (thread_id, text) in drafts {
                if find(known, thread_id).is_none() {
                    known.push((thread_id, text));
                }
            }
        });
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
