//! When every message is due, fixed before the first is sent: an open loop. A server that slows down is not asked less, and a message that
//! had to wait for its turn has waited.

use std::time::Duration;
use tokio::time::Instant;

/// The messages of a run, numbered from 0 and said by its people in turn.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// When number 0 is due.
    pub start: Instant,
    /// How many are due in a second.
    pub rate: u64,
    /// How many there are.
    pub total: u64,
    /// How many people take turns.
    pub people: u64,
}

impl Schedule {
    /// How long after the start a message is due.
    pub fn offset(&self, number: u64) -> Duration {
        Duration::from_nanos(number.saturating_mul(1_000_000_000) / self.rate)
    }

    /// When a message is due.
    pub fn due(&self, number: u64) -> Instant {
        self.start + self.offset(number)
    }

    /// From when a message was due until now, in microseconds.
    pub fn latency_us(&self, number: u64, now: Instant) -> u64 {
        let latency = now.saturating_duration_since(self.due(number));
        u64::try_from(latency.as_micros()).unwrap_or(u64::MAX)
    }

    /// The messages of one person.
    pub fn numbers(&self, person: u64) -> impl Iterator<Item = u64> + use<> {
        let (total, people) = (self.total, self.people);
        (person..total).step_by(usize::try_from(people).unwrap_or(usize::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(rate: u64) -> Schedule {
        Schedule { start: Instant::now(), rate, total: 10, people: 4 }
    }

    #[test]
    fn messages_are_due_evenly_and_without_drift() {
        let schedule = schedule(3);
        assert_eq!(schedule.offset(0), Duration::ZERO);
        assert_eq!(schedule.offset(1), Duration::from_nanos(333_333_333));
        assert_eq!(schedule.offset(3), Duration::from_secs(1));
        assert_eq!(schedule.offset(3_000_000), Duration::from_secs(1_000_000));
    }

    #[test]
    fn people_take_turns_and_leave_nothing_out() {
        let schedule = schedule(1);
        assert_eq!(schedule.numbers(1).collect::<Vec<_>>(), [1, 5, 9]);
        let mut all: Vec<_> = (0..4).flat_map(|person| schedule.numbers(person)).collect();
        all.sort_unstable();
        assert_eq!(all, (0..10).collect::<Vec<_>>());
    }

    #[test]
    fn latency_counts_from_when_a_message_was_due() {
        let schedule = schedule(1_000);
        let now = schedule.start + Duration::from_millis(9);
        assert_eq!(schedule.latency_us(4, now), 5_000);
        assert_eq!(schedule.latency_us(9, now), 0);
        assert_eq!(schedule.latency_us(10, now), 0, "nothing comes before it was due");
    }
}
