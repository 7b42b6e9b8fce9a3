//! The reader's clock: which offset from UTC holds at a moment, and what day it is. The first drawing uses the offsets that came with
//! the page, so that taking it over moves no digit; after that the browser knows better.

use crate::{browser, live::Live};
use leptos::prelude::*;
use model::{Timestamp, civil::Civil};
use std::time::Duration;

/// The offsets of one place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Zone {
    /// From each of these moments on, that many minutes east of UTC. In order.
    Steps(Vec<(Timestamp, i32)>),
    /// What the browser says.
    Local,
}

impl Zone {
    /// The steps that these moments need.
    #[cfg(feature = "ssr")]
    pub fn of(mut moments: Vec<Timestamp>, offset: impl Fn(Timestamp) -> i32) -> Self {
        moments.sort_unstable();
        let mut steps: Vec<(Timestamp, i32)> = Vec::new();
        for moment in moments {
            let minutes = offset(moment);
            if steps.last().is_none_or(|(_, last)| *last != minutes) {
                steps.push((moment, minutes));
            }
        }
        Self::Steps(steps)
    }

    /// What travels in the page.
    #[cfg(feature = "ssr")]
    pub fn steps(&self) -> &[(Timestamp, i32)] {
        match self {
            Self::Steps(steps) => steps,
            Self::Local => &[],
        }
    }

    /// A moment on this place's wall.
    pub fn civil(&self, timestamp: Timestamp) -> Civil {
        let minutes = match self {
            Self::Steps(steps) => {
                let after = steps.partition_point(|(from, _)| *from <= timestamp);
                steps.get(after.saturating_sub(1)).map_or(0, |(_, minutes)| *minutes)
            }
            Self::Local => local_offset(timestamp),
        };
        Civil::of(timestamp, minutes)
    }
}

/// Minutes east of UTC at a moment, by the browser.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "JavaScript counts in floats"
)]
fn local_offset(timestamp: Timestamp) -> i32 {
    let date = js_sys::Date::new(&(timestamp.0 as f64 / 1000.0).into());
    -(date.get_timezone_offset() as i32)
}

/// A moment as machines read it, for the plain pages.
#[cfg(feature = "ssr")]
pub fn machine(timestamp: Timestamp) -> String {
    let Civil { year, month, day_of_month, hour, minute, .. } = Civil::of(timestamp, 0);
    format!("{year:04}-{month:02}-{day_of_month:02}T{hour:02}:{minute:02}Z")
}

/// What every time on the page is told by.
#[derive(Clone, Copy)]
pub struct Clock {
    /// Where the reader is.
    pub zone: Live<Zone>,
    /// A moment of today. It moves on at midnight, not with every second.
    pub today: Live<Timestamp>,
    /// Now, or less than a minute ago.
    pub minute: Live<Timestamp>,
}

impl Clock {
    /// The clock at a moment, by these offsets.
    pub fn new(zone: Zone, now: Timestamp) -> Self {
        Self { zone: Live::new(zone), today: Live::new(now), minute: Live::new(now) }
    }

    /// A moment, as the reader's wall shows it.
    pub fn civil(&self, timestamp: Timestamp) -> Civil {
        self.zone.with(|zone| zone.civil(timestamp))
    }

    /// Tells every minute, and every new day.
    pub fn keep_time(self) {
        let look = move || {
            let now = browser::now();
            self.minute.set(now);
            if self.civil_now(now).day != self.civil_now(self.today.get_now()).day {
                self.today.set(now);
            }
        };
        look();
        set_interval(look, Duration::from_mins(1));
    }

    /// A moment, as the reader's wall shows it just now.
    pub fn civil_now(&self, timestamp: Timestamp) -> Civil {
        self.zone.peek(|zone| zone.civil(timestamp))
    }

    /// Today, at the reader's place.
    pub fn today(&self) -> Civil {
        self.civil(self.today.get())
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn the_steps_give_back_every_offset_they_were_made_from() {
        let summer = |timestamp: Timestamp| if (10..20).contains(&timestamp.0) { 120 } else { 60 };
        let moments: Vec<_> = [25, 3, 11, 10, 19, 20].map(Timestamp).to_vec();
        let zone = Zone::of(moments.clone(), summer);
        assert_eq!(zone.steps().len(), 3);
        for moment in moments {
            assert_eq!(zone.civil(moment), Civil::of(moment, summer(moment)));
        }
    }
}
