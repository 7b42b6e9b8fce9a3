//! Pairs who talk on a fixed schedule: from when a message is due until its sender knows that it is stored, and until the other has it.

use super::{
    alarm,
    crowd::Crowd,
    figure::{Latencies, Sheet},
    size::Size,
    wording::{self, Heard},
    world::{self, World},
};
use crate::schedule::Schedule;
use anyhow::{Context, ensure};
use futures_util::future::try_join_all;
use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// How long before the first message is due.
const LEAD: Duration = Duration::from_millis(500);
/// How long nothing may happen before the rest counts as lost.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// How many threads say what is due.
const SPEAKERS: u64 = 4;

/// What is heard of the messages of a schedule.
#[derive(Default)]
pub struct Talk {
    schedule: OnceLock<Schedule>,
    /// From when a message was due until its sender knew that it is stored.
    pub acknowledged: Latencies,
    /// From when a message was due until another had it.
    pub delivered: Latencies,
    /// How late messages left: this program's own fault.
    pub late: Latencies,
    /// How many frames said something else.
    pub refused: AtomicU64,
    /// How often somebody was told that events were dropped.
    pub resyncs: AtomicU64,
}

impl Talk {
    /// What one person hears. `person` counts from 1.
    pub fn hear(&self, person: usize, frame: &[u8]) {
        let now = Instant::now();
        let Some(schedule) = self.schedule.get() else { return };
        match wording::hear(frame) {
            Heard::Acknowledged(number) => self.acknowledged.add(now - schedule.due(number)),
            Heard::Message(number) if speaker(schedule, number) == person => {}
            Heard::Message(number) => self.delivered.add(now - schedule.due(number)),
            Heard::Refused => drop(self.refused.fetch_add(1, Ordering::Relaxed)),
            Heard::Resync => drop(self.resyncs.fetch_add(1, Ordering::Relaxed)),
            Heard::Other => {}
        }
    }

    /// Says every message of a schedule when it is due, to the thread of its speaker, and waits until everybody has heard it.
    pub async fn hold(
        self: &Arc<Self>,
        crowd: &Crowd,
        schedule: Schedule,
        thread: impl Fn(usize) -> String,
        deliveries: Option<u64>,
    ) -> anyhow::Result<()> {
        ensure!(self.schedule.set(schedule).is_ok(), "a talk is held once");
        let speakers = (1..=usize::try_from(schedule.people)?)
            .map(|person| Ok((crowd.line(person)?.clone(), world::thread_id(&thread(person))?)))
            .collect::<anyhow::Result<Arc<[_]>>>()?;
        let speaking = (0..SPEAKERS).map(|part| {
            let numbers = (part..schedule.total).step_by(SPEAKERS as usize);
            let (talk, speakers) = (self.clone(), speakers.clone());
            let due = numbers.map(move |number| (number, schedule.due(number).into_std()));
            alarm::each(due, move |number| {
                let person = speaker(&schedule, number).checked_sub(1).and_then(|place| speakers.get(place));
                let (line, thread_id) = person.context("nobody of that number")?;
                let text = wording::send(number, *thread_id)?;
                talk.late.add(Instant::now() - schedule.due(number));
                line.send_now(&text)
            })
        });
        try_join_all(speaking).await?;
        let (mut before, mut since) = ((0, 0), Instant::now());
        loop {
            let now = (self.acknowledged.count(), self.delivered.count());
            let refused = self.refused.load(Ordering::Relaxed);
            if now.0 == schedule.total && deliveries.is_none_or(|deliveries| now.1 == deliveries) {
                break;
            }
            if now != before {
                (before, since) = (now, Instant::now());
            }
            ensure!(
                since.elapsed() < PATIENCE,
                "of {} messages {} were acknowledged and {refused} refused, and of {deliveries:?} deliveries {} came, with {} resynchronisations",
                schedule.total,
                now.0,
                now.1,
                self.resyncs.load(Ordering::Relaxed)
            );
            sleep(Duration::from_millis(20)).await;
        }
        crowd.all_are_here()
    }
}

/// Who says a message, from 1.
fn speaker(schedule: &Schedule, number: u64) -> usize {
    usize::try_from(number % schedule.people).unwrap_or_default() + 1
}

/// A schedule that begins soon.
pub fn soon(rate: u64, seconds: f64, people: usize) -> Schedule {
    let total = (rate as f64 * seconds) as u64;
    Schedule { start: Instant::now() + LEAD, rate, total, people: people as u64 }
}

/// Has people say a message each before anything is measured: the first of a thread in an hour moves it in the lists of its members, and after a
/// checkpoint PostgreSQL writes whole pages.
pub async fn warm_up(world: &World, people: usize, thread: impl Fn(usize) -> String) -> anyhow::Result<()> {
    let talk = Arc::new(Talk::default());
    let hearing = talk.clone();
    let crowd = Crowd::gather(world.address, 1..people + 1, move |person, frame| hearing.hear(person, frame));
    let crowd = crowd.await?;
    let schedule = Schedule { total: people as u64, ..soon(1_000, 1.0, people) };
    // How many others hear of them depends on the threads, and is not asked here.
    talk.hold(&crowd, schedule, thread, None).await
}

/// At each of the rates.
pub async fn run(world: &World, size: &Size, sheet: &mut Sheet<'_>) -> anyhow::Result<()> {
    let people = size.pairs.min(world.people);
    let direct = |person: usize| format!("direct {}", person.div_ceil(2));
    warm_up(world, people, direct).await.context("before it begins")?;
    for rate in size.rates {
        let case = format!("{people} connected, {rate} messages a second");
        let talk = Arc::new(Talk::default());
        let hearing = talk.clone();
        let crowd =
            Crowd::gather(world.address, 1..people + 1, move |person, frame| hearing.hear(person, frame))
                .await?;
        let schedule = soon(*rate, size.talking.as_secs_f64(), people);
        let before = world.spent()?;
        let held = talk.hold(&crowd, schedule, direct, Some(schedule.total)).await;
        let after = world.spent()?;
        held.with_context(|| case.clone())?;
        let took_s = (Instant::now() - schedule.start).as_secs_f64();
        sheet.put(&case, "stored", schedule.total as f64 / took_s, "messages a second");
        sheet.put_latencies(&case, "acknowledged", &talk.acknowledged)?;
        sheet.put_latencies(&case, "delivered", &talk.delivered)?;
        sheet.put_latencies(&case, "left late", &talk.late)?;
        sheet.put_spent(&case, &before, &after, schedule.total, "message");
    }
    Ok(())
}
