//! The files that a browser loads besides pages: the app, its style, and what lies in `app/public`.

use std::future::ready;

use axum::{
    Router,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};

use sha2::{Digest, Sha256};

#[cfg(feature = "embed")]
#[path = "assets/embedded.rs"]
mod source;
#[cfg(not(feature = "embed"))]
#[path = "assets/on_disk.rs"]
mod source;
#[cfg(not(feature = "embed"))]
mod style;

/// Where the browser finds the app. The names change with the content, so what they name may be kept for ever.
pub struct Urls {
    /// The module that loads and starts the app.
    pub start: &'static str,
    /// The app's JavaScript glue.
    pub script: &'static str,
    /// What lets one move a picture that is chosen.
    pub picture: &'static str,
    /// What lets one turn notifications on.
    pub notifications: &'static str,
    /// What locks a browser that nobody touches.
    pub lock: &'static str,
    /// What loads the parts that were cut off it.
    pub split: &'static str,
    /// The app.
    pub wasm: &'static str,
    /// The style sheet.
    pub css: &'static str,
    /// The style sheet of what is seldom wanted.
    pub later: &'static str,
    /// The words of each language, in the order of `Language::place`.
    pub words: &'static [&'static str],
    /// The words of what is loaded later.
    pub later_words: &'static [&'static str],
}

/// The addresses for the page's head.
pub fn urls() -> &'static Urls {
    &source::URLS
}

/// The port at which `cargo leptos watch` tells what has changed. A page that was built in hears of nothing.
#[must_use]
pub fn reload_port() -> Option<String> {
    source::reload_port()
}

/// The files that make up the app and its style, with the SHA-256 of each in hexadecimal: who has the source can compare them with their own build.
#[must_use]
pub fn hashes() -> Vec<(String, String)> {
    let is_code =
        |file: &source::File| [".css", ".js", ".wasm"].iter().any(|ending| file.path().ends_with(ending));
    let hash = |file: source::File| {
        let hash = Sha256::digest(file.content());
        (file.path().to_owned(), hash.iter().map(|byte| format!("{byte:02x}")).collect())
    };
    source::files().into_iter().filter(is_code).map(hash).collect()
}

/// Serves the files; anything else is left to the other routes.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    source::files().into_iter().fold(Router::new(), |router, file| {
        let path = file.path().to_owned();
        router.route(&path, get(move |headers: HeaderMap| ready(file.answer(&headers))))
    })
}

/// What a browser must be told to make sense of a file, by the ending of its name.
fn media_type(path: &str) -> HeaderValue {
    HeaderValue::from_static(match path.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("ico") => "image/x-icon",
        Some("js") => "text/javascript; charset=utf-8",
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("webmanifest") => "application/manifest+json",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    })
}

/// What is built in lies there compressed, too.
#[cfg(any(feature = "embed", test))]
fn takes_brotli(request: &HeaderMap) -> bool {
    let values = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim() == "br" && !matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brotli_goes_only_to_those_who_take_it() {
        let takes = |value| {
            takes_brotli(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))]))
        };
        assert!(takes("gzip, deflate, br, zstd"));
        assert!(takes("br;q=0.9"));
        assert!(!takes("gzip, br;q=0"));
        assert!(!takes("gzip, brotli"));
        assert!(!takes_brotli(&HeaderMap::new()));
    }

    #[test]
    fn every_text_says_in_which_characters_it_is_written() {
        let public = std::fs::read_dir("../app/public").unwrap().map(|file| file.unwrap().path());
        let mut names: Vec<String> = public.map(|path| path.display().to_string()).collect();
        names.extend(["main.css".into(), "app.js".into()]);
        for name in names {
            let kind = media_type(&name);
            let kind = kind.to_str().unwrap();
            assert_ne!(kind, "application/octet-stream", "{name}");
            let is_text = kind.starts_with("text/") || kind.contains("+xml");
            assert_eq!(kind.ends_with("; charset=utf-8"), is_text, "{name}: {kind}");
        }
    }
}
