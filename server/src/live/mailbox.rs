//! What waits to leave by one connection. It leaves as soon as it is left there, as far as the socket takes it, without waking the connection's task: to wake one for each
//! delivery takes up to a fifth more of the CPU, and a group has thousands of them (docs/performance.md).

use super::pace::{Due, Pace};
use super::wire::Wire;
use axum::body::Bytes;
use model::{SessionId, wire::Frame};
use std::{
    collections::VecDeque,
    future::poll_fn,
    io::{self, ErrorKind, IoSlice},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Instant,
};
use tokio::{net::TcpStream, sync::Notify};
use tungstenite::protocol::frame::{
    FrameHeader,
    coding::{Data, OpCode},
};

/// How many events wait for one connection before they make room for a resynchronisation.
const QUEUE_FRAMES: usize = 256;
/// The room that a connection keeps when nothing waits for it: most are idle, and there are thousands.
const KEPT_FRAMES: usize = 4;
/// How many frames leave in one write at most.
const FRAMES_AT_ONCE: usize = 64;

/// A frame as it goes over every socket: the head of an unmasked WebSocket frame (RFC 6455, 5.2), and the text. Encoded once, and shared.
#[derive(Clone, Debug)]
pub struct Encoded {
    bytes: Bytes,
    text_at: usize,
}

impl Encoded {
    /// Encodes a frame.
    #[must_use]
    pub fn of(frame: &Frame) -> Self {
        Self::of_text(&encode(frame))
    }

    fn of_text(text: &str) -> Self {
        let head = FrameHeader { opcode: OpCode::Data(Data::Text), ..FrameHeader::default() };
        let mut bytes = Vec::with_capacity(text.len() + head.len(text.len() as u64));
        if let Err(error) = head.format(text.len() as u64, &mut bytes) {
            tracing::error!("the head of a frame could not be written: {error}");
        }
        let text_at = bytes.len();
        bytes.extend_from_slice(text.as_bytes());
        Self { bytes: bytes.into(), text_at }
    }

    /// What it says.
    #[must_use]
    pub fn text(&self) -> &str {
        self.bytes.get(self.text_at..).and_then(|text| str::from_utf8(text).ok()).unwrap_or_default()
    }
}

/// What a frame says.
#[must_use]
pub fn encode(frame: &Frame) -> String {
    serde_json::to_string(frame).unwrap_or_else(|error| {
        tracing::error!("a frame could not be encoded: {error}");
        r#""resync""#.into()
    })
}

/// Where the hub leaves what one connection is to send.
#[derive(Debug)]
pub struct Mailbox {
    pub(super) session_id: SessionId,
    queue: Mutex<Queue>,
    is_ended: AtomicBool,
    notice: Notify,
}

/// All that goes over a connection's socket goes through this, in order.
#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    /// How many bytes of the first one have left.
    left: usize,
    /// Whether a resynchronisation is among them: who loads everything when they get it need not be told what happens until then.
    is_behind: bool,
    pace: Pace,
    /// Where it leaves, once there is a socket that may.
    wire: Weak<Wire>,
}

#[derive(Debug)]
enum Waiting {
    Event(Encoded),
    Resync(Encoded),
    /// The rest of what the connection has written itself, which nothing may be put into.
    Own(Bytes),
}

impl Waiting {
    fn bytes(&self) -> &Bytes {
        match self {
            Self::Event(frame) | Self::Resync(frame) => &frame.bytes,
            Self::Own(bytes) => bytes,
        }
    }
}

impl Mailbox {
    /// One of which nothing leaves by itself yet.
    #[must_use]
    pub fn new(session_id: SessionId) -> Self {
        Self { session_id, queue: Mutex::default(), is_ended: AtomicBool::new(false), notice: Notify::new() }
    }

    /// Leaves an event. When somebody has to see that it gets away, if nobody does yet.
    pub fn leave(&self, event: &Encoded, now: Instant) -> Option<Due> {
        let mut queue = self.lock();
        let is_first = queue.waiting.is_empty();
        if queue.waiting.len() >= QUEUE_FRAMES {
            queue.fall_behind();
        } else if !queue.is_behind {
            queue.waiting.push_back(Waiting::Event(event.clone()));
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
        let mut queue = self.lock();
        let is_done = match queue.wire.upgrade() {
            Some(wire) => queue.send(wire.stream()).is_ok(),
            None => false,
        };
        drop(queue);
        if !is_done {
            self.notice.notify_one();
        }
    }

    /// From here on what waits leaves by a socket, these frames first.
    pub fn attach(self: &Arc<Self>, wire: &Arc<Wire>, first: &[Frame]) {
        let mut queue = self.lock();
        for frame in first.iter().rev() {
            queue.waiting.push_front(Waiting::Event(Encoded::of(frame)));
        }
        queue.wire = Arc::downgrade(wire);
        wire.attach(self.clone());
        drop(queue);
        self.see_off();
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

    /// Writes what the connection says itself, after all that waits. Takes all of it, so that nothing gets in between.
    pub(super) fn poll_write(
        &self,
        context: &mut Context<'_>,
        stream: &TcpStream,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut queue = self.lock();
        ready!(queue.poll_send(context, stream, |_| false))?;
        let left = match stream.try_write(bytes) {
            Ok(left) => left,
            Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
            Err(error) => return Poll::Ready(Err(error)),
        };
        if let Some(rest) = bytes.get(left..).filter(|rest| !rest.is_empty()) {
            queue.waiting.push_back(Waiting::Own(Bytes::copy_from_slice(rest)));
        }
        Poll::Ready(Ok(bytes.len()))
    }

    /// Waits until all of it has left.
    pub(super) fn poll_flush(&self, context: &mut Context<'_>, stream: &TcpStream) -> Poll<io::Result<()>> {
        self.lock().poll_send(context, stream, |_| false)
    }

    /// Says that the session was ended.
    pub fn end(&self) {
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

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// Drops the events that have not begun to leave, and says so in their place.
    fn fall_behind(&mut self) {
        if self.is_behind {
            return;
        }
        let mut begun = self.left > 0;
        self.waiting.retain(|waiting| std::mem::take(&mut begun) || matches!(waiting, Waiting::Own(_)));
        self.waiting.push_back(Waiting::Resync(Encoded::of(&Frame::Resync)));
        self.is_behind = true;
    }

    /// Sends as much as the socket takes now. An error of the kind `WouldBlock`, if something is left.
    fn send(&mut self, stream: &TcpStream) -> io::Result<()> {
        while let Some(first) = self.waiting.front() {
            let first = first.bytes().get(self.left..).unwrap_or_default();
            let sent = match self.waiting.len() {
                1 => stream.try_write(first)?,
                _ => {
                    let others = self.waiting.iter().skip(1).take(FRAMES_AT_ONCE - 1);
                    let slices: Vec<_> = std::iter::once(IoSlice::new(first))
                        .chain(others.map(|waiting| IoSlice::new(waiting.bytes())))
                        .collect();
                    stream.try_write_vectored(&slices)?
                }
            };
            if sent == 0 {
                return Err(ErrorKind::WriteZero.into());
            }
            self.left += sent;
            while let Some(first) = self.waiting.front().map(|waiting| waiting.bytes().len())
                && first <= self.left
            {
                self.left -= first;
                if let Some(Waiting::Resync(_)) = self.waiting.pop_front() {
                    self.is_behind = false;
                }
            }
        }
        if self.waiting.capacity() > KEPT_FRAMES {
            self.waiting.shrink_to(KEPT_FRAMES);
        }
        Ok(())
    }

    /// Sends until nothing is left, or until it is enough.
    fn poll_send(
        &mut self,
        context: &mut Context<'_>,
        stream: &TcpStream,
        is_enough: impl Fn(&Self) -> bool,
    ) -> Poll<io::Result<()>> {
        loop {
            match self.send(stream) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if is_enough(self) {
                        return Poll::Ready(Ok(()));
                    }
                    ready!(stream.poll_write_ready(context))?;
                }
                sent => return Poll::Ready(sent),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::wire::{End, Listener};
    use super::*;
    use axum::serve::Listener as _;
    use futures_util::StreamExt;
    use tokio::{io::AsyncWriteExt, join, net::TcpListener};
    use tokio_tungstenite::{WebSocketStream, tungstenite::protocol::Role};

    /// Up to 60 kB: heads of several lengths, and more than a socket takes at once.
    fn said(number: usize) -> Encoded {
        Encoded::of_text(&format!("{number} {}", "x".repeat(number * 997 % 60_000)))
    }

    /// A mailbox, its connection's end, and a reader that has not read yet.
    async fn connection() -> (Arc<Mailbox>, End, WebSocketStream<TcpStream>) {
        let mut listener = Listener(TcpListener::bind("127.0.0.1:0").await.unwrap());
        let address = listener.local_addr().unwrap();
        let (stream, (end, _)) = join!(TcpStream::connect(address), listener.accept());
        let reader = WebSocketStream::from_raw_socket(stream.unwrap(), Role::Client, None).await;
        let mailbox = Arc::new(Mailbox::new(SessionId::generate()));
        (mailbox, end, reader)
    }

    async fn next(reader: &mut WebSocketStream<TcpStream>) -> String {
        reader.next().await.unwrap().unwrap().into_text().unwrap().to_string()
    }

    #[tokio::test]
    async fn all_that_leaves_by_a_connection_leaves_whole_and_in_order() {
        let (mailbox, mut end, mut reader) = connection().await;
        mailbox.leave(&said(1), Instant::now());
        mailbox.attach(&end.wire, &[Frame::Ready]);
        // The connection's own words go between what others tell, while the reader is slower than both.
        let telling = async {
            for number in 2..=400 {
                if number % 3 == 0 {
                    end.write_all(&said(number).bytes).await.unwrap();
                } else if mailbox.leave(&said(number), Instant::now()).is_some() {
                    mailbox.see_off();
                }
                if number % 50 == 0 {
                    end.flush().await.unwrap();
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
        let (mailbox, end, mut reader) = connection().await;
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
}
