//! What a scenario measured, kept beside the documents: docs/performance/<scenario>.jsonl, the machine and the versions first, then a line for each value.

use super::{figure::Figure, machine};
use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A scenario's figures, and on what they were measured.
#[derive(Debug)]
pub struct Record {
    /// Which.
    pub scenario: String,
    /// On what.
    pub setting: Setting,
    /// What.
    pub figures: Vec<Figure>,
}

/// On what something was measured.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Setting {
    /// The machine, and its load before.
    pub machine: String,
    /// The commit.
    pub commit: String,
    /// PostgreSQL's version.
    pub postgres: String,
    /// When: a day.
    pub date: String,
}

impl Setting {
    /// As it is now: before anything is measured, or written.
    pub fn now() -> Self {
        Self {
            machine: machine::describe(),
            commit: commit(),
            postgres: said("postgres", &["--version"]),
            date: said("date", &["+%F"]),
        }
    }
}

/// The commit, and whether something but the documents that are written here was changed since.
fn commit() -> String {
    let compare = ["diff", "--quiet", "HEAD", "--", ":/", ":(top,exclude)docs"];
    let is_changed = Command::new("git").args(compare).status().is_ok_and(|status| status.code() == Some(1));
    let dirty = if is_changed { "-dirty" } else { "" };
    format!("{}{dirty}", said("git", &["describe", "--always"]))
}

impl Record {
    /// Nothing yet.
    pub fn begin(scenario: &str, setting: &Setting) -> Self {
        Self { scenario: scenario.into(), setting: setting.clone(), figures: Vec::new() }
    }

    /// Keeps it, in place of what was measured before.
    pub fn keep(&self, docs: &Path) -> anyhow::Result<()> {
        let mut lines = vec![serde_json::to_string(&self.setting)?];
        for figure in &self.figures {
            lines.push(serde_json::to_string(figure)?);
        }
        let path = path(docs, &self.scenario);
        fs::create_dir_all(path.parent().unwrap_or(docs))?;
        fs::write(&path, lines.join("\n") + "\n")
            .with_context(|| format!("{} cannot be written", path.display()))
    }

    /// What was kept. None if it was not measured.
    pub fn read(docs: &Path, scenario: &str) -> anyhow::Result<Option<Self>> {
        let Ok(text) = fs::read_to_string(path(docs, scenario)) else { return Ok(None) };
        let mut lines = text.lines();
        let setting = serde_json::from_str(lines.next().context("an empty record")?)?;
        let figures = lines.map(serde_json::from_str).collect::<Result<_, _>>()?;
        Ok(Some(Self { scenario: scenario.into(), setting, figures }))
    }
}

fn path(docs: &Path, scenario: &str) -> PathBuf {
    docs.join("performance").join(format!("{scenario}.jsonl"))
}

/// What a program says.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let words =
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    if words.is_empty() { "unknown".into() } else { words }
}
