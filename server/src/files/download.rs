//! Fetching files: whole or in ranges, by the members of their thread alone. Nothing that is served here can run in our origin: browsers are told the type that
//! we found, not to guess another, and to give no rights to whatever it is; and what is not on a closed list of images, sound and film is only ever a download.

use super::{Row, find, kind, not_found, objects::Version};
use crate::{access, auth::Auth, error::Result, extract::Path, state::AppState};
use axum::{
    body::Body,
    extract::State,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{
            ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
            CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE, VARY,
        },
    },
    response::{IntoResponse, Response},
};
use model::{FileId, ThreadId};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::ops::Range;

/// A file under one id never changes. Another session, which may be another person's, asks again.
const LIFETIME: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");
/// No scripts, no forms, no origin: whatever it is, it is only looked at.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'");

/// A file as it was uploaded, but for what an image said of its place.
pub async fn original(
    State(state): State<AppState>,
    auth: Auth,
    Path((thread_id, file_id)): Path<(ThreadId, FileId)>,
    headers: HeaderMap,
) -> Result<Response> {
    let row = allowed(&state, &auth, thread_id, file_id).await?;
    let is_shown = row.kind != "other";
    let media_type = if is_shown { row.media_type.clone() } else { kind::UNKNOWN.into() };
    let disposition = disposition(if is_shown { "inline" } else { "attachment" }, &row.name);
    let mut response = answer(&state, &row, Version::Original, &headers).await?;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::try_from(media_type).unwrap_or(UNKNOWN));
    response.headers_mut().insert(CONTENT_DISPOSITION, disposition);
    Ok(response)
}

/// The smaller version of an image.
pub async fn thumbnail(
    State(state): State<AppState>,
    auth: Auth,
    Path((thread_id, file_id)): Path<(ThreadId, FileId)>,
    headers: HeaderMap,
) -> Result<Response> {
    let row = allowed(&state, &auth, thread_id, file_id).await?;
    let Some(media_type) = row.thumbnail_type.clone() else { return Err(not_found()) };
    let mut response = answer(&state, &row, Version::Thumbnail, &headers).await?;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::try_from(media_type).unwrap_or(UNKNOWN));
    Ok(response)
}

const UNKNOWN: HeaderValue = HeaderValue::from_static(kind::UNKNOWN);

/// A file that somebody may fetch.
async fn allowed(state: &AppState, auth: &Auth, thread_id: ThreadId, file_id: FileId) -> Result<Row> {
    let access = access::thread(&state.db, auth.user.user_id, thread_id).await?;
    let row = find(&state.db, access.thread_id(), file_id).await?;
    row.filter(|row| row.is_for(access.user_id())).ok_or_else(not_found)
}

async fn answer(state: &AppState, row: &Row, version: Version, asked: &HeaderMap) -> Result<Response> {
    let etag = HeaderValue::try_from(format!("\"{}\"", row.object_id.simple())).ok();
    let is_known = |name| etag.is_some() && asked.get(name) == etag.as_ref();
    let mut response = if is_known(IF_NONE_MATCH) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let is_resumable =
            version == Version::Original && (!asked.contains_key(IF_RANGE) || is_known(IF_RANGE));
        let range = asked.get(RANGE).filter(|_| is_resumable);
        content(state, row, version, range).await?
    };
    let headers = response.headers_mut();
    headers.extend(etag.map(|etag| (ETAG, etag)));
    headers.insert(CACHE_CONTROL, LIFETIME);
    headers.insert(VARY, HeaderValue::from_static("cookie, authorization"));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    Ok(response)
}

/// The bytes: all of them, or those of one range. Whoever asks for several ranges gets the whole.
async fn content(
    state: &AppState,
    row: &Row,
    version: Version,
    asked: Option<&HeaderValue>,
) -> Result<Response> {
    let objects = &state.files.objects;
    let size_bytes = row.size_bytes.unsigned_abs();
    let range = match asked.and_then(|asked| range(asked, size_bytes)) {
        Some(Some(range)) => range,
        Some(None) => {
            let headers = [(CONTENT_RANGE, format!("bytes */{size_bytes}"))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, headers).into_response());
        }
        None => {
            let (length, stream) = objects.get(row.key(), version, None).await?;
            return Ok(([(CONTENT_LENGTH, length)], Body::from_stream(stream)).into_response());
        }
    };
    let headers = [
        (CONTENT_RANGE, format!("bytes {}-{}/{size_bytes}", range.start, range.end - 1)),
        (CONTENT_LENGTH, (range.end - range.start).to_string()),
    ];
    let (_, stream) = objects.get(row.key(), version, Some(range)).await?;
    Ok((StatusCode::PARTIAL_CONTENT, headers, Body::from_stream(stream)).into_response())
}

/// The one range that is asked for, or none that there could be. A header that makes no sense is passed over (RFC 9110, 14.2).
fn range(asked: &HeaderValue, size_bytes: u64) -> Option<Option<Range<u64>>> {
    let ranges = http_range_header::parse_range_header(asked.to_str().ok()?).ok()?;
    let Ok(ranges) = ranges.validate(size_bytes) else { return Some(None) };
    let [range] = ranges.as_slice() else { return None };
    Some(Some(*range.start()..range.end() + 1))
}

/// What may stand in a coded name as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What is to be done with a file, and its name (RFC 6266): as it is for those who know UTF-8, and near enough for others.
fn disposition(what: &str, name: &str) -> HeaderValue {
    let is_plain = |one: char| one.is_ascii_graphic() && !matches!(one, '"' | '\\' | '%') || one == ' ';
    let plain: String = name.chars().map(|one| if is_plain(one) { one } else { '_' }).collect();
    let coded = utf8_percent_encode(name, PLAIN);
    let text = format!("{what}; filename=\"{plain}\"; filename*=UTF-8''{coded}");
    // Nothing but visible ASCII is in it.
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_survives_as_a_header() {
        let disposition = disposition("attachment", "a \"b\" 报告%.pdf");
        assert_eq!(
            disposition.to_str().unwrap(),
            "attachment; filename=\"a _b_ ___.pdf\"; filename*=UTF-8''a%20%22b%22%20%E6%8A%A5%E5%91%8A%25.pdf"
        );
    }

    #[test]
    fn one_range_is_taken_and_nonsense_passed_over() {
        let range = |text| range(&HeaderValue::from_static(text), 100);
        assert_eq!(range("bytes=0-9"), Some(Some(0..10)));
        assert_eq!(range("bytes=90-"), Some(Some(90..100)));
        assert_eq!(range("bytes=-5"), Some(Some(95..100)));
        assert_eq!(range("bytes=50-1000"), Some(Some(50..100)));
        assert_eq!(range("bytes=100-"), Some(None));
        for text in ["bytes=0-1,5-6", "lines=1-2", "bytes=b-a", ""] {
            assert_eq!(range(text), None, "{text}");
        }
    }
}
