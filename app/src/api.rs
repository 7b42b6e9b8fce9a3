//! What is asked for once, over HTTP. See `model::page` for what comes back.

use crate::{
    browser,
    route::{self, Cursor},
};
use gloo_net::http::Request;
use model::{
    Problem, Thread, ThreadId, UserId,
    page::{ChangePage, MemberPage, MessagePage, PeoplePage, ThreadPage},
    thread::Place,
    wire::{Answer, Command, USER_HEADER},
};
use serde::de::DeserializeOwned;
use std::sync::OnceLock;
use web_sys::AbortSignal;

/// Whose page this is.
static PAGE_OF: OnceLock<UserId> = OnceLock::new();

/// From here on every request says whose page it comes from: see [`USER_HEADER`].
pub fn speak_for(user_id: UserId) {
    let _ = PAGE_OF.set(user_id);
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
pub async fn threads(is_archived: bool, after: Option<Place>) -> Result<ThreadPage, Failure> {
    let place = after.map_or_else(|| "?".into(), |place| route::at_place(place) + "&");
    get(&format!("/api/v1/threads{place}is_archived={is_archived}")).await
}

/// One thread.
pub async fn thread(thread_id: ThreadId) -> Result<Thread, Failure> {
    get(&format!("/api/v1/threads/{thread_id}")).await
}

/// A page of a thread's messages: the newest, or the one at the cursor.
pub async fn messages(thread_id: ThreadId, cursor: Option<Cursor>) -> Result<MessagePage, Failure> {
    let query = cursor.map(Cursor::query).unwrap_or_default();
    get(&format!("/api/v1/threads/{thread_id}/messages{query}")).await
}

/// What became of a thread's messages after this `change`.
pub async fn changes(thread_id: ThreadId, after: u64) -> Result<ChangePage, Failure> {
    get(&format!("/api/v1/threads/{thread_id}/changes?after={after}")).await
}

/// The members after this one, or the first.
pub async fn members(thread_id: ThreadId, after: Option<UserId>) -> Result<MemberPage, Failure> {
    let query = after.map_or(String::new(), |user_id| format!("?after={user_id}"));
    get(&format!("/api/v1/threads/{thread_id}/members{query}")).await
}

/// People by the beginning of a name.
pub async fn people(prefix: &str) -> Result<PeoplePage, Failure> {
    let prefix: String = js_sys::encode_uri_component(prefix).into();
    get(&format!("/api/v1/users?prefix={prefix}")).await
}

/// A page of the server's, without what stands around it.
pub async fn fragment(path: &str) -> Result<String, Failure> {
    text(&format!("{path}?fragment")).await
}

/// What the server has at an address, as it is.
pub async fn text(path: &str) -> Result<String, Failure> {
    let (status, text) = fetch(path, None).await.map_err(|_| Failure::Lost)?;
    if status == 200 { Ok(text) } else { read(status, &text) }
}

/// Sends a form of the server's.
pub async fn submit(address: &str, fields: &str) -> Result<(), Failure> {
    let form = Some((fields, "application/x-www-form-urlencoded"));
    let (status, text) = fetch(address, form).await.map_err(|_| Failure::Lost)?;
    if status == 200 { Ok(()) } else { read(status, &text) }
}

/// A command, where there is no socket.
pub async fn command(command: &Command) -> Result<Answer, Failure> {
    let body = crate::json::to_string(command).map_err(|_| Failure::Lost)?;
    let (status, text) =
        fetch("/api/v1/commands", Some((&body, "application/json"))).await.map_err(|_| Failure::Lost)?;
    read(status, &text)
}

async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Failure> {
    let (status, text) = fetch(path, None).await.map_err(|_| Failure::Lost)?;
    read(status, &text)
}

fn read<T: DeserializeOwned>(status: u16, text: &str) -> Result<T, Failure> {
    if status == 401 {
        browser::sign_in();
    }
    if (200..300).contains(&status) {
        crate::json::from_str(text).map_err(|_| Failure::Lost)
    } else {
        Err(crate::json::from_str(text).map_or(Failure::Lost, Failure::Refused))
    }
}

/// The status and the body. A `body` given is posted, as what it is.
async fn fetch(path: &str, body: Option<(&str, &str)>) -> Result<(u16, String), gloo_net::Error> {
    let signal = AbortSignal::timeout_with_u32(15_000);
    let user_id = PAGE_OF.get().map(ToString::to_string).unwrap_or_default();
    let request = if body.is_some() { Request::post(path) } else { Request::get(path) };
    let request = request.abort_signal(Some(&signal)).header(USER_HEADER, &user_id);
    let request = match body {
        Some((body, kind)) => request.header("content-type", kind).body(body)?,
        None => request.build()?,
    };
    let response = request.send().await?;
    Ok((response.status(), response.text().await?))
}
