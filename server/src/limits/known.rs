//! From which addresses somebody has come in before. Memory is fixed, as in `throttle`: each account and address have one place, found by a hash under a
//! seed that nobody outside knows, and the newer of two that share it stays. Whoever is forgotten is counted as a stranger, which is all that it costs.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    sync::atomic::{AtomicU64, Ordering},
};

const PLACES: usize = 1 << 16;

/// Keys that were seen, by their hashes.
pub struct Known {
    hashes: Box<[AtomicU64]>,
    seed: RandomState,
}

impl Default for Known {
    fn default() -> Self {
        Self { hashes: (0..PLACES).map(|_| AtomicU64::new(0)).collect(), seed: RandomState::new() }
    }
}

impl Known {
    /// Remembers a key.
    pub fn remember(&self, key: impl Hash) {
        let (place, hash) = self.find(key);
        place.store(hash, Ordering::Relaxed);
    }

    /// Whether a key is remembered.
    pub fn has(&self, key: impl Hash) -> bool {
        let (place, hash) = self.find(key);
        place.load(Ordering::Relaxed) == hash
    }

    fn find(&self, key: impl Hash) -> (&AtomicU64, u64) {
        let hash = self.seed.hash_one(key);
        // The remainder is below PLACES on every platform. Zero says that a place is empty.
        (&self.hashes[(hash % PLACES as u64) as usize], hash.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_known_and_nothing_else() {
        let known = Known::default();
        assert!(!known.has(("alice", 1)));
        known.remember(("alice", 1));
        assert!(known.has(("alice", 1)) && !known.has(("alice", 2)) && !known.has(("bob", 1)));
    }

    #[test]
    fn many_who_come_take_no_more_room() {
        let known = Known::default();
        (0..PLACES * 4).for_each(|number| known.remember(number));
        assert_eq!(known.hashes.len(), PLACES);
        assert!(known.has(PLACES * 4 - 1));
    }
}
