//! All languages, compiled in; the one that is spoken just now says what is asked for.

use crate::{Language, TABLES};
use icu_decimal::{DecimalFormatter, input::Decimal};
use icu_plurals::{PluralCategory, PluralRules};
use std::sync::LazyLock;

/// The lines of each language's table, but for those that say which it is.
static LINES: LazyLock<Vec<Vec<&'static str>>> =
    LazyLock::new(|| TABLES.iter().map(|table| table.split('\n').skip(2).collect()).collect());

/// A language's text.
pub fn of(language: Language, slot: usize) -> &'static str {
    LINES[language.place()].get(slot).copied().unwrap_or_default()
}

pub fn get(slot: usize) -> &'static str {
    of(Language::current(), slot)
}

pub fn fill(slot: usize, arguments: &[&str]) -> String {
    crate::fill(get(slot), arguments)
}

/// The slot of the form that a count takes.
pub fn form(slot: usize, count: u64) -> usize {
    let rules = PluralRules::try_new(Language::current().locale().into(), Default::default());
    let form = match rules.map(|rules| rules.category_for(count)) {
        Ok(PluralCategory::Zero) => 0,
        Ok(PluralCategory::One) => 1,
        Ok(PluralCategory::Two) => 2,
        Ok(PluralCategory::Few) => 3,
        Ok(PluralCategory::Many) => 4,
        Ok(PluralCategory::Other) | Err(_) => 5,
    };
    if get(slot + form).is_empty() { slot + 5 } else { slot + form }
}

/// A number as it is written: `4,000`.
#[must_use]
pub fn number(count: u64) -> String {
    let format = DecimalFormatter::try_new(Language::current().locale().into(), Default::default());
    format.map_or_else(|_| count.to_string(), |format| format.format(&Decimal::from(count)).to_string())
}
