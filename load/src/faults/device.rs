//! One device of one person: it stays connected, does its part, keeps what it sends until it knows what came of it, and shows what it hears.
//! It writes a diary and judges nothing.

pub mod asking;
pub mod loading;

use super::{
    checker,
    history::{Asked, Device, Diary, Fresh, Heard, Moment},
    plan::Act,
    view::{Loaded, View, Want},
};
use crate::person::{self, Failure, Person, Site, Socket};
use futures_util::{SinkExt, StreamExt, future::BoxFuture, stream::FuturesUnordered, stream::SplitSink};
use model::{
    FileId, MessageId, ThreadId,
    wire::{Answer, Frame, Request},
};
use rand::Rng;
use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};
use tokio_tungstenite::tungstenite;

/// How long connecting, and putting one frame into a socket, may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an answer may take before the socket counts as dead: as in the app.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// The ceiling of the first pause between attempts to connect, and of the longest.
const FIRST_PAUSE_MS: u64 = 100;
const LONGEST_PAUSE_MS: u64 = 1_600;
/// How often it is looked what is overdue, while something is under way and while nothing is.
const BUSY_TICK: Duration = Duration::from_millis(50);
const IDLE_TICK: Duration = Duration::from_millis(500);

/// What all devices are told.
#[derive(Clone, Debug, Default)]
pub struct Orders {
    /// What is to be done.
    pub phase: Phase,
    /// Those who read nothing: so many in a hundred.
    pub deaf_percent: u8,
}

/// What is to be done.
#[derive(Clone, Debug, Default)]
pub enum Phase {
    /// One's part.
    #[default]
    Act,
    /// Come to show this.
    Settle(Arc<Goal>),
    /// Nothing any more.
    Over,
}

/// What all devices are to come to show.
#[derive(Debug)]
pub struct Goal {
    /// What the server says.
    pub fresh: Fresh,
    /// How many show it.
    pub settled: AtomicUsize,
}

/// How far all devices are.
#[derive(Debug, Default)]
pub struct Progress {
    /// Messages that were acknowledged, once for each device that sent them.
    pub acknowledged: AtomicU64,
    /// Devices that are not done with their part.
    pub busy: AtomicUsize,
}

/// What all devices of a round share.
#[derive(Debug)]
pub struct Stage {
    /// The way to the server, through the proxy.
    pub site: Site,
    /// Everybody.
    pub people: Vec<Person>,
    /// All threads.
    pub thread_ids: Vec<ThreadId>,
    /// When the round began.
    pub start: Instant,
    /// How far everybody is.
    pub progress: Progress,
}

/// What one device is to do.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// One after the other; messages with the ids that all devices of the person give them.
    pub acts: VecDeque<(Act, MessageId)>,
    /// How many messages may be under way at a time.
    pub window: usize,
    /// Whether commands go by requests instead of the socket.
    pub is_by_http: bool,
}

/// Something that was asked for, until it is known what came of it.
struct Pending {
    /// Where it stands in the diary.
    place: usize,
    /// The file that has to be there before it leaves, and where.
    file: Option<(ThreadId, FileId)>,
    /// Under which number it is under way.
    under_way: Option<u64>,
    sent_at: Instant,
    not_before: Instant,
    /// Why it was put off, if the last time that it left there was an answer.
    put_off_by: Option<String>,
}

/// What a request came to, with its number.
type Posted = (u64, Result<Answer, Failure>);

/// A device.
pub struct Actor {
    device: Device,
    person: Person,
    stage: Arc<Stage>,
    orders: watch::Receiver<Orders>,
    part: Part,
    view: View,
    pending: VecDeque<Pending>,
    asked: Vec<Asked>,
    heard: Vec<Heard>,
    loads: FuturesUnordered<BoxFuture<'static, Loaded>>,
    posts: FuturesUnordered<BoxFuture<'static, Posted>>,
    last_id: u64,
    connections: u64,
    resyncs: u64,
    has_ended_part: bool,
    /// What this device has come to show.
    reached: Option<Arc<Goal>>,
    /// One's own messages that were acknowledged.
    said: Vec<(ThreadId, MessageId)>,
}

impl Actor {
    /// The device of a person, by their number.
    pub fn new(
        stage: Arc<Stage>,
        orders: watch::Receiver<Orders>,
        person: usize,
        number: usize,
        part: Part,
    ) -> Self {
        stage.progress.busy.fetch_add(1, Ordering::Relaxed);
        let person = stage.people[person].clone();
        Self {
            device: Device { user_id: person.user.user_id, number },
            view: View::new(person.user.clone()),
            person,
            stage,
            orders,
            part,
            pending: VecDeque::new(),
            asked: Vec::new(),
            heard: Vec::new(),
            loads: FuturesUnordered::new(),
            posts: FuturesUnordered::new(),
            last_id: 0,
            connections: 0,
            resyncs: 0,
            has_ended_part: false,
            reached: None,
            said: Vec::new(),
        }
    }

    /// Lives until it is told that it is over.
    pub async fn run(mut self) -> Diary {
        let mut attempts = 0;
        while !self.is_over() {
            let mut orders = self.orders.clone();
            let etag = if self.loads.is_empty() { self.view.etag() } else { None };
            let connecting = self.person.connect(&self.stage.site, etag.as_deref());
            let connected = tokio::select! {
                connected = timeout(CONNECT_TIMEOUT, connecting) => connected,
                _ = orders.wait_for(|orders| matches!(orders.phase, Phase::Over)) => break,
            };
            match connected {
                Ok(Ok(socket)) => {
                    attempts = 0;
                    self.connections += 1;
                    let wants = match etag {
                        // If it is outdated, the server says so.
                        Some(_) => self.view.resume(),
                        None => self.view.resync(),
                    };
                    self.want(wants);
                    self.talk(socket).await;
                    self.lose();
                }
                Ok(Err(_)) | Err(_) => attempts += 1,
            }
            let ceiling_ms = (FIRST_PAUSE_MS << attempts.min(10)).min(LONGEST_PAUSE_MS);
            let pause = Duration::from_millis(rand::rng().random_range(0..ceiling_ms));
            let _ = timeout(pause, orders.wait_for(|orders| matches!(orders.phase, Phase::Over))).await;
        }
        let words = |pending: &Pending| {
            let why = pending.put_off_by.as_deref().unwrap_or("no answer came");
            format!("{:?}: {why}", self.asked[pending.place].command)
        };
        Diary {
            device: self.device,
            pending: self.pending.iter().map(words).collect(),
            asked: self.asked,
            heard: self.heard,
            view: self.view,
            connections: self.connections,
            resyncs: self.resyncs,
        }
    }

    /// Uses a socket until it ends, counts as dead, or is needed no more.
    async fn talk(&mut self, socket: Socket) {
        let (mut sink, mut stream) = socket.split();
        loop {
            if self.send(&mut sink).await.is_err() {
                return;
            }
            let is_deaf = self.is_deaf();
            let is_busy = !self.pending.is_empty() || is_deaf || self.goal().is_some();
            tokio::select! {
                frame = person::next(&mut stream), if !is_deaf => match frame {
                    Ok(frame) => self.take(frame),
                    Err(_) => return,
                },
                Some(loaded) = self.loads.next() => {
                    let wants = self.view.load(loaded);
                    self.want(wants);
                }
                Some((id, outcome)) = self.posts.next() => self.answer(id, outcome),
                changed = self.orders.changed() => if changed.is_err() { return },
                () = sleep(if is_busy { BUSY_TICK } else { IDLE_TICK }) => {}
            }
            if self.is_over() || !is_deaf && self.is_overdue() {
                return;
            }
            self.settle();
        }
    }

    fn take(&mut self, frame: Frame) {
        let wants = match frame {
            Frame::Event(event) => {
                self.heard.extend(Heard::of(self.now(), &event));
                self.view.take(&event)
            }
            Frame::Resync => {
                self.resyncs += 1;
                self.view.resync()
            }
            Frame::Answer { id, answer } => return self.answer(id, Ok(answer)),
            Frame::Problem { id, problem } => {
                return self.answer(id.unwrap_or(0), Err(Failure::Refused(problem)));
            }
            Frame::Ready | Frame::Alive => return,
        };
        self.want(wants);
    }

    fn want(&mut self, wants: Vec<Want>) {
        for want in wants {
            self.loads.push(loading::load(self.person.clone(), self.stage.site.clone(), want));
        }
    }

    /// Puts into the socket what is due.
    async fn send(&mut self, sink: &mut SplitSink<Socket, tungstenite::Message>) -> Result<(), ()> {
        self.begin_acts();
        let now = Instant::now();
        for place in 0..self.pending.len() {
            let pending = &mut self.pending[place];
            let is_under_way = pending.under_way.is_some();
            let is_by_http = self.part.is_by_http || pending.file.is_some();
            if is_under_way && is_by_http || pending.not_before > now {
                // What comes after it waits, to keep the order.
                break;
            }
            if is_under_way {
                continue;
            }
            self.last_id += 1;
            let (id, command) = (self.last_id, self.asked[pending.place].command.clone());
            pending.under_way = Some(id);
            pending.sent_at = now;
            pending.put_off_by = None;
            let (person, site) = (self.person.clone(), self.stage.site.clone());
            if let Some((thread_id, file_id)) = pending.file {
                self.posts.push(Box::pin(async move {
                    let content = asking::content(file_id);
                    (id, person.upload(&site, thread_id, file_id, content).await.map(|_| Answer::Done))
                }));
                break;
            }
            if is_by_http {
                self.posts.push(Box::pin(async move { (id, person.command(&site, &command).await) }));
                break;
            }
            let Ok(text) = serde_json::to_string(&Request { id, command }) else { return Err(()) };
            match timeout(CONNECT_TIMEOUT, sink.send(tungstenite::Message::text(text))).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => return Err(()),
            }
        }
        Ok(())
    }

    /// Reports once that it shows what it should.
    fn settle(&mut self) {
        let Some(goal) = self.goal() else { return };
        if checker::differences(self.device, &self.view, &goal.fresh).is_empty() {
            goal.settled.fetch_add(1, Ordering::Relaxed);
            self.reached = Some(goal);
        }
    }

    /// What is to be shown, until it is.
    fn goal(&self) -> Option<Arc<Goal>> {
        let Phase::Settle(goal) = &self.orders.borrow().phase else { return None };
        let is_reached = self.reached.as_ref().is_some_and(|reached| Arc::ptr_eq(reached, goal));
        (!is_reached).then(|| goal.clone())
    }

    fn is_over(&self) -> bool {
        matches!(self.orders.borrow().phase, Phase::Over)
    }

    fn is_deaf(&self) -> bool {
        // The last byte of an id is as good as random.
        let number = usize::from(self.device.user_id.0.as_bytes()[15]) + self.device.number * 31;
        number % 100 < usize::from(self.orders.borrow().deaf_percent)
    }

    fn now(&self) -> Moment {
        u64::try_from(self.stage.start.elapsed().as_micros()).unwrap_or(Moment::MAX)
    }
}
