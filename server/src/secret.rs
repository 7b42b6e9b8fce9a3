//! Random secrets that stand for a person: of a session, a token, an invite. Whoever holds one is let in, so that it is told once and
//! only its SHA-256 is stored; with 256 random bits there is nothing to guess, and so nothing that a slow hash would add.

use anyhow::Context;
use rand::{TryRngCore, rngs::OsRng};
use sha2::{Digest, Sha256};
use std::fmt;

/// A secret in the form in which it is told. It does not show in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// What is stored of a secret, and what it is found by.
pub type SecretHash = [u8; 32];

impl Secret {
    /// What a bearer token starts with, so that people and scanners for leaked secrets know one when they see it.
    pub const TOKEN_PREFIX: &'static str = "bobbin_";

    /// A new secret, 64 hexadecimal digits behind the prefix.
    ///
    /// # Errors
    /// When the operating system has no random numbers to give.
    pub fn generate(prefix: &str) -> anyhow::Result<Self> {
        let mut bytes = [0; 32];
        OsRng.try_fill_bytes(&mut bytes).context("the operating system gave no random numbers")?;
        Ok(Self(format!("{prefix}{}", hex(&bytes))))
    }

    /// The words to tell.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What to store.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        hash(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What would be stored of a secret that somebody shows.
#[must_use]
pub fn hash(shown: &str) -> SecretHash {
    Sha256::digest(shown).into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_long_told_whole_and_never_the_same() {
        let (one, other) = (Secret::generate("").unwrap(), Secret::generate(Secret::TOKEN_PREFIX).unwrap());
        assert_eq!(one.as_str().len(), 64);
        assert_eq!(other.as_str().len(), 64 + "bobbin_".len());
        assert!(other.as_str().starts_with("bobbin_"));
        assert_ne!(one, other);
        assert_eq!(one.hash(), hash(one.as_str()));
        assert!(!format!("{one:?}").contains(one.as_str()));
    }
}
