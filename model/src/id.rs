//! The ids: UUID version 7 (RFC 9562), so that whoever makes one needs no central counter and a newer one sorts later.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{borrow::Cow, fmt, str::FromStr};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
            type Err = NoId;

            fn from_str(text: &str) -> Result<Self, NoId> {
                read(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    };
}

/// What is not the text of an id: 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoId;

impl fmt::Display for NoId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id: 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12")
    }
}

impl std::error::Error for NoId {}

/// The crate's own reader also takes other forms, and says where a text is wrong: one more kilobyte for a browser to load.
fn read(text: &str) -> Result<Uuid, NoId> {
    let mut number = 0_u128;
    for (place, one) in text.bytes().enumerate() {
        if matches!(place, 8 | 13 | 18 | 23) {
            if one != b'-' {
                return Err(NoId);
            }
        } else {
            number = number << 4 | u128::from(char::from(one).to_digit(16).ok_or(NoId)?);
        }
    }
    if text.len() == 36 { Ok(Uuid::from_u128(number)) } else { Err(NoId) }
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
    /// A secret chat, made by the *client* that asks for it. The server forgets it with the chat.
    SecretChatId
);
id!(
    /// A link that lets somebody sign up.
    InviteId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_written_and_in_no_other_way() {
        let id = UserId::generate();
        let text = id.to_string();
        assert_eq!(text.parse(), Ok(id));
        assert_eq!(text.to_uppercase().parse(), Ok(id));
        for wrong in [
            "",
            "x",
            &text[1..],
            &format!("{text}0"),
            &text.replace('-', ""),
            &text.replace('-', "0"),
            &text.replace('7', "g"),
        ] {
            assert_eq!(wrong.parse::<UserId>(), Err(NoId), "{wrong}");
        }
    }
}
