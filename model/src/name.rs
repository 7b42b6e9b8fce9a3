//! What people may call themselves and their groups: the rules that every displayed name shares.

/// Longest name of a person or title of a group, in Unicode scalar values.
pub const MAX_CHARS: usize = 64;

/// Why a name cannot be one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameFault {
    /// Nothing visible is left of it.
    Empty,
    /// More than [`MAX_CHARS`].
    TooLong,
}

/// The name as it is kept: white space collapsed, and without what nobody sees but everybody suffers from, such as control
/// characters, marks that turn the direction of the text around them, and zero-width characters that make two names look alike.
/// The joiners stay between visible characters, since emoji and Persian are written with them.
pub(crate) fn clean(text: &str) -> Result<String, NameFault> {
    clean_up_to(text, MAX_CHARS)
}

/// The same with another limit, in Unicode scalar values.
pub(crate) fn clean_up_to(text: &str, most_chars: usize) -> Result<String, NameFault> {
    let mut name = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character.is_whitespace() {
            if !name.is_empty() && !name.ends_with(' ') {
                name.push(' ');
            }
        } else if matches!(character, '\u{200C}' | '\u{200D}') {
            let is_between = name.chars().next_back().is_some_and(is_visible)
                && characters.peek().copied().is_some_and(is_visible);
            if is_between {
                name.push(character);
            }
        } else if is_visible(character) {
            name.push(character);
        }
    }
    name.truncate(name.trim_end().len());
    match name.chars().count() {
        0 => Err(NameFault::Empty),
        length if length <= most_chars => Ok(name),
        _ => Err(NameFault::TooLong),
    }
}

/// Whether a character leaves something on the screen.
pub(crate) fn is_visible(character: char) -> bool {
    !character.is_whitespace() && !character.is_control() && !is_invisible(character)
}

/// Default-ignorable and direction-changing characters (Unicode Standard Annex 44, `Default_Ignorable_Code_Point` and `Bidi_Control`),
/// and the blank letters that are used to fake an empty name. Variation selectors are kept: emoji need them.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FEFF}'
        | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_not_part_of_a_name() {
        assert_eq!(clean("  Ada \u{202E} Lovelace\u{200B}\n"), Ok("Ada Lovelace".into()));
        assert_eq!(clean("\u{200B}\u{FEFF}\u{3164} \u{200D}"), Err(NameFault::Empty));
        assert_eq!(clean("a\0b"), Ok("ab".into()));
    }

    #[test]
    fn emoji_and_persian_keep_their_joiners() {
        for name in ["👩\u{200D}💻", "می\u{200C}خواهم", "王小明", "❤\u{FE0F}"] {
            assert_eq!(clean(name), Ok(name.into()));
        }
    }

    #[test]
    fn the_limit_counts_characters() {
        assert_eq!(clean(&"字".repeat(MAX_CHARS)).map(|name| name.chars().count()), Ok(MAX_CHARS));
        assert_eq!(clean(&"字".repeat(MAX_CHARS + 1)), Err(NameFault::TooLong));
    }
}
