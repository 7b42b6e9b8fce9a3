//! All emoji on one sheet, to choose from: a piece of a page in a language and a skin tone, made once and kept by browsers for good. What is in it
//! comes from the crate `emojis`; how each is called and found, from Unicode's CLDR (by way of emojibase, MIT), a file a language in `server/emoji/`.

use crate::{error::Result, extract::Path};
use axum::{
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    response::IntoResponse,
};
use emojis::{Emoji, Group, SkinTone};
use model::Refusal;
use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::OnceLock,
};
use words::Language;

/// Emoji of later versions of Unicode are not drawn everywhere yet.
const NEWEST: u32 = 15;
/// The skin tones, the one that is nobody's first.
const TONES: [SkinTone; 6] = [
    SkinTone::Default,
    SkinTone::Light,
    SkinTone::MediumLight,
    SkinTone::Medium,
    SkinTone::MediumDark,
    SkinTone::Dark,
];
/// What each tone is shown on.
const HAND: &str = "✋";
/// How each emoji is called, and what else it is found by: by the language's tag, the first for all others.
const NAMES: [(&str, &str); 2] =
    [("en", include_str!("../emoji/en.tsv")), ("zh-Hans", include_str!("../emoji/zh-Hans.tsv"))];

/// The sheet of a language and a tone. The last part of its address stands for what is in it: see [`version`].
pub async fn show(Path((tag, tone, _version)): Path<(String, usize, String)>) -> Result<impl IntoResponse> {
    let language = Language::of_tag(&tag).ok_or(Refusal::PageNotFound)?;
    let sheet = sheets().get(language.place() * TONES.len() + tone).filter(|_| tone < TONES.len());
    let sheet = sheet.ok_or(Refusal::PageNotFound)?.as_str();
    let headers =
        [(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, sheet))
}

/// Another one whenever a sheet is.
#[must_use]
pub fn version() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| {
        let mut hasher = DefaultHasher::new();
        sheets().hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    })
}

/// The sheets, by language and then by tone.
fn sheets() -> &'static [String] {
    static SHEETS: OnceLock<Vec<String>> = OnceLock::new();
    SHEETS.get_or_init(|| {
        let draw = |language| words::speak(language, || (0..TONES.len()).map(sheet).collect::<Vec<_>>());
        Language::all().flat_map(draw).collect()
    })
}

fn sheet(tone: usize) -> String {
    let names = names();
    let mut html = [
        "<div class=\"emoji-top\"><input class=\"field-input emoji-search\" type=\"search\" autocomplete=\"off\" aria-label=\"",
        words::emoji::search(),
        "\" placeholder=\"",
        words::emoji::search(),
        "\"><div class=\"emoji-tones\" role=\"group\" aria-label=\"",
        words::emoji::tones(),
        "\">",
    ]
    .concat();
    for (number, one) in TONES.iter().enumerate() {
        let hand = emojis::get(HAND).and_then(|hand| hand.with_skin_tone(*one)).map_or(HAND, Emoji::as_str);
        html += &format!(
            "<button type=\"button\" class=\"emoji-tone\" data-tone=\"{number}\" aria-pressed=\"{}\">{hand}</button>",
            number == tone
        );
    }
    html += "</div></div><div class=\"emoji-list\">";
    html += &format!(
        "<section class=\"emoji-group emoji-recent\"><h3>{}</h3><div class=\"emoji-grid\"></div></section>",
        words::emoji::recent()
    );
    for group in Group::iter() {
        let (mark, label) = said_of(group);
        html += &format!(
            "<section class=\"emoji-group\" data-mark=\"{mark}\"><h3>{label}</h3><div class=\"emoji-grid\">"
        );
        for emoji in group.emojis().filter(|emoji| emoji.unicode_version().major() <= NEWEST) {
            let toned = emoji.with_skin_tone(TONES[tone]).unwrap_or(emoji);
            let (name, words) =
                names.get(bare(emoji.as_str()).as_str()).copied().unwrap_or((emoji.name(), ""));
            html += &[
                "<button type=\"button\" class=\"emoji-one\" title=\"",
                &escape(name),
                "\" data-k=\"",
                &escape(&format!("{name} {words}").to_lowercase()),
                "\">",
                toned.as_str(),
                "</button>",
            ]
            .concat();
        }
        html += "</div></section>";
    }
    html += &format!("<p class=\"emoji-none\">{}</p></div><div class=\"emoji-marks\">", words::emoji::none());
    for group in Group::iter() {
        let (mark, label) = said_of(group);
        html += &format!(
            "<button type=\"button\" class=\"emoji-mark\" data-to=\"{mark}\" title=\"{label}\" aria-label=\"{label}\">{mark}</button>"
        );
    }
    html + "</div>"
}

/// The emoji that stands for a group, and what the group is called.
fn said_of(group: Group) -> (&'static str, &'static str) {
    match group {
        Group::SmileysAndEmotion => ("😀", words::emoji::smileys()),
        Group::PeopleAndBody => ("👋", words::emoji::people()),
        Group::AnimalsAndNature => ("🐻", words::emoji::animals()),
        Group::FoodAndDrink => ("🍎", words::emoji::food()),
        Group::TravelAndPlaces => ("🚲", words::emoji::travel()),
        Group::Activities => ("⚽", words::emoji::activities()),
        Group::Objects => ("💡", words::emoji::objects()),
        Group::Symbols => ("💜", words::emoji::symbols()),
        Group::Flags => ("🏁", words::emoji::flags()),
    }
}

/// How each emoji is called in the language that is spoken, and what else it is found by; in English, until somebody names them in that language.
fn names() -> HashMap<String, (&'static str, &'static str)> {
    let tag = Language::current().tag();
    let text = NAMES.iter().find(|(known, _)| *known == tag).unwrap_or(&NAMES[0]).1;
    let line = |line: &'static str| {
        let mut parts = line.split('\t');
        Some((bare(parts.next()?), (parts.next()?, parts.next().unwrap_or_default())))
    };
    text.lines().filter_map(line).collect()
}

/// An emoji without the mark that it is to be drawn as one, which is written in some places and left out in others.
fn bare(emoji: &str) -> String {
    emoji.replace('\u{FE0F}', "")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_calls_every_emoji_something() {
        for language in Language::all() {
            words::speak(language, || {
                let names = names();
                let shown = emojis::iter().filter(|emoji| emoji.unicode_version().major() <= NEWEST);
                let unnamed: Vec<_> = shown
                    .filter(|emoji| !names.contains_key(&bare(emoji.as_str())))
                    .map(Emoji::as_str)
                    .collect();
                assert!(unnamed.is_empty(), "{}: {unnamed:?}", language.tag());
            });
        }
    }

    #[test]
    fn a_tone_is_on_every_hand_and_on_nothing_else() {
        let [plain, dark] = [sheet(0), sheet(5)];
        assert!(plain.contains(">👍</button>") && !plain.contains(">👍🏿</button>"));
        assert!(
            dark.contains(">👍🏿</button>") && !dark.contains(">👍</button>") && dark.contains(">🍎</button>")
        );
    }
}
