//! A proxy: everything that people tell the server, and the server PostgreSQL, goes through one, where it can be late, slow, held up, and cut.

use super::tap::{Speaker, Tap, Trap};
use std::{
    io,
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream, UnixStream},
    sync::watch,
    task::JoinHandle,
    time::sleep,
};

/// How much the kernel keeps of what a reader does not take. Little, so that a reader who stops is felt.
const RECEIVE_BYTES: u32 = 64 * 1024;
/// How much is passed on at a time.
const CHUNK_BYTES: usize = 16 * 1024;

/// Where a proxy leads.
#[derive(Clone, Debug)]
pub enum Upstream {
    /// Nowhere: whoever comes is sent away.
    Nowhere,
    /// To the server.
    Tcp(SocketAddr),
    /// To PostgreSQL.
    Unix(PathBuf),
}

/// What it is like between the two sides.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Weather {
    /// How late everything is.
    pub late: Duration,
    /// How much a connection takes in a second, if it is slow.
    pub bytes_per_second: Option<u32>,
}

/// A proxy at an address of its own. Dropping it cuts all its connections.
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

struct Shared {
    upstream: watch::Sender<Upstream>,
    weather: watch::Sender<Weather>,
    lines: Mutex<Vec<Arc<Line>>>,
    trap: Option<Arc<Trap>>,
}

/// One connection.
pub struct Line {
    number: u64,
    state: watch::Sender<State>,
    /// Whether a statement that stores messages is under way, by itself.
    is_storing: AtomicBool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Open,
    Stalled,
    Cut,
}

impl Line {
    /// Says whether a statement that stores messages is under way, by itself.
    pub fn set_storing(&self, is_storing: bool) {
        self.is_storing.store(is_storing, Ordering::Relaxed);
    }

    /// Whether one was until now.
    pub fn was_storing(&self) -> bool {
        self.is_storing.swap(false, Ordering::Relaxed)
    }

    /// From now on nothing passes, and neither side is told.
    pub fn stall(&self) {
        self.state.send_if_modified(|state| {
            let is_open = *state == State::Open;
            *state = if is_open { State::Stalled } else { *state };
            is_open
        });
    }

    /// Ends it for both sides.
    pub fn cut(&self) {
        self.state.send_replace(State::Cut);
    }

    /// Lets go on what was stopped.
    pub fn go_on(&self) {
        self.state.send_if_modified(|state| {
            let is_stalled = *state == State::Stalled;
            *state = if is_stalled { State::Open } else { *state };
            is_stalled
        });
    }

    async fn wait_while_stalled(&self) {
        let mut state = self.state.subscribe();
        // The sender is this line's own.
        let _ = state.wait_for(|state| *state != State::Stalled).await;
    }

    fn is_stalled(&self) -> bool {
        *self.state.borrow() == State::Stalled
    }

    /// Whether it is one of so many in a hundred. The salt says which.
    fn is_among(&self, percent: u8, salt: u64) -> bool {
        // SplitMix64: every bit of the number counts.
        let mut mixed = self.number.wrapping_add(salt).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % 100 < u64::from(percent)
    }
}

impl Proxy {
    /// Opens a proxy that leads nowhere yet. With a trap it reads along, as between a server and PostgreSQL.
    pub async fn open(trap: Option<Arc<Trap>>) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            upstream: watch::Sender::new(Upstream::Nowhere),
            weather: watch::Sender::new(Weather::default()),
            lines: Mutex::default(),
            trap,
        });
        let accepting = tokio::spawn(accept(listener, shared.clone()));
        Ok(Self { address, shared, accepting })
    }

    /// Leads somewhere else from now on.
    pub fn lead_to(&self, upstream: Upstream) {
        self.shared.upstream.send_replace(upstream);
    }

    /// Changes what it is like.
    pub fn set_weather(&self, weather: Weather) {
        self.shared.weather.send_replace(weather);
    }

    /// Cuts so many in a hundred of the connections.
    pub fn cut(&self, percent: u8, salt: u64) {
        self.among(percent, salt).for_each(|line| line.cut());
    }

    /// Stops so many in a hundred of the connections, without a word.
    pub fn stall(&self, percent: u8, salt: u64) {
        self.among(percent, salt).for_each(|line| line.stall());
    }

    /// Lets go on what was stopped.
    pub fn go_on(&self) {
        self.among(100, 0).for_each(|line| line.go_on());
    }

    /// Cuts what was stopped.
    pub fn cut_stalled(&self) {
        self.among(100, 0).filter(|line| line.is_stalled()).for_each(|line| line.cut());
    }

    fn among(&self, percent: u8, salt: u64) -> impl Iterator<Item = Arc<Line>> {
        let lines = self.shared.lines().clone();
        lines.into_iter().filter(move |line| line.is_among(percent, salt))
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut(100, 0);
    }
}

impl Shared {
    fn lines(&self) -> MutexGuard<'_, Vec<Arc<Line>>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    for number in 0.. {
        let Ok((client, _)) = listener.accept().await else { continue };
        let shared = shared.clone();
        let line = Arc::new(Line {
            number,
            state: watch::Sender::new(State::Open),
            is_storing: AtomicBool::new(false),
        });
        tokio::spawn(async move {
            shared.lines().push(line.clone());
            // Whichever way it ends, both sides are let go.
            let _ = serve(client, &shared, &line).await;
            shared.lines().retain(|other| other.number != line.number);
        });
    }
}

async fn serve(client: TcpStream, shared: &Shared, line: &Arc<Line>) -> io::Result<()> {
    client.set_nodelay(true)?;
    let upstream = shared.upstream.borrow().clone();
    let (from_server, to_server): (Reader, Writer) = match upstream {
        Upstream::Nowhere => return client.set_zero_linger(),
        Upstream::Tcp(address) => {
            let socket = TcpSocket::new_v4()?;
            socket.set_recv_buffer_size(RECEIVE_BYTES)?;
            let server = socket.connect(address).await?;
            server.set_nodelay(true)?;
            let (reader, writer) = server.into_split();
            (Box::new(reader), Box::new(writer))
        }
        Upstream::Unix(path) => {
            let (reader, writer) = UnixStream::connect(path).await?.into_split();
            (Box::new(reader), Box::new(writer))
        }
    };
    let (from_client, to_client) = client.into_split();
    let up = Pump::new(Box::new(from_client), to_server, shared, line, Speaker::Client);
    let down = Pump::new(from_server, Box::new(to_client), shared, line, Speaker::Server);
    let mut state = line.state.subscribe();
    tokio::select! {
        // If one side says no more, the other one is let go, too.
        passed = up.run() => passed,
        passed = down.run() => passed,
        _ = state.wait_for(|state| *state == State::Cut) => Ok(()),
    }
}

type Reader = Box<dyn AsyncRead + Send + Unpin>;
type Writer = Box<dyn AsyncWrite + Send + Unpin>;

/// One direction of a connection.
struct Pump<'a> {
    from: Reader,
    to: Writer,
    line: &'a Arc<Line>,
    weather: watch::Receiver<Weather>,
    tap: Option<Tap>,
}

impl<'a> Pump<'a> {
    fn new(from: Reader, to: Writer, shared: &Shared, line: &'a Arc<Line>, speaker: Speaker) -> Self {
        let tap = shared.trap.clone().map(|trap| Tap::new(trap, speaker));
        Self { from, to, line, weather: shared.weather.subscribe(), tap }
    }

    async fn run(mut self) -> io::Result<()> {
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut waiting = Vec::new();
        loop {
            let count = self.from.read(&mut chunk).await?;
            if count == 0 {
                return self.to.shutdown().await;
            }
            let weather = *self.weather.borrow_and_update();
            let slow =
                weather.bytes_per_second.map(|rate| Duration::from_secs_f64(count as f64 / f64::from(rate)));
            let pause = weather.late + slow.unwrap_or_default();
            if !pause.is_zero() {
                sleep(pause).await;
            }
            self.line.wait_while_stalled().await;
            match &mut self.tap {
                None => self.to.write_all(&chunk[..count]).await?,
                Some(_) => {
                    waiting.extend_from_slice(&chunk[..count]);
                    self.pass_whole(&mut waiting).await?;
                }
            }
        }
    }

    /// Passes on the messages that are there as a whole, and stops before the one that springs the trap.
    async fn pass_whole(&mut self, waiting: &mut Vec<u8>) -> io::Result<()> {
        let mut passed = 0;
        while let Some(tap) = &mut self.tap
            && let Some(length) = tap.whole(&waiting[passed..])
        {
            if tap.stops(&waiting[passed..passed + length], self.line) {
                self.to.write_all(&waiting[..passed]).await?;
                waiting.drain(..passed);
                passed = 0;
                self.line.wait_while_stalled().await;
            }
            passed += length;
        }
        self.to.write_all(&waiting[..passed]).await?;
        waiting.drain(..passed);
        Ok(())
    }
}
