//! The past of the demo's world: who said what in which thread, and when. The same every time, except that its times end now.

use super::{
    corpus::{Corpus, Exchange, REACTIONS},
    people::{Language, PEOPLE},
    threads::{PLOTS, Plot},
};
use model::Timestamp;
use rand::{
    Rng, SeedableRng,
    rngs::StdRng,
    seq::{IndexedRandom, SliceRandom},
};
use std::{cmp::Reverse, collections::HashMap, iter};

const SEED: u64 = 1804;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A message to be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Index into [`PLOTS`].
    pub thread: usize,
    /// Index into [`PEOPLE`].
    pub sender: usize,
    pub at: Timestamp,
    pub body: String,
}

/// Everything that was ever said, the oldest first.
#[must_use]
pub fn write(now: Timestamp) -> Vec<Line> {
    let mut random = StdRng::seed_from_u64(SEED);
    let mut sessions = Vec::new();
    for (thread, plot) in PLOTS.iter().enumerate() {
        sessions.extend(plan(thread, plot, &mut random));
    }
    // From here on in the order of time, so that nobody repeats what was just said elsewhere.
    sessions.sort_by_key(|session| Reverse(session.age));
    let mut talk = Talk::new(random);
    sessions.iter_mut().for_each(|session| talk.hold(session));
    let mut lines = date(sessions, now);
    lines.sort_by_key(|line| line.at);
    lines
}

/// A time in which some members of a thread write to each other.
struct Session {
    thread: usize,
    /// How many messages it has.
    size: usize,
    /// How long ago it began, about.
    age: i64,
    /// The time of day, if it began days ago.
    clock: i64,
    /// Who is there: indices into [`PEOPLE`].
    cast: Vec<usize>,
    said: Vec<Said>,
}

struct Said {
    sender: usize,
    /// How long after the one before.
    pause: i64,
    body: String,
}

/// When a thread was busy, and with how many messages each time.
fn plan(thread: usize, plot: &Plot, random: &mut StdRng) -> Vec<Session> {
    let quiet = plot.quiet_minutes * MINUTE;
    // Nobody leaves messages unread for much longer.
    let unread_from = quiet + (i64::try_from(plot.unread).unwrap_or(0) * 20 * MINUTE).min(2 * DAY);
    let mut sessions = Vec::new();
    for (count, from, to, is_read) in [
        (plot.messages - plot.unread, plot.days * DAY, unread_from, true),
        (plot.unread, unread_from, quiet, false),
    ] {
        let sizes = split(count, random);
        let mut ages: Vec<_> = iter::repeat_with(|| age(from, to, random)).take(sizes.len()).collect();
        ages.sort_by_key(|age| Reverse(*age));
        if is_read && let Some(first) = ages.first_mut() {
            *first = from;
        }
        sessions.extend(sizes.into_iter().zip(ages).map(|(size, age)| Session {
            thread,
            size,
            age,
            clock: clock(plot, random),
            cast: cast(plot, is_read, random),
            said: Vec::new(),
        }));
    }
    sessions
}

/// Parts of a few messages up to about twenty, of which small ones are the most frequent.
fn split(mut count: usize, random: &mut StdRng) -> Vec<usize> {
    let mut sizes = Vec::new();
    while count > 0 {
        let size = random.random_range(4..=12) + random.random_range(0..=12) * random.random_range(0..=1);
        sizes.push(if count < size + 3 { count } else { size });
        count -= sizes[sizes.len() - 1];
    }
    sizes
}

/// A moment between two ages, more likely a recent one.
fn age(from: i64, to: i64, random: &mut StdRng) -> i64 {
    let share: f64 = random.random();
    let after = ((from - to).max(0) as f64 * share.powf(2.4)) as i64;
    to + after
}

fn clock(plot: &Plot, random: &mut StdRng) -> i64 {
    let hours: &[i64] = if plot.is_work() {
        &[8, 9, 9, 10, 11, 12, 13, 14, 14, 15, 16, 17]
    } else {
        &[7, 8, 9, 10, 12, 12, 13, 15, 16, 17, 17, 18, 18, 19, 19, 20, 20, 21, 21]
    };
    hours.choose(random).map_or(0, |hour| hour * HOUR) + random.random_range(0..HOUR)
}

/// Some of the members. The first of all people has not been there for what she has not read.
fn cast(plot: &Plot, is_read: bool, random: &mut StdRng) -> Vec<usize> {
    let is_there =
        |person: &usize| plot.members.contains(&PEOPLE[*person].username) && (is_read || *person > 0);
    let mut cast: Vec<_> = (0..PEOPLE.len()).filter(is_there).collect();
    cast.shuffle(random);
    cast.truncate(random.random_range(3..=5));
    cast
}

/// What has been said so far.
struct Talk {
    corpus: Corpus,
    random: StdRng,
    /// What each thread has had, in order.
    had: HashMap<usize, Vec<usize>>,
    /// When each exchange was last had anywhere, counted in exchanges.
    last_had: Vec<usize>,
    now: usize,
}

impl Talk {
    fn new(random: StdRng) -> Self {
        let corpus = Corpus::default();
        Self { last_had: vec![0; corpus.exchanges.len()], corpus, random, had: HashMap::new(), now: 0 }
    }

    /// Fills a session.
    fn hold(&mut self, session: &mut Session) {
        let topics = PLOTS[session.thread].topics;
        while session.said.len() < session.size {
            let room = session.size - session.said.len();
            let is_begun = !session.said.is_empty() && session.cast.len() > 1;
            let wants_reaction = is_begun && (room < 3 || room > 3 && self.random.random_bool(0.1));
            let reaction = if wants_reaction { self.react(session) } else { None };
            // A thread has a purpose, and keeps coming back to it.
            let purpose = if self.random.random_bool(0.35) { &topics[..1] } else { topics };
            let chosen = reaction
                .or_else(|| {
                    self.choose(session, purpose, room)
                        .filter(|index| !is_fresh(&self.had[&session.thread], *index))
                })
                .or_else(|| self.choose(session, topics, room));
            let Some(chosen) = chosen else { return };
            self.have(chosen, session);
        }
    }

    /// The exchange that is the furthest from being a repetition, if possible one that leaves room for nothing or for another one.
    fn choose(&mut self, session: &Session, topics: &[&str], room: usize) -> Option<usize> {
        let fits = |exchange: &Exchange| {
            topics.contains(&exchange.topic)
                && exchange.turns.len() <= room
                && exchange.speakers <= speakers(&session.cast, exchange.languages).count()
        };
        let fitting = (0..self.last_had.len()).filter(|index| fits(&self.corpus.exchanges[*index]));
        let had = self.had.entry(session.thread).or_default();
        fitting.min_by_key(|index| {
            let left = room - self.corpus.exchanges[*index].turns.len();
            let uses = had.iter().filter(|one| *one == index).count();
            let is_in_the_air = self.last_had[*index] + 60 > self.now;
            let chance: u32 = self.random.random();
            (is_fresh(had, *index), matches!(left, 1..3), uses, is_in_the_air, chance)
        })
    }

    /// A short answer to what was said last, in one of the thread's languages.
    fn react(&mut self, session: &Session) -> Option<usize> {
        let last = session.said.last()?;
        let is_chinese = last.body.chars().any(|character| ('\u{4E00}'..='\u{9FFF}').contains(&character));
        self.choose(session, &[REACTIONS[usize::from(is_chinese)]], 1)
    }

    fn have(&mut self, index: usize, session: &mut Session) {
        self.now += 1;
        self.last_had[index] = self.now;
        self.had.entry(session.thread).or_default().push(index);
        let exchange = &self.corpus.exchanges[index];
        let random = &mut self.random;
        let mut cast: Vec<_> = speakers(&session.cast, exchange.languages).collect();
        cast.shuffle(random);
        // Nobody answers themselves.
        let is_reaction = REACTIONS.contains(&exchange.topic);
        if is_reaction && cast.len() > 1 && session.said.last().is_some_and(|last| last.sender == cast[0]) {
            cast.rotate_left(1);
        }
        let is_chinese = exchange.languages == [Language::Chinese];
        let name = |person: &usize| {
            if is_chinese { PEOPLE[*person].called_in_chinese } else { PEOPLE[*person].called }
        };
        let names: Vec<_> = cast.iter().map(name).collect();
        for (at, (speaker, body)) in self.corpus.speak(exchange, &names, random).into_iter().enumerate() {
            let sender = cast[speaker];
            let last = session.said.last();
            let mut pause = typing(&body, random);
            if last.is_some_and(|last| last.sender != sender) {
                pause += thinking(random);
            }
            if at == 0 && last.is_some() && !is_reaction {
                pause += random.random_range(MINUTE..20 * MINUTE);
            }
            session.said.push(Said { sender, pause, body });
        }
    }
}

/// Whether an exchange is one of those that were just had.
fn is_fresh(had: &[usize], index: usize) -> bool {
    had.iter().rev().take(30).any(|one| *one == index)
}

fn speakers(cast: &[usize], languages: &'static [Language]) -> impl Iterator<Item = usize> {
    cast.iter().copied().filter(|person| PEOPLE[*person].speaks_all(languages))
}

fn typing(body: &str, random: &mut StdRng) -> i64 {
    let characters = i64::try_from(body.chars().count()).unwrap_or(0);
    random.random_range(SECOND..6 * SECOND) + (characters * SECOND / 8).min(3 * MINUTE)
}

fn thinking(random: &mut StdRng) -> i64 {
    if random.random_bool(0.12) {
        random.random_range(2 * MINUTE..14 * MINUTE)
    } else {
        random.random_range(4 * SECOND..55 * SECOND)
    }
}

/// Puts each thread's sessions on the calendar, one after another, from the last message backwards.
fn date(mut sessions: Vec<Session>, now: Timestamp) -> Vec<Line> {
    let mut next_begins = HashMap::new();
    let mut lines = Vec::new();
    while let Some(session) = sessions.pop() {
        let plot = &PLOTS[session.thread];
        let duration: i64 = session.said.iter().skip(1).map(|said| said.pause).sum();
        let end = match next_begins.get(&session.thread) {
            None => now.0 - plot.quiet_minutes * MINUTE,
            Some(next_begins) => (begin(&session, plot, now) + duration)
                .min(next_begins - 20 * MINUTE - session.clock % (2 * HOUR)),
        };
        let mut at = end - duration;
        next_begins.insert(session.thread, at);
        for (index, said) in session.said.into_iter().enumerate() {
            at += if index == 0 { 0 } else { said.pause };
            lines.push(Line {
                thread: session.thread,
                sender: said.sender,
                at: Timestamp(at),
                body: said.body,
            });
        }
    }
    lines
}

/// When a session would like to begin: by day, and work from Monday to Friday.
fn begin(session: &Session, plot: &Plot, now: Timestamp) -> i64 {
    let mut begin = now.0 - session.age;
    let midnight = begin - begin.rem_euclid(DAY);
    if session.age > if plot.is_work() { 10 * HOUR } else { 36 * HOUR } {
        begin = midnight + session.clock;
    } else if begin - midnight < 6 * HOUR {
        begin -= 7 * HOUR;
    }
    // The first day of the epoch was a Thursday.
    let weekday = (begin.div_euclid(DAY) + 3) % 7;
    if plot.is_work() && weekday > 4 { begin - 2 * DAY } else { begin }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_760_000_000_000_000);

    #[test]
    fn the_past_is_always_the_same() {
        let (one, later) = (write(NOW), write(Timestamp(NOW.0 + HOUR)));
        assert_eq!(one, write(NOW));
        let bodies = |lines: &[Line], thread| {
            let of_thread = lines.iter().filter(|line| line.thread == thread);
            of_thread.map(|line| line.body.clone()).collect::<Vec<_>>()
        };
        assert!((0..PLOTS.len()).all(|thread| bodies(&one, thread) == bodies(&later, thread)));
    }

    #[test]
    fn every_thread_has_the_past_of_its_plot() {
        let lines = write(NOW);
        for (thread, plot) in PLOTS.iter().enumerate() {
            let lines: Vec<_> = lines.iter().filter(|line| line.thread == thread).collect();
            assert_eq!(lines.len(), plot.messages, "{plot:?}");
            assert_eq!(lines[lines.len() - 1].at.0, NOW.0 - plot.quiet_minutes * MINUTE, "{plot:?}");
            assert!(lines[0].at.0 > NOW.0 - 2 * 366 * DAY);
            assert!(
                lines.iter().all(|line| plot.members.contains(&PEOPLE[line.sender].username)),
                "{plot:?}"
            );
            let unread = &lines[plot.messages - plot.unread..];
            assert!(unread.iter().all(|line| line.sender != 0), "{plot:?}");
        }
    }

    #[test]
    fn nothing_is_said_again_soon() {
        let lines = write(NOW);
        for (thread, plot) in PLOTS.iter().enumerate() {
            let long = |line: &&Line| line.thread == thread && line.body.chars().count() > 30;
            let recent: Vec<_> = lines.iter().rev().filter(long).take(20).map(|line| &line.body).collect();
            for (index, body) in recent.iter().enumerate() {
                assert!(!recent[..index].contains(body), "twice in {:?}: {body}", plot.title);
            }
        }
    }
}
