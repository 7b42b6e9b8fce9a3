//! What waits in a mailbox, in the order in which it leaves. Knows nothing of who waits for it.

use super::{encoded::Encoded, pace::Pace, wire::Wire};
use axum::body::Bytes;
use model::wire::Frame;
use std::{
    collections::VecDeque,
    io::{self, ErrorKind, IoSlice},
    mem,
    sync::Weak,
    task::{Context, Poll, ready},
};
use tokio::net::TcpStream;

/// How many events wait for one connection before they make room for a resynchronisation.
pub(super) const QUEUE_FRAMES: usize = 256;
/// The room that a connection keeps when nothing waits for it: most are idle, and there are thousands.
const KEPT_FRAMES: usize = 4;
/// How many frames leave in one write at most.
const FRAMES_AT_ONCE: usize = 64;

/// All that goes over a connection's socket goes through this, in order.
#[derive(Debug, Default)]
pub(super) struct Queue {
    pub(super) waiting: VecDeque<Waiting>,
    /// How many bytes of the first one have left.
    pub(super) left: usize,
    /// Whether a resynchronisation is among them: who loads everything when they get it need not be told what happens until then.
    pub(super) is_behind: bool,
    /// Whether nothing is told any more.
    pub(super) is_shut: bool,
    pub(super) pace: Pace,
    /// Where it leaves, once there is a socket that may.
    pub(super) wire: Weak<Wire>,
}

/// A part of it.
#[derive(Debug)]
pub(super) enum Waiting {
    /// What happened.
    Event(Encoded),
    /// In place of what happened.
    Resync(Encoded),
    /// The rest of what the connection itself says, which nothing may be put into.
    Own(Bytes),
}

impl Waiting {
    fn bytes(&self) -> &Bytes {
        match self {
            Self::Event(frame) | Self::Resync(frame) => frame.bytes(),
            Self::Own(bytes) => bytes,
        }
    }
}

impl Queue {
    /// Drops the events that have not begun to leave, and says so in their place.
    pub(super) fn fall_behind(&mut self) {
        if self.is_behind || self.is_shut {
            return;
        }
        self.drop_events();
        self.waiting.push_back(Waiting::Resync(Encoded::of(&Frame::Resync)));
        self.is_behind = true;
    }

    /// Drops what is told and has not begun to leave.
    pub(super) fn drop_events(&mut self) {
        let mut begun = self.left > 0;
        self.waiting.retain(|waiting| mem::take(&mut begun) || matches!(waiting, Waiting::Own(_)));
    }

    /// How many bytes wait that the connection itself said.
    pub(super) fn own_bytes(&self) -> usize {
        let own = self.waiting.iter().filter(|waiting| matches!(waiting, Waiting::Own(_)));
        own.map(|waiting| waiting.bytes().len()).sum()
    }

    /// Sends as much as the socket takes now. An error of the kind `WouldBlock`, if something is left.
    pub(super) fn send(&mut self, stream: &TcpStream) -> io::Result<()> {
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
    pub(super) fn poll_send(
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
