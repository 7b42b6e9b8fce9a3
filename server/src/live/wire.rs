//! A TCP connection of which more than its own task may write: what happens leaves from where it is told.

use super::mailbox::Mailbox;
use axum::{
    extract::connect_info::Connected,
    serve::{self, IncomingStream},
};
use rustix::net::{Shutdown, shutdown};
use std::{
    io::{self, ErrorKind, IoSlice},
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, OnceLock, Weak},
    task::{Context, Poll, ready},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

/// A TCP connection.
#[derive(Debug)]
pub struct Wire {
    writing: OwnedWriteHalf,
    /// What else leaves by it, once it is a live stream.
    mailbox: OnceLock<Arc<Mailbox>>,
}

impl Wire {
    /// The socket.
    pub(super) fn stream(&self) -> &TcpStream {
        self.writing.as_ref()
    }

    /// From here on everything that is written goes through this mailbox.
    pub(super) fn attach(&self, mailbox: Arc<Mailbox>) {
        // A connection becomes a live stream once.
        self.mailbox.set(mailbox).ok();
    }
}

/// Takes connections for axum.
#[derive(Debug)]
pub struct Listener(pub TcpListener);

impl serve::Listener for Listener {
    type Io = End;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (End, SocketAddr) {
        let (stream, address) = serve::Listener::accept(&mut self.0).await;
        // An event and an answer are small and follow each other: together they would wait for the first one's receipt.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!("a connection keeps Nagle's algorithm: {error}");
        }
        let (reading, writing) = stream.into_split();
        (End { reading, wire: Arc::new(Wire { writing, mailbox: OnceLock::new() }) }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// By which connection a request has come, and from where. It does not keep the connection open.
#[derive(Clone, Debug)]
pub struct Peer {
    /// From where.
    pub address: SocketAddr,
    /// By which.
    pub wire: Weak<Wire>,
}

impl Connected<IncomingStream<'_, Listener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Listener>) -> Self {
        Self { address: *stream.remote_addr(), wire: Arc::downgrade(&stream.io().wire) }
    }
}

/// The end of a connection that its own task reads and writes by. Dropping it closes the connection.
#[derive(Debug)]
pub struct End {
    reading: OwnedReadHalf,
    pub(super) wire: Arc<Wire>,
}

impl End {
    /// Writes as far as the socket takes it.
    fn poll_with(
        &self,
        context: &mut Context<'_>,
        write: impl Fn(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.wire.stream().poll_write_ready(context))?;
            match write(self.wire.stream()) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                written => return Poll::Ready(written),
            }
        }
    }
}

impl AsyncRead for End {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.reading).poll_read(context, buffer)
    }
}

impl AsyncWrite for End {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.wire.mailbox.get() {
            Some(mailbox) => Poll::Ready(mailbox.write(self.wire.stream(), &[IoSlice::new(bytes)])),
            None => self.poll_with(context, |stream| stream.try_write(bytes)),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.wire.mailbox.get() {
            Some(mailbox) => Poll::Ready(mailbox.write(self.wire.stream(), slices)),
            None => self.poll_with(context, |stream| stream.try_write_vectored(slices)),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // What a mailbox has taken leaves from there.
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Some(mailbox) = self.wire.mailbox.get() {
            ready!(mailbox.poll_empty(context, self.wire.stream()))?;
        }
        Poll::Ready(shutdown(self.wire.stream(), Shutdown::Write).map_err(Into::into))
    }
}
