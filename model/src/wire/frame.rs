//! What travels over the socket: requests up, and down the answers to them and the events.

use super::{Answer, Command, Event};
use crate::Problem;
use serde::{Deserialize, Serialize};

/// The WebSocket subprotocol.
pub const SUBPROTOCOL: &str = "bobbin.v1";
/// The header by which a page says whose it is. Where somebody else is signed in by now, its request is refused: what one person wrote must
/// not go out under the name of another.
pub const USER_HEADER: &str = "bobbin-user";
/// The same in an address, for what sends no headers of its own: forms and the socket.
pub const USER_PARAMETER: &str = "user";
/// The largest frame or request body that the server reads, in bytes.
pub const MAX_FRAME_BYTES: usize = 64 * 1024;
/// How many people can be added to a group at a time.
pub const MAX_ADDED: usize = 100;

/// One frame up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Request {
    /// Chosen by the client; comes back with the answer.
    pub id: u64,
    /// What is to be done.
    pub command: Command,
}

/// How long a connection can be silent before its client should take it for dead, in seconds.
pub const SILENCE_S: u32 = 60;

/// One frame down.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Frame {
    /// The first one: from here on no event is missed, until [`Frame::Resync`].
    Ready,
    /// A command was carried out.
    Answer {
        /// The request's.
        id: u64,
        /// What it came to.
        answer: Answer,
    },
    /// A command was refused, or, without an id, a frame could not be read.
    Problem {
        /// The request's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<u64>,
        /// Why.
        problem: Problem,
    },
    /// Something happened.
    Event(Event),
    /// Nothing happened for a while, and the connection still stands. A client that hears nothing at all for [`SILENCE_S`] may give it up.
    Alive,
    /// This connection was too slow for its events, and some were dropped: load the snapshots again.
    Resync,
}
