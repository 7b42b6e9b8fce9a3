//! What is on everybody's screen, and what each is told: in memory, under one lock, so that what a screen is told at first and what it is
//! told afterwards have one order. Knows no SQL.

use super::Step;
use crate::live::hub::Address;
use model::{
    ThreadId, Timestamp, UserId,
    presence::{Presence, PresenceOf, rounded},
    wire::Event,
};
use std::collections::{BTreeSet, HashMap};

/// A connection's screen.
#[derive(Debug)]
pub struct Screen {
    /// Who looks at it.
    pub user_id: UserId,
    /// Where it is told.
    pub address: Address,
    /// Whether anybody looks at it, and lets that be seen.
    pub is_here: bool,
    /// Whose presence it shows.
    pub follows: Vec<UserId>,
    /// The group whose members or readers it shows.
    pub thread_id: Option<ThreadId>,
}

/// All screens, and who is here by them.
#[derive(Debug, Default)]
pub struct Screens {
    screens: HashMap<u64, Screen>,
    followers: HashMap<UserId, BTreeSet<u64>>,
    groups: HashMap<ThreadId, BTreeSet<u64>>,
    here: HashMap<UserId, Here>,
    absences: u64,
    partings: u64,
}

/// Somebody who is here, or was a moment ago.
#[derive(Debug, Default)]
struct Here {
    screens: usize,
    /// The absence that has begun, if one has, and when.
    absence: Option<(u64, Timestamp)>,
}

impl Screens {
    /// Puts a screen in the place of what it was, and tells it of those whom it follows. `seen` says when they were last here.
    pub fn put(&mut self, id: u64, screen: Screen, seen: &[(UserId, Option<Timestamp>)]) -> Step {
        let before = self.remove(id);
        let now = Timestamp::now();
        let known = seen.iter().filter_map(|(user_id, seen_at)| {
            let seen = || seen_at.map(|at| Presence::Seen(rounded(at, now)));
            let presence = if self.here.contains_key(user_id) { Some(Presence::Online) } else { seen() };
            Some(PresenceOf { user_id: *user_id, presence: presence? })
        });
        let presences: Vec<_> = known.collect();
        if !presences.is_empty() {
            screen.address.send(&Event::PresenceChanged { presences });
        }
        for user_id in &screen.follows {
            self.followers.entry(*user_id).or_default().insert(id);
        }
        if let Some(thread_id) = screen.thread_id {
            self.groups.entry(thread_id).or_default().insert(id);
        }
        let (user_id, is_here) = (screen.user_id, screen.is_here);
        let was_here = before.is_some_and(|before| before.is_here);
        self.screens.insert(id, screen);
        self.count(user_id, was_here, is_here)
    }

    /// Takes a screen away.
    pub fn take(&mut self, id: u64, user_id: UserId) -> Step {
        let was_here = self.remove(id).is_some_and(|before| before.is_here);
        self.count(user_id, was_here, false)
    }

    /// Somebody's absence has lasted for a while: those who follow them are told, unless they have come back. Since when, if they have not.
    pub fn leave(&mut self, user_id: UserId, absence: u64) -> Option<Timestamp> {
        let (number, since) = self.here.get(&user_id)?.absence?;
        if number != absence {
            return None;
        }
        self.here.remove(&user_id);
        self.tell(user_id, Presence::Seen(rounded(since, Timestamp::now())));
        Some(since)
    }

    /// Nobody follows somebody any more, and they follow nobody.
    pub fn hide(&mut self, user_id: UserId) {
        self.here.remove(&user_id);
        self.tell(user_id, Presence::Hidden);
        for id in self.followers.remove(&user_id).unwrap_or_default() {
            if let Some(screen) = self.screens.get_mut(&id) {
                screen.follows.retain(|followed| *followed != user_id);
            }
        }
        let own: Vec<_> =
            self.screens.iter().filter(|(_, screen)| screen.user_id == user_id).map(|(id, _)| *id).collect();
        for id in own {
            self.blind(id);
            if let Some(screen) = self.screens.get_mut(&id) {
                screen.is_here = false;
            }
        }
    }

    /// How often somebody has left a group so far.
    pub fn partings(&self) -> u64 {
        self.partings
    }

    /// Somebody is not in a group any more: they follow nobody in it, and nobody in it follows them.
    pub fn part(&mut self, thread_id: ThreadId, user_id: UserId) {
        self.partings += 1;
        for id in self.groups.get(&thread_id).cloned().unwrap_or_default() {
            let Some(screen) = self.screens.get_mut(&id) else { continue };
            if screen.user_id == user_id {
                screen.thread_id = None;
                self.forget(thread_id, id);
                self.blind(id);
            } else if screen.follows.contains(&user_id) {
                screen.follows.retain(|followed| *followed != user_id);
                screen.address.send(&hidden(user_id));
                if let Some(followers) = self.followers.get_mut(&user_id) {
                    followers.remove(&id);
                }
            }
        }
    }

    /// Tells those who look at a group's readers.
    pub fn tell_readers(&self, thread_id: ThreadId, event: &Event) {
        let ids = self.groups.get(&thread_id).into_iter().flatten();
        ids.filter_map(|id| self.screens.get(id)).for_each(|screen| screen.address.send(event));
    }

    /// Everybody who is here, or was a moment ago.
    pub fn everybody_here(&self) -> Vec<UserId> {
        self.here.keys().copied().collect()
    }

    fn count(&mut self, user_id: UserId, was_here: bool, is_here: bool) -> Step {
        match (was_here, is_here) {
            (false, true) => {
                let is_new = !self.here.contains_key(&user_id);
                let here = self.here.entry(user_id).or_default();
                here.screens += 1;
                here.absence = None;
                if !is_new {
                    return Step::None;
                }
                self.tell(user_id, Presence::Online);
                Step::Came(user_id)
            }
            (true, false) => {
                let Some(here) = self.here.get_mut(&user_id) else { return Step::None };
                here.screens = here.screens.saturating_sub(1);
                if here.screens > 0 {
                    return Step::None;
                }
                self.absences += 1;
                here.absence = Some((self.absences, Timestamp::now()));
                Step::Went { user_id, absence: self.absences }
            }
            _ => Step::None,
        }
    }

    fn tell(&self, user_id: UserId, presence: Presence) {
        let event = Event::PresenceChanged { presences: vec![PresenceOf { user_id, presence }] };
        let ids = self.followers.get(&user_id).into_iter().flatten();
        ids.filter_map(|id| self.screens.get(id)).for_each(|screen| screen.address.send(&event));
    }

    /// A screen follows nobody any more.
    fn blind(&mut self, id: u64) {
        let Some(screen) = self.screens.get_mut(&id) else { return };
        let (followed, address) = (std::mem::take(&mut screen.follows), screen.address.clone());
        for user_id in followed {
            address.send(&hidden(user_id));
            self.unfollow(user_id, id);
        }
    }

    fn remove(&mut self, id: u64) -> Option<Screen> {
        let screen = self.screens.remove(&id)?;
        screen.follows.iter().for_each(|user_id| self.unfollow(*user_id, id));
        if let Some(thread_id) = screen.thread_id {
            self.forget(thread_id, id);
        }
        Some(screen)
    }

    fn unfollow(&mut self, user_id: UserId, id: u64) {
        if let Some(followers) = self.followers.get_mut(&user_id) {
            followers.remove(&id);
            if followers.is_empty() {
                self.followers.remove(&user_id);
            }
        }
    }

    fn forget(&mut self, thread_id: ThreadId, id: u64) {
        if let Some(ids) = self.groups.get_mut(&thread_id) {
            ids.remove(&id);
            if ids.is_empty() {
                self.groups.remove(&thread_id);
            }
        }
    }
}

fn hidden(user_id: UserId) -> Event {
    Event::PresenceChanged { presences: vec![PresenceOf { user_id, presence: Presence::Hidden }] }
}
