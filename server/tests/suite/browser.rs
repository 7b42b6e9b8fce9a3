//! Somebody with a browser and no scripts: forms, redirects, and one cookie that is kept as browsers keep it.

use crate::harness::{Person, TestServer};
use model::{Problem, User, UserId};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::net::SocketAddr;

/// A browser, or any other program that keeps cookies.
pub struct Browser {
    pub cookie: Option<String>,
    /// What it sends with every request.
    pub headers: Vec<(&'static str, String)>,
    address: SocketAddr,
    client: Client,
}

/// What came back.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: header::HeaderMap,
    pub text: String,
}

/// Who one is, as the server says.
#[derive(Debug, Deserialize)]
pub struct Me {
    pub user: User,
    pub is_administrator: bool,
}

impl Browser {
    /// A browser that was never here.
    pub fn new(server: &TestServer) -> Self {
        Self { cookie: None, headers: Vec::new(), address: server.address, client: server.client.clone() }
    }

    /// The browser of somebody who is signed in.
    pub fn of(server: &TestServer, person: &Person) -> Self {
        Self { cookie: Some(person.cookie.clone()), ..Self::new(server) }
    }

    /// Sends a header with every request from now on.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub async fn open(&mut self, path: &str) -> Page {
        let request = self.request(Method::GET, path);
        self.send(request).await
    }

    /// Sends a form. A redirect is not followed.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.request(Method::POST, path).form(fields);
        self.send(request).await
    }

    pub async fn call(&mut self, method: Method, path: &str, body: Option<Value>) -> Page {
        let request = self.request(method, path);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        self.send(request).await
    }

    pub async fn post(&mut self, path: &str, body: Value) -> Page {
        self.call(Method::POST, path, Some(body)).await
    }

    pub async fn sign_up(&mut self, username: &str, display_name: &str, password: &str) -> Page {
        let account = json!({ "username": username, "display_name": display_name, "password": password });
        self.post("/api/v1/accounts", account).await
    }

    pub async fn sign_in(&mut self, username: &str, password: &str) -> Page {
        self.post("/api/v1/sessions", json!({ "username": username, "password": password })).await
    }

    /// Who this browser is signed in as.
    pub async fn me(&mut self) -> Option<UserId> {
        let page = self.open("/api/v1/me").await;
        (page.status == StatusCode::OK).then(|| page.json::<Me>().user.user_id)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.client.request(method, format!("http://{}{path}", self.address));
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        self.headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
    }

    async fn send(&mut self, request: RequestBuilder) -> Page {
        let page = Page::of(request.send().await.unwrap()).await;
        if let Some(set) = page.set_cookie() {
            let pair = set.split(';').next().unwrap();
            self.cookie = Some(pair.to_owned()).filter(|pair| !pair.ends_with('='));
        }
        page
    }
}

impl Page {
    pub async fn of(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, text: response.text().await.unwrap() }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn set_cookie(&self) -> Option<&str> {
        self.headers.get(header::SET_COOKIE).map(|value| value.to_str().unwrap())
    }

    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("{} {error}: {}", self.status, self.text))
    }

    /// The name of the problem that a program was told.
    #[track_caller]
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{} {}", self.status, self.text);
        let problem: Problem = self.json();
        assert_eq!(problem.status, self.status.as_u16());
        problem.kind.strip_prefix(Problem::PREFIX).unwrap().into()
    }

    /// Where a form or a link led.
    #[track_caller]
    pub fn redirect(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text);
        self.header("location")
    }

    #[track_caller]
    pub fn assert_shows(&self, text: &str) {
        assert!(
            self.header("content-type").starts_with("text/html"),
            "{} is no page: {}",
            self.status,
            self.text
        );
        assert!(self.text.contains(text), "{text:?} is not on the page: {}", self.text);
    }

    #[track_caller]
    pub fn assert_lacks(&self, text: &str) {
        assert!(!self.text.contains(text), "{text:?} is on the page: {}", self.text);
    }
}
