//! The safety number: what two people compare to know that nobody sits between their browsers. It is made of the fingerprints of both browsers'
//! certificates (RFC 8122), which DTLS checks against what the browsers really use (RFC 8827, section 6.5): whoever sits in between has other ones.

use sha2::{Digest, Sha512};

/// What is hashed before the fingerprints, so that a number is never one of something else.
const PURPOSE: &[u8] = b"Bobbin safety number 1";
/// How many groups of five digits there are, as in Signal's.
const GROUPS: usize = 12;
/// A group is this many bytes of the hash, as a number modulo 100,000.
const GROUP_BYTES: usize = 5;

/// The SHA-256 of a certificate.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Out of a session description (RFC 8122, section 5). Nothing if there is none, or several that differ: one certificate is one browser. Nothing either
    /// where another reader might find another one: some take names in any case, with something behind them, and stop at a second beginning.
    pub fn of_description(sdp: &str) -> Option<Self> {
        let mut found = None;
        for (place, line) in sdp.lines().enumerate() {
            let line = line.trim();
            if place > 0 && line.get(..2).is_some_and(|begin| begin.eq_ignore_ascii_case("v=")) {
                return None;
            }
            let Some(name) = line.get(.."a=fingerprint".len()) else { continue };
            if !name.eq_ignore_ascii_case("a=fingerprint") {
                continue;
            }
            let fingerprint = Self::of_hex(line.strip_prefix("a=fingerprint:sha-256 ")?)?;
            if found.is_some_and(|before| before != fingerprint) {
                return None;
            }
            found = Some(fingerprint);
        }
        found
    }

    /// From hexadecimal digits, with or without colons.
    pub fn of_hex(text: &str) -> Option<Self> {
        let digits: Vec<u8> =
            text.bytes().filter(|byte| *byte != b':').map(digit_of).collect::<Option<_>>()?;
        let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        (digits.len() == 64).then(|| bytes.try_into().ok().map(Self)).flatten()
    }

    /// As hexadecimal digits.
    pub fn to_hex(self) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
        self.0.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }
}

fn digit_of(byte: u8) -> Option<u8> {
    Some(match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'f' => byte - b'a' + 10,
        b'A'..=b'F' => byte - b'A' + 10,
        _ => return None,
    })
}

/// Twelve groups of five digits, the same for both: every bit of both fingerprints counts.
pub fn of(one: Fingerprint, other: Fingerprint) -> Vec<String> {
    let (first, second) = if one < other { (one, other) } else { (other, one) };
    let hash = Sha512::new().chain_update(PURPOSE).chain_update(first.0).chain_update(second.0).finalize();
    let group = |bytes: &[u8]| {
        let value = bytes.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte)) % 100_000;
        let digits = (100_000 + value).to_string();
        digits[1..].to_owned()
    };
    hash.chunks_exact(GROUP_BYTES).take(GROUPS).map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint(byte: u8) -> Fingerprint {
        Fingerprint([byte; 32])
    }

    #[test]
    fn both_see_the_same_number_and_every_bit_counts() {
        let number = of(fingerprint(1), fingerprint(2));
        assert_eq!(number, of(fingerprint(2), fingerprint(1)));
        assert_eq!(number.len(), GROUPS);
        assert!(
            number.iter().all(|group| group.len() == 5 && group.bytes().all(|byte| byte.is_ascii_digit()))
        );
        for bit in 0..256 {
            let mut other = [2; 32];
            other[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(of(fingerprint(1), Fingerprint(other)), number, "bit {bit} makes no difference");
        }
    }

    #[test]
    fn a_fingerprint_is_read_out_of_what_a_browser_describes() {
        let hex = "AB:".repeat(31) + "0f";
        let sdp = format!("v=0\r\na=group:BUNDLE 0\r\na=fingerprint:sha-256 {hex}\r\na=setup:actpass\r\n");
        let fingerprint = Fingerprint::of_description(&sdp).unwrap();
        assert_eq!(fingerprint.to_hex(), "ab".repeat(31) + "0f");
        assert_eq!(Fingerprint::of_hex(&fingerprint.to_hex()), Some(fingerprint));
        let two = format!("{sdp}a=fingerprint:sha-256 {}\r\n", "00:".repeat(31) + "00");
        let weak = sdp.replace("sha-256", "sha-1");
        let other = "00:".repeat(31) + "00";
        let in_capitals = format!("v=0\r\na=Fingerprint:sha-256 {other}\r\n{}", &sdp[5..]);
        let longer = format!("{sdp}a=fingerprints:sha-256 {other}\r\n");
        let begun_again = format!("v=0\r\na=setup:actpass\r\n{sdp}");
        for wrong in [
            "",
            "v=0",
            &two,
            &weak,
            &in_capitals,
            &longer,
            &begun_again,
            "a=fingerprint:sha-256 AB",
            "a=fingerprint:sha-256 zz",
        ] {
            assert_eq!(Fingerprint::of_description(wrong), None, "{wrong}");
        }
    }
}
