//! A schedule, made of a seed and of nothing else: who is there, what each one does, and what breaks when. The same seed gives the same one.

use super::step::Step;
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom, seq::SliceRandom};
use std::{fmt, time::Duration};

/// How large the schedules are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size {
    /// How many people take part.
    pub people: usize,
    /// How many messages they send, together.
    pub messages: usize,
    /// How many clients come back at once where that is what breaks.
    pub crowd: usize,
}

/// A schedule.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// What it was made of.
    pub seed: u64,
    /// Who is there.
    pub people: Vec<Part>,
    /// Who is in each thread. Threads of two are direct; the first of a group made it.
    pub threads: Vec<Vec<usize>>,
    /// What breaks, in this order.
    pub faults: Vec<Due>,
}

/// One person's part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// What to do, one after the other.
    pub acts: Vec<Act>,
    /// How many devices show everything and do nothing.
    pub watchers: usize,
    /// Whether a second device sends the same outbox.
    pub has_twin: bool,
    /// How many messages may be under way at a time.
    pub window: usize,
    /// Whether commands go by requests instead of the socket.
    pub is_by_http: bool,
}

/// Something that a person does. Threads and people are named by their numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Act {
    /// Sends a message.
    Send(usize),
    /// Uploads a file, and sends a message with it.
    Attach(usize),
    /// Gives one of one's own messages other words.
    Edit(usize),
    /// Deletes one of one's own.
    Delete(usize),
    /// Puts an emoji under one of the newest messages, or takes one's own away.
    React(usize),
    /// Pins one of the newest messages, or unpins it.
    Pin(usize),
    /// Brings one of the newest messages of a thread, or, where one is in it no more, one's own last one, to another.
    Forward(usize, usize),
    /// Says that all is read.
    Read(usize),
    /// Gives a group another title.
    Rename(usize),
    /// Puts somebody out of a group.
    Remove(usize, usize),
    /// Lets somebody into a group.
    Add(usize, usize),
}

/// Something that breaks, once so many messages were acknowledged.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Due {
    /// How many.
    pub after: u64,
    /// What.
    pub fault: Fault,
}

/// Something that breaks.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Fault {
    /// The server is killed (kill -9) and started again.
    KillServer(Step),
    /// PostgreSQL is killed (kill -9), is away for a while, and is started again.
    KillPostgres(Step, Duration),
    /// A connection to PostgreSQL is cut.
    CutTransaction(Step),
    /// All connections to PostgreSQL stand still for a while, and then go on.
    StallPostgres(Duration),
    /// Of so many in a hundred, connections of people are cut.
    CutSockets(u8),
    /// Of so many in a hundred, connections of people stand still for a while; then they are dead.
    HalfOpen(u8, Duration),
    /// From now on what people and server tell each other is late by this much, and, in bytes a second, slow.
    Weather(Duration, Option<u32>),
    /// Of so many in a hundred, clients read nothing for a while.
    StopReading(u8, Duration),
    /// The server's clock steps, by so many seconds from where it stood at first.
    StepClock(i64),
    /// There is no room left where the database is, for a while.
    FillDisk(Duration),
    /// A great many clients lose the server and come back at once.
    Crowd,
    /// The server is asked to stop (SIGTERM), has to within 10 seconds, and is started again. PostgreSQL may stand still meanwhile.
    Terminate(bool),
}

impl Fault {
    /// The kinds, as the table names them.
    pub const KINDS: [&str; 12] = [
        "server killed",
        "PostgreSQL killed",
        "transaction cut",
        "PostgreSQL stalled",
        "sockets cut",
        "sockets half-open",
        "network slow",
        "clients deaf",
        "clock stepped",
        "disk full",
        "crowd returns",
        "server stopped",
    ];

    /// How many of them, the first ones, are aimed at a step of a transaction.
    pub const AIMED: usize = 3;

    /// Which kind it is, among [`Fault::KINDS`].
    pub fn kind(&self) -> usize {
        match self {
            Self::KillServer(_) => 0,
            Self::KillPostgres(..) => 1,
            Self::CutTransaction(_) => 2,
            Self::StallPostgres(_) => 3,
            Self::CutSockets(_) => 4,
            Self::HalfOpen(..) => 5,
            Self::Weather(..) => 6,
            Self::StopReading(..) => 7,
            Self::StepClock(_) => 8,
            Self::FillDisk(_) => 9,
            Self::Crowd => 10,
            Self::Terminate(_) => 11,
        }
    }

    fn of_kind(kind: usize, random: &mut StdRng) -> Self {
        let share = *[10, 30, 60, 100].choose(random).unwrap_or(&100);
        let mut ms = |from, to| Duration::from_millis(random.random_range(from..to));
        let span = ms(100, 2_500);
        let late = ms(0, 40);
        match kind {
            0 => Self::KillServer(Step::random(random)),
            1 => Self::KillPostgres(Step::random(random), span),
            2 => Self::CutTransaction(Step::random(random)),
            3 => Self::StallPostgres(span),
            4 => Self::CutSockets(share),
            5 => Self::HalfOpen(share, span),
            6 => {
                Self::Weather(late, random.random_bool(0.4).then(|| random.random_range(100_000..1_000_000)))
            }
            7 => Self::StopReading(share, span),
            8 => Self::StepClock(random.random_range(-100_000..100_000)),
            9 => Self::FillDisk(span),
            10 => Self::Crowd,
            _ => Self::Terminate(random.random_bool(0.3)),
        }
    }
}

impl Plan {
    /// The schedule of a seed. One in three breaks one kind of thing alone, again and again; the others mix.
    pub fn new(seed: u64, size: Size) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        // Neighbouring seeds break different things.
        let alone = seed.is_multiple_of(3).then_some((seed / 3 % Fault::KINDS.len() as u64) as usize);
        let special = alone.filter(|kind| Fault::KINDS[*kind] == "crowd returns");
        if special.is_some() {
            return Self::crowd(seed, size);
        }
        let kinds: Vec<usize> = match alone {
            Some(kind) => vec![kind; random.random_range(2..5)],
            None => (0..random.random_range(3..8)).map(|_| Self::mixed_kind(&mut random)).collect(),
        };
        let threads = threads(size.people, &mut random);
        let people = parts(size, &threads, &mut random);
        let sends = people.iter().flat_map(|part| &part.acts).filter(|act| matches!(act, Act::Send(_)));
        let sends = sends.count() as u64;
        let mut after: Vec<u64> = kinds.iter().map(|_| random.random_range(0..sends.max(1))).collect();
        after.sort_unstable();
        let faults = after
            .into_iter()
            .zip(kinds)
            .map(|(after, kind)| Due { after, fault: Fault::of_kind(kind, &mut random) })
            .collect();
        Self { seed, people, threads, faults }
    }

    /// Whether it needs a small disk of its own.
    pub fn fills_disk(&self) -> bool {
        self.faults.iter().any(|due| matches!(due.fault, Fault::FillDisk(_)))
    }

    /// Whether so many clients take part that it has to be played alone.
    pub fn is_crowd(&self) -> bool {
        self.faults.iter().any(|due| due.fault == Fault::Crowd)
    }

    /// Neither a disk of its own nor a crowd.
    fn mixed_kind(random: &mut StdRng) -> usize {
        *[0, 0, 1, 1, 2, 2, 3, 4, 4, 5, 6, 7, 8, 11].choose(random).unwrap_or(&0)
    }

    /// A group whose members have so many devices that they are a crowd.
    fn crowd(seed: u64, size: Size) -> Self {
        let acts = |_| Part {
            acts: vec![Act::Send(0); 2],
            watchers: (size.crowd / size.people).max(1) - 1,
            has_twin: false,
            window: 1,
            is_by_http: false,
        };
        let threads = vec![(0..size.people).collect()];
        let faults = vec![Due { after: size.people as u64, fault: Fault::Crowd }];
        Self { seed, people: (0..size.people).map(acts).collect(), threads, faults }
    }
}

/// One group of all, some smaller ones, and pairs.
fn threads(people: usize, random: &mut StdRng) -> Vec<Vec<usize>> {
    let mut threads = vec![(0..people).collect::<Vec<_>>()];
    for _ in 0..3 {
        let members = random.random_range(3..=people.clamp(3, 8));
        let mut all: Vec<_> = (0..people).collect();
        all.shuffle(random);
        all.truncate(members);
        threads.push(all);
    }
    let mut all: Vec<_> = (0..people).collect();
    all.shuffle(random);
    threads.extend(all.chunks_exact(2).map(<[usize]>::to_vec));
    threads
}

fn parts(size: Size, threads: &[Vec<usize>], random: &mut StdRng) -> Vec<Part> {
    let mut parts: Vec<_> = (0..size.people).map(|_| part(random)).collect();
    // Whatever has a twin is sent twice, and nobody may send more than 200 messages at once.
    let shares: usize = parts.iter().map(|part| if part.has_twin { 1 } else { 2 }).sum();
    for (number, part) in parts.iter_mut().enumerate() {
        let own: Vec<_> = (1..threads.len()).filter(|thread| threads[*thread].contains(&number)).collect();
        let share = if part.has_twin { 1 } else { 2 };
        for _ in 0..size.messages * share / shares {
            // The group of all is loud enough with one message in ten.
            let thread = own.choose(random).filter(|_| random.random_bool(0.9)).unwrap_or(&0);
            part.acts.push(Act::Send(*thread));
            match random.random_range(0..100) {
                0..3 => part.acts.push(Act::Edit(*thread)),
                3 => part.acts.push(Act::Delete(*thread)),
                4..10 => part.acts.push(Act::Read(*thread)),
                10..14 => part.acts.push(Act::React(*thread)),
                // A twin has the same outbox, but not the file, and does not wait for what is forwarded between two messages.
                14..16 if !part.has_twin => part.acts.push(Act::Attach(*thread)),
                16..18 if !part.has_twin => {
                    let to = own.choose(random).unwrap_or(&0);
                    part.acts.push(Act::Forward(*thread, *to));
                }
                // In a group that is for whoever made it.
                18..20 if threads[*thread].len() == 2 => part.acts.push(Act::Pin(*thread)),
                _ => {}
            }
        }
    }
    // Whoever made a group keeps it: renames it, pins, and puts out and lets in some of the others.
    for (thread, members) in threads.iter().enumerate().filter(|(_, members)| members.len() > 2) {
        let guests = &members[1..members.len().min(4)];
        let acts = &mut parts[members[0]].acts;
        for _ in 0..10 {
            let place = random.random_range(0..=acts.len());
            match guests.choose(random).filter(|_| random.random_bool(0.5)) {
                Some(guest) => {
                    let back = random.random_range(place..=acts.len());
                    if random.random_bool(0.8) {
                        acts.insert(back, Act::Add(thread, *guest));
                    }
                    acts.insert(place, Act::Remove(thread, *guest));
                }
                None if random.random_bool(0.7) => acts.insert(place, Act::Pin(thread)),
                None => acts.insert(place, Act::Rename(thread)),
            }
        }
    }
    parts
}

fn part(random: &mut StdRng) -> Part {
    Part {
        acts: Vec::new(),
        watchers: usize::from(random.random_bool(0.2)),
        has_twin: random.random_bool(0.2),
        window: *[1, 1, 4, 16].choose(random).unwrap_or(&1),
        is_by_http: random.random_bool(0.15),
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}:", self.seed)?;
        for Due { after, fault } in &self.faults {
            write!(f, " {fault:?} after {after};")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { people: 10, messages: 200, crowd: 100 };

    #[test]
    fn a_seed_gives_the_same_schedule_again_and_another_seed_another() {
        for seed in 0..100 {
            assert_eq!(Plan::new(seed, SIZE), Plan::new(seed, SIZE));
            assert_ne!(Plan::new(seed, SIZE), Plan::new(seed + 100, SIZE));
        }
    }

    #[test]
    fn every_kind_of_fault_comes_alone_within_36_seeds() {
        let kinds =
            |seed| Plan::new(seed, SIZE).faults.iter().map(|due| due.fault.kind()).collect::<Vec<_>>();
        let alone = (0..36).map(kinds).filter(|kinds| kinds.iter().all(|kind| *kind == kinds[0]));
        let mut alone: Vec<_> = alone.map(|kinds| kinds[0]).collect();
        alone.sort_unstable();
        alone.dedup();
        assert_eq!(alone, (0..Fault::KINDS.len()).collect::<Vec<_>>());
    }

    #[test]
    fn people_speak_only_where_they_are() {
        let plan = Plan::new(7, SIZE);
        for (number, part) in plan.people.iter().enumerate() {
            for act in &part.acts {
                if let Act::Send(thread) = act {
                    assert!(plan.threads[*thread].contains(&number), "{number} in {thread}");
                }
            }
        }
    }
    #[test]
    fn people_pin_and_forward_also_out_of_groups_that_they_are_put_out_of() {
        let plan = Plan::new(7, Size { people: 15, messages: 5_000, crowd: 0 });
        let all = || {
            plan.people.iter().enumerate().flat_map(|(who, part)| part.acts.iter().map(move |act| (who, act)))
        };
        let is_put_out = |who, thread| all().any(|(_, act)| *act == Act::Remove(thread, who));
        let forwards =
            all().filter(|(who, act)| matches!(act, Act::Forward(from, _) if is_put_out(*who, *from)));
        assert!(forwards.count() > 5);
        assert!(all().filter(|(_, act)| matches!(act, Act::Pin(_))).count() > 20);
    }
}
