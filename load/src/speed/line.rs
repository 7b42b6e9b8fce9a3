//! A live stream that costs this program next to nothing, so that a machine holds thousands of them beside the server that is measured: a socket, a
//! small buffer, and no thought about frames that nobody asks for.

use anyhow::{Context, bail, ensure};
use model::wire::SUBPROTOCOL;
use std::{
    future::poll_fn,
    io::ErrorKind,
    mem::MaybeUninit,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Poll, ready},
};
use tokio::{
    io::{AsyncRead, ReadBuf},
    net::{
        TcpSocket, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

/// How much is read at a time.
const CHUNK_BYTES: usize = 4 * 1024;
/// The longest answer to the handshake.
const MAX_HEAD_BYTES: usize = 16 * 1024;

const TEXT: u8 = 0x1;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xa;

/// The end that sends. Cheap to clone.
#[derive(Clone)]
pub struct Line(Arc<OwnedWriteHalf>);

/// The end that hears.
pub struct Ear {
    line: Line,
    reading: OwnedReadHalf,
    buffer: Vec<u8>,
    read: usize,
    must_resync: bool,
}

/// Opens a live stream by a bearer token, and waits for its first frames. `number` chooses one of the loopback's addresses to come from: an
/// address has 28,000 ports. `etag` says what one knows.
pub async fn open(
    address: SocketAddr,
    token: &str,
    number: usize,
    etag: Option<&str>,
) -> anyhow::Result<(Line, Ear)> {
    let socket = TcpSocket::new_v4()?;
    let from = [127, 0, 1, u8::try_from(number / 10_000 + 1)?];
    socket.bind(SocketAddr::from((from, 0)))?;
    let stream = socket.connect(address).await.context("the server takes no more connections")?;
    stream.set_nodelay(true)?;
    let mut ear = Ear::of(stream);
    let line = ear.line.clone();
    let query = etag.map(|etag| format!("?etag={etag}")).unwrap_or_default();
    let head = format!(
        "GET /api/v1/live{query} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\nconnection: upgrade\r\n\
         upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-protocol: {SUBPROTOCOL}\r\n\
         sec-websocket-key: bG9hZCBnZW5lcmF0b3IuLg==\r\n\r\n"
    );
    line.write(head.as_bytes()).await?;
    let end = loop {
        if let Some(end) = ear.buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break end;
        }
        ensure!(ear.buffer.len() < MAX_HEAD_BYTES, "the handshake has no end");
        ear.fill().await?;
    };
    let head = String::from_utf8_lossy(&ear.buffer[..end]).into_owned();
    ensure!(head.starts_with("HTTP/1.1 101"), "the server opened no live stream: {head}");
    ear.read = end + 4;
    let first = ear.next().await?;
    ensure!(first == br#""ready""#, "the first frame was not ready, but {}", String::from_utf8_lossy(first));
    if etag.is_some() {
        ear.must_resync = ear.is_told_to_resync().await?;
    }
    Ok((line, ear))
}

impl Line {
    /// Sends a text frame of at most 64 KiB. The mask is 0, which no proxy is there to mind (RFC 6455, 10.3).
    pub async fn send(&self, text: &str) -> anyhow::Result<()> {
        self.write(&frame(TEXT, text.as_bytes())?).await
    }

    /// The same for a thread that is no task.
    pub fn send_now(&self, text: &str) -> anyhow::Result<()> {
        let bytes = frame(TEXT, text.as_bytes())?;
        ensure!(self.0.try_write(&bytes)? == bytes.len(), "the socket is full");
        Ok(())
    }

    /// All of it at once, since others may write too; a socket that cannot take that much does not keep up with anything.
    async fn write(&self, bytes: &[u8]) -> anyhow::Result<()> {
        loop {
            self.0.writable().await?;
            match self.0.try_write(bytes) {
                Ok(written) => {
                    ensure!(written == bytes.len(), "the socket is full");
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// A frame, masked by 0.
fn frame(kind: u8, payload: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut bytes = vec![0x80 | kind];
    match u8::try_from(payload.len()) {
        Ok(length) if length < 126 => bytes.push(0x80 | length),
        _ => {
            bytes.push(0x80 | 126);
            bytes.extend(u16::try_from(payload.len())?.to_be_bytes());
        }
    }
    bytes.extend([0; 4]);
    bytes.extend(payload);
    Ok(bytes)
}

impl Ear {
    fn of(stream: TcpStream) -> Self {
        let (reading, writing) = stream.into_split();
        Self { line: Line(Arc::new(writing)), reading, buffer: Vec::new(), read: 0, must_resync: false }
    }

    /// Whether the server said at once that what one knows is outdated.
    pub fn must_resync(&self) -> bool {
        self.must_resync
    }

    /// Whether what one knows is outdated. A ping is answered after what a connection begins with.
    async fn is_told_to_resync(&mut self) -> anyhow::Result<bool> {
        self.line.write(&frame(PING, b"")?).await?;
        let mut is_told = false;
        loop {
            let Some((kind, start, end)) = self.frame() else {
                self.fill().await?;
                continue;
            };
            self.read = end;
            is_told |= kind == TEXT && &self.buffer[start..end] == br#""resync""#;
            if kind == PONG {
                return Ok(is_told);
            }
        }
    }

    /// The next text frame. Pings are answered on the way.
    pub async fn next(&mut self) -> anyhow::Result<&[u8]> {
        let (start, end) = loop {
            let Some((kind, start, end)) = self.frame() else {
                self.fill().await?;
                continue;
            };
            self.read = end;
            match kind {
                TEXT => break (start, end),
                PING => self.line.write(&frame(PONG, &self.buffer[start..end])?).await?,
                CLOSE => bail!("the server closed it"),
                _ => {}
            }
        };
        Ok(&self.buffer[start..end])
    }

    /// The frame that is there whole: its kind, and where its payload is. A server masks nothing.
    fn frame(&self) -> Option<(u8, usize, usize)> {
        let bytes = self.buffer.get(self.read..)?;
        let (first, second) = (*bytes.first()?, *bytes.get(1)?);
        let (head, length) = match second & 0x7f {
            126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
            127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
            length => (2, usize::from(length)),
        };
        bytes.get(head..head + length)?;
        Some((first & 0x0f, self.read + head, self.read + head + length))
    }

    async fn fill(&mut self) -> anyhow::Result<()> {
        self.buffer.drain(..self.read);
        self.read = 0;
        if self.buffer.is_empty() && self.buffer.capacity() > CHUNK_BYTES {
            self.buffer = Vec::new();
        }
        let Self { reading, buffer, .. } = self;
        // Not `try_read`: it would ask the socket once more, each time, whether there is more. The chunk is not kept while nothing comes.
        let count = poll_fn(|context| {
            let mut chunk = [MaybeUninit::uninit(); CHUNK_BYTES];
            let mut chunk = ReadBuf::uninit(&mut chunk);
            ready!(Pin::new(&mut *reading).poll_read(context, &mut chunk))?;
            buffer.extend_from_slice(chunk.filled());
            Poll::Ready(std::io::Result::Ok(chunk.filled().len()))
        });
        ensure!(count.await? > 0, "the server closed it without a word");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::{io::AsyncWriteExt, net::TcpListener};

    #[tokio::test]
    async fn frames_are_heard_whole_however_they_arrive() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let connecting = TcpStream::connect(listener.local_addr().unwrap());
        let (stream, accepted) = tokio::join!(connecting, listener.accept());
        let (stream, mut server) = (stream.unwrap(), accepted.unwrap().0);
        let long = "x".repeat(70_000);
        let mut bytes = b"\x81\x05hello\x89\x01p\x81\x7e\x01\x00".to_vec();
        bytes.extend([b'm'; 256]);
        bytes.extend(b"\x81\x7f");
        bytes.extend(70_000_u64.to_be_bytes());
        bytes.extend(long.as_bytes());
        let sending = tokio::spawn(async move {
            for piece in bytes.chunks(3) {
                server.write_all(piece).await.unwrap();
            }
            server
        });
        let mut ear = Ear::of(stream);
        assert_eq!(ear.next().await.unwrap(), b"hello");
        assert_eq!(ear.next().await.unwrap(), [b'm'; 256]);
        assert_eq!(ear.next().await.unwrap(), long.as_bytes());
        let mut pong = [0; 7];
        let mut server = sending.await.unwrap();
        tokio::io::AsyncReadExt::read_exact(&mut server, &mut pong).await.unwrap();
        assert_eq!(&pong, b"\x8a\x81\0\0\0\0p");
        drop(server);
        assert!(ear.next().await.is_err(), "the end is an error");
    }
}
