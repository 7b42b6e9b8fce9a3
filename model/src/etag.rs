//! A short mark of what somebody knows of their threads: both sides make it, and where the marks are equal nothing has to be told.

use crate::{Inbox, Thread, ThreadId, ThreadKind, UserId, page::ThreadPage};
use std::cmp::Reverse;
use uuid::Uuid;

/// What FNV-1a begins with.
const BASIS: u64 = 0xcbf2_9ce4_8422_2325;

/// What a mark says of a thread: all in it that events can change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Marked {
    /// Which.
    pub thread_id: ThreadId,
    /// As in [`Thread`].
    pub last_seq: u64,
    /// As in [`Thread`].
    pub change: u64,
    /// As in [`Thread`].
    pub read_seq: u64,
    /// As in [`Thread`].
    pub own_count: u64,
    /// As in [`crate::Options`].
    pub options_change: u64,
    /// As in [`Thread`].
    pub seen_seq: Option<u64>,
    /// As in [`Thread`].
    pub request_count: u64,
    /// Of a direct thread, how often the other one's profile has changed.
    pub peer_change: Option<u64>,
    /// How often the profile has changed of who sent the last message.
    pub sender_change: Option<u64>,
}

impl From<&Thread> for Marked {
    fn from(thread: &Thread) -> Self {
        Self {
            thread_id: thread.thread_id,
            last_seq: thread.last_seq,
            change: thread.change,
            read_seq: thread.read_seq,
            own_count: thread.own_count,
            options_change: thread.options.change,
            seen_seq: thread.seen_seq,
            request_count: thread.request_count,
            peer_change: match &thread.kind {
                ThreadKind::Direct { peer } => Some(peer.change),
                ThreadKind::Group { .. } | ThreadKind::Notes => None,
            },
            sender_change: thread.last_message.as_ref().map(|last| last.sender.change),
        }
    }
}

/// The mark of a newest page, and of the thread that is open beside it: of all in them that events can change. 64 bits of FNV-1a, which is not made to
/// withstand anybody who wants to deceive themselves.
#[must_use]
pub fn etag(page: &ThreadPage, open: Option<&Thread>) -> String {
    let mut pinned: Vec<_> = page.pinned.iter().collect();
    pinned.sort_unstable_by_key(|thread| Reverse(thread.place()));
    etag_of(page.has_archived, &page.blocked, page.threads.iter().chain(pinned).chain(open).map(Marked::from))
}

/// The same of what is marked alone: the threads of the page in its order, the pinned ones beside it in the same order, and the one that is open.
#[must_use]
pub fn etag_of(has_archived: bool, blocked: &[UserId], threads: impl Iterator<Item = Marked>) -> String {
    let mut blocked = blocked.to_vec();
    blocked.sort_unstable();
    of(has_archived, &blocked, threads)
}

impl Inbox {
    /// The mark of a newest page that would say nothing new, with this thread open beside it. None, if more is listed than such a page tells, or less.
    #[must_use]
    pub fn etag(&self, open: Option<ThreadId>) -> Option<String> {
        let threads = self.newest(open)?;
        let open = open.and_then(|thread_id| self.thread(thread_id));
        Some(of(self.has_archived(), self.blocked(), threads.into_iter().chain(open).map(Marked::from)))
    }
}

fn of(has_archived: bool, blocked: &[UserId], threads: impl Iterator<Item = Marked>) -> String {
    let mut mark = fnv(BASIS, u64::from(has_archived));
    for user_id in blocked {
        mark = halves(user_id.0).into_iter().fold(mark, fnv);
    }
    for thread in threads {
        let [high, low] = halves(thread.thread_id.0);
        let numbers = [
            high,
            low,
            thread.last_seq,
            thread.change,
            thread.read_seq,
            thread.own_count,
            thread.options_change,
            thread.seen_seq.map_or(0, |seq| seq + 1),
            thread.request_count,
            thread.peer_change.unwrap_or(0),
            thread.sender_change.map_or(0, |change| change + 1),
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
