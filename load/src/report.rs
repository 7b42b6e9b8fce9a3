//! What a run came to: counts, latency percentiles from HDR histograms, and what should not have happened. As a table for people and as
//! JSON for programs.

use hdrhistogram::Histogram;
use serde::Serialize;
use std::fmt;

/// The outcome of a run.
#[derive(Debug, Serialize)]
pub struct Report {
    /// How many people took part.
    pub people: u64,
    /// Messages a second that were due.
    pub offered_rate: f64,
    /// Messages a second that were acknowledged, over the schedule or, if that was later, until the last was.
    pub achieved_rate: f64,
    /// Messages that were due.
    pub scheduled: u64,
    /// Messages that went into a socket.
    pub sent: u64,
    /// Messages that the server said it has stored.
    pub acknowledged: u64,
    /// Messages that arrived at the other person.
    pub delivered: u64,
    /// Messages that the server would not take.
    pub refused: u64,
    /// Why the first was refused.
    pub refusal: Option<String>,
    /// How late messages were sent.
    pub late: Percentiles,
    /// From when a message was due until its sender knew that it is stored.
    pub acknowledgement: Percentiles,
    /// From when a message was due until the other had it.
    pub delivery: Percentiles,
    /// What should not have happened, a sentence each.
    pub faults: Vec<String>,
}

/// A distribution of latencies, in microseconds, to three digits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Percentiles {
    /// Half took no longer.
    pub p50_us: u64,
    /// 9 of 10 took no longer.
    pub p90_us: u64,
    /// 99 of 100 took no longer.
    pub p99_us: u64,
    /// 999 of 1000 took no longer.
    pub p999_us: u64,
    /// None took longer.
    pub max_us: u64,
}

impl Percentiles {
    /// The percentiles of some latencies; all 0 if there are none.
    pub fn of(latencies_us: impl IntoIterator<Item = u64>) -> anyhow::Result<Self> {
        let mut histogram = Histogram::<u64>::new(3)?;
        for latency_us in latencies_us {
            histogram.record(latency_us)?;
        }
        Ok(Self {
            p50_us: histogram.value_at_quantile(0.5),
            p90_us: histogram.value_at_quantile(0.9),
            p99_us: histogram.value_at_quantile(0.99),
            p999_us: histogram.value_at_quantile(0.999),
            max_us: histogram.max(),
        })
    }

    fn row(&self, f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
        write!(f, "{name:<16}")?;
        for us in [self.p50_us, self.p90_us, self.p99_us, self.p999_us, self.max_us] {
            write!(f, "{:>11.2}", us as f64 / 1_000.0)?;
        }
        writeln!(f)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "people          {:>11}", self.people)?;
        writeln!(f, "offered         {:>11.1} a second", self.offered_rate)?;
        writeln!(f, "achieved        {:>11.1} a second", self.achieved_rate)?;
        writeln!(f, "scheduled       {:>11}", self.scheduled)?;
        writeln!(f, "sent            {:>11}", self.sent)?;
        writeln!(f, "acknowledged    {:>11}", self.acknowledged)?;
        writeln!(f, "delivered       {:>11}", self.delivered)?;
        writeln!(f, "refused         {:>11}", self.refused)?;
        if let Some(refusal) = &self.refusal {
            writeln!(f, "                the first: {refusal}")?;
        }
        let [p50, p90, p99, p999, max] = ["p50", "p90", "p99", "p99.9", "max"];
        writeln!(f, "\nms since due    {p50:>11}{p90:>11}{p99:>11}{p999:>11}{max:>11}")?;
        self.late.row(f, "sent")?;
        self.acknowledgement.row(f, "acknowledged")?;
        self.delivery.row(f, "delivered")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_latencies() {
        let percentiles = Percentiles::of((1..=1_000).rev()).unwrap();
        let expected = Percentiles { p50_us: 500, p90_us: 900, p99_us: 990, p999_us: 999, max_us: 1_000 };
        assert_eq!(percentiles, expected);
    }

    #[test]
    fn one_slow_message_shows_in_the_maximum_alone() {
        let percentiles =
            Percentiles::of((0..10_000).map(|one| if one == 0 { 60_000_000 } else { 2_000 })).unwrap();
        assert_eq!(percentiles.p999_us, 2_000);
        assert!(
            percentiles.max_us.abs_diff(60_000_000) < 60_000,
            "{} is not within 0.1 %",
            percentiles.max_us
        );
    }

    #[test]
    fn of_nothing_every_percentile_is_0() {
        assert_eq!(Percentiles::of([]).unwrap(), Percentiles::default());
    }
}
