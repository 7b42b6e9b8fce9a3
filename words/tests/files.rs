//! The translation files: each says all that the others say, with the same placeholders, and nothing that nobody asks for.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use icu_locale::Locale;
use icu_plurals::{PluralCategory, PluralRules};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};
use toml::{Table, Value};
use words::Language;

const ORIGIN: &str = "en";

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A language's file as `area.key` and what stands there.
fn file(tag: &str) -> BTreeMap<String, Value> {
    let text = fs::read_to_string(folder().join(format!("{tag}.toml"))).unwrap();
    let areas: Table = text.parse().unwrap();
    let of_area = |(area, words): (String, Value)| {
        let Value::Table(words) = words else { panic!("{tag}.toml: {area} is not an area") };
        words.into_iter().map(move |(key, word)| (format!("{area}.{key}"), word)).collect::<Vec<_>>()
    };
    areas.into_iter().flat_map(of_area).collect()
}

fn others() -> Vec<&'static str> {
    let tags: Vec<_> = Language::all().map(Language::tag).filter(|tag| *tag != ORIGIN).collect();
    assert!(!tags.is_empty(), "there is no other language");
    tags
}

/// Fails with all that was found, so that one run shows everything that is to be mended.
#[track_caller]
fn assert_none(found: Vec<String>) {
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// The texts of a word, by the form.
fn forms(word: &Value) -> BTreeMap<&str, &str> {
    match word {
        Value::String(text) => [("", text.as_str())].into(),
        Value::Array(texts) => texts.iter().map(|text| ("", text.as_str().unwrap())).collect(),
        Value::Table(forms) => {
            forms.iter().map(|(form, text)| (form.as_str(), text.as_str().unwrap())).collect()
        }
        _ => panic!("{word:?} is no word"),
    }
}

fn placeholders(word: &Value) -> BTreeSet<&str> {
    let texts = forms(word).into_values();
    let names =
        texts.flat_map(|text| text.split('{').skip(1)).filter_map(|rest| Some(rest.split_once('}')?.0));
    // A language may say "one" without a digit.
    names.filter(|name| !(word.is_table() && *name == "count")).collect()
}

#[test]
fn every_language_has_every_key_and_no_other() {
    let origin = file(ORIGIN);
    let mut found = Vec::new();
    for tag in others() {
        let language = file(tag);
        let missing = origin.keys().filter(|key| !language.contains_key(*key));
        found.extend(missing.map(|key| format!("{tag}.toml: {key} is missing")));
        let unknown = language.keys().filter(|key| !origin.contains_key(*key));
        found.extend(unknown.map(|key| format!("{tag}.toml: {key} is not in {ORIGIN}.toml")));
    }
    assert_none(found);
}

#[test]
fn every_language_has_the_same_placeholders() {
    let origin = file(ORIGIN);
    let mut found = Vec::new();
    for tag in others() {
        for (key, word) in file(tag) {
            let Some(of_origin) = origin.get(&key) else { continue };
            let (wanted, given) = (placeholders(of_origin), placeholders(&word));
            if wanted != given {
                found.push(format!("{tag}.toml: {key} has {given:?}, and {ORIGIN}.toml has {wanted:?}"));
            }
        }
    }
    assert_none(found);
}

#[test]
fn every_plural_has_the_forms_of_its_language() {
    let mut found = Vec::new();
    for tag in Language::all().map(Language::tag) {
        let locale: Locale = tag.parse().unwrap();
        let rules = PluralRules::try_new(locale.into(), Default::default()).unwrap();
        let mut wanted: BTreeSet<&str> = rules.categories().map(name).collect();
        wanted.insert("other");
        for (key, word) in file(tag).into_iter().filter(|(_, word)| word.is_table()) {
            let given: BTreeSet<&str> = forms(&word).into_keys().collect();
            if given != wanted {
                found.push(format!("{tag}.toml: {key} has the forms {given:?}, and the language {wanted:?}"));
            }
        }
    }
    assert_none(found);
}

fn name(category: PluralCategory) -> &'static str {
    match category {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    }
}

#[test]
fn every_word_is_said_somewhere() {
    let root = folder().parent().unwrap();
    let places = ["model/src", "app/src", "server/src", "words/src"].map(|place| sources(&root.join(place)));
    let code: String = places.into_iter().flatten().map(|(_, code)| code).collect();
    let is_said = |key: &str| {
        let path = key.replace('.', "::");
        let places = code.match_indices(&path).map(|(place, _)| &code[place + path.len()..]);
        places.into_iter().any(|rest| !rest.starts_with(|one: char| one.is_alphanumeric() || one == '_'))
    };
    let unused = file(ORIGIN).into_keys().filter(|key| !is_said(key));
    assert_none(unused.map(|key| format!("nobody says {key}")).collect());
}

/// The Rust files of a folder and those below it.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let of_entry = |path: PathBuf| match path.extension() {
        _ if path.is_dir() => sources(&path),
        Some(ending) if ending == "rs" => vec![(path.clone(), fs::read_to_string(path).unwrap())],
        _ => Vec::new(),
    };
    entries.flat_map(of_entry).collect()
}

/// What is the same in every language, the names of keys among them.
const NAMES: [&str; 23] = [
    "Bobbin",
    "English",
    "API",
    "ID",
    "kB",
    "MB",
    "a–z",
    "Content-Length",
    "JPEG",
    "PNG",
    "WebP",
    "GIF",
    "Mac",
    "Ctrl",
    "Alt",
    "Shift",
    "Esc",
    "Enter",
    "https",
    "IP",
    "STUN",
    "TURN",
    "SHA-256",
];

#[test]
fn no_chinese_word_is_english() {
    let texts = file("zh-Hans").into_iter().flat_map(|(key, word)| {
        let texts: Vec<_> = forms(&word).into_values().map(str::to_owned).collect();
        texts.into_iter().map(move |text| (key.clone(), text))
    });
    let found = texts.filter(|(key, text)| {
        let names = NAMES.into_iter().map(str::to_owned);
        let placeholders =
            text.split('{').skip(1).filter_map(|rest| Some(format!("{{{}}}", rest.split_once('}')?.0)));
        let own = names.chain(placeholders).fold(text.clone(), |own, name| own.replace(&name, ""));
        key != "language.direction" && own.contains(|one: char| one.is_ascii_alphabetic())
    });
    assert_none(found.map(|(key, text)| format!("{key} = {text:?}")).collect());
}

#[test]
fn chinese_is_punctuated_as_chinese() {
    let texts = file("zh-Hans").into_iter().filter(|(key, _)| !key.starts_with("language.")).flat_map(
        |(key, word)| {
            let texts: Vec<_> = forms(&word).into_values().map(str::to_owned).collect();
            texts.into_iter().map(move |text| (key.clone(), text))
        },
    );
    // A decimal point alone is one.
    let found =
        texts.filter(|(_, text)| text != "." && text.contains([',', '.', '!', '?', ';', ':', '(', ')', '"']));
    assert_none(found.map(|(key, text)| format!("{key} = {text:?}")).collect());
}

#[test]
fn no_english_stands_in_the_views() {
    let root = folder().parent().unwrap();
    let mut found = Vec::new();
    for (path, code) in sources(&root.join("app/src")) {
        let place = path.strip_prefix(root).unwrap().display().to_string();
        if !["app/src/view", "app/src/page"].iter().any(|of_views| place.starts_with(of_views)) {
            continue;
        }
        let code = code.split("#[cfg(test)]").next().unwrap();
        for (number, line) in code.lines().enumerate() {
            let line = line.split("//").next().unwrap();
            let parts: Vec<_> = line.split('"').collect();
            for (place_in_line, text) in parts.iter().enumerate().skip(1).step_by(2) {
                let before = parts[place_in_line - 1].trim_end();
                let named = ["aria-label=", "title=", "placeholder=", " label="]
                    .iter()
                    .any(|name| before.ends_with(name));
                let is_child = before.ends_with('>') && !before.ends_with("=>");
                let mut letters = text.chars();
                let begins = letters.next().is_some_and(|one| one.is_ascii_uppercase());
                let is_word = begins && letters.next().is_some_and(|one| one.is_ascii_lowercase());
                let has_letters = text.contains(|one: char| one.is_ascii_alphabetic());
                let after = parts.get(place_in_line + 1).map_or("", |after| after.trim_start());
                // What is compared, such as the name of a key, is not said.
                let is_compared = ["==", "|"].iter().any(|sign| before.ends_with(sign))
                    || ["=>", "|", "if "].iter().any(|sign| after.starts_with(sign));
                let is_known = NAMES.contains(text) || is_compared;
                if !is_known && (is_word || has_letters && (named || is_child)) {
                    found.push(format!("{place}:{}: {text:?} belongs into words/*.toml", number + 1));
                }
            }
        }
    }
    assert_none(found);
}

#[test]
fn words_are_said_with_their_arguments() {
    let chinese = Language::of_tag("zh-Hans").unwrap();
    assert_eq!(words::composer::left(1), "1 character left");
    assert_eq!(words::composer::left(1_234), "1,234 characters left");
    assert_eq!(words::composer::label("{name} \u{1}"), "Message {name} \u{1}");
    assert_eq!(words::thread_row::sender("ياسمين"), "\u{2068}ياسمين\u{2069}: ");
    words::speak(chinese, || {
        assert_eq!(words::composer::left(1), "还可输入 1 个字符");
        assert_eq!(words::composer::label("小明"), "发消息给 小明");
    });
    assert_eq!(chinese.name(), "简体中文");
}
