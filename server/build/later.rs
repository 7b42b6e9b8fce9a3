//! Takes out of wasm-bindgen's glue what only those parts of the app call that are loaded later, and has it loaded with the first of them.

use std::collections::BTreeSet;
use std::error::Error;

/// A piece of the glue.
struct Piece<'a> {
    place: usize,
    role: Role,
    name: &'a str,
    lines: Vec<&'a str>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// What the app imports by this name.
    Import,
    /// What stands at the outermost level, and does nothing by itself.
    Declaration,
    /// What has to stay where it is.
    Other,
}

/// The loader of those parts, as wasm-split writes it, that has the rest of the glue come with the first of them, and its words.
pub fn bring(loader: &str) -> Result<String, Box<dyn Error>> {
    let wait = "await Promise.all(parallelStuff);";
    if !loader.contains(wait) {
        return Err("the loader of what is loaded later is not as it was".into());
    }
    let loader = loader.replace(wait, "await Promise.all([...parallelStuff, later()]);");
    Ok(loader + include_str!("later.js"))
}

/// What the app calls one of its imports.
pub fn name(place: usize) -> String {
    format!("${place}")
}

/// The glue in two: what is loaded with the app, and what is loaded later, which is what is imported by these names and what nothing else uses. `count` is
/// how many imports there are in all.
pub fn part(script: &str, wanted_later: &BTreeSet<String>, count: usize) -> (String, String) {
    let (later, mut now): (Vec<_>, Vec<_>) = pieces(script)
        .into_iter()
        .partition(|piece| piece.role == Role::Import && wanted_later.contains(piece.name));
    let mut used: BTreeSet<&str> = BTreeSet::new();
    let mut kept: Vec<Piece> = Vec::new();
    // What stays uses more, which then stays, too.
    loop {
        let (stays, others): (Vec<_>, Vec<_>) =
            now.into_iter().partition(|piece| piece.role != Role::Declaration || used.contains(piece.name));
        now = others;
        if stays.is_empty() {
            break;
        }
        used.extend(stays.iter().flat_map(|piece| &piece.lines).flat_map(|line| names(line)));
        kept.extend(stays);
    }
    kept.sort_by_key(|piece| piece.place);
    let moved = std::mem::replace(&mut now, kept);

    let of_later: BTreeSet<&str> =
        later.iter().chain(&moved).flat_map(|piece| &piece.lines).flat_map(|line| names(line)).collect();
    let shared: BTreeSet<&str> = now
        .iter()
        .flat_map(|piece| &piece.lines)
        .flat_map(|line| declared(line))
        .filter(|name| of_later.contains(name))
        .collect();
    let shared = Vec::from_iter(shared).join(", ");

    // Until it is there, each import that comes later has a function in its place that looks for it when it is called.
    let stubs = format!(
        "for (let n = 0; n < {count}; n++) {{ const name = \"$\" + n; import0[name] ??= (...given) => later[name](...given); }}"
    );
    let text = |pieces: &[Piece]| {
        pieces.iter().flat_map(|piece| &piece.lines).fold(String::new(), |text, line| text + line + "\n")
    };
    let mut script = text(&now).replacen("\n    return {", &format!("\n{stubs}\n    return {{"), 1);
    script += &format!("export const later = {{}};\nexport {{ {shared} }};\n");
    let later = format!(
        "import {{ later, {shared} }} from \"./bobbin.js\";\n{}Object.assign(later, {{\n{}}});\n",
        text(&moved),
        text(&later)
    );
    (script, later)
}

/// The glue in pieces, as wasm-bindgen indents it.
fn pieces(script: &str) -> Vec<Piece<'_>> {
    let mut pieces: Vec<Piece> = Vec::new();
    let (mut end, mut is_among_imports) = (None, false);
    for line in script.lines() {
        if let Some(wanted) = end {
            if let Some(piece) = pieces.last_mut() {
                piece.lines.push(line);
            }
            if line.starts_with(wanted) {
                end = None;
            }
            continue;
        }
        is_among_imports = line == "    const import0 = {" || is_among_imports && line != "    };";
        let import = line.strip_prefix("        ").filter(|rest| is_among_imports && !rest.starts_with(' '));
        let (role, name) = if let Some((name, _)) = import.and_then(|rest| rest.split_once(": ")) {
            end = line.ends_with('{').then_some("        }");
            (Role::Import, name)
        } else if let Some(rest) = line.strip_prefix("function ").filter(|_| line.ends_with('{')) {
            end = (!line.starts_with("function __wbg_get_imports")).then_some("}");
            let role = if end.is_some() { Role::Declaration } else { Role::Other };
            (role, rest.split('(').next().unwrap_or_default())
        } else if let Some(rest) = line.strip_prefix("const __wbindgen_enum_").filter(|_| line.ends_with(';'))
        {
            let length = rest.find(' ').unwrap_or_default();
            (Role::Declaration, &line["const ".len()..line.len() - rest.len() + length])
        } else {
            (Role::Other, "")
        };
        pieces.push(Piece { place: pieces.len(), role, name, lines: vec![line] });
    }
    pieces
}

/// What a line at the outermost level declares.
pub fn declared(line: &str) -> Vec<&str> {
    let Some(rest) =
        ["function ", "async function ", "const ", "let "].iter().find_map(|word| line.strip_prefix(word))
    else {
        return Vec::new();
    };
    let end = rest.find(['(', '=', ';']).unwrap_or(rest.len());
    rest[..end].split(',').map(str::trim).collect()
}

/// The names in a line, and what else looks like one.
fn names(line: &str) -> impl Iterator<Item = &str> {
    line.split(|one: char| !super::glue::is_of_name(one)).filter(|name| !name.is_empty())
}
