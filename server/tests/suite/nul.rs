//! A NUL, which PostgreSQL does not store, in each text of each request.

use crate::{
    harness::TestServer,
    permissions::{People, ways},
};
use reqwest::{Method, Request, Url, header};
use serde_json::Value;

/// A request once for each text in it, with a NUL in that one.
fn with_a_nul(request: &Request) -> Vec<Request> {
    let mut found = Vec::new();
    let again = |body: Option<String>| {
        let mut again = request.try_clone().unwrap();
        *again.body_mut() = body.map(Into::into).or(again.body_mut().take());
        again.headers_mut().remove(header::CONTENT_LENGTH);
        again
    };
    let path = again(None);
    found.extend([path].into_iter().map(|mut one| {
        let path = format!("{}%00", one.url().path());
        one.url_mut().set_path(&path);
        one
    }));
    let pairs = |query: &str| {
        let url = Url::parse(&format!("http://x/?{query}")).unwrap();
        url.query_pairs().into_owned().collect::<Vec<(String, String)>>()
    };
    let mut queries = spoiled(&pairs(request.url().query().unwrap_or_default()));
    if request.method() == Method::GET {
        let names = ["q", "title", "prefix", "name", "next", "do", "to", "user"];
        queries.extend(names.map(|name| vec![(name.to_owned(), "a\0".to_owned())]));
    }
    for query in queries {
        let mut one = again(None);
        one.url_mut().query_pairs_mut().clear().extend_pairs(query);
        found.push(one);
    }
    let body = request.body().and_then(|body| body.as_bytes()).unwrap_or_default();
    let body = String::from_utf8(body.to_vec()).unwrap();
    if let Ok(json) = serde_json::from_str::<Value>(&body) {
        for place in 0.. {
            let (mut json, mut left) = (json.clone(), place);
            if !spoil(&mut json, &mut left) {
                break;
            }
            found.push(again(Some(json.to_string())));
        }
    } else if body.starts_with("--") {
        found.push(again(Some(body.replace("Me\r\n", "M\0e\r\n"))));
    } else {
        for fields in spoiled(&pairs(&body)) {
            let url = Url::parse_with_params("http://x/", fields).unwrap();
            found.push(again(url.query().map(str::to_owned)));
        }
    }
    found
}

/// Some fields once for each of them, with a NUL in that one.
fn spoiled(fields: &[(String, String)]) -> Vec<Vec<(String, String)>> {
    let one = |place: usize| {
        let mut fields = fields.to_vec();
        fields[place].1.push('\0');
        fields
    };
    (0..fields.len()).map(one).collect()
}

/// Puts a NUL into the text at some place, if there is one.
fn spoil(json: &mut Value, left: &mut usize) -> bool {
    match json {
        Value::String(text) if *left == 0 => {
            text.push('\0');
            true
        }
        Value::String(_) => {
            *left -= 1;
            false
        }
        Value::Array(values) => values.iter_mut().any(|value| spoil(value, left)),
        Value::Object(fields) => fields.values_mut().any(|value| spoil(value, left)),
        _ => false,
    }
}

#[tokio::test]
async fn a_nul_in_any_text_is_answered_and_never_an_error_of_the_server() {
    let server = TestServer::start().await;
    let people = People::gather(&server).await;
    let mut asked = 0;
    let poll = "/api/v1/live/{connection_id}";
    let ways = ways().filter(|way| !way.ends_sessions());
    for way in ways.filter(|way| way.name() != format!("GET {poll}")) {
        let group = people.group().await;
        for (name, caller) in &people.others {
            if !["admin", "keeper"].contains(name) {
                continue;
            }
            for request in with_a_nul(&way.ask(&group, caller).await.build().unwrap()) {
                let body = request.body().and_then(|body| body.as_bytes()).unwrap_or_default();
                let (url, body) = (request.url().clone(), String::from_utf8_lossy(body).into_owned());
                let status = server.client.execute(request).await.unwrap().status();
                assert!(!status.is_server_error(), "{status} {} {url} {body}", way.name());
                asked += 1;
            }
        }
    }
    assert!(asked > 500, "only {asked} were sent");
}
