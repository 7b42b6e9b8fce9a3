//! The code itself: what CONTRIBUTING and ARCHITECTURE promise about it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The repository's root.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file that the repository keeps, relative to its root.
fn files() -> Vec<String> {
    let listed =
        Command::new("git").args(["ls-files", "-co", "--exclude-standard"]).current_dir(root()).output();
    let listed = String::from_utf8(listed.expect("git is needed to list the files").stdout).unwrap();
    let files: Vec<_> =
        listed.lines().map(str::to_owned).filter(|file| root().join(file).is_file()).collect();
    assert!(files.len() > 50, "git lists only {files:?}");
    files
}

fn files_in(folder: &str, ending: &str) -> Vec<String> {
    files().into_iter().filter(|file| file.starts_with(folder) && file.ends_with(ending)).collect()
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Fails with all that was found, so that one run shows everything that is to be mended.
#[track_caller]
fn assert_none(found: Vec<String>, what: &str) {
    assert!(found.is_empty(), "{what}:\n{}", found.join("\n"));
}

#[test]
fn no_file_holds_two_words() {
    let long =
        files().into_iter().filter(|file| [".rs", ".ts", ".css"].iter().any(|end| file.ends_with(end)));
    let long = long.filter_map(|file| {
        let limit = if file.contains("tests/") { 500 } else { 400 };
        let lines = read(&file).lines().count();
        (lines > limit).then(|| format!("{file}: {lines} lines, {limit} at most"))
    });
    assert_none(long.collect(), "files that are too long: split them by word");
}

#[test]
fn every_rust_file_says_what_it_holds() {
    let silent = files_in("", ".rs").into_iter().filter(|file| !read(file).starts_with("//! "));
    assert_none(silent.collect(), "files without a module doc");
}

#[test]
fn there_is_no_mod_rs() {
    assert_none(files_in("", "/mod.rs"), "foo.rs stands beside foo/");
}

/// Who may not speak of whom: the folder or file, what it must not contain, and why.
const FORBIDDEN: &[(&str, &[&str], &str)] = &[
    ("model/src", &["leptos", "axum", "tokio", "web_sys"], "model is pure"),
    ("app/src", &["server::", "sqlx", "axum", "tokio"], "app runs in the browser"),
    (
        "app/src/view",
        &["crate::connection", "crate::api", "gloo_net", "WebSocket"],
        "views speak to the store",
    ),
    ("load/src", &["server::", "app::"], "load speaks the public protocol and nothing else"),
    ("server/src/live/hub.rs", &["sqlx", "ThreadId"], "the hub knows no SQL and no threads"),
    ("server/src/live/connection.rs", &["sqlx"], "a connection knows no SQL"),
    ("server/src/groups.rs", &["hub::Hub", ".publish("], "features never see the hub"),
    ("server/src/options.rs", &["hub::Hub", ".publish("], "features never see the hub"),
    ("server/src/presence/screens.rs", &["sqlx"], "what is in memory knows no SQL"),
    ("server/src/receipts.rs", &["hub::Hub", ".publish("], "features never see the hub"),
    ("server/src/typing.rs", &["hub::Hub", ".publish("], "features never see the hub"),
    ("server/src/reactions.rs", &["hub::Hub", ".publish("], "features never see the hub"),
    ("server/src/pins.rs", &["hub::Hub", ".publish("], "features never see the hub"),
    ("server/src/reads.rs", &["hub::Hub", ".publish("], "features never see the hub"),
    ("server/src/threads.rs", &["hub::Hub", ".publish("], "features never see the hub"),
    ("server/src/edits.rs", &["hub::Hub", ".publish("], "features never see the hub"),
];

#[test]
fn imports_run_one_way() {
    let mut found = Vec::new();
    for (place, words, why) in FORBIDDEN {
        let files = files_in(place, ".rs");
        assert!(!files.is_empty(), "nothing is at {place} any more");
        for file in files {
            for (number, line) in read(&file).lines().enumerate() {
                let code = line.split("//").next().unwrap_or_default();
                let is_feature = code.contains("feature = ");
                found.extend(
                    words
                        .iter()
                        .filter(|word| code.contains(*word) && !is_feature)
                        .filter(|word| !(**word == "sqlx" && code.contains("cfg_attr")))
                        .map(|word| format!("{file}:{}: {word} ({why})", number + 1)),
                );
            }
        }
    }
    let page = |file: &String| file == "server/src/page.rs" || file.starts_with("server/src/page/");
    for file in files_in("server/src", ".rs").into_iter().filter(|file| !page(file)) {
        if read(&file).lines().any(|line| line.contains("app::") && !line.trim_start().starts_with("//")) {
            found.push(format!("{file}: only server/src/page uses app"));
        }
    }
    assert_none(found, "imports against the grain");
}

#[test]
fn messages_are_inserted_in_one_place() {
    let inserting =
        files_in("server/src", ".rs").into_iter().filter(|file| read(file).contains("insert into message"));
    assert_eq!(inserting.collect::<Vec<_>>(), ["server/src/messages/writer/tail.rs"]);
}

#[test]
fn access_is_made_in_one_place() {
    let made =
        files_in("server/src", ".rs").into_iter().filter(|file| read(file).contains("Access { thread_id"));
    assert_eq!(made.collect::<Vec<_>>(), ["server/src/access.rs"]);
}

#[test]
fn what_is_drawn_is_styled_in_a_file_of_the_same_name() {
    for folder in ["view", "page"] {
        let drawn: BTreeSet<_> =
            files_in(&format!("app/src/{folder}"), ".rs").iter().map(|file| stem(file)).collect();
        let styled = files_in(&format!("style/{folder}"), ".css");
        let orphans = styled.iter().filter(|file| !drawn.contains(&stem(file))).cloned();
        assert_none(orphans.collect(), "styles of nothing");
        let sheets = [read("style/main.css"), read("style/later.css")];
        let imports = |file: &str| {
            sheets
                .iter()
                .filter(|sheet| sheet.contains(&format!("./{}", file.trim_start_matches("style/"))))
                .count()
        };
        let stray = styled.iter().filter(|file| imports(file) != 1).cloned();
        assert_none(stray.collect(), "styles that main.css and later.css do not import once");
    }
}

#[test]
fn no_style_is_for_the_neighbours_of_just_anything() {
    // With one such rule a browser styles again all that is around whatever comes or goes, anywhere in the page: at each message, the whole list.
    let hangs = |selector: &&str| {
        let parts: Vec<_> = selector.split([' ', '>']).collect();
        parts.windows(2).any(|pair| ["+", "~"].contains(&pair[1]) && !pair[0].contains(['.', '#', '[', ':']))
    };
    let found = files_in("style/", ".css").into_iter().flat_map(|file| {
        let text = read(&file);
        let selectors = text.lines().filter(|line| line.ends_with(['{', ',']) && !line.contains("calc("));
        selectors.filter(hangs).map(|selector| format!("{file}: {selector}")).collect::<Vec<_>>()
    });
    assert_none(found.collect(), "give what stands before + or ~ a class, or say :not(:first-child)");
}

#[test]
fn words_that_are_loaded_later_are_said_by_what_is_loaded_later() {
    let areas = read("words/build/main.rs");
    let areas = areas.split("const OF_LATER").nth(1).and_then(|rest| rest.split("];").next()).unwrap();
    let areas: Vec<_> = areas.split('"').skip(1).step_by(2).collect();
    assert!(areas.len() > 5, "only {areas:?} are loaded later");
    // As its style is. The plain pages are the server's.
    let later = read("style/later.css");
    let is_later = |file: &str| {
        let style = file.trim_start_matches("app/src/").replace(".rs", ".css");
        let folders = ["app/src/page/", "app/src/view/secret", "app/src/store/uploads/"];
        later.contains(&format!("./{style}")) || folders.iter().any(|folder| file.starts_with(folder))
    };
    let early = files_in("app/src", ".rs").into_iter().filter(|file| {
        let text = read(file);
        areas.iter().any(|area| text.contains(&format!("words::{area}::"))) && !is_later(file)
    });
    assert_none(early.collect(), "what is loaded with the app has words that are not");
}

fn stem(file: &str) -> String {
    Path::new(file).file_stem().unwrap().to_string_lossy().into_owned()
}

#[test]
fn the_map_names_only_what_exists() {
    let map = read("ARCHITECTURE.md");
    assert!(map.lines().count() <= 150, "the map has {} lines, 150 at most", map.lines().count());
    let paths = map.split('`').skip(1).step_by(2).filter(|name| {
        let ending = Path::new(name).extension().is_some_and(|ending| {
            ["rs", "sql", "ts", "css", "md", "toml", "sh", "js"]
                .contains(&ending.to_str().unwrap_or_default())
        });
        (ending || name.ends_with('/')) && !name.contains(['*', '<', ' ']) && !name.starts_with('/')
    });
    let paths: Vec<_> = paths.collect();
    assert!(paths.len() > 20, "the map names only {paths:?}");
    let missing = paths.into_iter().filter(|path| !root().join(path).exists()).map(str::to_owned);
    assert_none(missing.collect(), "named in ARCHITECTURE.md, and not there");
}

#[test]
fn every_top_level_module_of_the_server_is_on_the_map() {
    let map = read("ARCHITECTURE.md");
    let modules = files_in("server/src", ".rs").into_iter().filter(|file| file.matches('/').count() == 2);
    assert_none(modules.filter(|file| !map.contains(file)).collect(), "not in ARCHITECTURE.md");
}

/// The requirements that a row of `docs/security.md` speaks of: `V1.2.6 to V1.2.8` are three.
fn requirements(row: &str) -> Vec<String> {
    let cell = row.trim_matches(['|', ' ']).split('|').next().unwrap_or_default();
    let ids: Vec<(&str, u32)> = cell
        .split(" to ")
        .filter_map(|id| id.trim().rsplit_once('.'))
        .map(|(section, number)| (section, number.parse().unwrap()))
        .collect();
    let (section, first) = ids[0];
    let (of_last, last) = ids[ids.len() - 1];
    assert_eq!(section, of_last, "{row}");
    (first..=last).map(|number| format!("{section}.{number}")).collect()
}

#[test]
fn what_is_said_of_security_is_whole_and_names_only_what_exists() {
    let document = read("docs/security.md");
    let rows: Vec<_> = document.lines().filter(|line| line.starts_with("| V")).collect();
    let all: Vec<_> = rows.iter().flat_map(|row| requirements(row)).collect();
    let different: BTreeSet<_> = all.iter().collect();
    // ASVS 5.0.0 has 70 requirements of level 1, and 183 more of level 2.
    assert_eq!((all.len(), different.len()), (253, 253));
    let unclear =
        rows.iter().filter(|row| !["| met |", "| n/a |", "| open |"].iter().any(|is| row.contains(is)));
    assert_none(unclear.map(|row| (*row).to_owned()).collect(), "neither met, n/a nor open");

    let code: String = files_in("", ".rs").iter().map(|file| read(file)).collect();
    let is_there = |name: &str| match name.contains('/') || name.contains('.') {
        true => root().join(name).exists(),
        false => code.contains(&format!("fn {name}()")),
    };
    let is_name = |name: &&str| {
        let is_path = name.contains('/') && !name.starts_with('/')
            || [".md", ".toml", ".lock"].iter().any(|ending| name.ends_with(ending));
        is_path
            || name.matches('_').count() >= 2
                && name.chars().all(|one| one.is_ascii_lowercase() || one == '_' || one.is_ascii_digit())
    };
    let names_in = |text: &'_ str| -> Vec<String> {
        text.split('`').skip(1).step_by(2).filter(is_name).map(str::to_owned).collect()
    };
    let unshown = rows.iter().filter(|row| row.contains("| met |") && names_in(row).is_empty());
    assert_none(unshown.map(|row| (*row).to_owned()).collect(), "said to be met, and shown by nothing");
    let names = names_in(&document);
    assert!(names.len() > 100, "it names only {names:?}");
    let missing = names.into_iter().filter(|name| !is_there(name));
    assert_none(missing.collect(), "named in docs/security.md, and not there");
}

#[test]
fn a_release_checks_its_arithmetic() {
    let manifest = read("Cargo.toml");
    let release = manifest.split("\n[").find(|section| section.starts_with("profile.release]"));
    assert!(release.unwrap().contains("\noverflow-checks = true"), "{manifest}");
}

#[test]
fn every_flag_is_in_the_readme() {
    let readme = read("README.md");
    let config = read("server/src/config.rs");
    let variables = config.split("env = \"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    let variables: Vec<_> = variables.collect();
    assert!(variables.len() >= 5, "only {variables:?}");
    assert_none(variables.into_iter().filter(|name| !readme.contains(name)).collect(), "not in README.md");
}

#[test]
fn nothing_is_left_undone() {
    // Written apart, so that this file does not find itself.
    let marks = ["todo", "unimplemented", "dbg"].map(|name| format!("{name}!("));
    let others = ["FIX", "XX"].map(|start| format!("{start}{}", if start == "XX" { "X" } else { "ME" }));
    let waits = ["waitFor", "thread::sl"]
        .map(|start| format!("{start}{}", if start == "waitFor" { "Timeout" } else { "eep" }));
    let marks: Vec<_> = marks.into_iter().chain(others).chain(waits).collect();
    let code = files()
        .into_iter()
        .filter(|file| [".rs", ".ts", ".css", ".sh"].iter().any(|end| file.ends_with(end)));
    let found = code.flat_map(|file| {
        let text = read(&file);
        marks
            .iter()
            .filter(|mark| text.contains(*mark))
            .map(|mark| format!("{file}: {mark}"))
            .collect::<Vec<_>>()
    });
    assert_none(found.collect(), "left in the code");
}
