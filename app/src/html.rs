//! HTML that is written as text, where it never changes: as elements it would be far more code.

/// Texts with something between them.
pub fn join<'a>(texts: impl IntoIterator<Item = &'a str>, between: &str) -> String {
    let mut joined = String::new();
    for (place, text) in texts.into_iter().enumerate() {
        if place > 0 {
            joined += between;
        }
        joined += text;
    }
    joined
}

/// A text as it stands in HTML, also between quotation marks.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
