//! How one hears of a message: by asking again and again, by asking and waiting, or over a socket.

use crate::{
    schedule::Schedule,
    speed::{
        crowd::Crowd,
        figure::{Latencies, Sheet},
        http::Connection,
        size::Size,
        talk::soon,
        wording::{self, Heard},
        world::{self, World},
    },
};
use futures_util::{StreamExt, TryStreamExt, future::try_join_all, stream};
use memchr::memmem;
use model::{Timestamp, page::MessagePage, wire::Frame};
use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval_at, sleep, sleep_until},
};
use uuid::Uuid;

/// How many hear, and how often something is said.
const PEOPLE: usize = 1_000;
const MESSAGES_EVERY: Duration = Duration::from_secs(2);

/// What the listeners of one way have heard.
#[derive(Default)]
struct Ears {
    schedule: OnceLock<Schedule>,
    delays: Latencies,
    requests: AtomicU64,
    bytes: AtomicU64,
}

impl Ears {
    fn hear(&self, number: u64) {
        if let Some(schedule) = self.schedule.get() {
            self.delays.add(schedule.due(number).elapsed());
        }
    }
}

/// Each way for a while, and for two rounds of asking.
pub async fn run(world: &World, size: &Size, sheet: &mut Sheet<'_>) -> anyhow::Result<()> {
    let people = PEOPLE.min(world.people);
    let seconds = size.talking.as_secs();
    for every_s in [1, 5, 30].into_iter().filter(|every_s| *every_s <= 2 * seconds) {
        let ears = Arc::new(Ears::default());
        let asking = ask(world, people, Duration::from_secs(every_s), &ears).await?;
        let seconds = seconds.max(2 * every_s);
        measure(world, people, seconds, &format!("asking every {every_s} s"), &ears, sheet).await?;
        asking.iter().for_each(JoinHandle::abort);
    }
    let ears = Arc::new(Ears::default());
    let waiting = wait(world, people, &ears).await?;
    measure(world, people, seconds, "asking and waiting", &ears, sheet).await?;
    waiting.iter().for_each(JoinHandle::abort);

    let ears = Arc::new(Ears::default());
    let hearing = ears.clone();
    let crowd = Crowd::gather(world.address, 1..people + 1, move |_, frame| {
        // Two bytes before it, or four.
        hearing.bytes.fetch_add(frame.len() as u64 + 4, Ordering::Relaxed);
        if let Heard::Message(number) = wording::hear(frame) {
            hearing.hear(number);
        }
    })
    .await?;
    measure(world, people, seconds, "a socket", &ears, sheet).await?;
    crowd.all_are_here()
}

/// Says something every now and then for a while, and takes down who heard it when, and what it cost.
async fn measure(
    world: &World,
    people: usize,
    seconds: u64,
    case: &str,
    ears: &Ears,
    sheet: &mut Sheet<'_>,
) -> anyhow::Result<()> {
    let case = format!("3. How {people} people hear of a message every two seconds: {case}");
    let speaker = Crowd::gather(world.address, 1..2, |_, _| {}).await?;
    let thread_id = world::thread_id(&group(world))?;
    let total = (seconds / MESSAGES_EVERY.as_secs()).max(1);
    let schedule = Schedule { total, ..soon(1, seconds as f64, 1) };
    // One in two seconds: the even numbers of a schedule of one a second.
    ears.schedule.get_or_init(|| schedule);
    let before = world.spent()?;
    let (requests, bytes) = (ears.requests.load(Ordering::Relaxed), ears.bytes.load(Ordering::Relaxed));
    for number in (0..2 * schedule.total).step_by(2) {
        let text = wording::send(number, thread_id)?;
        sleep_until(schedule.due(number)).await;
        speaker.line(1)?.send(&text).await?;
    }
    let expected = schedule.total * people as u64;
    let deadline = Instant::now() + Duration::from_secs(seconds + 40);
    while ears.delays.count() < expected && Instant::now() < deadline {
        sleep(Duration::from_millis(20)).await;
    }
    let after = world.spent()?;
    anyhow::ensure!(ears.delays.count() == expected, "{} of {expected} were heard", ears.delays.count());
    let minutes = schedule.start.elapsed().as_secs_f64() / 60.0 * people as f64;
    sheet.put_latencies(&case, "until it is heard", &ears.delays)?;
    let requests = ears.requests.load(Ordering::Relaxed) - requests;
    sheet.put(&case, "requests of a person", requests as f64 / minutes, "a minute");
    let bytes = ears.bytes.load(Ordering::Relaxed) - bytes;
    sheet.put(&case, "bytes of a person", bytes as f64 / 1024.0 / minutes, "kB a minute");
    for (name, used) in [
        ("server", after.server.cpu_s - before.server.cpu_s),
        ("PostgreSQL", after.postgres.cpu_s - before.postgres.cpu_s),
    ] {
        sheet.put(&case, &format!("CPU of {name} for a person"), used * 1_000.0 / minutes, "ms a minute");
    }
    Ok(())
}

fn group(world: &World) -> String {
    format!("group of {}", if world.people >= PEOPLE { PEOPLE } else { world.people })
}

async fn connections(world: &World, people: usize) -> anyhow::Result<Vec<Connection>> {
    stream::iter(0..people).map(|_| Connection::open(world.address)).buffered(64).try_collect().await
}

/// People who ask at an interval for what is new.
async fn ask(
    world: &World,
    people: usize,
    every: Duration,
    ears: &Arc<Ears>,
) -> anyhow::Result<Vec<JoinHandle<anyhow::Result<()>>>> {
    let thread_id = world::thread_id(&group(world))?;
    let mut asking = Vec::new();
    for (place, mut connection) in (0_u32..).zip(connections(world, people).await?) {
        let ears = ears.clone();
        let first = Instant::now() + every * place / u32::try_from(people)?;
        asking.push(tokio::spawn(async move {
            let mut ticks = interval_at(first, every);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut after = Timestamp::now();
            loop {
                ticks.tick().await;
                let path = format!("/api/v1/threads/{thread_id}/messages?after={}", after.0);
                let page = connection.get(&world::token(place as usize + 1), &path).await?;
                ears.requests.fetch_add(1, Ordering::Relaxed);
                ears.bytes.fetch_add(connection.take_bytes(), Ordering::Relaxed);
                let page: MessagePage = serde_json::from_slice(&page)?;
                for message in &page.messages {
                    after = message.created_at;
                    if let Some(number) = message.body.get(..12).and_then(|digits| digits.parse().ok()) {
                        ears.hear(number);
                    }
                }
            }
        }));
    }
    Ok(asking)
}

/// People who ask, and are answered when there is something.
async fn wait(
    world: &World,
    people: usize,
    ears: &Arc<Ears>,
) -> anyhow::Result<Vec<JoinHandle<anyhow::Result<()>>>> {
    let mut waiting = Vec::new();
    let mut opening = Vec::new();
    for (place, mut connection) in connections(world, people).await?.into_iter().enumerate() {
        let ears = ears.clone();
        let (ready, is_ready) = tokio::sync::oneshot::channel();
        opening.push(is_ready);
        waiting.push(tokio::spawn(async move {
            let path = format!("/api/v1/live/{}", Uuid::now_v7());
            let mut ready = Some(ready);
            loop {
                let answer = connection.get(&world::token(place + 1), &path).await?;
                ears.requests.fetch_add(1, Ordering::Relaxed);
                ears.bytes.fetch_add(connection.take_bytes(), Ordering::Relaxed);
                if let Some(ready) = ready.take() {
                    ready.send(()).ok();
                }
                if memmem::find(&answer, b"message_sent").is_some() {
                    let frames: Vec<Frame> = serde_json::from_slice(&answer)?;
                    for frame in frames {
                        if let Heard::Message(number) = wording::hear(&serde_json::to_vec(&frame)?) {
                            ears.hear(number);
                        }
                    }
                }
            }
        }));
    }
    try_join_all(opening).await?;
    Ok(waiting)
}
