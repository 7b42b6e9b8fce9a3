//! JSON in as little code as it takes: serde_json would be 17 kB more on its way (brotli).
//!
//! Whole numbers come through exactly up to 2^53, which is all that the wire has.

mod read;
mod write;

pub use read::from_str;
pub use write::to_string;

use serde::{
    de::{self, Expected, Unexpected},
    ser,
};
use std::fmt::{self, Display};

/// What cannot be read or written. What exactly is wrong with it is for the server's tests.
#[derive(Debug)]
pub struct Wrong;

/// None of these words is ever looked at, so that the code that would make them is left out.
impl de::Error for Wrong {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

impl ser::Error for Wrong {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

impl Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it cannot be read or written")
    }
}

impl std::error::Error for Wrong {}
