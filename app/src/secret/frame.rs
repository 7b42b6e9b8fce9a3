//! What the two browsers say to each other over their channel: a text frame each, besides the pieces of files, which are bytes.

use model::secret::{SecretMessageId, SecretText};
use serde::{Deserialize, Serialize};
use std::{fmt, mem};

/// A message, as the one who speaks of it sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Place {
    /// Whether it is theirs.
    #[serde(rename = "m")]
    pub is_mine: bool,
    /// See [`SecretMessageId`].
    #[serde(rename = "n")]
    pub number: u32,
}

/// After how many seconds messages are to vanish, as one of the two proposed it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Proposal {
    /// Whether it is of the one who hears it.
    pub is_yours: bool,
    /// Nothing, if they are to stay.
    pub seconds: Option<u32>,
}

/// What is said.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frame {
    /// A message, and after how many seconds it vanishes, by what was agreed when it was said.
    Say { number: u32, text: String, reply_to: Option<Place>, lasts: Option<u32> },
    /// A message has come, and is on the screen.
    Got { number: u32 },
    /// A message says something else now.
    Edit { number: u32, text: String },
    /// A message is gone.
    Delete { number: u32 },
    /// What stands under a message, from who says so.
    React { to: Place, emoji: Option<String> },
    /// They are writing.
    Typing { is_typing: bool },
    /// To the one who keeps the timer: after how many seconds messages are to vanish, or that they are to stay.
    Propose { seconds: Option<u32> },
    /// To the one who keeps the timer, of what that one proposed.
    Agree { seconds: Option<u32> },
    /// To the one who keeps the timer: nothing is to come of what is proposed.
    Withdraw {},
    /// From the one who keeps the timer: how it stands.
    Timer { agreed: Option<u32>, proposed: Option<Proposal> },
    /// A file is offered, as a message.
    File { number: u32, name: String, size: u64, kind: String, lasts: Option<u32> },
    /// The other one is to send it.
    Fetch { number: u32 },
    /// So many bytes of it are put away.
    Taken { number: u32, bytes: u64 },
    /// No more of it comes: it is whole, or it was given up.
    Stop { file: Place, is_whole: bool },
    /// It is over.
    End {},
}

/// Which kind it is, and nothing of what it says: what can be printed ends up in a log one day.
impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frame({:?})", mem::discriminant(self))
    }
}

impl Frame {
    /// How a message is told.
    pub fn say(
        number: u32,
        text: &SecretText,
        reply_to: Option<SecretMessageId>,
        lasts: Option<u32>,
    ) -> Self {
        Self::Say { number, text: text.between_the_two().into(), reply_to: reply_to.map(Place::of), lasts }
    }
}

impl Place {
    /// Of a message of this page.
    pub fn of(id: SecretMessageId) -> Self {
        Self { is_mine: id.is_mine, number: id.number }
    }

    /// What the other one means by it, here.
    pub fn here(self) -> SecretMessageId {
        SecretMessageId { is_mine: !self.is_mine, number: self.number }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn every_frame_comes_as_it_was_sent() {
        let to = Place { is_mine: true, number: 3 };
        for frame in [
            Frame::Say { number: 1, text: "hello\n\"世界\"".into(), reply_to: Some(to), lasts: Some(5) },
            Frame::Say { number: 2, text: "hello".into(), reply_to: None, lasts: None },
            Frame::Got { number: 1 },
            Frame::Edit { number: 1, text: "hi".into() },
            Frame::Delete { number: 1 },
            Frame::React { to, emoji: Some("👍".into()) },
            Frame::React { to, emoji: None },
            Frame::Typing { is_typing: true },
            Frame::Propose { seconds: Some(5) },
            Frame::Agree { seconds: None },
            Frame::Withdraw {},
            Frame::Timer { agreed: None, proposed: Some(Proposal { is_yours: true, seconds: None }) },
            Frame::File {
                number: 4,
                name: "a.png".into(),
                size: 5_000_000_000,
                kind: "image/png".into(),
                lasts: None,
            },
            Frame::Fetch { number: 4 },
            Frame::Taken { number: 4, bytes: 5_000_000_000 },
            Frame::Stop { file: to, is_whole: true },
            Frame::End {},
        ] {
            let text = serde_json::to_string(&frame).unwrap();
            assert_eq!(serde_json::from_str::<Frame>(&text).unwrap(), frame, "{text}");
        }
        for wrong in ["", "{}", "[]", "{\"say\":{}}", "{\"nothing\":{}}", "\"end\""] {
            assert!(serde_json::from_str::<Frame>(wrong).is_err(), "{wrong}");
        }
    }
    #[test]
    fn what_is_said_is_not_printed_with_what_says_it() {
        let words = || "between us".to_owned();
        for frame in [
            Frame::Say { number: 1, text: words(), reply_to: None, lasts: None },
            Frame::Edit { number: 1, text: words() },
            Frame::React { to: Place { is_mine: true, number: 1 }, emoji: Some(words()) },
            Frame::File { number: 1, name: words(), size: 1, kind: words(), lasts: None },
        ] {
            let printed = format!("{frame:?} {frame:#?}");
            assert!(printed.contains("Frame(") && !printed.contains("between"), "{printed}");
        }
    }
}
