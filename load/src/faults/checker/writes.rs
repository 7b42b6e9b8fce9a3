//! What was written more than once: a message's words, a group's title, a read position. What was acknowledged last is in force, unless
//! something else was under way at the same time.

use super::{Kind, Sends, Violation};
use crate::faults::history::{Asked, Diary, Fresh, Moment};
use model::{Message, MessageId, ThreadId, ThreadKind, UserId, wire::Command};
use std::collections::BTreeMap;

/// Something was to have a value from some time on.
#[derive(Clone, Copy, Debug)]
pub struct Write<T> {
    /// Which.
    pub value: T,
    /// When it was first asked for.
    pub began: Moment,
    /// When it was acknowledged, if it was.
    pub acknowledged: Option<Moment>,
    /// From when on it cannot take effect any more.
    pub settled: Moment,
}

impl<T> Write<T> {
    /// What was asked for, unless it was refused.
    pub fn of(asked: &Asked, value: T) -> Option<Self> {
        let acknowledged = asked.is_acknowledged().then_some(asked.ended);
        let write = Self { value, began: asked.began, acknowledged, settled: asked.settled() };
        (!asked.is_refused()).then_some(write)
    }

    /// What was there at the beginning.
    pub fn first(value: T) -> Self {
        Self { value, began: 0, acknowledged: Some(0), settled: 0 }
    }
}

/// The values that may be in force at the end: those that were not certainly written over.
pub fn standing<T>(writes: &[Write<T>]) -> impl Iterator<Item = &T> {
    // A write counts as over once it is acknowledged and no copy of it is under way.
    let last = writes.iter().filter(|write| write.acknowledged.is_some()).map(|write| write.began).max();
    writes.iter().filter(move |write| last.is_none_or(|last| write.settled >= last)).map(|write| &write.value)
}

/// What is not as it was acknowledged.
pub fn check(diaries: &[Diary], sends: &Sends, fresh: &Fresh) -> Vec<Violation> {
    let mut edits: BTreeMap<(ThreadId, MessageId), Vec<&Asked>> = BTreeMap::new();
    let mut titles: BTreeMap<ThreadId, Vec<Write<&str>>> = BTreeMap::new();
    let mut reads: BTreeMap<(ThreadId, UserId), Vec<&Asked>> = BTreeMap::new();
    for asked in diaries.iter().flat_map(|diary| &diary.asked) {
        match &asked.command {
            Command::EditMessage { thread_id, message_id, .. }
            | Command::DeleteMessage { thread_id, message_id } => {
                edits.entry((*thread_id, *message_id)).or_default().push(asked);
            }
            Command::UpdateGroup { thread_id, title, .. } => {
                titles.entry(*thread_id).or_default().extend(Write::of(asked, title.as_str()));
            }
            Command::MarkRead { thread_id, .. } => {
                reads.entry((*thread_id, asked.device.user_id)).or_default().push(asked);
            }
            _ => {}
        }
    }
    // All that a message may ever have said.
    let said = |key: (ThreadId, MessageId)| -> Vec<&str> {
        let edits = edits.get(&key).into_iter().flatten().filter(|asked| !asked.is_refused());
        let all = sends.get(&key).into_iter().flatten().chain(edits);
        all.filter_map(|asked| match &asked.command {
            Command::SendMessage { body, .. } | Command::EditMessage { body, .. } => Some(body.as_str()),
            _ => None,
        })
        .collect()
    };
    let mut found = Vec::new();
    for (thread_id, log) in &fresh.logs {
        for message in log {
            let key = (*thread_id, message.message_id);
            let Some(copies) = sends.get(&key) else { continue };
            let edits = edits.get(&key).map(Vec::as_slice).unwrap_or_default();
            found.extend(words(message, copies, edits, &said));
        }
    }
    for (thread_id, titles) in &titles {
        found.extend(title(*thread_id, titles, fresh));
    }
    for ((thread_id, user_id), reads) in &reads {
        found.extend(read_position(*thread_id, *user_id, reads, fresh));
    }
    found
}

/// A message says what it was last given to say, or nothing if it was deleted.
fn words<'a>(
    message: &Message,
    copies: &[&'a Asked],
    edits: &[&'a Asked],
    said: &impl Fn((ThreadId, MessageId)) -> Vec<&'a str>,
) -> Option<Violation> {
    let violation = |kind, detail| Some(Violation::new(kind, message.thread_id, detail));
    let deletions = || edits.iter().filter(|asked| matches!(asked.command, Command::DeleteMessage { .. }));
    if message.is_deleted {
        let is_wanted = deletions().any(|asked| !asked.is_refused());
        return if is_wanted && message.body.is_empty() {
            None
        } else {
            violation(Kind::Forged, format!("number {} is deleted, which nobody asked for", message.seq))
        };
    }
    if deletions().any(|asked| asked.is_acknowledged()) {
        return violation(Kind::Undone, format!("number {} was deleted and is there", message.seq));
    }
    let mut writes = Vec::new();
    for asked in copies {
        let bodies = match &asked.command {
            Command::SendMessage { body, .. } => vec![body.as_str()],
            // It may have been read at any time.
            Command::ForwardMessage { from_thread_id, from_message_id, .. } => {
                said((*from_thread_id, *from_message_id))
            }
            _ => continue,
        };
        // Sent once more, it does not get its first words back.
        writes.extend(bodies.into_iter().map(|body| Write { settled: 0, ..Write::first(body) }));
        if message.sender_id != asked.device.user_id {
            return violation(Kind::Forged, format!("number {} is of another sender", message.seq));
        }
    }
    for asked in edits {
        let Command::EditMessage { body, .. } = &asked.command else { continue };
        writes.extend(Write::of(asked, body.as_str()));
    }
    if standing(&writes).any(|body| *body == message.body) {
        return None;
    }
    let is_known = writes.iter().any(|write| write.value == message.body);
    let kind = if is_known { Kind::Undone } else { Kind::Forged };
    violation(kind, format!("number {} says {:?}", message.seq, message.body))
}

fn title(thread_id: ThreadId, titles: &[Write<&str>], fresh: &Fresh) -> Option<Violation> {
    let mut threads = fresh.inboxes.values().filter_map(|inbox| inbox.thread(thread_id));
    let ThreadKind::Group { title, .. } = &threads.next()?.kind else { return None };
    let is_first = titles.iter().all(|write| write.acknowledged.is_none());
    let stands = is_first || standing(titles).any(|standing| standing == title);
    let detail = format!("the title is {title:?}");
    (!stands).then_some(Violation::new(Kind::Undone, thread_id, detail))
}

/// Nobody has read less than they said, and no more than they ever said.
fn read_position(thread_id: ThreadId, user_id: UserId, reads: &[&Asked], fresh: &Fresh) -> Option<Violation> {
    let thread = fresh.inboxes.get(&user_id)?.thread(thread_id)?;
    let log = fresh.logs.get(&thread_id)?;
    let seq = |asked: &&&Asked| {
        let Command::MarkRead { created_at, .. } = asked.command else { return 0 };
        let place = log.binary_search_by_key(&created_at, |message| message.created_at);
        place.map_or(0, |place| log[place].seq)
    };
    let least = reads.iter().filter(|asked| asked.is_acknowledged()).map(|asked| seq(&asked)).max();
    let detail = match least {
        Some(least) if thread.read_seq < least => {
            format!("{user_id} has read to {least}, and is said to have read to {}", thread.read_seq)
        }
        _ => return None,
    };
    Some(Violation::new(Kind::Undone, thread_id, detail))
}
