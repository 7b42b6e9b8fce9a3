//! Paragraphs, lists, quotes and code.

use super::{Page, push_words};
use crate::html::join;

/// How deep quotes and lists are followed.
const MOST_DEEP: usize = 20;

/// Whether a line begins what is not read here: HTML, and the definition of a link for elsewhere.
pub fn is_beyond(line: &str) -> bool {
    let line = line.trim_start_matches(['>', ' ']);
    let is_tag = |rest: &str| {
        let begins = rest.starts_with(|first: char| first.is_ascii_alphabetic() || "/!?".contains(first));
        // It may also be an address.
        begins && !rest.contains(':')
    };
    line.strip_prefix('<').is_some_and(is_tag) || is_definition(line)
}

fn is_definition(line: &str) -> bool {
    line.starts_with('[') && line.split_once(']').is_some_and(|(_, rest)| rest.starts_with(':'))
}

/// What begins a list: how wide its sign is, with the space behind it, and what tells the list from another.
struct Sign {
    width: usize,
    kind: char,
    start: Option<u32>,
}

impl Page<'_> {
    /// Lines as blocks. Paragraphs of a `tight` list stand there by themselves.
    pub fn blocks(&mut self, lines: &[&str], tight: bool, depth: usize) {
        let mut at = 0;
        while let Some(line) = lines.get(at) {
            let rest = &lines[at..];
            at += if line.trim().is_empty() {
                1
            } else if indent(line) >= 4 {
                self.indented(rest)
            } else if let Some(fence) = fence(line) {
                self.fenced(rest, fence)
            } else if let Some(words) = heading(line) {
                if !tight {
                    self.begin("<p dir=\"auto\">");
                }
                self.mark("<strong>");
                self.inlines(words);
                self.html += if tight { "</strong>" } else { "</strong></p>\n" };
                1
            } else if is_rule(line) {
                self.begin("");
                self.mark("<hr>\n");
                1
            } else if quoted(line).is_some() && depth < MOST_DEEP {
                self.quote(rest, depth)
            } else if let Some(sign) = sign(line).filter(|_| depth < MOST_DEEP) {
                self.list(rest, &sign, depth)
            } else {
                self.paragraph(rest, tight)
            };
        }
    }

    fn paragraph(&mut self, lines: &[&str], tight: bool) -> usize {
        let count = 1 + lines[1..].iter().take_while(|line| continues(line)).count();
        let words = join(lines[..count].iter().map(|line| dedent(line, usize::MAX)), "\n");
        if tight {
            self.inlines(words.trim_end());
        } else {
            self.begin("<p dir=\"auto\">");
            self.inlines(words.trim_end());
            self.html += "</p>\n";
        }
        count
    }

    fn indented(&mut self, lines: &[&str]) -> usize {
        let is_inside = |line: &&&str| indent(line) >= 4 || line.trim().is_empty();
        let count = lines.iter().take_while(is_inside).count();
        let last = lines[..count].iter().rposition(|line| !line.trim().is_empty()).unwrap_or_default();
        self.code(lines[..=last].iter().map(|line| dedent(line, 4)), true);
        count
    }

    fn fenced(&mut self, lines: &[&str], (sign, width): (char, usize)) -> usize {
        let deep = indent(lines[0]);
        let is_end = |line: &&str| {
            let end = line.trim();
            indent(line) < 4 && end.len() >= width && end.chars().all(|one| one == sign)
        };
        let inner = lines[1..].iter().position(is_end);
        let end = inner.map_or(lines.len(), |end| end + 1);
        let inner_lines = lines[1..end].iter().map(|line| dedent(line, deep));
        self.code(inner_lines, inner.is_some());
        (end + 1).min(lines.len())
    }

    fn code<'b>(&mut self, lines: impl Iterator<Item = &'b str>, is_ended: bool) {
        self.begin("<pre dir=\"auto\"><code>");
        self.is_marked = true;
        for line in lines {
            push_words(&mut self.html, line);
            self.html.push('\n');
        }
        if !is_ended && self.html.ends_with('\n') {
            self.html.pop();
        }
        self.html += "</code></pre>\n";
    }

    fn quote(&mut self, lines: &[&str], depth: usize) -> usize {
        let mut inner = Vec::new();
        for line in lines {
            match quoted(line) {
                Some(words) => inner.push(words),
                // A line that goes on with the paragraph inside needs no sign.
                None if continues(line) && inner.last().is_some_and(|before| is_open(before)) => {
                    inner.push(line)
                }
                None => break,
            }
        }
        self.begin("");
        self.mark("<blockquote dir=\"auto\">\n");
        self.blocks(&inner, false, depth + 1);
        self.html += "</blockquote>\n";
        inner.len()
    }

    fn list(&mut self, lines: &[&str], first: &Sign, depth: usize) -> usize {
        let mut items: Vec<Vec<&str>> = Vec::new();
        let (mut width, mut count, mut is_loose) = (0, 0, false);
        for line in lines {
            let is_after_blank = count > 0 && lines[count - 1].trim().is_empty();
            let item = items.last_mut();
            if line.trim().is_empty() {
                if let Some(item) = item {
                    item.push("");
                }
            } else if let Some(item) = item.filter(|_| indent(line) >= width) {
                is_loose |= is_after_blank && indent(line) == width;
                item.push(dedent(line, width));
            } else if let Some(sign) = sign(line).filter(|sign| sign.kind == first.kind && !is_rule(line)) {
                is_loose |= is_after_blank;
                width = sign.width;
                items.push(vec![line.get(width..).unwrap_or_default()]);
            } else if let Some(item) = items.last_mut().filter(|_| !is_after_blank && continues(line)) {
                item.push(line);
            } else {
                break;
            }
            count += 1;
        }
        self.begin("");
        let tag = if first.start.is_some() { "ol" } else { "ul" };
        match first.start {
            Some(start) if start != 1 => self.mark(&format!("<ol start=\"{start}\">\n")),
            _ => self.mark(&format!("<{tag}>\n")),
        }
        for item in items {
            self.html += "<li dir=\"auto\">";
            self.blocks(&item, !is_loose, depth + 1);
            self.html += "</li>\n";
        }
        self.html += &format!("</{tag}>\n");
        count
    }
}

/// With spaces for the tabs before it.
pub fn untab(line: &str) -> String {
    let words = line.trim_start_matches([' ', '\t']);
    line[..line.len() - words.len()].replace('\t', "    ") + words
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Without at most so many spaces before it.
fn dedent(line: &str, most: usize) -> &str {
    &line[indent(line).min(most)..]
}

/// Whether a line goes on with the paragraph above it.
fn continues(line: &&str) -> bool {
    // Only a list that begins with words, and with one, interrupts.
    let is_list = |sign: Sign| sign.start.is_none_or(|start| start == 1) && line.len() > sign.width;
    !line.trim().is_empty()
        && (indent(line) >= 4
            || fence(line).is_none()
                && heading(line).is_none()
                && quoted(line).is_none()
                && !is_rule(line)
                && !sign(line).is_some_and(is_list))
}

/// Whether a line leaves a paragraph that can go on.
fn is_open(line: &str) -> bool {
    let words = quoted(line).unwrap_or(line);
    !words.trim().is_empty() && fence(words).is_none() && heading(words).is_none() && !is_rule(words)
}

fn fence(line: &str) -> Option<(char, usize)> {
    let line = line.trim_start_matches(' ');
    let sign = line.chars().next().filter(|one| matches!(one, '`' | '~'))?;
    let info = line.trim_start_matches(sign);
    let width = line.len() - info.len();
    (width >= 3 && !(sign == '`' && info.contains('`'))).then_some((sign, width))
}

fn heading(line: &str) -> Option<&str> {
    let line = line.trim();
    let words = line.trim_start_matches('#');
    let depth = line.len() - words.len();
    if !(1..=6).contains(&depth) || !(words.is_empty() || words.starts_with([' ', '\t'])) {
        return None;
    }
    let bare = words.trim_end_matches('#');
    Some(if bare.is_empty() || bare.ends_with(' ') { bare.trim() } else { words.trim() })
}

fn is_rule(line: &str) -> bool {
    let mut signs = line.chars().filter(|one| !one.is_whitespace());
    let Some(sign) = signs.next().filter(|one| matches!(one, '*' | '-' | '_')) else { return false };
    let mut count = 1;
    signs.all(|one| {
        count += 1;
        one == sign
    }) && count >= 3
}

/// What a quote says.
fn quoted(line: &str) -> Option<&str> {
    let words = dedent(line, 3).strip_prefix('>')?;
    Some(words.strip_prefix(' ').unwrap_or(words))
}

fn sign(line: &str) -> Option<Sign> {
    let before = indent(line);
    let text = &line[before..];
    let digits = text.len() - text.trim_start_matches(|one: char| one.is_ascii_digit()).len();
    let kind = text[digits..].chars().next()?;
    let start = match kind {
        '-' | '+' | '*' if digits == 0 => None,
        '.' | ')' if (1..10).contains(&digits) => Some(text[..digits].parse().ok()?),
        _ => return None,
    };
    let words = &text[digits + 1..];
    let spaces = indent(words);
    let gap = match spaces {
        0 if words.is_empty() && digits == 0 => 1,
        0 => return None,
        1..=4 if spaces < words.len() => spaces,
        _ => 1,
    };
    Some(Sign { width: before + digits + 1 + gap, kind, start })
}
