//! The socket: sends a command and awaits its answer, hands on what happens, and comes back by itself. The only user of WebSocket. Where none gets
//! through, requests take its place (`polling`).

mod polling;

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
use serde::Deserialize;
use std::time::Duration;
use uuid::Uuid;
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

/// What can be read of an answer that says something new.
#[derive(Deserialize)]
struct Unreadable {
    answer: Unread,
}

#[derive(Deserialize)]
struct Unread {
    id: u64,
}

/// What comes down.
pub enum Incoming {
    /// From here on no event is missed.
    Ready {
        /// Whether this is the page's first connection, which told the server what the page has.
        is_first: bool,
        /// Whether it told the server what the page has. If that is outdated, a resynchronisation follows.
        has_told: bool,
    },
    /// Something happened.
    Event(Box<Event>),
    /// Something was missed.
    Resync,
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
    /// Whether the server has said something that this page is too old to read.
    pub is_outdated: Live<bool>,
    /// For how many seconds the server does not want to be sent anything.
    pub held_s: Live<Option<u32>>,
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
    /// What the page has by now, in the same form; none, if that is no newest page.
    knows: Option<std::rc::Rc<dyn Fn() -> Option<String>>>,
    /// Whether the address told what the page has.
    has_told: bool,
    /// The connection that is polled for in the socket's place.
    polled: Option<Uuid>,
    is_polling: bool,
    /// How often it has begun.
    begun: u32,
    failed_attempts: u32,
    /// When something came down the socket, by the browser's clock.
    heard_at: Option<Timestamp>,
    retry: Option<TimeoutHandle>,
    last_id: u64,
    waiting: Vec<(u64, oneshot::Sender<Result<Answer, Failure>>)>,
    hand_on: Option<std::rc::Rc<dyn Fn(Incoming)>>,
}

/// What a page has, as the address of the live stream tells it: the etag of its threads, with this one open beside them.
pub fn mark(etag: &str, open: Option<ThreadId>) -> String {
    let open = open.map(|thread_id| format!("&open={thread_id}")).unwrap_or_default();
    format!("&etag={etag}{open}")
}

impl Connection {
    /// Not connected yet. The page was drawn from what has this etag, with this thread open.
    pub fn new(now: Timestamp, user_id: UserId, etag: String, open: Option<ThreadId>) -> Self {
        let has = Some(mark(&etag, open));
        Self {
            status: Live::new(Status::Connecting { since: now }),
            is_outdated: Live::new(false),
            held_s: Live::new(None),
            user_id,
            link: StoredValue::new_local(Link { has, ..Link::default() }),
        }
    }

    /// Connects, and from now on stays connected. Whenever it does so again, `knows` says what the page has by then: see [`mark`].
    pub fn open(self, hand_on: impl Fn(Incoming) + 'static, knows: impl Fn() -> Option<String> + 'static) {
        self.link.update_value(|link| {
            link.hand_on = Some(std::rc::Rc::new(hand_on));
            link.knows = Some(std::rc::Rc::new(knows));
        });
        api::tell_of_age(self.is_outdated);
        browser::listen(&window(), "online", move |_| self.reconnect());
        browser::listen(&window(), "offline", move |_| self.lose());
        browser::listen(&document(), "visibilitychange", move |_| {
            if browser::is_visible() {
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

    /// Which connection it is that there is, or was last: the server takes each of them for another tab.
    pub fn which(self) -> u32 {
        self.link.with_value(|link| link.begun)
    }

    /// Sends a command and awaits what comes of it.
    pub async fn request(self, command: Command) -> Result<Answer, Failure> {
        if let Some(connection_id) = self.polled() {
            return api::command(polling::path(connection_id), &command).await;
        }
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

    fn connect(self) {
        let is_due = self.link.try_update_value(|link| {
            if let Some(retry) = link.retry.take() {
                retry.clear();
            }
            link.socket.is_none()
        });
        if is_due != Some(true) {
            return;
        }
        let has = self.has();
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

    /// What the address tells of what the page has.
    fn has(self) -> String {
        let (has, knows) = self.link.with_value(|link| (link.has.clone(), link.knows.clone()));
        let has = has.or_else(|| knows?());
        self.link.update_value(|link| link.has_told = has.is_some());
        has.unwrap_or_default()
    }

    fn dial(self, has: String) -> Option<WebSocket> {
        let location = window().location();
        let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
        let user_id = self.user_id;
        let url = format!("{scheme}://{}/api/v1/live?{USER_PARAMETER}={user_id}{has}", location.host().ok()?);
        let socket = WebSocket::new_with_str(&url, SUBPROTOCOL).ok()?;

        // The browser frees these with the socket.
        let own = socket.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            if !self.is_current(&own) {
                return;
            }
            self.link.update_value(|link| link.heard_at = Some(browser::now()));
            let Some(text) = message.data().as_string() else { return };
            match crate::json::from_str(&text) {
                Ok(frame) => self.take(frame),
                Err(_) => self.pass_over(&text),
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
                self.link.update_value(|link| link.failed_attempts = 0);
                return self.begin(None);
            }
            Frame::Answer { id, answer } => return self.answer(id, Ok(answer)),
            Frame::Problem { id, problem } => {
                if browser::is_shut_out(problem.status) {
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

    /// From here on no event is missed: over the socket, or over a connection that is polled for.
    fn begin(self, polled: Option<Uuid>) {
        let ready = self.link.try_update_value(|link| {
            link.is_ready = true;
            link.begun += 1;
            link.polled = polled;
            let is_first = link.has.take().is_some();
            Incoming::Ready { is_first, has_told: link.has_told }
        });
        self.status.set(Status::Online);
        if let Some(ready) = ready {
            self.hand_on(ready);
        }
    }

    /// A frame of a server that is newer than this page. Whoever waits for the answer is told; and what happened may show in a fresh snapshot.
    fn pass_over(self, text: &str) {
        let was_outdated = self.is_outdated.get_now();
        self.is_outdated.set_if_new(true);
        match crate::json::from_str::<Unreadable>(text) {
            Ok(Unreadable { answer: Unread { id } }) => self.answer(id, Err(Failure::outdated())),
            Err(_) if !was_outdated => self.hand_on(Incoming::Resync),
            Err(_) => {}
        }
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
            if !browser::has_network() {
                link.polled = None;
            }
            link.is_ready = link.polled.is_some();
            link.waiting.clear();
            link.failed_attempts += 1;
            link.failed_attempts
        });
        let failed_attempts = failed_attempts.unwrap_or(1);
        if self.polled().is_none() {
            // A handshake that fails gives no reason. A request does, if it is that the session has ended; and where it is only sockets that are
            // blocked, it reaches the server.
            if failed_attempts % 2 == 0 {
                browser::spawn_local(async move {
                    // What polls comes by a request, too: where none gets through, it is tried again with the next attempt.
                    let _ = polling::begin(self).await;
                });
            }
            self.status.set(if failed_attempts == 1 && browser::has_network() {
                Status::Connecting { since }
            } else {
                Status::Offline { since }
            });
        }
        let pause_ms = js_sys::Math::random() * pause_ceiling_ms(failed_attempts);
        let retry =
            set_timeout_with_handle(move || self.connect(), Duration::from_secs_f64(pause_ms / 1000.0));
        self.link.update_value(|link| link.retry = retry.ok());
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
