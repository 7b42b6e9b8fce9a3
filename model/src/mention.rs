//! Where a text may call somebody: `@` and a name. Both sides read it alike, the server to tell whom it calls, the app to mark it.

/// A part of a text that may call somebody.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Piece<'a> {
    /// Words.
    Words(&'a str),
    /// What may be a name, behind its sign.
    Name(&'a str),
}

/// A text in pieces. What stands before the sign tells it from an e-mail address; where words are not parted by spaces, a name may follow a word.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let is_of_name = |one: char| one.is_ascii_alphanumeric() || one == '_';
    let mut pieces = Vec::new();
    let (mut begin, mut search) = (0, 0);
    while let Some(sign) = text[search..].find('@').map(|place| search + place) {
        let rest = &text[sign + 1..];
        let name = &rest[..rest.find(|one| !is_of_name(one)).unwrap_or(rest.len())];
        search = sign + 1 + name.len();
        if !name.is_empty() && !text[..sign].ends_with(is_of_name) {
            pieces.push(Piece::Words(&text[begin..sign]));
            pieces.push(Piece::Name(name));
            begin = search;
        }
    }
    pieces.push(Piece::Words(&text[begin..]));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_behind_its_sign_and_ends_with_it() {
        for (text, expected) in [
            ("@alice", vec!["alice"]),
            ("Hi @alice, and @Bob_B.", vec!["alice", "Bob_B"]),
            ("(@alice)王@bob", vec!["alice", "bob"]),
            ("你好，@bob！", vec!["bob"]),
            ("write to alice@example.com", vec![]),
            ("@", vec![]),
            ("@ alice", vec![]),
            ("@@alice", vec!["alice"]),
        ] {
            let names = pieces(text).into_iter().filter_map(|piece| match piece {
                Piece::Name(name) => Some(name),
                Piece::Words(_) => None,
            });
            assert_eq!(Vec::from_iter(names), expected, "{text}");
        }
    }

    #[test]
    fn the_pieces_of_a_text_are_the_text() {
        for text in ["", "@", "a@b", "@ada@bob @c.", "x @alice y"] {
            let whole: String = pieces(text)
                .into_iter()
                .map(|piece| match piece {
                    Piece::Words(words) => words.to_owned(),
                    Piece::Name(name) => format!("@{name}"),
                })
                .collect();
            assert_eq!(whole, text);
        }
    }
}
