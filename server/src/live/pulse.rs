//! Whether somebody is still at the other side of a socket: by what they take, and by what they answer.

use std::{mem, sync::LazyLock, time::Duration};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// How often an idle socket is asked whether it is still there, and how long it may take nothing of what it is told for itself.
pub const ASK_EVERY: Duration = Duration::from_secs(25);
/// Those whose turn comes within so long are asked together: to wake for somebody costs more than to ask them. A second is a whole number of it.
const TOGETHER: Duration = Duration::from_millis(100);
/// How many questions may go unanswered.
const MISSED: u32 = 2;

/// When to ask somebody who is there from now on.
pub fn times() -> Interval {
    static FIRST: LazyLock<Instant> = LazyLock::new(Instant::now);
    let now = Instant::now();
    let since = now.saturating_duration_since(*FIRST);
    let past = Duration::from_nanos(u64::from(since.subsec_nanos() % TOGETHER.subsec_nanos()));
    let mut times = interval_at(now + TOGETHER - past + ASK_EVERY, ASK_EVERY);
    times.set_missed_tick_behavior(MissedTickBehavior::Delay);
    times
}

/// What to do when it is time to ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Due {
    /// Ask.
    Ask,
    /// Wait: an answer would not be read now.
    Wait,
    /// Nobody is there any more.
    GiveUp,
}

/// What was heard of the other side lately.
#[derive(Debug, Default)]
pub struct Pulse {
    unanswered: u32,
    takes: bool,
}

impl Pulse {
    /// It has said something.
    pub fn answered(&mut self) {
        self.unanswered = 0;
    }

    /// It has taken something, or there is nothing for it to take.
    pub fn took(&mut self) {
        self.takes = true;
    }

    /// It is time to ask. `is_heard`: whether what it says is read now.
    pub fn due(&mut self, is_heard: bool) -> Due {
        if !mem::take(&mut self.takes) {
            return Due::GiveUp;
        }
        if !is_heard {
            return Due::Wait;
        }
        if self.unanswered >= MISSED {
            return Due::GiveUp;
        }
        self.unanswered += 1;
        Due::Ask
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_takes_little_at_a_time_is_there_and_who_takes_nothing_is_not() {
        let mut pulse = Pulse::default();
        for _ in 0..100 {
            pulse.took();
            assert_eq!(pulse.due(false), Due::Wait);
        }
        assert_eq!(pulse.due(false), Due::GiveUp);
    }

    #[test]
    fn who_answers_is_there_and_who_misses_two_questions_is_not() {
        let mut pulse = Pulse::default();
        for _ in 0..100 {
            pulse.took();
            assert_eq!(pulse.due(true), Due::Ask);
            pulse.answered();
        }
        for due in [Due::Ask, Due::Ask, Due::GiveUp] {
            pulse.took();
            assert_eq!(pulse.due(true), due);
        }
    }
}
