//! Makes out of the translation files what the compiler and the browser read: a function for each word, a table for each language.

mod file;

use file::{File, Word};
use std::{collections::BTreeMap, env, error::Error, fmt::Write, fs, path::Path};

/// The language that the others are translated from. What they lack is said in it, until the tests are heard.
const ORIGIN: &str = "en";
/// The forms that a plural may have: CLDR's categories, in the order of a table.
const FORMS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];
/// A table's `{name}`: the place of the argument, as a control character. These are the ones before the tabulator.
const MOST_ARGUMENTS: usize = 8;

/// Areas that only the server says, which has their functions alone: a browser does not load them.
const OF_SERVER: [&str; 20] = [
    "actions",
    "administration",
    "ago",
    "appearance",
    "chats",
    "grants",
    "group_invites",
    "join",
    "lock",
    "notifications",
    "privacy",
    "problem",
    "profile",
    "refusal",
    "reports",
    "reset",
    "settings",
    "shortcuts",
    "sign_in",
    "sign_up",
];

/// Areas that only those parts of the app say that are loaded later: a browser loads their words with the first of them.
const OF_LATER: [&str; 12] = [
    "attachments",
    "details",
    "emoji",
    "group_form",
    "member_list",
    "message_menu",
    "person_search",
    "readers",
    "secret",
    "sheet",
    "switcher",
    "viewer",
];

/// When a browser loads words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Loaded {
    WithTheApp,
    Later,
    Never,
}

impl Loaded {
    const ALL: [Self; 3] = [Self::WithTheApp, Self::Later, Self::Never];

    fn of(area: &str) -> Self {
        if OF_SERVER.contains(&area) {
            Self::Never
        } else if OF_LATER.contains(&area) {
            Self::Later
        } else {
            Self::WithTheApp
        }
    }
}

/// The areas in the order of the tables: as they are loaded.
fn areas(origin: &File) -> impl Iterator<Item = (&String, &BTreeMap<String, Word>)> {
    let of = |loaded| origin.iter().filter(move |(area, _)| Loaded::of(area) == loaded);
    Loaded::ALL.into_iter().flat_map(of)
}

fn main() -> Result<(), Box<dyn Error>> {
    let root = env::var("CARGO_MANIFEST_DIR")?;
    let out = env::var("OUT_DIR")?;
    println!("cargo::rerun-if-changed={root}/build");
    let languages = file::all(Path::new(&root))?;
    let origin = languages.get(ORIGIN).ok_or("words/en.toml is missing")?;
    let mut code = functions(origin)?;
    writeln!(
        code,
        "#[cfg(target_arch = \"wasm32\")]\npub(crate) const LAYOUT: &str = {:?};",
        layout(origin)
    )?;
    let tags: Vec<_> = languages.keys().collect();
    writeln!(code, "#[cfg(not(target_arch = \"wasm32\"))]\npub(crate) const TAGS: &[&str] = &{tags:?};")?;
    writeln!(code, "#[cfg(not(target_arch = \"wasm32\"))]\npub(crate) const TABLES: &[&str] = &[")?;
    for (tag, language) in &languages {
        let tables: [(_, &[Loaded]); 3] = [
            (format!("{tag}.txt"), &[Loaded::WithTheApp]),
            (format!("{tag}.later.txt"), &[Loaded::Later]),
            (format!("{tag}.all.txt"), &Loaded::ALL),
        ];
        for (name, parts) in tables {
            let table = format!("{}\n{tag}\n{}", layout(origin), table(tag, language, origin, parts)?);
            fs::write(Path::new(&out).join(name), table)?;
        }
        writeln!(code, "    include_str!(concat!(env!(\"OUT_DIR\"), \"/{tag}.all.txt\")),")?;
    }
    writeln!(code, "];")?;
    fs::write(Path::new(&out).join("words.rs"), code)?;
    println!("cargo::metadata=tables={out}");
    println!("cargo::metadata=tags={}", tags.iter().map(|tag| tag.as_str()).collect::<Vec<_>>().join(","));
    Ok(())
}

/// A function for each word. Its parameters are the word's placeholders, `count` first.
fn functions(origin: &File) -> Result<String, Box<dyn Error>> {
    let mut code = String::new();
    let mut slot = 0;
    for (area, words) in areas(origin) {
        if OF_SERVER.contains(&area.as_str()) {
            writeln!(code, "#[cfg(not(target_arch = \"wasm32\"))]")?;
        }
        writeln!(code, "/// The words of `{area}`.\npub mod {area} {{\n    use crate::table;")?;
        for (key, word) in words {
            let names = word.names();
            if names.len() > MOST_ARGUMENTS {
                return Err(format!("{area}.{key} has more than {MOST_ARGUMENTS} placeholders").into());
            }
            let parameters: String = names
                .iter()
                .map(|name| if *name == "count" { "count: u64".into() } else { format!("{name}: &str") })
                .collect::<Vec<_>>()
                .join(", ");
            let arguments: Vec<_> = names
                .iter()
                .map(|name| if *name == "count" { "&crate::number(count)" } else { name })
                .collect();
            let arguments = arguments.join(", ");
            let (parameters, result, body) = match word {
                Word::Text(_) if names.is_empty() => {
                    (parameters, "&'static str", format!("table::get({slot})"))
                }
                Word::Text(_) => (parameters, "String", format!("table::fill({slot}, &[{arguments}])")),
                Word::List(_) => {
                    ("place: usize".into(), "&'static str", format!("table::get({slot} + place)"))
                }
                Word::Plural(_) => {
                    (parameters, "String", format!("table::fill(table::form({slot}, count), &[{arguments}])"))
                }
            };
            writeln!(code, "    /// {}", word.first())?;
            writeln!(
                code,
                "    #[must_use]\n    pub fn {key}({parameters}) -> {result} {{\n        {body}\n    }}"
            )?;
            slot += word.slots();
        }
        writeln!(code, "}}")?;
    }
    Ok(code)
}

/// The words in the order of the functions, a line each: those that are loaded at one of these times.
fn table(tag: &str, language: &File, origin: &File, parts: &[Loaded]) -> Result<String, Box<dyn Error>> {
    let mut lines = Vec::new();
    for (area, words) in areas(origin).filter(|(area, _)| parts.contains(&Loaded::of(area))) {
        for (key, word) in words {
            let own = language.get(area).and_then(|words| words.get(key)).unwrap_or(word);
            let names = word.names();
            match (own, word) {
                (Word::Text(text), Word::Text(_)) => lines.push(placed(text, &names)),
                (Word::List(texts), Word::List(of_origin)) if texts.len() == of_origin.len() => {
                    lines.extend(texts.iter().cloned());
                }
                (Word::Plural(forms), Word::Plural(_)) => {
                    lines.extend(
                        FORMS.map(|form| forms.get(form).map_or(String::new(), |text| placed(text, &names))),
                    );
                }
                _ => return Err(format!("{area}.{key} is of another kind in {tag} than in {ORIGIN}").into()),
            }
        }
    }
    match lines.iter().find(|line| line.chars().any(|one| one == '\n' || one == '\r')) {
        Some(line) => Err(format!("{tag}: a line break in {line:?}").into()),
        None => Ok(lines.join("\n")),
    }
}

/// A text with the places of its arguments instead of their names.
fn placed(text: &str, names: &[&str]) -> String {
    let mut placed = text.to_owned();
    for (mark, name) in ('\u{1}'..).zip(names) {
        placed = placed.replace(&format!("{{{name}}}"), &mark.to_string());
    }
    placed
}

/// Differs whenever two tables' lines do not mean the same: an app and a table of different builds do not go together.
fn layout(origin: &File) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut mix = |text: &str| {
        for byte in text.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for (area, words) in origin {
        for (key, word) in words {
            mix(area);
            mix(key);
            mix(&word.slots().to_string());
            word.names().into_iter().for_each(&mut mix);
        }
    }
    format!("{:08x}", hash >> 32)
}
