//! What the fuzzer starts from, and what it found: every file of its corpora, against the properties that it looks after.

#[path = "../../fuzz/src/properties.rs"]
mod properties;

use std::{fs, path::Path};

fn replay(name: &str, property: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let data = fs::read(&path).unwrap();
        // Said if it panics.
        println!("{}", path.display());
        property(&data);
        count += 1;
    }
    assert!(count >= 20, "{count} files in {}", folder.display());
}

#[test]
fn frames_are_read_as_they_are_written() {
    replay("frames", properties::frames);
}

#[test]
fn marks_become_what_is_allowed_and_nothing_else() {
    replay("markdown", properties::markdown);
}

#[test]
fn names_are_names() {
    replay("names", properties::names);
}

#[test]
fn addresses_lead_where_they_were_found() {
    replay("addresses", properties::addresses);
}

#[test]
fn forms_are_read_to_their_end_or_refused() {
    replay("forms", properties::forms);
}

#[test]
fn images_stay_what_they_are() {
    replay("images", properties::images);
}
