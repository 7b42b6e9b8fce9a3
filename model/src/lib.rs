//! What both sides of Bobbin agree on: the nouns, the words of the wire, and how an event changes a snapshot.
//!
//! Pure: no I/O, no Leptos, axum or SQL. It compiles natively and to WASM, where every kilobyte counts.

pub mod appearance;
pub mod civil;
pub mod etag;
pub mod file;
pub mod forward;
pub mod id;
pub mod inbox;
pub mod members;
pub mod mention;
pub mod message;
pub mod name;
pub mod notice;
pub mod options;
pub mod page;
pub mod picture;
pub mod pin;
pub mod presence;
pub mod privacy;
pub mod quote;
pub mod reaction;
pub mod refusal;
pub mod secret;
pub mod thread;
pub mod timeline;
pub mod timestamp;
pub mod user;
pub mod wire;

pub use etag::{Marked, draft_mark, etag, etag_of};
pub use file::{File, FileKind, FileName};
pub use forward::Forward;
pub use id::{FileId, InviteId, MessageId, PictureId, SecretChatId, SessionId, ThreadId, UserId};
pub use inbox::Inbox;
pub use members::Members;
pub use message::{Message, MessageBody};
pub use notice::{Notice, NoticeKind};
pub use options::{Options, ThreadOption};
pub use pin::Pins;
pub use privacy::Privacy;
pub use quote::Quote;
pub use reaction::Reaction;
pub use refusal::{Problem, Refusal};
pub use thread::{Avatar, Member, Role, Thread, ThreadKind, Title};
pub use timeline::Timeline;
pub use timestamp::Timestamp;
pub use user::{About, DisplayName, User, Username};
