//! Where PostgreSQL's programs are.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// A directory with `initdb` and `postgres` in it.
pub(super) struct Programs {
    dir: PathBuf,
}

impl Programs {
    /// Looks in `chosen` alone if it is given, else on `PATH`, then where Debian puts them, the newest first. An existing cluster
    /// can be served only by the major version that made it.
    pub fn find(chosen: Option<&Path>, wanted: Option<&str>) -> anyhow::Result<Self> {
        let places = match chosen {
            Some(dir) => vec![dir.to_owned()],
            None => usual_places(),
        };
        // Links are followed, because `initdb` looks for `postgres` beside itself.
        let found = places
            .iter()
            .filter_map(|dir| dir.join("initdb").canonicalize().ok()?.parent().map(Path::to_owned));
        let found: Vec<(PathBuf, String)> =
            found.filter_map(|dir| Some((dir.clone(), major_version(&dir)?))).collect();
        if let Some((dir, _)) =
            found.iter().find(|(_, version)| wanted.is_none_or(|wanted| wanted == version))
        {
            return Ok(Self { dir: dir.clone() });
        }
        match (chosen, wanted, found.first()) {
            (_, Some(wanted), Some((dir, version))) => bail!(
                "The database was made by PostgreSQL {wanted}, and {} has only {version}: install the package postgresql-{wanted}.",
                dir.display()
            ),
            (Some(chosen), ..) => bail!("There is no PostgreSQL in {}.", chosen.display()),
            _ => bail!(
                "There is no PostgreSQL on this machine: install the package postgresql, or give a DATABASE_URL."
            ),
        }
    }

    /// The path of one of the programs.
    pub fn path(&self, program: &str) -> PathBuf {
        self.dir.join(program)
    }
}

fn usual_places() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            Some((entry.as_ref().ok()?.file_name().to_str()?.parse().ok()?, entry.ok()?.path().join("bin")))
        })
        .collect();
    versions.sort_by(|(one, _), (other, _)| other.cmp(one));
    std::env::split_paths(&path).chain(versions.into_iter().map(|(_, dir)| dir)).collect()
}

/// `15` for `postgres (PostgreSQL) 15.18 (Debian ...)`.
fn major_version(dir: &Path) -> Option<String> {
    let output =
        Command::new(dir.join("postgres")).arg("--version").output().context("not a program").ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.split_whitespace().nth(2)?.split('.').next()?.to_owned())
}
