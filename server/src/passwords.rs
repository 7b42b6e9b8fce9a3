//! Passwords, kept as Argon2id with OWASP's parameters (Password Storage Cheat Sheet: 19 MiB, two passes, one lane). Hashing is meant to be
//! dear, so that it has few places: a flood of sign-ins waits here, and takes neither all cores nor all memory.

use crate::error::{Error, Result};
use anyhow::anyhow;
use argon2::{
    Argon2, PasswordHash, PasswordHasher, PasswordVerifier,
    password_hash::{self, SaltString},
};
use model::Refusal;
use rand::{TryRngCore, rngs::OsRng};
use std::{sync::Arc, thread, time::Duration};
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};

/// How long to wait for a place.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the password of somebody unknown is compared with, so that the answer takes as long as if there were such a person.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The places where passwords are hashed.
#[derive(Clone)]
pub struct Passwords {
    places: Arc<Semaphore>,
}

impl Default for Passwords {
    /// As many places as half of the cores.
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self { places: Arc::new(Semaphore::new((cores / 2).max(1))) }
    }
}

impl Passwords {
    /// What to store of a password.
    ///
    /// # Errors
    /// [`Refusal::TooManyRequests`] when all places are taken for long.
    pub async fn hash(&self, password: String) -> Result<String> {
        self.run(move || hash(&password)).await
    }

    /// Whether `password` is the one of which `stored` was kept. Without `stored` it is not, and takes as long.
    ///
    /// # Errors
    /// [`Refusal::TooManyRequests`] when all places are taken for long.
    pub async fn is_right(&self, password: String, stored: Option<String>) -> Result<bool> {
        self.run(move || is_right(&password, stored.as_deref())).await
    }

    /// Whether what is stored was made as it is made today. What was not can be made anew when its owner next shows the password.
    #[must_use]
    pub fn is_current(stored: &str) -> bool {
        let parts = |stored: &str| {
            let hash = PasswordHash::new(stored).ok()?;
            Some((hash.algorithm.to_string(), hash.version, hash.params.to_string()))
        };
        parts(stored).is_some_and(|made| Some(made) == parts(NOBODY))
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
    ) -> Result<T> {
        let Ok(place) = timeout(PATIENCE, self.places.clone().acquire_owned()).await else {
            return Err(Refusal::TooManyRequests { retry_after_s: 10 }.into());
        };
        let place = place.map_err(anyhow::Error::from)?;
        // The place goes along: whoever hangs up still takes it until the work is done.
        let done = spawn_blocking(move || {
            let result = work();
            drop(place);
            result
        });
        done.await.map_err(anyhow::Error::from)?.map_err(Error::Failed)
    }
}

fn hash(password: &str) -> anyhow::Result<String> {
    let mut salt = [0; 16];
    OsRng.try_fill_bytes(&mut salt)?;
    let salt = SaltString::encode_b64(&salt).map_err(|error| anyhow!("{error}"))?;
    let hash =
        Argon2::default().hash_password(password.as_bytes(), &salt).map_err(|error| anyhow!("{error}"))?;
    Ok(hash.to_string())
}

fn is_right(password: &str, stored: Option<&str>) -> anyhow::Result<bool> {
    let hash = PasswordHash::new(stored.unwrap_or(NOBODY)).map_err(|error| anyhow!("{error}"))?;
    match Argon2::default().verify_password(password.as_bytes(), &hash) {
        Ok(()) => Ok(stored.is_some()),
        Err(password_hash::Error::Password) => Ok(false),
        Err(error) => Err(anyhow!("{error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_by_its_hash_alone() {
        let stored = hash("correct horse").unwrap();
        assert!(!stored.contains("correct horse"));
        assert_ne!(stored, hash("correct horse").unwrap(), "every hash has a salt of its own");
        assert!(is_right("correct horse", Some(&stored)).unwrap());
        assert!(!is_right("correct horsf", Some(&stored)).unwrap());
    }

    #[test]
    fn nobody_has_no_password_and_takes_as_long() {
        let parameters = |stored: &str| stored.rsplitn(3, '$').last().map(str::to_owned);
        assert_eq!(parameters(NOBODY), parameters(&hash("x").unwrap()));
        assert!(!is_right("", None).unwrap());
    }

    #[test]
    fn what_was_made_otherwise_is_not_current() {
        assert!(Passwords::is_current(&hash("x").unwrap()));
        for (today, before) in
            [("m=19456", "m=4096"), ("t=2", "t=1"), ("argon2id", "argon2i"), ("v=19", "v=16")]
        {
            assert!(!Passwords::is_current(&NOBODY.replace(today, before)), "{before}");
        }
        assert!(!Passwords::is_current(""));
    }
}
