//! What stands within a line: bold and leaning words, code, links, and names of people.

use super::{Page, push_link, push_words};
use crate::link;
use model::mention::{Piece as Called, pieces};

/// Where a link may lead.
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

/// A piece of a paragraph.
enum Piece {
    /// HTML that is done.
    Done(String),
    /// Signs that may make words bold, leaning or struck out.
    Signs(Signs),
    /// What may begin a link.
    Bracket { is_image: bool },
}

struct Signs {
    sign: char,
    count: usize,
    width: usize,
    may_open: bool,
    may_close: bool,
    /// The ends of elements, which stand before the signs that are left.
    closed: String,
    /// The beginnings of others, which stand behind them.
    opened: String,
}

struct Line<'a> {
    text: &'a str,
    at: usize,
    pieces: Vec<Piece>,
    words: String,
    is_marked: bool,
    names: &'a [String],
}

impl Page<'_> {
    /// The words of a paragraph.
    pub fn inlines(&mut self, text: &str) {
        let mut line = Line {
            text,
            at: 0,
            pieces: Vec::new(),
            words: String::new(),
            is_marked: false,
            names: self.names,
        };
        line.read();
        self.is_marked |= line.is_marked;
        for piece in line.pieces {
            match piece {
                Piece::Done(html) => self.html += &html,
                Piece::Signs(signs) => {
                    self.html += &signs.closed;
                    self.html.extend(std::iter::repeat_n(signs.sign, signs.count));
                    self.html += &signs.opened;
                }
                Piece::Bracket { is_image } => self.html += if is_image { "![" } else { "[" },
            }
        }
    }
}

impl Line<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn before(&self) -> Option<char> {
        self.text[..self.at].chars().next_back()
    }

    fn read(&mut self) {
        while let Some(one) = self.rest().chars().next() {
            let is_read = match one {
                '\\' => self.escape(),
                '\n' => {
                    self.words.truncate(self.words.trim_end_matches(' ').len());
                    self.push("<br>\n");
                    self.at += 1;
                    true
                }
                '`' => self.code(),
                '*' | '_' | '~' => self.signs(one),
                '<' => self.address(),
                '&' => self.entity(),
                '!' if self.rest().starts_with("![") => self.bracket(true),
                '[' => self.bracket(false),
                ']' => self.link(),
                'h' | 'H' | 'm' | 'M' | 'w' | 'W' => self.bare_link(),
                _ => false,
            };
            if !is_read {
                self.words.push(one);
                self.at += one.len_utf8();
            }
        }
        self.flush();
        self.emphasise(0);
    }

    fn push(&mut self, html: &str) {
        self.flush();
        self.pieces.push(Piece::Done(html.into()));
    }

    /// The words that were read, with those marked who are called.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.words);
        let mut html = String::new();
        for piece in pieces(&text) {
            match piece {
                Called::Words(words) => push_words(&mut html, words),
                Called::Name(name) if self.names.iter().any(|known| known.eq_ignore_ascii_case(name)) => {
                    html += &format!("<mark>@{name}</mark>");
                    self.is_marked = true;
                }
                Called::Name(name) => html += &format!("@{name}"),
            }
        }
        if !html.is_empty() {
            self.pieces.push(Piece::Done(html));
        }
    }

    fn escape(&mut self) -> bool {
        let next = self.rest()[1..].chars().next().filter(char::is_ascii_punctuation);
        if let Some(next) = next {
            self.words.push(next);
            self.at += 2;
            self.is_marked = true;
        }
        next.is_some()
    }

    fn code(&mut self) -> bool {
        let rest = self.rest();
        let inner = rest.trim_start_matches('`');
        let width = rest.len() - inner.len();
        let mut from = 0;
        while let Some(start) = inner[from..].find('`').map(|place| from + place) {
            let after = inner[start..].trim_start_matches('`');
            from = inner.len() - after.len();
            if from - start == width {
                let code = inner[..start].replace('\n', " ");
                let is_padded = code.len() > 2 && code.starts_with(' ') && code.ends_with(' ');
                let is_words = !code.trim().is_empty();
                let code = if is_padded && is_words { &code[1..code.len() - 1] } else { &code };
                let mut html = String::from("<code>");
                push_words(&mut html, code);
                html += "</code>";
                self.at += width + from;
                self.is_marked = true;
                self.push(&html);
                return true;
            }
        }
        self.words.extend(std::iter::repeat_n('`', width));
        self.at += width;
        true
    }

    fn signs(&mut self, sign: char) -> bool {
        let after = self.rest().trim_start_matches(sign);
        let width = self.rest().len() - after.len();
        let is_space = |one: Option<char>| one.is_none_or(char::is_whitespace);
        let is_mark = |one: Option<char>| one.is_some_and(is_punctuation);
        let (before, next) = (self.before(), after.chars().next());
        let is_left = !is_space(next) && (!is_mark(next) || is_space(before) || is_mark(before));
        let is_right = !is_space(before) && (!is_mark(before) || is_space(next) || is_mark(next));
        let (may_open, may_close) = match sign {
            '_' => (is_left && (!is_right || is_mark(before)), is_right && (!is_left || is_mark(next))),
            '~' if width > 2 => (false, false),
            _ => (is_left, is_right),
        };
        self.at += width;
        if !may_open && !may_close {
            // They may be part of a name.
            self.words.extend(std::iter::repeat_n(sign, width));
            return true;
        }
        self.flush();
        let (closed, opened) = (String::new(), String::new());
        self.pieces.push(Piece::Signs(Signs {
            sign,
            count: width,
            width,
            may_open,
            may_close,
            closed,
            opened,
        }));
        true
    }

    /// An address between angle brackets.
    fn address(&mut self) -> bool {
        let inner = &self.rest()[1..];
        let Some(address) = inner.find('>').map(|end| &inner[..end]) else { return false };
        if address.contains([' ', '<', '\n']) || !may_lead(address) {
            return false;
        }
        let mut html = String::new();
        push_link(&mut html, address);
        push_words(&mut html, address);
        html += "</a>";
        self.at += address.len() + 2;
        self.is_marked = true;
        self.push(&html);
        true
    }

    fn entity(&mut self) -> bool {
        let known = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"')];
        let found = known.into_iter().find(|(entity, _)| self.rest().starts_with(entity));
        if let Some((entity, one)) = found {
            self.words.push(one);
            self.at += entity.len();
            self.is_marked = true;
        }
        found.is_some()
    }

    fn bare_link(&mut self) -> bool {
        if self.before().is_some_and(|before| before.is_ascii_alphanumeric()) {
            return false;
        }
        let Some(address) = link::first(self.rest()).filter(|address| !address.starts_with("mailto:")) else {
            return false;
        };
        let mut html = String::new();
        // As the server has it.
        let begin = if address.starts_with(['w', 'W']) { "http://" } else { "" };
        push_link(&mut html, &format!("{begin}{address}"));
        push_words(&mut html, address);
        html += "</a>";
        self.at += address.len();
        self.push(&html);
        true
    }

    fn bracket(&mut self, is_image: bool) -> bool {
        self.flush();
        self.pieces.push(Piece::Bracket { is_image });
        self.at += if is_image { 2 } else { 1 };
        true
    }

    /// The end of a link's words: `](address "title")` follows.
    fn link(&mut self) -> bool {
        let Some(place) = self.pieces.iter().rposition(|piece| matches!(piece, Piece::Bracket { .. })) else {
            return false;
        };
        let Some((address, length)) = target(&self.rest()[1..]) else {
            // It is no link, and neither is what it is within.
            self.flush();
            let Piece::Bracket { is_image } = self.pieces[place] else { return false };
            self.pieces[place] = Piece::Done(if is_image { "![".into() } else { "[".into() });
            return false;
        };
        self.flush();
        self.emphasise(place + 1);
        part(&mut self.pieces[place + 1..]);
        self.is_marked = true;
        self.at += 1 + length;
        let is_good = may_lead(&address);
        let mut html = String::new();
        if is_good {
            push_link(&mut html, &address);
            self.pieces.push(Piece::Done("</a>".into()));
        }
        self.pieces[place] = Piece::Done(html);
        // There are no links within links.
        for piece in &mut self.pieces[..place] {
            if matches!(piece, Piece::Bracket { is_image: false }) {
                *piece = Piece::Done("[".into());
            }
        }
        true
    }

    /// Pairs the signs from a place on: CommonMark's "process emphasis".
    fn emphasise(&mut self, from: usize) {
        let mut at = from;
        while at < self.pieces.len() {
            let Some(opener) = self.opener(from, at) else {
                at += 1;
                continue;
            };
            part(&mut self.pieces[opener + 1..at]);
            let (before, after) = self.pieces.split_at_mut(at);
            let (Piece::Signs(opener), Piece::Signs(closer)) = (&mut before[opener], &mut after[0]) else {
                return;
            };
            let used = if opener.sign == '~' { opener.count } else { opener.count.min(closer.count).min(2) };
            let tag = match (opener.sign, used) {
                ('~', _) => "del",
                (_, 2) => "strong",
                _ => "em",
            };
            opener.count -= used;
            closer.count -= used;
            opener.opened.insert_str(0, &format!("<{tag}>"));
            closer.closed += &format!("</{tag}>");
            self.is_marked = true;
        }
    }

    /// The nearest signs before those at a place which these end.
    fn opener(&self, from: usize, at: usize) -> Option<usize> {
        let Piece::Signs(closer) = &self.pieces[at] else { return None };
        if !closer.may_close || closer.count == 0 {
            return None;
        }
        (from..at).rev().find(|place| {
            let Piece::Signs(opener) = &self.pieces[*place] else { return false };
            let is_odd = (opener.may_close || closer.may_open)
                && (opener.width + closer.width).is_multiple_of(3)
                && !(opener.width.is_multiple_of(3) && closer.width.is_multiple_of(3));
            opener.may_open
                && opener.count > 0
                && opener.sign == closer.sign
                && if closer.sign == '~' { opener.count == closer.count } else { !is_odd }
        })
    }
}

/// Punctuation and symbols of the scripts that most write in. What knows those of the world is a table of more than a kilobyte.
fn is_punctuation(one: char) -> bool {
    one.is_ascii_punctuation()
        || matches!(one, '¡'..='©' | '«'..='±' | '´' | '¶'..='¸' | '»' | '¿' | '×' | '÷')
        || matches!(one, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}' | '\u{20A0}'..='\u{20CF}' | '\u{2190}'..='\u{2BFF}')
        || matches!(one, '\u{3001}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{30FB}' | '\u{FE30}'..='\u{FE6B}')
        || matches!(one, '\u{FF01}'..='\u{FF0F}' | '\u{FF1A}'..='\u{FF20}' | '\u{FF3B}'..='\u{FF40}' | '\u{FF5B}'..='\u{FF65}')
        || matches!(one, '\u{1F300}'..='\u{1FAFF}')
}

/// What is within an element pairs with nothing outside.
fn part(pieces: &mut [Piece]) {
    for piece in pieces {
        if let Piece::Signs(signs) = piece {
            (signs.may_open, signs.may_close) = (false, false);
        }
    }
}

fn may_lead(address: &str) -> bool {
    address
        .split_once(':')
        .is_some_and(|(scheme, _)| SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)))
}

/// Where a link leads, and how long that is as it was written.
fn target(text: &str) -> Option<(String, usize)> {
    let inner = text.strip_prefix('(')?;
    let (mut depth, mut end) = (0_i32, None);
    for (place, one) in inner.char_indices() {
        match one {
            '(' => depth += 1,
            ')' if depth == 0 => {
                end = Some(place);
                break;
            }
            ')' => depth -= 1,
            ' ' | '\n' | '\\' | '<' => break,
            _ => {}
        }
    }
    if let Some(end) = end {
        return Some((inner[..end].into(), end + 2));
    }
    // With a title, which is not shown.
    let (address, title) = inner.split_once(' ')?;
    let title = title.strip_prefix('"')?;
    let end = title.find('"').filter(|end| title[end + 1..].starts_with(')'))?;
    let is_beyond = title[..end].contains('\\') || address.contains(['(', '\\', '\n']);
    (!is_beyond).then(|| (address.into(), address.len() + end + 5))
}
