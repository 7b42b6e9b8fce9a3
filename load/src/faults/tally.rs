//! What a run came to, as one table.

use super::{history::Diary, plan::Fault, step::Step};
use model::wire::Command;
use std::{collections::BTreeMap, fmt};

/// In a run of so many schedules every kind of fault has to break at every kind of step.
const LONG_RUN: u64 = 100;

/// Counts of everything.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Schedules that were played.
    pub schedules: u64,
    /// Messages that somebody wanted to send.
    pub messages: u64,
    /// Those that were acknowledged.
    pub acknowledged: u64,
    /// Those that were refused for good, such as of people who had been put out.
    pub refused: u64,
    /// Files that went up with them.
    pub files: u64,
    /// Other commands that were carried out.
    pub commands: u64,
    /// Events of messages that reached devices.
    pub heard: u64,
    /// How often a device came back.
    pub reconnects: u64,
    /// How often a device was told to load everything again, such as for reading too slowly.
    pub resyncs: u64,
    /// What broke, by kind.
    pub faults: [u64; Fault::KINDS.len()],
    /// Those among them that broke at the step of a transaction that they were aimed at, by kind and by kind of step.
    pub hits: [[u64; Step::KINDS.len()]; Fault::AIMED],
    /// Those whose step did not come in time, so that they broke at any.
    pub misses: u64,
    /// What must not happen, and did.
    pub violations: u64,
}

impl Tally {
    /// Counts a round's diaries.
    pub fn count(&mut self, diaries: &[Diary]) {
        self.schedules += 1;
        let mut messages: BTreeMap<_, [bool; 2]> = BTreeMap::new();
        for diary in diaries {
            self.heard += diary.heard.len() as u64;
            self.reconnects += diary.connections.saturating_sub(1);
            self.resyncs += diary.resyncs;
            for asked in &diary.asked {
                if let Command::SendMessage { message_id, file_ids, .. } = &asked.command {
                    self.files += if asked.is_acknowledged() { file_ids.len() as u64 } else { 0 };
                    let fates = messages.entry(*message_id).or_default();
                    fates[0] |= asked.is_acknowledged();
                    fates[1] |= asked.is_refused();
                } else if asked.is_acknowledged() {
                    self.commands += 1;
                }
            }
        }
        self.messages += messages.len() as u64;
        self.acknowledged += messages.values().filter(|fates| fates[0]).count() as u64;
        self.refused += messages.values().filter(|fates| !fates[0] && fates[1]).count() as u64;
    }

    /// Counts a fault that was aimed at a step.
    pub fn aim(&mut self, fault: Fault, step: Step, is_hit: bool) {
        match step.kind() {
            Some(step) if is_hit => self.hits[fault.kind()][step] += 1,
            Some(_) => self.misses += 1,
            None => {}
        }
    }

    /// What was never broken at which step, in words. A run in which there is such a thing shows nothing of it.
    pub fn never_hit(&self) -> Vec<String> {
        let kinds = Fault::KINDS.iter().zip(&self.hits);
        let all = kinds.flat_map(|(fault, hits)| Step::KINDS.iter().zip(hits).map(move |hit| (fault, hit)));
        all.filter(|(_, (_, count))| **count == 0)
            .map(|(fault, (step, _))| format!("{fault} {step}"))
            .collect()
    }

    /// Whether something happened that must not, or a long run does not show what it should.
    pub fn has_failed(&self) -> bool {
        self.violations > 0 || self.is_long() && !self.never_hit().is_empty()
    }

    /// Whether it was so long a run that nothing may be missing from it.
    pub fn is_long(&self) -> bool {
        self.schedules >= LONG_RUN
    }

    /// Adds what another one counted.
    pub fn add(&mut self, other: &Self) {
        self.schedules += other.schedules;
        self.messages += other.messages;
        self.acknowledged += other.acknowledged;
        self.refused += other.refused;
        self.files += other.files;
        self.commands += other.commands;
        self.heard += other.heard;
        self.reconnects += other.reconnects;
        self.resyncs += other.resyncs;
        self.violations += other.violations;
        self.misses += other.misses;
        self.faults.iter_mut().zip(other.faults).for_each(|(count, more)| *count += more);
        let hits = self.hits.iter_mut().flatten().zip(other.hits.iter().flatten());
        hits.for_each(|(count, more)| *count += more);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            ("schedules", self.schedules),
            ("messages", self.messages),
            ("acknowledged", self.acknowledged),
            ("refused", self.refused),
            ("with files", self.files),
            ("other commands", self.commands),
            ("events heard", self.heard),
            ("reconnects", self.reconnects),
            ("resyncs", self.resyncs),
        ];
        counts.iter().try_for_each(|(name, count)| writeln!(f, "{name:<18} {count:>10}"))?;
        for (kind, count) in Fault::KINDS.iter().zip(self.faults) {
            writeln!(f, "{kind:<18} {count:>10}")?;
        }
        writeln!(f, "{:<18} {:>10}", "at the step", self.hits.iter().flatten().sum::<u64>())?;
        for (kind, step) in Step::KINDS.iter().enumerate() {
            let count: u64 = self.hits.iter().map(|hits| hits[kind]).sum();
            writeln!(f, "{step:<18} {count:>10}")?;
        }
        writeln!(f, "{:<18} {:>10}", "step missed", self.misses)?;
        writeln!(f, "{:<18} {:>10}", "violations", self.violations)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const STEPS: [Step; 3] = [Step::Statement(3), Step::Commit, Step::Committed];

    /// Each kind of fault, aimed at each kind of step; what was hit of that is up to the test.
    fn aimed(is_hit: impl Fn(Fault, Step) -> bool) -> Tally {
        let mut tally = Tally::default();
        for step in STEPS {
            let faults = [Fault::KillServer(step), Fault::KillPostgres(step, Duration::ZERO)];
            for fault in faults.into_iter().chain([Fault::CutTransaction(step)]) {
                tally.aim(fault, step, is_hit(fault, step));
            }
        }
        tally
    }

    #[test]
    fn a_step_that_did_not_come_is_not_counted_as_hit() {
        let all = aimed(|_, _| true);
        assert_eq!((all.never_hit(), all.misses), (Vec::new(), 0));
        let is_other = |fault, step| (fault, step) != (Fault::KillServer(Step::Committed), Step::Committed);
        let mut tally = aimed(is_other);
        assert_eq!((tally.never_hit(), tally.misses), (vec!["server killed after COMMIT".into()], 1));
        assert!(tally.to_string().contains("at the step                 8\n"), "{tally}");
        // At no step in particular is neither.
        tally.aim(Fault::KillServer(Step::Any), Step::Any, false);
        assert_eq!(tally.misses, 1);
        // What one schedule missed another one hit.
        tally.add(&all);
        assert_eq!((tally.never_hit(), tally.misses), (Vec::new(), 1));
    }

    #[test]
    fn a_run_that_broke_nothing_at_some_step_shows_nothing_of_it() {
        let (all, none) = (aimed(|_, _| true), aimed(|_, _| false));
        for (mut tally, is_shown) in [(all, true), (none, false)] {
            tally.schedules = LONG_RUN - 1;
            assert!(!tally.has_failed(), "a short run may miss some");
            tally.schedules = LONG_RUN;
            assert_eq!(tally.has_failed(), !is_shown);
            tally.violations = 1;
            assert!(tally.has_failed());
        }
    }
}
