//! Messages on their way: shown at once, kept through a reload, sent in the order of writing, and again until the server answers. Sending
//! twice stores once, so neither a second tab nor a lost answer does harm.

use super::{Goal, Store, formatting::format};
use crate::{
    api::Failure,
    browser::{self, spawn_local},
    storage,
};
use model::{
    File, MessageId, Quote, ThreadId, Timestamp,
    wire::{Answer, Command, Event},
};
use serde::{Deserialize, Serialize};

/// How long to wait before sending again where the server names no time.
const PAUSE_MS: i32 = 2_000;

/// A message that its thread's window does not show yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pending {
    /// Made here.
    pub message_id: MessageId,
    /// Where to.
    pub thread_id: ThreadId,
    /// What was written.
    pub body: String,
    /// The same as HTML, if it has marks.
    pub html: Option<String>,
    /// What it answers.
    pub reply_to: Option<Quote>,
    /// What goes along, uploaded already.
    pub files: Vec<File>,
    /// When, by the browser's clock.
    pub written_at: Timestamp,
    /// How far it is.
    pub progress: Progress,
}

/// How far a message is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Progress {
    /// Not stored, as far as is known.
    Sending,
    /// Stored.
    Sent,
    /// The server does not take it, for this reason.
    Refused(String),
}

/// A pending message as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    thread_id: ThreadId,
    body: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reply_to: Option<Quote>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    files: Vec<File>,
    written_at: Timestamp,
    refused: Option<String>,
}

impl Store {
    /// Takes up what earlier pages did not get sent.
    pub(super) fn load_outbox(self) {
        let mut outbox: Vec<Pending> = Vec::new();
        for (key, text) in storage::all(&self.outbox_prefix()) {
            if let Some(pending) = Pending::read(&key, &text) {
                // The ids begin with the time.
                let place = outbox.partition_point(|before| before.message_id < pending.message_id);
                outbox.insert(place, pending);
            }
        }
        if !outbox.is_empty() {
            let threads: Vec<_> = outbox.iter().map(|pending| pending.thread_id).collect();
            outbox.iter().for_each(|pending| format(self, pending));
            self.outbox.set(outbox);
            threads.into_iter().for_each(|thread_id| self.settle(thread_id));
        }
    }

    /// Sends a message: at once in one's own eyes, and as soon as there is a connection in others'.
    pub fn send(self, thread_id: ThreadId, body: String, files: Vec<File>) {
        let pending = Pending {
            message_id: MessageId(browser::new_id()),
            thread_id,
            body,
            html: None,
            reply_to: self.take_quote(thread_id),
            files,
            written_at: browser::now(),
            progress: Progress::Sending,
        };
        self.keep_pending(&pending);
        format(self, &pending);
        self.outbox.update(|outbox| outbox.push(pending));
        let visit = self.visit(thread_id);
        if visit.timeline.peek(|timeline| timeline.as_ref().is_some_and(model::Timeline::has_newer)) {
            let visit = visit.clone();
            spawn_local(async move {
                self.load_end(visit).await;
            });
        }
        visit.goal.set(Some(Goal::End));
        visit.unread_after.set(None);
        self.send_outbox();
    }

    /// Tries a refused message once more.
    pub fn send_again(self, message_id: MessageId) {
        self.progress(message_id, Progress::Sending);
        self.send_outbox();
    }

    /// Gives a message up.
    pub fn discard(self, message_id: MessageId) {
        self.outbox.update(|outbox| outbox.retain(|pending| pending.message_id != message_id));
        storage::drop(&format!("{}{message_id}", self.outbox_prefix()));
    }

    /// Sends what waits, one after the other: the next one leaves when the one before is stored.
    pub(super) fn send_outbox(self) {
        if self.work.update_silently(|work| std::mem::replace(&mut work.is_sending, true)) != Some(false) {
            return;
        }
        spawn_local(async move {
            while let Some(pending) = self.next_to_send() {
                let Pending { message_id, thread_id, body, files, .. } = pending;
                let file_ids = files.iter().map(|file| file.file_id).collect();
                let reply_to = pending.reply_to.map(|quote| quote.message_id);
                let command = Command::SendMessage { message_id, thread_id, body, file_ids, reply_to };
                match self.command(command).await {
                    Ok(Answer::Sent { message }) => {
                        self.progress(message_id, Progress::Sent);
                        // The event comes too; whichever is first brings the message into the window.
                        let _ = self.apply(&Event::MessageSent { message, sender: self.me() });
                    }
                    Ok(_) => break,
                    Err(Failure::Refused(problem)) if problem.is_passing() => {
                        let pause_ms = problem.retry_after_s.map_or(PAUSE_MS, |pause_s| {
                            i32::try_from(pause_s).unwrap_or(60).saturating_mul(1_000)
                        });
                        self.connection.held_s.set(problem.retry_after_s);
                        browser::sleep(pause_ms).await;
                        self.connection.held_s.set(None);
                    }
                    // Whoever is not signed in will be, and then it goes out.
                    Err(Failure::Refused(problem)) if browser::is_shut_out(problem.status) => break,
                    Err(Failure::Refused(problem)) => {
                        self.progress(message_id, Progress::Refused(problem.detail));
                    }
                    Err(Failure::Lost) if self.connection.is_ready() => browser::sleep(PAUSE_MS).await,
                    Err(Failure::Lost) => break,
                }
            }
            self.work.update_silently(|work| work.is_sending = false);
        });
    }

    /// Drops a thread's messages that need not be pending any more: those that its window shows, and those that are stored and that no
    /// window will come to show by itself.
    pub(super) fn settle(self, thread_id: ThreadId) {
        let pending = self.outbox.peek(|outbox| {
            let pending = outbox.iter().filter(|pending| pending.thread_id == thread_id);
            pending
                .map(|pending| (pending.message_id, pending.progress == Progress::Sent))
                .collect::<Vec<_>>()
        });
        if pending.is_empty() {
            return;
        }
        let visit = self.known_visit(thread_id);
        for (message_id, is_stored) in pending {
            let (is_shown, is_coming) = visit.as_ref().map_or((false, false), |visit| {
                visit.timeline.peek(|timeline| {
                    timeline.as_ref().map_or((false, false), |timeline| {
                        let mut messages = timeline.messages().iter().rev();
                        (messages.any(|message| message.message_id == message_id), !timeline.has_newer())
                    })
                })
            });
            if is_shown || is_stored && !is_coming {
                self.discard(message_id);
            }
        }
    }

    fn next_to_send(self) -> Option<Pending> {
        self.outbox
            .peek(|outbox| outbox.iter().find(|pending| pending.progress == Progress::Sending).cloned())
    }

    fn progress(self, message_id: MessageId, progress: Progress) {
        let pending = self.outbox.change(|outbox| {
            let pending = outbox.iter_mut().find(|pending| pending.message_id == message_id);
            let Some(pending) = pending.filter(|pending| pending.progress != progress) else {
                return (false, None);
            };
            pending.progress = progress;
            (true, Some(pending.clone()))
        });
        match pending.flatten() {
            Some(Pending { progress: Progress::Sent, .. }) => {
                storage::drop(&format!("{}{message_id}", self.outbox_prefix()));
            }
            Some(pending) => self.keep_pending(&pending),
            None => {}
        }
    }

    fn keep_pending(self, pending: &Pending) {
        let kept = Kept {
            thread_id: pending.thread_id,
            body: pending.body.clone(),
            reply_to: pending.reply_to.clone(),
            files: pending.files.clone(),
            written_at: pending.written_at,
            refused: match &pending.progress {
                Progress::Refused(reason) => Some(reason.clone()),
                Progress::Sending | Progress::Sent => None,
            },
        };
        if let Ok(text) = crate::json::to_string(&kept) {
            storage::keep(&format!("{}{}", self.outbox_prefix(), pending.message_id), &text);
        }
    }

    fn outbox_prefix(self) -> String {
        format!("outbox.{}.", self.my_id())
    }
}

impl Pending {
    fn read(key: &str, text: &str) -> Option<Self> {
        let Kept { thread_id, body, reply_to, files, written_at, refused } =
            crate::json::from_str(text).ok()?;
        Some(Self {
            message_id: key.parse().ok()?,
            thread_id,
            body,
            html: None,
            reply_to,
            files,
            written_at,
            progress: refused.map_or(Progress::Sending, Progress::Refused),
        })
    }
}
