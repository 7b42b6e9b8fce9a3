//! The picture of a person or of a group: a square that everybody who is signed in may see.

use crate::PictureId;
use serde::{Deserialize, Serialize};

/// The largest file that one is made of, in bytes.
pub const MAX_BYTES: usize = 16_000_000;

/// Which part of a file that is no square is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Part {
    /// The top, or the left.
    Start,
    /// The middle.
    #[default]
    Middle,
    /// The bottom, or the right.
    End,
}

/// How large it is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Size {
    /// Beside names.
    Small,
    /// By itself.
    Large,
}

impl Size {
    /// How long each side is, in pixels: sharp on a screen with two pixels to one.
    #[must_use]
    pub fn side(self) -> u32 {
        match self {
            Self::Small => 96,
            Self::Large => 384,
        }
    }
}

/// Where it is found. What is there never changes: another picture has another id.
#[must_use]
pub fn path(picture_id: PictureId, size: Size) -> String {
    match size {
        Size::Small => format!("/pictures/{picture_id}"),
        Size::Large => format!("/pictures/{picture_id}/large"),
    }
}
