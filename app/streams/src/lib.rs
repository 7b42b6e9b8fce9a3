//! Stands in for the crate `wasm-streams`, of which Leptos's server functions need one type. Bobbin has no server functions, but the real crate exports
//! classes to JavaScript, which no linker can know to be unused: they and their glue would be three kilobytes that every browser loads.

use futures_util::{Stream, stream};
use wasm_bindgen::JsValue;
use web_sys::ReadableStream as Raw;

/// A stream of a server function's.
#[derive(Debug)]
pub struct ReadableStream(Raw);

impl ReadableStream {
    /// A browser's stream.
    #[must_use]
    pub fn from_raw(raw: Raw) -> Self {
        Self(raw)
    }

    /// One that would come from here.
    ///
    /// # Panics
    /// Always: there is nothing to send.
    pub fn from_stream(_: impl Stream<Item = Result<JsValue, JsValue>> + 'static) -> Self {
        unreachable!("Bobbin has no server functions")
    }

    /// The browser's stream.
    #[must_use]
    pub fn into_raw(self) -> Raw {
        self.0
    }

    /// What comes in it: nothing.
    pub fn into_stream(self) -> impl Stream<Item = Result<JsValue, JsValue>> {
        stream::empty()
    }
}
