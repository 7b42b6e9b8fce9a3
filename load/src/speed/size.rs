//! How much of everything: as it is measured, and so little that it only shows that all of it works.

use std::time::Duration;

/// How much.
#[derive(Clone, Debug)]
pub struct Size {
    /// People in the world.
    pub people: usize,
    /// Messages in each thread before anything begins.
    pub messages: u64,
    /// How long the server has to settle after people came.
    pub settling: Duration,
    /// How long nothing happens.
    pub idling: Duration,
    /// How long people talk.
    pub talking: Duration,
    /// How many talk in pairs, and how many messages a second.
    pub pairs: usize,
    /// The rates at which they do.
    pub rates: &'static [u64],
    /// How many deliveries a second into a group.
    pub deliveries: u64,
    /// Rows of the tables whose pages are read.
    pub rows: Vec<u64>,
    /// How many people open the same thread in the same second.
    pub openings: usize,
    /// How long everybody does everything.
    pub mixing: Duration,
    /// How many threads somebody is in who is in many.
    pub threads: usize,
    /// How many members a group has that has many, most of whom never come.
    pub members: usize,
    /// Messages of the tables on which the questions of the design are answered.
    pub questions: u64,
}

impl Size {
    /// What the figures are of.
    pub fn full() -> Self {
        Self {
            people: 15_000,
            messages: 50,
            settling: Duration::from_secs(3),
            idling: Duration::from_secs(50),
            talking: Duration::from_secs(15),
            pairs: 5_000,
            rates: &[1_000, 2_500, 5_000, 10_000],
            deliveries: 150_000,
            rows: vec![1_000_000, 20_000_000, 100_000_000],
            openings: 1_000,
            mixing: Duration::from_secs(60),
            threads: 10_000,
            members: 50_000,
            questions: 10_000_000,
        }
    }

    /// What shows that it works.
    pub fn small() -> Self {
        Self {
            people: 300,
            messages: 5,
            settling: Duration::from_millis(100),
            idling: Duration::from_secs(1),
            talking: Duration::from_secs(1),
            pairs: 100,
            rates: &[200],
            deliveries: 3_000,
            rows: vec![20_000],
            openings: 50,
            mixing: Duration::from_secs(2),
            threads: 200,
            members: 1_000,
            questions: 20_000,
        }
    }
}
