//! What waits to leave by one connection. It leaves as soon as it is left there, as far as the socket takes it, without waking the connection's task: to wake one for each
//! delivery takes up to a fifth more of the CPU, and a group has thousands of them (docs/performance.md).

use super::{
    encoded::Encoded,
    pace::Due,
    queue::{QUEUE_FRAMES, Queue, Waiting},
    wire::Wire,
};
use axum::body::Bytes;
use model::{SessionId, wire::Frame};
use std::{
    future::poll_fn,
    io::{self, ErrorKind, IoSlice},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Instant,
};
use tokio::{net::TcpStream, sync::Notify};

/// Where the hub leaves what one connection is to send.
#[derive(Debug)]
pub struct Mailbox {
    pub(super) session_id: SessionId,
    queue: Mutex<Queue>,
    is_ended: AtomicBool,
    notice: Notify,
}

impl Mailbox {
    /// One of which nothing leaves by itself yet.
    #[must_use]
    pub fn new(session_id: SessionId) -> Self {
        Self { session_id, queue: Mutex::default(), is_ended: AtomicBool::new(false), notice: Notify::new() }
    }

    /// Leaves an event. When somebody has to see that it gets away, if nobody does yet, or if so much waits that the queue is half full.
    pub fn leave(&self, event: &Encoded, now: Instant) -> Option<Due> {
        let mut queue = self.lock();
        if queue.is_shut {
            return None;
        }
        let is_first = queue.waiting.is_empty();
        if queue.waiting.len() >= QUEUE_FRAMES {
            queue.fall_behind();
        } else if !queue.is_behind {
            queue.waiting.push_back(Waiting::Event(event.clone()));
            if queue.waiting.len() == QUEUE_FRAMES / 2 {
                return Some(Due::BeforeMore);
            }
        }
        is_first.then(|| queue.pace.due(now))
    }

    /// Has whoever is there load their snapshots again, instead of all that waits for them.
    pub fn fall_behind(&self) {
        self.lock().fall_behind();
        self.see_off();
    }

    /// Sends what waits as far as the socket takes it at once, and leaves the rest to the connection's task.
    pub fn see_off(&self) {
        self.see_off_from(self.lock());
    }

    fn see_off_from(&self, mut queue: MutexGuard<'_, Queue>) {
        let is_done = match queue.wire.upgrade() {
            Some(wire) => queue.send(wire.stream()).is_ok(),
            None => false,
        };
        drop(queue);
        if !is_done {
            self.notice.notify_one();
        }
    }

    /// From here on what waits leaves by a socket, these frames first, whatever happens meanwhile.
    pub fn attach(self: &Arc<Self>, wire: &Arc<Wire>, first: &[Frame]) {
        let mut queue = self.lock();
        for frame in first.iter().rev() {
            queue.waiting.push_front(Waiting::Own(Encoded::of(frame).bytes().clone()));
        }
        queue.wire = Arc::downgrade(wire);
        wire.attach(self.clone());
        self.see_off_from(queue);
    }

    /// Everything that waits, for a connection without a socket.
    pub fn take(&self) -> Vec<Encoded> {
        let mut queue = self.lock();
        queue.is_behind = false;
        let frames = queue.waiting.drain(..).filter_map(|waiting| match waiting {
            Waiting::Event(frame) | Waiting::Resync(frame) => Some(frame),
            Waiting::Own(_) => None,
        });
        frames.collect()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.lock().waiting.is_empty()
    }

    /// How many bytes wait that the connection itself said.
    pub fn own_bytes(&self) -> usize {
        self.lock().own_bytes()
    }

    /// Sends some of what waits, as soon as the socket takes it; ends at once if nothing does.
    pub async fn send_some(&self) -> io::Result<()> {
        poll_fn(|context| {
            let mut queue = self.lock();
            let Some(wire) = queue.wire.upgrade() else {
                return Poll::Ready(Err(ErrorKind::BrokenPipe.into()));
            };
            let before = (queue.waiting.len(), queue.left);
            queue.poll_send(context, wire.stream(), |queue| (queue.waiting.len(), queue.left) != before)
        })
        .await
    }

    /// Takes what the connection itself says, after all that waits, and as one, so that nothing gets in between its parts. How much there is of that is the
    /// connection's to see to.
    pub(super) fn write(&self, stream: &TcpStream, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        let mut queue = self.lock();
        let left = match queue.waiting.is_empty().then(|| stream.try_write_vectored(parts)) {
            None => 0,
            Some(Ok(left)) => left,
            Some(Err(error)) if error.kind() == ErrorKind::WouldBlock => 0,
            Some(Err(error)) => return Err(error),
        };
        let total = parts.iter().map(|part| part.len()).sum();
        if left < total {
            let mut bytes = Vec::with_capacity(total);
            parts.iter().for_each(|part| bytes.extend_from_slice(part));
            queue.waiting.push_back(Waiting::Own(Bytes::from(bytes).slice(left..)));
        }
        Ok(total)
    }

    /// Waits until nothing waits.
    pub(super) fn poll_empty(&self, context: &mut Context<'_>, stream: &TcpStream) -> Poll<io::Result<()>> {
        self.lock().poll_send(context, stream, |_| false)
    }

    /// Tells nothing more than what waits already: nothing follows a farewell (RFC 6455, 5.5.1).
    pub fn shut(&self) {
        self.lock().is_shut = true;
    }

    /// Says that the session was ended, which is told nothing from here on but the rest of what has begun to leave.
    pub fn end(&self) {
        let mut queue = self.lock();
        queue.is_shut = true;
        queue.drop_events();
        drop(queue);
        self.is_ended.store(true, Ordering::Release);
        self.wake();
    }

    /// Whether it was.
    pub fn is_ended(&self) -> bool {
        self.is_ended.load(Ordering::Acquire)
    }

    /// Has the connection's task look.
    pub fn wake(&self) {
        self.notice.notify_one();
    }

    /// Waits for something that the connection's task has to see to.
    pub async fn noticed(&self) {
        self.notice.notified().await;
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::wire::{End, Listener};
    use super::*;
    use axum::serve::Listener as _;
    use futures_util::StreamExt;
    use std::time::Duration;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        join,
        net::TcpListener,
        time::timeout,
    };
    use tokio_tungstenite::{WebSocketStream, tungstenite::protocol::Role};

    /// Up to 60 kB: heads of several lengths, and more than a socket takes at once.
    fn said(number: usize) -> Encoded {
        Encoded::of_text(&format!("{number} {}", "x".repeat(number * 997 % 60_000)))
    }

    /// A connection's end, and a reader that has not read yet.
    pub async fn connection() -> (End, WebSocketStream<TcpStream>) {
        let mut listener = Listener(TcpListener::bind("127.0.0.1:0").await.unwrap());
        let address = listener.local_addr().unwrap();
        let (stream, (end, _)) = join!(TcpStream::connect(address), listener.accept());
        let reader = WebSocketStream::from_raw_socket(stream.unwrap(), Role::Client, None).await;
        (end, reader)
    }

    fn mailbox() -> Arc<Mailbox> {
        Arc::new(Mailbox::new(SessionId::generate()))
    }

    pub async fn next(reader: &mut WebSocketStream<TcpStream>) -> String {
        let message = timeout(Duration::from_secs(20), reader.next()).await.expect("nothing more comes");
        message.unwrap().unwrap().into_text().unwrap().to_string()
    }

    #[tokio::test]
    async fn all_that_leaves_by_a_connection_leaves_whole_and_in_order() {
        let (mailbox, (mut end, mut reader)) = (mailbox(), connection().await);
        mailbox.leave(&said(1), Instant::now());
        mailbox.attach(&end.wire, &[Frame::Ready]);
        // The connection's own words go between what others tell, while the reader is slower than both.
        let telling = async {
            for number in 2..=400 {
                if number % 3 == 0 {
                    end.write_all(said(number).bytes()).await.unwrap();
                } else if mailbox.leave(&said(number), Instant::now()).is_some() {
                    mailbox.see_off();
                }
                if number % 50 == 0 {
                    while mailbox.own_bytes() > 0 {
                        mailbox.send_some().await.unwrap();
                    }
                }
            }
            while !mailbox.is_empty() {
                mailbox.send_some().await.unwrap();
            }
        };
        let hearing = async {
            assert_eq!(next(&mut reader).await, r#""ready""#);
            for number in 1..=400 {
                assert_eq!(next(&mut reader).await, said(number).text());
            }
        };
        join!(telling, hearing);
    }

    #[tokio::test]
    async fn who_does_not_keep_up_hears_that_they_have_missed_something_and_then_the_rest() {
        let (mailbox, (end, mut reader)) = (mailbox(), connection().await);
        mailbox.attach(&end.wire, &[]);
        let mut number = 0;
        while !mailbox.lock().is_behind {
            number += 1;
            if mailbox.leave(&said(number), Instant::now()).is_some() {
                mailbox.see_off();
            }
        }
        // Who will load everything need not hear of this.
        mailbox.leave(&said(number + 1), Instant::now());
        let sending = async {
            while !mailbox.is_empty() {
                mailbox.send_some().await.unwrap();
            }
        };
        let hearing = async {
            let mut heard = 0;
            loop {
                match next(&mut reader).await {
                    text if text == r#""resync""# => break,
                    text => assert_eq!(text, said(heard + 1).text()),
                }
                heard += 1;
            }
            assert!(heard < number, "nothing was left out");
        };
        join!(sending, hearing);
        assert!(mailbox.leave(&said(7), Instant::now()).is_some(), "somebody else still sees to it");
        mailbox.see_off();
        assert_eq!(next(&mut reader).await, said(7).text());
    }

    #[tokio::test]
    async fn who_falls_behind_before_they_are_told_anything_hears_first_that_they_are_in() {
        let (mailbox, (end, mut reader)) = (mailbox(), connection().await);
        let mut before = 0;
        while let Ok(written) = end.wire.stream().try_write(&[0; 65_536]) {
            before += written;
        }
        mailbox.attach(&end.wire, &[Frame::Ready]);
        mailbox.fall_behind();
        reader.get_mut().read_exact(&mut vec![0; before]).await.unwrap();
        while !mailbox.is_empty() {
            mailbox.send_some().await.unwrap();
        }
        assert_eq!(next(&mut reader).await, r#""ready""#);
        assert_eq!(next(&mut reader).await, r#""resync""#);
    }

    #[tokio::test]
    async fn nothing_gets_into_what_is_written_in_parts() {
        let (mailbox, (mut end, mut reader)) = (mailbox(), connection().await);
        mailbox.attach(&end.wire, &[]);
        for number in 1..=100 {
            let (own, other) = (said(number), said(number + 1_000));
            let (head, text) = own.bytes().split_at(own.bytes().len() - own.text().len());
            let parts = [IoSlice::new(head), IoSlice::new(text)];
            assert_eq!(end.write_vectored(&parts).await.unwrap(), own.bytes().len());
            if mailbox.leave(&other, Instant::now()).is_some() {
                mailbox.see_off();
            }
            let sending = async {
                while !mailbox.is_empty() {
                    mailbox.send_some().await.unwrap();
                }
            };
            let hearing = async {
                assert_eq!(next(&mut reader).await, own.text());
                assert_eq!(next(&mut reader).await, other.text());
            };
            join!(sending, hearing);
        }
    }

    #[tokio::test]
    async fn an_ended_session_gets_the_rest_of_what_has_begun_to_leave_and_its_own_words() {
        let (mailbox, (mut end, mut reader)) = (mailbox(), connection().await);
        mailbox.attach(&end.wire, &[]);
        let mut number = 0;
        while mailbox.lock().waiting.len() < 3 {
            number += 1;
            if mailbox.leave(&said(number), Instant::now()).is_some() {
                mailbox.see_off();
            }
        }
        let begun = number - 2 - usize::from(mailbox.lock().left == 0);
        mailbox.end();
        assert!(mailbox.leave(&said(number + 1), Instant::now()).is_none());
        mailbox.fall_behind();
        let sending = async {
            end.write_all(said(1_000).bytes()).await.unwrap();
            while !mailbox.is_empty() {
                mailbox.send_some().await.unwrap();
            }
        };
        let hearing = async {
            for number in 1..=begun {
                assert_eq!(next(&mut reader).await, said(number).text());
            }
            assert_eq!(next(&mut reader).await, said(1_000).text());
        };
        join!(sending, hearing);
        assert!(mailbox.is_empty());
    }
}
