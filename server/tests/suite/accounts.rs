//! Accounts: who gets one, who administers, and what a password protects.

use crate::{
    browser::{Browser, Me},
    harness::{PASSWORD, TestServer},
};
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version, password_hash::SaltString};
use model::wire::Frame;
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn the_first_account_administers_and_no_other() {
    let server = TestServer::start().await;
    let (mut alice, mut bob) = (Browser::new(&server), Browser::new(&server));
    let page = alice.sign_up("alice", "Alice", PASSWORD).await;
    assert_eq!(page.status, StatusCode::CREATED);
    assert!(page.json::<Me>().is_administrator);
    assert!(!bob.sign_up("bob", "Bob", PASSWORD).await.json::<Me>().is_administrator);
    assert!(alice.open("/api/v1/me").await.json::<Me>().is_administrator);
    let me: Me = bob.open("/api/v1/me").await.json();
    assert_eq!((me.user.username.as_str(), me.is_administrator), ("bob", false));
}

#[tokio::test]
async fn of_several_first_accounts_at_once_one_administers() {
    let server = TestServer::start().await;
    let sign_ups = (0..6).map(|number| {
        let mut browser = Browser::new(&server);
        async move { browser.sign_up(&format!("person{number}"), "Somebody", PASSWORD).await.json::<Me>() }
    });
    let people = futures_util::future::join_all(sign_ups).await;
    assert_eq!(people.iter().filter(|me| me.is_administrator).count(), 1, "{people:?}");
}

#[tokio::test]
async fn a_username_is_given_once_whatever_its_capitals() {
    let server = TestServer::start().await;
    let mut browser = Browser::new(&server);
    assert_eq!(browser.sign_up(" Alice ", "Alice", PASSWORD).await.json::<Me>().user.username, "alice");
    for username in ["alice", "ALICE", "\talice"] {
        let page = Browser::new(&server).sign_up(username, "Another", PASSWORD).await;
        assert_eq!((page.status, page.problem().as_str()), (StatusCode::CONFLICT, "username-taken"));
    }
    let sign_ups = (0..4).map(|_| {
        let mut browser = Browser::new(&server);
        async move { browser.sign_up("bob", "Bob", PASSWORD).await.status }
    });
    let statuses = futures_util::future::join_all(sign_ups).await;
    assert_eq!(statuses.iter().filter(|status| **status == StatusCode::CREATED).count(), 1, "{statuses:?}");
}

#[tokio::test]
async fn names_and_passwords_have_limits() {
    let server = TestServer::start().await;
    let long = |length| "字".repeat(length);
    for (username, display_name, password, problem) in [
        ("a", "Alice", PASSWORD.into(), "username-invalid"),
        ("1alice", "Alice", PASSWORD.into(), "username-invalid"),
        ("älice", "Alice", PASSWORD.into(), "username-invalid"),
        ("alice smith", "Alice", PASSWORD.into(), "username-invalid"),
        ("a\0b", "Alice", PASSWORD.into(), "username-invalid"),
        ("a".repeat(33).as_str(), "Alice", PASSWORD.into(), "username-invalid"),
        ("alice", "", PASSWORD.into(), "display-name-invalid"),
        ("alice", "\u{200B} \u{3164}", PASSWORD.into(), "display-name-invalid"),
        ("alice", &long(65), PASSWORD.into(), "display-name-invalid"),
        ("alice", "Alice", "1234567".into(), "password-invalid"),
        ("alice", "Alice", long(257), "password-invalid"),
        ("alice_smith", "Alice", "Alice_Smith".into(), "password-invalid"),
        ("alice", "Alice", "12345678".into(), "password-guessable"),
        ("alice", "Alice", "P@ssw0rd1".into(), "password-guessable"),
        ("alice_smith", "Marmaduke", "marmaduke1".into(), "password-guessable"),
        ("alice", "Alice", "bobbin2026".into(), "password-guessable"),
    ] {
        let page = Browser::new(&server).sign_up(username, display_name, &password).await;
        assert_eq!(
            (page.status.as_u16(), page.problem().as_str()),
            (422, problem),
            "{username} {display_name}"
        );
    }
    // No two neighbours are alike, nor as far apart as the next two: repetitions and rows are easily guessed.
    let varied: String =
        (1..=256).filter_map(|number| char::from_u32(0x4e00 + number * number % 9_973)).collect();
    for (username, display_name, password) in
        [("ab", "A".into(), "\0 x7q/Zt".into()), ("a".repeat(32).as_str(), long(64), varied)]
    {
        let mut browser = Browser::new(&server);
        assert_eq!(browser.sign_up(username, &display_name, &password).await.status, StatusCode::CREATED);
        assert_eq!(Browser::new(&server).sign_in(username, &password).await.status, StatusCode::CREATED);
    }
}

#[tokio::test]
async fn a_password_is_known_as_it_was_typed_and_asks_for_no_kinds_of_characters() {
    let server = TestServer::start().await;
    for (username, password, others) in [
        ("alice", " Wandering Tortoise ", [" wandering tortoise ", "Wandering Tortoise"]),
        ("bob", "zögerlicheswolkenschaf", ["zo\u{308}gerlicheswolkenscha", "zögerlicheswolkenscha"]),
        ("carol", "8462067391557", ["8462067391557 ", "846206739155"]),
    ] {
        let mut browser = Browser::new(&server);
        assert_eq!(
            browser.sign_up(username, "Somebody", password).await.status,
            StatusCode::CREATED,
            "{password}"
        );
        for other in others {
            let page = Browser::new(&server).sign_in(username, other).await;
            assert_eq!(page.problem(), "credentials-wrong", "{other:?} for {password:?}");
        }
        assert_eq!(Browser::new(&server).sign_in(username, password).await.status, StatusCode::CREATED);
    }
}

#[tokio::test]
async fn password_managers_are_told_which_field_is_which_and_nothing_hinders_them() {
    let server = TestServer::start().await;
    let alice = server.person("alice").await;
    for (mut browser, path, kinds) in [
        (Browser::new(&server), "/sign-in", vec!["current-password"]),
        (Browser::new(&server), "/sign-up", vec!["new-password"]),
        (Browser::of(&server, &alice), "/settings", vec!["current-password", "new-password"]),
    ] {
        let page = browser.open(path).await;
        let fields: Vec<&str> =
            page.text.split("<input ").skip(1).map(|rest| &rest[..rest.find('>').unwrap()]).collect();
        assert!(
            fields.iter().any(|field| field.contains("autocomplete=\"username\"")),
            "{path}: {fields:#?}"
        );
        let of_passwords: Vec<&&str> = fields.iter().filter(|field| field.contains("password\"")).collect();
        assert_eq!(of_passwords.len(), kinds.len(), "{path}: {of_passwords:#?}");
        for (field, kind) in of_passwords.iter().zip(kinds) {
            assert!(field.contains("type=\"password\""), "{path}: {field}");
            assert!(field.contains(&format!("autocomplete=\"{kind}\"")), "{path}: {field}");
            assert!(!field.contains("onpaste") && !field.contains("maxlength"), "{path}: {field}");
        }
    }
}

#[tokio::test]
async fn what_is_no_account_is_refused_in_words() {
    let server = TestServer::start().await;
    let mut browser = Browser::new(&server);
    let page = browser.post("/api/v1/accounts", json!({ "username": 7 })).await;
    assert_eq!((page.status, page.problem().as_str()), (StatusCode::BAD_REQUEST, "request-invalid"));
    let page = browser.submit("/api/v1/accounts", &[("username", "alice")]).await;
    assert_eq!((page.status, page.problem().as_str()), (StatusCode::BAD_REQUEST, "request-invalid"));
    let page = browser.sign_up("alice", "Alice", &"x".repeat(1_000_000)).await;
    assert_eq!((page.status, page.problem().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "request-too-large"));
}

#[tokio::test]
async fn markup_and_sql_in_a_name_come_back_as_text() {
    let server = TestServer::start().await;
    let name = "</title><img src=x onerror=alert(1)>'); drop table account; --\"";
    let mut alice = Browser::new(&server);
    alice.sign_up("alice", name, PASSWORD).await;
    assert_eq!(alice.open("/api/v1/me").await.json::<Me>().user.display_name, name);
    for path in ["/settings", "/"] {
        let page = alice.open(path).await;
        page.assert_shows("img src=x");
        page.assert_lacks("<img src=x");
        page.assert_lacks("</title><img");
    }
    let fields =
        [("username", name), ("display_name", name), ("password", name), ("next", name), ("invite", name)];
    for path in ["/sign-in", "/sign-up"] {
        let page = Browser::new(&server).submit(path, &fields).await;
        page.assert_shows("drop table account");
        page.assert_lacks("<img src=x");
        page.assert_lacks("account; --\"\"");
    }
}

#[tokio::test]
async fn a_name_of_any_script_is_kept_without_what_nobody_sees() {
    let server = TestServer::start().await;
    for (username, typed, kept) in [
        ("mariam", "مريم", "مريم"),
        ("ming", "王小明", "王小明"),
        ("ada", " Ada\u{202E} Love\u{200B}lace ", "Ada Lovelace"),
    ] {
        let mut browser = Browser::new(&server);
        assert_eq!(browser.sign_up(username, typed, PASSWORD).await.json::<Me>().user.display_name, kept);
        let page = browser.open("/settings").await;
        page.assert_shows(&format!("<p dir=\"auto\">{kept}</p>"));
        page.assert_lacks("\u{202E}");
    }
}

#[tokio::test]
async fn an_unknown_username_is_answered_like_a_wrong_password() {
    let server = TestServer::start().await;
    server.person("alice").await;
    let mut browser = Browser::new(&server);
    let wrong = browser.sign_in("alice", "incorrect horse").await;
    assert_eq!((wrong.status, wrong.problem().as_str()), (StatusCode::UNAUTHORIZED, "credentials-wrong"));
    for username in ["nobody", "no body", "", "\0"] {
        let unknown = browser.sign_in(username, "incorrect horse").await;
        assert_eq!((unknown.status, &unknown.text), (wrong.status, &wrong.text), "{username}");
        assert_eq!(unknown.set_cookie(), None);
    }
    let form = |username| [("username", username), ("password", "incorrect horse")];
    let (wrong, unknown) =
        (browser.submit("/sign-in", &form("alice")).await, browser.submit("/sign-in", &form("nobody")).await);
    assert_eq!(wrong.text.replace("alice", ""), unknown.text.replace("nobody", ""));
    assert_eq!(browser.sign_in("Alice", PASSWORD).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn changing_the_password_takes_the_present_one() {
    let server = TestServer::start().await;
    let mut alice = Browser::of(&server, &server.person("alice").await);
    let change = |current: &str, new: &str| Some(json!({ "current_password": current, "password": new }));
    for (current, new, problem) in [
        ("incorrect horse", "a new password", "password-wrong"),
        (PASSWORD, "short", "password-invalid"),
        (PASSWORD, "alice", "password-invalid"),
    ] {
        let page = alice.call(Method::PUT, "/api/v1/password", change(current, new)).await;
        assert_eq!((page.status.as_u16(), page.problem().as_str()), (422, problem));
    }
    assert_eq!(Browser::new(&server).sign_in("alice", PASSWORD).await.status, StatusCode::CREATED);
    let page = alice.call(Method::PUT, "/api/v1/password", change(PASSWORD, "a new password")).await;
    assert_eq!(page.status, StatusCode::NO_CONTENT);
    assert_eq!(Browser::new(&server).sign_in("alice", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(Browser::new(&server).sign_in("alice", "a new password").await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_password_kept_by_older_parameters_is_kept_by_todays_from_the_next_sign_in_on() {
    let server = TestServer::start().await;
    server.person("alice").await;
    let kept = async || -> String {
        let statement = "select password_hash from account";
        sqlx::query_scalar(statement).fetch_one(&server.state.db).await.unwrap()
    };
    let half = Params::new(Params::DEFAULT_M_COST / 2, 2, 1, None).unwrap();
    let older = Argon2::new(Algorithm::Argon2id, Version::V0x13, half);
    let salt = SaltString::encode_b64(&[7; 16]).unwrap();
    let before = older.hash_password(PASSWORD.as_bytes(), &salt).unwrap().to_string();
    sqlx::query("update account set password_hash = $1")
        .bind(&before)
        .execute(&server.state.db)
        .await
        .unwrap();
    let mut browser = Browser::new(&server);
    browser.sign_in("alice", "correct horse batterz").await;
    assert_eq!((browser.me().await, kept().await), (None, before), "a wrong one changes nothing");
    browser.sign_in("alice", PASSWORD).await;
    assert!(browser.me().await.is_some());
    let now = kept().await;
    assert!(now.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{now}");
    browser.sign_in("alice", PASSWORD).await;
    assert!(browser.me().await.is_some());
    assert_eq!(kept().await, now, "once is enough");
}

#[tokio::test]
async fn changing_the_password_ends_all_other_browsers_but_no_token() {
    let server = TestServer::start().await;
    let person = server.person("alice").await;
    let mut socket = person.live().await;
    let mut here = Browser::new(&server);
    here.sign_in("alice", PASSWORD).await;
    let token = here.post("/api/v1/tokens", json!({ "label": "Robot" })).await.json::<serde_json::Value>();
    let token = format!("Bearer {}", token["token"].as_str().unwrap());
    let (mut robot, mut elsewhere) =
        (Browser::new(&server).with("authorization", &token), Browser::of(&server, &person));
    let stolen = here.cookie.clone();

    let fields = [("current_password", PASSWORD), ("password", "a new password")];
    let page = here.submit("/settings/password", &fields).await;
    assert_eq!(page.redirect(), "/settings?done=password");
    here.open("/settings?done=password").await.assert_shows("Your password is changed.");
    assert_eq!(elsewhere.me().await, None);
    assert!(robot.me().await.is_some());
    assert_ne!(here.cookie, stolen);
    let mut thief = Browser::new(&server);
    thief.cookie = stolen;
    assert_eq!(thief.me().await, None, "its own session is a new one");
    while let Ok(frame) = socket.try_next().await {
        assert!(!matches!(frame, Frame::Event { .. }), "{frame:?}");
    }
}

#[tokio::test]
async fn of_two_changes_of_the_password_at_once_one_counts() {
    let server = TestServer::start().await;
    let person = server.person("alice").await;
    let changes = ["the first password", "the second password"].map(|password| {
        let mut browser = Browser::of(&server, &person);
        async move {
            let body = json!({ "current_password": PASSWORD, "password": password });
            browser.call(Method::PUT, "/api/v1/password", Some(body)).await.status
        }
    });
    let statuses = futures_util::future::join_all(changes).await;
    assert_eq!(statuses.iter().filter(|status| status.is_success()).count(), 1, "{statuses:?}");
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_typed_but_never_the_password() {
    let server = TestServer::start().await;
    server.person("alice").await;
    let mut browser = Browser::new(&server);
    let fields = [
        ("username", "Alice"),
        ("display_name", "Alice & Co"),
        ("password", "hunter2 hunter2"),
        ("next", "/settings"),
    ];
    let page = browser.submit("/sign-up", &fields).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.assert_shows("This username is taken. Choose another.");
    page.assert_shows("value=\"Alice &amp; Co\"");
    page.assert_shows("value=\"Alice\"");
    page.assert_shows("value=\"/settings\"");
    page.assert_shows("aria-invalid=\"true\" aria-describedby=\"sign-up-username-note\"");
    page.assert_lacks("hunter2");

    let page =
        browser.submit("/sign-up", &[("username", "1"), ("display_name", " "), ("password", "x")]).await;
    assert_eq!(page.text.matches("aria-invalid=\"true\"").count(), 3, "all that is wrong is said at once");

    let page = browser.submit("/sign-in", &[("username", "alice"), ("password", "hunter2 hunter2")]).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    page.assert_shows("The username or the password is wrong.");
    page.assert_shows("value=\"alice\"");
    page.assert_lacks("hunter2");
}

#[tokio::test]
async fn the_forms_lead_in_and_on_to_where_one_wanted_to_be() {
    let server = TestServer::start().await;
    let mut alice = Browser::new(&server);
    assert_eq!(alice.open("/sign-in").await.redirect(), "/sign-up", "nobody is here yet");
    alice.open("/sign-up").await.assert_shows("The first account looks after this Bobbin");
    let fields =
        [("username", "alice"), ("display_name", "Alice"), ("password", PASSWORD), ("next", "/new?q=b")];
    assert_eq!(alice.submit("/sign-up", &fields).await.redirect(), "/new?q=b");
    assert_eq!(alice.open("/sign-up").await.redirect(), "/");
    assert_eq!(alice.open("/sign-in?next=/settings").await.redirect(), "/settings");

    let mut browser = Browser::new(&server);
    assert_eq!(
        browser.open("/settings?done=ended").await.redirect(),
        "/sign-in?next=/settings%3Fdone%3Dended"
    );
    let page = browser.open("/sign-in?next=/settings%3Fdone%3Dended").await;
    page.assert_shows("value=\"/settings?done=ended\"");
    page.assert_shows("href=\"/sign-up?next=/settings%3Fdone%3Dended\"");
    page.assert_shows("autocomplete=\"username\"");
    page.assert_shows("autocomplete=\"current-password\"");
    for (next, way) in
        [("/settings", "/settings"), ("//evil.example", "/"), ("https://evil.example", "/"), ("/\\evil", "/")]
    {
        let fields = [("username", "alice"), ("password", PASSWORD), ("next", next)];
        assert_eq!(Browser::new(&server).submit("/sign-in", &fields).await.redirect(), way);
    }
}
