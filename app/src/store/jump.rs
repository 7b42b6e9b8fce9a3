//! Going to one message, however far up it is: answering it, and leading others to it.

use super::{Goal, Purpose, Store};
use crate::{
    browser::spawn_local,
    route::{Cursor, Route},
};
use model::{Message, Quote, ThreadId, Timeline, Timestamp};

impl Store {
    /// Takes the reader to the message of that key in the open thread. What is around it is loaded if it is not here.
    pub fn jump(self, thread_id: ThreadId, at: Timestamp) {
        let visit = self.visit(thread_id);
        spawn_local(async move {
            let is_here = visit.timeline.peek(|timeline| shows(timeline.as_ref(), at));
            if is_here || self.load(visit.clone(), Some(Cursor::Around(at))).await {
                visit.goal.set(Some(Goal::Message(at)));
            }
        });
    }

    /// Where in a thread the address leads, if it says so.
    pub(super) fn wanted_at(self, thread_id: ThreadId) -> Option<Timestamp> {
        match self.route.get_now() {
            Route::Thread { thread_id: wanted, cursor: Some(Cursor::Around(at)) } if wanted == thread_id => {
                Some(at)
            }
            _ => None,
        }
    }

    /// Takes a message into the composer, to answer it.
    pub fn begin_reply(self, thread_id: ThreadId, message: &Message) {
        let visit = self.visit(thread_id);
        let (name, change) = visit.timeline.peek(|timeline| {
            let sender = timeline.as_ref().and_then(|timeline| timeline.sender(message.sender_id));
            let name = sender.map(|sender| sender.display_name.clone()).unwrap_or_default();
            (name, timeline.as_ref().map_or(0, Timeline::change))
        });
        visit.purpose.set(Some(Purpose::Reply(Quote::of(message, name, change))));
    }

    /// What the message answers that is sent now: from here on the composer is for another one.
    pub(super) fn take_quote(self, thread_id: ThreadId) -> Option<Quote> {
        let purpose = &self.visit(thread_id).purpose;
        let quote = purpose.peek(|purpose| match purpose {
            Some(Purpose::Reply(quote)) => Some(quote.clone()),
            _ => None,
        });
        if quote.is_some() {
            purpose.set(None);
        }
        quote
    }
}

/// Whether the message of that key is in a window.
pub(super) fn shows(timeline: Option<&Timeline>, at: Timestamp) -> bool {
    timeline.and_then(|timeline| timeline.nearest(at)).is_some_and(|message| message.created_at == at)
}
