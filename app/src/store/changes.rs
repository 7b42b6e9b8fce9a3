//! What becomes of messages after they were sent.

use super::{Shown, Store, Visit};
use crate::{
    api::{self, Failure},
    browser::{self, spawn_local},
};
use model::{
    Message, MessageId, Quote, ThreadId, Timeline, message,
    wire::{Answer, Command, Event},
};

/// How many pages of changes are loaded before the window is loaded anew instead.
const MOST_PAGES: usize = 3;

/// What the composer is for, if not for a new message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Giving one's own message other words.
    Edit {
        /// Which one.
        message_id: MessageId,
        /// As they stand in the composer.
        body: String,
    },
    /// Answering a message.
    Reply(Quote),
}

impl Store {
    /// Takes a message into the composer, to give it other words.
    pub fn begin_edit(self, thread_id: ThreadId, message: &Message) {
        let purpose = Purpose::Edit { message_id: message.message_id, body: message.body.clone() };
        self.visit(thread_id).purpose.set(Some(purpose));
    }

    /// The same with one's own last message, if it is here. Whether it is.
    pub fn begin_edit_of_last(self, thread_id: ThreadId) -> bool {
        let me = self.my_id();
        let is_it =
            |message: &&Message| message.sender_id == me && !message.is_deleted && message.forward.is_none();
        let visit = self.visit(thread_id);
        let last = visit.timeline.peek(|timeline| {
            let timeline = timeline.as_ref().filter(|timeline| !timeline.has_newer())?;
            timeline.messages().iter().rev().find(is_it).cloned()
        });
        if let Some(message) = &last {
            self.begin_edit(thread_id, message);
        }
        last.is_some()
    }

    /// Gives a message other words.
    pub async fn edit(
        self,
        thread_id: ThreadId,
        message_id: MessageId,
        body: String,
    ) -> Result<Answer, Failure> {
        self.command(Command::EditMessage { thread_id, message_id, body }).await
    }

    /// Does something to a message. If it cannot be done, that is said.
    pub fn do_to_message(self, command: Command) {
        spawn_local(async move {
            if let Err(failure) = self.command(command).await {
                self.note.set(Some(failure.sentence()));
            }
        });
    }

    /// Keeps what others did to a message of the open thread, for those who do not see it.
    pub(super) fn tell(self, thread_id: ThreadId, event: &Event) {
        let is_open = self.shown.get_now() == Shown::Thread(thread_id);
        let Some(visit) = self.known_visit(thread_id).filter(|_| is_open) else { return };
        let message = match event {
            Event::MessageChanged { message, .. } => message,
            Event::Reacted { .. } => return self.tell_reaction(&visit, event),
            _ => return,
        };
        if message.sender_id == self.my_id() {
            return;
        }
        let name = visit.timeline.peek(|timeline| {
            let sender = timeline.as_ref().and_then(|timeline| timeline.sender(message.sender_id));
            sender.map_or_else(|| words::announcer::somebody().into(), |sender| sender.display_name.clone())
        });
        let sentence = if message.is_deleted {
            words::announcer::deleted(&name)
        } else {
            words::announcer::edited(&name, &message::excerpt(&message.body))
        };
        visit.news.update(|news| news.push(sentence));
    }

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
