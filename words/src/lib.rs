//! Every word of ours that people read, in each language that we speak. `en.toml` and its neighbours hold them; the build makes a function
//! of each, so that one which is missing, or is given too few arguments, does not compile. On the server all languages are compiled in; a
//! browser loads the table of one.

#[cfg(not(target_arch = "wasm32"))]
mod spoken;
#[cfg_attr(target_arch = "wasm32", path = "table/loaded.rs")]
#[cfg_attr(not(target_arch = "wasm32"), path = "table/embedded.rs")]
mod table;

#[cfg(not(target_arch = "wasm32"))]
pub use spoken::{Language, Speaking, speak};
pub use table::number;
#[cfg(target_arch = "wasm32")]
pub use table::{load, load_later};

include!(concat!(env!("OUT_DIR"), "/words.rs"));

/// A text with its arguments in their places.
fn fill(text: &str, arguments: &[&str]) -> String {
    let mut filled = String::with_capacity(text.len() + 32);
    for one in text.chars() {
        // A table marks the place of the first argument by U+0001, and so on.
        match arguments.get((one as usize).wrapping_sub(1)) {
            // Words that run the other way do not take what stands around them along.
            Some(argument) if is_rtl(argument) => filled.extend(["\u{2068}", argument, "\u{2069}"]),
            Some(argument) => filled.push_str(argument),
            None => filled.push(one),
        }
    }
    filled
}

/// Whether a text has letters of a script that is written from right to left: Hebrew, Arabic and their neighbours.
fn is_rtl(text: &str) -> bool {
    text.contains(|one| matches!(one, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFF}' | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}'))
}
