//! The private PostgreSQL: it keeps what was committed whatever is killed, and lets nobody else near.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use model::{DisplayName, Refusal, Username};
use server::{accounts, error::Error, postgres::PrivatePostgres};
use sqlx::{Connection, PgConnection};

#[tokio::test]
async fn a_row_outlives_a_killed_postgresql() {
    let folder = Folder::new("killed");
    let postgres = PrivatePostgres::start(&folder.0, None).await.expect("the first start");
    write(&postgres, 7).await;

    let killed = folder.postmaster();
    assert!(Command::new("kill").args(["-9", &killed]).status().expect("kill").success());
    assert_eq!(read_eventually(&postgres).await, vec![7], "after PostgreSQL was started again");
    assert_ne!(folder.postmaster(), killed);
    postgres.stop().await.expect("a stop");
}

#[tokio::test]
async fn a_stop_leaves_a_clean_cluster_that_starts_again() {
    let folder = Folder::new("stopped");
    let postgres = PrivatePostgres::start(&folder.0, None).await.expect("the first start");
    write(&postgres, 1).await;
    postgres.stop().await.expect("a stop");
    assert!(folder.log().trim_end().ends_with("database system is shut down"), "{}", folder.log());

    let postgres = PrivatePostgres::start(&folder.0, None).await.expect("a second start");
    assert_eq!(read_eventually(&postgres).await, vec![1]);
    postgres.stop().await.expect("a stop");
}

#[tokio::test]
async fn the_pid_file_of_a_dead_process_does_not_matter() {
    let folder = Folder::new("stale");
    PrivatePostgres::start(&folder.0, None).await.expect("the first start").stop().await.expect("a stop");
    let mut dead = Command::new("true").spawn().expect("a process");
    dead.wait().expect("its end");
    let stale = format!("{}\n{}\n", dead.id(), folder.cluster().display());
    std::fs::write(folder.cluster().join("postmaster.pid"), stale).expect("a stale pid file");

    let postgres = PrivatePostgres::start(&folder.0, None).await.expect("a start over the stale file");
    postgres.stop().await.expect("a stop");
}

#[tokio::test]
async fn the_pid_file_of_another_program_that_lives_does_not_matter() {
    let folder = Folder::new("reused");
    PrivatePostgres::start(&folder.0, None).await.expect("the first start").stop().await.expect("a stop");
    let mut other = Command::new("cat").stdin(Stdio::piped()).spawn().expect("a process that waits");
    let reused = format!("{}\n{}\n", other.id(), folder.cluster().display());
    std::fs::write(folder.cluster().join("postmaster.pid"), reused).expect("a stale pid file");

    let postgres = PrivatePostgres::start(&folder.0, None).await.expect("a start over the file");
    assert!(other.try_wait().expect("its state").is_none(), "the other program was ended");
    postgres.stop().await.expect("a stop");
    other.kill().and_then(|()| other.wait()).expect("its end");
}

#[tokio::test]
async fn an_interrupted_first_start_is_done_again() {
    let folder = Folder::new("half");
    std::fs::create_dir_all(folder.0.join("database/pg.new/base")).expect("a half-made cluster");
    let postgres = PrivatePostgres::start(&folder.0, None).await.expect("a start");
    write(&postgres, 3).await;
    postgres.stop().await.expect("a stop");
}

#[tokio::test]
async fn a_second_start_on_the_same_folder_is_refused() {
    let folder = Folder::new("twice");
    let postgres = PrivatePostgres::start(&folder.0, None).await.expect("the first start");
    let refusal = PrivatePostgres::start(&folder.0, None).await.err().expect("a refusal").to_string();
    assert!(refusal.starts_with("Another Bobbin is using the database"), "{refusal}");
    write(&postgres, 1).await;
    postgres.stop().await.expect("a stop");
}

#[tokio::test]
async fn a_long_path_and_a_space_do_no_harm() {
    let folder = Folder::new(&format!("a {}", "long".repeat(30)));
    let postgres = PrivatePostgres::start(&folder.0, None).await.expect("a start");
    write(&postgres, 1).await;
    let mut by_url = PgConnection::connect(&postgres.url()).await.expect("its address works");
    let answer: i32 = sqlx::query_scalar("select n from kept").fetch_one(&mut by_url).await.expect("a row");
    assert_eq!(answer, 1);
    postgres.stop().await.expect("a stop");
}

#[tokio::test]
async fn missing_programs_end_in_one_sentence() {
    let folder = Folder::new("nowhere");
    let refusal =
        PrivatePostgres::start(&folder.0, Some(Path::new("/nowhere"))).await.err().expect("a refusal");
    assert_eq!(refusal.to_string(), "There is no PostgreSQL in /nowhere.");
}

#[tokio::test]
async fn a_name_that_is_taken_is_not_in_its_log() {
    let folder = Folder::new("names");
    let postgres = PrivatePostgres::start(&folder.0, None).await.expect("a start");
    let mut db = PgConnection::connect_with(&postgres.connect_options()).await.expect("a connection");
    sqlx::migrate!().run(&mut db).await.expect("a schema");
    let username = Username::new("somebody").expect("a name");
    let name = DisplayName::new("Somebody").expect("a name");
    accounts::store(&mut db, &username, &name, "", false).await.expect("an account");
    let again = accounts::store(&mut db, &username, &name, "", false).await;
    assert!(matches!(again, Err(Error::Refused(Refusal::UsernameTaken))), "{again:?}");
    postgres.stop().await.expect("a stop");
    assert!(!folder.log().contains("somebody"), "{}", folder.log());
}

async fn write(postgres: &PrivatePostgres, n: i32) {
    let mut db = PgConnection::connect_with(&postgres.connect_options()).await.expect("a connection");
    sqlx::raw_sql("create table kept (n int not null)").execute(&mut db).await.expect("a table");
    sqlx::query("insert into kept (n) values ($1)").bind(n).execute(&mut db).await.expect("a row");
}

/// PostgreSQL refuses connections while it comes up, so this asks until it answers.
async fn read_eventually(postgres: &PrivatePostgres) -> Vec<i32> {
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    loop {
        ticks.tick().await;
        let problem = match PgConnection::connect_with(&postgres.connect_options()).await {
            Ok(mut db) => match sqlx::query_scalar("select n from kept").fetch_all(&mut db).await {
                Ok(rows) => return rows,
                Err(error) => error,
            },
            Err(error) => error,
        };
        assert!(Instant::now() < deadline, "no answer after 30 seconds, at last: {problem}");
    }
}

/// A data folder that is removed after a test that passed, and left to look at after one that failed.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("bobbin-test-{}-{name}", uuid::Uuid::now_v7())))
    }

    fn cluster(&self) -> PathBuf {
        self.0.join("database/pg")
    }

    fn postmaster(&self) -> String {
        let file = std::fs::read_to_string(self.cluster().join("postmaster.pid")).expect("a pid file");
        file.lines().next().expect("a pid").to_owned()
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.0.join("database/log")).expect("a log")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}
