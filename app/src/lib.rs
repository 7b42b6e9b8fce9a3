//! What people see. The server draws it into the first response; in the browser WASM takes it over and keeps it true.
//!
//! `view` draws what `store` holds, `store` speaks through `connection`, and never the other way round.

pub mod clock;
#[cfg(feature = "ssr")]
mod document;
pub mod route;
pub mod snapshot;

#[cfg(feature = "ssr")]
pub use document::{Site, render};
pub use route::{Cursor, Route};
pub use snapshot::{Open, Refused, Snapshot};

use leptos::prelude::*;
use snapshot::Parcel;

/// The page's title and its HTML.
#[cfg(feature = "ssr")]
fn draw(parcel: Parcel) -> (String, String) {
    ("Bobbin".into(), view! { <p>{parcel.snapshot.me.display_name}</p> }.to_html())
}
