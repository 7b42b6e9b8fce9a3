//! Which browsers of a person were compared. A person has several, and each is known by its own certificate: what was compared of one says nothing
//! of another one.

use super::{number::Fingerprint, state::Trust};

/// The certificates that were compared.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Known(Vec<Fingerprint>);

impl Known {
    /// As it was kept.
    pub fn of_text(text: &str) -> Self {
        Self(text.split(' ').filter_map(Fingerprint::of_hex).collect())
    }

    /// As it is kept.
    pub fn to_text(&self) -> String {
        let kept: Vec<_> = self.0.iter().map(|fingerprint| fingerprint.to_hex()).collect();
        kept.join(" ")
    }

    /// With one more, besides those that stay what they are.
    pub fn with(&self, fingerprint: Fingerprint) -> Self {
        let mut all = self.without(fingerprint);
        all.0.push(fingerprint);
        all
    }

    /// Without one.
    pub fn without(&self, fingerprint: Fingerprint) -> Self {
        Self(self.0.iter().copied().filter(|known| *known != fingerprint).collect())
    }

    /// How many they are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// What is to be thought of whoever has a certificate. Where something was compared, one that was not is never taken as if nothing had been.
    pub fn trust(&self, other: Fingerprint) -> Trust {
        match self.0.as_slice() {
            [] => Trust::Unverified,
            known if known.contains(&other) => Trust::Verified,
            _ => Trust::Changed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint(digit: &str) -> Fingerprint {
        Fingerprint::of_hex(&digit.repeat(64)).unwrap()
    }

    #[test]
    fn each_browser_of_a_person_is_compared_by_itself() {
        let (laptop, phone, mallory) = (fingerprint("a"), fingerprint("b"), fingerprint("c"));
        let none = Known::default();
        assert_eq!(none.trust(laptop), Trust::Unverified);
        let one = none.with(laptop);
        assert_eq!((one.trust(laptop), one.trust(phone)), (Trust::Verified, Trust::Changed));
        let both = one.with(phone).with(laptop);
        assert_eq!(both.count(), 2);
        assert_eq!((both.trust(laptop), both.trust(phone)), (Trust::Verified, Trust::Verified));
        assert_eq!(both.trust(mallory), Trust::Changed);
        let left = both.without(laptop);
        assert_eq!((left.trust(laptop), left.trust(phone)), (Trust::Changed, Trust::Verified));
        assert_eq!(Known::of_text(&both.to_text()), both);
        // What a browser kept that knew one certificate a person.
        assert_eq!(Known::of_text(&laptop.to_hex()), one);
        assert_eq!(Known::of_text(""), none);
    }
}
