//! Which language is spoken: the request's, for as long as it is worked on. What is drawn and refused meanwhile is said in it, without being
//! told.

use crate::{TABLES, TAGS};
use icu_locale::{LanguageIdentifier, Locale, LocaleExpander};
use std::{
    cell::Cell,
    pin::Pin,
    task::{Context, Poll},
};

/// A language that we speak.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Language(usize);

thread_local! {
    static SPOKEN: Cell<Language> = Cell::new(Language::default());
}

/// English: what is spoken where nobody says otherwise.
impl Default for Language {
    fn default() -> Self {
        Self::of_tag("en").unwrap_or(Self(0))
    }
}

impl Language {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..TAGS.len()).map(Self)
    }

    /// The one that is spoken just now.
    #[must_use]
    pub fn current() -> Self {
        SPOKEN.get()
    }

    /// The one of that tag, such as `zh-Hans`.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        TAGS.iter().position(|known| *known == tag).map(Self)
    }

    /// The one that suits best what a browser says in `Accept-Language` (RFC 9110, section 12.5.4).
    #[must_use]
    pub fn accepted(header: &str) -> Option<Self> {
        let mut wanted: Vec<(f32, &str)> = header
            .split(',')
            .filter_map(|item| {
                let (tag, quality) = item.split_once(";q=").unwrap_or((item, "1"));
                let quality: f32 = quality.trim().parse().ok()?;
                (quality > 0.0).then_some((quality, tag.trim()))
            })
            .collect();
        wanted.sort_by(|(left, _), (right, _)| right.total_cmp(left));
        wanted.into_iter().find_map(|(_, tag)| Self::suiting(tag))
    }

    /// The one of the same language and script: `zh-CN` is read in Simplified Chinese, `zh-TW` is not.
    fn suiting(tag: &str) -> Option<Self> {
        let expander = LocaleExpander::new_extended();
        let script = |tag: &str| {
            let mut language: LanguageIdentifier = tag.parse().ok()?;
            expander.maximize(&mut language);
            Some((language.language, language.script))
        };
        let wanted = script(tag)?;
        Self::all().find(|language| script(language.tag()) == Some(wanted))
    }

    /// Where it is in lists that have an entry for each language.
    #[must_use]
    pub fn place(self) -> usize {
        self.0
    }

    /// Its tag (BCP 47).
    #[must_use]
    pub fn tag(self) -> &'static str {
        TAGS[self.0]
    }

    /// What it calls itself.
    #[must_use]
    pub fn name(self) -> &'static str {
        speak(self, crate::language::name)
    }

    /// What a browser loads of it.
    #[must_use]
    pub fn table(self) -> &'static str {
        TABLES[self.0]
    }

    pub(crate) fn locale(self) -> Locale {
        self.tag().parse().unwrap_or(Locale::UNKNOWN)
    }
}

/// Does something in a language.
pub fn speak<T>(language: Language, act: impl FnOnce() -> T) -> T {
    struct Before(Language);
    // Also when `act` panics: the thread goes on with other requests.
    impl Drop for Before {
        fn drop(&mut self) {
            SPOKEN.set(self.0);
        }
    }
    let _before = Before(SPOKEN.replace(language));
    act()
}

/// A future whose every step is done in a language.
pub struct Speaking<F> {
    language: Language,
    future: Pin<Box<F>>,
}

impl<F> Speaking<F> {
    /// Has it done in a language.
    pub fn new(language: Language, future: F) -> Self {
        Self { language, future: Box::pin(future) }
    }
}

impl<F: Future> Future for Speaking<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let language = self.language;
        speak(language, || self.future.as_mut().poll(context))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_gets_the_language_that_suits_it_best() {
        for (header, tag) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Some("zh-Hans")),
            ("zh", Some("zh-Hans")),
            ("zh-SG", Some("zh-Hans")),
            ("zh-Hans-CN", Some("zh-Hans")),
            ("zh-TW,en;q=0.8", Some("en")),
            ("en-GB;q=0.5, zh-CN", Some("zh-Hans")),
            ("fr-FR,fr;q=0.9,en-US;q=0.8,zh-CN;q=0.7", Some("en")),
            ("zh-CN;q=0,en", Some("en")),
            ("fr,tlh", None),
            ("*", None),
            ("", None),
            (";;;q=,x=1,\u{7f}", None),
        ] {
            assert_eq!(Language::accepted(header).map(Language::tag), tag, "{header}");
        }
    }

    #[test]
    fn a_language_is_spoken_only_meanwhile() {
        let chinese = Language::of_tag("zh-Hans").unwrap();
        let before = Language::current();
        assert_eq!(speak(chinese, Language::current), chinese);
        assert!(std::panic::catch_unwind(|| speak(chinese, || panic!("here"))).is_err());
        assert_eq!(Language::current(), before);
    }
}
