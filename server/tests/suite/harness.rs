//! The set-up that every test shares: a server on a free port with a database of its own, and people who use it as programs do.

mod live;

pub use live::Live;

use clap::Parser;
use model::{
    Avatar, File, FileId, Inbox, Message, MessageId, Problem, Refusal, Role, Thread, ThreadId, ThreadOption,
    Timeline, Timestamp, User,
    page::{ChangePage, MemberPage, MessagePage, PeoplePage, ReactorPage, ThreadPage, VersionPage},
    wire::{Answer, Command, Frame, SUBPROTOCOL},
};
use reqwest::{Client, Method, StatusCode, header};
use serde::{Deserialize, de::DeserializeOwned};
use server::{config::Config, run, state::AppState};
use sqlx::{ConnectOptions, Connection, Postgres, Transaction, postgres::PgConnectOptions};
use std::{env, fs, net::SocketAddr, path::PathBuf, time::Duration};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle, time::timeout};
use tokio_tungstenite::tungstenite::{self, client::IntoClientRequest};
use uuid::Uuid;

/// How long anything may take before a test gives up and says what did arrive.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";

/// A running server with a database of its own.
pub struct TestServer {
    pub address: SocketAddr,
    pub state: AppState,
    pub client: Client,
    /// Its data folder.
    pub data: PathBuf,
    stop: Option<oneshot::Sender<()>>,
    stopped: Option<JoinHandle<anyhow::Result<()>>>,
}

impl TestServer {
    /// Holds a thread: nothing is stored there until this ends.
    pub async fn hold(&self, thread_id: ThreadId) -> Transaction<'static, Postgres> {
        let mut held = self.state.db.begin().await.unwrap();
        sqlx::query("select from thread where thread_id = $1 for update")
            .bind(thread_id)
            .execute(&mut *held)
            .await
            .unwrap();
        held
    }

    /// A server with an empty database.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// A server with an empty database and further flags.
    pub async fn start_with(flags: &[&str]) -> Self {
        Self::start_on(Self::fresh_database().await, flags).await
    }

    /// A server on a database that exists.
    pub async fn start_on(database: PgConnectOptions, flags: &[&str]) -> Self {
        let data = env::temp_dir().join(format!("bobbin-test-{}", Uuid::now_v7().simple()));
        Self::start_in(data, database, flags).await
    }

    /// A server on a data folder and a database that exist.
    pub async fn start_in(data: PathBuf, database: PgConnectOptions, flags: &[&str]) -> Self {
        // What the server logs belongs to the test that fails.
        tracing_subscriber::fmt().with_env_filter("warn").with_test_writer().try_init().ok();
        let always = ["bobbin", "--requests-per-second", "100000", "--database-connections", "6"];
        let data_flag = ["--data", data.to_str().unwrap()];
        let config = Config::parse_from(always.iter().chain(&data_flag).chain(flags));
        let state = AppState::start(&config, database).await.expect("the server did not start");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, told) = oneshot::channel();
        let shutdown = async {
            told.await.ok();
        };
        let stopped = tokio::spawn(run(listener, state.clone(), shutdown));
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { address, state, client, data, stop: Some(stop), stopped: Some(stopped) }
    }

    /// A new database in the PostgreSQL that `DATABASE_URL` names.
    pub async fn fresh_database() -> PgConnectOptions {
        let url = env::var("DATABASE_URL")
            .expect("DATABASE_URL must name a PostgreSQL for the tests; `make test` brings one");
        let options: PgConnectOptions = url.parse().unwrap();
        let name = format!("test_{}", Uuid::now_v7().simple());
        let mut admin = options.connect().await.expect("the PostgreSQL of DATABASE_URL cannot be reached");
        let statement = sqlx::AssertSqlSafe(format!("create database {name}"));
        sqlx::query(statement).execute(&mut admin).await.unwrap();
        admin.close().await.unwrap();
        options.database(&name)
    }

    /// Stops it as SIGTERM does.
    pub async fn stop(mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        let stopped = self.stopped.take().unwrap();
        timeout(DEADLINE, stopped).await.expect("the server did not stop").unwrap().unwrap();
    }

    /// Somebody who has just signed up.
    pub async fn person(&self, username: &str) -> Person {
        self.person_named(username, &capitalised(username)).await
    }

    /// Somebody with a display name of their own.
    pub async fn person_named(&self, username: &str, display_name: &str) -> Person {
        let account = serde_json::json!({
            "username": username, "display_name": display_name, "password": PASSWORD,
        });
        let response = self.client.post(self.url("/api/v1/accounts")).json(&account).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::CREATED, "{username} could not sign up");
        let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        #[derive(Deserialize)]
        struct Me {
            user: User,
        }
        let Me { user } = response.json().await.unwrap();
        Person { user, cookie, address: self.address, client: self.client.clone() }
    }

    /// Somebody who was signed in before this server was started.
    pub fn again(&self, person: &Person) -> Person {
        Person { address: self.address, ..person.clone() }
    }

    /// Three people.
    pub async fn people(&self) -> (Person, Person, Person) {
        tokio::join!(self.person("alice"), self.person("bob"), self.person("carol"))
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.data).ok();
    }
}

fn capitalised(name: &str) -> String {
    name[..1].to_uppercase() + &name[1..]
}

/// Somebody who is signed in.
#[derive(Clone)]
pub struct Person {
    pub user: User,
    pub cookie: String,
    address: SocketAddr,
    client: Client,
}

impl Person {
    /// A request with this person's cookie.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("http://{}{path}", self.address);
        self.client.request(method, url).header(header::COOKIE, &self.cookie)
    }

    /// A page's HTML and its status.
    pub async fn page(&self, path: &str) -> (StatusCode, String) {
        let response = self.request(Method::GET, path).send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    }

    /// Asks for something, and gives it or the problem.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Problem> {
        answer(self.request(Method::GET, path).send().await.unwrap()).await
    }

    /// Has a command carried out over HTTP.
    pub async fn command(&self, command: &Command) -> Result<Answer, Problem> {
        answer(self.request(Method::POST, "/api/v1/commands").json(command).send().await.unwrap()).await
    }

    /// The same for a command that has to succeed.
    pub async fn done(&self, command: &Command) -> Answer {
        match self.command(command).await {
            Ok(answer) => answer,
            Err(problem) => panic!("{command:?} was refused: {}", problem.detail),
        }
    }

    pub async fn direct(&self, peer: &Self) -> Thread {
        opened(self.done(&Command::OpenDirect { user_id: peer.user.user_id }).await)
    }

    pub async fn group(&self, title: &str, others: &[&Self]) -> Thread {
        let command = Command::CreateGroup {
            thread_id: ThreadId::generate(),
            title: title.into(),
            avatar: Avatar::default(),
            user_ids: others.iter().map(|other| other.user.user_id).collect(),
        };
        opened(self.done(&command).await)
    }

    pub async fn send(&self, thread_id: ThreadId, body: &str) -> Message {
        match self.done(&self.message(thread_id, body)).await {
            Answer::Sent { message } => message,
            other => panic!("a message was answered with {other:?}"),
        }
    }

    pub fn message(&self, thread_id: ThreadId, body: &str) -> Command {
        self.message_with(thread_id, body, &[])
    }

    pub fn message_with(&self, thread_id: ThreadId, body: &str, files: &[&File]) -> Command {
        let file_ids = files.iter().map(|file| file.file_id).collect();
        let (message_id, body) = (MessageId::generate(), body.into());
        Command::SendMessage { message_id, thread_id, body, file_ids, reply_to: None }
    }

    /// Answers a message.
    pub async fn try_reply(&self, to: &Message, body: &str) -> Result<Answer, Problem> {
        let (message_id, thread_id, body) = (MessageId::generate(), to.thread_id, body.into());
        let (file_ids, reply_to) = (Vec::new(), Some(to.message_id));
        self.command(&Command::SendMessage { message_id, thread_id, body, file_ids, reply_to }).await
    }

    /// The same for an answer that has to be stored.
    pub async fn reply(&self, to: &Message, body: &str) -> Message {
        match self.try_reply(to, body).await {
            Ok(Answer::Sent { message }) => message,
            other => panic!("a reply was answered with {other:?}"),
        }
    }

    /// Uploads a file under a new id.
    pub async fn upload(&self, thread_id: ThreadId, name: &str, content: &[u8]) -> Result<File, Problem> {
        self.upload_as(thread_id, FileId::generate(), name, content).await
    }

    pub async fn upload_as(
        &self,
        thread_id: ThreadId,
        file_id: FileId,
        name: &str,
        content: &[u8],
    ) -> Result<File, Problem> {
        let path = format!("/api/v1/threads/{thread_id}/files/{file_id}");
        let request = self.request(Method::PUT, &path).query(&[("name", name)]).body(content.to_vec());
        answer(request.send().await.unwrap()).await
    }

    pub async fn edit(&self, message: &Message, body: &str) -> Result<Answer, Problem> {
        let (thread_id, message_id) = (message.thread_id, message.message_id);
        self.command(&Command::EditMessage { thread_id, message_id, body: body.into() }).await
    }

    pub async fn delete(&self, message: &Message) -> Result<Answer, Problem> {
        let (thread_id, message_id) = (message.thread_id, message.message_id);
        self.command(&Command::DeleteMessage { thread_id, message_id }).await
    }

    /// What became of a thread's messages after a change.
    pub async fn changes(&self, thread_id: ThreadId, after: u64) -> Result<ChangePage, Problem> {
        self.get(&format!("/api/v1/threads/{thread_id}/changes?after={after}")).await
    }

    /// What a message said before.
    pub async fn versions(&self, message: &Message) -> Result<Vec<String>, Problem> {
        let (thread_id, message_id) = (message.thread_id, message.message_id);
        let path = format!("/api/v1/threads/{thread_id}/messages/{message_id}/versions");
        let page: VersionPage = self.get(&path).await?;
        Ok(page.versions.into_iter().map(|version| version.body).collect())
    }

    /// Who reacted to a message.
    pub async fn reactors(&self, message: &Message) -> Result<ReactorPage, Problem> {
        let (thread_id, message_id) = (message.thread_id, message.message_id);
        self.get(&format!("/api/v1/threads/{thread_id}/messages/{message_id}/reactions")).await
    }

    pub async fn read(&self, thread_id: ThreadId, created_at: Timestamp) {
        self.done(&Command::MarkRead { thread_id, created_at }).await;
    }

    pub async fn add(&self, thread_id: ThreadId, who: &Self) -> Answer {
        self.done(&Command::AddMembers { thread_id, user_ids: vec![who.user.user_id] }).await
    }

    pub async fn remove(&self, thread_id: ThreadId, who: &Self) -> Answer {
        self.done(&Command::RemoveMember { thread_id, user_id: who.user.user_id }).await
    }

    pub async fn set_role(&self, thread_id: ThreadId, who: &Self, role: Role) -> Result<Answer, Problem> {
        self.command(&Command::SetRole { thread_id, user_id: who.user.user_id, role }).await
    }

    pub async fn thread(&self, thread_id: ThreadId) -> Result<Thread, Problem> {
        self.get(&format!("/api/v1/threads/{thread_id}")).await
    }

    pub async fn threads(&self) -> ThreadPage {
        self.get("/api/v1/threads").await.unwrap()
    }

    /// The first page of what is archived.
    pub async fn archived(&self) -> ThreadPage {
        self.get("/api/v1/threads?is_archived=true").await.unwrap()
    }

    /// The first pages of both lists.
    pub async fn inbox(&self) -> Inbox {
        #[derive(Deserialize)]
        struct Me {
            user: User,
        }
        let me: Me = self.get("/api/v1/me").await.unwrap();
        let mut inbox = Inbox::new(me.user, self.threads().await);
        inbox.extend_archived(self.archived().await);
        inbox
    }

    /// Mutes, archives or pins a thread, or marks it as unread.
    pub async fn keep(&self, thread_id: ThreadId, option: ThreadOption) -> Answer {
        self.done(&Command::SetOption { thread_id, option }).await
    }

    /// A page of messages; `query` such as `?before=1`.
    pub async fn messages(&self, thread_id: ThreadId, query: &str) -> Result<MessagePage, Problem> {
        self.get(&format!("/api/v1/threads/{thread_id}/messages{query}")).await
    }

    pub async fn timeline(&self, thread_id: ThreadId) -> Timeline {
        Timeline::new(thread_id, self.messages(thread_id, "").await.unwrap())
    }

    pub async fn members(&self, thread_id: ThreadId) -> Result<MemberPage, Problem> {
        self.get(&format!("/api/v1/threads/{thread_id}/members")).await
    }

    pub async fn find(&self, prefix: &str) -> Vec<String> {
        let query = [("prefix", prefix)];
        let response = self.request(Method::GET, "/api/v1/users").query(&query).send().await.unwrap();
        let page: PeoplePage = answer(response).await.unwrap();
        page.people.into_iter().map(|user| user.username).collect()
    }

    /// This person's live stream, after its `ready`.
    pub async fn live(&self) -> Live {
        let mut live = self.live_with("").await.expect("the socket was refused");
        assert_eq!(live.next().await, Frame::Ready);
        live
    }

    /// A live stream whose first frame is still to come; `query` such as `?etag=1`.
    pub async fn live_with(&self, query: &str) -> Result<Live, tungstenite::Error> {
        let url = format!("ws://{}/api/v1/live{query}", self.address);
        let mut request = url.into_client_request()?;
        request.headers_mut().insert("cookie", self.cookie.parse().unwrap());
        request.headers_mut().insert("sec-websocket-protocol", SUBPROTOCOL.parse().unwrap());
        let (socket, _) = tokio_tungstenite::connect_async(request).await?;
        Ok(Live::new(socket, &self.user.username))
    }
}

fn opened(answer: Answer) -> Thread {
    match answer {
        Answer::Opened { thread } => thread,
        other => panic!("no thread was opened, but {other:?}"),
    }
}

/// What a response says: the thing, or the problem.
pub async fn answer<T: DeserializeOwned>(response: reqwest::Response) -> Result<T, Problem> {
    let (status, kind) = (response.status(), response.headers().get(header::CONTENT_TYPE).cloned());
    let text = response.text().await.unwrap();
    let read = |error| -> ! { panic!("{status}, not readable ({error}): {text}") };
    if status.is_success() {
        return Ok(serde_json::from_str(&text).unwrap_or_else(|error| read(error)));
    }
    assert_eq!(kind.unwrap(), "application/problem+json", "{text}");
    let problem: Problem = serde_json::from_str(&text).unwrap_or_else(|error| read(error));
    assert_eq!(problem.status, status.as_u16(), "{text}");
    Err(problem)
}

/// Fails unless something was refused for that reason.
#[track_caller]
pub fn assert_refused<T: std::fmt::Debug>(outcome: Result<T, Problem>, refusal: &Refusal) {
    match outcome {
        Ok(done) => panic!("expected {refusal:?}, but it was done: {done:?}"),
        Err(problem) => assert_eq!(problem, Problem::from(refusal)),
    }
}
