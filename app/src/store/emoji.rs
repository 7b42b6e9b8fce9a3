//! The sheet of all emoji: what it is opened for, and what is remembered of it.

use super::{Overlay, Store};
use crate::{
    api::{self, Failure},
    browser::spawn_local,
    route, storage,
};
use leptos::prelude::document;
use model::{MessageId, ThreadId};

/// How many are remembered.
const MOST_RECENT: usize = 24;

/// What an emoji is chosen for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// To put it under a message.
    Message {
        /// Where.
        thread_id: ThreadId,
        /// Which one.
        message_id: MessageId,
    },
    /// To write it.
    Composer,
    /// To make it a group's picture.
    Group,
}

impl Store {
    /// Opens the sheet, once it is here. A browser asks for it once, and keeps it.
    pub fn open_emoji(self, target: Target) {
        spawn_local(async move {
            match self.load_emoji().await {
                Ok(html) => self.overlay.set(Some(Overlay::Emoji { target, html })),
                Err(failure) => self.note.set(Some(failure.sentence())),
            }
        });
    }

    /// The sheet with the hands of the chosen tone.
    pub async fn load_emoji(self) -> Result<String, Failure> {
        let version = document().get_element_by_id("app").and_then(|app| app.get_attribute("data-emoji"));
        let tone = self.kept("tone").unwrap_or_else(|| "0".into());
        api::text(&route::emoji(&tone, &version.unwrap_or_default())).await
    }

    /// From now on hands have this tone.
    pub fn keep_tone(self, tone: &str) {
        storage::keep(&self.emoji_key("tone"), tone);
    }

    /// Those that were chosen last, the last first.
    pub fn recent_emoji(self) -> String {
        self.kept("recent").unwrap_or_default()
    }

    /// One was chosen.
    pub fn remember_emoji(self, emoji: &str) {
        let before = self.recent_emoji();
        let others = before.split(' ').filter(|known| *known != emoji && !known.is_empty());
        let recent: Vec<_> = std::iter::once(emoji).chain(others).take(MOST_RECENT).collect();
        storage::keep(&self.emoji_key("recent"), &recent.join(" "));
    }

    fn kept(self, what: &str) -> Option<String> {
        storage::all(&self.emoji_key(what)).into_iter().next().map(|(_, text)| text)
    }

    fn emoji_key(self, what: &str) -> String {
        format!("emoji.{}.{what}", self.my_id())
    }
}
