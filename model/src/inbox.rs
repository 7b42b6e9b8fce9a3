//! What one user sees beside a thread: the list of threads. The snapshot at connect and the state that the browser keeps.

use crate::{
    Options, Role, Thread, ThreadId, ThreadKind, Timestamp, User, UserId,
    page::{self, ThreadPage},
    thread::Place,
    wire::{Event, Outcome},
};

/// One user's threads, as far as they are loaded.
///
/// A stale inbox and the events since then equal a fresh one. Events may come twice, late, or not at all: the numbers they carry
/// show it, and [`Outcome::Missed`] names the thread to ask for again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Inbox {
    /// Whose it is.
    pub me: User,
    /// The newest first. Those before `listed_to` are here because they are pinned, or because somebody opened them.
    threads: Vec<Thread>,
    /// The list is whole down to this place; to the end if `None`.
    listed_to: Option<Place>,
    /// The same for what is archived.
    archived_to: Option<Place>,
    /// Whom one blocks, by id.
    blocked: Vec<UserId>,
}

impl Inbox {
    /// The inbox that starts with the newest page.
    #[must_use]
    pub fn new(me: User, newest: ThreadPage) -> Self {
        let archived_to = newest.has_archived.then_some(Place::FIRST);
        let mut inbox = Self { me, threads: Vec::new(), listed_to: None, archived_to, blocked: Vec::new() };
        newest.blocked.iter().for_each(|user_id| inbox.block(*user_id, true));
        inbox.extend(newest);
        inbox
    }

    /// Adds the page after the last one.
    pub fn extend(&mut self, older: ThreadPage) {
        self.listed_to = older.end();
        older.pinned.into_iter().chain(older.threads).for_each(|thread| self.put(thread));
    }

    /// Adds the next page of what is archived.
    pub fn extend_archived(&mut self, older: ThreadPage) {
        self.archived_to = older.end();
        older.threads.into_iter().for_each(|thread| self.put(thread));
    }

    /// The threads of a newest page, and after them those that are pinned and not among them, if that is all that is loaded besides what is open.
    pub(crate) fn newest(&self, open: Option<ThreadId>) -> Option<Vec<&Thread>> {
        let (listed, others): (Vec<_>, Vec<_>) = self
            .threads
            .iter()
            .partition(|thread| !thread.options.is_archived && reaches(self.listed_to, thread));
        let is_whole = if self.listed_to.is_some() {
            listed.len() == page::THREADS
        } else {
            listed.len() <= page::THREADS
        };
        let (pinned, others): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|thread| thread.options.pinned_at.is_some());
        let is_all = others.iter().all(|thread| Some(thread.thread_id) == open);
        (is_whole && is_all).then(|| listed.into_iter().chain(pinned).collect())
    }

    /// The threads to list: the pinned ones, the last pinned first; then the newest first.
    #[must_use]
    pub fn listed(&self) -> Vec<&Thread> {
        let mut pinned: Vec<&Thread> = Vec::new();
        for thread in self.threads.iter().filter(|thread| thread.options.pinned_at.is_some()) {
            let place = pinned.partition_point(|known| known.options.pinned_at > thread.options.pinned_at);
            pinned.insert(place, thread);
        }
        let is_listed = |thread: &&Thread| {
            let options = &thread.options;
            options.pinned_at.is_none() && !options.is_archived && reaches(self.listed_to, thread)
        };
        pinned.extend(self.threads.iter().filter(is_listed));
        pinned
    }

    /// The archived threads, the newest first.
    pub fn archived(&self) -> impl Iterator<Item = &Thread> {
        let is_listed = |thread: &&Thread| thread.options.is_archived && reaches(self.archived_to, thread);
        self.threads.iter().filter(is_listed)
    }

    /// Whether some threads are archived, as far as is known: until the last page of them is loaded, there may be.
    #[must_use]
    pub fn has_archived(&self) -> bool {
        self.archived_to.is_some() || self.threads.iter().any(|thread| thread.options.is_archived)
    }

    /// The cursor of the next page of what is archived, if there is one.
    #[must_use]
    pub fn archived_to(&self) -> Option<Place> {
        self.archived_to
    }

    /// The cursor of the next page, if there is one.
    #[must_use]
    pub fn listed_to(&self) -> Option<Place> {
        self.listed_to
    }

    /// Whom one blocks: what they say in groups is folded.
    #[must_use]
    pub fn blocked(&self) -> &[UserId] {
        &self.blocked
    }

    /// A thread, if it is loaded.
    #[must_use]
    pub fn thread(&self, thread_id: ThreadId) -> Option<&Thread> {
        self.threads.iter().find(|thread| thread.thread_id == thread_id)
    }

    /// How many threads have something unread, among those loaded. What is muted at the moment or archived does not count.
    #[must_use]
    pub fn unread_threads(&self, now: Timestamp) -> usize {
        let counts = |thread: &&Thread| {
            thread.has_news() && !thread.options.is_muted(now) && !thread.options.is_archived
        };
        self.threads.iter().filter(counts).count()
    }

    /// How many threads are pinned.
    #[must_use]
    pub fn pinned_threads(&self) -> usize {
        self.threads.iter().filter(|thread| thread.options.pinned_at.is_some()).count()
    }

    /// Takes in a thread that was asked for. What is known to be newer stays.
    pub fn put(&mut self, thread: Thread) {
        let thread = match self.position(thread.thread_id) {
            Some(position) => {
                let mut known = self.threads.remove(position);
                known.merge(thread);
                known
            }
            None => thread,
        };
        self.insert(thread);
    }

    /// Takes out a thread that its user is not a member of any more.
    pub fn remove(&mut self, thread_id: ThreadId) {
        self.threads.retain(|thread| thread.thread_id != thread_id);
    }

    /// Turns this snapshot into the next.
    pub fn apply(&mut self, event: &Event) -> Outcome {
        let me = self.me.user_id;
        match event {
            Event::ThreadJoined { thread } => {
                self.put(thread.clone());
                Outcome::Applied
            }
            Event::MessageSent { message, sender } => {
                let Some(position) = self.position(message.thread_id) else {
                    return Outcome::Missed(message.thread_id);
                };
                let thread = &self.threads[position];
                if message.seq <= thread.last_seq {
                    return Outcome::Known;
                }
                if message.seq > thread.last_seq + 1 {
                    return Outcome::Missed(message.thread_id);
                }
                let mut thread = self.threads.remove(position);
                thread.push(message, sender, me);
                self.insert(thread);
                Outcome::Applied
            }
            Event::ReadMoved { thread_id, read_seq, read_at, own_read_count, mention_read_count } => {
                self.read(*thread_id, (*read_seq, *read_at), *own_read_count, *mention_read_count)
            }
            Event::OptionsChanged { thread_id, options } => self.keep(*thread_id, options),
            Event::MessagesSeen { thread_id, read_seq } => self.see(*thread_id, *read_seq),
            Event::UserChanged { user, about } => {
                let mut is_new = self.me.renew(user);
                self.threads.iter_mut().for_each(|thread| is_new |= thread.meet(user, about));
                if is_new { Outcome::Applied } else { Outcome::Known }
            }
            Event::RequestsChanged { thread_id, request_count } => match self.find(*thread_id) {
                Some(thread) if thread.request_count != *request_count => {
                    thread.request_count = *request_count;
                    Outcome::Applied
                }
                _ => Outcome::Known,
            },
            // What lasts for a moment is no part of what is seen in a list.
            Event::Typed { .. }
            | Event::PresenceChanged { .. }
            | Event::ReadersChanged { .. }
            | Event::Introduced { .. } => Outcome::Known,
            Event::MemberRemoved { thread_id, user_id, .. } if *user_id == me => {
                self.remove(*thread_id);
                Outcome::Applied
            }
            Event::MessageChanged { .. }
            | Event::Reacted { .. }
            | Event::Pinned { .. }
            | Event::GroupUpdated { .. }
            | Event::MembersAdded { .. }
            | Event::MemberRemoved { .. }
            | Event::RoleChanged { .. } => self.change(event),
        }
    }

    /// Takes in the next change of a thread.
    fn change(&mut self, event: &Event) -> Outcome {
        let me = self.me.user_id;
        let Some((thread_id, change)) = event.change() else { return Outcome::Known };
        let Some(thread) = self.find(thread_id).filter(|thread| change > thread.change) else {
            return Outcome::Known;
        };
        // A message that is not known yet cannot have changed.
        let is_ahead = match event {
            Event::MessageChanged { message, .. } => message.seq > thread.last_seq,
            Event::Reacted { seq, .. } | Event::Pinned { seq, .. } => *seq > thread.last_seq,
            _ => false,
        };
        if change > thread.change + 1 || is_ahead {
            return Outcome::Missed(thread_id);
        }
        thread.change = change;
        match event {
            Event::MessageChanged { message, .. } => thread.take_change(message),
            Event::Pinned { pins, .. } => thread.pins.clone_from(pins),
            _ => change_group(thread, event, me),
        }
        Outcome::Applied
    }

    fn read(
        &mut self,
        thread_id: ThreadId,
        (read_seq, read_at): (u64, Timestamp),
        own_read_count: u64,
        mention_read_count: u64,
    ) -> Outcome {
        // Where it is not listed it may be on its way, as it was before.
        let Some(thread) = self.find(thread_id) else { return Outcome::Missed(thread_id) };
        if thread.read_seq >= read_seq {
            return Outcome::Known;
        }
        thread.read_seq = read_seq;
        thread.read_at = Some(read_at);
        thread.own_read_count = own_read_count;
        thread.mention_read_count = mention_read_count;
        Outcome::Applied
    }

    fn see(&mut self, thread_id: ThreadId, read_seq: u64) -> Outcome {
        let Some(thread) = self.find(thread_id) else { return Outcome::Missed(thread_id) };
        if thread.seen_seq >= Some(read_seq) {
            return Outcome::Known;
        }
        thread.seen_seq = Some(read_seq);
        Outcome::Applied
    }

    /// The server has this draft of the reader's. What it tells of it comes later, or has come.
    pub fn begin_draft(&mut self, thread_id: ThreadId, text: &str) {
        if let Some(thread) = self.find(thread_id) {
            thread.options.draft = Some(text.into()).filter(|_| !text.is_empty());
        }
    }

    fn keep(&mut self, thread_id: ThreadId, options: &Options) -> Outcome {
        match self.find(thread_id) {
            // It may have come back into the list, or on top of it.
            None => Outcome::Missed(thread_id),
            Some(thread) if thread.options.change >= options.change => Outcome::Known,
            Some(thread) => {
                thread.options.clone_from(options);
                if let ThreadKind::Direct { peer } = &thread.kind {
                    let peer_id = peer.user_id;
                    self.block(peer_id, options.is_blocked);
                }
                Outcome::Applied
            }
        }
    }

    fn block(&mut self, user_id: UserId, is_blocked: bool) {
        match (self.blocked.binary_search(&user_id), is_blocked) {
            (Err(place), true) => self.blocked.insert(place, user_id),
            (Ok(place), false) => drop(self.blocked.remove(place)),
            _ => {}
        }
    }

    fn find(&mut self, thread_id: ThreadId) -> Option<&mut Thread> {
        self.threads.iter_mut().find(|thread| thread.thread_id == thread_id)
    }

    fn position(&self, thread_id: ThreadId) -> Option<usize> {
        self.threads.iter().position(|thread| thread.thread_id == thread_id)
    }

    /// Puts a thread where it stands by its place. All others are in order.
    fn insert(&mut self, thread: Thread) {
        if let ThreadKind::Direct { peer } = &thread.kind {
            self.block(peer.user_id, thread.options.is_blocked);
        }
        let position = self.threads.partition_point(|known| known.place() > thread.place());
        self.threads.insert(position, thread);
    }
}

/// Whether a list that is whole down to a place holds a thread.
fn reaches(end: Option<Place>, thread: &Thread) -> bool {
    end.is_none_or(|end| thread.place() >= end)
}

/// What an event says of a group, for one member's view of it.
fn change_group(thread: &mut Thread, event: &Event, me: UserId) {
    let ThreadKind::Group { title, avatar, role, member_count } = &mut thread.kind else { return };
    match event {
        Event::GroupUpdated { title: new_title, avatar: new_avatar, .. } => {
            title.clone_from(new_title);
            avatar.clone_from(new_avatar);
        }
        Event::MembersAdded { member_count: count, .. }
        | Event::MemberRemoved { member_count: count, .. } => {
            *member_count = *count;
        }
        Event::RoleChanged { user_id, role: new_role, .. } if *user_id == me => {
            *role = *new_role;
            if *new_role == Role::Member {
                // What only admins know.
                thread.request_count = 0;
            }
        }
        _ => {}
    }
}
