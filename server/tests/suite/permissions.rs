//! Who may do what, in one table (`snapshots/suite__permissions__who_may_do_what.snap`): every route and every command, each of which is read
//! from where it is defined, for everybody who could ask. What is new, or answers somebody in another way, does not pass before the table
//! says so. What is about one connection alone goes over such a connection, all else by itself.

use crate::{
    harness::{PASSWORD, Person, TestServer},
    images, profiles,
    strangers::{commands, routes},
};
use futures_util::future::join_all;
use image::ImageFormat;
use model::{Message, MessageId, PictureId, SecretChatId, ThreadId, ThreadOption, UserId, wire::Answer};
use reqwest::{Method, RequestBuilder, StatusCode, header};
use serde_json::{Value, json};
use server::introductions::Introductions;
use std::{fmt::Write, sync::Arc};
use uuid::Uuid;

/// The commands that are about a connection, and that nothing else takes.
const OF_A_CONNECTION: [&str; 2] = ["look", "introduce"];

/// Somebody with a way in, or what was one.
#[derive(Clone)]
pub struct Caller {
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
pub struct People {
    /// Whoever has no session, or one that is none any more, in each way in which one can end.
    nobodies: Vec<Caller>,
    pub others: Vec<(&'static str, Caller)>,
    member: Person,
    admin: Person,
    former: Person,
    asking: Person,
    blocked: Person,
    picture_id: PictureId,
    introductions: Arc<Introductions>,
}

impl People {
    pub async fn gather(server: &TestServer) -> Self {
        let caller = |person: &Person| Caller { person: person.clone(), token: None };
        // The first one looks after the server.
        let keeper = caller(&server.person("keeper").await);
        let (admin, member, former) = server.people().await;
        let stranger = server.person("stranger").await;
        let asking = server.person("asking").await;
        let blocked = server.person("blocked").await;
        let between_them = admin.direct(&blocked).await.thread_id;
        admin.keep(between_them, ThreadOption::Blocked(true)).await;
        // Those who have written to each other may ask each other for a secret chat.
        let of_both = admin.direct(&member).await.thread_id;
        for one in [&admin, &member] {
            one.send(of_both, "hello").await;
        }
        let picture_id = admin.picture(profiles::photo(ImageFormat::Png), "middle").await.unwrap();
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
        let introductions = server.state.introductions.clone();
        Self { nobodies, others, member, admin, former, asking, blocked, picture_id, introductions }
    }

    /// What somebody has written and changed, with a file, in a thread.
    async fn written(&self, author: &Person, thread_id: ThreadId) -> Message {
        let content = images::encoded(images::photo(700, 20), ImageFormat::Jpeg);
        let file = author.upload(thread_id, "a.jpg", &content).await.unwrap();
        let sent = author.done(&author.message_with(thread_id, "between them", &[&file])).await;
        let Answer::Sent { message } = sent else { panic!("a message was answered with {sent:?}") };
        author.edit(&message, "between us").await.unwrap();
        message
    }

    /// A group in which everything is that could be asked for.
    pub async fn group(&self) -> Place {
        let thread_id = self.admin.group("Between us", &[&self.member, &self.former]).await.thread_id;
        let message = self.written(&self.member, thread_id).await;
        self.admin.remove(thread_id, &self.former).await;
        let asks = self.admin.group_invite(thread_id, 5, true).await.unwrap();
        self.asking.join(thread_id, &asks).await.unwrap();
        let secret = self.admin.group_invite(thread_id, 5, false).await.unwrap();
        // Whom its admin has blocked may come by a link like anybody else.
        self.blocked.join(thread_id, &secret).await.unwrap();
        let links: Value = self.admin.get(&format!("/api/v1/threads/{thread_id}/invites")).await.unwrap();
        let invite_id = links["invites"][0]["invite_id"].as_str().unwrap().to_owned();
        self.place(thread_id, message, secret, invite_id, &self.member)
    }

    /// The thread of somebody and whom they have blocked since.
    async fn direct(&self) -> Place {
        let thread_id = self.admin.direct(&self.blocked).await.thread_id;
        for one in [&self.admin, &self.blocked] {
            one.keep(thread_id, ThreadOption::Blocked(false)).await;
        }
        let message = self.written(&self.blocked, thread_id).await;
        self.admin.send(thread_id, "hello").await;
        self.admin.keep(thread_id, ThreadOption::Blocked(true)).await;
        let (secret, invite_id) = ("5e".repeat(32), MessageId::generate().to_string());
        self.place(thread_id, message, secret, invite_id, &self.blocked)
    }

    fn place(
        &self,
        thread_id: ThreadId,
        message: Message,
        secret: String,
        invite_id: String,
        friend: &Person,
    ) -> Place {
        let (friends, introductions) = ([self.admin.clone(), friend.clone()], self.introductions.clone());
        let [admin, member, asking] = [&self.admin, &self.member, &self.asking].map(|one| one.user.user_id);
        Place {
            thread_id,
            message,
            secret,
            invite_id,
            picture_id: self.picture_id,
            admin,
            member,
            asking,
            friends,
            introductions,
        }
    }
}

/// Where what is asked for is.
pub struct Place {
    thread_id: ThreadId,
    message: Message,
    secret: String,
    invite_id: String,
    picture_id: PictureId,
    admin: UserId,
    member: UserId,
    asking: UserId,
    /// Two who have written to each other.
    friends: [Person; 2],
    introductions: Arc<Introductions>,
}

impl Place {
    /// A request as it makes sense there.
    fn ask(&self, caller: &Caller, method: &Method, route: &str) -> RequestBuilder {
        let Self { thread_id, message, secret, invite_id, member, .. } = self;
        let file_id = message.files[0].file_id;
        let message_id = message.message_id;
        let unknown = MessageId::generate().to_string();
        let path = [
            ("{thread_id}", thread_id.to_string()),
            ("{message_id}", message_id.to_string()),
            ("{file_id}", if method == Method::PUT { unknown.clone() } else { file_id.to_string() }),
            ("{secret}", secret.clone()),
            ("{invite_id}", invite_id.clone()),
            ("{session_id}", unknown.clone()),
            ("{picture_id}", self.picture_id.to_string()),
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
            ("POST", "/t/{thread_id}/m/{message_id}/reply") => {
                form(&[("message_id", &unknown), ("body", "hello")])
            }
            ("POST", "/t/{thread_id}/m/{message_id}/edit") => form(&[("body", "hello")]),
            ("POST", "/t/{thread_id}/m/{message_id}/delete") => request,
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
                let shown = [("shows_typing", "on"), ("shows_presence", "on"), ("shows_receipts", "on")];
                form(&[&shown[..], &[("secret_from", "contacts")]].concat())
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
                let privacy = json!({ "shows_typing": true, "shows_presence": true, "shows_receipts": true, "secret_from": "contacts" });
                request.json(&privacy)
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

    /// Where a connection of somebody's own is asked, if they are let in.
    async fn connection(&self, caller: &Caller) -> String {
        let [one, other] = &self.friends;
        // Nobody rings, and both are here.
        self.introductions.part(one.user.user_id, other.user.user_id);
        let path = || format!("/api/v1/live/{}", Uuid::now_v7());
        for friend in &self.friends {
            assert!(friend.request(Method::GET, &path()).send().await.unwrap().status().is_success());
        }
        let path = path();
        caller.request(&Method::GET, &path).send().await.unwrap();
        path
    }

    /// A command as it makes sense there.
    fn order(&self, caller: &Caller, command: &Value, path: &str) -> RequestBuilder {
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
                    "user_id" if order == "introduce" => {
                        let mut friends = self.friends.iter().map(|friend| friend.user.user_id);
                        let friend = friends.find(|user_id| *user_id != caller.person.user.user_id);
                        *value = json!(friend.unwrap());
                    }
                    "chat_id" => *value = json!(SecretChatId::generate()),
                    "user_id" => *value = json!(self.asking),
                    "user_ids" => *value = json!([self.member]),
                    "picture_id" => *value = Value::Null,
                    "avatar" => *value = json!({ "hue": 1 }),
                    _ => {}
                }
            }
        }
        caller.request(&Method::POST, path).json(&command)
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
pub enum Way {
    Route(Method, String),
    Command(Value),
}

impl Way {
    pub fn name(&self) -> String {
        match self {
            Self::Route(method, path) => format!("{method} {path}"),
            Self::Command(command) => {
                let (order, content) = command.as_object().unwrap().iter().next().unwrap();
                let option = content["option"].as_object().and_then(|option| option.keys().next());
                option.map_or_else(|| order.clone(), |option| format!("{order} {option}"))
            }
        }
    }

    /// Whether who goes it may be somebody else afterwards, or nobody.
    pub fn ends_sessions(&self) -> bool {
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

    pub async fn ask(&self, place: &Place, caller: &Caller) -> RequestBuilder {
        match self {
            Self::Route(method, path) => place.ask(caller, method, path),
            Self::Command(command) if OF_A_CONNECTION.contains(&self.name().as_str()) => {
                place.order(caller, command, &place.connection(caller).await)
            }
            Self::Command(command) => place.order(caller, command, "/api/v1/commands"),
        }
    }

    /// What everybody is told.
    async fn tell(&self, people: &People) -> Vec<String> {
        let group = people.group().await;
        let answer = async |caller: &Caller| told(self.ask(&group, caller).await).await;
        let all = join_all(people.nobodies.iter().map(&answer)).await;
        let name = self.name();
        assert!(all.iter().all(|one| *one == all[0]), "{name}: some nobodies may more than others: {all:?}");
        let mut answers = vec![all[0].clone()];
        // One after the other, so that whoever may less does not find done what another did.
        for (_, caller) in &people.others {
            answers.push(answer(caller).await);
        }
        // Who was just signed out is nobody, and what they did has nothing to do with a thread.
        if !self.ends_sessions() {
            let blocked = Caller { person: people.blocked.clone(), token: None };
            answers.push(told(self.ask(&people.direct().await, &blocked).await).await);
        }
        let is_misled = matches!(self, Self::Command(_)) && answers.iter().any(|answer| answer == "400");
        assert!(!is_misled, "{name} makes no sense like that, and may be about a connection: {answers:?}");
        answers
    }
}

/// The ways in, each as a request.
pub fn ways() -> impl Iterator<Item = Way> {
    let ways = routes().into_iter().map(|(method, path)| Way::Route(method, path));
    ways.chain(commands().map(|command| Way::Command(serde_json::from_str(&command).unwrap())))
}

#[tokio::test]
async fn who_may_do_what() {
    let mut server = TestServer::start().await;
    let mut people = People::gather(&server).await;
    let columns = ["nobody"].into_iter().chain(people.others.iter().map(|(name, _)| *name));
    let columns = columns.chain(["shut out"]);
    let columns: String = columns.map(|name| format!("{name:>9}")).collect();
    let mut table = format!("{:66}{columns}\n", "");
    for (number, way) in ways().enumerate() {
        // Others, before these have asked too often.
        if number % 60 == 59 {
            server = TestServer::start().await;
            people = People::gather(&server).await;
        }
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
