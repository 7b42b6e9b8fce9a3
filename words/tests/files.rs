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
    let mut code = String::new();
    for place in ["model/src", "app/src", "server/src", "words/src"] {
        collect(&root.join(place), &mut code);
    }
    let is_said = |key: &str| {
        let path = key.replace('.', "::");
        let places = code.match_indices(&path).map(|(place, _)| &code[place + path.len()..]);
        places.into_iter().any(|rest| !rest.starts_with(|one: char| one.is_alphanumeric() || one == '_'))
    };
    let unused = file(ORIGIN).into_keys().filter(|key| !is_said(key));
    assert_none(unused.map(|key| format!("nobody says {key}")).collect());
}

fn collect(folder: &PathBuf, code: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, code);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            code.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn words_are_said_with_their_arguments() {
    let chinese = Language::of_tag("zh-Hans").unwrap();
    assert_eq!(words::composer::left(1), "1 character left");
    assert_eq!(words::composer::left(1_234), "1,234 characters left");
    assert_eq!(words::composer::label("{name} \u{1}"), "Message {name} \u{1}");
    words::speak(chinese, || {
        assert_eq!(words::composer::left(1), "还可输入 1 个字符");
        assert_eq!(words::composer::label("小明"), "发消息给 小明");
    });
    assert_eq!(chinese.name(), "简体中文");
}
