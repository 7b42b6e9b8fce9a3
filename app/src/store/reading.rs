//! Saying how far one has read: when somebody looks at a message, and only if it moves on.

use super::Store;
use crate::browser::{self, spawn_local};
use model::{Message, wire::Command};
use std::sync::Arc;

/// How long a message is to be seen before it counts as read, and how seldom this is said.
const GLANCE_MS: i32 = 300;

impl Store {
    /// Whether somebody looks at the conversation that is shown.
    pub fn is_attended(self) -> bool {
        browser::is_attended() && !self.is_covered.get_now()
    }

    /// A reader sees the messages of a window up to the one that `newest_seen` names. The last one to say so is asked after a moment, when the
    /// page has come to rest.
    pub fn mark_read(self, newest_seen: impl Fn() -> Option<Message> + Send + Sync + 'static) {
        let before = self.work.update_silently(|work| work.newest_seen.replace(Arc::new(newest_seen)));
        if before.is_none_or(|before| before.is_some()) {
            return;
        }
        spawn_local(async move {
            browser::sleep(GLANCE_MS).await;
            let newest_seen = self.work.update_silently(|work| work.newest_seen.take()).flatten();
            let message = newest_seen.and_then(|newest_seen| newest_seen());
            let Some(message) = message.filter(|_| self.is_attended()) else { return };
            let is_news = self.inbox.peek(|inbox| {
                inbox.thread(message.thread_id).is_some_and(|thread| {
                    thread.options.is_marked_unread || thread.unread() > 0 && thread.read_seq < message.seq
                })
            });
            if is_news {
                let Message { thread_id, created_at, .. } = message;
                let _ = self.command(Command::MarkRead { thread_id, created_at }).await;
            }
        });
    }
}
