//! The site as the build put it into the binary, plain and compressed.

use super::{HeaderMap, HeaderValue, IntoResponse, Response, Urls, header, media_type, takes_brotli};

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

    pub fn content(&self) -> &'static [u8] {
        self.plain
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

/// What is built in does not change.
pub fn reload_port() -> Option<String> {
    None
}
