//! The HTML document around the app, as the server sends it. It works under a strict content security policy: no script and no style
//! stands in it.

use crate::{
    clock::Zone,
    html::escape,
    route::Route,
    snapshot::{Parcel, Snapshot},
    store::Store,
    view,
};
use leptos::prelude::*;
use model::{MessageId, Timestamp, appearance::Appearance};

/// Where the browser finds the parts of the site.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    /// The style sheet.
    pub css: &'static str,
    /// The style sheet of what is seldom wanted: see [`crate::lazy`].
    pub later: &'static str,
    /// The module that loads and starts the app.
    pub start: &'static str,
    /// The app's JavaScript glue.
    pub script: &'static str,
    /// What lets one move a picture that is chosen.
    pub picture: &'static str,
    /// What lets one turn notifications on.
    pub notifications: &'static str,
    /// What locks this browser, and after how many minutes in which nobody touches it, if it is to.
    pub lock: Option<(i16, &'static str)>,
    /// What loads the parts that were cut off it.
    pub split: &'static str,
    /// The app.
    pub wasm: &'static str,
    /// The words of the language that is spoken.
    pub words: &'static str,
    /// Those of what is loaded later.
    pub later_words: &'static str,
    /// Which sheet of emoji there is.
    pub emoji: &'static str,
    /// How the reader wants it to look.
    pub appearance: Appearance,
}

/// The whole document. `zone` gives the minutes east of UTC at the reader's place at a moment.
#[must_use]
pub fn render(snapshot: Snapshot, site: &Site, zone: impl Fn(Timestamp) -> i32) -> String {
    let zone = Zone::of(snapshot.moments(), zone);
    let kept = snapshot.refused.as_ref().and_then(|refused| refused.form_id);
    let message_id = kept.unwrap_or_else(MessageId::generate);
    let is_later = matches!(snapshot.route, Route::New { .. } | Route::Details { .. });
    let parcel = Parcel { snapshot, zone: zone.steps().to_vec(), message_id };
    let json = serde_json::to_string(&parcel).unwrap_or_default().replace('<', "\\u003c");
    let owner = Owner::new_root(None);
    let (title, app) = owner.with(|| {
        let store = Store::new(parcel);
        provide_context(store);
        (view::title(store), view::App().html())
    });
    owner.unset_with_forced_cleanup();
    let later =
        if is_later { format!("\n<link rel=\"stylesheet\" href=\"{}\">", site.later) } else { String::new() };
    let Site { css, start, script, split, wasm, words, later_words, emoji, later: later_css, .. } = site;
    let title = escape(&title);
    let lock = lock(site);
    let html = html(site.appearance);
    format!(
        r#"<!DOCTYPE html>
{html}
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="{css}">{later}
<link rel="modulepreload" href="{script}">
<link rel="modulepreload" href="{split}">
<link rel="preload" href="{wasm}" as="fetch" type="application/wasm" crossorigin>
<link rel="preload" href="{words}" as="fetch" crossorigin>
<script type="module" src="{start}" data-script="{script}" data-wasm="{wasm}" data-words="{words}" data-later="{later_words}"></script>{lock}
</head>
<body>
<div id="app" data-emoji="{emoji}" data-later="{later_css}">{app}</div>
<script type="application/json" id="snapshot">{json}</script>
</body>
</html>
"#
    )
}

/// The script that locks this browser, if it is to lock.
pub(crate) fn lock(site: &Site) -> String {
    site.lock.map_or_else(String::new, |(minutes, script)| {
        let words = escape(words::lock::locked());
        format!(
            "\n<script type=\"module\" id=\"lock-script\" src=\"{script}\" data-minutes=\"{minutes}\" data-words=\"{words}\"></script>"
        )
    })
}

/// The start of a page in the language that is spoken.
pub(crate) fn html(appearance: Appearance) -> String {
    let (tag, direction) = (words::language::tag(), words::language::direction());
    let (theme, text_size) = appearance.words();
    let attribute = |name: &str, word: &str, is_default: bool| {
        if is_default { String::new() } else { format!(" data-{name}=\"{word}\"") }
    };
    let default = Appearance::default();
    let theme = attribute("theme", theme, appearance.theme == default.theme);
    let text_size = attribute("text-size", text_size, appearance.text_size == default.text_size);
    format!(r#"<html lang="{tag}" dir="{direction}"{theme}{text_size}>"#)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Open;
    use model::{
        Message, ThreadKind, User, UserId,
        appearance::{TextSize, Theme},
        page::MessagePage,
        page::ThreadPage,
        thread::LastMessage,
    };

    const SITE: Site = Site {
        css: "/a.css",
        later: "/l.css",
        start: "/a.js",
        script: "/b.js",
        picture: "/p.js",
        notifications: "/n.js",
        lock: None,
        split: "/s.js",
        wasm: "/b.wasm",
        words: "/en.txt",
        later_words: "/en.later.txt",
        emoji: "1",
        appearance: Appearance { theme: Theme::System, text_size: TextSize::Usual },
    };
    const NOON: Timestamp = Timestamp(1_763_899_200_000_000);

    fn user(name: &str) -> User {
        User::new(UserId::generate(), name.to_lowercase(), name.into())
    }

    /// A thread of two with these messages, the last one just now.
    fn conversation(bodies: &[&str]) -> Snapshot {
        let (me, peer) = (user("Ada"), user("Bob <b>"));
        let thread_id = model::ThreadId::generate();
        let messages: Vec<_> = (1..)
            .zip(bodies)
            .map(|(seq, body)| {
                let created_at = Timestamp(NOON.0 + i64::try_from(seq).unwrap() * 1_000_000);
                let (message_id, body) = (MessageId::generate(), (*body).into());
                Message::sent(message_id, thread_id, seq, created_at, peer.user_id, body)
            })
            .collect();
        let last = messages.last().unwrap();
        let thread = model::Thread {
            thread_id,
            kind: ThreadKind::Direct { peer: peer.clone() },
            last_seq: last.seq,
            change: 0,
            active_at: last.created_at,
            last_message: Some(LastMessage::of(last, peer.clone())),
            pins: None,
            read_seq: 1,
            read_at: Some(messages[0].created_at),
            own_count: 0,
            own_read_count: 0,
            mention_count: 0,
            mention_read_count: 0,
            seen_seq: None,
            about: String::new(),
            request_count: 0,
            options: model::Options::default(),
        };
        Snapshot {
            me,
            route: Route::thread(thread_id),
            threads: ThreadPage { threads: vec![thread.clone()], has_more: false, ..ThreadPage::default() },
            archived: None,
            after: None,
            etag: "1".into(),
            open: Open::Thread {
                thread: Box::new(thread),
                messages: MessagePage {
                    messages,
                    people: vec![peer],
                    has_older: true,
                    ..MessagePage::default()
                },
                members: None,
            },
            doing: crate::Doing::Looking,
            query: None,
            found: None,
            refused: None,
            max_file_bytes: 100_000_000,
            now: NOON,
        }
    }

    /// The part that a reader without scripts sees.
    fn visible(html: &str) -> &str {
        html.split("<script type=\"application/json\"").next().unwrap()
    }

    #[test]
    fn the_words_stand_in_the_first_html() {
        let html = render(conversation(&["first", "second\nline"]), &SITE, |_| 60);
        let html = visible(&html);
        for words in
            ["first", "second\nline", "13:00", "Today", "New messages", "Earlier messages", "(1) Bob"]
        {
            assert!(html.contains(words), "{words} is missing in {html}");
        }
        assert_eq!(html.matches("<article").count(), 2);
    }

    #[test]
    fn the_title_says_where_more_may_be_unread_than_is_loaded() {
        let mut snapshot = conversation(&["first", "second"]);
        let thread = snapshot.threads.threads[0].clone();
        let other = || model::Thread { thread_id: model::ThreadId::generate(), ..thread.clone() };
        snapshot.threads.threads.extend(std::iter::repeat_with(other).take(model::page::THREADS - 1));
        for (has_more, title) in [(false, "<title>(30) Bob"), (true, "<title>(30+) Bob")] {
            snapshot.threads.has_more = has_more;
            let html = render(snapshot.clone(), &SITE, |_| 60);
            assert!(html.contains(title), "{}", html.split("<title>").nth(1).unwrap());
        }
    }

    #[test]
    fn text_from_people_is_never_markup() {
        let evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)> javascript:x https://a.example/\"onclick=\"x";
        let mut snapshot = conversation(&[evil, evil]);
        snapshot.refused = Some(crate::Refused {
            problem: model::Problem::from(&model::Refusal::BodyEmpty),
            body: "</textarea><script>alert(1)</script>".into(),
            avatar: None,
            draft: None,
            form_id: None,
        });
        let html = render(snapshot, &SITE, |_| 0);
        assert_eq!(html.matches("<script").count(), 2, "{html}");
        assert_eq!(html.matches("</textarea").count(), 1);
        assert!(!html.contains("<img") && !html.contains("<b>"));
        assert!(!html.contains("href=\"javascript"));
        assert!(html.contains(r#"href="https://a.example/""#));
    }

    #[test]
    fn nothing_in_it_needs_an_exception_from_the_content_policy() {
        let html = render(conversation(&["one"]), &SITE, |_| 0);
        assert!(!html.contains(" style=") && !html.contains("<style") && !html.contains(" onclick="));
    }

    #[test]
    fn the_snapshot_comes_back_as_it_was() {
        let snapshot = conversation(&["one </script>", "two"]);
        let html = render(snapshot.clone(), &SITE, |_| 0);
        let json =
            html.split("id=\"snapshot\">").nth(1).and_then(|rest| rest.split("</script>").next()).unwrap();
        let parcel: Parcel = serde_json::from_str(json).unwrap();
        assert_eq!(parcel.snapshot, snapshot);
    }
}
