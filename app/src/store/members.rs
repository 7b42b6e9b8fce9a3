//! The members of the group whose details are open.

use super::Store;
use crate::{
    api,
    browser::{self, spawn_local},
};
use model::{
    Members, ThreadId,
    page::MemberPage,
    wire::{Event, Outcome},
};

impl Store {
    /// Loads the first members, unless they are here.
    pub(super) fn open_members(self, thread_id: ThreadId) {
        if self.members.peek(|members| members.as_ref().is_none_or(|known| known.thread_id != thread_id)) {
            self.members.set(None);
            self.load_members(thread_id);
        }
    }

    /// Loads the members again, after something was missed.
    pub(super) fn refresh_members(self) {
        if let Some(thread_id) = self.members.peek(|members| Some(members.as_ref()?.thread_id)) {
            self.load_members(thread_id);
        }
    }

    /// Asks until they come, as long as somebody looks: nobody else would ask again.
    fn load_members(self, thread_id: ThreadId) {
        spawn_local(async move {
            let is_looked_at = || self.route.get_now().thread_id() == Some(thread_id);
            let mut pause_ms = 500;
            while is_looked_at() {
                match api::members(thread_id, None).await {
                    Ok(page) if is_looked_at() => return self.take_members(thread_id, page),
                    Err(failure) if failure.is_missing() => return,
                    _ => {}
                }
                browser::sleep(pause_ms).await;
                pause_ms = (pause_ms * 2).min(15_000);
            }
        });
    }

    /// Puts members in place, unless they come after others that were asked for later, or after an event.
    fn take_members(self, thread_id: ThreadId, page: MemberPage) {
        let is_older = self.members.peek(|members| {
            let known = members.as_ref().filter(|known| known.thread_id == thread_id);
            known.is_some_and(|known| known.change() > page.change)
        });
        if !is_older {
            self.members.set(Some(Members::new(thread_id, page)));
        }
    }

    /// Loads the members after those that are here.
    pub async fn load_more_members(self) {
        let next = self.members.peek(|members| {
            let members = members.as_ref()?;
            Some((members.thread_id, members.next_after()?))
        });
        let Some((thread_id, after)) = next else { return };
        let Ok(page) = api::members(thread_id, Some(after)).await else { return };
        let mut outcome = Outcome::Known;
        self.members.update(|members| {
            if let Some(members) = members.as_mut().filter(|members| members.next_after() == Some(after)) {
                outcome = members.extend(page);
            }
        });
        if super::missed(outcome).is_some() {
            self.load_members(thread_id);
        }
    }

    pub(super) fn apply_to_members(self, event: &Event) -> Option<ThreadId> {
        let mut outcome = Outcome::Known;
        self.members.change(|members| {
            outcome = members.as_mut().map_or(Outcome::Known, |members| members.apply(event));
            (outcome == Outcome::Applied, ())
        });
        super::missed(outcome)
    }
}
