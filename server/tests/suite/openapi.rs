//! The description of the HTTP interface says what there is, no more and no less.

use crate::{browser::Browser, harness::TestServer};
use serde_json::Value;
use std::collections::BTreeSet;

/// Every method and path under `/api`, as `router.rs` reads.
fn routes() -> BTreeSet<String> {
    let router = include_str!("../../src/router.rs");
    let routes = router.lines().filter_map(|line| line.trim().strip_prefix(".route(\"/api/"));
    routes
        .flat_map(|route| {
            let (path, handlers) = route.split_once('"').unwrap();
            ["get", "post", "put", "delete"]
                .into_iter()
                .filter(move |method| handlers.contains(&format!("{method}(")))
                .map(move |method| format!("{method} /api/{path}"))
        })
        .collect()
}

#[tokio::test]
async fn the_document_names_every_route_and_nothing_else() {
    let server = TestServer::start().await;
    let document: Value = Browser::new(&server).open("/api/v1/openapi.json").await.json();
    let paths = document["paths"].as_object().unwrap();
    let mut described: BTreeSet<String> = paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| format!("{method} {path}"))
        })
        .collect();
    described.insert("get /api/v1/openapi.json".into());
    assert_eq!(described, routes());
}

#[tokio::test]
async fn every_schema_that_is_referred_to_is_there() {
    let server = TestServer::start().await;
    let page = Browser::new(&server).open("/api/v1/openapi.json").await;
    let document: Value = page.json();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let references = page.text.split("\"#/components/schemas/").skip(1);
    for name in references.map(|rest| rest.split('"').next().unwrap()) {
        assert!(schemas.contains_key(name), "{name} is not described");
    }
    assert!(document["components"]["securitySchemes"]["token"].is_object());
}
