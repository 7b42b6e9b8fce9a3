//! What is aimed at.

use super::figure::Figure;

/// What a value should be.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// No more.
    AtMost(f64),
    /// No less.
    AtLeast(f64),
}

/// A goal for the figures of a scenario: those whose case contains one text and whose name is another.
struct Goal {
    scenario: &'static str,
    case: &'static str,
    name: &'static str,
    bound: Bound,
}

const fn goal(scenario: &'static str, case: &'static str, name: &'static str, bound: Bound) -> Goal {
    Goal { scenario, case, name, bound }
}

use Bound::{AtLeast, AtMost};

/// What is offered is the goal, and how long the last of it takes is counted too: of 15 seconds, up to 150 and 300 ms.
const MESSAGES_KEPT_UP: f64 = 10_000.0 * 0.99;
const DELIVERIES_KEPT_UP: f64 = 150_000.0 * 0.98;

const GOALS: [Goal; 23] = [
    goal("idle", "", "server memory a connection", AtMost(6.0)),
    goal("idle", "", "server CPU a connection a second", AtMost(1.0)),
    goal("pairs", ", 10000 messages", "stored", AtLeast(MESSAGES_KEPT_UP)),
    goal("pairs", ", 5000 messages", "delivered, p99", AtMost(10.0)),
    goal("fan-out", "", "deliveries for a second of the server's CPU", AtLeast(200_000.0)),
    goal("fan-out", "a group of 15000", "deliveries", AtLeast(DELIVERIES_KEPT_UP)),
    goal("fan-out", "a group of 15000", "delivered, p99", AtMost(250.0)),
    goal("fan-out", "a group of 15000", "resynchronisations", AtMost(0.0)),
    goal("history", "", "a page, p99", AtMost(5.0)),
    goal("history", "100000000 rows", "its p99, as a multiple of that of the shortest", AtMost(1.5)),
    goal("openings", "", "queries for the page of messages", AtMost(5.0)),
    goal("return", "", "until one is back and has caught up, p99", AtMost(5_000.0)),
    goal("mix", "", "a message is stored, p99", AtMost(100.0)),
    goal("mix", "", "writing is told, p99", AtMost(100.0)),
    goal("mix", "", "reading is stored, p99", AtMost(100.0)),
    goal("mix", "", "a reaction is stored, p99", AtMost(100.0)),
    goal("mix", "", "a thread is opened, p99", AtMost(100.0)),
    goal("account", "10000 threads", "the first page", AtMost(1.1)),
    goal("account", "10000 threads", "queries", AtMost(1.1)),
    goal("account", "a group of 50000", "the first page", AtMost(1.1)),
    goal("account", "a group of 50000", "queries", AtMost(1.1)),
    goal("account", "10000 threads", "pages of 8 kB touched", AtMost(1.1)),
    goal("account", "a group of 50000", "pages of 8 kB touched", AtMost(1.1)),
];

/// What a figure should be, if anything: for an account, as a multiple of what the smaller one costs, which is `smaller`.
pub fn of(figure: &Figure, smaller: Option<f64>) -> Option<Bound> {
    let goal = GOALS.iter().find(|goal| {
        goal.scenario == figure.scenario && goal.name == figure.name && figure.case.contains(goal.case)
    })?;
    match (goal.scenario, goal.bound) {
        ("account", AtMost(factor)) => Some(AtMost(smaller? * factor)),
        (_, bound) => Some(bound),
    }
}

impl Bound {
    /// Whether a value is as it should be.
    pub fn is_met(self, value: f64) -> bool {
        match self {
            AtMost(most) => value <= most,
            AtLeast(least) => value >= least,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speed::record::Record;
    use std::path::Path;

    #[test]
    fn every_goal_is_one_of_something_that_was_measured() {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
        for goal in &GOALS {
            let record = Record::read(&docs, goal.scenario).unwrap().unwrap();
            let is_measured = record
                .figures
                .iter()
                .any(|figure| figure.name == goal.name && figure.case.contains(goal.case));
            assert!(
                is_measured,
                "{}: nothing is called {:?} in a case like {:?}",
                goal.scenario, goal.name, goal.case
            );
        }
    }
}
