//! Saying how far one has read: when somebody looks at a message, and only if it moves on.

use super::Store;
use crate::browser;
use leptos::{prelude::*, task::spawn_local};
use model::{Message, wire::Command};

/// How long a message is to be seen before it counts as read, and how seldom this is said.
const GLANCE_MS: i32 = 300;

impl Store {
    /// A reader sees the messages of a window up to the one that `newest_seen` names. It is asked after a moment, when the page has come to rest.
    pub fn mark_read(self, newest_seen: impl Fn() -> Option<Message> + 'static) {
        if self.work.try_update_value(|work| std::mem::replace(&mut work.read_timer, true)) != Some(false) {
            return;
        }
        spawn_local(async move {
            browser::sleep(GLANCE_MS).await;
            self.work.update_value(|work| work.read_timer = false);
            let Some(message) = newest_seen().filter(|_| browser::is_attended()) else { return };
            let is_news = self.inbox.with_value(|inbox| {
                inbox
                    .thread(message.thread_id)
                    .is_some_and(|thread| thread.unread() > 0 && thread.read_seq < message.seq)
            });
            if is_news && self.connection.is_ready() {
                let _ = self
                    .connection
                    .request(Command::MarkRead {
                        thread_id: message.thread_id,
                        created_at: message.created_at,
                    })
                    .await;
            }
        });
    }
}
