//! Everybody is answered in their language: pages, refusals, and what comes over the socket; and no page says something in another.

use crate::{
    browser::{Browser, Page},
    harness::{PASSWORD, Person, TestServer},
};
use model::{Problem, Username, wire::Command, wire::Frame};
use reqwest::{Method, StatusCode};
use serde_json::json;
use server::resets;

const CHINESE: &str = "zh-CN,zh;q=0.9,en;q=0.8";

/// A Chinese browser, signed in or not.
fn chinese(server: &TestServer, person: Option<&Person>) -> Browser {
    let browser = person.map_or_else(|| Browser::new(server), |person| Browser::of(server, person));
    browser.with("accept-language", CHINESE)
}

#[tokio::test]
async fn a_page_is_in_the_language_that_its_browser_asks_for() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let page = chinese(&server, Some(&alice)).open("/").await;
    page.assert_shows("<html lang=\"zh-Hans\" dir=\"ltr\">");
    page.assert_shows("还没有对话");
    page.assert_shows("data-words=\"/pkg/words.zh-Hans.");
    for header in ["en-GB", "fr", "", "*"] {
        let page = Browser::of(&server, &alice).with("accept-language", header).open("/").await;
        page.assert_shows("<html lang=\"en\" dir=\"ltr\">");
        page.assert_shows("No conversations yet");
    }
}

#[tokio::test]
async fn a_refusal_is_in_the_language_of_the_request_and_its_type_is_not() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let missing = format!("/api/v1/threads/{}", model::ThreadId::generate());
    let english: Problem = Browser::of(&server, &alice).open(&missing).await.json();
    let in_chinese: Problem = chinese(&server, Some(&alice)).open(&missing).await.json();
    assert_eq!(in_chinese.detail, "这个对话不存在，或者你不在其中。");
    assert_eq!(english.detail, "This conversation does not exist, or you are not in it.");
    assert_eq!((in_chinese.kind, in_chinese.status), (english.kind, english.status));
    let page =
        chinese(&server, None).submit("/sign-in", &[("username", "alice"), ("password", "wrong")]).await;
    page.assert_shows("用户名或密码不正确。");
    chinese(&server, Some(&alice)).open("/nowhere").await.assert_shows("这个地址下什么也没有。");
}

#[tokio::test]
async fn a_socket_speaks_the_language_of_its_handshake() {
    let server = TestServer::start().await;
    let mut alice = server.person("alice").await;
    alice.cookie.push_str("; language=zh-Hans");
    let mut live = alice.live().await;
    let id = live.begin(alice.message(model::ThreadId::generate(), "你好")).await;
    let Frame::Problem { id: Some(of), problem } = live.next().await else { panic!("it was not refused") };
    assert_eq!((of, problem.detail.as_str()), (id, "这个对话不存在，或者你不在其中。"));
}

#[tokio::test]
async fn a_choice_goes_before_the_browser_and_is_kept_with_the_account() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let form = [("language", "en"), ("next", "/settings?done=language")];
    let chosen = chinese(&server, Some(&alice)).submit("/language", &form).await;
    assert_eq!(chosen.redirect(), "/settings?done=language");
    let cookie = chosen.set_cookie().unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(cookie, "language=en");
    let page = chinese(&server, Some(&alice)).with("cookie", &cookie).open("/settings?done=language").await;
    page.assert_shows("Saved.");
    page.assert_shows("<option value=\"en\" lang=\"en\" selected>English</option>");

    let sign_in = [("username", "alice"), ("password", PASSWORD)];
    let elsewhere = chinese(&server, None).submit("/sign-in", &sign_in).await;
    let cookies: Vec<_> = elsewhere.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies.len(), 2);
    assert!(cookies[1].to_str().unwrap().starts_with("language=en; "), "{cookies:?}");

    let form = [("language", ""), ("next", "//evil.example")];
    let dropped = chinese(&server, Some(&alice)).submit("/language", &form).await;
    assert_eq!(dropped.redirect(), "/");
    assert!(dropped.set_cookie().unwrap().starts_with("language=; Path=/; Max-Age=0"));
    let elsewhere = chinese(&server, None).submit("/sign-in", &sign_in).await;
    assert_eq!(elsewhere.headers.get_all("set-cookie").iter().count(), 1);
}

#[tokio::test]
async fn a_choice_at_the_door_comes_in_with_whoever_made_it() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let page = Browser::new(&server).open("/sign-in?next=/new").await;
    page.assert_shows("value=\"/sign-in?next=/new\"");
    page.assert_shows("lang=\"zh-Hans\" class=\"language-button\">简体中文</button>");
    let mut browser = Browser::new(&server).with("cookie", "language=zh-Hans");
    browser.submit("/sign-in", &[("username", "alice"), ("password", PASSWORD)]).await.redirect();
    let mut other = Browser::new(&server);
    let met = other.submit("/sign-in", &[("username", "alice"), ("password", PASSWORD)]).await;
    let mut cookies = met.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    assert!(cookies.any(|cookie| cookie.starts_with("language=zh-Hans;")), "{:?}", met.headers);
    // What is chosen there is what is spoken: this one has lost that cookie.
    let selected = "<option value=\"zh-Hans\" lang=\"zh-Hans\" selected>";
    other.open("/settings").await.assert_lacks(selected);
    chinese(&server, Some(&alice)).open("/settings").await.assert_shows(selected);
}

#[tokio::test]
async fn by_https_a_choice_is_kept_where_no_other_host_can_put_one() {
    let server = TestServer::start_with(&["--public-url", "https://chat.example"]).await;
    let mut browser = Browser::new(&server).with("origin", "https://chat.example");
    browser.sign_up("alice", "Alice", PASSWORD).await;
    let own = browser.cookie.clone().unwrap();
    for (path, form, name) in [
        ("/language", &[("language", "zh-Hans"), ("next", "/")][..], "language=zh-Hans"),
        ("/settings/appearance", &[("theme", "dark"), ("text_size", "large")], "appearance=dark.large"),
    ] {
        browser.cookie = Some(own.clone());
        let chosen = browser.submit(path, form).await;
        let cookie = chosen.set_cookie().unwrap();
        assert!(cookie.starts_with(&format!("__Host-{name}; Path=/; ")), "{cookie}");
        assert!(cookie.ends_with("; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
    }
    for (prefix, html) in [
        ("__Host-", "<html lang=\"zh-Hans\" dir=\"ltr\" data-theme=\"dark\" data-text-size=\"large\">"),
        // As a neighbour under the same domain may have put them there.
        ("", "<html lang=\"en\" dir=\"ltr\">"),
    ] {
        let cookies = format!("{own}; {prefix}language=zh-Hans; {prefix}appearance=dark.large");
        let mut browser = Browser::new(&server).with("cookie", &cookies).with("accept-language", "en");
        browser.open("/").await.assert_shows(html);
    }
}

/// Names, and words that are the same in every language.
const ALLOWED: [&str; 13] = [
    "Bobbin", "Mac", "Ctrl", "Alt", "API", "English", "Firefox", "Linux", "kB", "ID", "IP", "SHA-256", "a–z",
];

/// What a person sees or hears of a page: its text, and the attributes that are read out.
fn said(html: &str) -> Vec<String> {
    let html = html.split("<script type=\"application/json\"").next().unwrap();
    let mut said = Vec::new();
    // A username follows its sign in a node of its own.
    let html = html.replace("@<!>", "@");
    for part in html.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or((part, ""));
        // What is written on keys is the same everywhere.
        if !tag.starts_with("script") && !tag.starts_with("kbd") {
            said.push(text.trim().to_owned());
        }
        for name in [" aria-label=\"", " title=\"", " placeholder=\"", " alt=\""] {
            said.extend(tag.split(name).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
        }
    }
    said.retain(|text| !text.is_empty());
    said
}

/// Whether a text has Latin letters, apart from what people are called and what is the same in every language.
fn is_foreign(text: &str) -> bool {
    let text = ALLOWED.iter().fold(text.to_owned(), |text, word| text.replace(word, ""));
    let words = text.split_whitespace().filter(|word| !word.starts_with('@'));
    words.flat_map(|word| word.chars()).any(|one| one.is_ascii_alphabetic())
}

/// The addresses of `router.rs` that people see pages of.
fn routes() -> Vec<String> {
    let router = include_str!("../../src/router.rs");
    let paths = router.split(".route(").skip(1).map(|rest| rest.split('"').nth(1).unwrap().to_owned());
    // What only leads on to another page, and what is no page.
    let others = [
        "/api/",
        "/emoji/",
        "/files/",
        "/healthz",
        "/readyz",
        "/sign-out",
        "/language",
        "/settings/sessions",
    ];
    let routes: Vec<_> = paths.filter(|path| !others.iter().any(|other| path.starts_with(other))).collect();
    assert!(routes.len() > 10, "only {routes:?}");
    routes
}

fn is_at(path: &str, route: &str) -> bool {
    let path = path.split('?').next().unwrap();
    path.split('/').count() == route.split('/').count()
        && path
            .split('/')
            .zip(route.split('/'))
            .all(|(part, of_route)| part == of_route || of_route.starts_with('{'))
}

fn english_on(place: &str, page: &Page) -> Vec<String> {
    assert!(page.text.contains("</html>"), "{place} is no page: {}", page.text);
    // Names of files and their hashes are the same in every language.
    let said = said(page.text.split("class=\"chats-files\"").next().unwrap_or_default());
    assert!(!said.is_empty(), "{place} says nothing");
    said.into_iter().filter(|text| is_foreign(text)).map(|text| format!("{place}: {text}")).collect()
}

#[tokio::test]
async fn no_english_is_left_on_chinese_pages() {
    let server = TestServer::start().await;
    let (mut found, mut seen) = (Vec::new(), Vec::new());
    let mut signed_out = chinese(&server, None);
    found.extend(english_on("the first account", &signed_out.open("/sign-up").await));
    let ming = server.person_named("ming", "王小明").await;
    let hua = server.person_named("hua", "李华").await;
    let mei = server.person_named("mei", "韩梅梅").await;
    let direct = ming.direct(&hua).await.thread_id;
    let group = ming.group("周末爬山", &[&hua]).await.thread_id;
    let empty = ming.group("读书会", &[]).await.thread_id;
    for number in 0..60 {
        hua.send(direct, &format!("第{number}条")).await;
        ming.send(group, "几点出发？").await;
    }
    let others = hua.group("合唱团", &[]).await.thread_id;
    let open = hua.group_invite(others, 1, false).await.unwrap();
    let asked = hua.group_invite(others, 1, true).await.unwrap();
    let edited = ming.send(direct, "写错了").await;
    ming.edit(&edited, "改好了").await.unwrap();
    let (thread_id, message_id) = (direct, edited.message_id);
    ming.done(&Command::PinMessage { thread_id, message_id, is_pinned: true }).await;
    ming.done(&Command::React { thread_id, message_id, emoji: "👍".into(), is_on: true }).await;
    let theirs = hua.send(direct, "骂人的话").await.message_id;
    let in_group = ming.send(group, "走吧").await.message_id;
    let old = ming.messages(direct, "").await.unwrap().messages[30].created_at;

    for path in ["/sign-in", "/sign-in?next=/new", "/sign-up", "/sign-up?invite=1"] {
        found.extend(english_on(path, &signed_out.open(path).await));
        seen.push(path.to_owned());
    }
    for (path, form) in [
        ("/sign-in", vec![("username", "1"), ("password", "")]),
        ("/sign-up", vec![("username", "1"), ("display_name", ""), ("password", "1")]),
        ("/sign-up", vec![("username", "hua"), ("display_name", "华"), ("password", "correct horse")]),
    ] {
        found.extend(english_on(&format!("{path} refused"), &signed_out.submit(path, &form).await));
    }

    let firefox = chinese(&server, None).with("user-agent", "Firefox/140 Linux");
    let signed_in = { firefox }.submit("/sign-in", &[("username", "ming"), ("password", PASSWORD)]).await;
    let mut browser = chinese(&server, None);
    browser.cookie = Some(signed_in.set_cookie().unwrap().split(';').next().unwrap().to_owned());
    browser.submit("/settings/sessions/end-others", &[]).await;
    for path in [
        "/".to_owned(),
        "/new".into(),
        "/new?q=李".into(),
        "/new?q=谁".into(),
        format!("/t/{direct}"),
        format!("/t/{direct}?before={}", old.0),
        format!("/t/{direct}?after={}", old.0),
        format!("/t/{direct}/details"),
        format!("/t/{direct}/m/{}", edited.message_id),
        format!("/t/{direct}/m/{theirs}"),
        format!("/t/{group}/m/{in_group}"),
        format!("/t/{direct}/m/{}/versions", edited.message_id),
        format!("/t/{direct}/m/{}/readers", edited.message_id),
        "/shortcuts".into(),
        "/help/chats".into(),
        format!("/t/{direct}/m/{}/report", theirs),
        format!("/t/{direct}/m/{}/reactions", edited.message_id),
        format!("/t/{direct}/m/{}/forward", edited.message_id),
        format!("/t/{direct}/pins"),
        format!("/t/{direct}/date"),
        format!("/t/{direct}?date=what"),
        format!("/t/{group}"),
        format!("/t/{group}/details"),
        format!("/t/{empty}"),
        format!("/t/{}", model::ThreadId::generate()),
        format!("/t/{group}/details?do=add"),
        format!("/t/{group}/details?do=edit"),
        format!("/t/{group}/details?do=leave"),
        format!("/t/{group}/picture"),
        format!("/t/{group}/invites"),
        format!("/join/{others}/{open}"),
        format!("/join/{others}/{asked}"),
        format!("/join/{others}/5e"),
        "/pictures/1".into(),
        format!("/pictures/{}/large", model::PictureId::generate()),
        "/new?do=group".into(),
        "/archive".into(),
        "/nowhere".into(),
        "/settings".into(),
    ] {
        found.extend(english_on(&path, &browser.open(&path).await));
        seen.push(path);
    }
    let closed = browser.submit("/settings/registration", &[("is_open", "false")]).await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER);
    found.extend(english_on("closed", &signed_out.open("/sign-up").await));
    let hidden =
        browser.submit("/settings/privacy", &[("shows_typing", "on"), ("secret_from", "nobody")]).await;
    assert_eq!(hidden.status, StatusCode::SEE_OTHER);
    seen.push("/settings/privacy".to_owned());
    for done in [
        "language",
        "password",
        "ended",
        "others-ended",
        "registration",
        "revoked",
        "privacy",
        "profile",
        "appearance",
        "lock",
        "report",
        "activity",
    ] {
        found.extend(english_on(done, &browser.open(&format!("/settings?done={done}")).await));
    }
    let long = "字".repeat(5_000);
    let nobody = model::UserId::generate().to_string();
    let new_group = model::ThreadId::generate().to_string();
    let message_id = model::MessageId::generate().to_string();
    for (path, form) in [
        ("/settings/tokens".to_owned(), vec![("label", "机器人")]),
        ("/settings/tokens".into(), vec![("label", "")]),
        ("/settings/invites".into(), vec![("uses", "3"), ("days", "7")]),
        ("/settings/invites".into(), vec![("uses", "0"), ("days", "7")]),
        ("/settings/password".into(), vec![("current_password", "1"), ("password", "12345678")]),
        ("/settings/password".into(), vec![("current_password", PASSWORD), ("password", "1")]),
        ("/new".into(), vec![("user_id", nobody.as_str())]),
        ("/new".into(), vec![("do", "group"), ("thread_id", &new_group), ("title", "")]),
        (format!("/t/{group}/details"), vec![("do", "edit"), ("title", "")]),
        (format!("/t/{group}/details"), vec![("do", "add"), ("user_id", nobody.as_str())]),
        (format!("/t/{group}/details"), vec![("do", "what")]),
        (format!("/t/{group}/options"), vec![("do", "what")]),
        (format!("/t/{group}/read"), vec![("created_at", "what")]),
        ("/settings/registration".into(), vec![("is_open", "what")]),
        ("/settings/appearance".into(), vec![("theme", "dark")]),
        ("/settings/lock".into(), vec![("minutes", "2")]),
        ("/settings/reports/done".into(), vec![("thread_id", "what")]),
        (format!("/t/{direct}/m/{theirs}/report"), vec![("reason", long.as_str())]),
        ("/settings/activity".into(), vec![("is_active", "false"), ("username", "ming")]),
        ("/settings/resets".into(), vec![("username", "mei")]),
        ("/settings/resets".into(), vec![("username", "1")]),
        ("/settings/profile".into(), vec![("display_name", "")]),
        (format!("/t/{group}/invites"), vec![("do", "create"), ("uses", "0"), ("days", "1")]),
        (format!("/t/{group}/invites"), vec![("do", "create"), ("uses", "3"), ("days", "7")]),
        (format!("/t/{group}/invites"), vec![("do", "what")]),
        ("/settings/invites/revoke".into(), vec![("invite_id", "what")]),
        (format!("/t/{direct}/m/{theirs}/reply"), vec![("message_id", &message_id), ("body", &long)]),
        (format!("/t/{direct}/m/{theirs}/edit"), vec![("body", "改好了")]),
        (format!("/t/{direct}/m/{theirs}/delete"), vec![]),
        (format!("/t/{direct}/m/{}/pin", edited.message_id), vec![("pinned", "what")]),
        (format!("/t/{direct}/m/{}/reactions", edited.message_id), vec![("on", "what")]),
        (format!("/t/{direct}/m/{}/forward", edited.message_id), vec![("form_id", &message_id)]),
        (format!("/t/{direct}/m/{}/forward", edited.message_id), vec![("form_id", "what")]),
        (format!("/t/{direct}/send"), vec![("message_id", &message_id), ("body", &long)]),
        (format!("/t/{direct}/send"), vec![("message_id", &message_id), ("body", " ")]),
    ] {
        found.extend(english_on(&format!("{path} {form:.20?}"), &browser.submit(&path, &form).await));
        seen.push(path);
    }
    let (_, link) = resets::make(&server.state.db, &Username::new("mei").unwrap()).await.unwrap();
    found.extend(english_on("a link for a new password", &signed_out.open(&link).await));
    found.extend(english_on("a refused password", &signed_out.submit(&link, &[("password", "1")]).await));
    found.extend(english_on("a used link", &signed_out.open("/reset/1").await));
    seen.push(link);
    browser.submit("/lock/now", &[]).await.redirect();
    seen.push("/lock/now".into());
    for path in ["/lock".to_owned(), "/lock/stay".into()] {
        let page = if path == "/lock" { browser.open(&path).await } else { browser.submit(&path, &[]).await };
        found.extend(english_on(&path, &page));
        seen.push(path);
    }
    found.extend(english_on("/lock", &browser.submit("/lock", &[("password", "1")]).await));
    found.extend(english_on("an empty account", &chinese(&server, Some(&mei)).open("/").await));
    for route in routes() {
        let is_seen = seen.iter().any(|path| is_at(path, &route));
        found.extend((!is_seen).then(|| format!("no Chinese page of {route} was looked at")));
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[tokio::test]
async fn programs_are_told_in_their_language_too() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    let mut program = chinese(&server, Some(&alice));
    let command = json!(Command::OpenDirect { user_id: model::UserId::generate() });
    let refused = program.call(Method::POST, "/api/v1/commands", Some(command)).await;
    assert_eq!(refused.problem(), "user-not-found");
    assert_eq!(refused.json::<Problem>().detail, "这里没有这个人。");
}
