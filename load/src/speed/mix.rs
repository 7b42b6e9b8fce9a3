//! Everybody does what people do: each sends a message every two minutes and is seen to write it, opens a thread every minute and reads it, and reacts
//! every five minutes.

use super::{
    crowd::Crowd,
    figure::{Latencies, Sheet},
    http::Connection,
    size::Size,
    talk::PATIENCE,
    wording::{self, Heard},
    world::{self, World},
};
use crate::schedule::Schedule;
use anyhow::{Context, bail, ensure};
use futures_util::future::try_join_all;
use model::{MessageId, page::MessagePage, wire::Command};
use std::{
    array,
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, sleep, sleep_until};

/// How long before the first thing is due.
const LEAD: Duration = Duration::from_millis(500);
/// How many requests can be under way at once.
const CONNECTIONS: u64 = 32;
/// What a command's number is a multiple of, and its kind the factor.
const KINDS_APART: u64 = 1_000_000_000;

/// What is done over the live stream: by name, and after how many seconds each person does it again.
const KINDS: [(&str, u64); 3] =
    [("a message is stored", 120), ("writing is told", 120), ("a reaction is stored", 300)];
/// The kind of what follows an opening.
const READING: u64 = KINDS.len() as u64;
const OPENS_EVERY_S: u64 = 60;

struct Mix {
    start: Instant,
    schedules: [Schedule; KINDS.len()],
    latencies: [Latencies; KINDS.len()],
    /// When somebody said that they have read what they opened, until that is stored.
    reading: Mutex<HashMap<u64, Instant>>,
    read: Latencies,
    refusal: OnceLock<String>,
}

impl Mix {
    fn hear(&self, frame: &[u8]) {
        match wording::hear(frame) {
            Heard::Acknowledged(id) if id / KINDS_APART == READING => {
                let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(since) = reading.remove(&(id % KINDS_APART)) {
                    self.read.add(since.elapsed());
                }
            }
            Heard::Acknowledged(id) => {
                let kind = usize::try_from(id / KINDS_APART).unwrap_or_default();
                let due = self.schedules.get(kind).map(|schedule| schedule.due(id % KINDS_APART));
                if let (Some(due), Some(latencies)) = (due, self.latencies.get(kind)) {
                    latencies.add(due.elapsed());
                }
            }
            Heard::Refused => {
                self.refusal.get_or_init(|| String::from_utf8_lossy(frame).into_owned());
            }
            Heard::Message(_) | Heard::Resync | Heard::Other => {}
        }
    }

    fn answered(&self) -> u64 {
        self.latencies.iter().map(Latencies::count).sum()
    }
}

/// All people, for a minute.
pub async fn run(world: &World, size: &Size, sheet: &mut Sheet<'_>) -> anyhow::Result<()> {
    let case = format!("{} active people", world.people);
    let gathering = Arc::new(OnceLock::<Mix>::new());
    let hearing = gathering.clone();
    let crowd = Crowd::gather(world.address, 1..world.people + 1, move |_, frame| {
        if let Some(mix) = hearing.get() {
            mix.hear(frame);
        }
    })
    .await?;
    let start = Instant::now() + LEAD;
    let schedule = |every_s: u64| {
        let rate = (world.people as u64 / every_s).max(1);
        let total = (rate as f64 * size.mixing.as_secs_f64()) as u64;
        Schedule { start, rate, total, people: world.people as u64 }
    };
    let mix = gathering.get_or_init(|| Mix {
        start,
        schedules: KINDS.map(|(_, every_s)| schedule(every_s)),
        latencies: array::from_fn(|_| Latencies::default()),
        reading: Mutex::default(),
        read: Latencies::default(),
        refusal: OnceLock::new(),
    });
    let before = world.spent()?;
    let opened = Latencies::default();
    let opening = schedule(OPENS_EVERY_S);
    let commands = try_join_all((0..KINDS.len()).map(|kind| command(world, &crowd, mix, kind)));
    let opens = try_join_all((0..CONNECTIONS).map(|part| open(world, &crowd, mix, (opening, part), &opened)));
    let (commands, opens) = tokio::join!(commands, opens);
    commands?;
    opens?;
    settle(mix, &opened).await?;
    let after = world.spent()?;
    crowd.all_are_here()?;
    for ((name, _), latencies) in KINDS.iter().zip(&mix.latencies) {
        sheet.put_latencies(&case, name, latencies)?;
    }
    sheet.put_latencies(&case, "a thread is opened", &opened)?;
    sheet.put_latencies(&case, "reading is stored", &mix.read)?;
    let seconds = mix.start.elapsed().as_secs_f64();
    for (name, used) in [
        ("server", after.server.cpu_s - before.server.cpu_s),
        ("PostgreSQL", after.postgres.cpu_s - before.postgres.cpu_s),
        ("load", after.load.cpu_s - before.load.cpu_s),
    ] {
        sheet.put(&case, &format!("CPU of {name}"), used / seconds * 100.0, "% of a core");
    }
    Ok(())
}

/// Somebody's turn, spread over all the people, so that neighbours do not act together.
fn person(world: &World, number: u64) -> usize {
    usize::try_from(number * 7_919 % world.people as u64).unwrap_or_default() + 1
}

async fn command(world: &World, crowd: &Crowd, mix: &Mix, kind: usize) -> anyhow::Result<()> {
    let schedule = mix.schedules[kind];
    for number in 0..schedule.total {
        let person = person(world, number);
        let group = world.group_of(person);
        let thread_id = world::thread_id(&group)?;
        let command = match kind {
            0 => Command::SendMessage {
                message_id: MessageId::generate(),
                thread_id,
                body: format!(
                    "This is message {number}, which is as long as most of what people say to each other."
                ),
                file_ids: Vec::new(),
                reply_to: None,
            },
            1 => Command::Type { thread_id },
            _ => Command::React {
                thread_id,
                message_id: world::message_id(&group, 1)?,
                emoji: "👍".into(),
                is_on: true,
            },
        };
        let text = wording::request(kind as u64 * KINDS_APART + number, command)?;
        sleep_until(schedule.due(number)).await;
        crowd.line(person)?.send(&text).await?;
    }
    Ok(())
}

/// Opens threads, and says that they were read down to their last message.
async fn open(
    world: &World,
    crowd: &Crowd,
    mix: &Mix,
    (schedule, part): (Schedule, u64),
    latencies: &Latencies,
) -> anyhow::Result<()> {
    let mut connection = Connection::open(world.address).await?;
    for number in (part..schedule.total).step_by(CONNECTIONS as usize) {
        let person = person(world, number);
        let thread_id = world::thread_id(&world.group_of(person))?;
        sleep_until(schedule.due(number)).await;
        let path = format!("/api/v1/threads/{thread_id}/messages");
        let page = connection.get(&world::token(person), &path).await?;
        latencies.add(schedule.due(number).elapsed());
        let page: MessagePage = serde_json::from_slice(&page)?;
        let created_at = page.messages.last().context("a thread without messages")?.created_at;
        let text =
            wording::request(READING * KINDS_APART + number, Command::MarkRead { thread_id, created_at })?;
        mix.reading.lock().unwrap_or_else(PoisonError::into_inner).insert(number, Instant::now());
        crowd.line(person)?.send(&text).await?;
    }
    Ok(())
}

/// Waits for the last answers.
async fn settle(mix: &Mix, opened: &Latencies) -> anyhow::Result<()> {
    let expected: u64 = mix.schedules.iter().map(|schedule| schedule.total).sum();
    let deadline = Instant::now() + PATIENCE;
    while mix.answered() < expected || mix.read.count() < opened.count() {
        if let Some(refusal) = mix.refusal.get() {
            bail!("a command was refused: {refusal}");
        }
        ensure!(Instant::now() < deadline, "{} of {expected} commands were answered", mix.answered());
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}
