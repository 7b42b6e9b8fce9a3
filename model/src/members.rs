//! A group's members, as far as they are loaded: what its details show.

use crate::{
    Member, ThreadId, UserId,
    page::MemberPage,
    wire::{Event, Outcome},
};

/// The first members of a group, by `user_id`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Members {
    /// Whose members these are.
    pub thread_id: ThreadId,
    members: Vec<Member>,
    has_more: bool,
    change: u64,
}

impl Members {
    /// The first page.
    #[must_use]
    pub fn new(thread_id: ThreadId, page: MemberPage) -> Self {
        Self { thread_id, members: page.members, has_more: page.has_more, change: page.change }
    }

    /// By `user_id`.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Up to which change of the group these are known.
    #[must_use]
    pub fn change(&self) -> u64 {
        self.change
    }

    /// The cursor of the next page, if there is one.
    #[must_use]
    pub fn next_after(&self) -> Option<UserId> {
        self.members.last().filter(|_| self.has_more).map(|member| member.user.user_id)
    }

    /// Adds the next page. A page from another state of the group is taken as a reason to ask again.
    pub fn extend(&mut self, page: MemberPage) -> Outcome {
        if page.change != self.change {
            return Outcome::Missed(self.thread_id);
        }
        self.members.extend(page.members);
        self.has_more = page.has_more;
        Outcome::Applied
    }

    /// Turns this snapshot into the next.
    pub fn apply(&mut self, event: &Event) -> Outcome {
        if let Event::UserChanged { user, .. } = event {
            let mut members = self.members.iter_mut();
            let is_new = members.any(|member| member.user.renew(user));
            return if is_new { Outcome::Applied } else { Outcome::Known };
        }
        let Some((thread_id, change)) = event.change() else { return Outcome::Known };
        if thread_id != self.thread_id || change <= self.change {
            return Outcome::Known;
        }
        if change > self.change + 1 {
            return Outcome::Missed(self.thread_id);
        }
        self.change = change;
        match event {
            Event::MembersAdded { members, .. } => members.iter().for_each(|member| self.add(member)),
            Event::MemberRemoved { user_id, .. } => {
                self.members.retain(|member| member.user.user_id != *user_id)
            }
            Event::RoleChanged { user_id, role, .. } => {
                if let Some(member) = self.members.iter_mut().find(|member| member.user.user_id == *user_id) {
                    member.role = *role;
                }
            }
            _ => return Outcome::Known,
        }
        Outcome::Applied
    }

    fn add(&mut self, member: &Member) {
        let place = self.members.partition_point(|known| known.user.user_id < member.user.user_id);
        match self.members.get_mut(place) {
            // A page may be newer than its number says.
            Some(known) if known.user.user_id == member.user.user_id => known.clone_from(member),
            None if self.has_more => {}
            _ => self.members.insert(place, member.clone()),
        }
    }
}
