//! One simulated person: signs up, opens a thread, connects, and talks in it while listening. Knows the public protocol and when to say
//! what; what to make of what was heard is for others.

use crate::schedule::Schedule;
use anyhow::{Context, anyhow, bail};
use futures_util::{SinkExt, StreamExt, stream::SplitSink, stream::SplitStream};
use model::{
    File, FileId, MessageId, Problem, ThreadId, User, UserId,
    wire::{Answer, Command, Event, Frame, Request, SUBPROTOCOL},
};
use reqwest::{Client, RequestBuilder, Response, header};
use serde::{Deserialize, de::DeserializeOwned};
use std::{
    convert::Infallible,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};
use tokio::{
    net::TcpStream,
    sync::watch,
    time::{Instant, sleep_until},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{self, client::IntoClientRequest},
};

/// Everybody's password.
const PASSWORD: &str = "correct horse battery";
/// How long an answer is waited for where the server may be broken: as long as the app waits.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);
/// Who says 429 was probably not started for this.
const TOO_MANY: &str =
    "Start the server with BOBBIN_REQUESTS_PER_SECOND=0: all the load comes from one address.";
/// What follows the number in a message, to make it 100 bytes.
const FILLER: &str =
    "is the number of this message, and the rest is only here to make it as long as is usual";

/// The live stream.
pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The server under load.
#[derive(Clone, Debug)]
pub struct Site {
    client: Client,
    /// Host, port and path, without scheme.
    address: String,
}

/// Somebody who has signed up.
#[derive(Clone, Debug)]
pub struct Person {
    /// As others see them.
    pub user: User,
    cookie: String,
}

/// Why there is no answer.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The server says why.
    Refused(Problem),
    /// The server was not reached, or did not answer in time.
    Lost,
}

/// What a person is to say, and where.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// The only thread of this person.
    pub thread_id: ThreadId,
    /// When it is whose turn.
    pub schedule: Schedule,
    /// Which of the people this one is.
    pub person: u64,
}

/// How far all the people have come, to see when a run is over.
#[derive(Debug, Default)]
pub struct Progress {
    /// Messages that went into a socket.
    pub sent: AtomicU64,
    /// Of these, with an acknowledgement.
    pub acknowledged: AtomicU64,
    /// Of these, with a refusal.
    pub refused: AtomicU64,
    /// Events of messages, at senders and at the others.
    pub heard: AtomicU64,
}

/// A message that came back, in an answer or in an event.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// Its number in the schedule.
    pub number: u64,
    /// Its number in the thread.
    pub seq: u64,
    /// How long after it was due.
    pub latency_us: u64,
}

/// Everything that happened to one person.
#[derive(Debug, Default)]
pub struct Heard {
    /// How late each message was sent, by the generator's own fault or since the socket was full.
    pub late_us: Vec<u64>,
    /// The acknowledgements of one's own messages.
    pub acknowledged: Vec<Arrival>,
    /// The events of one's own messages.
    pub echoed: Vec<Arrival>,
    /// The events of the other's messages.
    pub delivered: Vec<Arrival>,
    /// The `seq` of every event, in the order of arrival.
    pub seqs: Vec<u64>,
    /// How many messages were refused.
    pub refused: u64,
    /// Why the first was.
    pub refusal: Option<String>,
    /// Messages that nobody should have sent here.
    pub strays: u64,
    /// How often the server dropped events and said so.
    pub resyncs: u64,
    /// Why the socket ended, if it did so before the run.
    pub ended: Option<String>,
}

impl Site {
    /// The server at an address such as `http://127.0.0.1:3000`.
    pub fn new(url: &str) -> anyhow::Result<Self> {
        let Some(address) = url.strip_prefix("http://") else { bail!("{url} does not start with http://") };
        Ok(Self {
            client: Client::builder().no_proxy().build()?,
            address: address.trim_end_matches('/').into(),
        })
    }

    /// Makes an account.
    pub async fn sign_up(&self, username: &str, display_name: &str) -> anyhow::Result<Person> {
        #[derive(Deserialize)]
        struct Me {
            user: User,
        }
        let account = serde_json::json!({
            "username": username, "display_name": display_name, "password": PASSWORD,
        });
        let url = format!("http://{}/api/v1/accounts", self.address);
        let response = self.client.post(url).json(&account).send().await?;
        let cookie = response.headers().get(header::SET_COOKIE).and_then(|value| value.to_str().ok());
        let cookie = cookie.and_then(|value| value.split(';').next()).unwrap_or_default().to_owned();
        let Me { user } = read(response).await.with_context(|| format!("{username} could not sign up"))?;
        Ok(Person { user, cookie })
    }
}

impl Person {
    /// Finds or makes the thread with another.
    pub async fn open_direct(&self, site: &Site, user_id: UserId) -> anyhow::Result<ThreadId> {
        let url = format!("http://{}/api/v1/commands", site.address);
        let request = site.client.post(url).header(header::COOKIE, &self.cookie);
        let response = request.json(&Command::OpenDirect { user_id }).send().await?;
        match read(response)
            .await
            .with_context(|| format!("{} could not open a thread", self.user.username))?
        {
            Answer::Opened { thread } => Ok(thread.thread_id),
            other => bail!("no thread was opened, but {other:?}"),
        }
    }

    /// Asks for something, in bounded time.
    pub async fn get<T: DeserializeOwned>(&self, site: &Site, path: &str) -> Result<T, Failure> {
        self.ask(site.client.get(format!("http://{}/api/v1/{path}", site.address))).await
    }

    /// Carries out a command by a request, in bounded time.
    pub async fn command(&self, site: &Site, command: &Command) -> Result<Answer, Failure> {
        let url = format!("http://{}/api/v1/commands", site.address);
        self.ask(site.client.post(url).json(command)).await
    }

    /// Uploads a file to a thread, in bounded time.
    pub async fn upload(
        &self,
        site: &Site,
        thread_id: ThreadId,
        file_id: FileId,
        content: Vec<u8>,
    ) -> Result<File, Failure> {
        let url = format!("http://{}/api/v1/threads/{thread_id}/files/{file_id}", site.address);
        self.ask(site.client.put(url).query(&[("name", "a file")]).body(content)).await
    }

    /// What a file in a thread holds, in bounded time.
    pub async fn download(
        &self,
        site: &Site,
        thread_id: ThreadId,
        file_id: FileId,
    ) -> Result<Vec<u8>, Failure> {
        let url = format!("http://{}/files/{thread_id}/{file_id}", site.address);
        let response = self.answer(site.client.get(url)).await?;
        response.bytes().await.map(Vec::from).map_err(|_| Failure::Lost)
    }

    async fn ask<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Failure> {
        self.answer(request).await?.json().await.map_err(|_| Failure::Lost)
    }

    async fn answer(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let request = request.header(header::COOKIE, &self.cookie).timeout(ANSWER_TIMEOUT);
        let response = request.send().await.map_err(|_| Failure::Lost)?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(response.json().await.map_or(Failure::Lost, Failure::Refused))
    }

    /// Opens the live stream and waits until it is ready. Whoever comes back says what they know, by its etag.
    pub async fn connect(&self, site: &Site, etag: Option<&str>) -> anyhow::Result<Socket> {
        let query = etag.map(|etag| format!("?etag={etag}")).unwrap_or_default();
        let mut request = format!("ws://{}/api/v1/live{query}", site.address).into_client_request()?;
        request.headers_mut().insert("cookie", self.cookie.parse()?);
        request.headers_mut().insert("sec-websocket-protocol", SUBPROTOCOL.parse()?);
        // Without Nagle's algorithm, as browsers do.
        let (mut socket, _) = match connect_async_with_config(request, None, true).await {
            Err(tungstenite::Error::Http(response)) if response.status() == 429 => bail!(TOO_MANY),
            connected => connected.with_context(|| format!("{} could not connect", self.user.username))?,
        };
        match next(&mut socket).await? {
            Frame::Ready => Ok(socket),
            other => bail!("the first frame was not ready, but {other:?}"),
        }
    }

    /// Says everything of one's part when it is due, and listens, until told to stop.
    pub async fn talk(
        self,
        socket: Socket,
        part: Part,
        progress: &Progress,
        mut stop: watch::Receiver<bool>,
    ) -> Heard {
        let (mut sink, mut stream) = socket.split();
        let (mut late_us, mut heard) = (Vec::new(), Heard::default());
        let conversation = async {
            let speaking = speak(&mut sink, part, progress, &mut late_us);
            let listening = listen(&mut stream, self.user.user_id, part, progress, &mut heard);
            tokio::try_join!(speaking, listening)
        };
        let ended = tokio::select! {
            ended = conversation => ended.err().map(|error| format!("{error:#}")),
            _ = stop.wait_for(|is_over| *is_over) => None,
        };
        Heard { late_us, ended, ..heard }
    }
}

async fn speak(
    sink: &mut SplitSink<Socket, tungstenite::Message>,
    part: Part,
    progress: &Progress,
    late_us: &mut Vec<u64>,
) -> anyhow::Result<()> {
    for number in part.schedule.numbers(part.person) {
        let (message_id, thread_id, body) = (MessageId::generate(), part.thread_id, body(number));
        let command =
            Command::SendMessage { message_id, thread_id, body, file_ids: Vec::new(), reply_to: None };
        let text = serde_json::to_string(&Request { id: number, command })?;
        sleep_until(part.schedule.due(number)).await;
        late_us.push(part.schedule.latency_us(number, Instant::now()));
        sink.send(tungstenite::Message::text(text)).await?;
        progress.sent.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

async fn listen(
    stream: &mut SplitStream<Socket>,
    user_id: UserId,
    part: Part,
    progress: &Progress,
    heard: &mut Heard,
) -> anyhow::Result<Infallible> {
    loop {
        let frame = next(stream).await?;
        let now = Instant::now();
        let arrival =
            |number, seq| Arrival { number, seq, latency_us: part.schedule.latency_us(number, now) };
        match frame {
            Frame::Answer { id, answer: Answer::Sent { message } } => {
                heard.acknowledged.push(arrival(id, message.seq));
                progress.acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            Frame::Problem { problem, .. } => {
                heard.refused += 1;
                heard.refusal.get_or_insert(problem.detail);
                progress.refused.fetch_add(1, Ordering::Relaxed);
            }
            Frame::Event(Event::MessageSent { message, .. }) => {
                match number(&message.body).filter(|_| message.thread_id == part.thread_id) {
                    Some(number) if message.sender_id == user_id => {
                        heard.echoed.push(arrival(number, message.seq));
                    }
                    Some(number) => heard.delivered.push(arrival(number, message.seq)),
                    None => heard.strays += 1,
                }
                heard.seqs.push(message.seq);
                progress.heard.fetch_add(1, Ordering::Relaxed);
            }
            Frame::Resync => heard.resyncs += 1,
            Frame::Ready | Frame::Alive | Frame::Answer { .. } | Frame::Event(_) => {}
        }
    }
}

/// The next frame, or how the socket ended.
pub async fn next(
    stream: &mut (impl StreamExt<Item = Result<tungstenite::Message, tungstenite::Error>> + Unpin),
) -> anyhow::Result<Frame> {
    loop {
        match stream.next().await.transpose()? {
            Some(tungstenite::Message::Text(text)) => {
                return serde_json::from_str(&text).with_context(|| format!("not a frame: {text}"));
            }
            Some(tungstenite::Message::Close(Some(close))) => {
                bail!("the server closed it: {} {}", u16::from(close.code), close.reason)
            }
            Some(tungstenite::Message::Close(None)) | None => bail!("the server closed it without a word"),
            Some(_) => {}
        }
    }
}

/// What a response says, or why it says nothing.
async fn read<T: DeserializeOwned>(response: Response) -> anyhow::Result<T> {
    let status = response.status();
    if status.is_success() {
        return Ok(response.json().await?);
    }
    let detail = match response.json::<Problem>().await {
        Ok(problem) => problem.detail,
        Err(_) => status.to_string(),
    };
    Err(if status == 429 { anyhow!("{detail} {TOO_MANY}") } else { anyhow!(detail) })
}

fn body(number: u64) -> String {
    format!("{number:012} {FILLER}")
}

fn number(body: &str) -> Option<u64> {
    body.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_100_bytes_and_tells_its_number() {
        for one in [0, 7, 19_999, 999_999_999_999] {
            assert_eq!(body(one).len(), 100);
            assert_eq!(number(&body(one)), Some(one));
        }
        assert_eq!(number("hello there"), None);
    }
}
