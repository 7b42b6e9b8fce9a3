//! What people put under messages.

use super::{Store, Visit};
use crate::route;
use model::{
    MessageId, ThreadId,
    wire::{Command, Event},
};

impl Store {
    /// Puts an emoji under a message, or takes one's own away.
    pub fn react(self, thread_id: ThreadId, message_id: MessageId, emoji: String, is_on: bool) {
        self.do_to_message(Command::React { thread_id, message_id, emoji, is_on });
    }

    /// Shows who put what under a message.
    pub fn open_reactors(self, thread_id: ThreadId, message_id: MessageId) {
        self.open_sheet(words::reaction::title().into(), route::reactions(thread_id, message_id));
    }

    /// Keeps what others put under one's own messages, for those who do not see it.
    pub(super) fn tell_reaction(self, visit: &Visit, event: &Event) {
        let Event::Reacted { message_id, user_id, emoji, is_on: true, .. } = event else { return };
        let me = self.my_id();
        let name = visit.timeline.peek(|timeline| {
            let timeline = timeline.as_ref()?;
            timeline.message(*message_id).filter(|message| message.sender_id == me && *user_id != me)?;
            let name = timeline.sender(*user_id).map(|sender| sender.display_name.clone());
            Some(name.unwrap_or_else(|| words::announcer::somebody().into()))
        });
        if let Some(name) = name {
            visit.news.update(|news| news.push(words::reaction::told(&name, emoji)));
        }
    }
}
