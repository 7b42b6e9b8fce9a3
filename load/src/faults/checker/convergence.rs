//! What every device shows in the end: the same as a fresh load. And what the server says of one thread agrees with itself.

use super::{Kind, Violation, name};
use crate::faults::{
    history::{Device, Diary, Fresh},
    view::{View, Window},
};
use model::{Inbox, Message, Thread, ThreadId, ThreadKind, UserId};
use std::{collections::BTreeSet, fmt::Debug};

/// What differs, on every device and within what the server says.
pub fn check(diaries: &[Diary], fresh: &Fresh) -> Vec<Violation> {
    let mut found: Vec<_> =
        diaries.iter().flat_map(|diary| differences(diary.device, &diary.view, fresh)).collect();
    for (user_id, inbox) in &fresh.inboxes {
        for (thread_id, log) in &fresh.logs {
            found.extend(disagreement(*user_id, inbox, *thread_id, log, fresh));
        }
    }
    found
}

/// Where a device shows something else than a fresh load, at most one difference a thread.
pub fn differences(device: Device, view: &View, fresh: &Fresh) -> Vec<Violation> {
    let Some(inbox) = fresh.inboxes.get(&device.user_id) else { return Vec::new() };
    let listed = |inbox: &Inbox| -> BTreeSet<_> {
        inbox.listed().iter().chain(&inbox.archived().collect::<Vec<_>>()).map(|one| one.thread_id).collect()
    };
    let all: BTreeSet<_> =
        listed(inbox).into_iter().chain(listed(&view.inbox)).chain(view.windows.keys().copied()).collect();
    let differs = |thread_id: ThreadId| -> Option<String> {
        let (shown, stored) = (view.inbox.thread(thread_id), inbox.thread(thread_id));
        if shown != stored {
            return Some(format!("the list shows {}", apart(&shown, &stored)));
        }
        let window = view.windows.get(&thread_id);
        match (stored, window) {
            (Some(_), Some(window)) => window_differs(window, thread_id, fresh),
            (Some(_), None) => Some("it is not open".into()),
            (None, Some(_)) => Some("it is open, and is not theirs".into()),
            (None, None) => None,
        }
    };
    let violation = |thread_id| {
        let detail = format!("on {}, {}", name(device), differs(thread_id)?);
        Some(Violation::new(Kind::Diverged, thread_id, detail))
    };
    all.into_iter().filter_map(violation).collect()
}

/// Where two of a kind begin to differ, and what is there.
fn apart(shown: &impl Debug, stored: &impl Debug) -> String {
    let (shown, stored) = (format!("{shown:?}"), format!("{stored:?}"));
    let same = shown.chars().zip(stored.chars()).take_while(|(shown, stored)| shown == stored).count();
    let rest = |text: &str| text.chars().skip(same.saturating_sub(80)).take(300).collect::<String>();
    format!("…{}… instead of …{}…", rest(&shown), rest(&stored))
}

fn window_differs(window: &Window, thread_id: ThreadId, fresh: &Fresh) -> Option<String> {
    let log = fresh.logs.get(&thread_id).map(Vec::as_slice).unwrap_or_default();
    let shown = window.timeline.as_ref().map(|timeline| timeline.messages()).unwrap_or_default();
    if let Some((shown, stored)) = shown.iter().zip(log).find(|(shown, stored)| !is_same(shown, stored)) {
        return Some(format!("a message is {}", apart(shown, stored)));
    }
    if shown.len() != log.len() {
        return Some(format!("{} messages are shown instead of {}", shown.len(), log.len()));
    }
    let members = window.members.as_ref().map(|members| members.members()).unwrap_or_default();
    let stored = fresh.members.get(&thread_id).map(Vec::as_slice).unwrap_or_default();
    (members != stored).then(|| format!("the members are {members:?} instead of {stored:?}"))
}

/// Whether it is the same message. Which reactions are the reader's own is another thing for each reader.
fn is_same(shown: &Message, stored: &Message) -> bool {
    let for_nobody = |message: &Message| {
        let mut message = message.clone();
        message.reactions.iter_mut().for_each(|reaction| reaction.is_mine = false);
        message
    };
    shown == stored || !stored.reactions.is_empty() && for_nobody(shown) == for_nobody(stored)
}

/// What the server says of a thread in a member's list, against its log and its members.
fn disagreement(
    user_id: UserId,
    inbox: &Inbox,
    thread_id: ThreadId,
    log: &[Message],
    fresh: &Fresh,
) -> Option<Violation> {
    let members = fresh.members.get(&thread_id)?;
    let is_member = members.iter().any(|member| member.user.user_id == user_id);
    let detail = match inbox.thread(thread_id) {
        None if is_member => "a member does not have it in their list".into(),
        None => return None,
        Some(_) if !is_member => "somebody has it in their list who is no member".into(),
        Some(thread) => numbers_differ(user_id, thread, log, members.len() as u64)?,
    };
    let detail = format!("of {user_id}: {detail}");
    Some(Violation::new(Kind::Diverged, thread_id, detail))
}

fn numbers_differ(user_id: UserId, thread: &Thread, log: &[Message], members: u64) -> Option<String> {
    let last_seq = log.last().map_or(0, |message| message.seq);
    if thread.last_seq != last_seq {
        return Some(format!("the last number is {last_seq}, and {} in the list", thread.last_seq));
    }
    let is_unread = |message: &&Message| message.seq > thread.read_seq && message.sender_id != user_id;
    let unread = log.iter().filter(is_unread).count() as u64;
    if thread.unread() != unread {
        return Some(format!("{unread} are unread, and {} in the list", thread.unread()));
    }
    let (last, newest) = (thread.last_message.as_ref(), log.last());
    let shown = last.map(|last| (last.sender.user_id, last.excerpt.clone(), last.is_deleted));
    if shown != newest.map(|message| (message.sender_id, message.excerpt(), message.is_deleted)) {
        return Some(format!("the last message is {newest:?}, and {last:?} in the list"));
    }
    match thread.kind {
        ThreadKind::Group { member_count, .. } if member_count != members => {
            Some(format!("it has {members} members, and {member_count} in the list"))
        }
        _ => None,
    }
}
