//! What people in the demo's world say: exchanges of a few turns, sorted by topic, with gaps that are filled anew every time.
//!
//! In the texts a turn is a line such as `A: Morning!`, a line `| so` goes on with the turn before, and a blank line ends the exchange.
//! A gap is `{one|another}`, of which one is chosen; `{dish}`, a word of that list in `words.txt`, the same throughout the exchange
//! (`{dish2}` is a different one); or `{B}`, what the second speaker is called.

use super::people::Language;
use rand::{rngs::StdRng, seq::IndexedRandom};
use std::collections::BTreeMap;

/// Everything that can be said.
#[derive(Debug)]
pub struct Corpus {
    pub exchanges: Vec<Exchange>,
    words: BTreeMap<&'static str, Vec<&'static str>>,
}

/// A few turns that belong together.
#[derive(Debug)]
pub struct Exchange {
    pub topic: &'static str,
    /// What everybody in it has to speak.
    pub languages: &'static [Language],
    /// How many people it takes.
    pub speakers: usize,
    /// Who says what, still with gaps.
    pub turns: Vec<(usize, String)>,
}

/// One-word answers, by language.
pub const REACTIONS: [&str; 2] = ["reactions", "回应"];

const ENGLISH: &[Language] = &[Language::English];
const CHINESE: &[Language] = &[Language::Chinese];

/// Topic, language and texts.
const TOPICS: [(&str, &[Language], &str); 25] = [
    ("between two", ENGLISH, include_str!("english/between_two.txt")),
    ("books", ENGLISH, include_str!("english/books.txt")),
    ("choir", ENGLISH, include_str!("english/choir.txt")),
    ("climbing", ENGLISH, include_str!("english/climbing.txt")),
    ("cooking", ENGLISH, include_str!("english/cooking.txt")),
    ("daily", ENGLISH, include_str!("english/daily.txt")),
    ("between two", ENGLISH, include_str!("english/notes.txt")),
    ("family", ENGLISH, include_str!("english/family.txt")),
    ("films", ENGLISH, include_str!("english/films.txt")),
    ("garden", ENGLISH, include_str!("english/garden.txt")),
    ("home", ENGLISH, include_str!("english/home.txt")),
    ("neighbours", ENGLISH, include_str!("english/neighbours.txt")),
    ("plans", ENGLISH, include_str!("english/plans.txt")),
    ("trip", ENGLISH, include_str!("english/trip.txt")),
    ("work", ENGLISH, include_str!("english/work.txt")),
    (REACTIONS[0], ENGLISH, include_str!("english/reactions.txt")),
    ("日常", CHINESE, include_str!("chinese/everyday.txt")),
    ("聚餐", CHINESE, include_str!("chinese/dinner.txt")),
    ("读书", CHINESE, include_str!("chinese/reading.txt")),
    ("家人", CHINESE, include_str!("chinese/family.txt")),
    ("工作", CHINESE, include_str!("chinese/work.txt")),
    ("爬山", CHINESE, include_str!("chinese/hiking.txt")),
    (REACTIONS[1], CHINESE, include_str!("chinese/reactions.txt")),
    ("mixed", &[Language::English, Language::Chinese], include_str!("other/mixed.txt")),
    ("arabic", &[Language::Arabic], include_str!("other/arabic.txt")),
];

impl Default for Corpus {
    fn default() -> Self {
        let exchanges = TOPICS.iter().flat_map(|(topic, languages, text)| {
            text.split("\n\n").map(|text| Exchange::read(topic, languages, text))
        });
        let words = include_str!("words.txt").lines().filter_map(|line| line.split_once(": "));
        Self {
            exchanges: exchanges.collect(),
            words: words.map(|(list, words)| (list, words.split(" | ").collect())).collect(),
        }
    }
}

impl Corpus {
    /// The turns of an exchange among people with these names, its gaps filled.
    pub fn speak(&self, exchange: &Exchange, names: &[&str], random: &mut StdRng) -> Vec<(usize, String)> {
        let mut filling = Filling { words: &self.words, names, chosen: BTreeMap::new(), random };
        exchange.turns.iter().map(|(speaker, text)| (*speaker, filling.fill(text))).collect()
    }
}

impl Exchange {
    fn read(topic: &'static str, languages: &'static [Language], text: &str) -> Self {
        let mut turns: Vec<(usize, String)> = Vec::new();
        for line in text.lines() {
            if let Some((speaker, words)) =
                line.split_once(": ").and_then(|(who, words)| Some((speaker(who)?, words)))
            {
                turns.push((speaker, words.into()));
            } else if let Some((_, words)) = turns.last_mut() {
                words.push('\n');
                words.push_str(line.trim_start_matches('|').trim_start_matches(' '));
            }
        }
        let is_named = |speaker: &usize| text.contains(["{A}", "{B}", "{C}", "{D}"][*speaker]);
        let speakers = turns.iter().map(|(speaker, _)| *speaker).chain((0..4).filter(is_named)).max();
        Self { topic, languages, speakers: speakers.map_or(0, |last| last + 1), turns }
    }
}

fn speaker(letter: &str) -> Option<usize> {
    ["A", "B", "C", "D"].iter().position(|one| *one == letter)
}

/// The gaps of one exchange.
struct Filling<'a> {
    words: &'a BTreeMap<&'static str, Vec<&'static str>>,
    names: &'a [&'a str],
    /// What stands for each of the lists' names so far.
    chosen: BTreeMap<String, &'static str>,
    random: &'a mut StdRng,
}

impl Filling<'_> {
    fn fill(&mut self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, gap, after)) = next_gap(rest) {
            filled.push_str(before);
            match options(gap).as_slice() {
                [name] => filled.push_str(self.word(name)),
                options => {
                    let option = options.choose(self.random).copied().unwrap_or_default();
                    let option = self.fill(option);
                    filled.push_str(&option);
                }
            }
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    fn word(&mut self, name: &str) -> &str {
        if let Some(speaker) = speaker(name) {
            return self.names.get(speaker).copied().unwrap_or_default();
        }
        if let Some(word) = self.chosen.get(name) {
            return word;
        }
        let list = self.words.get(name.trim_end_matches('2')).map_or(&[][..], Vec::as_slice);
        let free: Vec<_> =
            list.iter().filter(|word| !self.chosen.values().any(|taken| taken == *word)).collect();
        let word = free.choose(self.random).map_or("", |word| **word);
        self.chosen.insert(name.into(), word);
        word
    }
}

/// What stands before the first gap, in it, and after it.
fn next_gap(text: &str) -> Option<(&str, &str, &str)> {
    let begin = text.find('{')?;
    let mut depth = 0;
    for (at, character) in text[begin..].char_indices() {
        depth += i32::from(character == '{') - i32::from(character == '}');
        if depth == 0 {
            return Some((&text[..begin], &text[begin + 1..begin + at], &text[begin + at + 1..]));
        }
    }
    None
}

/// The parts of a gap that are not inside another.
fn options(gap: &str) -> Vec<&str> {
    let mut depth = 0;
    gap.split(|character| {
        depth += i32::from(character == '{') - i32::from(character == '}');
        depth == 0 && character == '|'
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::MessageBody;
    use rand::SeedableRng;

    #[test]
    fn gaps_are_filled_one_in_another_and_alike_throughout() {
        let corpus = Corpus::default();
        let exchange = Exchange::read("", &[], "A: {{B}|{B}} {dish}\nB: {dish}\n| {dish2}");
        let turns = corpus.speak(&exchange, &["Ann", "Ben"], &mut StdRng::seed_from_u64(1));
        let dish = turns[0].1.strip_prefix("Ben ").unwrap();
        let (same, other) = turns[1].1.split_once('\n').unwrap();
        assert_eq!(same, dish);
        assert_ne!(other, dish);
        assert!(!other.is_empty());
    }

    #[test]
    fn every_exchange_can_be_said() {
        let corpus = Corpus::default();
        let mut random = StdRng::seed_from_u64(1);
        for exchange in &corpus.exchanges {
            assert!((1..=4).contains(&exchange.speakers), "{exchange:?}");
            for (_, text) in &exchange.turns {
                for gap in gaps(text) {
                    let is_word =
                        |option: &str| corpus.words.contains_key(option) || speaker(option).is_some();
                    match options(gap).as_slice() {
                        [name] => {
                            assert!(is_word(name.trim_end_matches('2')), "no list {name:?} for {text:?}")
                        }
                        options => {
                            assert!(
                                !options.iter().any(|option| is_word(option)),
                                "gap without braces in {text:?}"
                            );
                        }
                    }
                }
            }
            for _ in 0..5 {
                for (_, text) in corpus.speak(exchange, &["Ann", "Ben", "Cleo", "Dan"], &mut random) {
                    assert!(MessageBody::new(&text).is_ok_and(|body| body.as_str() == text), "{text:?}");
                    assert!(!text.contains(['{', '}']) && !text.contains("\nB: "), "{text:?}");
                }
            }
        }
    }

    /// All gaps of a text, those inside others too.
    fn gaps(text: &str) -> Vec<&str> {
        let mut gaps = Vec::new();
        let mut rest = text;
        while let Some((_, gap, after)) = next_gap(rest) {
            gaps.push(gap);
            gaps.extend(self::gaps(gap));
            rest = after;
        }
        gaps
    }
}
