//! The one language that the page is in, as the start script loaded it. The browser knows its plurals and numbers.

use crate::LAYOUT;
use js_sys::{Array, Intl::PluralRules, Number, Object};
use std::sync::OnceLock;

struct Table {
    tag: &'static str,
    lines: Vec<&'static str>,
}

static TABLE: OnceLock<Table> = OnceLock::new();

/// Takes up the table of the page's language. Whether it goes with this app.
pub fn load(table: String) -> bool {
    // It is there for as long as the page.
    let mut lines = Box::leak(table.into_boxed_str()).split('\n');
    let (layout, tag) = (lines.next(), lines.next().unwrap_or_default());
    layout == Some(LAYOUT) && TABLE.set(Table { tag, lines: lines.collect() }).is_ok()
}

#[inline(never)]
pub fn get(slot: usize) -> &'static str {
    TABLE.get().and_then(|table| table.lines.get(slot).copied()).unwrap_or_default()
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
