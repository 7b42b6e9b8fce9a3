//! Reactions: what stands under a message is what was put there and acknowledged last, and each device knows its person's own.

use super::{
    Kind, Violation, name,
    writes::{Write, standing},
};
use crate::faults::history::{Diary, Fresh};
use model::{Message, MessageId, ThreadId, UserId, wire::Command};
use std::collections::BTreeMap;

/// What each person did with an emoji under a message, in no order.
type Writes<'a> = BTreeMap<(ThreadId, MessageId), BTreeMap<(&'a str, UserId), Vec<Write<bool>>>>;

/// What is not as it was acknowledged.
pub fn check(diaries: &[Diary], fresh: &Fresh) -> Vec<Violation> {
    let mut writes = Writes::new();
    for asked in diaries.iter().flat_map(|diary| &diary.asked) {
        if let Command::React { thread_id, message_id, emoji, is_on } = &asked.command {
            let of_message = writes.entry((*thread_id, *message_id)).or_default();
            let own = of_message.entry((emoji, asked.device.user_id));
            own.or_insert_with(|| vec![Write::first(false)]).extend(Write::of(asked, *is_on));
        }
    }
    let mut found = Vec::new();
    // What is deleted has none.
    for message in fresh.logs.values().flatten().filter(|message| !message.is_deleted) {
        let of_message = writes.get(&(message.thread_id, message.message_id));
        found.extend(miscounted(message, of_message.unwrap_or(&BTreeMap::new())));
    }
    for diary in diaries {
        let timelines = diary.view.windows.values().filter_map(|window| window.timeline.as_ref());
        for message in
            timelines.flat_map(|timeline| timeline.messages()).filter(|message| !message.is_deleted)
        {
            let of_message = writes.get(&(message.thread_id, message.message_id));
            let asked = |emoji: &str| {
                of_message.is_some_and(|writes| writes.contains_key(&(emoji, diary.device.user_id)))
            };
            if let Some(one) = message.reactions.iter().find(|one| one.is_mine && !asked(&one.emoji)) {
                let detail =
                    format!("{} shows {} under {} as its own", name(diary.device), one.emoji, message.seq);
                found.push(Violation::new(Kind::Forged, message.thread_id, detail));
            }
            let own = of_message.into_iter().flatten().filter(|((_, user), _)| *user == diary.device.user_id);
            for ((emoji, _), writes) in own {
                let is_mine = message.reactions.iter().any(|one| one.emoji == *emoji && one.is_mine);
                if !standing(writes).any(|standing| *standing == is_mine) {
                    let shows = if is_mine { "shows" } else { "does not show" };
                    let detail =
                        format!("{} {shows} its own {emoji} under {}", name(diary.device), message.seq);
                    found.push(Violation::new(Kind::Undone, message.thread_id, detail));
                }
            }
        }
    }
    found
}

fn miscounted(message: &Message, writes: &BTreeMap<(&str, UserId), Vec<Write<bool>>>) -> Option<Violation> {
    let mut bounds: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for ((emoji, _), writes) in writes {
        let (least, most) = bounds.entry(emoji).or_default();
        *least += u64::from(standing(writes).all(|is_on| *is_on));
        *most += u64::from(standing(writes).any(|is_on| *is_on));
    }
    let count = |emoji: &str| {
        message.reactions.iter().find(|one| one.emoji == emoji).map_or(0, |reaction| reaction.count)
    };
    let there = message.reactions.iter().map(|one| one.emoji.as_str());
    let emoji = there.chain(bounds.keys().copied()).find(|emoji| {
        let (least, most) = bounds.get(emoji).copied().unwrap_or_default();
        !(least..=most).contains(&count(emoji))
    })?;
    let detail =
        format!("{} {emoji} stand under number {}, of {:?}", count(emoji), message.seq, bounds.get(emoji));
    Some(Violation::new(Kind::Undone, message.thread_id, detail))
}

#[cfg(test)]
mod tests {
    use super::super::{
        Kind,
        forged::{World, finds},
    };
    use crate::faults::history::Fate;
    use model::{Reaction, wire::Command};

    /// Alice puts an emoji under the second message, and takes it away again.
    fn reacts_twice(world: &mut World, count: u64) {
        let (thread_id, message_id) = (world.thread_id, world.log()[1].message_id);
        for (is_on, began) in [(true, 200), (false, 220)] {
            let command = Command::React { thread_id, message_id, emoji: "👍".into(), is_on };
            world.ask(0, command, began, Fate::Acknowledged(None));
        }
        if count > 0 {
            world.log()[1].reactions = vec![Reaction { emoji: "👍".into(), count, is_mine: false }];
        }
        world.show();
    }

    #[test]
    fn a_reaction_is_there_as_it_was_acknowledged_last() {
        finds(|world| reacts_twice(world, 0), &[]);
        finds(|world| reacts_twice(world, 1), &[Kind::Undone]);
        let in_doubt = |world: &mut World| {
            reacts_twice(world, 1);
            let count = world.diaries[0].asked.len();
            world.diaries[0].asked[count - 2].was_in_doubt = true;
        };
        finds(in_doubt, &[]);
        let forge = |world: &mut World| {
            reacts_twice(world, 0);
            // The last one was never asked for: the first stands, and neither count nor device shows it.
            world.diaries[0].asked.pop();
        };
        finds(forge, &[Kind::Undone]);
    }
}
