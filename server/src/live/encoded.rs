//! A frame as it leaves by every connection that it is for: encoded once, and shared.

use axum::body::Bytes;
use model::wire::Frame;
use tungstenite::protocol::frame::{
    FrameHeader,
    coding::{Data, OpCode},
};

/// A frame as it goes over every socket: the head of an unmasked WebSocket frame (RFC 6455, 5.2), and the text. Encoded once, and shared.
#[derive(Clone, Debug)]
pub struct Encoded {
    bytes: Bytes,
    text_at: usize,
}

impl Encoded {
    /// Encodes a frame.
    #[must_use]
    pub fn of(frame: &Frame) -> Self {
        Self::of_text(&encode(frame))
    }

    pub(super) fn of_text(text: &str) -> Self {
        let head = FrameHeader { opcode: OpCode::Data(Data::Text), ..FrameHeader::default() };
        let mut bytes = Vec::with_capacity(text.len() + head.len(text.len() as u64));
        if let Err(error) = head.format(text.len() as u64, &mut bytes) {
            tracing::error!("the head of a frame could not be written: {error}");
        }
        let text_at = bytes.len();
        bytes.extend_from_slice(text.as_bytes());
        Self { bytes: bytes.into(), text_at }
    }

    /// As it goes over a socket.
    pub(super) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// What it says.
    #[must_use]
    pub fn text(&self) -> &str {
        self.bytes.get(self.text_at..).and_then(|text| str::from_utf8(text).ok()).unwrap_or_default()
    }
}

/// What a frame says.
#[must_use]
pub fn encode(frame: &Frame) -> String {
    serde_json::to_string(frame).unwrap_or_else(|error| {
        tracing::error!("a frame could not be encoded: {error}");
        r#""resync""#.into()
    })
}
