//! The sheet of all emoji: what it is opened for, and what is remembered of it.

use super::{Overlay, Store};
use crate::{
    api::{self, Failure},
    browser::spawn_local,
    html::join,
    lazy::{SplitLoaderError, wasm_split},
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

/// Opens the sheet. It is loaded with what draws it.
#[wasm_split(overlay, fallible)]
fn open(store: Store, target: Target) -> Result<(), SplitLoaderError> {
    spawn_local(async move {
        match store.load_emoji().await {
            Ok(html) => store.overlay.set(Some(Overlay::Emoji { target, html })),
            Err(failure) => store.note.set(Some(failure.sentence())),
        }
    });
    Ok(())
}

impl Store {
    /// Opens the sheet, once it is here. A browser asks for it once, and keeps it.
    pub fn open_emoji(self, target: Target) {
        spawn_local(async move {
            if open(self, target).await.is_err() {
                self.note.set(Some(words::connection_banner::lost().into()));
            }
        });
    }

    /// The sheet with the hands of the chosen tone.
    pub async fn load_emoji(self) -> Result<String, Failure> {
        let version = document().get_element_by_id("app").and_then(|app| app.get_attribute("data-emoji"));
        let tone = self.kept("tone").unwrap_or_else(|| "0".into());
        api::text(route::emoji(&tone, &version.unwrap_or_default())).await
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
        storage::keep(&self.emoji_key("recent"), &join(recent, " "));
    }

    fn kept(self, what: &str) -> Option<String> {
        storage::all(&self.emoji_key(what)).into_iter().next().map(|(_, text)| text)
    }

    fn emoji_key(self, what: &str) -> String {
        format!("emoji.{}.{what}", self.my_id())
    }
}
