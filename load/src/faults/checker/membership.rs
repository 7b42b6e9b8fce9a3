//! Who was in a thread, and who heard of it all the same.

use super::{Kind, Violation, name, writes::Write, writes::standing};
use crate::faults::history::{Asked, Deed, Diary, Fate, Fresh, Moment, NEVER};
use model::{ThreadId, UserId, wire::Command};
use std::collections::BTreeMap;

/// What was asked for of one person in one thread.
#[derive(Default)]
struct Membership<'a> {
    added: Vec<&'a Asked>,
    removed: Vec<&'a Asked>,
}

/// What is wrong with who is and who was in a thread.
pub fn check(diaries: &[Diary], fresh: &Fresh) -> Vec<Violation> {
    let mut memberships: BTreeMap<(ThreadId, UserId), Membership> = BTreeMap::new();
    for asked in diaries.iter().flat_map(|diary| &diary.asked) {
        match &asked.command {
            Command::AddMembers { thread_id, user_ids } => {
                for user_id in user_ids {
                    memberships.entry((*thread_id, *user_id)).or_default().added.push(asked);
                }
            }
            Command::RemoveMember { thread_id, user_id } => {
                memberships.entry((*thread_id, *user_id)).or_default().removed.push(asked);
            }
            _ => {}
        }
    }
    let begun = begun(diaries);
    let mut found = Vec::new();
    for ((thread_id, user_id), membership) in &memberships {
        found.extend(membership.is_kept(*thread_id, *user_id, fresh));
    }
    for diary in diaries {
        found.extend(seen_after_leaving(diary, &memberships, &begun));
        found.extend(done_after_leaving(diary, &memberships, &begun));
        found.extend(refused_wrongly(diary, &memberships));
    }
    found
}

impl Membership<'_> {
    /// Whoever was added last is in it, and whoever was removed last is not.
    fn is_kept(&self, thread_id: ThreadId, user_id: UserId, fresh: &Fresh) -> Option<Violation> {
        let writes = |asked: &[&Asked], is_member| {
            asked.iter().filter_map(|asked| Write::of(asked, is_member)).collect::<Vec<_>>()
        };
        let all = [writes(&self.added, true), writes(&self.removed, false)].concat();
        let members = fresh.members.get(&thread_id)?;
        let is_member = members.iter().any(|member| member.user.user_id == user_id);
        if all.iter().all(|write| write.acknowledged.is_none()) || standing(&all).any(|is| *is == is_member) {
            return None;
        }
        let detail = if is_member {
            format!("{user_id} was removed and is a member")
        } else {
            format!("{user_id} was added and is no member")
        };
        Some(Violation::new(Kind::Undone, thread_id, detail))
    }

    /// The times in which this person was certainly not a member: from a removal's acknowledgement until somebody may have added them.
    fn absences(&self) -> impl Iterator<Item = (Moment, Moment)> {
        self.removed.iter().filter(|removed| removed.is_acknowledged()).map(|removed| {
            let may_undo = self.added.iter().filter(|added| !added.is_refused());
            let until = may_undo.filter(|added| added.settled() > removed.began).map(|added| added.began);
            (removed.ended, until.min().unwrap_or(NEVER))
        })
    }
}

/// When each deed was first tried.
fn begun(diaries: &[Diary]) -> BTreeMap<(ThreadId, Deed), Moment> {
    let mut begun = BTreeMap::new();
    for asked in diaries.iter().flat_map(|diary| &diary.asked) {
        if let Some(deed) = Deed::of_command(&asked.command, asked.device.user_id) {
            let first = begun.entry(deed).or_insert(asked.began);
            *first = asked.began.min(*first);
        }
    }
    begun
}

/// Something that was done while somebody was away, and that they heard of before they were back.
fn seen_after_leaving(
    diary: &Diary,
    memberships: &BTreeMap<(ThreadId, UserId), Membership>,
    begun: &BTreeMap<(ThreadId, Deed), Moment>,
) -> Option<Violation> {
    let user_id = diary.device.user_id;
    let absences: BTreeMap<ThreadId, Vec<_>> = memberships
        .iter()
        .filter(|((_, whose), _)| *whose == user_id)
        .map(|((thread_id, _), membership)| (*thread_id, membership.absences().collect()))
        .collect();
    for heard in &diary.heard {
        let Some(absences) = absences.get(&heard.thread_id) else { continue };
        let Some(&began) = begun.get(&(heard.thread_id, heard.deed.clone())) else { continue };
        if let Some((left, until)) = absences.iter().find(|(left, until)| *left < began && heard.at < *until)
        {
            let detail = format!(
                "{} heard at {} µs of {:?}, done at {began} µs; they had left at {left} µs, until {until} µs",
                name(diary.device),
                heard.at,
                heard.deed,
            );
            return Some(Violation::new(Kind::SeenAfterLeaving, heard.thread_id, detail));
        }
    }
    None
}

/// Something that was done for somebody who had left before they first asked, and was not let in again until it was done.
fn done_after_leaving(
    diary: &Diary,
    memberships: &BTreeMap<(ThreadId, UserId), Membership>,
    begun: &BTreeMap<(ThreadId, Deed), Moment>,
) -> Option<Violation> {
    let user_id = diary.device.user_id;
    diary.asked.iter().filter(|asked| asked.is_acknowledged()).find_map(|asked| {
        // Another device of theirs may have done it in time.
        let first = Deed::of_command(&asked.command, user_id).and_then(|deed| begun.get(&deed));
        let began = first.copied().unwrap_or(asked.began);
        threads(&asked.command).find_map(|thread_id| {
            let mut absences = memberships.get(&(thread_id, user_id))?.absences();
            let (left, until) = absences.find(|(left, until)| *left < began && asked.ended < *until)?;
            let detail = format!(
                "{} asked at {began} µs for {:?}, which was done; they had left at {left} µs, until {until} µs",
                name(diary.device),
                asked.command,
            );
            Some(Violation::new(Kind::DoneAfterLeaving, thread_id, detail))
        })
    })
}

/// The threads that one has to be in for a command.
fn threads(command: &Command) -> impl Iterator<Item = ThreadId> {
    let (thread_id, from) = match command {
        Command::ForwardMessage { thread_id, from_thread_id, .. } => {
            (Some(*thread_id), Some(*from_thread_id))
        }
        Command::SendMessage { thread_id, .. }
        | Command::EditMessage { thread_id, .. }
        | Command::DeleteMessage { thread_id, .. }
        | Command::React { thread_id, .. }
        | Command::PinMessage { thread_id, .. }
        | Command::MarkRead { thread_id, .. } => (Some(*thread_id), None),
        _ => (None, None),
    };
    thread_id.into_iter().chain(from)
}

/// A message or a read position that was refused although nobody ever tried to remove its sender.
fn refused_wrongly(
    diary: &Diary,
    memberships: &BTreeMap<(ThreadId, UserId), Membership>,
) -> Option<Violation> {
    diary.asked.iter().find_map(|asked| {
        let (Command::SendMessage { thread_id, .. } | Command::MarkRead { thread_id, .. }) = &asked.command
        else {
            return None;
        };
        let Fate::Refused(why) = &asked.fate else { return None };
        let membership = memberships.get(&(*thread_id, asked.device.user_id));
        if membership.is_some_and(|membership| !membership.removed.is_empty()) {
            return None;
        }
        let detail = format!("{}: {why}", name(diary.device));
        Some(Violation::new(Kind::RefusedWrongly, *thread_id, detail))
    })
}

#[cfg(test)]
mod tests {
    use super::{
        super::forged::{World, finds},
        *,
    };
    use crate::faults::history::Heard;
    use model::{Avatar, MessageId};

    #[test]
    fn a_former_member_who_hears_of_what_is_done_later_is_noticed() {
        let deeds: [fn(ThreadId, MessageId) -> Command; 5] = [
            |thread_id, message_id| Command::EditMessage {
                thread_id,
                message_id,
                body: "better words".into(),
            },
            |thread_id, message_id| Command::DeleteMessage { thread_id, message_id },
            |thread_id, message_id| Command::React {
                thread_id, message_id, emoji: "🎉".into(), is_on: true
            },
            |thread_id, message_id| Command::PinMessage { thread_id, message_id, is_pinned: true },
            |thread_id, _| Command::UpdateGroup { thread_id, title: "Two".into(), avatar: Avatar::default() },
        ];
        for deed in deeds {
            let forge = |world: &mut World| {
                let (thread_id, bob) = (world.thread_id, world.diaries[1].device);
                let remove = Command::RemoveMember { thread_id, user_id: bob.user_id };
                world.ask(1, remove, 130, Fate::Acknowledged(None));
                let command = deed(thread_id, world.log()[1].message_id);
                let (thread_id, deed) = Deed::of_command(&command, world.users[0].user_id).unwrap();
                world.ask(0, command, 160, Fate::Acknowledged(None));
                world.diaries[1].heard.push(Heard { at: 165, thread_id, deed, place: None });
            };
            // Nor does what is forged last, and he is in it again, by what the server says.
            finds(forge, &[Kind::SeenAfterLeaving, Kind::Undone]);
        }
    }
    /// Bob leaves at 130, and takes a message along to a thread of his at 160; who lets him in again does so at some time.
    fn takes_along(world: &mut World, let_in_at: Option<Moment>, fate: Fate) {
        let (thread_id, bob) = (world.thread_id, world.diaries[1].device);
        let remove = Command::RemoveMember { thread_id, user_id: bob.user_id };
        world.ask(0, remove, 130, Fate::Acknowledged(None));
        if let Some(at) = let_in_at {
            let add = Command::AddMembers { thread_id, user_ids: vec![bob.user_id] };
            world.ask(0, add, at, Fate::Acknowledged(None));
        }
        let forward = Command::ForwardMessage {
            message_id: MessageId::generate(),
            thread_id: ThreadId::generate(),
            from_thread_id: thread_id,
            from_message_id: world.log()[1].message_id,
        };
        world.ask(1, forward, 160, fate);
        let is_in = let_in_at.is_some();
        let members = world.fresh.members.get_mut(&thread_id).unwrap();
        members.retain(|member| is_in || member.user.user_id != bob.user_id);
    }

    #[test]
    fn a_former_member_who_forwards_what_was_said_is_noticed() {
        let kinds = |let_in_at, fate: Fate| {
            let mut world = World::new();
            takes_along(&mut world, let_in_at, fate);
            let mut found = check(&world.diaries, &world.fresh);
            found.retain(|violation| violation.kind == Kind::DoneAfterLeaving);
            found.len()
        };
        let done = || Fate::Acknowledged(None);
        assert_eq!(kinds(None, done()), 1);
        assert_eq!(kinds(Some(500), done()), 1, "until then he was out");
        assert_eq!(kinds(Some(140), done()), 0, "he was in again");
        assert_eq!(kinds(Some(165), done()), 0, "he may have been");
        assert_eq!(kinds(None, Fate::Refused("No.".into())), 0);
    }
}
