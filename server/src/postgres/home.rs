//! Where the private database lies, and as whom it runs. PostgreSQL refuses to run as root, so root hands it to the user
//! `postgres`, or `nobody`, who must own the cluster and be able to reach it.

use std::fs::{self, File, TryLockError};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// The longest path that fits into a Unix socket's address.
const LONGEST_SOCKET_PATH: usize = 107;

/// A directory that belongs to this process alone, by a lock, for as long as this value lives.
pub(super) struct Home {
    pub dir: PathBuf,
    pub socket_dir: PathBuf,
    /// Whom PostgreSQL runs as, if not as ourselves.
    pub user: Option<User>,
    lock: File,
}

/// An account other than our own.
#[derive(Clone, Copy)]
pub(super) struct User {
    pub uid: u32,
    pub gid: u32,
}

impl Home {
    /// Finds or makes the place below `data_dir`, and locks it.
    pub fn open(data_dir: &Path) -> anyhow::Result<Self> {
        let dir = find_or_make(data_dir)
            .with_context(|| format!("The data folder {} cannot be used", data_dir.display()))?;
        let cluster = dir.join("pg");
        let user = user_for(&cluster)?;
        let lock = lock(&dir)?;
        if user.is_some_and(|user| !user.may_enter(&dir)) {
            bail!(
                "The database in {} cannot be reached by the user that PostgreSQL runs as: make its parent folders searchable (chmod o+x).",
                dir.display()
            );
        }
        let socket_dir = match cluster.join(".s.PGSQL.5432").as_os_str().len() {
            0..=LONGEST_SOCKET_PATH => cluster,
            _ => PathBuf::from(format!("/tmp/bobbin-{}", uuid::Uuid::now_v7().simple())),
        };
        Ok(Self { dir, socket_dir, user, lock })
    }

    /// PostgreSQL's own directory; it exists only once `initdb` has finished it.
    pub fn cluster(&self) -> PathBuf {
        self.dir.join("pg")
    }

    /// The major version that made the cluster, such as `15`.
    pub fn version(&self) -> Option<String> {
        Some(fs::read_to_string(self.cluster().join("PG_VERSION")).ok()?.trim().to_owned())
    }

    /// Makes a directory for PostgreSQL's eyes only.
    pub fn make_private(&self, dir: &Path) -> anyhow::Result<()> {
        fs::DirBuilder::new()
            .mode(0o700)
            .create(dir)
            .with_context(|| format!("{} cannot be made", dir.display()))?;
        if let Some(User { uid, gid }) = self.user {
            chown(dir, Some(uid), Some(gid))?;
        }
        Ok(())
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // Closing it is not enough: a process that is just being started elsewhere, such as another thread's, has a copy of all that is open until
        // it becomes its program, and would keep the lock until then.
        let _ = self.lock.unlock();
        if self.socket_dir != self.cluster() {
            // Not there if PostgreSQL never started; in any case empty and harmless.
            let _ = fs::remove_dir(&self.socket_dir);
        }
    }
}

impl User {
    /// Tried rather than computed, so that access lists and mounts count too.
    fn may_enter(self, dir: &Path) -> bool {
        let test = self.command().args(["test", "-x"]).arg(dir).current_dir("/").status();
        test.is_ok_and(|status| status.success())
    }

    /// A command that runs what is appended to it as this user.
    pub fn command(self) -> Command {
        let mut command = Command::new("setpriv");
        command.args([
            format!("--reuid={}", self.uid),
            format!("--regid={}", self.gid),
            "--clear-groups".into(),
        ]);
        command
    }
}

/// `database` below the data folder. For root it is a link to a place below `/var/lib` where the user `postgres` cannot reach
/// the data folder, as below `/root`.
fn find_or_make(data_dir: &Path) -> anyhow::Result<PathBuf> {
    fs::create_dir_all(data_dir)?;
    let data_dir = data_dir.canonicalize()?;
    let dir = data_dir.join("database");
    if !dir.is_symlink() && !dir.exists() {
        let shut_out = user_for(&dir)?.is_some_and(|user| !user.may_enter(&data_dir));
        if shut_out {
            let elsewhere = Path::new("/var/lib/bobbin").join(uuid::Uuid::now_v7().to_string());
            make_searchable(Path::new("/var/lib/bobbin"))?;
            make_searchable(&elsewhere)?;
            symlink(&elsewhere, &dir)?;
        } else {
            make_searchable(&dir)?;
        }
    }
    let place = dir.canonicalize()?;
    if place != dir {
        tracing::info!("The database is in {}, where {} leads.", place.display(), dir.display());
    }
    Ok(place)
}

/// Makes a directory that others can pass through but not list, whatever our umask says.
fn make_searchable(dir: &Path) -> std::io::Result<()> {
    fs::create_dir_all(dir)?;
    fs::set_permissions(dir, fs::Permissions::from_mode(0o711))
}

fn lock(dir: &Path) -> anyhow::Result<File> {
    let path = dir.join("lock");
    let file = File::create(&path).with_context(|| format!("{} cannot be opened", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(
            "Another Bobbin is using the database in {}: stop it, or choose another data folder.",
            dir.display()
        ),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("{} cannot be locked", path.display()))
        }
    }
}

/// The owner of an existing cluster; for a new one ourselves, unless we are root.
fn user_for(cluster: &Path) -> anyhow::Result<Option<User>> {
    let ourselves = rustix::process::geteuid();
    let owner = fs::metadata(cluster).ok().map(|about| User { uid: about.uid(), gid: about.gid() });
    match owner {
        Some(owner) if owner.uid == ourselves.as_raw() => Ok(None),
        Some(owner) if ourselves.is_root() => Ok(Some(owner)),
        Some(owner) => bail!(
            "The database in {} belongs to the user with the number {}: start Bobbin as that user, or as root.",
            cluster.display(),
            owner.uid
        ),
        None if ourselves.is_root() => {
            let accounts = fs::read_to_string("/etc/passwd").context("/etc/passwd cannot be read")?;
            let user = find_user(&accounts, "postgres").or_else(|| find_user(&accounts, "nobody"));
            Ok(Some(user.context(
                "PostgreSQL does not run as root, and there is neither a user named postgres nor nobody.",
            )?))
        }
        None => Ok(None),
    }
}

fn find_user(accounts: &str, name: &str) -> Option<User> {
    let fields: Vec<&str> = accounts
        .lines()
        .map(|line| line.split(':').collect())
        .find(|fields: &Vec<_>| fields.first() == Some(&name))?;
    Some(User { uid: fields.get(2)?.parse().ok()?, gid: fields.get(3)?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_of_the_lock_in_a_process_that_is_just_being_started_keeps_nobody_out() {
        let dir = std::env::temp_dir().join(format!("bobbin-test-{}", uuid::Uuid::now_v7().simple()));
        fs::create_dir_all(&dir).unwrap();
        let lock = lock(&dir).unwrap();
        // As a process has it between fork and exec.
        let copy = lock.try_clone().unwrap();
        let home = Home { socket_dir: dir.join("pg"), dir: dir.clone(), user: None, lock };
        assert!(super::lock(&dir).is_err(), "one at a time");
        drop(home);
        assert!(super::lock(&dir).is_ok(), "it was let go");
        drop(copy);
        fs::remove_dir_all(&dir).unwrap();
    }
}
