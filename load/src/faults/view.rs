//! What one device shows: made by the reducers that the app uses, and kept whole in the way of the app's store. It knows no sockets: it says
//! what it wants to load, and is told what came.

#[cfg(test)]
mod tests;
mod window;

pub use window::Window;

use model::{
    Inbox, Members, Thread, ThreadId, Timeline, Timestamp, User,
    page::{ChangePage, MemberPage, MessagePage, ThreadPage},
    wire::{Event, Outcome},
};
use std::collections::{BTreeMap, BTreeSet};

/// How many pages of changes are loaded before a window is loaded anew instead, as in the app.
const MOST_CHANGE_PAGES: usize = 3;

/// Something to load.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Want {
    /// All threads.
    Inbox,
    /// A short while, in which a gap may close by itself.
    Pause(Key),
    /// A thread's summary.
    Thread(Key),
    /// The page of messages after a moment.
    Messages(Key, Timestamp),
    /// The changes after a number.
    Changes(Key, u64),
    /// The members.
    Members(Key),
}

/// A window, and which of its lives: what was asked for before a person left and came back is of no use after it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Key {
    /// Which thread.
    pub thread_id: ThreadId,
    life: u64,
}

/// What came.
#[derive(Debug)]
pub enum Loaded {
    /// All pages of threads.
    Inbox(Vec<ThreadPage>),
    /// The pause is over.
    Paused(Key),
    /// A summary.
    Thread(Key, Box<Thread>),
    /// A page.
    Messages(Key, MessagePage),
    /// A page.
    Changes(Key, ChangePage),
    /// A page.
    Members(Key, MemberPage),
    /// One is not in that thread.
    Missing(Key),
}

/// All that one device shows.
#[derive(Debug)]
pub struct View {
    /// The list of threads.
    pub inbox: Inbox,
    /// Every thread of the list is open.
    pub windows: BTreeMap<ThreadId, Window>,
    /// Events wait here while the inbox is loaded afresh: they may be newer than it.
    waiting: Option<Vec<Event>>,
    is_outdated: bool,
    /// Threads that an event spoke of and the inbox does not know, until they were asked for, and whether another one did since.
    unknown: BTreeMap<ThreadId, bool>,
    lives: u64,
}

impl View {
    /// Nothing is loaded yet.
    pub fn new(me: User) -> Self {
        Self {
            inbox: Inbox::new(me, ThreadPage::default()),
            windows: BTreeMap::new(),
            waiting: None,
            is_outdated: false,
            unknown: BTreeMap::new(),
            lives: 0,
        }
    }

    /// Something may have been missed: the inbox is loaded afresh, then every window catches up.
    pub fn resync(&mut self) -> Vec<Want> {
        for window in self.windows.values_mut() {
            (window.is_stale, window.is_missing_members) = (true, true);
        }
        // What waited is older than what is loaded from here on. Whoever was let in again since would leave once more by it.
        self.is_outdated = self.waiting.replace(Vec::new()).is_some();
        if self.is_outdated { Vec::new() } else { vec![Want::Inbox] }
    }

    /// A mark of what is shown, for a server that may find that nothing happened since: none before anything is loaded, and while something is known
    /// to be missing.
    pub fn etag(&self) -> Option<String> {
        let is_whole = |window: &Window| window.timeline.is_some() && !window.is_stale && !window.is_filling;
        let is_known =
            self.waiting.is_none() && self.unknown.is_empty() && self.windows.values().all(is_whole);
        if self.windows.is_empty() || !is_known { None } else { self.inbox.etag(None) }
    }

    /// Nothing was missed, unless the server says otherwise. A window knows by itself whether it has all that the list tells of it.
    pub fn resume(&mut self) -> Vec<Want> {
        let listed: Vec<_> = self.windows.keys().copied().collect();
        let mut wants = Vec::new();
        for thread_id in listed {
            let change = self.inbox.thread(thread_id).map_or(0, |thread| thread.change);
            if let Some(window) = self.windows.get_mut(&thread_id) {
                window.is_missing_members |=
                    window.members.as_ref().is_none_or(|members| members.change() < change);
                if window.is_missing_members || self.is_behind(thread_id) {
                    wants.extend(self.fill(thread_id));
                }
            }
        }
        wants
    }

    /// Takes in what happened.
    pub fn take(&mut self, event: &Event) -> Vec<Want> {
        if let Some(waiting) = &mut self.waiting {
            waiting.push(event.clone());
            return Vec::new();
        }
        self.apply(event)
    }

    /// Applies an event to all that is shown.
    pub fn apply(&mut self, event: &Event) -> Vec<Want> {
        let mut missed = missed(self.inbox.apply(event));
        let mut wants = Vec::new();
        match event {
            Event::ThreadJoined { thread } => {
                let thread_id = thread.thread_id;
                if !self.windows.contains_key(&thread_id) {
                    // A message may have overtaken this.
                    let is_behind = self.unknown.contains_key(&thread_id);
                    wants.extend(self.open(thread_id));
                    if is_behind {
                        wants.extend(self.fill(thread_id));
                    }
                }
            }
            Event::MemberRemoved { thread_id, user_id, .. } if *user_id == self.inbox.me.user_id => {
                self.forget(*thread_id);
                return wants;
            }
            Event::MessageSent { message, .. } => missed = missed.or(self.show(message.thread_id, event)),
            event => {
                if let Some((thread_id, _)) = event.change() {
                    missed = missed.or(self.show(thread_id, event));
                }
            }
        }
        wants.extend(missed.and_then(|thread_id| self.fill(thread_id)));
        wants
    }

    /// Takes in what was asked for.
    pub fn load(&mut self, loaded: Loaded) -> Vec<Want> {
        match loaded {
            Loaded::Inbox(pages) => self.load_inbox(pages),
            Loaded::Paused(key) => {
                let is_wanted = self.window(key).is_some() || self.unknown.contains_key(&key.thread_id);
                if is_wanted { vec![Want::Thread(key)] } else { Vec::new() }
            }
            Loaded::Thread(key, thread) => self.load_thread(key, *thread),
            Loaded::Messages(key, page) => self.load_messages(key, page),
            Loaded::Changes(key, page) => self.load_changes(key, &page),
            Loaded::Members(key, page) => self.load_members(key, page),
            Loaded::Missing(key) => {
                self.unknown.remove(&key.thread_id);
                if self.window(key).is_some() {
                    self.forget(key.thread_id);
                }
                Vec::new()
            }
        }
    }

    fn load_inbox(&mut self, pages: Vec<ThreadPage>) -> Vec<Want> {
        if std::mem::take(&mut self.is_outdated) {
            return vec![Want::Inbox];
        }
        let Some(events) = self.waiting.take() else { return Vec::new() };
        let mut pages = pages.into_iter();
        let mut fresh = Inbox::new(self.inbox.me.clone(), pages.next().unwrap_or_default());
        pages.for_each(|page| fresh.extend(page));
        self.inbox = fresh;
        let inbox = &self.inbox;
        self.windows.retain(|thread_id, _| inbox.thread(*thread_id).is_some());
        let listed: BTreeSet<_> = inbox.listed().iter().map(|thread| thread.thread_id).collect();
        let mut wants = Vec::new();
        for thread_id in listed {
            if self.windows.contains_key(&thread_id) {
                wants.extend(self.catch_up(thread_id));
            } else {
                wants.extend(self.open(thread_id));
            }
        }
        wants.extend(events.iter().flat_map(|event| self.apply(event)));
        wants
    }

    fn load_thread(&mut self, key: Key, thread: Thread) -> Vec<Want> {
        let thread_id = key.thread_id;
        if let Some(is_missing_more) = self.unknown.remove(&thread_id) {
            if key.life != self.lives {
                // One may have left it since this was read.
                return self.fill(thread_id).into_iter().collect();
            }
            self.inbox.put(thread);
            let mut wants = self.open(thread_id);
            if is_missing_more {
                // It found no place while this was under way.
                wants.extend(self.fill(thread_id));
            }
            return wants;
        }
        let Some(window) = self.window(key) else { return Vec::new() };
        let is_stale = window.is_stale;
        let mut wants = Vec::new();
        if std::mem::take(&mut window.is_missing_members) {
            wants.push(window.want_members(key));
        }
        self.inbox.put(thread);
        if !is_stale && self.is_behind(thread_id) {
            wants.extend(self.catch_up(thread_id));
        } else {
            wants.extend(self.finish(key));
        }
        wants
    }

    fn load_messages(&mut self, key: Key, page: MessagePage) -> Vec<Want> {
        let Some(window) = self.window(key) else { return Vec::new() };
        let is_last = !page.has_newer;
        match &mut window.timeline {
            Some(timeline) => timeline.extend_newer(page),
            empty => *empty = Some(Timeline::new(key.thread_id, page)),
        }
        match &window.timeline {
            Some(timeline) if is_last => vec![Want::Changes(key, timeline.change())],
            _ => self.catch_up(key.thread_id),
        }
    }

    fn load_changes(&mut self, key: Key, page: &ChangePage) -> Vec<Want> {
        let Some(window) = self.window(key) else { return Vec::new() };
        let Some(timeline) = &mut window.timeline else { return Vec::new() };
        // One that is ahead of the window is seen when the window has got there.
        let _ = timeline.catch_up(page);
        if page.has_more {
            window.change_pages += 1;
            if window.change_pages < MOST_CHANGE_PAGES {
                return vec![Want::Changes(key, timeline.change())];
            }
            window.timeline = None;
            return self.catch_up(key.thread_id);
        }
        window.is_stale = false;
        self.finish(key).into_iter().collect()
    }

    fn load_members(&mut self, key: Key, page: MemberPage) -> Vec<Want> {
        let Some(window) = self.window(key) else { return Vec::new() };
        let mut members = Members::new(key.thread_id, page);
        let outcomes: Vec<_> = window.heard_meanwhile.iter().map(|event| members.apply(event)).collect();
        window.members = Some(members);
        window.members_under_way -= 1;
        if window.members_under_way == 0 {
            window.heard_meanwhile.clear();
        }
        if outcomes.into_iter().find_map(missed).is_some() {
            window.is_missing_members = true;
            return self.fill(key.thread_id).into_iter().collect();
        }
        Vec::new()
    }

    /// What was missing is here. An event may have come meanwhile and have found no place.
    fn finish(&mut self, key: Key) -> Option<Want> {
        let window = self.window(key)?;
        window.is_filling = false;
        let is_missing_more = std::mem::take(&mut window.is_missing_more);
        if is_missing_more || self.is_behind(key.thread_id) { self.fill(key.thread_id) } else { None }
    }

    fn open(&mut self, thread_id: ThreadId) -> Vec<Want> {
        self.lives += 1;
        let window = Window {
            timeline: None,
            members: None,
            life: self.lives,
            is_stale: true,
            is_filling: false,
            is_missing_more: false,
            change_pages: 0,
            heard_meanwhile: Vec::new(),
            members_under_way: 0,
            is_missing_members: true,
        };
        self.windows.insert(thread_id, window);
        self.unknown.remove(&thread_id);
        self.catch_up(thread_id)
    }

    fn forget(&mut self, thread_id: ThreadId) {
        self.lives += 1;
        self.inbox.remove(thread_id);
        self.windows.remove(&thread_id);
    }

    /// Loads what a window lacks at its end, and the members.
    fn catch_up(&mut self, thread_id: ThreadId) -> Vec<Want> {
        let Some(window) = self.windows.get_mut(&thread_id) else { return Vec::new() };
        let key = Key { thread_id, life: window.life };
        window.change_pages = 0;
        let newest_at = window.timeline.as_ref().and_then(Timeline::newest_at);
        let mut wants = vec![Want::Messages(key, newest_at.unwrap_or(Timestamp(0)))];
        if std::mem::take(&mut window.is_missing_members) {
            wants.push(window.want_members(key));
        }
        wants
    }

    /// Asks for what a thread is missing. A gap that many events show is asked for once.
    fn fill(&mut self, thread_id: ThreadId) -> Option<Want> {
        let Some(window) = self.windows.get_mut(&thread_id) else {
            let key = Key { thread_id, life: self.lives };
            let is_asked_for = self.unknown.contains_key(&thread_id);
            self.unknown.insert(thread_id, is_asked_for);
            return (!is_asked_for).then_some(Want::Pause(key));
        };
        let key = Key { thread_id, life: window.life };
        window.is_missing_more = window.is_filling;
        (!std::mem::replace(&mut window.is_filling, true)).then_some(Want::Pause(key))
    }

    /// Applies an event to a thread's window.
    fn show(&mut self, thread_id: ThreadId, event: &Event) -> Option<ThreadId> {
        let window = self.windows.get_mut(&thread_id)?;
        if window.members_under_way > 0 {
            window.heard_meanwhile.push(event.clone());
        }
        let members = window.members.as_mut().and_then(|members| missed(members.apply(event)));
        window.is_missing_members |= members.is_some();
        if window.is_stale {
            return members;
        }
        window.timeline.as_mut().and_then(|timeline| missed(timeline.apply(event))).or(members)
    }

    fn is_behind(&self, thread_id: ThreadId) -> bool {
        let (last_seq, change) =
            self.inbox.thread(thread_id).map_or((0, 0), |thread| (thread.last_seq, thread.change));
        let timeline = self.windows.get(&thread_id).and_then(|window| window.timeline.as_ref());
        timeline.is_some_and(|timeline| {
            let newest = timeline.messages().last().map_or(0, |message| message.seq);
            !timeline.has_newer() && newest < last_seq || timeline.change() < change
        })
    }

    fn window(&mut self, key: Key) -> Option<&mut Window> {
        self.windows.get_mut(&key.thread_id).filter(|window| window.life == key.life)
    }
}

fn missed(outcome: Outcome) -> Option<ThreadId> {
    match outcome {
        Outcome::Missed(thread_id) => Some(thread_id),
        Outcome::Applied | Outcome::Known => None,
    }
}
