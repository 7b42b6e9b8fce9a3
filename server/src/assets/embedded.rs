//! The site as the build put it into the binary, plain and compressed.

use super::{HeaderMap, HeaderValue, IntoResponse, Response, Urls, header, media_type};

include!(concat!(env!("OUT_DIR"), "/site.rs"));

#[derive(Clone)]
pub struct File {
    path: &'static str,
    plain: &'static [u8],
    brotli: &'static [u8],
}

pub fn files() -> Vec<File> {
    FILES.to_vec()
}

impl File {
    pub fn path(&self) -> &'static str {
        self.path
    }

    pub fn answer(&self, request: &HeaderMap) -> Response {
        let lifetime = match self.path.starts_with("/pkg/") {
            true => "public, max-age=31536000, immutable",
            false => "public, max-age=86400",
        };
        let headers = [
            (header::CONTENT_TYPE, media_type(self.path)),
            (header::CACHE_CONTROL, HeaderValue::from_static(lifetime)),
            (header::VARY, HeaderValue::from_static("accept-encoding")),
        ];
        if self.brotli.len() < self.plain.len() && takes_brotli(request) {
            (headers, [(header::CONTENT_ENCODING, "br")], self.brotli).into_response()
        } else {
            (headers, self.plain).into_response()
        }
    }
}

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
    fn every_address_of_the_page_is_served() {
        for url in [URLS.start, URLS.script, URLS.wasm, URLS.css] {
            assert!(FILES.iter().any(|file| file.path == url), "{url}");
        }
    }
}

/// What is built in does not change.
pub fn reload_port() -> Option<String> {
    None
}
