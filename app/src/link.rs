//! Finds the links in what people write. A link is an address that names its scheme, or begins with `www.`; nothing else is ever made clickable.

/// A piece of a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Piece<'a> {
    /// Words.
    Text(&'a str),
    /// An address as it was written. [`href`] is where it leads.
    Link(&'a str),
}

const SCHEMES: [&str; 4] = ["https://", "http://", "mailto:", "www."];

/// The pieces of a text, in order. Together they are the text.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut searched = 0;
    while let Some((start, scheme)) = next_scheme(rest, searched) {
        if let Some(link) = begins(&rest[start..], scheme) {
            if start > 0 {
                pieces.push(Piece::Text(&rest[..start]));
            }
            pieces.push(Piece::Link(link));
            rest = &rest[start + link.len()..];
            searched = 0;
        } else {
            searched = start + scheme.len();
        }
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// The link with which a text begins.
pub fn first(text: &str) -> Option<&str> {
    begins(text, SCHEMES.into_iter().find(|scheme| starts_with(text, scheme))?)
}

fn begins<'a>(text: &'a str, scheme: &str) -> Option<&'a str> {
    // Before all else: what is none is not measured.
    let first = text[scheme.len()..].chars().next()?;
    if !is_letter_or_digit(first) && first != '[' {
        return None;
    }
    let link = &text[..link_length(text)];
    (link.len() > scheme.len()).then_some(link)
}

/// Where a link leads.
pub fn href(link: &str) -> String {
    if starts_with(link, "www.") { format!("https://{link}") } else { link.into() }
}

/// The next place where a scheme stands at the beginning of a word.
fn next_scheme(text: &str, from: usize) -> Option<(usize, &'static str)> {
    let mut before = text[..from].chars().next_back();
    for (index, character) in text[from..].char_indices() {
        // Words of scripts without spaces may stand right before an address.
        let is_boundary = before.is_none_or(|before| !before.is_ascii_alphanumeric() && before != '_');
        if is_boundary && matches!(character, 'h' | 'H' | 'm' | 'M' | 'w' | 'W') {
            let start = from + index;
            if let Some(scheme) = SCHEMES.into_iter().find(|scheme| starts_with(&text[start..], scheme)) {
                return Some((start, scheme));
            }
        }
        before = Some(character);
    }
    None
}

fn starts_with(text: &str, scheme: &str) -> bool {
    text.as_bytes().get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme.as_bytes()))
}

/// How far an address goes: to a space, a quotation mark or a character of a script that needs no spaces, without the punctuation of the
/// sentence around it.
fn link_length(text: &str) -> usize {
    let end = text.find(|one| !may_stand_in_link(one)).unwrap_or(text.len());
    let mut link = &text[..end];
    while let Some(last) = link.chars().next_back() {
        let is_of_sentence = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' | '…' => true,
            ')' => link.matches('(').count() < link.matches(')').count(),
            ']' => link.matches('[').count() < link.matches(']').count(),
            _ => false,
        };
        if !is_of_sentence {
            break;
        }
        link = &link[..link.len() - last.len_utf8()];
    }
    link.len()
}

fn may_stand_in_link(one: char) -> bool {
    match one {
        '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' => false,
        _ if one.is_ascii() => one.is_ascii_graphic(),
        _ => is_letter_or_digit(one),
    }
}

/// Of the scripts that stand in addresses. What knows all letters of the world is a table of more than a kilobyte.
fn is_letter_or_digit(one: char) -> bool {
    match one {
        '×' | '÷' => false,
        _ => one.is_ascii_alphanumeric() || matches!(one, '\u{C0}'..='\u{1FFF}' | '\u{2C00}'..'\u{2E00}'),
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece::*, *};

    fn links(text: &str) -> Vec<&str> {
        let pieces = pieces(text);
        let whole: String = pieces
            .iter()
            .map(|piece| match piece {
                Text(part) | Link(part) => *part,
            })
            .collect();
        assert_eq!(whole, text);
        pieces
            .into_iter()
            .filter_map(|piece| if let Link(link) = piece { Some(link) } else { None })
            .collect()
    }

    #[test]
    fn addresses_are_found_without_the_sentence_around_them() {
        for (text, link) in [
            ("see https://a.example/x, please", "https://a.example/x"),
            ("(http://a.example/b_(c))", "http://a.example/b_(c)"),
            ("“https://a.example/?q=1&r=2#s”.", "https://a.example/?q=1&r=2#s"),
            ("看https://a.example/路径。", "https://a.example/"),
            ("HTTPS://A.EXAMPLE!", "HTTPS://A.EXAMPLE"),
            ("write to mailto:ada@a.example?", "mailto:ada@a.example"),
            ("www.a.example...", "www.a.example"),
            ("https://münchen.example/ä", "https://münchen.example/ä"),
            ("http://http://a.example", "http://http://a.example"),
        ] {
            assert_eq!(links(text), [link], "{text}");
        }
    }

    #[test]
    fn nothing_else_is_a_link() {
        for text in [
            "javascript:alert(1)",
            "data:text/html,x",
            "https://",
            "http://.",
            "a.example",
            "xhttp://a.example",
            "www.",
            "file:///etc",
            "vbscript:x",
            "",
            "https:// a.example",
        ] {
            assert!(links(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn several_stand_side_by_side() {
        assert_eq!(
            pieces("a http://b.c d\nhttps://e.f"),
            [Text("a "), Link("http://b.c"), Text(" d\n"), Link("https://e.f")]
        );
        assert_eq!(href("www.a.example"), "https://www.a.example");
    }
}
