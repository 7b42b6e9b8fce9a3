//! The ids: UUID version 7 (RFC 9562), so that whoever makes one needs no central counter and a newer one sorts later.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id, later than every id made before it on this machine.
            #[must_use]
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

id!(
    /// A user, for ever: names change, this does not.
    UserId
);
id!(
    /// A thread.
    ThreadId
);
id!(
    /// A message, made by the *client* that sends it, so that sending twice stores once.
    MessageId
);
id!(
    /// A picture of a person or of a group.
    PictureId
);
id!(
    /// A file, made by the *client* that uploads it.
    FileId
);
id!(
    /// A signed-in browser, or a program with a bearer token.
    SessionId
);
id!(
    /// A link that lets somebody sign up.
    InviteId
);
