//! A file of a message, as its readers see it, and the name that it goes by.

use crate::{FileId, ThreadId};
use serde::{Deserialize, Serialize};

/// How many files one message has at most.
pub const MAX_FILES: usize = 10;

/// A file. It is found at [`File::path`], for the members of its thread alone, and never changes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct File {
    /// Made by the sender's client.
    pub file_id: FileId,
    /// What it is called: see [`FileName`].
    pub name: String,
    /// What is in it, as the server found by looking.
    pub media_type: String,
    /// How long it is.
    pub size_bytes: u64,
    /// How it is shown.
    pub kind: FileKind,
}

/// How a file is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum FileKind {
    /// An image that every browser draws.
    Image {
        /// As it is drawn, upright.
        width: u32,
        /// As it is drawn, upright.
        height: u32,
        /// Whether there is a smaller one, at [`File::thumbnail_path`]; where not, the image itself is small enough.
        has_thumbnail: bool,
    },
    /// Something to listen to.
    Audio,
    /// Something to watch.
    Video,
    /// Anything else: it can be downloaded.
    Other,
}

impl File {
    /// The address of a file.
    #[must_use]
    pub fn path(&self, thread_id: ThreadId) -> String {
        path(thread_id, self.file_id)
    }

    /// The address of what stands for an image in a conversation.
    #[must_use]
    pub fn thumbnail_path(&self, thread_id: ThreadId) -> String {
        let end = match self.kind {
            FileKind::Image { has_thumbnail: true, .. } => "/thumbnail",
            _ => "",
        };
        path(thread_id, self.file_id) + end
    }

    /// Whether it is an image.
    #[must_use]
    pub fn is_image(&self) -> bool {
        matches!(self.kind, FileKind::Image { .. })
    }
}

fn path(thread_id: ThreadId, file_id: FileId) -> String {
    format!("/files/{thread_id}/{file_id}")
}

/// What a file is called: 1 to [`FileName::MAX_BYTES`] bytes without folders, control characters, and characters that turn the direction
/// of writing, which could hide what kind of file it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileName(String);

impl FileName {
    /// Longest, in bytes of UTF-8: what file systems take.
    pub const MAX_BYTES: usize = 255;

    /// The name in `text`. A long one keeps its ending; where nothing is left, it is `file`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
        let is_harmful = |one: &char| {
            one.is_control()
                || matches!(one, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        };
        let clean: String = last.chars().filter(|one| !is_harmful(one)).collect();
        let clean = clean.trim();
        if clean.chars().all(|one| one == '.') {
            return Self("file".into());
        }
        let (stem, ending) = match clean.rfind('.') {
            Some(dot) if clean.len() - dot <= 16 => clean.split_at(dot),
            _ => (clean, ""),
        };
        let mut length = stem.len().min(Self::MAX_BYTES - ending.len());
        while !stem.is_char_boundary(length) {
            length -= 1;
        }
        let stem = if length < stem.len() { stem[..length].trim_end() } else { stem };
        Self(format!("{stem}{ending}"))
    }

    /// As it is kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_name_whatever_was_typed() {
        for (text, name) in [
            ("photo.jpg", "photo.jpg"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ada\\Übung 1.docx", "Übung 1.docx"),
            ("\u{202E}gpj.exe", "gpj.exe"),
            ("a\0b\r\nc\".txt", "abc\".txt"),
            ("报告.pdf", "报告.pdf"),
            (".profile", ".profile"),
            ("..", "file"),
            ("", "file"),
            ("folder/", "file"),
        ] {
            assert_eq!(FileName::new(text).as_str(), name, "{text:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = FileName::new(&format!("{}.tar.gz", "字".repeat(200)));
        assert!(name.as_str().len() <= FileName::MAX_BYTES && name.as_str().ends_with("字.gz"), "{name:?}");
        let name = FileName::new(&format!("a.{}", "b".repeat(400)));
        assert_eq!(name.as_str().len(), FileName::MAX_BYTES);
    }
}
