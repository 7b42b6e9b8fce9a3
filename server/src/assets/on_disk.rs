//! The site as it lies on disk, read anew for every request: for `make watch` and the tests.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use super::{HeaderMap, HeaderValue, IntoResponse, Response, Urls, header, media_type, style};
use axum::http::StatusCode;
use words::Language;

pub static URLS: LazyLock<Urls> = LazyLock::new(|| Urls {
    start: "/pkg/start.js",
    script: "/pkg/bobbin.js",
    picture: "/pkg/picture.js",
    notifications: "/pkg/notifications.js",
    lock: "/pkg/lock.js",
    // As cargo-leptos calls it.
    split: "/pkg/__wasm_split.______________________.js",
    wasm: "/pkg/bobbin.wasm",
    css: "/pkg/bobbin.css",
    later: "/pkg/later.css",
    words: Language::all().map(|language| &*words_url(language).leak()).collect::<Vec<_>>().leak(),
    // All come at once.
    later_words: vec![""; Language::all().count()].leak(),
});

fn words_url(language: Language) -> String {
    format!("/pkg/words.{}.txt", language.tag())
}

/// Where `cargo leptos watch` tells what has changed, if it is what started us.
pub fn reload_port() -> Option<String> {
    std::env::var("LEPTOS_WATCH").ok()?;
    Some(std::env::var("LEPTOS_RELOAD_PORT").unwrap_or_else(|_| "3001".into()))
}

/// The start of the app, and under `cargo leptos watch` what keeps it up to date.
fn start(source: &Path) -> std::io::Result<Vec<u8>> {
    let mut script = std::fs::read(source)?;
    if let Some(port) = reload_port() {
        let patch = leptos_hot_reload::HOT_RELOAD_JS;
        let reload = include_str!("reload.js");
        script.extend(format!("\nconst RELOAD_PORT = {port:?};\n{patch}\n{reload}").into_bytes());
    }
    Ok(script)
}

#[derive(Clone)]
pub struct File {
    path: String,
    source: PathBuf,
}

pub fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let public = root.join("app/public");
    // Where cargo-leptos puts the two.
    let built = root.join("target/site/pkg");
    let mut files = vec![
        File { path: URLS.start.into(), source: public.join("start.js") },
        File { path: URLS.picture.into(), source: public.join("picture.js") },
        File { path: URLS.notifications.into(), source: public.join("notifications.js") },
        File { path: URLS.lock.into(), source: public.join("lock.js") },
        File { path: URLS.css.into(), source: root.join("style/main.css") },
        File { path: URLS.later.into(), source: root.join("style/later.css") },
    ];
    let mut add_all = |folder: &Path, below: &str| {
        for source in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            let Some(name) = source.file_name().and_then(|name| name.to_str()) else { continue };
            let path = format!("{below}{name}");
            if !["start.js", "picture.js", "notifications.js", "lock.js"].contains(&name) && path != URLS.css
            {
                files.push(File { path, source });
            }
        }
    };
    add_all(&public, "/");
    add_all(&built, "/pkg/");
    files.extend(Language::all().map(|language| File {
        path: words_url(language),
        source: root.join(format!("words/{}.toml", language.tag())),
    }));
    files
}

impl File {
    pub fn path(&self) -> &str {
        &self.path
    }

    pub fn content(&self) -> Vec<u8> {
        std::fs::read(&self.source).unwrap_or_default()
    }

    pub fn answer(&self, _request: &HeaderMap) -> Response {
        let language = Language::all().find(|language| words_url(*language) == self.path);
        let content = match self.path.as_str() {
            _ if language.is_some() => Ok(language.map_or("", Language::table).into()),
            path if [URLS.css, URLS.later].contains(&path) => {
                style::bundle(&self.source).map(String::into_bytes)
            }
            path if path == URLS.start => start(&self.source),
            _ => std::fs::read(&self.source),
        };
        match content {
            Ok(content) => {
                let keep_nothing = HeaderValue::from_static("no-store");
                let headers =
                    [(header::CONTENT_TYPE, media_type(&self.path)), (header::CACHE_CONTROL, keep_nothing)];
                (headers, content).into_response()
            }
            Err(error) => {
                (StatusCode::NOT_FOUND, format!("{}: {error}", self.source.display())).into_response()
            }
        }
    }
}
