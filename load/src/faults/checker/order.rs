//! The order of a thread: numbers without a gap, times that grow, messages where they were acknowledged, and nothing before what was
//! answered before it was sent.

use super::{Kind, Sends, Violation};
use crate::faults::history::{Diary, Fate, Fresh, NEVER, Place};
use model::{Message, MessageId, ThreadId, wire::Command};
use std::collections::BTreeMap;

/// What is wrong with the order of the messages.
pub fn check(diaries: &[Diary], sends: &Sends, fresh: &Fresh) -> Vec<Violation> {
    let mut found = Vec::new();
    for (thread_id, log) in &fresh.logs {
        let violation = |kind, detail| Violation::new(kind, *thread_id, detail);
        for (expected, message) in (1..).zip(log) {
            if message.seq != expected {
                let detail = format!("number {} stands at place {expected}", message.seq);
                found.push(violation(Kind::Gap, detail));
                break;
            }
        }
        if let Some(pair) = log.windows(2).find(|pair| pair[0].created_at >= pair[1].created_at) {
            let detail = format!("number {} is not older than the next", pair[0].seq);
            found.push(violation(Kind::Reordered, detail));
        }
        let misplaced = log.iter().find_map(|message| misplaced(sends, *thread_id, message));
        found.extend(misplaced.map(|detail| violation(Kind::Reordered, detail)));
        found.extend(overtaken(sends, *thread_id, log).map(|detail| violation(Kind::Reordered, detail)));
    }
    found.extend(diaries.iter().flat_map(|diary| shuffled(diary, sends)));
    found
}

/// A message whose place is another than some acknowledgement said.
fn misplaced(sends: &Sends, thread_id: ThreadId, message: &Message) -> Option<String> {
    let is = Place::of(message);
    let said = sends.get(&(thread_id, message.message_id))?.iter().find_map(|asked| match asked.fate {
        Fate::Acknowledged(Some(said)) if said != is => Some(said),
        _ => None,
    })?;
    Some(format!("{} was acknowledged as {said:?} and is {is:?}", message.message_id))
}

/// A message that stands before one that was acknowledged before it was sent.
fn overtaken(sends: &Sends, thread_id: ThreadId, log: &[Message]) -> Option<String> {
    let mut earliest_later = (NEVER, 0);
    for message in log.iter().rev() {
        let copies = sends.get(&(thread_id, message.message_id))?;
        let began = copies.iter().map(|asked| asked.began).min().unwrap_or(0);
        if earliest_later.0 < began {
            let (ended, later) = earliest_later;
            return Some(format!(
                "number {} was sent at {began} µs, when {later} was acknowledged, at {ended} µs",
                message.seq
            ));
        }
        let acknowledged =
            copies.iter().filter(|asked| asked.is_acknowledged()).map(|asked| asked.ended).min();
        earliest_later = earliest_later.min((acknowledged.unwrap_or(NEVER), message.seq));
    }
    None
}

/// The messages of one device keep their order, as far as every copy left once and was taken.
fn shuffled(diary: &Diary, sends: &Sends) -> Option<Violation> {
    let mut last: BTreeMap<ThreadId, (u64, MessageId)> = BTreeMap::new();
    for asked in &diary.asked {
        let (Command::SendMessage { thread_id, message_id, .. }
        | Command::ForwardMessage { thread_id, message_id, .. }) = asked.command
        else {
            continue;
        };
        let Fate::Acknowledged(Some(place)) = asked.fate else { continue };
        let copies = sends.get(&(thread_id, message_id))?;
        if copies.iter().any(|copy| !copy.is_acknowledged() || copy.was_put_off || copy.was_in_doubt) {
            continue;
        }
        if let Some((before, before_id)) = last.insert(thread_id, (place.seq, message_id))
            && before > place.seq
        {
            let detail = format!("{before_id} was sent before {message_id} and is number {before}, after it");
            return Some(Violation::new(Kind::Reordered, thread_id, detail));
        }
    }
    None
}
