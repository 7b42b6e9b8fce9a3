//! Who may do what, in one table (`snapshots/suite__permissions__who_may_do_what.snap`): every route and every command, each of which is read
//! from where it is defined, for everybody who could ask. What is new, or answers somebody in another way, does not pass before the table
//! says so.

use crate::{
    harness::{PASSWORD, Person, TestServer},
    strangers::{commands, routes},
};
use futures_util::future::join_all;
use model::{FileId, Message, MessageId, ThreadId, ThreadOption, UserId, wire::Answer};
use reqwest::{Method, Request, RequestBuilder, StatusCode, Url, header};
use serde_json::{Value, json};
use std::fmt::Write;

/// Somebody with a way in, or what was one.
#[derive(Clone)]
struct Caller {
    person: Person,
    /// The token that a program shows.
    token: Option<String>,
}

impl Caller {
    fn request(&self, method: &Method, path: &str) -> RequestBuilder {
        let request = self.person.request(method.clone(), path);
        match &self.token {
            Some(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        }
    }

    async fn token(&self) -> Self {
        let request = self.request(&Method::POST, "/api/v1/tokens").json(&json!({ "label": "a program" }));
        let token: Value = request.send().await.unwrap().json().await.unwrap();
        let mut nobody = self.person.clone();
        nobody.cookie = String::new();
        Self { person: nobody, token: Some(token["token"].as_str().unwrap().into()) }
    }

    /// The same in another browser.
    async fn again(&self, server: &TestServer) -> Self {
        let credentials = json!({ "username": self.person.user.username, "password": PASSWORD });
        let request = server.client.post(server.url("/api/v1/sessions")).json(&credentials);
        let response = request.send().await.unwrap();
        let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
        let mut person = self.person.clone();
        person.cookie = cookie.split(';').next().unwrap().to_owned();
        Self { person, token: None }
    }
}

/// Everybody who could ask, from the ones who may least.
struct People {
    /// Whoever has no session, or one that is none any more, in each way in which one can end.
    nobodies: Vec<Caller>,
    others: Vec<(&'static str, Caller)>,
    member: Person,
    admin: Person,
    former: Person,
    asking: Person,
    blocked: Person,
}

impl People {
    async fn gather(server: &TestServer) -> Self {
        let caller = |person: &Person| Caller { person: person.clone(), token: None };
        // The first one looks after the server.
        let keeper = caller(&server.person("keeper").await);
        let (admin, member, former) = server.people().await;
        let stranger = server.person("stranger").await;
        let asking = server.person("asking").await;
        let blocked = server.person("blocked").await;
        let between_them = admin.direct(&blocked).await.thread_id;
        admin.keep(between_them, ThreadOption::Blocked(true)).await;
        let program = caller(&admin).token().await;
        let mut nobodies = vec![caller(&member)];
        nobodies[0].person.cookie = String::new();

        let signed_out = caller(&member).again(server).await;
        signed_out.request(&Method::POST, "/sign-out").send().await.unwrap();
        let revoked = caller(&member).token().await;
        let sessions: Value = member.get("/api/v1/sessions").await.unwrap();
        let programs =
            sessions["sessions"].as_array().unwrap().iter().filter(|session| session["kind"] == "token");
        for program in programs {
            let path = format!("/api/v1/sessions/{}", program["session_id"].as_str().unwrap());
            assert!(member.request(Method::DELETE, &path).send().await.unwrap().status().is_success());
        }
        let expired = caller(&server.person("expired").await);
        let statement = "update session set expires_at = now() - interval '1 second' where user_id = $1";
        sqlx::query(statement).bind(expired.person.user.user_id).execute(&server.state.db).await.unwrap();
        let closed = caller(&server.person("closed").await);
        let program_of_closed = closed.token().await;
        let activity = keeper.request(&Method::PUT, "/api/v1/accounts/closed/activity");
        assert!(activity.json(&json!({ "is_active": false })).send().await.unwrap().status().is_success());
        nobodies.extend([signed_out, revoked, expired, closed, program_of_closed]);

        let locked = caller(&member).again(server).await;
        locked.request(&Method::POST, "/lock/now").send().await.unwrap();

        let others = vec![
            ("locked", locked),
            ("stranger", caller(&stranger)),
            ("former", caller(&former)),
            ("blocked", caller(&blocked)),
            ("member", caller(&member)),
            ("program", program),
            ("admin", caller(&admin)),
            ("keeper", keeper),
        ];
        Self { nobodies, others, member, admin, former, asking, blocked }
    }

    /// A group in which everything is that could be asked for.
    async fn group(&self) -> Group {
        let thread_id = self.admin.group("Between us", &[&self.member, &self.former]).await.thread_id;
        let file = self.member.upload(thread_id, "a.txt", b"between us").await.unwrap();
        let sent = self.member.done(&self.member.message_with(thread_id, "between them", &[&file])).await;
        let Answer::Sent { message } = sent else { panic!("a message was answered with {sent:?}") };
        self.member.edit(&message, "between us").await.unwrap();
        self.admin.remove(thread_id, &self.former).await;
        let asks = self.admin.group_invite(thread_id, 5, true).await.unwrap();
        self.asking.join(thread_id, &asks).await.unwrap();
        let secret = self.admin.group_invite(thread_id, 5, false).await.unwrap();
        // Whom its admin has blocked may come by a link like anybody else.
        self.blocked.join(thread_id, &secret).await.unwrap();
        let links: Value = self.admin.get(&format!("/api/v1/threads/{thread_id}/invites")).await.unwrap();
        let invite_id = links["invites"][0]["invite_id"].as_str().unwrap().to_owned();
        let [admin, member, asking] = [&self.admin, &self.member, &self.asking].map(|one| one.user.user_id);
        Group { thread_id, message, file_id: file.file_id, secret, invite_id, admin, member, asking }
    }
}

struct Group {
    thread_id: ThreadId,
    message: Message,
    file_id: FileId,
    secret: String,
    invite_id: String,
    admin: UserId,
    member: UserId,
    asking: UserId,
}

impl Group {
    /// A request as it makes sense for this group.
    fn ask(&self, caller: &Caller, method: &Method, route: &str) -> RequestBuilder {
        let Self { thread_id, message, file_id, secret, invite_id, member, .. } = self;
        let message_id = message.message_id;
        let unknown = MessageId::generate().to_string();
        let path = [
            ("{thread_id}", thread_id.to_string()),
            ("{message_id}", message_id.to_string()),
            ("{file_id}", if method == Method::PUT { unknown.clone() } else { file_id.to_string() }),
            ("{secret}", secret.clone()),
            ("{invite_id}", invite_id.clone()),
            ("{session_id}", unknown.clone()),
            ("{picture_id}", unknown.clone()),
            ("{connection_id}", unknown.clone()),
            ("{username}", "stranger".into()),
            ("{language}", "en".into()),
            ("{tone}", "0".into()),
            ("{version}", "1".into()),
        ];
        let path = path.iter().fold(route.to_owned(), |path, (name, value)| path.replace(name, value));
        let request = caller.request(method, &path);
        let form = |fields: &[(&str, &str)]| caller.request(method, &path).form(fields);
        match (method.as_str(), route) {
            ("GET", "/api/v1/threads/{thread_id}/changes") => request.query(&[("after", "0")]),
            ("GET", "/api/v1/threads/search") => request.query(&[("title", "a")]),
            ("GET", "/api/v1/threads/{thread_id}/members/search") => request.query(&[("prefix", "a")]),
            ("GET", "/api/v1/users") => request.query(&[("prefix", "a")]),
            ("GET" | "DELETE", _) | ("POST", "/sign-out" | "/settings/sessions/end-others") => request,
            ("POST", "/new") => form(&[
                ("do", "group"),
                ("title", "Ours"),
                ("thread_id", &unknown),
                ("glyph", ""),
                ("hue", "1"),
                ("q", ""),
            ]),
            ("POST", "/t/{thread_id}/details") => {
                form(&[("do", "edit"), ("title", "Ours"), ("glyph", ""), ("hue", "1"), ("q", "")])
            }
            ("POST", "/t/{thread_id}/options") => form(&[("choice", "pin")]),
            ("POST", "/t/{thread_id}/send") => form(&[("message_id", &unknown), ("body", "hello")]),
            ("POST", "/t/{thread_id}/read") => form(&[("created_at", &message.created_at.0.to_string())]),
            ("POST", "/t/{thread_id}/m/{message_id}/pin") => form(&[("pinned", "true")]),
            ("POST", "/t/{thread_id}/m/{message_id}/forward") => {
                form(&[("form_id", &unknown), ("to", &thread_id.to_string())])
            }
            ("POST", "/t/{thread_id}/m/{message_id}/reactions") => form(&[("on", "👍")]),
            ("POST", "/t/{thread_id}/invites") => form(&[("do", "create"), ("uses", "1"), ("days", "1")]),
            ("POST", "/join/{thread_id}/{secret}") => request,
            ("POST", "/t/{thread_id}/picture" | "/settings/profile") => request
                .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
                .body("--b\r\ncontent-disposition: form-data; name=\"display_name\"\r\n\r\nMe\r\n--b--\r\n"),
            ("POST", "/sign-in") => form(&[("username", "stranger"), ("password", PASSWORD)]),
            ("POST", "/lock") => form(&[("password", PASSWORD)]),
            ("POST", "/lock/now" | "/lock/stay") => request,
            ("POST", "/settings/lock") => form(&[("minutes", "5")]),
            ("POST", "/sign-up") => {
                let name = format!("a{}", &unknown[24..]);
                form(&[("username", &name), ("display_name", "New"), ("password", PASSWORD)])
            }
            ("POST", "/language") => form(&[("language", "en")]),
            ("POST", "/settings/appearance") => form(&[("theme", "dark"), ("text_size", "large")]),
            ("POST", "/settings/privacy") => {
                form(&[("shows_typing", "on"), ("shows_presence", "on"), ("shows_receipts", "on")])
            }
            ("POST", "/settings/password") => form(&[("current_password", "wrong"), ("password", PASSWORD)]),
            ("POST", "/settings/sessions/end") => form(&[("session_id", &unknown)]),
            ("POST", "/settings/tokens") => form(&[("label", "a program")]),
            ("POST", "/settings/registration") => form(&[("is_open", "true")]),
            ("POST", "/settings/resets") => form(&[("username", "asking")]),
            ("POST", "/reset/{secret}") => form(&[("password", PASSWORD)]),
            ("POST", "/settings/activity") => form(&[("username", "stranger"), ("is_active", "true")]),
            ("POST", "/t/{thread_id}/m/{message_id}/report") => form(&[("reason", "It is rude")]),
            ("POST", "/settings/reports/done") => form(&[("thread_id", &unknown), ("message_id", &unknown)]),
            ("POST", "/settings/invites") => form(&[("uses", "1"), ("days", "1")]),
            ("POST", "/settings/invites/revoke") => form(&[("invite_id", &unknown)]),
            ("POST", "/api/v1/accounts") => {
                let name = format!("b{}", &unknown[24..]);
                request.json(&json!({ "username": name, "display_name": "New", "password": PASSWORD }))
            }
            ("PUT", "/api/v1/accounts/{username}/activity") => request.json(&json!({ "is_active": true })),
            ("PUT", "/api/v1/password") => {
                request.json(&json!({ "current_password": "wrong", "password": PASSWORD }))
            }
            ("POST", "/api/v1/sessions") => {
                request.json(&json!({ "username": "stranger", "password": PASSWORD }))
            }
            ("POST", "/api/v1/tokens") => request.json(&json!({ "label": "a program" })),
            ("PUT", "/api/v1/registration") => request.json(&json!({ "is_open": true })),
            ("POST", "/api/v1/invites" | "/api/v1/threads/{thread_id}/invites") => {
                request.json(&json!({ "uses": 1, "days": 1 }))
            }
            ("PUT", "/api/v1/privacy") => {
                request.json(&json!({ "shows_typing": true, "shows_presence": true, "shows_receipts": true }))
            }
            ("POST", "/api/v1/pictures") => request.body("no picture"),
            ("PUT", "/api/v1/threads/{thread_id}/files/{file_id}") => {
                request.query(&[("name", "a.txt")]).body("content")
            }
            ("POST", "/api/v1/commands" | "/api/v1/live/{connection_id}") => {
                request.json(&json!({ "open_direct": { "user_id": member } }))
            }
            _ => panic!("say how somebody asks for {method} {route}"),
        }
    }

    /// A command as it makes sense for this group.
    fn order(&self, caller: &Caller, command: &Value) -> RequestBuilder {
        let mut command = command.clone();
        for (order, content) in command.as_object_mut().unwrap() {
            let is_new = matches!(order.as_str(), "send_message" | "forward_message" | "create_group");
            for (name, value) in content.as_object_mut().unwrap() {
                match name.as_str() {
                    "thread_id" if order == "create_group" => *value = json!(ThreadId::generate()),
                    "thread_id" | "from_thread_id" => *value = json!(self.thread_id),
                    "from_message_id" | "reply_to" => *value = json!(self.message.message_id),
                    "message_id" if is_new => *value = json!(MessageId::generate()),
                    "message_id" => *value = json!(self.message.message_id),
                    "file_ids" => *value = json!([]),
                    "secret" => *value = json!(self.secret),
                    "created_at" => *value = json!(self.message.created_at),
                    "body" => *value = json!("hello"),
                    "user_id" if order == "remove_member" => *value = json!(self.admin),
                    "user_id" if order == "set_role" => *value = json!(self.member),
                    "user_id" => *value = json!(self.asking),
                    "user_ids" => *value = json!([self.member]),
                    "picture_id" => *value = Value::Null,
                    "avatar" => *value = json!({ "hue": 1 }),
                    _ => {}
                }
            }
        }
        caller.request(&Method::POST, "/api/v1/commands").json(&command)
    }
}

/// What somebody is told, in a word: a status, or to which door they are led.
async fn told(request: RequestBuilder) -> String {
    let response = request.send().await.unwrap();
    let status = response.status();
    let leads_to = response.headers().get(header::LOCATION).map(|place| place.to_str().unwrap().to_owned());
    let text = response.text().await.unwrap();
    assert!(!status.is_server_error() && status != StatusCode::TOO_MANY_REQUESTS, "{status}: {text}");
    match leads_to {
        Some(place) if place == "/sign-in" || place.starts_with("/sign-in?") => "door".into(),
        Some(place) if place == "/lock" || place.starts_with("/lock?") => "locked".into(),
        Some(_) if status == StatusCode::SEE_OTHER => "done".into(),
        _ => status.as_u16().to_string(),
    }
}

/// A route of the router, or a command.
enum Way {
    Route(Method, String),
    Command(Value),
}

impl Way {
    fn name(&self) -> String {
        match self {
            Self::Route(method, path) => format!("{method} {path}"),
            Self::Command(command) => command.as_object().unwrap().keys().next().unwrap().clone(),
        }
    }

    /// Whether who goes it may be somebody else afterwards, or nobody.
    fn ends_sessions(&self) -> bool {
        [
            "POST /sign-in",
            "POST /sign-up",
            "POST /sign-out",
            "POST /lock",
            "POST /lock/now",
            "POST /settings/sessions/end-others",
            "POST /api/v1/accounts",
            "POST /api/v1/sessions",
            "DELETE /api/v1/sessions",
        ]
        .contains(&self.name().as_str())
    }

    /// What everybody is told.
    async fn tell(&self, people: &People) -> Vec<String> {
        let group = people.group().await;
        let ask = |caller: &Caller| match self {
            Self::Route(method, path) => group.ask(caller, method, path),
            Self::Command(command) => group.order(caller, command),
        };
        let all = join_all(people.nobodies.iter().map(|nobody| told(ask(nobody)))).await;
        let name = self.name();
        assert!(all.iter().all(|one| *one == all[0]), "{name}: some nobodies may more than others: {all:?}");
        let mut answers = vec![all[0].clone()];
        // One after the other, so that whoever may less does not find done what another did.
        for (_, caller) in &people.others {
            answers.push(told(ask(caller)).await);
        }
        answers
    }
}

/// The ways in, each as a request.
fn ways() -> impl Iterator<Item = Way> {
    let ways = routes().into_iter().map(|(method, path)| Way::Route(method, path));
    ways.chain(commands().map(|command| Way::Command(serde_json::from_str(&command).unwrap())))
}

/// A request once for each text in it, with a NUL in that one.
fn with_a_nul(request: &Request) -> Vec<Request> {
    let mut found = Vec::new();
    let again = |body: Option<String>| {
        let mut again = request.try_clone().unwrap();
        *again.body_mut() = body.map(Into::into).or(again.body_mut().take());
        again.headers_mut().remove(header::CONTENT_LENGTH);
        again
    };
    let path = again(None);
    found.extend([path].into_iter().map(|mut one| {
        let path = format!("{}%00", one.url().path());
        one.url_mut().set_path(&path);
        one
    }));
    let pairs = |query: &str| {
        let url = Url::parse(&format!("http://x/?{query}")).unwrap();
        url.query_pairs().into_owned().collect::<Vec<(String, String)>>()
    };
    let mut queries = spoiled(&pairs(request.url().query().unwrap_or_default()));
    if request.method() == Method::GET {
        let names = ["q", "title", "prefix", "name", "next", "do", "to", "user"];
        queries.extend(names.map(|name| vec![(name.to_owned(), "a\0".to_owned())]));
    }
    for query in queries {
        let mut one = again(None);
        one.url_mut().query_pairs_mut().clear().extend_pairs(query);
        found.push(one);
    }
    let body = request.body().and_then(|body| body.as_bytes()).unwrap_or_default();
    let body = String::from_utf8(body.to_vec()).unwrap();
    if let Ok(json) = serde_json::from_str::<Value>(&body) {
        for place in 0.. {
            let (mut json, mut left) = (json.clone(), place);
            if !spoil(&mut json, &mut left) {
                break;
            }
            found.push(again(Some(json.to_string())));
        }
    } else if body.starts_with("--") {
        found.push(again(Some(body.replace("Me\r\n", "M\0e\r\n"))));
    } else {
        for fields in spoiled(&pairs(&body)) {
            let url = Url::parse_with_params("http://x/", fields).unwrap();
            found.push(again(url.query().map(str::to_owned)));
        }
    }
    found
}

/// Some fields once for each of them, with a NUL in that one.
fn spoiled(fields: &[(String, String)]) -> Vec<Vec<(String, String)>> {
    let one = |place: usize| {
        let mut fields = fields.to_vec();
        fields[place].1.push('\0');
        fields
    };
    (0..fields.len()).map(one).collect()
}

/// Puts a NUL into the text at some place, if there is one.
fn spoil(json: &mut Value, left: &mut usize) -> bool {
    match json {
        Value::String(text) if *left == 0 => {
            text.push('\0');
            true
        }
        Value::String(_) => {
            *left -= 1;
            false
        }
        Value::Array(values) => values.iter_mut().any(|value| spoil(value, left)),
        Value::Object(fields) => fields.values_mut().any(|value| spoil(value, left)),
        _ => false,
    }
}

#[tokio::test]
async fn a_nul_in_any_text_is_answered_and_never_an_error_of_the_server() {
    let server = TestServer::start().await;
    let people = People::gather(&server).await;
    let mut asked = 0;
    let draft = json!({ "set_option": { "thread_id": "", "option": { "draft": "a draft" } } });
    let poll = "/api/v1/live/{connection_id}";
    let ways = ways().chain([Way::Command(draft)]).filter(|way| !way.ends_sessions());
    for way in ways.filter(|way| way.name() != format!("GET {poll}")) {
        let group = people.group().await;
        for (name, caller) in &people.others {
            if !["admin", "keeper"].contains(name) {
                continue;
            }
            let request = match &way {
                Way::Route(method, path) => group.ask(caller, method, path),
                Way::Command(command) => group.order(caller, command),
            };
            for request in with_a_nul(&request.build().unwrap()) {
                let body = request.body().and_then(|body| body.as_bytes()).unwrap_or_default();
                let (url, body) = (request.url().clone(), String::from_utf8_lossy(body).into_owned());
                let status = server.client.execute(request).await.unwrap().status();
                assert!(!status.is_server_error(), "{status} {} {url} {body}", way.name());
                asked += 1;
            }
        }
    }
    assert!(asked > 500, "only {asked} were sent");
}

#[tokio::test]
async fn who_may_do_what() {
    let server = TestServer::start().await;
    let people = People::gather(&server).await;
    let columns = ["nobody"].into_iter().chain(people.others.iter().map(|(name, _)| *name));
    let columns: String = columns.map(|name| format!("{name:>9}")).collect();
    let mut table = format!("{:66}{columns}\n", "");
    for way in ways() {
        let answers = if way.ends_sessions() {
            way.tell(&People::gather(&TestServer::start().await).await).await
        } else {
            way.tell(&people).await
        };
        let answers: String = answers.iter().map(|answer| format!("{answer:>9}")).collect();
        writeln!(table, "{:66}{answers}", way.name()).unwrap();
    }
    insta::assert_snapshot!(table);
}
