//! Who is connected, by user, and what becomes of a slow reader. Knows nothing of threads, and no SQL.

use super::{
    encoded::Encoded,
    mailbox::Mailbox,
    pace::{Due, PICTURE},
    queue::QUEUE_FRAMES,
    wire::Wire,
};
use futures_util::FutureExt;
use model::{
    SessionId, UserId,
    wire::{Event, Frame},
};
use std::{
    collections::HashMap,
    io,
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};
use tokio::{runtime::Handle, sync::watch, task::yield_now, time::sleep};

/// To how many connections an event is written by whoever tells it. More are seen to by a task for each core, which lets others have their turn after so many: to store a
/// message takes several turns, at each of which it would otherwise wait for all that is being told.
const AT_ONCE: usize = 32;

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
    /// How often it was begun to wait for what is unfinished.
    settlings: AtomicU64,
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
        if self.0.leave(&Encoded::of(&Frame::Event(event.clone())), Instant::now()).is_some() {
            self.0.see_off();
        }
    }
}

/// What a connection hears from the hub.
#[derive(Debug)]
pub enum Notice {
    /// Something waits that has to be sent: over a socket, what it did not take at once.
    Waiting,
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
            settlings: AtomicU64::new(0),
        }
    }
}

impl Hub {
    /// Begins to collect a user's events.
    #[must_use]
    pub fn subscribe(self: &Arc<Self>, user_id: UserId, session_id: SessionId) -> Subscription {
        let mailbox = Arc::new(Mailbox::new(session_id));
        self.write().entry(user_id).or_default().push(mailbox.clone());
        Subscription { hub: self.clone(), user_id, mailbox, is_closing: self.is_closing.subscribe() }
    }

    /// Tells events to those of their audiences who are connected, in their order. Each is encoded once, and only if somebody is; the bytes are shared.
    ///
    /// However many there are, nobody falls behind who takes them: after half of what a queue holds, the fullest are emptied.
    pub fn publish(&self, deliveries: impl IntoIterator<Item = Delivery>) {
        let mut deliveries = deliveries.into_iter().peekable();
        let (mut at_once, mut after_picture) = (Vec::new(), Vec::new());
        let now = Instant::now();
        while deliveries.peek().is_some() {
            let mut before_more = Vec::new();
            let connections = self.read();
            for Delivery { event, audience } in deliveries.by_ref().take(QUEUE_FRAMES / 2) {
                let frame = Frame::Event(event);
                let mut encoded = None;
                for mailbox in audience.iter().filter_map(|user_id| connections.get(user_id)).flatten() {
                    match mailbox.leave(encoded.get_or_insert_with(|| Encoded::of(&frame)), now) {
                        Some(Due::AtOnce) => at_once.push(mailbox.clone()),
                        Some(Due::AfterPicture) => after_picture.push(mailbox.clone()),
                        Some(Due::BeforeMore) => before_more.push(mailbox.clone()),
                        None => {}
                    }
                }
            }
            drop(connections);
            before_more.iter().for_each(|mailbox| mailbox.see_off());
        }
        to_each(&at_once, Mailbox::see_off);
        if !after_picture.is_empty() {
            tokio::spawn(async move {
                sleep(PICTURE).await;
                to_each(&after_picture, Mailbox::see_off);
            });
        }
    }

    /// Cuts the connections of a session that was ended.
    pub fn end_session(&self, session_id: SessionId) {
        for mailbox in self.read().values().flatten().filter(|mailbox| mailbox.session_id == session_id) {
            mailbox.end();
        }
    }

    /// Tells some users to load their snapshots again: events for them may have been lost.
    pub fn resync(&self, user_ids: &[UserId]) {
        let connections = self.read();
        let mailboxes = user_ids.iter().filter_map(|user_id| connections.get(user_id)).flatten();
        let mailboxes: Vec<_> = mailboxes.cloned().collect();
        drop(connections);
        to_each(&mailboxes, Mailbox::fall_behind);
    }

    /// From here on it is doubted that everybody was told everything. Whether it was not before.
    pub(super) fn begin_doubt(&self) -> bool {
        !self.is_in_doubt.swap(true, Ordering::SeqCst)
    }

    /// What is doubted from here on is not settled by what was begun before.
    pub(super) fn end_doubt(&self) {
        self.is_in_doubt.store(false, Ordering::SeqCst);
    }

    /// Begins to wait for what is unfinished, of which there is a new list: it has all that is left of one before.
    pub(super) fn begin_settling(&self) -> u64 {
        self.settlings.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Whether that list is the last one.
    pub(super) fn is_settling(&self, settling: u64) -> bool {
        self.settlings.load(Ordering::SeqCst) == settling
    }

    /// Tells everybody to load their snapshots again: events may have been lost.
    pub(super) fn resync_all(&self) {
        let mailboxes: Vec<_> = self.read().values().flatten().cloned().collect();
        to_each(&mailboxes, Mailbox::fall_behind);
    }

    /// Tells every connection, present and future, to end.
    pub fn close(&self) {
        // Whoever comes from here on sees it by themselves.
        self.is_closing.send_replace(true);
        self.read().values().flatten().for_each(|mailbox| mailbox.wake());
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

impl Subscription {
    /// Where it can be told something alone.
    #[must_use]
    pub fn address(&self) -> Address {
        Address(self.mailbox.clone())
    }

    /// From here on events leave by a socket as they are told, after these frames.
    pub fn attach(&self, wire: &Arc<Wire>, first: &[Frame]) {
        self.mailbox.attach(wire, first);
    }

    /// Everything that waits, for a connection without a socket.
    #[must_use]
    pub fn take(&self) -> Vec<Encoded> {
        self.mailbox.take()
    }

    /// How many bytes wait that the connection itself said.
    #[must_use]
    pub fn own_bytes(&self) -> usize {
        self.mailbox.own_bytes()
    }

    /// Sends until all that the connection itself said has left.
    ///
    /// # Errors
    /// When the connection has ended.
    pub async fn send_own(&self) -> io::Result<()> {
        while self.own_bytes() > 0 {
            self.mailbox.send_some().await?;
        }
        Ok(())
    }

    /// Tells nothing more than what waits already.
    pub fn shut(&self) {
        self.mailbox.shut();
    }

    /// The next thing to do, if it is there already.
    pub fn next_now(&mut self) -> Option<Notice> {
        self.next().now_or_never()
    }

    /// The next thing to do. Cancel-safe.
    pub async fn next(&mut self) -> Notice {
        loop {
            if self.mailbox.is_ended() {
                return Notice::Ended;
            }
            if *self.is_closing.borrow() {
                return Notice::Closing;
            }
            if !self.mailbox.is_empty() {
                return Notice::Waiting;
            }
            // Whatever is left meanwhile has left a permit here.
            self.mailbox.noticed().await;
        }
    }

    /// The next thing to do over a socket. Where something waits, some of it has left by then, as soon as the socket takes it. Cancel-safe.
    ///
    /// # Errors
    /// When the connection has ended.
    pub async fn send_next(&mut self) -> io::Result<Notice> {
        loop {
            match self.next().await {
                Notice::Waiting => tokio::select! {
                    sent = self.mailbox.send_some() => return sent.map(|()| Notice::Waiting),
                    () = self.mailbox.noticed() => {}
                },
                other => return Ok(other),
            }
        }
    }
}

/// Does this to each of these mailboxes, which may write to its socket: never under the hub's lock.
fn to_each(mailboxes: &[Arc<Mailbox>], act: fn(&Mailbox)) {
    if mailboxes.len() <= AT_ONCE {
        mailboxes.iter().for_each(|mailbox| act(mailbox));
        return;
    }
    let workers = Handle::current().metrics().num_workers();
    for some in mailboxes.chunks(mailboxes.len().div_ceil(workers)) {
        let some = some.to_vec();
        tokio::spawn(async move {
            for some in some.chunks(AT_ONCE) {
                some.iter().for_each(|mailbox| act(mailbox));
                yield_now().await;
            }
        });
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

#[cfg(test)]
mod tests {
    use super::super::mailbox::tests::{connection, next};
    use super::*;
    use model::User;
    use serde_json::json;
    use std::{sync::mpsc, thread, time::Duration};
    use tokio::{task::spawn_blocking, time::timeout};

    #[tokio::test]
    async fn who_connects_does_not_wait_until_others_are_told_to_look_again() {
        let hub = Arc::new(Hub::default());
        let (alice, bob, carol) = (UserId::generate(), UserId::generate(), UserId::generate());
        let (hers, his) =
            (hub.subscribe(alice, SessionId::generate()), hub.subscribe(bob, SessionId::generate()));
        let (end, mut reader) = connection().await;
        hers.attach(&end.wire, &[]);
        // Somebody is writing to him.
        let (may_end, ending) = mpsc::channel::<()>();
        let (begun, beginning) = tokio::sync::oneshot::channel();
        let writing = thread::spawn(move || {
            let _queue = his.mailbox.lock();
            begun.send(()).unwrap();
            ending.recv().ok();
        });
        beginning.await.unwrap();
        let telling = spawn_blocking({
            let hub = hub.clone();
            move || hub.resync(&[alice, bob])
        });
        assert_eq!(next(&mut reader).await, r#""resync""#);
        // He is next.
        let connecting = spawn_blocking({
            let hub = hub.clone();
            move || hub.subscribe(carol, SessionId::generate())
        });
        let connected = timeout(Duration::from_secs(10), connecting).await;
        drop(may_end);
        writing.join().unwrap();
        telling.await.unwrap();
        connected.expect("who connects waits").unwrap();
    }

    #[tokio::test]
    async fn who_takes_what_is_told_does_not_fall_behind_however_much_is_told_at_once() {
        let hub = Arc::new(Hub::default());
        let alice = UserId::generate();
        let hers = hub.subscribe(alice, SessionId::generate());
        let (end, mut reader) = connection().await;
        hers.attach(&end.wire, &[]);
        let user = json!({ "user_id": alice, "username": "alice", "display_name": "Alice" });
        let user: User = serde_json::from_value(user).unwrap();
        let told = |number: usize| Event::UserChanged { user: user.clone(), about: number.to_string() };
        let events: Vec<_> = (0..4 * QUEUE_FRAMES).map(told).collect();
        hub.publish(events.iter().cloned().map(|event| Delivery::to_one(alice, event)));
        for event in events {
            assert_eq!(next(&mut reader).await, serde_json::to_string(&Frame::Event(event)).unwrap());
        }
    }
}
