//! The whole conversation between browser and server on one page: commands go up, answers and events come down.
//!
//! Over the socket (`/api/v1/live`, subprotocol `bobbin.v1`) each is one JSON text frame: a [`Request`] up, a [`Frame`] down. Over HTTP
//! a [`Command`] is posted to `/api/v1/commands`, and its [`Answer`] or [`crate::Problem`] is the response.

mod answer;
mod frame;
mod outcome;

pub use answer::Answer;
pub use frame::{
    Frame, MAX_ADDED, MAX_FRAME_BYTES, Request, SILENCE_S, SUBPROTOCOL, USER_HEADER, USER_PARAMETER,
};
pub use outcome::Outcome;

use crate::{
    Avatar, FileId, Member, Message, MessageId, Notice, Options, PictureId, Pins, Reaction, Role,
    SecretChatId, Thread, ThreadId, ThreadOption, Timestamp, User, UserId, presence::PresenceOf,
    secret::Step,
};
use serde::{Deserialize, Serialize};

/// What a member may ask to be done. Every command is safe to send twice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Command {
    /// Stores a message. Sent again with the same id, it is answered with the first answer.
    SendMessage {
        /// Made by the sender.
        message_id: MessageId,
        /// Where to.
        thread_id: ThreadId,
        /// See [`crate::MessageBody`]. It may be empty where there are files.
        body: String,
        /// At most [`crate::file::MAX_FILES`] of one's own uploads to this thread that were not sent yet, in the order in which they are shown.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        file_ids: Vec<FileId>,
        /// The message of the same thread that it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<MessageId>,
    },
    /// Brings a message to another thread, with its author's name, its words and its files. Sent again with the same id, it is answered with the
    /// first answer.
    ForwardMessage {
        /// Made by whoever forwards it.
        message_id: MessageId,
        /// Where to.
        thread_id: ThreadId,
        /// Where the message is.
        from_thread_id: ThreadId,
        /// Which one.
        from_message_id: MessageId,
    },
    /// Gives one's own message other words. What it said before is kept, and every member can read it.
    EditMessage {
        /// Where.
        thread_id: ThreadId,
        /// Which one.
        message_id: MessageId,
        /// See [`crate::MessageBody`].
        body: String,
    },
    /// Deletes a message for everybody, with all that it ever said: one's own, or, for a group's admins, anybody's.
    DeleteMessage {
        /// Where.
        thread_id: ThreadId,
        /// Which one.
        message_id: MessageId,
    },
    /// Puts an emoji under a message, or takes one's own away.
    React {
        /// Where.
        thread_id: ThreadId,
        /// Under which one.
        message_id: MessageId,
        /// One emoji. Under one message are at most [`crate::reaction::MAX_REACTIONS`] different ones.
        emoji: String,
        /// Whether it is to be there.
        is_on: bool,
    },
    /// Pins a message on top of its thread, or unpins it: in a group for admins.
    PinMessage {
        /// Where.
        thread_id: ThreadId,
        /// Which one.
        message_id: MessageId,
        /// Whether it is to be pinned. At most [`crate::pin::MAX_PINS`] are.
        is_pinned: bool,
    },
    /// Says how far one has read. Never moves back.
    MarkRead {
        /// Where.
        thread_id: ThreadId,
        /// The `created_at` of the last message that was read.
        created_at: Timestamp,
    },
    /// Finds or makes the one thread of oneself and another.
    OpenDirect {
        /// The other one.
        user_id: UserId,
    },
    /// Makes a group, with oneself as its admin.
    CreateGroup {
        /// Made by the client.
        thread_id: ThreadId,
        /// See [`crate::Title`].
        title: String,
        /// Its picture.
        avatar: Avatar,
        /// Who else is in it: at most [`MAX_ADDED`].
        user_ids: Vec<UserId>,
    },
    /// Changes a group's title and avatar. For admins.
    UpdateGroup {
        /// Which one.
        thread_id: ThreadId,
        /// See [`crate::Title`].
        title: String,
        /// Its picture.
        avatar: Avatar,
    },
    /// Adds people to a group. For admins. Those who are members already stay as they are.
    AddMembers {
        /// Which one.
        thread_id: ThreadId,
        /// At most [`MAX_ADDED`].
        user_ids: Vec<UserId>,
    },
    /// Removes somebody from a group (for admins), or oneself: leaving. If no admin is left, the one who has been in it longest
    /// becomes one.
    RemoveMember {
        /// Which one.
        thread_id: ThreadId,
        /// Whom.
        user_id: UserId,
    },
    /// Makes a member an admin, or an admin a member. For admins. The last admin stays one.
    SetRole {
        /// Which one.
        thread_id: ThreadId,
        /// Whose.
        user_id: UserId,
        /// What they may do from now on.
        role: Role,
    },
    /// Joins a group by one of its links, or asks its admins to be let in, if the link says so. A member stays one.
    JoinGroup {
        /// Which one.
        thread_id: ThreadId,
        /// What the link ends with.
        secret: String,
    },
    /// Lets somebody in who asked for it, or not. For admins.
    AnswerRequest {
        /// Where to.
        thread_id: ThreadId,
        /// Whom.
        user_id: UserId,
        /// Whether they are let in.
        is_accepted: bool,
    },
    /// Mutes, archives or pins a thread, or marks it as unread, for oneself.
    SetOption {
        /// Which one.
        thread_id: ThreadId,
        /// What is decided.
        option: ThreadOption,
    },
    /// Says how one is called and shown, and what one says of oneself.
    UpdateProfile {
        /// See [`crate::DisplayName`].
        display_name: String,
        /// See [`crate::About`].
        about: String,
        /// The picture that one has, another that one has uploaded since, or none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        picture_id: Option<PictureId>,
    },
    /// Tells the others in a thread that one is writing: for [`crate::presence::TYPING_S`], or until one's message comes. Nothing is stored.
    Type {
        /// Where.
        thread_id: ThreadId,
    },
    /// Says what is on this connection's screen, in place of what it said before. On the live stream only.
    Look {
        /// Whether somebody looks at it. Others see that one is here while one does.
        is_here: bool,
        /// Whose presence it shows: at most [`crate::presence::MAX_FOLLOWED`]. Those who have written to one, and members of the group, are told about.
        user_ids: Vec<UserId>,
        /// The group whose members or readers it shows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thread_id: Option<ThreadId>,
    },
    /// Takes a step towards a secret chat, from this connection's tab ([`crate::secret`]). On the live stream only; nothing is stored.
    Introduce {
        /// Made by who asks.
        chat_id: SecretChatId,
        /// With whom.
        user_id: UserId,
        /// Which step.
        step: Step,
        /// What the other one's browser makes of it: at most [`crate::secret::MAX_DETAIL_BYTES`].
        #[serde(default, skip_serializing_if = "String::is_empty")]
        detail: String,
    },
}

/// What happened. Told to everybody whom it concerns, the sender too, after it is stored.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Event {
    /// A message was stored. To every member.
    MessageSent {
        /// As it is stored.
        message: Message,
        /// Who sent it.
        sender: User,
    },
    /// A message was edited or deleted. To every member.
    MessageChanged {
        /// The thread's next change.
        change: u64,
        /// As it is now.
        message: Message,
    },
    /// Somebody put an emoji under a message, or took theirs away. To every member.
    Reacted {
        /// Where.
        thread_id: ThreadId,
        /// The thread's next change.
        change: u64,
        /// Under which message.
        message_id: MessageId,
        /// Its number.
        seq: u64,
        /// Who.
        user_id: UserId,
        /// Which one.
        emoji: String,
        /// Whether it is there now.
        is_on: bool,
        /// All that is under the message now.
        reactions: Vec<Reaction>,
    },
    /// A message was pinned or unpinned. To every member.
    Pinned {
        /// Where.
        thread_id: ThreadId,
        /// The thread's next change.
        change: u64,
        /// Which message.
        message_id: MessageId,
        /// Its number.
        seq: u64,
        /// Whether it is pinned now.
        is_pinned: bool,
        /// All that is pinned now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pins: Option<Pins>,
        /// The line in the log that tells of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notice: Option<Notice>,
    },
    /// One read on, on some device. To oneself only.
    ReadMoved {
        /// Where.
        thread_id: ThreadId,
        /// The number of the last message that was read.
        read_seq: u64,
        /// Its `created_at`.
        read_at: Timestamp,
        /// How many of one's own messages stand at or before it.
        own_read_count: u64,
        /// How many of the times one was called by name.
        #[serde(default, skip_serializing_if = "crate::user::is_zero")]
        mention_read_count: u64,
    },
    /// One has a new thread: a group one was added to, or a direct thread one opened. To oneself only.
    ThreadJoined {
        /// As one sees it.
        thread: Thread,
    },
    /// A group has another title or avatar. To every member, as are the following.
    GroupUpdated {
        /// Which one.
        thread_id: ThreadId,
        /// Its next change.
        change: u64,
        /// Its title.
        title: String,
        /// Its picture.
        avatar: Avatar,
        /// The line in the log that tells of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notice: Option<Notice>,
    },
    /// People were added to a group.
    MembersAdded {
        /// Which one.
        thread_id: ThreadId,
        /// Its next change.
        change: u64,
        /// Who is new.
        members: Vec<Member>,
        /// How many members it has now.
        member_count: u64,
        /// The line in the log that tells of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notice: Option<Notice>,
    },
    /// Somebody was removed from a group or left it. Also to that one.
    MemberRemoved {
        /// Which one.
        thread_id: ThreadId,
        /// Its next change.
        change: u64,
        /// Who.
        user_id: UserId,
        /// How many members it has now.
        member_count: u64,
        /// The line in the log that tells of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notice: Option<Notice>,
    },
    /// Somebody became an admin, or is one no longer.
    RoleChanged {
        /// Which one.
        thread_id: ThreadId,
        /// Its next change.
        change: u64,
        /// Whose.
        user_id: UserId,
        /// What they may do now.
        role: Role,
        /// The line in the log that tells of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notice: Option<Notice>,
    },
    /// Another number of people ask to be let into a group. To its admins.
    RequestsChanged {
        /// Which one.
        thread_id: ThreadId,
        /// How many.
        request_count: u64,
    },
    /// One keeps a thread in another way. To oneself only.
    OptionsChanged {
        /// Which one.
        thread_id: ThreadId,
        /// How.
        options: Options,
    },
    /// Somebody calls or shows themselves in another way. To whoever has a thread with them.
    UserChanged {
        /// As they are now.
        user: User,
        /// What they say of themselves.
        about: String,
    },
    /// Somebody is writing: for [`crate::presence::TYPING_S`], or until their message comes. To the other members.
    Typed {
        /// Where.
        thread_id: ThreadId,
        /// Who.
        user: User,
    },
    /// Somebody came or went. To whoever has them on their screen.
    PresenceChanged {
        /// Who, and what of them.
        presences: Vec<PresenceOf>,
    },
    /// The other one of a direct thread has read on. To the one who talks with them.
    MessagesSeen {
        /// Where.
        thread_id: ThreadId,
        /// Up to which message.
        read_seq: u64,
    },
    /// Somebody has read on in a group. To whoever has it on their screen who has read what.
    ReadersChanged {
        /// Where.
        thread_id: ThreadId,
    },
    /// The other one of a secret chat has taken a step towards it: see [`crate::secret`]. To the one tab that it concerns, or to all of a person's.
    Introduced {
        /// Which one.
        chat_id: SecretChatId,
        /// The other one.
        user: User,
        /// Which step.
        step: Step,
        /// What the browser makes of it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        detail: String,
    },
}
