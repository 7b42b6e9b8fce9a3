//! HTML that is written as text, where it never changes: as elements it would be far more code.

/// A text as it stands in HTML, also between quotation marks.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
