//! What must hold of a round, whatever broke in it. A pure function of what the people did and saw and of what the server says at the end:
//! it can be fed with a forged history, and is, for each kind of violation.

mod convergence;
mod files;
mod membership;
mod order;
mod pages;
mod pins;
mod reactions;
mod writes;

#[cfg(test)]
mod forged;

use super::history::{Asked, Device, Diary, Fresh};
use model::{Message, MessageId, ThreadId, wire::Command};
use std::{collections::BTreeMap, fmt};

pub use convergence::differences;

/// Something that must never happen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// What it is.
    pub kind: Kind,
    /// In which thread, if it is in one.
    pub thread_id: Option<ThreadId>,
    /// What was expected, and what was there instead.
    pub detail: String,
}

/// The kinds of violations.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// A message was acknowledged and is not there, or not with its file.
    Lost,
    /// A message is there twice.
    Doubled,
    /// A message is not where its acknowledgement or real time puts it.
    Reordered,
    /// A number is missing.
    Gap,
    /// What was refused is there.
    RefusedButStored,
    /// A message is there that nobody sent, or that says something else.
    Forged,
    /// Somebody heard of something that was done after they had left.
    SeenAfterLeaving,
    /// Somebody did something in a thread, or took something out of it, after they had left.
    DoneAfterLeaving,
    /// An edit, a deletion, a reaction, a pin, a title, a membership or a read position that was acknowledged is not in force.
    Undone,
    /// A device shows something else than a fresh load.
    Diverged,
    /// Somebody was refused who was allowed to.
    RefusedWrongly,
    /// The server did not stop in time, ended by itself, or never answered.
    Stuck,
}

impl Violation {
    /// One of a thread.
    pub fn new(kind: Kind, thread_id: ThreadId, detail: String) -> Self {
        Self { kind, thread_id: Some(thread_id), detail }
    }

    /// The server did not do what a server does.
    pub fn stuck(detail: String) -> Self {
        Self { kind: Kind::Stuck, thread_id: None, detail }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.thread_id {
            Some(thread_id) => write!(f, "{:?} in thread {thread_id}: {}", self.kind, self.detail),
            None => write!(f, "{:?}: {}", self.kind, self.detail),
        }
    }
}

/// All that was sent or forwarded, by thread and id: several devices may have sent the same message.
type Sends<'a> = BTreeMap<(ThreadId, MessageId), Vec<&'a Asked>>;

/// Everything that is wrong with a round.
pub fn check(diaries: &[Diary], fresh: &Fresh) -> Vec<Violation> {
    let mut sends = Sends::new();
    for asked in diaries.iter().flat_map(|diary| &diary.asked) {
        if let Command::SendMessage { thread_id, message_id, .. }
        | Command::ForwardMessage { thread_id, message_id, .. } = &asked.command
        {
            sends.entry((*thread_id, *message_id)).or_default().push(asked);
        }
    }
    let mut found = stored(&sends, fresh);
    found.extend(order::check(diaries, &sends, fresh));
    found.extend(writes::check(diaries, &sends, fresh));
    found.extend(files::check(&sends, fresh));
    found.extend(pages::check(diaries, &sends, fresh));
    found.extend(reactions::check(diaries, fresh));
    found.extend(pins::check(diaries, fresh));
    found.extend(membership::check(diaries, fresh));
    found.extend(convergence::check(diaries, fresh));
    found.extend(diaries.iter().flat_map(unanswered));
    found
}

/// What a device got no answer to, however long it asked.
fn unanswered(diary: &Diary) -> impl Iterator<Item = Violation> {
    diary.pending.iter().map(|pending| Violation::stuck(format!("on {}, {pending}", name(diary.device))))
}

/// What was acknowledged is there, once, where it was said to be; what was refused is not; and nothing else is.
fn stored(sends: &Sends, fresh: &Fresh) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut there: BTreeMap<(ThreadId, MessageId), &Message> = BTreeMap::new();
    for (thread_id, log) in &fresh.logs {
        for message in log {
            let key = (*thread_id, message.message_id);
            if let Some(first) = there.insert(key, message) {
                let detail =
                    format!("{} is there as {} and as {}", message.message_id, first.seq, message.seq);
                found.push(Violation::new(Kind::Doubled, *thread_id, detail));
            }
            if !sends.contains_key(&key) {
                let detail = format!("nobody sent {}, number {}", message.message_id, message.seq);
                found.push(Violation::new(Kind::Forged, *thread_id, detail));
            }
        }
    }
    for ((thread_id, message_id), copies) in sends {
        let message = there.get(&(*thread_id, *message_id));
        let is_acknowledged = copies.iter().any(|asked| asked.is_acknowledged());
        let violation = match message {
            None if is_acknowledged => Some((Kind::Lost, format!("{message_id} was acknowledged"))),
            Some(_) if copies.iter().all(|asked| asked.is_refused()) => {
                Some((Kind::RefusedButStored, format!("{message_id}: {:?}", copies[0].fate)))
            }
            _ => None,
        };
        found.extend(violation.map(|(kind, detail)| Violation::new(kind, *thread_id, detail)));
    }
    found
}

/// The device of a diary, in words.
fn name(device: Device) -> String {
    format!("device {} of {}", device.number, device.user_id)
}
