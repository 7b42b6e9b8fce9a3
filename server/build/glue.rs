//! Makes what the app and its glue tell each other short. wasm-bindgen gives each function that the one has from the other a name with a hash in it, which no
//! compression can shorten, and writes the glue to be read.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use wasm_encoder::{
    EntityType, ExportSection, ImportSection, Module, RawSection,
    reencode::{Reencode, RoundtripReencoder},
};
use wasmparser::{Operator, Parser, Payload, TypeRef};

use crate::{later, order};

/// Where the app's functions come from that the glue makes.
const GLUE: &str = "./bobbin_bg.js";

/// Gives the imports of the app short names, in the app and in its glue. What only those parts of it call that are loaded later comes out of the glue:
/// gives the script with that.
pub fn shorten(wasm: &mut Vec<u8>, script: &mut Vec<u8>) -> Result<Vec<u8>, Box<dyn Error>> {
    let imports = Imports::of(wasm)?;
    let (now, later) = later::part(std::str::from_utf8(script)?, &imports.uncalled, imports.names.len());
    let helpers = now.lines().flat_map(later::declared).filter(|name| is_helper(name)).map(str::to_owned);
    let long = imports.names.iter().chain(&imports.adapters).cloned().chain(helpers);
    let names: BTreeMap<_, _> = long.zip((0..).map(later::name)).collect();
    *script = tidy(&rewrite(&now, &names)).into_bytes();
    *wasm = order::arrange(&rename(wasm, &names)?)?;
    Ok(tidy(&rewrite(&later, &names)).into_bytes())
}

/// What the app has from the glue.
struct Imports {
    /// All, but for those that the glue knows in another role, too.
    names: Vec<String>,
    /// Those that the app itself does not call.
    uncalled: BTreeSet<String>,
    /// What the app exports by names that are as long: what wasm-bindgen needs of it.
    adapters: Vec<String>,
}

impl Imports {
    fn of(wasm: &[u8]) -> Result<Self, Box<dyn Error>> {
        let (mut imported, mut exported) = (Vec::new(), BTreeSet::new());
        // The functions that are imported, from the glue or not, in the order of their numbers.
        let (mut functions, mut called) = (Vec::new(), BTreeSet::new());
        // The app's own functions that only call an import.
        let (mut stand_ins, mut count) = (Vec::new(), 0);
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        if matches!(import.ty, TypeRef::Func(_)) {
                            functions.push(import.name);
                        }
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
                Payload::CodeSectionEntry(body) => {
                    let (mut calls, mut only_calls) = (Vec::new(), true);
                    for operator in body.get_operators_reader()? {
                        match operator? {
                            Operator::Call { function_index } => calls.push(usize::try_from(function_index)?),
                            Operator::LocalGet { .. } | Operator::End => {}
                            _ => only_calls = false,
                        }
                    }
                    match calls.as_slice() {
                        // The parts call the app by a table, in which an import cannot stand as it is.
                        [import] if only_calls && *import < functions.len() => {
                            stand_ins.push((count, *import));
                        }
                        _ => called.extend(calls),
                    }
                    count += 1;
                }
                _ => {}
            }
        }
        imported.retain(|name| !exported.contains(name));
        for (place, import) in stand_ins {
            if called.contains(&(functions.len() + place)) {
                called.insert(import);
            }
        }
        let called: BTreeSet<_> =
            called.into_iter().filter_map(|place| functions.get(place).copied()).collect();
        let uncalled = imported.iter().filter(|name| !called.contains(name.as_str())).cloned().collect();
        let adapters = exported.into_iter().filter(|name| name.contains("bindgen_")).collect();
        Ok(Self { names: imported, uncalled, adapters })
    }
}

/// The app with its imports and exports by these names. All else stays as it is, byte for byte.
fn rename(wasm: &[u8], names: &BTreeMap<String, String>) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        if let Payload::ImportSection(section) = &payload {
            let mut imports = ImportSection::new();
            for import in section.clone().into_imports() {
                let import = import?;
                let kind: EntityType = RoundtripReencoder.entity_type(import.ty)?;
                let name = names.get(import.name).filter(|_| import.module == GLUE);
                imports.import(import.module, name.map_or(import.name, String::as_str), kind);
            }
            module.section(&imports);
        } else if let Payload::ExportSection(section) = &payload {
            let mut exports = ExportSection::new();
            for export in section.clone() {
                let export = export?;
                let kind = RoundtripReencoder.export_kind(export.kind)?;
                exports.export(
                    names.get(export.name).map_or(export.name, String::as_str),
                    kind,
                    export.index,
                );
            }
            module.section(&exports);
        } else if let Some((id, range)) = payload.as_section() {
            let data = &wasm[usize::try_from(range.start)?..usize::try_from(range.end)?];
            module.section(&RawSection { id, data });
        }
    }
    Ok(module.finish())
}

/// A script with other names.
fn rewrite(script: &str, names: &BTreeMap<String, String>) -> String {
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

/// Whether a name that the glue declares is its own affair, and looks like no word of a text in it.
fn is_helper(name: &str) -> bool {
    name != "initSync" && name.contains(|one: char| one.is_ascii_uppercase() || one == '_')
}

/// Whether a character can be part of a name.
pub fn is_of_name(one: char) -> bool {
    one.is_ascii_alphanumeric() || one == '_' || one == '$'
}

/// A script of wasm-bindgen's without what only its readers need: none of its strings goes over several lines.
pub fn tidy(script: &str) -> String {
    let lines = script.lines().map(str::trim).filter(|line| {
        !line.is_empty() && !["//", "/*", "*"].iter().any(|comment| line.starts_with(comment))
    });
    lines.collect::<Vec<_>>().join("\n")
}
