//! All that the page shows, as signals: the inbox, the threads that were visited, the members of the one whose details are open. The only
//! caller of `apply`. What a view shows it reads here, and what a person does it says here.

mod changes;
mod drafts;
mod emoji;
mod form;
mod formatting;
mod jump;
mod members;
mod options;
mod outbox;
mod overlay;
mod presence;
mod reactions;
mod reading;
mod slice;
mod sync;
mod threads;
mod typing;
mod uploads;
mod visit;
mod window;
pub use crate::api::Failure;
pub use changes::Purpose;
use drafts::Draft;
pub use emoji::Target;
pub use outbox::{Pending, Progress};
pub use overlay::Overlay;
pub use presence::ROWS;
pub use uploads::{Attached, Upload, UploadState, Uploads};
pub use visit::{Goal, Shown, Visit};

use crate::{
    api, browser,
    clock::{Clock, Zone},
    connection::{Connection, Incoming},
    live::{ArcLive, Live},
    route::{After, Doing, Route},
    shape::follow,
    snapshot::{Open, Parcel, Refused},
};
use model::{
    Inbox, Members, Message, MessageId, Thread, ThreadId, Timeline, Timestamp, User, UserId,
    presence::Presence,
    thread::Place,
    wire::{Answer, Command, Event, Outcome},
};
use std::{ops::Deref, sync::Arc};

/// The page's state. It is copied freely: every copy is the same one.
#[derive(Clone, Copy)]
pub struct Store {
    /// One for as long as the page is there: of the hundreds of places that hand it on, none is the larger for what is in it.
    #[cfg(feature = "hydrate")]
    state: &'static State,
    #[cfg(not(feature = "hydrate"))]
    state: State,
}

impl Deref for Store {
    type Target = State;

    fn deref(&self) -> &State {
        #[cfg(feature = "hydrate")]
        return self.state;
        #[cfg(not(feature = "hydrate"))]
        return &self.state;
    }
}

/// What there is to see and to do.
#[derive(Clone, Copy)]
pub struct State {
    /// The reader's clock.
    pub clock: Clock,
    /// How the socket stands.
    pub connection: Connection,
    /// Where the reader is.
    pub route: Live<Route>,
    /// What stands beside the list of threads.
    pub shown: Live<Shown>,
    /// The threads of the list, the newest first.
    pub listed: Live<Vec<ThreadId>>,
    /// Whether the list goes on.
    pub has_more_threads: Live<bool>,
    /// What the archive shows of itself.
    pub archive: Live<Archive>,
    /// How many threads have something unread.
    pub unread_threads: Live<usize>,
    /// Whom one blocks: what they say in groups is folded.
    pub blocked: Live<Vec<UserId>>,
    /// Messages that are not stored yet, in the order of writing.
    pub outbox: Live<Vec<Pending>>,
    /// What was written and not sent, by thread.
    pub drafts: Live<Vec<Draft>>,
    /// Files on their way.
    pub uploads: Live<Uploads>,
    /// Whether files are held over the open conversation.
    pub is_dropping: Live<bool>,
    /// The largest file that the server takes.
    pub max_file_bytes: u64,
    /// The members of the thread whose details are open.
    pub members: Live<Option<Members>>,
    /// What only the server's forms need.
    pub form: Live<Form>,
    /// Whether this tab has a secret chat, or is asked for one.
    pub secret: Live<bool>,
    /// Whether a secret chat lies over the conversation: what is below can neither be reached nor read.
    pub is_covered: Live<bool>,
    /// Who rings, in words: they stand in the title until somebody answers.
    pub ringing: Live<Option<String>>,
    /// What lies over the page.
    pub overlay: Live<Option<Overlay>>,
    /// What came of what was just done, for a moment.
    pub note: Live<Option<String>>,
    presences: Live<Vec<(UserId, Presence)>>,
    typing: Live<Vec<typing::Typist>>,
    inbox: Live<Inbox>,
    threads: Live<Vec<(ThreadId, ArcLive<Option<Thread>>)>>,
    visits: Live<Vec<Visit>>,
    work: Live<Work>,
}

/// The threads that were put away.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Archive {
    /// Those to list, the newest first.
    pub listed: Vec<ThreadId>,
    /// Where the list goes on, if it does.
    pub listed_to: Option<Place>,
    /// Whether there are any.
    pub has_any: bool,
}

/// What a page without scripts needs in its forms, and what came of the last one.
#[derive(Clone, Debug)]
pub struct Form {
    /// The message that the composer would send.
    pub message_id: MessageId,
    /// What is being done.
    pub doing: Doing,
    /// What was searched for.
    pub query: Option<String>,
    /// Who was found.
    pub found: Option<Vec<User>>,
    /// What the list that is paged through goes on after.
    pub after: Option<After>,
    /// Why the last form was not carried out.
    pub refused: Option<Refused>,
}

/// What is being done just now.
#[derive(Default)]
struct Work {
    /// Events wait here while the inbox is loaded afresh: they may be newer than it.
    events: Option<Vec<Event>>,
    is_outdated: bool,
    filling: Vec<ThreadId>,
    /// Whose drafts the server is being told.
    telling: Vec<ThreadId>,
    /// How often a thread was joined or left, or may have been unheard: an answer that was under way meanwhile may be older than that.
    moves: u32,
    is_started: bool,
    is_sending: bool,
    /// Whether more of the list is on its way, and of the archive.
    is_listing: [bool; 2],
    is_looking: bool,
    looked: Option<presence::Look>,
    told_typing: Option<ThreadId>,
    told_typing_at: Timestamp,
    /// What tells the newest message that was seen: set while a moment is waited for.
    newest_seen: Option<Arc<dyn Fn() -> Option<Message> + Send + Sync>>,
}

impl Store {
    /// The state that a page starts with.
    pub(crate) fn new(parcel: Parcel) -> Self {
        let Parcel { snapshot, zone, message_id } = parcel;
        let mut inbox = Inbox::new(snapshot.me, snapshot.threads);
        if let Some(page) = snapshot.archived {
            inbox.extend_archived(page);
        }
        let state = State {
            clock: Clock::new(Zone::Steps(zone), snapshot.now),
            connection: Connection::new(
                snapshot.now,
                inbox.me.user_id,
                snapshot.etag,
                snapshot.route.thread_id(),
            ),
            route: Live::new(snapshot.route.clone()),
            shown: Live::new(Shown::Nothing),
            listed: Live::new(Vec::new()),
            has_more_threads: Live::new(false),
            archive: Live::new(Archive::default()),
            unread_threads: Live::new(0),
            blocked: Live::new(Vec::new()),
            outbox: Live::new(Vec::new()),
            drafts: Live::new(Vec::new()),
            uploads: Live::new(Uploads::default()),
            is_dropping: Live::new(false),
            max_file_bytes: snapshot.max_file_bytes,
            members: Live::new(None),
            form: Live::new(Form {
                message_id,
                doing: snapshot.doing,
                query: snapshot.query,
                found: snapshot.found,
                after: snapshot.after,
                refused: snapshot.refused,
            }),
            secret: Live::new(false),
            is_covered: Live::new(false),
            ringing: Live::new(None),
            overlay: Live::new(None),
            note: Live::new(None),
            presences: Live::new(Vec::new()),
            typing: Live::new(Vec::new()),
            inbox: Live::new(inbox),
            threads: Live::new(Vec::new()),
            visits: Live::new(Vec::new()),
            work: Live::new(Work::default()),
        };
        #[cfg(feature = "hydrate")]
        let state = &*Box::leak(Box::new(state));
        let store = Self { state };
        store.show_all();
        match (snapshot.open, snapshot.route.thread_id()) {
            (Open::Thread { thread, messages, members }, _) => {
                let thread_id = thread.thread_id;
                store.put(*thread);
                let visit = store.visit(thread_id);
                visit.is_at_end.set(!messages.has_newer);
                visit.timeline.set(Some(Timeline::new(thread_id, messages)));
                if matches!(snapshot.route, Route::Thread { cursor: Some(_), .. }) {
                    visit.unread_after.set(None);
                }
                visit.goal.set(store.wanted_at(thread_id).map(Goal::Message));
                store.members.set(members.map(|page| Members::new(thread_id, page)));
                store.shown.set(Shown::Thread(thread_id));
            }
            (Open::Missing, Some(thread_id)) => store.shown.set(Shown::Missing(thread_id)),
            _ => {}
        }
        store
    }

    /// Takes up work in the browser: what was not sent, the clock, the socket. Whatever comes down that is also told.
    pub fn start(self, on_event: impl Fn(&Event) + 'static) {
        self.work.update_silently(|work| work.is_started = true);
        api::speak_for(self.my_id());
        browser::remember_zone();
        self.clock.zone.set(Zone::Local);
        self.clock.keep_time();
        follow(move || {
            // What was muted until now counts again.
            self.clock.minute.with(|_| ());
            self.show_list();
        });
        self.load_drafts();
        self.load_outbox();
        let take_up = move |incoming| {
            if let Incoming::Event(event) = &incoming {
                on_event(event);
            }
            self.take_up(incoming);
        };
        self.connection.open(take_up, move || self.mark());
        // Lists are paged through without scripts alone: here they begin at their beginnings.
        if self.form.peek(|form| form.after.is_some()) {
            self.resync();
        }
        browser::listen(&leptos::prelude::document(), "visibilitychange", move |_| self.look());
        follow(move || {
            self.route.with(|_| ());
            self.shown.with(|_| ());
            self.listed.with(|_| ());
            self.archive.with(|_| ());
            self.members.with(|_| ());
            self.look();
        });
    }

    /// Whether the page has been taken over, so that what is drawn now was asked for here.
    pub fn is_started(self) -> bool {
        self.work.peek(|work| work.is_started)
    }

    /// Who is signed in.
    pub fn me(self) -> User {
        self.inbox.peek(|inbox| inbox.me.clone())
    }

    /// The id of who is signed in.
    pub fn my_id(self) -> UserId {
        self.inbox.peek(|inbox| inbox.me.user_id)
    }

    /// Carries out a command, over the socket if there is one.
    pub async fn command(self, command: Command) -> Result<Answer, Failure> {
        let answer = if self.connection.is_ready() {
            self.connection.request(command).await
        } else {
            api::command(api::COMMANDS.into(), &command).await
        };
        if let Ok(Answer::Opened { thread }) = &answer {
            self.put(thread.clone());
        }
        answer
    }

    /// Takes in what happened.
    fn take(self, event: Event) {
        self.apply_to_presences(&event);
        self.apply_to_typing(&event);
        let waits = self.work.update_silently(|work| match &mut work.events {
            Some(events) => {
                events.push(event.clone());
                true
            }
            None => false,
        });
        if waits == Some(true) {
            return;
        }
        if let Some(thread_id) = self.apply(&event) {
            self.fill(thread_id);
        }
    }

    /// Applies an event to everything that is loaded. If something before it is missing, gives the thread.
    fn apply(self, event: &Event) -> Option<ThreadId> {
        let outcome = self.inbox.update_silently(|inbox| inbox.apply(event))?;
        let mut missed = missed(outcome);
        match event {
            Event::ThreadJoined { thread } => {
                self.greet(thread.thread_id);
                if matches!(self.shown.get_now(), Shown::Left(id) | Shown::Missing(id) if id == thread.thread_id)
                {
                    self.retry();
                }
            }
            Event::MemberRemoved { thread_id, user_id, .. } if *user_id == self.my_id() => {
                self.forget(*thread_id, Shown::Left(*thread_id));
            }
            Event::MessageSent { message: Message { thread_id, .. }, .. }
            | Event::MessageChanged { message: Message { thread_id, .. }, .. }
            | Event::Reacted { thread_id, .. }
            | Event::Pinned { thread_id, .. }
            | Event::ReadMoved { thread_id, .. }
            | Event::GroupUpdated { thread_id, .. }
            | Event::MembersAdded { thread_id, .. }
            | Event::MemberRemoved { thread_id, .. }
            | Event::RoleChanged { thread_id, .. }
            | Event::OptionsChanged { thread_id, .. }
            | Event::RequestsChanged { thread_id, .. }
            | Event::MessagesSeen { thread_id, .. } => {
                if outcome == Outcome::Applied {
                    self.show(*thread_id);
                }
            }
            Event::UserChanged { .. } => {
                self.show_all();
                self.meet(event);
            }
            Event::Typed { .. }
            | Event::PresenceChanged { .. }
            | Event::ReadersChanged { .. }
            | Event::Introduced { .. } => {}
        }
        if let Some((thread_id, _)) = event.change() {
            missed = missed.or(self.apply_to_visit(thread_id, event));
            self.tell(thread_id, event);
        } else if let Event::MessageSent { message, .. } = event {
            self.mark_absence(message.thread_id);
            missed = missed.or(self.apply_to_visit(message.thread_id, event));
            self.settle(message.thread_id);
        }
        self.check_archive(event);
        missed.or(self.apply_to_members(event))
    }
}

fn missed(outcome: Outcome) -> Option<ThreadId> {
    match outcome {
        Outcome::Missed(thread_id) => Some(thread_id),
        Outcome::Applied | Outcome::Known => None,
    }
}
