//! A moment by its distance from now, which needs no time zone.

use leptos::prelude::*;
use model::{Timestamp, civil::Civil};
use words::ago;

/// `Made just now`, `Made 3 hours ago`, `Ends in 6 days`. The exact moment is in `datetime`.
#[component]
pub fn Ago(
    /// The moment.
    at: Timestamp,
    /// The moment of looking.
    now: Timestamp,
    /// What happened then.
    say: fn(&str) -> String,
) -> impl IntoView {
    view! { <time datetime=iso(at)>{say(&words(at, now))}</time> }
}

fn words(at: Timestamp, now: Timestamp) -> String {
    let is_past = at <= now;
    let distance = now.0.abs_diff(at.0);
    // What is over is told by the whole units that have passed, what is to come by those that have begun: a new week has 7 days.
    let units = |minutes: u64| {
        let unit = minutes * 60_000_000;
        if is_past { distance / unit } else { distance.div_ceil(unit) }
    };
    match (units(1), is_past) {
        (0..=1, true) => ago::just_now().into(),
        (minutes @ 0..=59, true) => ago::minutes_ago(minutes),
        (60..=1439, true) => ago::hours_ago(units(60)),
        (_, true) => ago::days_ago(units(1440)),
        (minutes @ 0..=59, false) => ago::in_minutes(minutes),
        (60..=1439, false) => ago::in_hours(units(60)),
        (_, false) => ago::in_days(units(1440)),
    }
}

fn iso(at: Timestamp) -> String {
    let Civil { year, month, day_of_month, hour, minute, .. } = Civil::of(at, 0);
    format!("{year:04}-{month:02}-{day_of_month:02}T{hour:02}:{minute:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_is_told_in_its_largest_unit() {
        const MINUTE: i64 = 60_000_000;
        let now = Timestamp(1_800_000_000_000_000);
        for (minutes, expected) in [
            (0, "just now"),
            (1, "just now"),
            (59, "59 minutes ago"),
            (60, "1 hour ago"),
            (1439, "23 hours ago"),
            (1440, "1 day ago"),
            (576_000, "400 days ago"),
            (-1, "in 1 minute"),
            (-61, "in 2 hours"),
            (-7 * 1440 + 1, "in 7 days"),
            (-7 * 1440, "in 7 days"),
        ] {
            assert_eq!(words(Timestamp(now.0 - minutes * MINUTE), now), expected);
        }
        assert_eq!(iso(now), "2027-01-15T08:00Z");
    }
}
