//! Which offer an answer is to. While two look for another way, one offers again and again, and an answer to an earlier offer may come after a later
//! one was made: taken as the answer to that, it would lead nowhere. So an answer names its offer, by what ICE calls each attempt.

/// Before the name, in a line of its own behind the answer.
const NAME: &str = "a=bobbin-offer:";

/// What an attempt is called in a description: each has another one (RFC 8839, section 5.4).
fn name(description: &str) -> Option<&str> {
    description.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).map(str::trim)
}

/// An answer that says to which offer it is.
pub fn named(answer: &str, offer: &str) -> String {
    match name(offer) {
        Some(name) => [answer, NAME, name, "\r\n"].concat(),
        None => answer.to_owned(),
    }
}

/// An answer, if it is to this offer, as the other browser made it. One of a page that is older than this does not say.
pub fn to<'a>(answer: &'a str, offer: &str) -> Option<&'a str> {
    match answer.split_once(NAME) {
        Some((answer, named)) => (Some(named.trim()) == name(offer)).then_some(answer),
        None => Some(answer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_to_the_offer_that_it_names() {
        let describe = |name: &str| format!("v=0\r\nm=application\r\na=ice-ufrag:{name}\r\na=ice-pwd:x\r\n");
        let (first, second, answer) = (describe("aB+/"), describe("aB+"), describe("other"));
        let to_first = named(&answer, &first);
        assert_eq!(to(&to_first, &first), Some(&*answer));
        assert_eq!(to(&to_first, &second), None);
        assert_eq!(to(&answer, &second), Some(&*answer), "it does not say");
        assert_eq!(to(&to_first, "v=0\r\n"), None);
        assert_eq!(named(&answer, "v=0\r\n"), answer);
    }
}
