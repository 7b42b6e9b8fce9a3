//! What is asked for once, over HTTP. See `model::page` for what comes back.

use crate::{
    browser,
    live::Live,
    route::{self, Cursor},
};
use gloo_net::http::Request;
use model::{
    Problem, SecretChatId, Thread, ThreadId, UserId,
    page::{ChangePage, MemberPage, MessagePage, PeoplePage, ThreadPage},
    secret::IceServer,
    thread::Place,
    wire::{Answer, Command, Frame, USER_HEADER},
};
use serde::de::DeserializeOwned;
use std::{pin::Pin, sync::OnceLock};
use web_sys::{AbortSignal, Headers, RequestInit};

/// Where commands go that need no connection.
pub const COMMANDS: &str = "/api/v1/commands";
/// How long an answer may take.
const TIMEOUT_MS: u32 = 15_000;
/// The same where the server waits for something to happen.
const POLL_TIMEOUT_MS: u32 = 40_000;

/// How often a question is asked again that came too often, and how long it waits for that at most.
const MOST_WAITS: usize = 3;
const LONGEST_WAIT_S: i32 = 60;

/// Whose page this is.
static PAGE_OF: OnceLock<UserId> = OnceLock::new();

/// From here on every request says whose page it comes from: see [`USER_HEADER`].
pub fn speak_for(user_id: UserId) {
    let _ = PAGE_OF.set(user_id);
}

/// Where it is noted that the server has said what this page is too old to read.
static IS_OUTDATED: OnceLock<Live<bool>> = OnceLock::new();

/// From here on it is noted here if an answer cannot be read.
pub fn tell_of_age(is_outdated: Live<bool>) {
    let _ = IS_OUTDATED.set(is_outdated);
}

/// Why there is no answer.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The server says why.
    Refused(Problem),
    /// The server was not reached, or what came back cannot be read.
    Lost,
}

impl Failure {
    /// The server answers what this page is too old to read.
    pub fn outdated() -> Self {
        Self::Refused(Problem {
            kind: String::new(),
            title: String::new(),
            status: 0,
            detail: words::connection_banner::outdated().into(),
            field: None,
            retry_after_s: None,
        })
    }

    /// A sentence for a person.
    pub fn sentence(&self) -> String {
        match self {
            Self::Refused(problem) => problem.detail.clone(),
            Self::Lost => words::connection_banner::lost().into(),
        }
    }

    /// The same for a form, which may have a field that it belongs to.
    pub fn problem(self) -> Problem {
        let detail = self.sentence();
        match self {
            Self::Refused(problem) => problem,
            Self::Lost => Problem {
                kind: String::new(),
                title: String::new(),
                status: 0,
                detail,
                field: None,
                retry_after_s: None,
            },
        }
    }

    /// Whether what was asked for does not exist.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.status == 404)
    }
}

/// The threads after this place in the list or in the archive, or the newest.
pub fn threads(is_archived: bool, after: Option<Place>) -> impl Future<Output = Result<ThreadPage, Failure>> {
    let place = after.map_or_else(|| "?".into(), |place| route::at_place(place) + "&");
    get(format!("/api/v1/threads{place}is_archived={is_archived}"))
}

/// Threads in whose titles this stands.
pub fn threads_by_title(title: &str) -> impl Future<Output = Result<ThreadPage, Failure>> + use<> {
    let title: String = js_sys::encode_uri_component(title).into();
    get(format!("/api/v1/threads/search?title={title}"))
}

/// What helps two browsers to find a way to each other: what there is, or how to use it in a chat that both want.
pub fn ice_servers(of: Option<SecretChatId>) -> impl Future<Output = Result<Vec<IceServer>, Failure>> {
    let query = of.map_or(String::new(), |chat_id| format!("?chat_id={chat_id}"));
    get(format!("/api/v1/secret-chats/servers{query}"))
}

/// One thread.
pub fn thread(thread_id: ThreadId) -> impl Future<Output = Result<Thread, Failure>> {
    get(format!("/api/v1/threads/{thread_id}"))
}

/// A page of a thread's messages: the newest, or the one at the cursor.
pub fn messages(
    thread_id: ThreadId,
    cursor: Option<Cursor>,
) -> impl Future<Output = Result<MessagePage, Failure>> {
    let query = cursor.map(Cursor::query).unwrap_or_default();
    get(format!("/api/v1/threads/{thread_id}/messages{query}"))
}

/// What became of a thread's messages after this `change`.
pub fn changes(thread_id: ThreadId, after: u64) -> impl Future<Output = Result<ChangePage, Failure>> {
    get(format!("/api/v1/threads/{thread_id}/changes?after={after}"))
}

/// The members after this one, or the first.
pub fn members(
    thread_id: ThreadId,
    after: Option<UserId>,
) -> impl Future<Output = Result<MemberPage, Failure>> {
    let query = after.map_or(String::new(), |user_id| format!("?after={user_id}"));
    get(format!("/api/v1/threads/{thread_id}/members{query}"))
}

/// Members by the beginning of a name.
pub fn members_by_prefix(
    thread_id: ThreadId,
    prefix: &str,
) -> impl Future<Output = Result<PeoplePage, Failure>> + use<> {
    let prefix: String = js_sys::encode_uri_component(prefix).into();
    get(format!("/api/v1/threads/{thread_id}/members/search?prefix={prefix}"))
}

/// People by the beginning of a name.
pub fn people(prefix: &str) -> impl Future<Output = Result<PeoplePage, Failure>> + use<> {
    let prefix: String = js_sys::encode_uri_component(prefix).into();
    get(format!("/api/v1/users?prefix={prefix}"))
}

/// A page of the server's, without what stands around it.
pub async fn fragment(path: &str) -> Result<String, Failure> {
    let mark = if path.contains('?') { '&' } else { '?' };
    text(format!("{path}{mark}fragment")).await
}

/// What the server has at an address, as it is.
pub async fn text(path: String) -> Result<String, Failure> {
    ask(TIMEOUT_MS, path, None).await
}

/// Sends a form of the server's.
pub async fn submit(address: String, fields: String) -> Result<(), Failure> {
    ask(TIMEOUT_MS, address, Some((fields, "application/x-www-form-urlencoded"))).await.map(drop)
}

/// A command, where there is no socket.
pub async fn command(path: String, command: &Command) -> Result<Answer, Failure> {
    let body = crate::json::to_string(command).map_err(|_| Failure::Lost)?;
    read(&ask(TIMEOUT_MS, path, Some((body, "application/json"))).await?)
}

/// The next frames of a connection without a socket, which may be a while in coming.
pub async fn poll(path: String) -> Result<Vec<Frame>, Failure> {
    read(&ask(POLL_TIMEOUT_MS, path, None).await?)
}

async fn get<T: DeserializeOwned>(path: String) -> Result<T, Failure> {
    read(&ask(TIMEOUT_MS, path, None).await?)
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    crate::json::from_str(text).map_err(|_| {
        if let Some(is_outdated) = IS_OUTDATED.get() {
            is_outdated.set_if_new(true);
        }
        Failure::Lost
    })
}

/// What the server answers, unless it refuses. A `body` given is posted, as what it is.
///
/// It is the same for whatever is asked for, and not made anew for each.
fn ask(
    timeout_ms: u32,
    path: String,
    body: Option<(String, &'static str)>,
) -> Pin<Box<dyn Future<Output = Result<String, Failure>>>> {
    Box::pin(async move {
        let is_question = body.is_none();
        let (mut status, mut text) = fetch(timeout_ms, &path, body).await.ok_or(Failure::Lost)?;
        for _ in 0..MOST_WAITS {
            let Some(wait_s) = wait_s(status, &text).filter(|_| is_question) else { break };
            browser::sleep(wait_s.saturating_mul(1_000)).await;
            (status, text) = fetch(timeout_ms, &path, None).await.ok_or(Failure::Lost)?;
        }
        if browser::is_shut_out(status) {
            browser::sign_in();
        }
        if (200..300).contains(&status) {
            Ok(text)
        } else {
            Err(crate::json::from_str(&text).map_or(Failure::Lost, Failure::Refused))
        }
    })
}

/// How long to wait before asking again, if too much was asked for and the wait is one that people sit out.
fn wait_s(status: u16, text: &str) -> Option<i32> {
    let problem: Problem = if status == 429 { crate::json::from_str(text).ok()? } else { return None };
    problem
        .retry_after_s
        .and_then(|wait_s| i32::try_from(wait_s).ok())
        .filter(|wait_s| *wait_s <= LONGEST_WAIT_S)
}

async fn fetch(timeout_ms: u32, path: &str, body: Option<(String, &'static str)>) -> Option<(u16, String)> {
    // Put together by hand: gloo's builder, which knows all methods and queries, is half a kilobyte more.
    let headers = Headers::new().ok()?;
    headers.set(USER_HEADER, &PAGE_OF.get().map(ToString::to_string).unwrap_or_default()).ok()?;
    let init = RequestInit::new();
    init.set_signal(Some(&AbortSignal::timeout_with_u32(timeout_ms)));
    if let Some((body, kind)) = body {
        init.set_method("POST");
        init.set_body(&body.into());
        headers.set("content-type", kind).ok()?;
    }
    init.set_headers(&headers);
    let request = Request::from(web_sys::Request::new_with_str_and_init(path, &init).ok()?);
    let response = request.send().await.ok()?;
    Some((response.status(), response.text().await.ok()?))
}
