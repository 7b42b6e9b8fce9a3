//! At which step of a transaction something is to break. A step that does not come in time is missed, and the fault comes all the same: only what was
//! really hit shows anything of that step.

use rand::{Rng, rngs::StdRng};

/// At which step of a transaction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// At any.
    Any,
    /// Before its n-th statement reaches PostgreSQL.
    Statement(u32),
    /// Before COMMIT reaches PostgreSQL, or the statement that stores messages without one.
    Commit,
    /// After PostgreSQL has committed, before the server hears of it.
    Committed,
}

impl Step {
    /// The kinds that can be aimed at, as the table names them.
    pub const KINDS: [&str; 3] = ["before a statement", "before COMMIT", "after COMMIT"];

    /// Which kind it is, among [`Step::KINDS`], if it can be aimed at.
    pub fn kind(self) -> Option<usize> {
        match self {
            Self::Any => None,
            Self::Statement(_) => Some(0),
            Self::Commit => Some(1),
            Self::Committed => Some(2),
        }
    }

    /// One of them.
    pub fn random(random: &mut StdRng) -> Self {
        match random.random_range(0..10) {
            0 => Self::Any,
            1..=4 => Self::Statement(random.random_range(1..8)),
            5 | 6 => Self::Commit,
            _ => Self::Committed,
        }
    }
}
