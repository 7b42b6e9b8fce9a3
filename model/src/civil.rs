//! Dates and times as people read them, from a [`Timestamp`] and an offset from UTC, alike on the server and in the browser:
//! hydration must not move a digit.

use crate::Timestamp;
use words::time;

/// A moment on somebody's wall: the proleptic Gregorian calendar, 24 hours.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Civil {
    /// Days since 1970-01-01, at that person's place.
    pub day: i64,
    /// The year.
    pub year: i64,
    /// The month, 1 to 12.
    pub month: usize,
    /// The day of the month, 1 to 31.
    pub day_of_month: u32,
    /// The hour, 0 to 23.
    pub hour: i64,
    /// The minute, 0 to 59.
    pub minute: i64,
}

impl Civil {
    /// The wall time `offset_minutes` east of UTC. By Howard Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`.
    #[must_use]
    pub fn of(timestamp: Timestamp, offset_minutes: i32) -> Self {
        let minutes = timestamp.0.div_euclid(60_000_000) + i64::from(offset_minutes);
        let day = minutes.div_euclid(1440);
        let minute_of_day = minutes.rem_euclid(1440);
        let shifted = day + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        Self {
            day,
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month: usize::try_from(month).unwrap_or(1),
            day_of_month: u32::try_from(day_of_year - (153 * march_month + 2) / 5 + 1).unwrap_or(1),
            hour: minute_of_day / 60,
            minute: minute_of_day % 60,
        }
    }

    /// `14:05`.
    #[must_use]
    pub fn time(&self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute)
    }

    /// The line above a day's messages: `Today`, `Yesterday`, `Monday`, `3 March`, `3 March 2024`.
    #[must_use]
    pub fn day_name(&self, today: &Self) -> String {
        match today.day - self.day {
            0 => time::today().into(),
            1 => time::yesterday().into(),
            2..=6 => time::weekdays(self.weekday()).into(),
            _ => self.date_name(today),
        }
    }

    /// The day in a sentence: `3 March`, `3 March 2024`.
    #[must_use]
    pub fn date_name(&self, today: &Self) -> String {
        if self.year == today.year {
            time::day(&self.day_of_month.to_string(), time::months(self.month - 1))
        } else {
            self.date()
        }
    }

    /// The short form beside a thread: `14:05`, `Mon`, `3 Mar`, `03/03/24`.
    #[must_use]
    pub fn short(&self, today: &Self) -> String {
        match today.day - self.day {
            0 => self.time(),
            1..=6 => time::weekdays_short(self.weekday()).into(),
            _ if self.year == today.year => {
                time::short(&self.day_of_month.to_string(), time::months_short(self.month - 1))
            }
            _ => {
                let two_digits = |number: i64| format!("{:02}", number.rem_euclid(100));
                let (day, month) = (two_digits(self.day_of_month.into()), format!("{:02}", self.month));
                time::short_of_year(&day, &month, &two_digits(self.year))
            }
        }
    }

    /// The whole of it, for a tooltip: `Monday, 3 March 2025, 14:05`.
    #[must_use]
    pub fn long(&self) -> String {
        time::long(time::weekdays(self.weekday()), &self.date(), &self.time())
    }

    fn date(&self) -> String {
        let (day, year) = (self.day_of_month.to_string(), self.year.to_string());
        time::day_of_year(&day, time::months(self.month - 1), &year)
    }

    /// From Monday, 0, to Sunday, 6. The first of January 1970 was a Thursday.
    fn weekday(&self) -> usize {
        usize::try_from((self.day + 3).rem_euclid(7)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments_read_as_on_the_wall() {
        for (seconds, offset, long) in [
            (0, 0, "Thursday, 1 January 1970, 00:00"),
            (951_782_400, 0, "Tuesday, 29 February 2000, 00:00"),
            (1_709_251_199, 60, "Friday, 1 March 2024, 00:59"),
            (-1, 0, "Wednesday, 31 December 1969, 23:59"),
            (1_763_899_200, -300, "Sunday, 23 November 2025, 07:00"),
        ] {
            assert_eq!(Civil::of(Timestamp(seconds * 1_000_000), offset).long(), long);
        }
    }

    #[test]
    fn each_language_says_it_in_its_own_way() {
        let at = |day: i64| Civil::of(Timestamp(day * 86_400_000_000), 0);
        let today = at(20_000);
        let chinese = words::Language::of_tag("zh-Hans").unwrap();
        words::speak(chinese, || {
            assert_eq!(at(20_000).day_name(&today), "今天");
            assert_eq!(at(19_995).day_name(&today), "星期日");
            assert_eq!(at(19_800).day_name(&today), "3月18日");
            assert_eq!(at(19_600).day_name(&today), "2023年8月31日");
            assert_eq!(at(19_600).short(&today), "23/08/31");
            assert_eq!(at(20_000).long(), "2024年10月4日 星期五 00:00");
        });
    }

    #[test]
    fn days_are_named_from_today() {
        let at = |day: i64| Civil::of(Timestamp(day * 86_400_000_000), 0);
        let today = at(20_000);
        assert_eq!(at(20_000).day_name(&today), "Today");
        assert_eq!(at(19_999).day_name(&today), "Yesterday");
        assert_eq!(at(19_995).day_name(&today), "Sunday");
        assert_eq!(at(19_800).day_name(&today), "18 March");
        assert_eq!(at(19_600).day_name(&today), "31 August 2023");
        assert_eq!(at(19_995).short(&today), "Sun");
    }
}
