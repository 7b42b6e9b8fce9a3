//! A moment, to the microsecond, as PostgreSQL keeps it and as a cursor needs it: exact on both sides of the wire.

use serde::{Deserialize, Serialize};

/// Microseconds since 1970-01-01T00:00:00Z. On the wire it is that number, which every JSON reader holds exactly until the year 2255.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Later than any message.
    pub const MAX: Self = Self(8_000_000_000_000_000);

    /// Now, by the clock of whoever calls.
    #[cfg(not(target_arch = "wasm32"))]
    #[must_use]
    pub fn now() -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Self(since.map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(i64::MAX)))
    }

    /// The beginning of its hour, in UTC.
    #[must_use]
    pub const fn start_of_hour(self) -> Self {
        Self(self.0 - self.0.rem_euclid(3_600_000_000))
    }

    /// The very next moment.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

#[cfg(feature = "sqlx")]
mod sql {
    use super::Timestamp;
    use sqlx::{
        Decode, Encode, Postgres, Type,
        encode::IsNull,
        error::BoxDynError,
        postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueFormat, PgValueRef},
        types::time::OffsetDateTime,
    };

    /// PostgreSQL counts from 2000-01-01T00:00:00Z.
    const EPOCH: i64 = 946_684_800_000_000;
    /// What it can hold, counted like that: from the year 4714 before Christ. As a cursor, what lies before is the same.
    const EARLIEST: i64 = -211_813_488_000_000_000;

    impl Type<Postgres> for Timestamp {
        fn type_info() -> PgTypeInfo {
            <OffsetDateTime as Type<Postgres>>::type_info()
        }
    }

    impl PgHasArrayType for Timestamp {
        fn array_type_info() -> PgTypeInfo {
            <OffsetDateTime as PgHasArrayType>::array_type_info()
        }
    }

    impl Encode<'_, Postgres> for Timestamp {
        fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
            let micros = self.0.clamp(EARLIEST, Self::MAX.0) - EPOCH;
            buffer.extend_from_slice(&micros.max(EARLIEST).to_be_bytes());
            Ok(IsNull::No)
        }
    }

    impl Decode<'_, Postgres> for Timestamp {
        fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
            match value.format() {
                PgValueFormat::Binary => Ok(Self(i64::from_be_bytes(value.as_bytes()?.try_into()?) + EPOCH)),
                PgValueFormat::Text => Err("a timestamp was asked for as text".into()),
            }
        }
    }
}
