//! A thread as its pages tell it over HTTP, from the last one back to the first: each message once, where it was acknowledged, and where everybody heard of
//! it over their sockets.

use super::{Kind, Sends, Violation, name};
use crate::faults::history::{Diary, Fate, Fresh, Place};
use model::{MessageId, ThreadId};
use std::collections::BTreeMap;

/// Where each message stands, by its pages.
type Places = BTreeMap<ThreadId, BTreeMap<MessageId, Place>>;

/// Where pages tell something else than answers, events, and the log from its beginning.
pub fn check(diaries: &[Diary], sends: &Sends, fresh: &Fresh) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut places = Places::new();
    for (thread_id, pages) in &fresh.pages {
        let in_thread = places.entry(*thread_id).or_default();
        for (message_id, place) in pages {
            if let Some(other) = in_thread.insert(*message_id, *place) {
                let detail = format!("on pages {message_id} is {place:?} and {other:?}");
                found.push(Violation::new(Kind::Doubled, *thread_id, detail));
            }
        }
        if let Some((expected, (_, place))) =
            (1..).zip(pages).find(|(expected, (_, place))| place.seq != *expected)
        {
            let detail = format!("on pages number {} stands at place {expected}", place.seq);
            found.push(Violation::new(Kind::Gap, *thread_id, detail));
        }
        let log = fresh.logs.get(thread_id).into_iter().flatten();
        if !log.map(|message| (message.message_id, Place::of(message))).eq(pages.iter().copied()) {
            let detail = "from the end the pages are not the same as from the beginning".into();
            found.push(Violation::new(Kind::Diverged, *thread_id, detail));
        }
    }
    for ((thread_id, message_id), copies) in sends {
        let said = copies.iter().filter_map(|asked| match asked.fate {
            Fate::Acknowledged(place) => place,
            _ => None,
        });
        let by = || "its acknowledgement".to_owned();
        found.extend(said.filter_map(|said| differs(&places, *thread_id, *message_id, said, by)).take(1));
    }
    for diary in diaries {
        let by = || format!("an event on {}", name(diary.device));
        let events = diary.heard.iter().filter_map(|heard| Some((heard, heard.message_id()?, heard.place?)));
        let differences = events
            .filter_map(|(heard, message_id, said)| differs(&places, heard.thread_id, message_id, said, by));
        found.extend(differences.take(1));
    }
    found
}

/// A message that is not on its thread's pages, or elsewhere than somebody was told.
fn differs(
    places: &Places,
    thread_id: ThreadId,
    message_id: MessageId,
    said: Place,
    by: impl Fn() -> String,
) -> Option<Violation> {
    let (kind, is) = match places.get(&thread_id)?.get(&message_id) {
        Some(is) if *is == said => return None,
        Some(is) => (Kind::Reordered, format!("{is:?}")),
        None => (Kind::Lost, "nowhere".into()),
    };
    let detail = format!("by {} {message_id} is {said:?}, and on pages it is {is}", by());
    Some(Violation::new(kind, thread_id, detail))
}

#[cfg(test)]
mod tests {
    use super::super::{
        Kind,
        forged::{World, finds},
    };
    use super::*;

    /// Changes what the pages tell.
    fn page(forge: impl Fn(&mut Vec<(MessageId, Place)>)) -> impl Fn(&mut World) {
        move |world| forge(world.fresh.pages.get_mut(&world.thread_id).unwrap())
    }

    #[test]
    fn a_message_that_pages_leave_out_or_show_twice_or_elsewhere_is_noticed() {
        let all_of = |kind| [kind, Kind::Diverged];
        let left_out = page(|pages| {
            pages.pop();
        });
        finds(left_out, &all_of(Kind::Lost));
        let between = page(|pages| {
            pages.remove(2);
        });
        finds(between, &[Kind::Lost, Kind::Gap, Kind::Diverged]);
        finds(page(|pages| pages.insert(3, pages[2])), &[Kind::Doubled, Kind::Gap, Kind::Diverged]);
        let elsewhere = page(|pages| pages[2].1.created_at.0 += 1);
        finds(elsewhere, &all_of(Kind::Reordered));
    }

    #[test]
    fn a_message_that_somebody_heard_of_and_that_is_not_there_is_lost() {
        let forge = |world: &mut World| {
            let mut heard = world.diaries[1].heard[5].clone();
            heard.deed = crate::faults::history::Deed::Sent(MessageId::generate());
            world.diaries[1].heard.push(heard);
        };
        finds(forge, &[Kind::Lost]);
        let forge = |world: &mut World| {
            world.diaries[1].heard[5].place =
                Some(Place { seq: 7, ..world.diaries[1].heard[5].place.unwrap() })
        };
        finds(forge, &[Kind::Reordered]);
    }
}
