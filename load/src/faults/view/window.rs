//! One thread on a device: its log and its members, and what is being asked for.

use super::{Key, Want};
use model::{Members, Timeline, wire::Event};

/// A thread that is looked at.
#[derive(Debug)]
pub struct Window {
    /// Its log from the beginning, once it is loaded.
    pub timeline: Option<Timeline>,
    /// Its members, once they are loaded.
    pub members: Option<Members>,
    pub(super) life: u64,
    pub(super) is_stale: bool,
    /// What is missing is being asked for, and more went missing since.
    pub(super) is_filling: bool,
    pub(super) is_missing_more: bool,
    pub(super) change_pages: usize,
    /// Events that came while the members were loaded: they may be newer.
    pub(super) heard_meanwhile: Vec<Event>,
    pub(super) members_under_way: u32,
    pub(super) is_missing_members: bool,
}

impl Window {
    pub(super) fn want_members(&mut self, key: Key) -> Want {
        self.members_under_way += 1;
        Want::Members(key)
    }
}
