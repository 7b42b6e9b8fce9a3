//! What has to hold of everything that people and programs can send. Each takes any bytes, and panics where it does not hold. The fuzzer looks for
//! bytes that make them panic; the tests replay the corpora.

#![allow(dead_code, clippy::unwrap_used, reason = "each target uses one, and a property that fails panics")]

use app::route::{After, Doing, Route};
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Multipart},
    http::Request as HttpRequest,
};
use futures_util::FutureExt;
use model::{
    FileId, MessageBody, ThreadId, UserId,
    file::FileName,
    mention::{Piece, pieces},
    wire::{Frame, Request},
};
use server::{
    files::{
        kind::{self, Sniffed},
        strip,
    },
    formatting,
    mentions::Mention,
};
use std::{fmt::Debug, str::FromStr};
use uuid::Uuid;

/// A frame that can be read is written so that it is read as the same.
pub fn frames(data: &[u8]) {
    if let Ok(request) = serde_json::from_slice::<Request>(data) {
        let text = serde_json::to_string(&request).unwrap();
        assert_eq!(serde_json::from_str::<Request>(&text).unwrap(), request);
    }
    if let Ok(frame) = serde_json::from_slice::<Frame>(data) {
        let text = serde_json::to_string(&frame).unwrap();
        assert_eq!(serde_json::from_str::<Frame>(&text).unwrap(), frame);
    }
}

/// What marks mean is HTML of the elements and attributes that are allowed, and not much longer than what was written.
pub fn markdown(data: &[u8]) {
    let Some(body) = std::str::from_utf8(data).ok().and_then(|text| MessageBody::new(text).ok()) else {
        return;
    };
    let ada = [Mention { user_id: UserId(Uuid::nil()), username: "ada".into() }];
    let (of_nobody, of_ada) = (formatting::html(body.as_str(), &[]), formatting::html(body.as_str(), &ada));
    // What a sender sees until the server has answered is made by other code.
    let at_once = app::formatting::html(body.as_str(), &["ada".into()]);
    for html in [of_nobody, of_ada, at_once].into_iter().flatten() {
        assert!(html.len() <= 200 * body.as_str().len() + 1_000, "{} bytes of {body:?}", html.len());
        for tag in html.split('<').skip(1) {
            let (tag, _) = tag.split_once('>').unwrap_or_else(|| panic!("an open tag in {html:?}"));
            check(tag, &html);
        }
    }
}

fn check(tag: &str, html: &str) {
    let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
    let known =
        ["a", "blockquote", "br", "code", "del", "em", "hr", "li", "mark", "ol", "p", "pre", "strong", "ul"];
    assert!(known.contains(&name.trim_start_matches('/').trim_end_matches('/')), "<{tag}> in {html:?}");
    // Values are escaped: a quotation mark ends one.
    for attribute in attributes.split("\" ").filter(|attribute| !attribute.is_empty()) {
        let (key, value) = attribute.split_once("=\"").unwrap_or_else(|| panic!("{attribute:?} in {html:?}"));
        let value = value.trim_end_matches('"');
        let is_allowed = match key {
            "href" => ["http://", "https://", "http:", "https:", "mailto:"].iter().any(|scheme| {
                value.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
            }),
            "dir" => value == "auto",
            "start" => value.chars().all(|one| one.is_ascii_digit()),
            "target" => value == "_blank",
            "rel" => value == "noopener noreferrer nofollow",
            _ => false,
        };
        assert!(is_allowed, "{key}={value:?} in {html:?}");
    }
}

/// A file's name is one name that a file system takes, and stays what it is; and a text's pieces are the text.
pub fn names(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let name = FileName::new(text);
    assert!((1..=FileName::MAX_BYTES).contains(&name.as_str().len()), "{name:?}");
    assert!(!name.as_str().contains(['/', '\\', '\0', '\n', '\r']), "{name:?}");
    assert_eq!(FileName::new(name.as_str()), name);
    let whole: String = pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Words(words) => words.to_owned(),
            Piece::Name(name) => format!("@{name}"),
        })
        .collect();
    assert_eq!(whole, text);
}

/// A form in parts is read to its end or refused, and what its files are called becomes a name.
pub fn forms(data: &[u8]) {
    let request = HttpRequest::post("/")
        .header("content-type", "multipart/form-data; boundary=part")
        .body(Body::from(data.to_vec()))
        .unwrap();
    // All of it is there, so that nothing is ever waited for.
    let Some(Ok(mut form)) = Multipart::from_request(request, &()).now_or_never() else { return };
    let mut bytes = 0;
    while let Ok(Some(field)) = form.next_field().now_or_never().expect("all of the form is there") {
        if let Some(name) = field.file_name() {
            names(name.as_bytes());
        }
        let Ok(content) = field.bytes().now_or_never().expect("all of the field is there") else { return };
        bytes += content.len();
    }
    assert!(bytes <= data.len(), "{bytes} bytes out of {}", data.len());
}

/// An image that is taken apart is still one of its kind, not larger but for which side is up, and there is nothing more to take out of it.
pub fn images(data: &[u8]) {
    let (sniffed, media_type) = kind::sniff(data);
    if let Sniffed::Image(format) = sniffed {
        for orientation in [1, 6] {
            let whole = |pieces: Vec<Bytes>| Bytes::from(pieces.concat());
            let Some(once) = strip::strip(format, &Bytes::copy_from_slice(data), orientation).map(whole)
            else {
                continue;
            };
            assert_eq!(kind::sniff(&once), (sniffed, media_type));
            assert!(once.len() <= data.len() + 200, "{} bytes of {}", once.len(), data.len());
            let twice = strip::strip(format, &once, orientation).map(whole);
            assert_eq!(twice.as_ref(), Some(&once), "not the same the second time");
        }
    }
    let mut blanked = data.to_vec();
    strip::blank(&mut blanked);
    assert_eq!(blanked.len(), data.len());
    let again = blanked.clone();
    strip::blank(&mut blanked);
    assert_eq!(blanked, again, "not the same the second time");
}

/// What is found in an address is found again where it leads, and an id is read as it is written.
pub fn addresses(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    fn reads_again<T: FromStr<Err: Debug> + ToString + PartialEq + Debug>(text: &str) {
        if let Ok(value) = text.parse::<T>() {
            assert_eq!(value.to_string().parse::<T>().unwrap(), value);
        }
    }
    reads_again::<ThreadId>(text);
    reads_again::<FileId>(text);
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    let route = Route::parse(path, query);
    if !matches!(route, Route::Unknown | Route::New { .. }) {
        let address = route.path();
        let (path, query) = address.split_once('?').unwrap_or((&address, ""));
        assert_eq!(Route::parse(path, query), route);
    }
    if let Some(after) = After::parse(query) {
        assert_eq!(After::parse(after.query().trim_start_matches('?')), Some(after));
    }
    let _ = (Doing::parse(query), app::route::search(query), app::route::wanted_date(query));
}
