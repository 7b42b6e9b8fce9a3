//! What a run came to, as one table.

use super::{history::Diary, plan::Fault};
use model::wire::Command;
use std::{collections::BTreeMap, fmt};

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
        self.faults.iter_mut().zip(other.faults).for_each(|(count, more)| *count += more);
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
        writeln!(f, "{:<18} {:>10}", "violations", self.violations)
    }
}
