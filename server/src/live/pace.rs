//! How often events leave by one connection: where more happens than a screen can show one by one, what happens in the time of one picture leaves together. A write costs the
//! same for one event and for twenty (docs/performance.md).

use std::time::{Duration, Instant};

/// The time of one picture of a screen that shows sixty a second.
pub const PICTURE: Duration = Duration::from_millis(16);
/// How many times events may leave sooner than that after a rest: what people say to each other never waits.
const AHEAD: u32 = 8;

/// When what waits is to leave.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Due {
    /// At once.
    AtOnce,
    /// After the time of a picture, with all that has come by then.
    AfterPicture,
    /// Before more is left there.
    BeforeMore,
}

/// The writes of a connection: a leaky bucket, as the generic cell rate algorithm of ATM describes it (ITU-T I.371, annex A).
#[derive(Debug, Default)]
pub struct Pace {
    /// By when a connection that writes once a picture would have written all that this one wrote.
    even: Option<Instant>,
}

impl Pace {
    /// Counts a write, and says when it is due.
    pub fn due(&mut self, now: Instant) -> Due {
        let even = self.even.map_or(now, |even| even.max(now));
        self.even = Some(even + PICTURE);
        if even - now < AHEAD * PICTURE { Due::AtOnce } else { Due::AfterPicture }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of the writes of some time may be made at once, if one is asked for as soon as the one before it is made.
    fn at_once(pace: &mut Pace, from: Instant, lasting: Duration, every: Duration) -> (u32, u32) {
        let (mut now, mut made, mut at_once) = (from, 0, 0);
        while now < from + lasting {
            made += 1;
            now += every;
            match pace.due(now) {
                Due::AtOnce => at_once += 1,
                Due::AfterPicture | Due::BeforeMore => now += PICTURE,
            }
        }
        (made, at_once)
    }

    #[test]
    fn what_people_say_never_waits_and_what_nobody_can_read_waits_for_a_picture() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        let second = Duration::from_secs(1);
        assert_eq!(at_once(&mut pace, start, second, second / 50), (50, 50));
        let (made, at_once_then) = at_once(&mut pace, start + 2 * second, second, second / 1_000);
        assert!((60..=75).contains(&made), "{made} writes in a second");
        assert!((AHEAD..=AHEAD + 5).contains(&at_once_then), "{at_once_then} of them at once");
        assert_eq!(
            at_once(&mut pace, start + 4 * second, second / 1_000, Duration::ZERO),
            (AHEAD + 1, AHEAD)
        );
    }
}
