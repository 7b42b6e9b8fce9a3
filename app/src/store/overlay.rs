//! What lies over the page: one thing at a time.

use super::{Store, Target};
use crate::{api, browser::spawn_local, live::ArcLive};
use model::{FileId, Message, MessageId, ThreadId, Timeline};

/// What it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Overlay {
    /// What can be done with a message.
    Menu {
        /// Where.
        thread_id: ThreadId,
        /// Which one.
        message_id: MessageId,
    },
    /// What can be done with a thread.
    Thread {
        /// Which one.
        thread_id: ThreadId,
        /// Where in the window.
        x: i32,
        /// Where in the window.
        y: i32,
    },
    /// An image, and those before and after it.
    Viewer {
        /// Where.
        thread_id: ThreadId,
        /// Which one is looked at first.
        file_id: FileId,
    },
    /// A page of the server's.
    Sheet {
        /// What it is.
        label: String,
        /// Its content.
        html: String,
    },
    /// Where one can go, to choose one.
    Switcher,
    /// All emoji, to choose one.
    Emoji {
        /// What for.
        target: Target,
        /// The sheet.
        html: String,
    },
}

impl Store {
    /// Opens the menu of a message, if there is anything that can be done with it.
    pub fn open_menu(self, thread_id: ThreadId, message_id: MessageId) -> bool {
        let has_any = self.message(thread_id, message_id).is_some_and(|message| !message.is_deleted);
        if has_any {
            self.overlay.set(Some(Overlay::Menu { thread_id, message_id }));
        }
        has_any
    }

    /// Opens the menu of a thread at a place of the window.
    pub fn open_thread_menu(self, thread_id: ThreadId, x: i32, y: i32) {
        self.overlay.set_if_new(Some(Overlay::Thread { thread_id, x, y }));
    }

    /// Shows an image, if it is one of a message that is stored.
    pub fn open_viewer(self, thread_id: ThreadId, file_id: FileId) -> bool {
        let is_sent = self.timeline(thread_id).is_some_and(|timeline| {
            timeline.peek(|timeline| {
                let mut messages = timeline.iter().flat_map(Timeline::messages);
                messages.any(|message| message.files.iter().any(|file| file.file_id == file_id))
            })
        });
        if is_sent {
            self.overlay.set(Some(Overlay::Viewer { thread_id, file_id }));
        }
        is_sent
    }

    /// Shows a page of the server's, once it is here.
    pub fn open_sheet(self, label: String, path: String) {
        spawn_local(async move {
            match api::fragment(&path).await {
                Ok(html) => self.overlay.set(Some(Overlay::Sheet { label, html })),
                Err(failure) => self.note.set(Some(failure.sentence())),
            }
        });
    }

    /// Takes away what lies over the page, unless something else does by now.
    pub fn close(self, overlay: &Overlay) {
        if self.overlay.peek(|known| known.as_ref() == Some(overlay)) {
            self.overlay.set(None);
        }
    }

    /// The window on a thread that was visited.
    pub fn timeline(self, thread_id: ThreadId) -> Option<ArcLive<Option<Timeline>>> {
        self.known_visit(thread_id).map(|visit| visit.timeline)
    }

    /// A message of a window, as it is now.
    pub fn message(self, thread_id: ThreadId, message_id: MessageId) -> Option<Message> {
        let visit = self.known_visit(thread_id)?;
        visit.timeline.peek(|timeline| timeline.as_ref().and_then(|timeline| find(timeline, message_id)))
    }
}

fn find(timeline: &Timeline, message_id: MessageId) -> Option<Message> {
    timeline.message(message_id).cloned()
}
