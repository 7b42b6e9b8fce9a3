//! Which secret chats ended a moment ago: a tab that was not connected when one did may say later that it holds it. Nothing here knows whose they were.

use model::SecretChatId;
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// For how long an ended chat is known. The two tabs know it by then, or are gone: without a way to each other they wait for half a minute.
const KNOWN_FOR: Duration = Duration::from_secs(300);
/// The most that are known, the newest ones.
const MOST: usize = 100_000;

/// The ids of ended chats, the oldest first.
#[derive(Debug, Default)]
pub struct Ended(VecDeque<(SecretChatId, Instant)>);

impl Ended {
    /// One ended.
    pub fn add(&mut self, chat_id: SecretChatId, now: Instant) {
        while self.0.front().is_some_and(|(_, at)| now.duration_since(*at) >= KNOWN_FOR)
            || self.0.len() >= MOST
        {
            self.0.pop_front();
        }
        self.0.push_back((chat_id, now));
    }

    /// Whether one did.
    pub fn has(&self, chat_id: SecretChatId, now: Instant) -> bool {
        let mut recent = self.0.iter().rev().take_while(|(_, at)| now.duration_since(*at) < KNOWN_FOR);
        recent.any(|(ended, _)| *ended == chat_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ended_is_known_for_a_while_and_no_longer() {
        let (begin, mut ended) = (Instant::now(), Ended::default());
        let (first, second) = (SecretChatId::generate(), SecretChatId::generate());
        ended.add(first, begin);
        let almost = begin + KNOWN_FOR - Duration::from_secs(1);
        assert!(ended.has(first, almost) && !ended.has(second, almost));
        assert!(!ended.has(first, begin + KNOWN_FOR));
        ended.add(second, begin + KNOWN_FOR);
        assert!(ended.has(second, begin + KNOWN_FOR));
        assert_eq!(ended.0.len(), 1, "what is known no longer is kept");
    }
}
