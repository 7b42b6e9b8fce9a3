//! What the log says of accounts, to whoever runs the server.

use crate::{
    browser::Browser,
    harness::{DEADLINE, PASSWORD, TestServer},
};
use reqwest::{Method, StatusCode};
use serde_json::json;
use sqlx::ConnectOptions;
use std::{
    env,
    fs::File,
    io,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
    time::timeout,
};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;
use uuid::Uuid;

/// Takes in what is logged on the thread of a test, which is also its server's.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// The lines since the last time, without when each was written.
    fn lines(&self) -> Vec<String> {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
    }
}

impl io::Write for &Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = &'a Log;

    fn make_writer(&'a self) -> &'a Log {
        self
    }
}

impl Log {
    /// What is logged from here on, as long as the guard lives.
    fn taken() -> (Self, DefaultGuard) {
        let log = Self::default();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter("warn,server=info")
            .with_ansi(false)
            .without_time()
            .with_writer(log.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }
}

#[tokio::test]
async fn what_nobody_expected_is_told_to_the_log_and_to_no_one_else() {
    let server = TestServer::start().await;
    let mut alice = Browser::of(&server, &server.person("alice").await);
    sqlx::query("alter table invite rename to mislaid").execute(&server.state.db).await.unwrap();
    let (log, _guard) = Log::taken();
    let of_program = alice.open("/api/v1/invites").await;
    assert_eq!((of_program.status, &*of_program.problem()), (StatusCode::INTERNAL_SERVER_ERROR, "internal"));
    let of_person = alice.open("/settings").await;
    assert_eq!(of_person.status, StatusCode::INTERNAL_SERVER_ERROR);
    for page in [of_program, of_person] {
        for inside in ["invite\"", "relation", "sqlx", "select", "42P01", ".rs"] {
            page.assert_lacks(inside);
        }
    }
    let lines = log.lines();
    let told: Vec<&String> = lines.iter().filter(|line| line.starts_with("ERROR server::error: ")).collect();
    assert_eq!(told.len(), 2, "{lines:#?}");
    assert!(told.iter().all(|line| line.contains("relation \"invite\" does not exist")), "{told:#?}");
}

#[tokio::test]
async fn what_happens_to_accounts_is_logged_and_no_secret_with_it() {
    let server = TestServer::start().await;
    let (log, _guard) = Log::taken();
    let alice = server.person("alice").await;
    let bob = server.person("bob").await;
    let (a, b) = (alice.user.user_id, bob.user.user_id);
    let made = |user_id, is_administrator| {
        format!(
            " INFO server::accounts: an account was made user_id={user_id} address=127.0.0.1 is_administrator={is_administrator}"
        )
    };
    let lines = log.lines();
    assert_eq!(lines.len(), 4, "{lines:#?}");
    assert_eq!((&lines[0], &lines[2]), (&made(a, true), &made(b, false)));
    for (line, user_id) in [(&lines[1], a), (&lines[3], b)] {
        let start = format!(" INFO server::sessions: a browser was signed in user_id={user_id} session_id=");
        assert!(line.starts_with(&start) && line.ends_with(" address=127.0.0.1"), "{line}");
    }

    let mut stranger = Browser::new(&server);
    stranger.sign_in("bob", "not his password").await;
    // The password in the wrong field, which happens to everybody once.
    stranger.sign_in("correct_horse_battery", "").await;
    assert_eq!(
        log.lines(),
        [
            format!(" INFO server::accounts: a password was wrong user_id={b} address=127.0.0.1"),
            " INFO server::accounts: a password was wrong address=127.0.0.1".into(),
        ]
    );

    let mut his = Browser::of(&server, &bob);
    let token = his.post("/api/v1/tokens", json!({ "label": "Robot" })).await.json::<serde_json::Value>();
    let session_id = token["session_id"].as_str().unwrap();
    his.call(Method::DELETE, &format!("/api/v1/sessions/{session_id}"), None).await;
    his.call(Method::DELETE, "/api/v1/sessions", None).await;
    let change = json!({ "current_password": PASSWORD, "password": "a new password" });
    his.call(Method::PUT, "/api/v1/password", Some(change)).await;
    let mut hers = Browser::of(&server, &alice);
    for is_active in [false, true] {
        hers.call(Method::PUT, "/api/v1/accounts/bob/activity", Some(json!({ "is_active": is_active })))
            .await;
        stranger.sign_in("bob", "a new password").await;
    }
    let lines = log.lines();
    let told: Vec<&str> = lines.iter().map(|line| line.split(" user_id=").next().unwrap()).collect();
    assert_eq!(
        told,
        [
            " INFO server::sessions: a token was made",
            " INFO server::sessions: a session was ended",
            " INFO server::sessions: all other browsers were signed out",
            " INFO server::accounts: a password was changed, and all browsers signed out",
            " INFO server::sessions: a browser was signed in",
            " INFO server::deactivation: an account was closed",
            " INFO server::accounts: a closed account was tried",
            " INFO server::deactivation: an account was opened",
            " INFO server::sessions: a browser was signed in",
        ]
    );
    assert!(lines[0].ends_with(&format!("session_id={session_id}")), "{}", lines[0]);
    assert!(lines[5].ends_with(&format!("user_id={b} administrator_id={a}")), "{}", lines[5]);
    let secret = token["token"].as_str().unwrap();
    for line in lines {
        assert!(!line.contains(secret) && !line.contains("password\"") && !line.contains("horse"), "{line}");
    }
}

#[tokio::test]
async fn a_log_that_cannot_be_written_is_in_nobodys_way() {
    let data = env::temp_dir().join(format!("bobbin-test-{}", Uuid::now_v7().simple()));
    let mut server = Command::new(env!("CARGO_BIN_EXE_bobbin"))
        .env("DATABASE_URL", TestServer::fresh_database().await.to_url_lossy().as_str())
        .env("BOBBIN_LISTEN", "127.0.0.1:0")
        .env("BOBBIN_DATA", &data)
        .env_remove("RUST_LOG")
        .stdout(Stdio::piped())
        // As on a disk without room.
        .stderr(File::options().write(true).open("/dev/full").unwrap())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let line = timeout(DEADLINE, lines.next_line()).await.expect("it does not start").unwrap().unwrap();
    let url = line.strip_prefix("Bobbin is at ").unwrap_or_else(|| panic!("it said {line}"));
    // This is logged.
    let account = json!({ "username": "alice", "display_name": "Alice", "password": PASSWORD });
    let made = reqwest::Client::new().post(format!("{url}/api/v1/accounts")).json(&account).send().await;
    assert_eq!(made.expect("no answer").status(), StatusCode::CREATED);
    server.kill().await.unwrap();
    std::fs::remove_dir_all(data).unwrap();
}
