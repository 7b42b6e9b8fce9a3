//! Makes what the app and its glue tell each other short. wasm-bindgen gives each function that the one has from the other a name with a hash in it, which no
//! compression can shorten, and writes the glue to be read.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use wasm_encoder::{EntityType, ImportSection, Module, RawSection, reencode::Reencode};
use wasmparser::{Parser, Payload};

/// Where the app's functions come from that the glue makes.
const GLUE: &str = "./bobbin_bg.js";

/// Gives the imports of the app short names, in the app and in its glue.
pub fn shorten(wasm: &mut Vec<u8>, script: &mut Vec<u8>) -> Result<(), Box<dyn Error>> {
    let names = names(wasm)?;
    *wasm = rename(wasm, &names)?;
    *script = tidy(&rewrite(std::str::from_utf8(script)?, &names)).into_bytes();
    Ok(())
}

/// A short name for each that is imported from the glue, but for those that the glue knows in another role, too.
fn names(wasm: &[u8]) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    let (mut imported, mut exported) = (Vec::new(), BTreeSet::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import?;
                    if import.module == GLUE {
                        imported.push(import.name.to_owned());
                    }
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    exported.insert(export?.name.to_owned());
                }
            }
            _ => {}
        }
    }
    imported.retain(|name| !exported.contains(name));
    Ok(imported.into_iter().enumerate().map(|(place, name)| (name, format!("${place}"))).collect())
}

/// The app with its imports by these names. All else stays as it is, byte for byte.
fn rename(wasm: &[u8], names: &BTreeMap<String, String>) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        if let Payload::ImportSection(section) = &payload {
            let mut imports = ImportSection::new();
            for import in section.clone().into_imports() {
                let import = import?;
                let kind: EntityType = wasm_encoder::reencode::RoundtripReencoder.entity_type(import.ty)?;
                let name = names.get(import.name).filter(|_| import.module == GLUE);
                imports.import(import.module, name.map_or(import.name, String::as_str), kind);
            }
            module.section(&imports);
        } else if let Some((id, range)) = payload.as_section() {
            let data = &wasm[usize::try_from(range.start)?..usize::try_from(range.end)?];
            module.section(&RawSection { id, data });
        }
    }
    Ok(module.finish())
}

/// A script with other names.
fn rewrite(script: &str, names: &BTreeMap<String, String>) -> String {
    let is_of_name = |one: char| one.is_ascii_alphanumeric() || one == '_' || one == '$';
    let mut rest = script;
    let mut written = String::with_capacity(script.len());
    while !rest.is_empty() {
        let begin = rest.find(is_of_name).unwrap_or(rest.len());
        let end = rest[begin..].find(|one| !is_of_name(one)).map_or(rest.len(), |length| begin + length);
        let name = &rest[begin..end];
        written += &rest[..begin];
        written += names.get(name).map_or(name, String::as_str);
        rest = &rest[end..];
    }
    written
}

/// A script of wasm-bindgen's without what only its readers need: none of its strings goes over several lines.
fn tidy(script: &str) -> String {
    let lines = script.lines().map(str::trim).filter(|line| {
        !line.is_empty() && !["//", "/*", "*"].iter().any(|comment| line.starts_with(comment))
    });
    lines.map(Cow::Borrowed).collect::<Vec<_>>().join("\n")
}
