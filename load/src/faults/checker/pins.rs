//! Pins: a message is pinned if that is what was acknowledged last of it, and what stands on top of a thread is what is pinned in it. That each device
//! shows the same is looked at together with everything else that it shows.

use super::{
    Kind, Violation,
    writes::{Write, standing},
};
use crate::faults::history::{Diary, Fresh};
use model::{Message, MessageId, Thread, ThreadId, wire::Command};
use std::collections::BTreeMap;

/// What is not as it was acknowledged, or not on top.
pub fn check(diaries: &[Diary], fresh: &Fresh) -> Vec<Violation> {
    let mut writes: BTreeMap<(ThreadId, MessageId), Vec<Write<bool>>> = BTreeMap::new();
    for asked in diaries.iter().flat_map(|diary| &diary.asked) {
        if let Command::PinMessage { thread_id, message_id, is_pinned } = &asked.command {
            let of_message = writes.entry((*thread_id, *message_id));
            of_message.or_insert_with(|| vec![Write::first(false)]).extend(Write::of(asked, *is_pinned));
        }
    }
    let mut found = Vec::new();
    for message in fresh.logs.values().flatten() {
        let of_message = writes.get(&(message.thread_id, message.message_id));
        found.extend(is_not_kept(message, of_message.map(Vec::as_slice)));
    }
    for (user_id, inbox) in &fresh.inboxes {
        for (thread_id, log) in &fresh.logs {
            let detail = inbox.thread(*thread_id).and_then(|thread| top_differs(thread, log));
            let detail = detail.map(|detail| format!("of {user_id}: {detail}"));
            found.extend(detail.map(|detail| Violation::new(Kind::Diverged, *thread_id, detail)));
        }
    }
    found
}

fn is_not_kept(message: &Message, writes: Option<&[Write<bool>]>) -> Option<Violation> {
    let is_kept = match writes {
        // What is deleted is pinned no longer.
        _ if message.is_deleted => !message.is_pinned,
        Some(writes) => standing(writes).any(|standing| *standing == message.is_pinned),
        None => !message.is_pinned,
    };
    let kind = if writes.is_some() { Kind::Undone } else { Kind::Forged };
    let detail = format!("number {} is {}pinned", message.seq, if message.is_pinned { "" } else { "not " });
    (!is_kept).then_some(Violation::new(kind, message.thread_id, detail))
}

/// What a member's list shows on top, against the log.
fn top_differs(thread: &Thread, log: &[Message]) -> Option<String> {
    let pinned: Vec<_> = log.iter().filter(|message| message.is_pinned).collect();
    let count = thread.pins.as_ref().map_or(0, |pins| pins.count);
    if count != pinned.len() as u64 {
        return Some(format!("{} messages are pinned, and {count} in the list", pinned.len()));
    }
    let last = &thread.pins.as_ref()?.last;
    let is_right = |message: &&&Message| {
        (message.message_id, message.excerpt()) == (last.message_id, last.excerpt.clone())
    };
    let is_there = pinned.iter().any(|message| is_right(&message));
    (!is_there).then(|| format!("on top is {last:?}, which is not pinned like that"))
}

#[cfg(test)]
mod tests {
    use super::super::{
        Kind,
        forged::{World, finds},
    };
    use crate::faults::{history::Fate, view::View};
    use model::{Pins, Quote, wire::Command};

    /// Alice pins the second message, and unpins it again.
    fn pins_twice(world: &mut World, is_pinned: bool, top: usize) {
        let (thread_id, message_id) = (world.thread_id, world.log()[1].message_id);
        for (is_pinned, began) in [(true, 200), (false, 220)] {
            let command = Command::PinMessage { thread_id, message_id, is_pinned };
            world.ask(0, command, began, Fate::Acknowledged(None));
        }
        world.log()[1].is_pinned = is_pinned;
        let last = Quote::of(&world.log()[top], "Bob".into(), 1);
        world.pins = is_pinned.then_some(Pins { count: 1, last });
        world.show();
    }

    #[test]
    fn a_message_is_pinned_as_it_was_acknowledged_last() {
        finds(|world| pins_twice(world, false, 1), &[]);
        finds(|world| pins_twice(world, true, 1), &[Kind::Undone]);
        let in_doubt = |world: &mut World| {
            pins_twice(world, true, 1);
            let count = world.diaries[0].asked.len();
            world.diaries[0].asked[count - 2].was_in_doubt = true;
        };
        finds(in_doubt, &[]);
        let nobody = |world: &mut World| {
            pins_twice(world, true, 1);
            let count = world.diaries[0].asked.len();
            world.diaries[0].asked.truncate(count - 2);
        };
        finds(nobody, &[Kind::Forged]);
    }

    /// The first of both alone.
    fn pins(world: &mut World, top: usize) {
        pins_twice(world, true, top);
        world.diaries[0].asked.pop();
    }

    #[test]
    fn what_stands_on_top_is_what_is_pinned_and_every_device_shows_it() {
        finds(|world| pins(world, 1), &[]);
        finds(|world| pins(world, 2), &[Kind::Diverged]);
        let stale_on_a_screen = |world: &mut World| {
            // As it was before.
            world.show();
            let stale = std::mem::replace(&mut world.diaries[1].view, View::new(world.users[1].clone()));
            pins(world, 1);
            world.diaries[1].view = stale;
        };
        finds(stale_on_a_screen, &[Kind::Diverged]);
    }
}
