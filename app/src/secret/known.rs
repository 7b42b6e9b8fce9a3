//! Which browsers of a person were compared. A person has several, and each is known by its own certificate: what was compared of one says nothing
//! of another one. Where the numbers differed, that is known, too: it was no browser of theirs.

use super::{number::Fingerprint, state::Trust};

/// What stands before the certificate of one that differed, as it is kept.
const DIFFERED: char = '!';

/// The certificates that were compared.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Known {
    same: Vec<Fingerprint>,
    differing: Vec<Fingerprint>,
}

impl Known {
    /// As it was kept.
    pub fn of_text(text: &str) -> Self {
        let mut known = Self::default();
        for kept in text.split(' ') {
            match kept.strip_prefix(DIFFERED) {
                Some(hex) => known.differing.extend(Fingerprint::of_hex(hex)),
                None => known.same.extend(Fingerprint::of_hex(kept)),
            }
        }
        known
    }

    /// As it is kept.
    pub fn to_text(&self) -> String {
        let same = self.same.iter().map(|fingerprint| fingerprint.to_hex());
        let differing =
            self.differing.iter().map(|fingerprint| format!("{DIFFERED}{}", fingerprint.to_hex()));
        let kept: Vec<_> = same.chain(differing).collect();
        kept.join(" ")
    }

    /// With one more, besides those that stay what they are. One that differed stays that: nobody is talked out of it later.
    pub fn with(&self, fingerprint: Fingerprint) -> Self {
        let mut all = self.clone();
        if !all.same.contains(&fingerprint) && !all.differing.contains(&fingerprint) {
            all.same.push(fingerprint);
        }
        all
    }

    /// With one that differed, whatever it was before.
    pub fn with_differing(&self, fingerprint: Fingerprint) -> Self {
        let mut all = self.clone();
        all.same.retain(|known| *known != fingerprint);
        if !all.differing.contains(&fingerprint) {
            all.differing.push(fingerprint);
        }
        all
    }

    /// How many were the same.
    pub fn count(&self) -> usize {
        self.same.len()
    }

    /// Whether nothing was compared.
    pub fn is_empty(&self) -> bool {
        self.same.is_empty() && self.differing.is_empty()
    }

    /// What is to be thought of whoever has a certificate. Where something was compared, one that was not is never taken as if nothing had been.
    pub fn trust(&self, other: Fingerprint) -> Trust {
        match self.same.as_slice() {
            _ if self.differing.contains(&other) => Trust::Differs,
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
        assert_eq!(Known::of_text(&both.to_text()), both);
        // What a browser kept that knew one certificate a person.
        assert_eq!(Known::of_text(&laptop.to_hex()), one);
        assert_eq!(Known::of_text(""), none);
    }

    #[test]
    fn what_differed_once_is_remembered_and_stays_so() {
        let (laptop, mallory) = (fingerprint("a"), fingerprint("c"));
        let warned =
            Known::default().with(laptop).with(mallory).with_differing(mallory).with_differing(mallory);
        assert_eq!((warned.count(), warned.is_empty()), (1, false));
        for known in [&warned, &warned.with(mallory), &Known::of_text(&warned.to_text())] {
            assert_eq!((known.trust(laptop), known.trust(mallory)), (Trust::Verified, Trust::Differs));
        }
        let alone = Known::of_text(&Known::default().with_differing(mallory).to_text());
        assert_eq!((alone.count(), alone.is_empty()), (0, false));
        assert_eq!((alone.trust(laptop), alone.trust(mallory)), (Trust::Unverified, Trust::Differs));
    }
}
