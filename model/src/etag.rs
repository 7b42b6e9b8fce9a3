//! A short mark of what somebody knows of their threads: both sides make it, and where the marks are equal nothing has to be told.

use crate::{Inbox, Thread, ThreadId, ThreadKind, UserId, page::ThreadPage};
use std::cmp::Reverse;
use uuid::Uuid;

/// What FNV-1a begins with.
const BASIS: u64 = 0xcbf2_9ce4_8422_2325;

/// The mark of a newest page, and of the thread that is open beside it: of all in them that events can change. 64 bits of FNV-1a, which is not made to
/// withstand anybody who wants to deceive themselves.
#[must_use]
pub fn etag(page: &ThreadPage, open: Option<&Thread>) -> String {
    let mut pinned: Vec<_> = page.pinned.iter().collect();
    pinned.sort_unstable_by_key(|thread| Reverse(thread.place()));
    let mut blocked = page.blocked.clone();
    blocked.sort_unstable();
    of((page.has_archived, &blocked), page.threads.iter().chain(pinned).chain(open))
}

impl Inbox {
    /// The mark of a newest page that would say nothing new, with this thread open beside it. None, if more is listed than such a page tells, or less.
    #[must_use]
    pub fn etag(&self, open: Option<ThreadId>) -> Option<String> {
        let threads = self.newest(open)?;
        let open = open.and_then(|thread_id| self.thread(thread_id));
        Some(of((self.has_archived(), self.blocked()), threads.into_iter().chain(open)))
    }
}

fn of<'a>((has_archived, blocked): (bool, &[UserId]), threads: impl Iterator<Item = &'a Thread>) -> String {
    let mut mark = fnv(BASIS, u64::from(has_archived));
    for user_id in blocked {
        mark = halves(user_id.0).into_iter().fold(mark, fnv);
    }
    for thread in threads {
        let [high, low] = halves(thread.thread_id.0);
        let peer = match &thread.kind {
            ThreadKind::Direct { peer } => peer.change,
            ThreadKind::Group { .. } | ThreadKind::Notes => 0,
        };
        let sender = thread.last_message.as_ref().map_or(0, |last| last.sender.change + 1);
        let numbers = [
            high,
            low,
            thread.last_seq,
            thread.change,
            thread.read_seq,
            thread.own_count,
            thread.options.change,
            thread.seen_seq.map_or(0, |seq| seq + 1),
            thread.request_count,
            peer,
            sender,
        ];
        mark = numbers.into_iter().fold(mark, fnv);
    }
    format!("{mark:016x}")
}

/// The mark of a draft, by which a form says which one it was drawn with.
#[must_use]
pub fn draft_mark(draft: &str) -> String {
    let mark = draft.bytes().fold(BASIS, |mark, byte| fnv(mark, u64::from(byte)));
    format!("{mark:016x}")
}

fn halves(id: Uuid) -> [u64; 2] {
    let (high, low) = id.as_u64_pair();
    [high, low]
}

/// Eight bytes more.
fn fnv(mark: u64, number: u64) -> u64 {
    number
        .to_le_bytes()
        .into_iter()
        .fold(mark, |mark, byte| (mark ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
