//! The round picture of a person or a group: one that was uploaded, or a hue and one or two characters.

use crate::{
    html::escape,
    shape::{Part, text, view},
};
use model::{
    Avatar, PictureId, Thread, ThreadKind, User, UserId,
    picture::{Size, path},
};

/// The hue of notes.
const NOTES_HUE: u8 = 3;

/// What a picture shows.
#[derive(Default)]
pub struct Picture {
    hue: u8,
    text: String,
    picture_id: Option<PictureId>,
}

impl Picture {
    /// A person's.
    pub fn of_user(user: &User) -> Self {
        Self { hue: hue(user), text: initials(&user.display_name), picture_id: user.picture_id }
    }

    /// A thread's: the group's own, or the other person's.
    pub fn of_thread(thread: &Thread) -> Self {
        match &thread.kind {
            ThreadKind::Direct { peer } => Self::of_user(peer),
            ThreadKind::Group { title, avatar, .. } => Self::of_group(title, avatar),
            ThreadKind::Notes => Self { hue: NOTES_HUE, text: "📝".into(), picture_id: None },
        }
    }

    /// A group's.
    pub fn of_group(title: &str, avatar: &Avatar) -> Self {
        let text = if avatar.glyph.is_empty() { initials(title) } else { avatar.glyph.clone() };
        Self { hue: avatar.hue, text, picture_id: avatar.picture_id }
    }

    /// Drawn, in one of the style's sizes. It is silent: the name stands beside it.
    pub fn draw(self, size: &'static str) -> Part {
        view! { <span class=self.class(size) aria-hidden="true" inner_html=self.html(size)></span> }
    }

    /// Drawn, and again whenever it changes.
    pub fn follow(picture: impl Fn() -> Self + Clone + Send + 'static, size: &'static str) -> Part {
        let of_html = picture.clone();
        view! {
            <span
                class=text(move || picture().class(size))
                aria-hidden="true"
                inner_html=text(move || of_html().html(size))
            ></span>
        }
    }

    /// The same for the pages that the server draws.
    #[cfg(feature = "ssr")]
    pub fn drawn(&self, size: &'static str) -> String {
        let (class, html) = (self.class(size), self.html(size));
        format!(r#"<span class="{class}" aria-hidden="true">{html}</span>"#)
    }

    /// As HTML, with what people wrote escaped: an image has its size from the style, before it is loaded.
    fn html(&self, size: &str) -> String {
        let Some(picture_id) = self.picture_id else { return escape(&self.text) };
        let size = if size == "avatar-large" { Size::Large } else { Size::Small };
        ["<img src=\"", &path(picture_id, size), "\" alt=\"\" loading=\"lazy\" decoding=\"async\">"].concat()
    }

    fn class(&self, size: &str) -> String {
        // An emoji fills less of its line than a letter does.
        let shape = if self.text.contains(is_letter) { "" } else { "avatar-emoji" };
        format!("avatar hue-{} {size} {shape}", self.hue)
    }
}

/// Whether it stands as a letter does: of all that one can write, that leaves symbols and emoji.
fn is_letter(one: char) -> bool {
    one.is_ascii_alphanumeric()
        || matches!(one, '\u{C0}'..='\u{1FFF}' | '\u{2C00}'..='\u{FDFF}' | '\u{10000}'..='\u{1EFFF}' | '\u{20000}'..='\u{DFFFF}')
}

/// A person's hue: always the same one, whatever they are called.
pub fn hue(user: &User) -> u8 {
    hue_of(user.user_id)
}

/// The same by the id alone.
pub fn hue_of(user_id: UserId) -> u8 {
    let sum = user_id.0.as_bytes().iter().fold(0_u32, |sum, byte| sum.wrapping_mul(31) + u32::from(*byte));
    u8::try_from(sum % u32::from(Avatar::HUES)).unwrap_or(0)
}

/// The first letters of the first and the last word, which the style makes capitals; of a name in a script without spaces, its first character.
fn initials(name: &str) -> String {
    let mut words = name.split(' ').filter(|word| !word.is_empty());
    let first = words.next().map(first_letter).unwrap_or_default();
    let last = words.next_back().map(first_letter).unwrap_or_default();
    let are_letters = [&first, &last].into_iter().all(|letter| letter.chars().all(|one| one < '\u{2E80}'));
    if are_letters { first + &last } else { first }
}

/// What a reader takes for one character: an emoji may be several.
fn first_letter(word: &str) -> String {
    let mut letter = String::new();
    let mut joins = false;
    for character in word.chars() {
        let extends = matches!(character, '\u{200D}' | '\u{FE0E}' | '\u{FE0F}' | '\u{20E3}' | '\u{0300}'..='\u{036F}' | '\u{1F3FB}'..='\u{1F3FF}');
        let is_second_of_flag =
            is_flag(character) && letter.chars().count() == 1 && letter.chars().all(is_flag);
        if !(letter.is_empty() || joins || extends || is_second_of_flag) {
            break;
        }
        joins = character == '\u{200D}';
        letter.push(character);
    }
    letter
}

fn is_flag(character: char) -> bool {
    matches!(character, '\u{1F1E6}'..='\u{1F1FF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_suit_every_script() {
        for (name, text) in [
            ("ada", "a"),
            ("Ada Lovelace", "AL"),
            ("Juan Carlos de Borbón", "JB"),
            ("王小明", "王"),
            ("王 小明", "王"),
            ("👩\u{200D}💻 Ada", "👩\u{200D}💻"),
            ("🇩🇪🇫🇷", "🇩🇪"),
            ("👍🏽x", "👍🏽"),
            ("e\u{301}mile", "e\u{301}"),
        ] {
            assert_eq!(initials(name), text, "{name}");
        }
    }
}
