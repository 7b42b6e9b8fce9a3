//! How somebody wants Bobbin to look: light or dark, and how large the text. Forms, cookies and style sheets know it by words.

/// What was chosen. The default is what the browser asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Appearance {
    /// Light or dark.
    pub theme: Theme,
    /// How large the text is.
    pub text_size: TextSize,
}

/// Light or dark.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Theme {
    /// As the system is.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How large the text is, and with it all that is measured by it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TextSize {
    /// Smaller than browsers have it.
    Small,
    /// As the browser has it.
    #[default]
    Usual,
    /// Larger.
    Large,
    /// Larger still.
    Largest,
}

impl Theme {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word that forms, cookies and style sheets know it by.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl TextSize {
    /// All of them, the smallest first.
    pub const ALL: [Self; 4] = [Self::Small, Self::Usual, Self::Large, Self::Largest];

    /// The word that forms, cookies and style sheets know it by.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Usual => "usual",
            Self::Large => "large",
            Self::Largest => "largest",
        }
    }
}

impl Appearance {
    /// What two words say, in the order in which [`Self::words`] has them. A word that is none of ours is the default.
    #[must_use]
    pub fn of_words(theme: &str, text_size: &str) -> Self {
        Self {
            theme: Theme::ALL.into_iter().find(|known| known.word() == theme).unwrap_or_default(),
            text_size: TextSize::ALL.into_iter().find(|known| known.word() == text_size).unwrap_or_default(),
        }
    }

    /// Its words.
    #[must_use]
    pub fn words(self) -> (&'static str, &'static str) {
        (self.theme.word(), self.text_size.word())
    }
}
