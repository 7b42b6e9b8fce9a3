//! Reads along with the server and PostgreSQL, message by message, to stop a connection at a chosen step of a transaction. Knows of their
//! protocol where a message ends, where a statement does, what begins and ends a transaction, and which statement stores messages: outside of a transaction
//! it is one by itself.

use super::{proxy::Line, step::Step};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::oneshot;

/// Waits for the first transaction that comes to a step.
#[derive(Default)]
pub struct Trap(Mutex<Option<Armed>>);

struct Armed {
    step: Step,
    sprung: oneshot::Sender<Arc<Line>>,
}

impl Trap {
    /// Sets it. What comes back is the connection that it stopped.
    pub fn arm(&self, step: Step) -> oneshot::Receiver<Arc<Line>> {
        let (sprung, receiver) = oneshot::channel();
        *self.lock() = Some(Armed { step, sprung });
        receiver
    }

    /// Forgets it.
    pub fn disarm(&self) {
        self.lock().take();
    }

    /// Stops the connection if this is the step.
    fn spring(&self, at: Step, line: &Arc<Line>) -> bool {
        let mut armed = self.lock();
        if armed.as_ref().is_none_or(|armed| armed.step != at) {
            return false;
        }
        line.stall();
        armed.take().is_some_and(|armed| armed.sprung.send(line.clone()).is_ok())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Armed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Speaker {
    /// Whoever opened the connection.
    Client,
    /// Whoever was called.
    Server,
}

/// What a statement that stores messages has in it.
const STORING: &[u8] = b"insert into message ";

/// Reads one direction of one connection.
pub struct Tap {
    trap: Arc<Trap>,
    speaker: Speaker,
    /// The first message of a client has no type.
    has_begun: bool,
    /// The number of the statement that comes next, in a transaction.
    statement: Option<u32>,
    /// The names of those that were prepared and store messages.
    storing: HashSet<Vec<u8>>,
    /// Whether the one that is carried out next does.
    is_storing: bool,
}

impl Tap {
    /// Nothing was said yet.
    pub fn new(trap: Arc<Trap>, speaker: Speaker) -> Self {
        Self {
            trap,
            speaker,
            has_begun: speaker == Speaker::Server,
            statement: None,
            storing: HashSet::new(),
            is_storing: false,
        }
    }

    /// How long the first message is, if all of it is there.
    pub fn whole(&mut self, bytes: &[u8]) -> Option<usize> {
        let kind = usize::from(self.has_begun);
        let length = bytes.get(kind..kind + 4)?.try_into().map(u32::from_be_bytes).ok()?;
        let end = kind + usize::try_from(length).ok()?;
        (bytes.len() >= end).then(|| {
            self.has_begun = true;
            end
        })
    }

    /// Whether the connection is to be stopped before this message is passed on. Then it is stopped already.
    pub fn stops(&mut self, message: &[u8], line: &Arc<Line>) -> bool {
        match self.speaker {
            Speaker::Client => match self.step(message) {
                Some(step) => {
                    line.set_storing(step == Step::Commit && message.starts_with(b"E"));
                    self.trap.spring(step, line)
                }
                None => false,
            },
            Speaker::Server => {
                let is_committed = match (message.first(), message.get(5..)) {
                    // CommandComplete.
                    (Some(b'C'), Some(b"COMMIT\0")) => true,
                    // It has changed nothing, or ErrorResponse.
                    (Some(b'C'), Some(b"UPDATE 0\0")) | (Some(b'E'), _) => {
                        line.set_storing(false);
                        false
                    }
                    // ReadyForQuery, in no transaction any more.
                    (Some(b'Z'), Some(b"I")) => line.was_storing(),
                    _ => false,
                };
                is_committed && self.trap.spring(Step::Committed, line)
            }
        }
    }

    /// The step of a transaction that a client's message takes, if it takes one.
    fn step(&mut self, message: &[u8]) -> Option<Step> {
        match (message.first()?, message.get(5..)?) {
            (b'Q', b"BEGIN\0") => {
                self.statement = Some(1);
                None
            }
            (b'Q', b"COMMIT\0") => {
                self.statement = None;
                Some(Step::Commit)
            }
            (b'Q', b"ROLLBACK\0") => {
                self.statement = None;
                None
            }
            // Parse: a name, and what it is to stand for.
            (b'P', rest) => {
                let mut texts = rest.split(|byte| *byte == 0);
                let (name, statement) = (texts.next()?, texts.next()?);
                if statement.windows(STORING.len()).any(|window| window == STORING) {
                    self.storing.insert(name.to_owned());
                }
                None
            }
            // Bind: where to, and the name of what was prepared.
            (b'B', rest) => {
                self.is_storing = self.storing.contains(rest.split(|byte| *byte == 0).nth(1)?);
                None
            }
            // Execute: a statement that was prepared.
            (b'E', _) => match self.statement {
                Some(number) => {
                    self.statement = Some(number + 1);
                    Some(Step::Statement(number))
                }
                None => self.is_storing.then_some(Step::Commit),
            },
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u8, text: &[u8]) -> Vec<u8> {
        let mut message = vec![kind];
        message.extend((text.len() as u32 + 4).to_be_bytes());
        message.extend(text);
        message
    }

    #[test]
    fn messages_are_told_apart_wherever_they_are_cut() {
        let mut tap = Tap::new(Arc::default(), Speaker::Client);
        let startup = [0, 0, 0, 8, 0, 3, 0, 0];
        assert_eq!(tap.whole(&startup[..7]), None);
        assert_eq!(tap.whole(&startup), Some(8));
        let query = message(b'Q', b"BEGIN\0");
        assert_eq!(tap.whole(&query[..4]), None);
        assert_eq!(tap.whole(&query), Some(query.len()));
    }

    #[test]
    fn the_steps_of_a_transaction_are_counted() {
        let mut tap = Tap::new(Arc::default(), Speaker::Client);
        let mut step = |kind, text: &[u8]| tap.step(&message(kind, text));
        assert_eq!(step(b'E', b"\0"), None, "outside of a transaction");
        assert_eq!(step(b'Q', b"BEGIN\0"), None);
        assert_eq!(step(b'E', b"\0"), Some(Step::Statement(1)));
        assert_eq!(step(b'S', b""), None);
        assert_eq!(step(b'E', b"\0"), Some(Step::Statement(2)));
        assert_eq!(step(b'Q', b"COMMIT\0"), Some(Step::Commit));
        assert_eq!(step(b'E', b"\0"), None);
    }

    #[test]
    fn a_statement_that_stores_messages_is_a_transaction_where_there_is_none() {
        let mut tap = Tap::new(Arc::default(), Speaker::Client);
        let mut step = |kind, text: &[u8]| tap.step(&message(kind, text));
        step(b'P', b"one\0with stored as (insert into message (seq) select 1) select\0\0\0");
        step(b'P', b"two\0select 1\0\0\0");
        step(b'B', b"\0one\0\0\0");
        assert_eq!(step(b'E', b"\0"), Some(Step::Commit));
        step(b'B', b"\0two\0\0\0");
        assert_eq!(step(b'E', b"\0"), None);
        step(b'Q', b"BEGIN\0");
        step(b'B', b"\0one\0\0\0");
        assert_eq!(step(b'E', b"\0"), Some(Step::Statement(1)));
    }
}
