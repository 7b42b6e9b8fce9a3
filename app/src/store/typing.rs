//! Who is writing just now: the reader tells the others, and sees it of them.

use super::Store;
use crate::browser::{self, spawn_local};
use model::{
    ThreadId, Timestamp, User, UserId,
    presence::TYPING_S,
    wire::{Command, Event},
};

/// How often it is told while it lasts: before the others would take it for over.
const TELL_EVERY_US: i64 = 4_000_000;

/// Somebody who is writing.
#[derive(Clone, PartialEq, Eq)]
pub struct Typist {
    thread_id: ThreadId,
    user: User,
    /// Until then, unless they say it again.
    until: Timestamp,
}

impl Store {
    /// Tells the others that the reader is writing, if that has not just been told.
    pub fn tell_typing(self, thread_id: ThreadId) {
        // It is of no use later.
        if !self.connection.is_ready() {
            return;
        }
        let now = browser::now();
        let is_due = self.work.update_silently(|work| {
            let is_due = work.told_typing != Some(thread_id) || now.0 - work.told_typing_at.0 > TELL_EVERY_US;
            if is_due {
                (work.told_typing, work.told_typing_at) = (Some(thread_id), now);
            }
            is_due
        });
        if is_due == Some(true) {
            spawn_local(async move {
                let _ = self.connection.request(Command::Type { thread_id }).await;
            });
        }
    }

    /// The message is on its way: the next one is told of at once.
    pub fn stop_typing(self) {
        self.work.update_silently(|work| work.told_typing = None);
    }

    /// Who is writing in a thread.
    pub fn typists(self, thread_id: ThreadId) -> Vec<User> {
        self.typing.with(|typing| {
            let here = typing.iter().filter(|typist| typist.thread_id == thread_id);
            here.map(|typist| typist.user.clone()).collect()
        })
    }

    pub(super) fn apply_to_typing(self, event: &Event) {
        match event {
            Event::Typed { thread_id, user } => {
                let until = Timestamp(browser::now().0 + i64::from(TYPING_S) * 1_000_000);
                let typist = Typist { thread_id: *thread_id, user: user.clone(), until };
                self.stop(*thread_id, user.user_id);
                self.typing.update(|typing| typing.push(typist));
                spawn_local(async move {
                    browser::sleep(i32::try_from(TYPING_S * 1_000).unwrap_or(0) + 100).await;
                    let now = browser::now();
                    self.typing.change(|typing| {
                        let before = typing.len();
                        typing.retain(|typist| typist.until > now);
                        (typing.len() != before, ())
                    });
                });
            }
            Event::MessageSent { message, .. } => self.stop(message.thread_id, message.sender_id),
            _ => {}
        }
    }

    fn stop(self, thread_id: ThreadId, user_id: UserId) {
        self.typing.change(|typing| {
            let before = typing.len();
            typing.retain(|typist| typist.thread_id != thread_id || typist.user.user_id != user_id);
            (typing.len() != before, ())
        });
    }
}
