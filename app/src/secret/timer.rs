//! After how long messages vanish, which both agree to. Whatever crosses on the way, both mean the same in the end: one of the two pages keeps the timer,
//! and the other one asks it for every change. What is said brings along how long it lasts.

use super::{
    chat::{Chat, Malformed},
    frame::{Frame, Proposal},
    state::{Entry, Proposed, Timer},
};
use crate::live::ArcLive;
use model::Timestamp;

/// After how many seconds messages can vanish: five seconds to an hour.
pub const TIMERS: [u32; 5] = [5, 30, 60, 600, 3_600];

impl Chat {
    /// The other one says something about it. Gives what is to be answered.
    pub(super) fn hear_of_timer(&self, frame: Frame) -> Result<Option<Frame>, Malformed> {
        match frame {
            Frame::Propose { seconds } if self.keeps_timer => {
                check(seconds)?;
                return Ok(Some(self.keep(Some(Proposed { is_mine: false, seconds }))));
            }
            Frame::Agree { seconds } if self.keeps_timer => {
                // It may be about another proposal than the one that is here by now: then that one still waits.
                let proposed = self.timer.peek(|timer| timer.proposed);
                if proposed == Some(Proposed { is_mine: true, seconds }) {
                    self.timer.update(|timer| timer.agreed = seconds);
                    return Ok(Some(self.keep(None)));
                }
            }
            Frame::Withdraw {} if self.keeps_timer => return Ok(Some(self.keep(None))),
            Frame::Timer { agreed, proposed } if !self.keeps_timer => {
                check(agreed)?;
                // Nobody agrees for this side.
                if agreed != self.lasts() && !self.consented.peek(|consented| consented.contains(&agreed)) {
                    return Err(Malformed);
                }
                let proposed =
                    proposed.map(|Proposal { is_yours, seconds }| Proposed { is_mine: is_yours, seconds });
                self.timer.set(Timer { agreed, proposed });
            }
            _ => return Err(Malformed),
        }
        Ok(None)
    }

    /// One proposes after how long messages vanish.
    pub fn propose(&self, seconds: Option<u32>) -> Frame {
        if self.keeps_timer {
            self.keep(Some(Proposed { is_mine: true, seconds }))
        } else {
            self.consented.update(|consented| consented.push(seconds));
            Frame::Propose { seconds }
        }
    }

    /// One agrees to what the other one proposed.
    pub fn agree(&self) -> Option<Frame> {
        let Proposed { is_mine: false, seconds } = self.timer.peek(|timer| timer.proposed)? else {
            return None;
        };
        if !self.keeps_timer {
            self.consented.update(|consented| consented.push(seconds));
            return Some(Frame::Agree { seconds });
        }
        self.timer.update(|timer| timer.agreed = seconds);
        Some(self.keep(None))
    }

    /// One takes back what one proposed, or does not want what the other one did.
    pub fn withdraw(&self) -> Frame {
        if self.keeps_timer { self.keep(None) } else { Frame::Withdraw {} }
    }

    /// Notes what is proposed now, and says how the timer stands. What is so already need not be proposed.
    fn keep(&self, proposed: Option<Proposed>) -> Frame {
        let agreed = self.timer.peek(|timer| timer.agreed);
        let proposed = proposed.filter(|proposed| proposed.seconds != agreed);
        self.timer.set(Timer { agreed, proposed });
        let proposed = proposed.map(|Proposed { is_mine, seconds }| Proposal { is_yours: !is_mine, seconds });
        Frame::Timer { agreed, proposed }
    }

    /// What vanishes now does.
    pub fn pass(&self, now: Timestamp) {
        let is_due = |entry: &ArcLive<Entry>| {
            entry.peek(|entry| entry.message.vanishes_at.is_some_and(|at| at <= now))
        };
        let due: Vec<_> =
            self.entries.peek(|entries| entries.iter().filter(|entry| is_due(entry)).cloned().collect());
        if !due.is_empty() {
            // Where it is quoted, too.
            for entry in &due {
                entry.update(Entry::empty);
            }
            self.entries.update(|entries| entries.retain(|entry| !is_due(entry)));
        }
    }

    /// After how many seconds what is said now vanishes.
    pub(super) fn lasts(&self) -> Option<u32> {
        self.timer.peek(|timer| timer.agreed)
    }

    /// What the other one says vanishes as was agreed. Who keeps the timer has told of each change before; the other one may not have heard of the last.
    pub(super) fn expect_lasts(&self, lasts: Option<u32>) -> Result<(), Malformed> {
        if self.keeps_timer || lasts == self.lasts() { check(lasts) } else { Err(Malformed) }
    }
}

/// Messages vanish after one of a few times.
fn check(seconds: Option<u32>) -> Result<(), Malformed> {
    if seconds.is_none_or(|seconds| TIMERS.contains(&seconds)) { Ok(()) } else { Err(Malformed) }
}

#[cfg(test)]
mod tests {
    use super::{
        super::chat::tests::{pair, text, words},
        *,
    };

    #[test]
    fn messages_vanish_once_both_agree_to_it() {
        let (alice, bob) = pair();
        tell(&alice, &bob, alice.propose(Some(5)));
        assert_eq!(agreed(&alice, &bob), (None, None), "one alone decides nothing");
        assert_eq!(alice.agree(), None, "nobody agrees for somebody else");
        // Nor to what is not proposed.
        tell(&bob, &alice, Frame::Agree { seconds: Some(60) });
        assert_eq!(agreed(&alice, &bob), (None, None));
        tell(&bob, &alice, bob.agree().unwrap());
        assert_eq!(agreed(&alice, &bob), (Some(5), Some(5)));

        let frame = alice.say(text("soon gone"), None, Timestamp(1_000_000));
        bob.hear(frame, Timestamp(2_000_000)).unwrap();
        alice.pass(Timestamp(5_999_999));
        bob.pass(Timestamp(6_000_000));
        assert_eq!((words(&alice).len(), words(&bob).len()), (1, 1));
        alice.pass(Timestamp(6_000_000));
        bob.pass(Timestamp(7_000_000));
        assert_eq!((words(&alice).len(), words(&bob).len()), (0, 0));
        for frame in
            [Frame::Timer { agreed: None, proposed: None }, Frame::Timer { agreed: Some(60), proposed: None }]
        {
            assert_eq!(bob.hear(frame, Timestamp(8_000_000)), Err(Malformed), "alice alone decides nothing");
        }
        for lasts in [None, Some(60)] {
            let frame = Frame::Say { number: 2, text: "not as agreed".into(), reply_to: None, lasts };
            assert_eq!(bob.hear(frame, Timestamp(8_000_000)), Err(Malformed), "{lasts:?}");
        }
    }

    /// Says something, and all that is answered.
    fn tell(from: &Chat, to: &Chat, frame: Frame) {
        if let Some(answer) = to.hear(frame, Timestamp(0)).unwrap() {
            tell(to, from, answer);
        }
    }

    fn agreed(alice: &Chat, bob: &Chat) -> (Option<u32>, Option<u32>) {
        (alice.timer.get_now().agreed, bob.timer.get_now().agreed)
    }

    #[test]
    fn whatever_crosses_on_the_way_both_mean_the_same_in_the_end() {
        type Step = fn(&Chat) -> Option<Frame>;
        let steps: [Step; 6] = [
            |chat| Some(chat.propose(Some(5))),
            |chat| Some(chat.propose(Some(60))),
            |chat| Some(chat.propose(None)),
            |chat| chat.agree(),
            |chat| Some(chat.withdraw()),
            |_| None,
        ];
        // Each of them does up to three things, before anything of the other one has come.
        for code in 0..6_usize.pow(6) {
            let (alice, bob) = pair();
            let step = |place: u32| steps[code / 6_usize.pow(place) % 6];
            for round in 0..3 {
                let hers = step(2 * round)(&alice);
                let his = step(2 * round + 1)(&bob);
                // The channel keeps the order of each side.
                let to_bob = hers.and_then(|frame| bob.hear(frame, Timestamp(0)).unwrap());
                let to_alice = his.and_then(|frame| alice.hear(frame, Timestamp(0)).unwrap());
                assert_eq!(to_bob, None, "he keeps nothing");
                if let Some(frame) = to_alice {
                    tell(&alice, &bob, frame);
                }
            }
            let mirrored = bob.timer.get_now();
            let mirrored = Timer {
                proposed: mirrored.proposed.map(|one| Proposed { is_mine: !one.is_mine, ..one }),
                ..mirrored
            };
            assert_eq!(alice.timer.get_now(), mirrored, "{code}");
        }
    }
}
