//! Makes one style sheet out of `style/main.css` and what it imports.

use std::fs;
use std::io::{Error, Result};
use std::path::Path;

/// The imported files in their order, without comments. Imports stand on lines of their own and do not nest.
pub fn bundle(main: &Path) -> Result<String> {
    let mut sheet = String::new();
    for line in read(main)?.lines() {
        let import = line.trim().strip_prefix("@import").and_then(|rest| rest.split('"').nth(1));
        match (import, main.parent()) {
            (Some(name), Some(folder)) => sheet.push_str(&read(&folder.join(name))?),
            _ => sheet.push_str(line),
        }
        sheet.push('\n');
    }
    let lines: Vec<&str> = sheet.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    Ok(lines.join("\n"))
}

fn read(path: &Path) -> Result<String> {
    let text =
        fs::read_to_string(path).map_err(|error| Error::other(format!("{}: {error}", path.display())))?;
    Ok(without_comments(&text))
}

fn without_comments(css: &str) -> String {
    let mut parts = css.split("/*");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str(part.split_once("*/").map_or("", |(_, rest)| rest));
    }
    kept
}
