//! Which site a request came from, and what a browser is told of ours. A session's cookie goes along with whatever another site's page
//! makes a browser ask; so whatever changes something, and the live socket, is only answered to our own pages, and to programs, which
//! say no origin.

use crate::{assets, auth::is_https, error::Error, state::AppState};
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, Uri,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
            X_CONTENT_TYPE_OPTIONS,
        },
        request::Parts,
    },
    middleware::Next,
    response::Response,
};
use model::Refusal;
use std::{convert::Infallible, sync::LazyLock};

/// The one GET that is as good as a POST: what comes in by the socket changes things.
const LIVE: &str = "/api/v1/live";

/// `'self'` covers the socket too, in every browser that follows CSP level 3 (Chrome 70, Firefox 50, Safari 16).
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; media-src 'self'; \
    connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Under `cargo leptos watch` pages also listen for what has changed.
static WATCHED_POLICY: LazyLock<Option<HeaderValue>> = LazyLock::new(|| {
    let port = assets::reload_port()?;
    let connect = format!("connect-src 'self' ws://localhost:{port} ws://127.0.0.1:{port}");
    HeaderValue::try_from(POLICY.replace("connect-src 'self'", &connect)).ok()
});

/// What every answer says, unless its handler said otherwise.
const HEADERS: [(HeaderName, &str); 7] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    ),
    (CACHE_CONTROL, "no-store"),
];

/// Lets a request pass unless another site's page sent it.
pub async fn check(State(state): State<AppState>, request: Request, next: Next) -> Result<Response, Error> {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if (!is_safe || request.uri().path() == LIVE) && !is_ours(request.headers(), request.uri(), &state) {
        return Err(Refusal::OriginForeign.into());
    }
    Ok(next.run(request).await)
}

/// Tells the browser what it may do with an answer.
pub async fn headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Some(policy) = &*WATCHED_POLICY {
        headers.insert(CONTENT_SECURITY_POLICY, policy.clone());
    }
    if state.public_url.as_deref().is_some_and(|url| url.starts_with("https://")) {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// The address at which somebody uses us: the configured one, or the one that their request names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Base(String);

impl Base {
    /// The whole address of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl FromRequestParts<AppState> for Base {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        if let Some(url) = &state.public_url {
            return Ok(Self(url.to_string()));
        }
        let scheme = if is_https(&parts.headers, state) { "https" } else { "http" };
        let host = host(&parts.headers, &parts.uri, state);
        Ok(Self(host.map_or_else(String::new, |host| format!("{scheme}://{host}"))))
    }
}

fn is_ours(headers: &HeaderMap, uri: &Uri, state: &AppState) -> bool {
    if let Some(origin) = headers.get(ORIGIN) {
        let Ok(origin) = origin.to_str() else { return false };
        let is_public = state.public_url.as_deref().is_some_and(|url| is_same(origin, url));
        return is_public || host(headers, uri, state).is_some_and(|host| is_at(origin, host));
    }
    match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        None | Some(b"same-origin" | b"none") => true,
        Some(_) => false,
    }
}

/// The host and port that the browser asked for.
fn host<'a>(headers: &'a HeaderMap, uri: &'a Uri, state: &AppState) -> Option<&'a str> {
    let named = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let forwarded = state.trust_proxy.then(|| named("x-forwarded-host")).flatten();
    forwarded.or_else(|| named(HOST.as_str())).or_else(|| uri.authority().map(|authority| authority.as_str()))
}

/// Whether an origin is at that host and port, by whichever scheme: behind a proxy one does not know which it was.
fn is_at(origin: &str, host: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let default_port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return false,
    };
    let strip = |text: &str| text.strip_suffix(default_port).unwrap_or(text).to_ascii_lowercase();
    strip(authority) == strip(host)
}

fn is_same(origin: &str, url: &str) -> bool {
    url.split_once("://").is_some_and(|(scheme, rest)| {
        let host = rest.split('/').next().unwrap_or_default();
        origin.split_once("://").is_some_and(|(of_origin, _)| of_origin == scheme) && is_at(origin, host)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_ours_by_host_and_port() {
        assert!(is_at("http://chat.example", "chat.example"));
        assert!(is_at("https://chat.example", "chat.example:443"));
        assert!(is_at("https://Chat.example:8443", "chat.example:8443"));
        assert!(is_at("http://[::1]:3000", "[::1]:3000"));
        for origin in [
            "null",
            "",
            "https://chat.example:8443",
            "https://chat.example.evil",
            "https://evil.chat.example",
            "https://chat.example/",
            "ftp://chat.example",
            "chat.example",
        ] {
            assert!(!is_at(origin, "chat.example"), "{origin}");
        }
    }

    #[test]
    fn an_origin_is_ours_by_the_public_address() {
        assert!(is_same("https://chat.example", "https://chat.example"));
        assert!(is_same("https://chat.example", "https://chat.example/bobbin"));
        assert!(!is_same("http://chat.example", "https://chat.example"));
        assert!(!is_same("https://chat.example", "chat.example"));
    }
}
