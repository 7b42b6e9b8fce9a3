//! What a secret chat, and what was said in it, is made of.

use model::secret::{SecretMessage, SecretMessageId};
use std::fmt;

/// How far it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Phase {
    /// One is about to ask.
    Asking,
    /// The other one is asked.
    Ringing,
    /// One is asked.
    Rung,
    /// Both want to; their browsers look for a way.
    Connecting,
    /// They speak.
    Connected,
    /// The other one is gone for a moment. Nothing is sent meanwhile.
    Paused,
    /// It goes on in another tab or browser of one's own.
    Elsewhere,
    /// It is over.
    Ended(End),
}

/// Why it is over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum End {
    /// One ended it.
    ByMe,
    /// The other one did.
    ByThem,
    /// They did not want to.
    Declined,
    /// They did not answer.
    NoAnswer,
    /// The browsers found no way to each other.
    NoRoute,
    /// They took too long.
    TimedOut,
    /// The other one's tab is gone.
    Gone,
    /// Nobody said anything for a long time.
    Idle,
    /// What came was no introduction.
    Malformed,
    /// Another browser was to take the other one's place.
    Replaced,
    /// The server says why.
    Refused(String),
}

/// What one knows of who is at the other end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trust {
    /// Nobody has compared anything yet.
    Unverified,
    /// The person's browser is one whose number was compared.
    Verified,
    /// It is none of those whose numbers were compared. Nothing can be written before one has seen that.
    Changed,
    /// The two saw different numbers: somebody sits between them. Nothing can be written.
    Differs,
}

/// After how long messages vanish, in seconds.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Timer {
    /// What both agreed to.
    pub agreed: Option<u32>,
    /// What one of the two proposed.
    pub proposed: Option<Proposed>,
}

/// What one of the two proposed, which both see.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Proposed {
    /// Whether one did so oneself.
    pub is_mine: bool,
    /// After how many seconds; nothing, if messages are to stay.
    pub seconds: Option<u32>,
}

/// What the composer is for, if not for a new message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// An answer.
    Reply(SecretMessageId),
    /// Other words.
    Edit(SecretMessageId),
}

/// A file that goes from memory to memory.
#[derive(Clone, PartialEq, Eq)]
pub struct Transfer {
    /// What it is called.
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// What its sender's browser takes it for.
    pub kind: String,
    /// How far it is.
    pub progress: Progress,
}

/// Not what it is called: that is said, too.
impl fmt::Debug for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transfer").field("progress", &self.progress).finish_non_exhaustive()
    }
}

/// How far a file is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Progress {
    /// The one who gets it has not asked for it yet.
    Offered,
    /// So many bytes are there.
    Coming(u64),
    /// It is whole; the one who got it finds it there, or, where that is empty, where they chose.
    Done(String),
    /// One of the two gave it up.
    Stopped,
    /// It could not be written where it was to go.
    Unsaved,
}

impl Progress {
    /// Whether nothing changes any more.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Done(_) | Self::Stopped | Self::Unsaved)
    }
}

/// What is shown as a picture.
const PICTURES: [(&str, &[&str]); 4] = [
    ("image/png", &["png"]),
    ("image/jpeg", &["jpg", "jpeg", "jfif"]),
    ("image/gif", &["gif"]),
    ("image/webp", &["webp"]),
];

/// A message, and the file that it brings, if it does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The message.
    pub message: SecretMessage,
    /// The file.
    pub file: Option<Transfer>,
}

impl Entry {
    /// Takes away all that it says.
    pub fn empty(&mut self) {
        self.message.text = None;
        self.message.reactions = [None, None];
        self.file = None;
    }

    /// Whether it says nothing any more.
    pub fn is_empty(&self) -> bool {
        self.message.text.is_none() && self.file.is_none()
    }
}

/// Whether it is shown as a picture: if it says so by its kind and by its name, by which a system would open what is saved.
pub fn is_picture(kind: &str, name: &str) -> bool {
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    PICTURES.iter().any(|(known, endings)| *known == kind && endings.contains(&ending.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Timestamp, secret::SecretText};

    #[test]
    fn neither_words_nor_names_nor_reactions_are_printed() {
        let words = || "between us".to_owned();
        let message = SecretMessage {
            id: SecretMessageId { is_mine: true, number: 7 },
            text: SecretText::new("between us"),
            reply_to: None,
            is_edited: false,
            is_delivered: false,
            reactions: [Some(words()), Some(words())],
            at: Timestamp(0),
            vanishes_at: None,
        };
        let file = Transfer { name: words(), size: 1, kind: words(), progress: Progress::Offered };
        let printed = format!("{:?}", Entry { message, file: Some(file) });
        assert!(printed.contains("number: 7") && printed.contains("Offered"), "{printed}");
        assert!(!printed.contains("between"), "{printed}");
    }
}
