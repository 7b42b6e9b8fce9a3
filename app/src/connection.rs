//! The socket: sends a command and awaits its answer, hands on what happens, and comes back by itself. The only user of WebSocket.

use crate::{
    api::{self, Failure},
    browser,
    live::Live,
};
use futures_channel::oneshot;
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use model::{
    ThreadId, Timestamp, UserId,
    wire::{Answer, Command, Event, Frame, Request, SILENCE_S, SUBPROTOCOL, USER_PARAMETER},
};
use std::time::Duration;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{CloseEvent, MessageEvent, WebSocket};

/// How it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// Events are coming.
    Online,
    /// The first attempt, or the first after a loss.
    Connecting {
        /// When it was lost.
        since: Timestamp,
    },
    /// There is no network, or no server.
    Offline {
        /// When it was lost.
        since: Timestamp,
    },
}

/// What comes down.
pub enum Incoming {
    /// From here on no event is missed.
    Ready {
        /// Whether this is the page's first connection, which told the server what the page has.
        is_first: bool,
    },
    /// Something happened.
    Event(Box<Event>),
    /// Something was missed.
    Resync,
    /// There is no socket, but the server answers requests.
    Reached,
}

/// How long a command may go unanswered before the socket counts as dead.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// How often it is looked whether the server was heard.
const LISTEN_EVERY: Duration = Duration::from_secs(15);
/// The ceiling of the first pause between attempts, and of the longest.
const FIRST_PAUSE_MS: f64 = 500.0;
const LONGEST_PAUSE_MS: f64 = 30_000.0;

/// The one connection of the page.
#[derive(Clone, Copy)]
pub struct Connection {
    /// How it stands.
    pub status: Live<Status>,
    /// Whose page this is.
    user_id: UserId,
    link: StoredValue<Link, LocalStorage>,
}

#[derive(Default)]
struct Link {
    socket: Option<WebSocket>,
    is_ready: bool,
    /// What the page was drawn from, as the address tells it until the first `Ready`.
    has: Option<String>,
    /// Whether the server was reached in another way since the socket was lost.
    is_reached: bool,
    failed_attempts: u32,
    /// When something came down the socket, by the browser's clock.
    heard_at: Option<Timestamp>,
    retry: Option<TimeoutHandle>,
    last_id: u64,
    waiting: Vec<(u64, oneshot::Sender<Result<Answer, Failure>>)>,
    hand_on: Option<std::rc::Rc<dyn Fn(Incoming)>>,
}

impl Connection {
    /// Not connected yet. The page was drawn from what has this etag, with this thread open.
    pub fn new(now: Timestamp, user_id: UserId, etag: String, open: Option<ThreadId>) -> Self {
        let open = open.map(|thread_id| format!("&open={thread_id}")).unwrap_or_default();
        let has = Some(format!("&etag={etag}{open}"));
        Self {
            status: Live::new(Status::Connecting { since: now }),
            user_id,
            link: StoredValue::new_local(Link { has, ..Link::default() }),
        }
    }

    /// Connects, and from now on stays connected.
    pub fn open(self, hand_on: impl Fn(Incoming) + 'static) {
        self.link.update_value(|link| link.hand_on = Some(std::rc::Rc::new(hand_on)));
        browser::listen(&window(), "online", move |_| self.reconnect());
        browser::listen(&window(), "offline", move |_| self.lose());
        browser::listen(&document(), "visibilitychange", move |_| {
            if browser::is_visible() && self.is_waiting() {
                self.connect();
            }
            self.listen();
        });
        let listen = move || self.listen();
        let _ = set_interval_with_handle(listen, LISTEN_EVERY);
        self.connect();
    }

    /// Whether a command would go out at once.
    pub fn is_ready(self) -> bool {
        self.link.with_value(|link| link.is_ready)
    }

    /// Sends a command and awaits what comes of it.
    pub async fn request(self, command: Command) -> Result<Answer, Failure> {
        let answer = self.link.try_update_value(|link| link.send(command)).flatten().ok_or(Failure::Lost)?;
        let (id, answer) = answer;
        set_timeout(
            move || {
                if self.link.with_value(|link| link.waiting.iter().any(|(waiting, _)| *waiting == id)) {
                    self.reconnect();
                }
            },
            ANSWER_TIMEOUT,
        );
        answer.await.unwrap_or(Err(Failure::Lost))
    }

    /// Gives up a socket on which nothing was heard for too long, such as after a laptop slept: nobody else would say that it is dead.
    fn listen(self) {
        let heard_at = self.link.with_value(|link| link.heard_at.filter(|_| link.socket.is_some()));
        if heard_at.is_some_and(|at| browser::now().0 - at.0 > i64::from(SILENCE_S) * 1_000_000) {
            self.reconnect();
        }
    }

    /// Drops what there is, perhaps a socket that is dead and does not know it, and connects anew.
    fn reconnect(self) {
        self.lose();
        self.connect();
    }

    fn is_waiting(self) -> bool {
        self.link.with_value(|link| link.socket.is_none())
    }

    fn connect(self) {
        let has = self.link.try_update_value(|link| {
            if let Some(retry) = link.retry.take() {
                retry.clear();
            }
            link.socket.is_none().then(|| link.has.clone())
        });
        let Some(Some(has)) = has else { return };
        let since = self.since();
        if self.link.with_value(|link| link.failed_attempts) == 0 {
            self.status.set(Status::Connecting { since });
        }
        match self.dial(has) {
            Some(socket) => self.link.update_value(|link| {
                link.socket = Some(socket);
                link.heard_at = Some(browser::now());
            }),
            None => self.lose(),
        }
    }

    fn dial(self, has: Option<String>) -> Option<WebSocket> {
        let location = window().location();
        let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
        let (user_id, has) = (self.user_id, has.unwrap_or_default());
        let url = format!("{scheme}://{}/api/v1/live?{USER_PARAMETER}={user_id}{has}", location.host().ok()?);
        let socket = WebSocket::new_with_str(&url, SUBPROTOCOL).ok()?;

        // The browser frees these with the socket.
        let own = socket.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            if !self.is_current(&own) {
                return;
            }
            self.link.update_value(|link| link.heard_at = Some(browser::now()));
            if let Some(frame) = message.data().as_string().and_then(|text| crate::json::from_str(&text).ok())
            {
                self.take(frame);
            }
        });
        socket.set_onmessage(Some(on_message.into_js_value().unchecked_ref()));
        let own = socket.clone();
        let on_close = Closure::<dyn FnMut(CloseEvent)>::new(move |_| {
            if self.is_current(&own) {
                self.lose();
            }
        });
        socket.set_onclose(Some(on_close.into_js_value().unchecked_ref()));
        Some(socket)
    }

    fn is_current(self, socket: &WebSocket) -> bool {
        self.link.with_value(|link| link.socket.as_ref() == Some(socket))
    }

    fn take(self, frame: Frame) {
        let incoming = match frame {
            Frame::Ready => {
                let is_first = self.link.try_update_value(|link| {
                    link.is_ready = true;
                    link.failed_attempts = 0;
                    link.is_reached = false;
                    link.has.take().is_some()
                });
                self.status.set(Status::Online);
                Incoming::Ready { is_first: is_first.unwrap_or(false) }
            }
            Frame::Answer { id, answer } => return self.answer(id, Ok(answer)),
            Frame::Problem { id, problem } => {
                if problem.status == 401 {
                    browser::sign_in();
                }
                return self.answer(id.unwrap_or(0), Err(Failure::Refused(problem)));
            }
            Frame::Event(event) => Incoming::Event(Box::new(event)),
            Frame::Resync => Incoming::Resync,
            Frame::Alive => return,
        };
        self.hand_on(incoming);
    }

    fn answer(self, id: u64, result: Result<Answer, Failure>) {
        let waiting = self.link.try_update_value(|link| {
            let place = link.waiting.iter().position(|(waiting, _)| *waiting == id)?;
            Some(link.waiting.swap_remove(place).1)
        });
        if let Some(Some(waiting)) = waiting {
            let _ = waiting.send(result);
        }
    }

    /// The socket is gone: whoever waits for an answer hears of it, and after a pause there is another attempt.
    fn lose(self) {
        let since = self.since();
        let failed_attempts = self.link.try_update_value(|link| {
            if let Some(socket) = link.socket.take() {
                let _ = socket.close();
            }
            if let Some(retry) = link.retry.take() {
                retry.clear();
            }
            link.is_ready = false;
            link.waiting.clear();
            link.failed_attempts += 1;
            link.failed_attempts
        });
        let failed_attempts = failed_attempts.unwrap_or(1);
        if failed_attempts % 2 == 0 {
            browser::spawn_local(self.probe());
        }
        let is_reached = self.link.with_value(|link| link.is_reached);
        self.status.set(if (failed_attempts == 1 || is_reached) && browser::has_network() {
            Status::Connecting { since }
        } else {
            Status::Offline { since }
        });
        let pause_ms = js_sys::Math::random() * pause_ceiling_ms(failed_attempts);
        let retry =
            set_timeout_with_handle(move || self.connect(), Duration::from_secs_f64(pause_ms / 1000.0));
        self.link.update_value(|link| link.retry = retry.ok());
    }

    /// A handshake that fails gives no reason. A request does, if it is that the session has ended; and where it is only sockets that are
    /// blocked, it reaches the server: then messages go out and come in by requests until there is a socket again.
    async fn probe(self) {
        let is_reached = !matches!(api::people("").await, Err(Failure::Lost));
        let is_waiting = self.link.try_update_value(|link| {
            link.is_reached = is_reached && !link.is_ready;
            link.is_reached
        });
        if is_waiting == Some(true) {
            self.status.set(Status::Connecting { since: self.since() });
            self.hand_on(Incoming::Reached);
        }
    }

    fn hand_on(self, incoming: Incoming) {
        if let Some(hand_on) = self.link.with_value(|link| link.hand_on.clone()) {
            hand_on(incoming);
        }
    }

    fn since(self) -> Timestamp {
        match self.status.get_now() {
            Status::Online => browser::now(),
            Status::Connecting { since } | Status::Offline { since } => since,
        }
    }
}

impl Link {
    fn send(&mut self, command: Command) -> Option<(u64, oneshot::Receiver<Result<Answer, Failure>>)> {
        // One that is closing takes everything, and loses it.
        let is_open = |socket: &&WebSocket| self.is_ready && socket.ready_state() == WebSocket::OPEN;
        let socket = self.socket.as_ref().filter(is_open)?;
        self.last_id += 1;
        let request = Request { id: self.last_id, command };
        socket.send_with_str(&crate::json::to_string(&request).ok()?).ok()?;
        let (sender, receiver) = oneshot::channel();
        self.waiting.push((self.last_id, sender));
        Some((self.last_id, receiver))
    }
}

/// Exponential, with full jitter below it, so that a server that comes back is not run over by all its clients at once.
fn pause_ceiling_ms(failed_attempts: u32) -> f64 {
    (FIRST_PAUSE_MS * f64::from(2_u32.saturating_pow(failed_attempts.saturating_sub(1))))
        .min(LONGEST_PAUSE_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_half_a_minute() {
        let pauses: Vec<_> = [1, 2, 3, 7, 50].map(pause_ceiling_ms).to_vec();
        assert_eq!(pauses, [500.0, 1_000.0, 2_000.0, 30_000.0, 30_000.0]);
    }
}
