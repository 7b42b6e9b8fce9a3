//! The HTML document around the app, as the server sends it. It works under a strict content security policy: no script and no style
//! stands in it.

use crate::{
    clock::Zone,
    snapshot::{Parcel, Snapshot},
    store::Store,
    view,
};
use leptos::prelude::*;
use model::{MessageId, Timestamp};

/// Where the browser finds the parts of the site.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    /// The style sheet.
    pub css: &'static str,
    /// The module that loads and starts the app.
    pub start: &'static str,
    /// The app's JavaScript glue.
    pub script: &'static str,
    /// The app.
    pub wasm: &'static str,
}

/// The whole document. `zone` gives the minutes east of UTC at the reader's place at a moment.
#[must_use]
pub fn render(snapshot: Snapshot, site: &Site, zone: impl Fn(Timestamp) -> i32) -> String {
    let zone = Zone::of(snapshot.moments(), zone);
    let parcel = Parcel { snapshot, zone: zone.steps().to_vec(), message_id: MessageId::generate() };
    let json = serde_json::to_string(&parcel).unwrap_or_default().replace('<', "\\u003c");
    let owner = Owner::new_root(None);
    let (title, app) = owner.with(|| {
        let store = Store::new(parcel);
        provide_context(store);
        (view::title(store), view::App().to_html())
    });
    owner.unset_with_forced_cleanup();
    let Site { css, start, script, wasm } = site;
    let title = escape(&title);
    format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="{css}">
<link rel="modulepreload" href="{script}">
<link rel="preload" href="{wasm}" as="fetch" type="application/wasm" crossorigin>
<script type="module" src="{start}" data-script="{script}" data-wasm="{wasm}"></script>
</head>
<body>
<div id="app">{app}</div>
<script type="application/json" id="snapshot">{json}</script>
</body>
</html>
"#
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
