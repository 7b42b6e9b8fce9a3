//! Files on their way to a thread: chosen, pasted or dropped, each uploaded at once, and sent with the next message. What does the uploading is loaded when
//! it is first wanted.

mod transfer;

use super::{Shown, Store};
use crate::browser::spawn_local;
use model::{File, FileId, MessageBody, ThreadId};
use web_sys::Url;

/// A file on its way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Upload {
    /// Where to.
    pub thread_id: ThreadId,
    /// Made here.
    pub file_id: FileId,
    /// What it is called.
    pub name: String,
    /// How long it is.
    pub size_bytes: u64,
    /// Where the browser finds it, if it is an image.
    pub preview: Option<String>,
    /// How far it is.
    pub state: UploadState,
}

impl Upload {
    /// Whether it did not get through, and may.
    fn is_lost(&self) -> bool {
        matches!(self.state, UploadState::Failed { is_passing: true, .. })
    }
}

/// How far an upload is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum UploadState {
    /// Others are before it.
    Waiting,
    /// The server does not want it before so many seconds have passed.
    Held(u32),
    /// So many hundredths are there.
    Coming(u8),
    /// It is there.
    Done(File),
    /// It is not, for this reason. Some may be tried again.
    Failed {
        /// Why.
        reason: String,
        /// Whether the same may succeed later.
        is_passing: bool,
    },
}

/// All uploads, and the threads whose message waits for theirs.
#[derive(Default)]
pub struct Uploads {
    list: Vec<Upload>,
    held: Vec<ThreadId>,
    /// Where files were chosen while the code that uploads was still being loaded.
    chosen: Vec<ThreadId>,
}

/// How far all uploads to a thread are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Attached {
    /// There are none.
    Nothing,
    /// At least one failed.
    Failed,
    /// At least one is not there yet.
    Coming,
    /// All are there.
    Done,
}

impl Uploads {
    /// Those to a thread, in the order in which they are sent.
    pub fn of(&self, thread_id: ThreadId) -> impl Iterator<Item = &Upload> {
        self.list.iter().filter(move |upload| upload.thread_id == thread_id)
    }

    /// One of them.
    pub fn find(&self, file_id: FileId) -> Option<&Upload> {
        self.list.iter().find(|upload| upload.file_id == file_id)
    }

    /// How far those to a thread are.
    pub fn attached(&self, thread_id: ThreadId) -> Attached {
        let is_chosen = self.chosen.contains(&thread_id);
        let mut attached = if is_chosen { Attached::Coming } else { Attached::Nothing };
        for upload in self.of(thread_id) {
            attached = match (&upload.state, attached) {
                (UploadState::Failed { .. }, _) => return Attached::Failed,
                (UploadState::Done(_), Attached::Nothing | Attached::Done) => Attached::Done,
                _ => Attached::Coming,
            };
        }
        attached
    }

    /// Whether a thread's message waits for its uploads.
    pub fn is_held(&self, thread_id: ThreadId) -> bool {
        self.held.contains(&thread_id)
    }
}

impl Store {
    /// Begins to upload files to a thread.
    pub fn attach(self, thread_id: ThreadId, files: Vec<web_sys::File>) {
        // Whoever sends before the code is there means to send the files, too.
        self.uploads.update(|uploads| uploads.chosen.push(thread_id));
        spawn_local(async move {
            let begun = transfer::begin(self, thread_id, files).await;
            let attached = self.uploads.update(|uploads| {
                if let Some(place) = uploads.chosen.iter().position(|chosen| *chosen == thread_id) {
                    uploads.chosen.swap_remove(place);
                }
                uploads.attached(thread_id)
            });
            if begun.is_err() {
                // Without a connection nothing could be uploaded either.
                self.note.set(Some(words::connection_banner::lost().into()));
            }
            if matches!(attached, Some(Attached::Nothing | Attached::Failed)) {
                self.hold(thread_id, false);
            }
        });
    }

    /// Tries an upload once more.
    pub fn upload_again(self, file_id: FileId) {
        self.advance_upload(file_id, UploadState::Waiting);
        transfer::start_next(self);
    }

    /// Tries again what did not get through while there was no connection.
    pub(super) fn resume_uploads(self) {
        if self.uploads.peek(|uploads| uploads.list.iter().any(Upload::is_lost)) {
            // Where its code cannot be loaded, it is tried again with the next connection.
            spawn_local(async move { drop(transfer::resume(self).await) });
        }
    }

    /// Gives an upload up.
    pub fn detach(self, file_id: FileId) {
        self.uploads.update(|uploads| {
            uploads.list.retain(|upload| upload.file_id != file_id || forget(upload));
        });
        transfer::stop(file_id);
        transfer::start_next(self);
    }

    /// Sends a thread's message once its uploads are there, or no longer does.
    pub fn hold(self, thread_id: ThreadId, is_held: bool) {
        self.uploads.update(|uploads| {
            uploads.held.retain(|held| *held != thread_id);
            if is_held {
                uploads.held.push(thread_id);
            }
        });
    }

    /// Sends a message with all that was uploaded to its thread.
    pub fn send_with_uploads(self, thread_id: ThreadId, body: String) {
        let files = self.uploads.update(|uploads| {
            uploads.held.retain(|held| *held != thread_id);
            let mut files = Vec::new();
            uploads.list.retain(|upload| match &upload.state {
                UploadState::Done(file) if upload.thread_id == thread_id => {
                    files.push(file.clone());
                    forget(upload)
                }
                _ => true,
            });
            files
        });
        self.keep_draft(thread_id, "");
        self.send(thread_id, body, files.unwrap_or_default());
    }

    /// An upload has got on. A message that waited for it is sent, here if its composer is not there to do it.
    fn advance_upload(self, file_id: FileId, state: UploadState) {
        let thread_id = self.uploads.update(|uploads| {
            let upload = uploads.list.iter_mut().find(|upload| upload.file_id == file_id)?;
            upload.state = state;
            Some(upload.thread_id)
        });
        let Some(thread_id) = thread_id.flatten() else { return };
        let (is_held, attached) =
            self.uploads.peek(|uploads| (uploads.is_held(thread_id), uploads.attached(thread_id)));
        if is_held && attached == Attached::Failed {
            self.hold(thread_id, false);
        }
        if is_held && attached == Attached::Done && self.shown.get_now() != Shown::Thread(thread_id) {
            match MessageBody::beside_files(&self.draft(thread_id).unwrap_or_default()) {
                Ok(body) => self.send_with_uploads(thread_id, body.into_string()),
                Err(_) => self.hold(thread_id, false),
            }
        }
    }
}

/// Lets the browser let go of what it kept for showing an upload. False, for whoever drops it.
fn forget(upload: &Upload) -> bool {
    if let Some(preview) = &upload.preview {
        let _ = Url::revoke_object_url(preview);
    }
    false
}
