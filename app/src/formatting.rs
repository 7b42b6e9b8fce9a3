//! What the marks in one's own message mean, until the server's HTML of it is there: without a connection, that may be long. It is a part of what
//! `server/src/formatting.rs` reads with a full parser, which would be larger than the app; whatever else it meets stays as it was typed. A test
//! of the server's compares the two.
//!
//! Source: CommonMark 0.31.2, <https://spec.commonmark.org/0.31.2/#appendix-a-parsing-strategy>.

mod block;
mod inline;

use std::fmt::Write as _;

/// Whether there may be marks in a body, or names of people: most have neither, and nothing is loaded for them.
#[must_use]
pub fn may_be_formatted(body: &str) -> bool {
    let is_sign =
        |one: u8| matches!(one, b'*' | b'_' | b'~' | b'`' | b'[' | b'\\' | b'&' | b'@' | b'#' | b'>' | b'\n');
    body.bytes().any(is_sign) || matches!(body.as_bytes().first(), Some(b'-' | b'+' | b' ' | b'0'..=b'9'))
}

/// The body as HTML, or nothing if it is plain text. `names` are those whom it can call.
#[must_use]
pub fn html(body: &str, names: &[String]) -> Option<String> {
    let lines: Vec<_> = body.lines().map(block::untab).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    if lines.iter().any(|line| block::is_beyond(line)) {
        return None;
    }
    let mut page = Page { html: String::with_capacity(body.len() * 2), is_marked: false, names };
    page.blocks(&lines, false, 0);
    page.html.truncate(page.html.trim_end().len());
    (page.is_marked && page.html.contains(|one: char| !one.is_ascii() || one.is_ascii_alphanumeric()))
        .then_some(page.html)
}

/// What is being written.
struct Page<'a> {
    html: String,
    /// Whether it says more than the same text without marks.
    is_marked: bool,
    names: &'a [String],
}

impl Page<'_> {
    fn mark(&mut self, html: &str) {
        self.is_marked = true;
        self.html += html;
    }

    /// Begins a line for a block.
    fn begin(&mut self, html: &str) {
        if !self.html.is_empty() && !self.html.ends_with('\n') {
            self.html.push('\n');
        }
        self.html += html;
    }
}

/// A text as it stands between elements.
fn push_words(html: &mut String, words: &str) {
    for one in words.chars() {
        match one {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '\u{a0}' => html.push_str("&nbsp;"),
            one => html.push(one),
        }
    }
}

/// Where a link leads, as it stands in an attribute.
fn push_link(html: &mut String, address: &str) {
    html.push_str("<a href=\"");
    for one in address.bytes() {
        match one {
            b'&' => html.push_str("&amp;"),
            b'-' | b'_' | b'.' | b'+' | b'!' | b'*' | b'(' | b')' | b',' | b'%' | b'#' | b'@' | b'?'
            | b'=' | b';' | b':' | b'/' | b'$' | b'~' | b'\'' => html.push(char::from(one)),
            one if one.is_ascii_alphanumeric() => html.push(char::from(one)),
            one => drop(write!(html, "%{one:02X}")),
        }
    }
    html.push_str("\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">");
}
