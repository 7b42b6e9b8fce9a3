//! Why something was not done: the closed list of reasons that a person can be told, and the form in which a program is.

#[cfg_attr(
    target_arch = "wasm32",
    allow(unused_imports, reason = "named by what is said on the server")
)]
use crate::{
    About, Avatar, MessageBody, Thread, Username, file::MAX_FILES, name, options, picture, pin::MAX_PINS,
    reaction::MAX_REACTIONS, wire,
};
use serde::{Deserialize, Serialize};
#[cfg(not(target_arch = "wasm32"))]
use words::refusal;

/// Shortest password, in characters (NIST SP 800-63B-4, section 3.1.1.2, asks for 8 with a second factor and 15 without; OWASP ASVS 5.0, 6.2.1, for 8).
pub const MIN_PASSWORD_CHARS: usize = 8;
/// Longest password, in characters.
pub const MAX_PASSWORD_CHARS: usize = 256;
/// Longest reason for reporting a message, in characters.
pub const MAX_REASON_CHARS: usize = 500;

/// A reason that a person can act on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// Nobody is signed in, or the session was ended.
    SignInRequired,
    /// Nobody touched the browser for as long as its person chose: the password unlocks it.
    SessionLocked,
    /// The page belongs to somebody else than who is signed in by now.
    OtherUser,
    /// There is no such account, or its password is another.
    CredentialsWrong,
    /// The administrator has closed the account.
    AccountDeactivated,
    /// The present password, asked for again, is another.
    PasswordWrong,
    /// Too often, too quickly.
    TooManyAttempts {
        /// When to try again.
        retry_after_s: u32,
    },
    /// Somebody else has it.
    UsernameTaken,
    /// See [`Username`].
    UsernameInvalid,
    /// See [`crate::DisplayName`].
    DisplayNameInvalid,
    /// More than [`crate::About::MAX_CHARS`].
    AboutTooLong,
    /// No JPEG, PNG, WebP or GIF that can be drawn, or more than [`picture::MAX_BYTES`].
    PictureInvalid,
    /// See [`MIN_PASSWORD_CHARS`] and [`MAX_PASSWORD_CHARS`]. Nor is it the username.
    PasswordInvalid,
    /// It is among the first that somebody who guesses would try.
    PasswordGuessable,
    /// An account needs an invite here.
    RegistrationClosed,
    /// The invite is unknown, used up or expired.
    InviteInvalid,
    /// A link for a new password was used, is too old, or never was.
    ResetInvalid,
    /// The link to a group is unknown, used up or expired.
    LinkInvalid,
    /// There is no such user.
    UserNotFound,
    /// There is no such thread, or one is not a member of it: never told apart.
    ThreadNotFound,
    /// The thread has no such message.
    MessageNotFound,
    /// There is no such session, token or invite.
    GrantNotFound,
    /// Nothing is at this address.
    PageNotFound,
    /// The address is right, the method is not.
    MethodNotAllowed,
    /// For the group's admins.
    AdminRequired,
    /// For whoever sent the message.
    SenderRequired,
    /// For the instance's administrator.
    AdministratorRequired,
    /// For somebody who signed in with a password, not for a program's token.
    BrowserRequired,
    /// A direct thread has no title, no admins, and always the same two people.
    GroupRequired,
    /// A group needs an admin.
    LastAdmin,
    /// A direct thread takes two.
    SelfNotAllowed,
    /// More than [`MAX_REASON_CHARS`].
    ReasonTooLong,
    /// Only the two of a direct thread can block each other.
    DirectRequired,
    /// They take no secret chat from who asks, whyever.
    SecretChatRefused,
    /// Whom one asks has no tab open.
    PersonOffline,
    /// Whom one asks is in a secret chat.
    PersonBusy,
    /// The secret chat is over, or is held by another tab.
    SecretChatGone,
    /// One of the two of a direct thread has blocked the other.
    Blocked,
    /// Nothing visible in the message.
    BodyEmpty,
    /// More than [`MessageBody::MAX_CHARS`].
    BodyTooLong {
        /// How many characters it has.
        length: usize,
    },
    /// The thread has no such file, or it is not one's own to send.
    FileNotFound,
    /// More than the server takes.
    FileTooLarge {
        /// The most, in megabytes.
        limit_mb: u64,
    },
    /// More than [`MAX_FILES`] in one message.
    TooManyFiles,
    /// A file has to say its length before it comes.
    LengthRequired,
    /// An image from which the place where it was taken cannot be removed, because it is damaged.
    ImageUnreadable,
    /// The server has no room for a file.
    StorageFull,
    /// The id belongs to another message, thread or file already.
    IdTaken,
    /// See [`crate::Title`].
    TitleInvalid,
    /// See [`Avatar`].
    AvatarInvalid,
    /// A token needs a name.
    LabelInvalid,
    /// More than [`MAX_PINS`].
    TooManyPins,
    /// What was forwarded keeps its author's words.
    ForwardKept,
    /// A reaction is one emoji.
    ReactionInvalid,
    /// More than [`MAX_REACTIONS`] different ones under one message.
    TooManyReactions,
    /// More than [`wire::MAX_ADDED`] at a time, or more than [`Thread::MAX_MEMBERS`] in all.
    TooManyMembers,
    /// Whoever hides how far they have read does not see it of others.
    ReceiptsHidden,
    /// More than [`options::MAX_PINNED`].
    TooManyPinned,
    /// The request is not what its address takes.
    RequestInvalid {
        /// What is wrong with it.
        detail: String,
    },
    /// More than [`wire::MAX_FRAME_BYTES`].
    RequestTooLarge,
    /// The request came from another site's page.
    OriginForeign,
    /// Too many requests from one address.
    TooManyRequests {
        /// When to try again.
        retry_after_s: u32,
    },
    /// The database cannot be reached just now; nothing was stored, or it will be found when asked again.
    Unavailable,
    /// A fault of the server's own. It is in its log, under the request's id.
    Internal,
}

// Only the server refuses: a browser is told.
#[cfg(not(target_arch = "wasm32"))]
impl Refusal {
    /// The stable name, the field on a form that it belongs to, the HTTP status, and the sentence in the language that is spoken.
    fn parts(&self) -> (&'static str, Option<&'static str>, u16, String) {
        match self {
            Self::OtherUser => ("other-user", None, 401, refusal::other_user().into()),
            Self::SessionLocked => ("session-locked", None, 423, refusal::session_locked().into()),
            Self::SignInRequired => ("sign-in-required", None, 401, refusal::sign_in_required().into()),
            Self::CredentialsWrong => {
                ("credentials-wrong", Some("password"), 401, refusal::credentials_wrong().into())
            }
            Self::AccountDeactivated => {
                ("account-deactivated", None, 403, refusal::account_deactivated().into())
            }
            Self::PasswordWrong => {
                ("password-wrong", Some("current_password"), 422, refusal::password_wrong().into())
            }
            Self::TooManyAttempts { retry_after_s } => (
                "too-many-attempts",
                Some("password"),
                429,
                refusal::too_many_attempts(&duration(*retry_after_s)),
            ),
            Self::UsernameTaken => {
                ("username-taken", Some("username"), 409, refusal::username_taken().into())
            }
            Self::UsernameInvalid => (
                "username-invalid",
                Some("username"),
                422,
                refusal::username_invalid(&number(Username::MIN_CHARS), &number(Username::MAX_CHARS)),
            ),
            Self::DisplayNameInvalid => (
                "display-name-invalid",
                Some("display_name"),
                422,
                refusal::display_name_invalid(&number(name::MAX_CHARS)),
            ),
            Self::AboutTooLong => {
                ("about-too-long", Some("about"), 422, refusal::about_too_long(&number(About::MAX_CHARS)))
            }
            Self::PictureInvalid => (
                "picture-invalid",
                Some("picture"),
                422,
                refusal::picture_invalid(&number(picture::MAX_BYTES / 1_000_000)),
            ),
            Self::PasswordInvalid => (
                "password-invalid",
                Some("password"),
                422,
                refusal::password_invalid(&number(MIN_PASSWORD_CHARS), &number(MAX_PASSWORD_CHARS)),
            ),
            Self::PasswordGuessable => {
                ("password-guessable", Some("password"), 422, refusal::password_guessable().into())
            }
            Self::RegistrationClosed => {
                ("registration-closed", None, 403, refusal::registration_closed().into())
            }
            Self::InviteInvalid => ("invite-invalid", None, 403, refusal::invite_invalid().into()),
            Self::ResetInvalid => ("reset-invalid", None, 403, refusal::reset_invalid().into()),
            Self::LinkInvalid => ("link-invalid", None, 404, refusal::link_invalid().into()),
            Self::UserNotFound => ("user-not-found", None, 404, refusal::user_not_found().into()),
            Self::ThreadNotFound => ("thread-not-found", None, 404, refusal::thread_not_found().into()),
            Self::MessageNotFound => ("message-not-found", None, 404, refusal::message_not_found().into()),
            Self::GrantNotFound => ("grant-not-found", None, 404, refusal::grant_not_found().into()),
            Self::PageNotFound => ("page-not-found", None, 404, words::not_found::page_advice().into()),
            Self::MethodNotAllowed => ("method-not-allowed", None, 405, refusal::method_not_allowed().into()),
            Self::AdminRequired => ("admin-required", None, 403, refusal::admin_required().into()),
            Self::SenderRequired => ("sender-required", None, 403, refusal::sender_required().into()),
            Self::AdministratorRequired => {
                ("administrator-required", None, 403, refusal::administrator_required().into())
            }
            Self::BrowserRequired => ("browser-required", None, 403, refusal::browser_required().into()),
            Self::GroupRequired => ("group-required", None, 422, refusal::group_required().into()),
            Self::LastAdmin => ("last-admin", None, 422, refusal::last_admin().into()),
            Self::SelfNotAllowed => ("self-not-allowed", None, 422, refusal::self_not_allowed().into()),
            Self::ReasonTooLong => {
                ("reason-too-long", Some("reason"), 422, refusal::reason_too_long(MAX_REASON_CHARS as u64))
            }
            Self::DirectRequired => ("direct-required", None, 422, refusal::direct_required().into()),
            Self::SecretChatRefused => {
                ("secret-chat-refused", None, 403, refusal::secret_chat_refused().into())
            }
            Self::PersonOffline => ("person-offline", None, 409, refusal::person_offline().into()),
            Self::PersonBusy => ("person-busy", None, 409, refusal::person_busy().into()),
            Self::SecretChatGone => ("secret-chat-gone", None, 404, refusal::secret_chat_gone().into()),
            Self::Blocked => ("blocked", None, 403, refusal::blocked().into()),
            Self::BodyEmpty => ("body-empty", Some("body"), 422, refusal::body_empty().into()),
            Self::BodyTooLong { length } => (
                "body-too-long",
                Some("body"),
                422,
                refusal::body_too_long(*length as u64, &number(MessageBody::MAX_CHARS)),
            ),
            Self::FileNotFound => ("file-not-found", None, 404, refusal::file_not_found().into()),
            Self::FileTooLarge { limit_mb } => {
                ("file-too-large", None, 413, words::attachments::too_large(&words::number(*limit_mb)))
            }
            Self::TooManyFiles => {
                ("too-many-files", None, 422, words::attachments::too_many(MAX_FILES as u64))
            }
            Self::LengthRequired => ("length-required", None, 411, refusal::length_required().into()),
            Self::ImageUnreadable => ("image-unreadable", None, 422, refusal::image_unreadable().into()),
            Self::StorageFull => ("storage-full", None, 507, refusal::storage_full().into()),
            Self::IdTaken => ("id-taken", None, 409, refusal::id_taken().into()),
            Self::TitleInvalid => {
                ("title-invalid", Some("title"), 422, refusal::title_invalid(&number(name::MAX_CHARS)))
            }
            Self::AvatarInvalid => (
                "avatar-invalid",
                Some("avatar"),
                422,
                refusal::avatar_invalid(&number(usize::from(Avatar::HUES))),
            ),
            Self::TooManyPins => ("too-many-pins", None, 422, refusal::too_many_pins(MAX_PINS as u64)),
            Self::ForwardKept => ("forward-kept", None, 403, refusal::forward_kept().into()),
            Self::ReactionInvalid => ("reaction-invalid", None, 422, refusal::reaction_invalid().into()),
            Self::TooManyReactions => {
                ("too-many-reactions", None, 422, refusal::too_many_reactions(MAX_REACTIONS as u64))
            }
            Self::LabelInvalid => {
                ("label-invalid", Some("label"), 422, refusal::label_invalid(&number(name::MAX_CHARS)))
            }
            Self::TooManyMembers => (
                "too-many-members",
                None,
                422,
                refusal::too_many_members(&number(wire::MAX_ADDED), &words::number(Thread::MAX_MEMBERS)),
            ),
            Self::ReceiptsHidden => ("receipts-hidden", None, 403, refusal::receipts_hidden().into()),
            Self::TooManyPinned => {
                ("too-many-pinned", None, 422, refusal::too_many_pinned(options::MAX_PINNED as u64))
            }
            Self::RequestInvalid { detail } => ("request-invalid", None, 400, detail.clone()),
            Self::RequestTooLarge => (
                "request-too-large",
                None,
                413,
                refusal::request_too_large(&number(wire::MAX_FRAME_BYTES / 1024)),
            ),
            Self::OriginForeign => ("origin-foreign", None, 403, refusal::origin_foreign().into()),
            Self::TooManyRequests { retry_after_s } => {
                ("too-many-requests", None, 429, refusal::too_many_requests(&duration(*retry_after_s)))
            }
            Self::Unavailable => ("unavailable", None, 503, refusal::unavailable().into()),
            Self::Internal => ("internal", None, 500, refusal::internal().into()),
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn number(count: usize) -> String {
    words::number(count as u64)
}

#[cfg(not(target_arch = "wasm32"))]
fn duration(seconds: u32) -> String {
    match seconds {
        0..=90 => refusal::seconds(seconds.max(1).into()),
        _ => refusal::minutes(seconds.div_ceil(60).into()),
    }
}

/// A refusal as a program reads it: problem details (RFC 9457), `application/problem+json`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Stable: `urn:bobbin:problem:` and a name.
    #[serde(rename = "type")]
    pub kind: String,
    /// The name in words.
    pub title: String,
    /// The HTTP status, also where there is no HTTP.
    pub status: u16,
    /// A sentence for a person: what is wrong and what to do.
    pub detail: String,
    /// The form's field that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// When to try again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u32>,
}

impl Problem {
    /// What every `type` starts with.
    pub const PREFIX: &'static str = "urn:bobbin:problem:";

    /// Whether this is the problem of that name.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.kind.strip_prefix(Self::PREFIX) == Some(name)
    }

    /// Whether the same request may succeed later, unchanged.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        self.status >= 500 || self.status == 429
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl From<&Refusal> for Problem {
    fn from(refusal: &Refusal) -> Self {
        let (name, field, status, detail) = refusal.parts();
        let retry_after_s = match refusal {
            Refusal::TooManyAttempts { retry_after_s } | Refusal::TooManyRequests { retry_after_s } => {
                Some(*retry_after_s)
            }
            _ => None,
        };
        Self {
            kind: format!("{}{name}", Self::PREFIX),
            title: name.replace('-', " "),
            status,
            detail,
            field: field.map(Into::into),
            retry_after_s,
        }
    }
}
