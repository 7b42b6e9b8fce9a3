//! The one language that the page is in, as the start script loaded it. The browser knows its plurals and numbers.

use crate::LAYOUT;
use js_sys::{Array, Intl::PluralRules, Number, Object};
use std::sync::OnceLock;

struct Table {
    tag: &'static str,
    lines: Vec<&'static str>,
}

static TABLE: OnceLock<Table> = OnceLock::new();
/// The lines after those, which are loaded later.
static LATER: OnceLock<Vec<&'static str>> = OnceLock::new();

/// Takes up the table of the page's language. Whether it goes with this app.
pub fn load(table: String) -> bool {
    read(table).is_some_and(|table| TABLE.set(table).is_ok())
}

/// Takes up the rest of it. Whether it goes with this app.
pub fn load_later(table: String) -> bool {
    // It may have come before.
    read(table).map(|table| LATER.set(table.lines)).is_some()
}

fn read(table: String) -> Option<Table> {
    // It is there for as long as the page.
    let mut lines = Box::leak(table.into_boxed_str()).split('\n');
    let (layout, tag) = (lines.next()?, lines.next()?);
    (layout == LAYOUT).then(|| Table { tag, lines: lines.collect() })
}

#[inline(never)]
pub fn get(slot: usize) -> &'static str {
    let Some(Table { lines, .. }) = TABLE.get() else { return "" };
    let line = match slot.checked_sub(lines.len()) {
        None => lines.get(slot),
        Some(slot) => LATER.get().and_then(|lines| lines.get(slot)),
    };
    line.copied().unwrap_or_default()
}

#[inline(never)]
pub fn fill(slot: usize, arguments: &[&str]) -> String {
    crate::fill(get(slot), arguments)
}

fn tag() -> &'static str {
    TABLE.get().map_or("en", |table| table.tag)
}

/// The slot of the form that a count takes.
#[inline(never)]
#[expect(clippy::cast_precision_loss, reason = "nothing is counted so far")]
pub fn form(slot: usize, count: u64) -> usize {
    let rules = PluralRules::new(&Array::of1(&tag().into()), &Object::new());
    let category = String::from(rules.select(count as f64));
    let form = match category.as_str() {
        "zero" => 0,
        "one" => 1,
        "two" => 2,
        "few" => 3,
        "many" => 4,
        _ => 5,
    };
    if get(slot + form).is_empty() { slot + 5 } else { slot + form }
}

/// A number as it is written: `4,000`.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "nothing is counted so far")]
pub fn number(count: u64) -> String {
    Number::from(count as f64).to_locale_string(tag()).into()
}
