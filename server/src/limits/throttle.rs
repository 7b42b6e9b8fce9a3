//! How often one key may do one thing. Memory is fixed, whoever comes: a key is hashed to one of a set number of slots, under a seed
//! that nobody outside knows, so that a flood of new keys neither grows the table nor pushes anybody out of it. Two keys share a slot
//! once in 65,536 times, which at worst makes one wait for the other.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

const SLOTS: usize = 1 << 16;

/// The generic cell rate algorithm: a bucket of `burst` tokens that regains one after each `interval`, kept as one number, the moment
/// at which the bucket will be full again.
pub struct Throttle {
    interval_ns: u64,
    burst: u32,
    started: Instant,
    full_at_ns: Box<[AtomicU64]>,
    seed: RandomState,
}

impl Throttle {
    /// Allows `burst` at once, and then one an `interval`.
    #[must_use]
    pub fn new(burst: u32, interval: Duration) -> Self {
        Self {
            interval_ns: nanoseconds(interval),
            burst,
            started: Instant::now(),
            full_at_ns: (0..SLOTS).map(|_| AtomicU64::new(0)).collect(),
            seed: RandomState::new(),
        }
    }

    /// Takes a token, or says how long until there is one.
    pub fn take(&self, key: impl Hash) -> Result<(), Duration> {
        self.take_at(key, self.started.elapsed())
    }

    /// Returns a token that was taken.
    pub fn give_back(&self, key: impl Hash) {
        self.slot(key)
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |full_at_ns| {
                Some(full_at_ns.saturating_sub(self.interval_ns))
            })
            .ok();
    }

    /// Fills the bucket.
    pub fn forget(&self, key: impl Hash) {
        self.slot(key).store(0, Ordering::Relaxed);
    }

    fn take_at(&self, key: impl Hash, now: Duration) -> Result<(), Duration> {
        let now_ns = nanoseconds(now);
        let latest_ns = now_ns + self.interval_ns.saturating_mul(self.burst.into());
        let taken = self.slot(key).fetch_update(Ordering::Relaxed, Ordering::Relaxed, |full_at_ns| {
            let next_ns = full_at_ns.max(now_ns) + self.interval_ns;
            (next_ns <= latest_ns).then_some(next_ns)
        });
        match taken {
            Ok(_) => Ok(()),
            Err(full_at_ns) => Err(Duration::from_nanos(full_at_ns + self.interval_ns - latest_ns)),
        }
    }

    fn slot(&self, key: impl Hash) -> &AtomicU64 {
        let hash = self.seed.hash_one(key);
        // The remainder is below SLOTS on every platform.
        &self.full_at_ns[(hash % SLOTS as u64) as usize]
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_burst_is_let_through_and_then_one_an_interval() {
        let throttle = Throttle::new(3, SECOND);
        let now = SECOND * 100;
        for _ in 0..3 {
            assert_eq!(throttle.take_at("alice", now), Ok(()));
        }
        assert_eq!(throttle.take_at("alice", now), Err(SECOND));
        assert_eq!(throttle.take_at("alice", now + SECOND / 4), Err(SECOND * 3 / 4));
        assert_eq!(throttle.take_at("alice", now + SECOND), Ok(()));
        assert!(throttle.take_at("alice", now + SECOND).is_err());
        for _ in 0..3 {
            assert_eq!(throttle.take_at("alice", now + SECOND * 4), Ok(()));
        }
        assert!(
            throttle.take_at("alice", now + SECOND * 4).is_err(),
            "waiting longer does not save up more than a burst"
        );
    }

    #[test]
    fn being_refused_does_not_prolong_the_wait() {
        let throttle = Throttle::new(1, SECOND);
        assert_eq!(throttle.take_at("alice", SECOND), Ok(()));
        for _ in 0..1_000 {
            assert_eq!(throttle.take_at("alice", SECOND), Err(SECOND));
        }
        assert_eq!(throttle.take_at("alice", SECOND * 2), Ok(()));
    }

    #[test]
    fn a_token_can_be_given_back_and_a_key_forgotten() {
        let throttle = Throttle::new(2, SECOND);
        assert!(throttle.take_at("alice", SECOND).is_ok() && throttle.take_at("alice", SECOND).is_ok());
        throttle.give_back("alice");
        assert!(throttle.take_at("alice", SECOND).is_ok() && throttle.take_at("alice", SECOND).is_err());
        throttle.forget("alice");
        assert!(throttle.take_at("alice", SECOND).is_ok() && throttle.take_at("alice", SECOND).is_ok());
        throttle.forget("bob");
        throttle.give_back("bob");
        assert!(throttle.take_at("bob", SECOND).is_ok());
    }

    #[test]
    fn threads_at_once_get_no_more_than_the_burst() {
        let throttle = Throttle::new(100, SECOND);
        let taken = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        if throttle.take_at("alice", SECOND).is_ok() {
                            taken.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        assert_eq!(taken.into_inner(), 100);
    }
}
