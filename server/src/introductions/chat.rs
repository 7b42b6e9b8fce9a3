//! One chat as the server knows it while two are introduced: who the two are, which of their tabs have it, and whom it keeps from being asked by
//! others. Nothing here knows what a step says.

use super::RINGING;
use crate::live::hub::Address;
use model::{User, UserId};
use std::time::Instant;

/// Somebody asks somebody, or the two speak.
#[derive(Clone, Debug)]
pub struct Chat {
    pub asker: User,
    pub asked: User,
    asked_at: Instant,
    /// Whether it rings. Who is busy and does not show that they are here is not rung, and who asks them hears no more than if they did not answer.
    /// Of one that goes on, whether both were ever in it, as far as this server knows: until then the second one hears nothing of it.
    pub is_heard: bool,
    pub is_accepted: bool,
    /// The asker's, and the one that took it up. Of one that is not connected just now, nothing is known until it says that it holds the chat.
    tabs: [Option<Tab>; 2],
}

/// A tab, by its connection.
#[derive(Clone, Debug)]
pub struct Tab {
    pub connection: u64,
    pub address: Address,
}

impl Chat {
    /// Somebody asks somebody.
    pub fn asking(asker: User, tab: Tab, asked: User, is_heard: bool) -> Self {
        let tabs = [Some(tab), None];
        Self { asker, asked, asked_at: Instant::now(), is_heard, is_accepted: false, tabs }
    }

    /// Two speak already, as the first one says, in tabs that are not known yet.
    pub fn under_way(one: User, other: User) -> Self {
        let (asked_at, tabs) = (Instant::now(), [None, None]);
        Self { asker: one, asked: other, asked_at, is_heard: false, is_accepted: true, tabs }
    }

    pub fn is_with(&self, user_id: UserId) -> bool {
        self.place(user_id).is_some()
    }

    /// Which of the two somebody is.
    fn place(&self, user_id: UserId) -> Option<usize> {
        [&self.asker, &self.asked].iter().position(|user| user.user_id == user_id)
    }

    /// The other one of the two.
    pub fn other(&self, user_id: UserId) -> Option<&User> {
        self.place(user_id).map(|place| [&self.asked, &self.asker][place])
    }

    /// Somebody's tab has it from here on.
    pub fn seat(&mut self, user_id: UserId, tab: Tab) {
        if let Some(place) = self.place(user_id) {
            self.tabs[place] = Some(tab);
        }
    }

    /// A connection is gone.
    pub fn leave(&mut self, connection: u64) {
        if let Some(place) = self.place_of_tab(connection) {
            self.tabs[place] = None;
        }
    }

    /// The tab of the other one of the two.
    pub fn tab_across(&self, user_id: UserId) -> Option<&Tab> {
        self.tabs[1 - self.place(user_id)?].as_ref()
    }

    /// The tab of who asks.
    pub fn asking_tab(&self) -> Option<&Tab> {
        self.tabs[0].as_ref()
    }

    pub fn holds(&self, connection: u64) -> bool {
        self.place_of_tab(connection).is_some()
    }

    fn place_of_tab(&self, connection: u64) -> Option<usize> {
        self.tabs.iter().position(|tab| tab.as_ref().is_some_and(|tab| tab.connection == connection))
    }

    /// Whether somebody's tab has it, so that their others show where it is.
    pub fn is_held_by(&self, user_id: UserId) -> bool {
        self.is_accepted && self.place(user_id).is_some_and(|place| self.tabs[place].is_some())
    }

    /// Whether two tabs are introduced to each other, of which somebody has one.
    pub fn is_running_for(&self, user_id: UserId) -> bool {
        self.is_accepted && self.is_with(user_id) && self.tabs.iter().all(Option::is_some)
    }

    pub fn is_heard_by(&self, user_id: UserId) -> bool {
        self.is_heard && self.asked.user_id == user_id
    }

    /// Whether tabs ring for it.
    pub fn rings(&self) -> bool {
        self.is_heard && self.is_asked()
    }

    /// Whether somebody waits for an answer.
    pub fn is_asked(&self) -> bool {
        !self.is_accepted && self.asked_at.elapsed() < RINGING
    }

    /// Whether it keeps somebody from being asked by another one. While two only ask each other, they may go on doing so: their tabs agree on one.
    pub fn occupies(&self, user_id: UserId, by: UserId) -> bool {
        let is_asking = self.asker.user_id == user_id && self.is_asked();
        let is_rung = self.asked.user_id == user_id && self.rings();
        self.is_held_by(user_id) || ((is_asking || is_rung) && !self.is_with(by))
    }

    /// Whether somebody may say that it is over: from a tab that holds it, or, while it rings, from any of who is asked, and of who asks, whose tab may be
    /// connected anew.
    pub fn may_end(&self, connection: u64, user_id: UserId) -> bool {
        let is_ringing = !self.is_accepted && (self.is_heard_by(user_id) || self.asker.user_id == user_id);
        self.holds(connection) || is_ringing
    }
}
