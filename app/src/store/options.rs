//! How the reader keeps their threads, and the list of what they have put away.

use super::{Shown, Store};
use crate::{
    api::Failure,
    browser::{self, spawn_local},
    navigation,
    options::{Choice, next_morning},
    route::Route,
};
use model::{Options, ThreadId, wire::Event};

impl Store {
    /// Carries out what was chosen of a thread.
    pub async fn choose(self, thread_id: ThreadId, choice: Choice) -> Result<(), Failure> {
        let now = browser::now();
        let wall = self.clock.civil_now(now);
        let tomorrow = next_morning(now, wall.hour, wall.minute);
        let command = self.inbox.peek(|inbox| Some(choice.command(inbox.thread(thread_id)?, now, tomorrow)));
        let Some(command) = command else { return Ok(()) };
        // What is looked at is read: whoever keeps it for later looks away.
        if choice == Choice::MarkUnread && self.shown.get_now() == Shown::Thread(thread_id) {
            navigation::go(self, Route::Inbox);
        }
        self.command(command).await.map(|_| ())
    }

    /// Whether the list shows what is archived: when that was asked for, and beside an archived thread.
    pub fn is_archive_listed(self) -> bool {
        match self.route.get() {
            Route::Archive => true,
            Route::Thread { thread_id, .. } | Route::Details { thread_id } => self
                .thread(thread_id)
                .with(|thread| thread.as_ref().is_some_and(|thread| thread.options.is_archived)),
            Route::Inbox | Route::New { .. } | Route::Unknown => false,
        }
    }

    /// After the last one that is known has left the archive, only the server knows whether there are others.
    pub(super) fn check_archive(self, event: &Event) {
        let Event::OptionsChanged { options: Options { is_archived: false, .. }, .. } = event else { return };
        if self.inbox.peek(|inbox| inbox.has_archived() && inbox.archived().next().is_none()) {
            spawn_local(self.load_more_threads(true));
        }
    }
}
