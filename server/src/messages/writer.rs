//! The writer: the only place that stores messages. It takes what is waiting, across threads, while the previous batch commits, and
//! stores it in one transaction, so that one message pays one commit and a thousand waiting messages share one.
//!
//! It has a thread and a connection of its own: as a task among others it would wait at each round trip to the database for its turn behind thousands of sockets. A batch
//! of plain messages in threads that were written to lately takes one (`heads`), any other a few (`batch`).
//!
//! It promises: within a thread `seq` has no gap and `created_at` strictly increases, in the order of commits; an id is stored once,
//! for ever, and whoever sends it again gets the first answer; nobody is answered or told before the commit.

mod attach;
mod batch;
mod heads;
mod tail;

use crate::{
    audiences::Audiences,
    error, formatting,
    live::{
        self,
        hub::{Delivery, Hub},
    },
    vital::vital,
};
use heads::Heads;
use model::{
    FileId, Forward, Message, MessageBody, MessageId, Refusal, ThreadId, Timestamp, User, wire::Event,
};
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{io, sync::Arc, thread, time::Duration};
use tokio::{
    runtime::{self, Handle},
    sync::{mpsc, oneshot},
    time::{Instant, sleep},
};

/// How many drafts may wait; beyond that, senders wait to hand theirs over.
const QUEUE_DRAFTS: usize = 4096;
/// How many drafts one transaction takes at most.
const BATCH_DRAFTS: usize = 512;
/// How many batches may be stored of which nobody was told.
const UNTOLD_BATCHES: usize = 4;
/// How long a batch is tried again while the database cannot be reached, before its senders are told.
const PATIENCE: Duration = Duration::from_secs(10);
const RETRY_EVERY: Duration = Duration::from_millis(200);

/// As what PostgreSQL knows the writer's connection.
pub const APPLICATION_NAME: &str = "bobbin-writer";

/// A message on its way into the log.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Made by the sender.
    pub message_id: MessageId,
    /// Where to.
    pub thread_id: ThreadId,
    /// Who sends it.
    pub sender: User,
    /// What it says.
    pub body: MessageBody,
    /// The sender's uploads that go with it.
    pub file_ids: Vec<FileId>,
    /// The message of the same thread that it answers.
    pub reply_to: Option<MessageId>,
    /// Whose words it brings along.
    pub forward: Option<Forward>,
    /// What the marks in its words mean: made out by whoever submits it, rather than by the one task that writes.
    pub html: Option<String>,
    /// When it is said to have been written: for filling a database with a past. Still later than what the thread has.
    pub given_at: Option<Timestamp>,
}

/// What becomes of a draft: the stored message, or why not.
pub type Outcome = Result<Message, Refusal>;

struct Waiting {
    draft: Draft,
    answer: oneshot::Sender<Outcome>,
}

/// The way into the log. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Writer {
    queue: mpsc::Sender<Waiting>,
}

impl Writer {
    /// Starts the thread that writes. It ends when the last clone of this is dropped and everything is stored. `own` is how it connects, and `db` what is asked by
    /// others.
    ///
    /// # Errors
    /// When there can be no other thread.
    pub fn start(
        own: (PgPoolOptions, PgConnectOptions),
        db: PgPool,
        hub: Arc<Hub>,
        audiences: Arc<Audiences>,
    ) -> io::Result<Self> {
        let (queue, waiting) = mpsc::channel(QUEUE_DRAFTS);
        let (telling, told) = mpsc::channel(UNTOLD_BATCHES);
        tokio::spawn(vital("who tells of messages", tell(hub.clone(), told)));
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let others = Others { db, hub, runtime: Handle::current() };
        thread::Builder::new().name("writer".into()).spawn(move || {
            runtime.block_on(vital("the writer", async {
                // In here, so that what it hears of its connection wakes this thread.
                let db = own.0.connect_lazy_with(own.1.application_name(APPLICATION_NAME));
                write(&db, &others, &audiences, waiting, &telling).await;
            }));
        })?;
        Ok(Self { queue })
    }

    /// Hands a draft over. Drafts of one caller keep their order. The answer comes after the commit.
    pub async fn submit(&self, mut draft: Draft) -> oneshot::Receiver<Outcome> {
        let (answer, receiver) = oneshot::channel();
        // If the writer is gone, so is the other end of the answer, and the caller sees that.
        draft.html = formatting::html(draft.body.as_str(), &[]);
        let _ = self.queue.send(Waiting { draft, answer }).await;
        receiver
    }
}

/// What the writer shares with all else.
struct Others {
    db: PgPool,
    hub: Arc<Hub>,
    runtime: Handle,
}

/// What became of a batch.
struct Batch {
    drafts: Vec<Draft>,
    stored: Vec<Result<batch::Stored, Refusal>>,
    answers: Vec<oneshot::Sender<Outcome>>,
}

async fn write(
    db: &PgPool,
    others: &Others,
    audiences: &Audiences,
    mut queue: mpsc::Receiver<Waiting>,
    telling: &mpsc::Sender<Batch>,
) {
    let mut heads = Heads::default();
    let mut taken = Vec::with_capacity(BATCH_DRAFTS);
    // Its connection, while somebody waits: to give it back is a round trip, and to take it again another if it was idle.
    let mut held = None;
    while queue.recv_many(&mut taken, BATCH_DRAFTS).await > 0 {
        let (drafts, answers): (Vec<_>, Vec<_>) =
            taken.drain(..).map(|waiting| (waiting.draft, waiting.answer)).unzip();
        let mut at_once = AtOnce::NotStored;
        if let Some(plain) = heads.plain(audiences, &drafts) {
            if held.is_none() {
                held = db.acquire().await.ok();
            }
            if let Some(held) = &mut held {
                at_once = heads.store(held, plain).await.into();
            }
        }
        let stored = match at_once {
            AtOnce::Stored(stored) => stored.into_iter().map(Ok).collect(),
            other => {
                held = None;
                let is_in_doubt = matches!(other, AtOnce::InDoubt);
                persist(db, others, audiences, &mut heads, &drafts, is_in_doubt).await
            }
        };
        if queue.is_empty() {
            held = None;
        }
        // It ends only after this.
        telling.send(Batch { drafts, stored, answers }).await.ok();
    }
}

/// What became of a batch that was to be stored in one statement.
enum AtOnce {
    Stored(Vec<batch::Stored>),
    NotStored,
    InDoubt,
}

impl From<error::Result<Option<Vec<batch::Stored>>>> for AtOnce {
    fn from(result: error::Result<Option<Vec<batch::Stored>>>) -> Self {
        match result {
            Ok(Some(stored)) => Self::Stored(stored),
            Ok(None) => Self::NotStored,
            Err(error) => {
                tracing::warn!("a batch was not stored at once: {error:?}");
                if error.is_undone() { Self::NotStored } else { Self::InDoubt }
            }
        }
    }
}

/// Tells of batches in the order in which they were stored, while the next one is.
async fn tell(hub: Arc<Hub>, mut told: mpsc::Receiver<Batch>) {
    while let Some(Batch { drafts, stored, answers }) = told.recv().await {
        let mut deliveries = Vec::new();
        let mut outcomes = Vec::with_capacity(drafts.len());
        for (draft, stored) in drafts.into_iter().zip(stored) {
            outcomes.push(stored.map(|stored| {
                // Everybody was told of a retry's message when it was stored.
                if stored.is_new {
                    let sender = stored.sender.unwrap_or(draft.sender);
                    let event = Event::MessageSent { message: stored.message.clone(), sender };
                    deliveries.push(Delivery { event, audience: stored.audience });
                }
                deliveries.extend(stored.returned);
                stored.message
            }));
        }
        hub.publish(deliveries);
        for (outcome, answer) in outcomes.into_iter().zip(answers) {
            // The sender may have gone; the message is stored all the same.
            let _ = answer.send(outcome);
        }
    }
}

/// Stores a batch, through a short absence of the database. Trying again is harmless, since ids are stored once. `is_in_doubt` says whether that was tried
/// already, and nobody knows how it ended.
async fn persist(
    db: &PgPool,
    others: &Others,
    audiences: &Audiences,
    heads: &mut Heads,
    drafts: &[Draft],
    mut is_in_doubt: bool,
) -> Vec<Result<batch::Stored, Refusal>> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let error = match batch::store(db, audiences, heads, drafts).await {
            Ok(mut stored) => {
                // Whoever is told is told by the others' threads.
                let _others = others.runtime.enter();
                // What is found now may have been stored by the try before, whose commit nobody heard of.
                for stored in stored.iter_mut().flatten().filter(|stored| is_in_doubt && !stored.is_new) {
                    stored.is_new = true;
                    // Nor of those to whom it brought the thread back.
                    others.hub.resync(&stored.audience);
                }
                return stored;
            }
            Err(error) => error,
        };
        if error.is_passing() && Instant::now() < deadline {
            is_in_doubt = true;
            sleep(RETRY_EVERY).await;
            continue;
        }
        match error.into_refusal() {
            Refusal::Unavailable => {
                // Whether the commit came through is unknown, so some messages may be stored that nobody was told of.
                let _others = others.runtime.enter();
                live::resync_when_back(&others.db, &others.hub);
                return refuse_all(drafts, &Refusal::Unavailable);
            }
            refusal if drafts.len() == 1 => return refuse_all(drafts, &refusal),
            // One of them is not storable for a reason nobody foresaw: it must not take the others with it.
            _ => {
                let mut stored = Vec::with_capacity(drafts.len());
                for draft in drafts {
                    let one = std::slice::from_ref(draft);
                    stored.extend(Box::pin(persist(db, others, audiences, heads, one, is_in_doubt)).await);
                }
                return stored;
            }
        }
    }
}

fn refuse_all(drafts: &[Draft], refusal: &Refusal) -> Vec<Result<batch::Stored, Refusal>> {
    drafts.iter().map(|_| Err(refusal.clone())).collect()
}
