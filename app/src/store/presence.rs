//! Who is here, of those on the screen. The server is told whom the screen shows, and says how it stands with them.

use super::Store;
use crate::{
    browser::{self, spawn_local},
    route::Route,
};
use model::{
    ThreadId, ThreadKind, UserId,
    presence::{MAX_FOLLOWED, Presence},
    wire::{Command, Event},
};
use web_sys::HtmlElement;

/// How long the screen has to be at rest before it is told.
const REST_MS: i32 = 250;
/// A row of the list, in pixels.
const ROW: i32 = 64;
/// What the rows are known by.
pub const ROWS: &str = "thread-list-rows";

/// What a screen shows of people.
#[derive(Clone, PartialEq, Eq, Default)]
pub(super) struct Look {
    is_here: bool,
    /// In their order.
    user_ids: Vec<UserId>,
    thread_id: Option<ThreadId>,
}

impl Store {
    /// How it stands with somebody, as far as that is to be known.
    pub fn presence(self, user_id: UserId) -> Option<Presence> {
        self.presences.with(|presences| {
            presences.iter().find(|(known, _)| *known == user_id).map(|(_, presence)| *presence)
        })
    }

    /// The screen shows something else: tells the server, once it is at rest.
    pub fn look(self) {
        if self.work.update_silently(|work| std::mem::replace(&mut work.is_looking, true)) != Some(false) {
            return;
        }
        spawn_local(async move {
            browser::sleep(REST_MS).await;
            self.work.update_silently(|work| work.is_looking = false);
            let look = self.on_screen();
            let is_new = self.work.update_silently(|work| {
                let is_new = work.looked.as_ref() != Some(&look);
                work.looked = Some(look.clone());
                is_new
            });
            if is_new == Some(true) && self.connection.is_ready() {
                self.presences.change(|presences| {
                    let before = presences.len();
                    presences.retain(|(user_id, _)| look.user_ids.binary_search(user_id).is_ok());
                    (presences.len() != before, ())
                });
                let Look { is_here, user_ids, thread_id } = look;
                let _ = self.connection.request(Command::Look { is_here, user_ids, thread_id }).await;
            }
        });
    }

    /// A new connection has not been told yet, and what it knew may have changed.
    pub(super) fn look_again(self) {
        self.work.update_silently(|work| work.looked = None);
        self.presences.set(Vec::new());
        self.look();
    }

    pub(super) fn apply_to_presences(self, event: &Event) {
        let Event::PresenceChanged { presences: changed } = event else { return };
        self.presences.update(|presences| {
            for changed in changed {
                presences.retain(|(user_id, _)| *user_id != changed.user_id);
                if changed.presence != Presence::Hidden {
                    presences.push((changed.user_id, changed.presence));
                }
            }
        });
    }

    fn on_screen(self) -> Look {
        let mut look = Look { is_here: browser::is_visible(), ..Look::default() };
        if !look.is_here {
            return look;
        }
        let route = self.route.get_now();
        let mut add = |user_id: UserId| {
            if look.user_ids.len() < MAX_FOLLOWED
                && let Err(place) = look.user_ids.binary_search(&user_id)
            {
                look.user_ids.insert(place, user_id);
            }
        };
        route.thread_id().into_iter().chain(self.rows_on_screen()).for_each(|thread_id| {
            if let Some(peer) = self.peer(thread_id) {
                add(peer);
            }
        });
        if let Route::Details { thread_id } = route {
            self.members.peek(|members| {
                let members = members.as_ref().filter(|members| members.thread_id == thread_id);
                members
                    .iter()
                    .flat_map(|members| members.members())
                    .for_each(|member| add(member.user.user_id));
            });
            look.thread_id = Some(thread_id).filter(|_| self.is_group(thread_id));
        }
        look
    }

    fn is_group(self, thread_id: ThreadId) -> bool {
        self.inbox.peek(|inbox| {
            inbox.thread(thread_id).is_some_and(|thread| matches!(thread.kind, ThreadKind::Group { .. }))
        })
    }

    fn peer(self, thread_id: ThreadId) -> Option<UserId> {
        self.inbox.peek(|inbox| match &inbox.thread(thread_id)?.kind {
            ThreadKind::Direct { peer } => Some(peer.user_id),
            ThreadKind::Group { .. } | ThreadKind::Notes => None,
        })
    }

    fn rows_on_screen(self) -> Vec<ThreadId> {
        let Some(rows) = browser::element::<HtmlElement>(ROWS) else { return Vec::new() };
        let first = usize::try_from(rows.scroll_top() / ROW).unwrap_or(0);
        // One more at each end: what stands above the rows may push them down.
        let count = usize::try_from(rows.client_height() / ROW + 2).unwrap_or(0);
        let of = |listed: &Vec<ThreadId>| {
            listed
                .iter()
                .skip(first.saturating_sub(1))
                .take(if rows.client_height() > 0 { count } else { 0 })
                .copied()
                .collect()
        };
        if leptos::prelude::untrack(|| self.is_archive_listed()) {
            self.archive.peek(|archive| of(&archive.listed))
        } else {
            self.listed.peek(of)
        }
    }
}
