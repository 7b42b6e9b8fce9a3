//! Why something was not done: the closed list of reasons that a person can be told, and the form in which a program is.

use crate::{Avatar, MessageBody, Thread, Username, name, options, wire};
use serde::{Deserialize, Serialize};

/// Shortest password, in characters (NIST SP 800-63B-4, section 3.1.1.2, asks for 8 with a second factor and 15 without; OWASP ASVS 5.0, 6.2.1, for 8).
pub const MIN_PASSWORD_CHARS: usize = 8;
/// Longest password, in characters.
pub const MAX_PASSWORD_CHARS: usize = 256;

/// A reason that a person can act on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// Nobody is signed in, or the session was ended.
    SignInRequired,
    /// There is no such account, or its password is another.
    CredentialsWrong,
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
    /// See [`MIN_PASSWORD_CHARS`] and [`MAX_PASSWORD_CHARS`]. Nor is it the username.
    PasswordInvalid,
    /// An account needs an invite here.
    RegistrationClosed,
    /// The invite is unknown, used up or expired.
    InviteInvalid,
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
    /// Nothing visible in the message.
    BodyEmpty,
    /// More than [`MessageBody::MAX_CHARS`].
    BodyTooLong {
        /// How many characters it has.
        length: usize,
    },
    /// The id belongs to another message or thread already.
    IdTaken,
    /// See [`crate::Title`].
    TitleInvalid,
    /// See [`Avatar`].
    AvatarInvalid,
    /// A token needs a name.
    LabelInvalid,
    /// More than [`wire::MAX_ADDED`] at a time, or more than [`Thread::MAX_MEMBERS`] in all.
    TooManyMembers,
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

impl Refusal {
    /// The stable name, the field on a form that it belongs to, the HTTP status, and the sentence.
    fn parts(&self) -> (&'static str, Option<&'static str>, u16, String) {
        match self {
            Self::SignInRequired => ("sign-in-required", None, 401, "Please sign in.".into()),
            Self::CredentialsWrong => {
                ("credentials-wrong", Some("password"), 401, "The username or the password is wrong.".into())
            }
            Self::PasswordWrong => {
                ("password-wrong", Some("current_password"), 422, "This is not your present password.".into())
            }
            Self::TooManyAttempts { retry_after_s } => (
                "too-many-attempts",
                Some("password"),
                429,
                format!("Too many attempts. Try again in {}.", duration(*retry_after_s)),
            ),
            Self::UsernameTaken => {
                ("username-taken", Some("username"), 409, "This username is taken. Choose another.".into())
            }
            Self::UsernameInvalid => (
                "username-invalid",
                Some("username"),
                422,
                format!(
                    "A username has {} to {} small letters a–z, digits or underscores, and starts with a letter.",
                    Username::MIN_CHARS,
                    Username::MAX_CHARS
                ),
            ),
            Self::DisplayNameInvalid => (
                "display-name-invalid",
                Some("display_name"),
                422,
                format!("A name has 1 to {} visible characters.", name::MAX_CHARS),
            ),
            Self::PasswordInvalid => (
                "password-invalid",
                Some("password"),
                422,
                format!(
                    "A password has {MIN_PASSWORD_CHARS} to {MAX_PASSWORD_CHARS} characters, and is not the username."
                ),
            ),
            Self::RegistrationClosed => (
                "registration-closed",
                None,
                403,
                "New accounts need an invite here. Ask somebody who is in for a link.".into(),
            ),
            Self::InviteInvalid => (
                "invite-invalid",
                None,
                403,
                "This invite is used up, expired or mistyped. Ask for a new link.".into(),
            ),
            Self::UserNotFound => ("user-not-found", None, 404, "There is no such person here.".into()),
            Self::ThreadNotFound => (
                "thread-not-found",
                None,
                404,
                "This conversation does not exist, or you are not in it.".into(),
            ),
            Self::MessageNotFound => {
                ("message-not-found", None, 404, "This conversation has no such message.".into())
            }
            Self::GrantNotFound => ("grant-not-found", None, 404, "It is gone already.".into()),
            Self::PageNotFound => ("page-not-found", None, 404, "There is nothing at this address.".into()),
            Self::MethodNotAllowed => {
                ("method-not-allowed", None, 405, "This address does not take that method.".into())
            }
            Self::AdminRequired => {
                ("admin-required", None, 403, "Only an admin of this group can do that.".into())
            }
            Self::AdministratorRequired => (
                "administrator-required",
                None,
                403,
                "Only the administrator of this Bobbin can do that.".into(),
            ),
            Self::BrowserRequired => (
                "browser-required",
                None,
                403,
                "A token cannot do this. Sign in with a username and a password.".into(),
            ),
            Self::GroupRequired => {
                ("group-required", None, 422, "This is a conversation of two, not a group.".into())
            }
            Self::LastAdmin => {
                ("last-admin", None, 422, "A group needs an admin. Make somebody else an admin first.".into())
            }
            Self::SelfNotAllowed => {
                ("self-not-allowed", None, 422, "Choose somebody other than yourself.".into())
            }
            Self::BodyEmpty => {
                ("body-empty", Some("body"), 422, "There is nothing to send. Write something first.".into())
            }
            Self::BodyTooLong { length } => (
                "body-too-long",
                Some("body"),
                422,
                format!(
                    "This message has {length} characters, and {} is the most. Shorten it or send it in parts.",
                    MessageBody::MAX_CHARS
                ),
            ),
            Self::IdTaken => ("id-taken", None, 409, "This id belongs to something else already.".into()),
            Self::TitleInvalid => (
                "title-invalid",
                Some("title"),
                422,
                format!("A group's name has 1 to {} visible characters.", name::MAX_CHARS),
            ),
            Self::AvatarInvalid => (
                "avatar-invalid",
                Some("avatar"),
                422,
                format!(
                    "A group's picture is one of {} colours, with an emoji or one or two letters.",
                    Avatar::HUES
                ),
            ),
            Self::LabelInvalid => (
                "label-invalid",
                Some("label"),
                422,
                format!("A token's name has 1 to {} visible characters.", name::MAX_CHARS),
            ),
            Self::TooManyMembers => (
                "too-many-members",
                None,
                422,
                format!(
                    "At most {} people can be added at a time, and a group has at most {}.",
                    wire::MAX_ADDED,
                    Thread::MAX_MEMBERS
                ),
            ),
            Self::TooManyPinned => (
                "too-many-pinned",
                None,
                422,
                format!("At most {} conversations can be pinned. Unpin one first.", options::MAX_PINNED),
            ),
            Self::RequestInvalid { detail } => ("request-invalid", None, 400, detail.clone()),
            Self::RequestTooLarge => (
                "request-too-large",
                None,
                413,
                format!("This is larger than {} kB, the most that is read.", wire::MAX_FRAME_BYTES / 1024),
            ),
            Self::OriginForeign => (
                "origin-foreign",
                None,
                403,
                "This request came from another site. Open Bobbin at its own address.".into(),
            ),
            Self::TooManyRequests { retry_after_s } => (
                "too-many-requests",
                None,
                429,
                format!("Too many requests at once. Try again in {}.", duration(*retry_after_s)),
            ),
            Self::Unavailable => (
                "unavailable",
                None,
                503,
                "Bobbin cannot reach its database just now. Nothing is lost; try again in a moment.".into(),
            ),
            Self::Internal => (
                "internal",
                None,
                500,
                "Something went wrong on the server. It is noted; try again in a moment.".into(),
            ),
        }
    }
}

fn duration(seconds: u32) -> String {
    match seconds {
        0..=1 => "a second".into(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
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
