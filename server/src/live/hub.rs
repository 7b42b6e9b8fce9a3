//! Who is connected, by user, and what becomes of a slow reader. Knows nothing of threads, and no SQL.

use axum::extract::ws::Utf8Bytes;
use futures_util::FutureExt;
use model::{
    SessionId, UserId,
    wire::{Event, Frame},
};
use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::{Notify, watch};

/// How many events wait for one connection before it is told to resynchronise instead.
const QUEUE_FRAMES: usize = 256;
/// The room that a connection keeps when nothing waits for it: most are idle, and there are thousands.
const KEPT_FRAMES: usize = 8;

/// An event and the users whom it concerns.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// What happened.
    pub event: Event,
    /// Who is told.
    pub audience: Arc<[UserId]>,
}

impl Delivery {
    /// An event for one user's devices.
    #[must_use]
    pub fn to_one(user_id: UserId, event: Event) -> Self {
        Self { event, audience: Arc::new([user_id]) }
    }
}

/// The connections of all users.
#[derive(Debug)]
pub struct Hub {
    connections: RwLock<HashMap<UserId, Vec<Arc<Mailbox>>>>,
    is_closing: watch::Sender<bool>,
    /// Whether everybody is going to be told to look again.
    is_in_doubt: AtomicBool,
}

/// Where the hub leaves what one connection is to send.
#[derive(Debug)]
struct Mailbox {
    session_id: SessionId,
    queue: Mutex<VecDeque<Utf8Bytes>>,
    /// Set when the queue was full: from then on events are dropped, until the connection has noticed.
    is_behind: AtomicBool,
    is_ended: AtomicBool,
    notice: Notify,
}

/// A connection's end of its mailbox. Dropping it leaves the hub.
#[derive(Debug)]
pub struct Subscription {
    hub: Arc<Hub>,
    user_id: UserId,
    mailbox: Arc<Mailbox>,
    is_closing: watch::Receiver<bool>,
}

/// Where one connection can be told something that concerns no other.
#[derive(Clone, Debug)]
pub struct Address(Arc<Mailbox>);

impl Address {
    /// Leaves an event for it.
    pub fn send(&self, event: &Event) {
        self.0.leave(encode(&Frame::Event(event.clone())));
    }
}

/// What a connection hears from the hub.
#[derive(Debug)]
pub enum Notice {
    /// Send this.
    Frame(Utf8Bytes),
    /// Events were dropped.
    Behind,
    /// The session was ended.
    Ended,
    /// The server stops.
    Closing,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            connections: RwLock::default(),
            is_closing: watch::Sender::new(false),
            is_in_doubt: AtomicBool::new(false),
        }
    }
}

impl Hub {
    /// Begins to collect a user's events.
    #[must_use]
    pub fn subscribe(self: &Arc<Self>, user_id: UserId, session_id: SessionId) -> Subscription {
        let mailbox = Arc::new(Mailbox {
            session_id,
            queue: Mutex::default(),
            is_behind: AtomicBool::new(false),
            is_ended: AtomicBool::new(false),
            notice: Notify::new(),
        });
        self.write().entry(user_id).or_default().push(mailbox.clone());
        Subscription { hub: self.clone(), user_id, mailbox, is_closing: self.is_closing.subscribe() }
    }

    /// Tells an event to those of its audience who are connected. Encoded once, and only if somebody is; the bytes are shared.
    pub fn publish(&self, delivery: Delivery) {
        let Delivery { event, audience } = delivery;
        let frame = Frame::Event(event);
        let mut encoded: Option<Utf8Bytes> = None;
        let connections = self.read();
        for mailbox in audience.iter().filter_map(|user_id| connections.get(user_id)).flatten() {
            let bytes = encoded.get_or_insert_with(|| encode(&frame));
            mailbox.leave(bytes.clone());
        }
    }

    /// Cuts the connections of a session that was ended.
    pub fn end_session(&self, session_id: SessionId) {
        for mailbox in self.read().values().flatten().filter(|mailbox| mailbox.session_id == session_id) {
            mailbox.is_ended.store(true, Ordering::Release);
            mailbox.notice.notify_one();
        }
    }

    /// Tells some users to load their snapshots again: events for them may have been lost.
    pub fn resync(&self, user_ids: &[UserId]) {
        let connections = self.read();
        for mailbox in user_ids.iter().filter_map(|user_id| connections.get(user_id)).flatten() {
            mailbox.fall_behind();
        }
    }

    /// From here on it is doubted that everybody was told everything. Whether it was not before.
    pub(super) fn begin_doubt(&self) -> bool {
        !self.is_in_doubt.swap(true, Ordering::SeqCst)
    }

    /// What is doubted from here on is not settled by what was begun before.
    pub(super) fn end_doubt(&self) {
        self.is_in_doubt.store(false, Ordering::SeqCst);
    }

    /// Tells everybody to load their snapshots again: events may have been lost.
    pub(super) fn resync_all(&self) {
        for mailbox in self.read().values().flatten() {
            mailbox.fall_behind();
        }
    }

    /// Tells every connection, present and future, to end.
    pub fn close(&self) {
        // Whoever comes from here on sees it by themselves.
        self.is_closing.send_replace(true);
        self.read().values().flatten().for_each(|mailbox| mailbox.notice.notify_one());
    }

    /// Ends when [`Hub::close`] was called.
    pub async fn closing(&self) {
        let mut is_closing = self.is_closing.subscribe();
        // The sender is this hub's own.
        let _ = is_closing.wait_for(|is_closing| *is_closing).await;
    }

    /// Ends when nobody is connected any more.
    pub async fn emptied(&self) {
        // Connections announce their end through the receivers that they drop.
        self.is_closing.closed().await;
    }

    /// Whether somebody has a connection.
    #[must_use]
    pub fn is_connected(&self, user_id: UserId) -> bool {
        self.read().contains_key(&user_id)
    }

    /// How many sockets are open.
    #[must_use]
    pub fn connection_count(&self) -> usize {
        self.is_closing.receiver_count()
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<UserId, Vec<Arc<Mailbox>>>> {
        self.connections.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<UserId, Vec<Arc<Mailbox>>>> {
        self.connections.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mailbox {
    fn leave(&self, frame: Utf8Bytes) {
        let mut queue = self.lock();
        if self.is_behind.load(Ordering::Acquire) {
            return;
        }
        if queue.len() < QUEUE_FRAMES {
            queue.push_back(frame);
        } else {
            self.is_behind.store(true, Ordering::Release);
        }
        drop(queue);
        self.notice.notify_one();
    }

    /// What waits longest.
    fn take(&self) -> Option<Utf8Bytes> {
        let mut queue = self.lock();
        let frame = queue.pop_front();
        if queue.is_empty() && queue.capacity() > KEPT_FRAMES {
            queue.shrink_to(KEPT_FRAMES);
        }
        frame
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Utf8Bytes>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fall_behind(&self) {
        self.is_behind.store(true, Ordering::Release);
        self.notice.notify_one();
    }
}

impl Subscription {
    /// Where it can be told something alone.
    #[must_use]
    pub fn address(&self) -> Address {
        Address(self.mailbox.clone())
    }

    /// The next thing to do, if it is there already.
    pub fn next_now(&mut self) -> Option<Notice> {
        self.next().now_or_never()
    }

    /// The next thing to do. Cancel-safe.
    pub async fn next(&mut self) -> Notice {
        loop {
            if self.mailbox.is_ended.load(Ordering::Acquire) {
                return Notice::Ended;
            }
            if *self.is_closing.borrow() {
                return Notice::Closing;
            }
            if self.mailbox.is_behind.load(Ordering::Acquire) {
                // Emptied before the flag falls, so that what is queued from here on is newer than the resynchronisation.
                let mut queue = self.mailbox.lock();
                *queue = VecDeque::new();
                self.mailbox.is_behind.store(false, Ordering::Release);
                return Notice::Behind;
            }
            if let Some(frame) = self.mailbox.take() {
                return Notice::Frame(frame);
            }
            // Whatever is left meanwhile has left a permit here.
            self.mailbox.notice.notified().await;
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut connections = self.hub.write();
        if let Some(mailboxes) = connections.get_mut(&self.user_id) {
            mailboxes.retain(|mailbox| !Arc::ptr_eq(mailbox, &self.mailbox));
            if mailboxes.is_empty() {
                connections.remove(&self.user_id);
            }
        }
    }
}

/// A frame as it goes over the socket.
#[must_use]
pub fn encode(frame: &Frame) -> Utf8Bytes {
    serde_json::to_string(frame).map_or_else(
        |error| {
            tracing::error!("a frame could not be encoded: {error}");
            Utf8Bytes::from_static(r#""resync""#)
        },
        Utf8Bytes::from,
    )
}
