//! What is measured, as rows that are kept: a line of JSON each, from which tables and plots are drawn.

use super::world::Spent;
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// One measured value.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Figure {
    /// Which scenario.
    pub scenario: String,
    /// Under which circumstances, such as `5,000 connected`.
    pub case: String,
    /// What was measured.
    pub name: String,
    /// In what.
    pub unit: String,
    /// In which run, from 1.
    pub run: u32,
    /// The value.
    pub value: f64,
}

/// Takes the values of one run of one scenario.
pub struct Sheet<'a> {
    /// Which scenario.
    pub scenario: &'static str,
    /// Which run.
    pub run: u32,
    /// Where they go.
    pub figures: &'a mut Vec<Figure>,
}

impl Sheet<'_> {
    /// Takes a value down, and shows it.
    pub fn put(&mut self, case: &str, name: &str, value: f64, unit: &str) {
        eprintln!("  {} {case}: {name} {} {unit}", self.scenario, round(value));
        self.figures.push(Figure {
            scenario: self.scenario.into(),
            case: case.into(),
            name: name.into(),
            unit: unit.into(),
            run: self.run,
            value,
        });
    }

    /// What was taken down in this run.
    pub fn value(&self, case: &str, name: &str) -> Option<f64> {
        let is_it = |figure: &&Figure| figure.run == self.run && figure.case == case && figure.name == name;
        self.figures.iter().find(is_it).map(|figure| figure.value)
    }

    /// Takes down what something cost, for each of so many.
    pub fn put_spent(&mut self, case: &str, before: &Spent, after: &Spent, count: u64, of: &str) {
        for (name, used) in [
            ("server", after.server.cpu_s - before.server.cpu_s),
            ("the kernel, of that,", after.server.kernel_s - before.server.kernel_s),
            ("PostgreSQL", after.postgres.cpu_s - before.postgres.cpu_s),
            ("load", after.load.cpu_s - before.load.cpu_s),
        ] {
            self.put(case, &format!("CPU of {name} for each {of}"), used * 1e6 / count as f64, "µs");
        }
        let idle = (after.idle_s - before.idle_s) / (after.at - before.at).as_secs_f64();
        self.put(case, "cores that had nothing to do", idle, "");
    }

    /// Takes down how long something took.
    pub fn put_latencies(&mut self, case: &str, name: &str, latencies: &Latencies) -> anyhow::Result<()> {
        let histogram = latencies.histogram()?;
        for (percentile, quantile) in [("p50", 0.5), ("p99", 0.99), ("max", 1.0)] {
            let ms = histogram.value_at_quantile(quantile) as f64 / 1_000.0;
            self.put(case, &format!("{name}, {percentile}"), ms, "ms");
        }
        Ok(())
    }
}

/// A number with three digits that mean something.
pub fn round(value: f64) -> String {
    let digits = match value.abs() {
        value if value >= 100.0 => 0,
        value if value >= 10.0 => 1,
        value if value >= 0.1 => 2,
        value if value > 0.0 => 4,
        _ => 0,
    };
    let text = format!("{value:.digits$}");
    let (whole, rest) = text.split_once('.').map_or((&*text, None), |(whole, rest)| (whole, Some(rest)));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    rest.map_or(grouped.clone(), |rest| format!("{grouped}.{rest}"))
}

/// How long things took, told by many tasks at once: counts of a tenth of a millisecond up to a minute.
pub struct Latencies(Box<[AtomicU64]>);

const STEP_US: u64 = 100;
const STEPS: usize = 600_000;

impl Default for Latencies {
    fn default() -> Self {
        Self((0..STEPS).map(|_| AtomicU64::new(0)).collect())
    }
}

impl Latencies {
    /// Counts one.
    pub fn add(&self, took: Duration) {
        let step = u64::try_from(took.as_micros()).unwrap_or(u64::MAX) / STEP_US;
        let step = usize::try_from(step).unwrap_or(usize::MAX).min(STEPS - 1);
        if let Some(count) = self.0.get(step) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|count| count.load(Ordering::Relaxed)).sum()
    }

    fn histogram(&self) -> anyhow::Result<Histogram<u64>> {
        let mut histogram = Histogram::new(3)?;
        for (step, count) in (1..).zip(&self.0) {
            histogram.record_n(step * STEP_US, count.load(Ordering::Relaxed))?;
        }
        Ok(histogram)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_show_what_means_something() {
        for (value, text) in [
            (0.0, "0"),
            (0.01234, "0.0123"),
            (0.5, "0.50"),
            (12.34, "12.3"),
            (999.9, "1,000"),
            (15_000.0, "15,000"),
            (1_234_567.0, "1,234,567"),
            (-1_234.0, "-1,234"),
        ] {
            assert_eq!(round(value), text);
        }
    }

    #[test]
    fn latencies_are_never_told_shorter_than_they_were() {
        let latencies = Latencies::default();
        (0..99).for_each(|_| latencies.add(Duration::from_micros(1_950)));
        latencies.add(Duration::from_secs(600));
        assert_eq!(latencies.count(), 100);
        let histogram = latencies.histogram().unwrap();
        assert!((2_000..2_010).contains(&histogram.value_at_quantile(0.5)));
        assert!(histogram.max() >= 60_000_000, "what is off the scale is at its end");
    }
}
