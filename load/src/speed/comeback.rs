//! The server is killed while everybody is connected, and started again: how long until they are back and know what they missed.

use super::{
    figure::{Latencies, Sheet},
    http::Connection,
    line,
    size::Size,
    wording,
    world::{self, World},
};
use anyhow::Context;
use futures_util::{StreamExt, future::try_join_all, stream::FuturesUnordered};
use model::page::ThreadPage;
use rand::Rng;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How many ask for their threads at a time before it begins.
const AT_ONCE: usize = 8;
/// After how long somebody tries again, at most; at the second failure twice as long, as the app does it.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How many groups hear something just before: their members have missed it.
const MISSED: usize = 100;

/// Everybody.
pub async fn run(world: &mut World, size: &Size, sheet: &mut Sheet<'_>) -> anyhow::Result<()> {
    let case = format!("{} connected", world.people);
    let marks = marks(world).await?;
    let mut ears = Vec::new();
    for person in 1..=world.people {
        ears.push(line::open(world.address, &world::token(person), person, None).await?);
    }
    for (number, (line, _)) in (1..).zip(ears.iter().skip(1).take(MISSED)) {
        let thread_id = world::thread_id(&format!("group {number}"))?;
        line.send(&wording::send(number, thread_id)?).await?;
    }
    sleep(size.settling).await;
    world.forget_queries().await?;
    let before = Instant::now();
    world.kill_and_start().await?;
    let (started, spent) = (Instant::now(), world.spent()?);
    drop(ears);
    let latencies = Latencies::default();
    let address = world.address;
    let coming = (1..).zip(marks).map(|(person, mark)| async move {
        let mut pause = PAUSE;
        // Kept until all are back.
        let back = loop {
            sleep(pause.mul_f64(rand::rng().random())).await;
            match line::open(address, &world::token(person), person, Some(&mark)).await {
                Ok(back) => break back,
                Err(_) => pause = (pause * 2).min(LONGEST_PAUSE),
            }
        };
        if back.1.must_resync() {
            let mut connection = Connection::open(address).await?;
            connection.get(&world::token(person), "/api/v1/threads").await?;
        }
        anyhow::Ok((started.elapsed(), back.1.must_resync(), back))
    });
    let mut coming: FuturesUnordered<_> = coming.collect();
    let (mut back, mut resyncs) = (Vec::new(), 0);
    while let Some(one) = coming.next().await {
        let (took, must_resync, ends) = one?;
        latencies.add(took);
        resyncs += u64::from(must_resync);
        back.push(ends);
    }
    let all_spent = world.spent()?;
    sheet.put(&case, "until the server listens again", (started - before).as_secs_f64() * 1000.0, "ms");
    sheet.put_latencies(&case, "until one is back and has caught up", &latencies)?;
    sheet.put(&case, "people who had missed something", resyncs as f64, "");
    sheet.put_spent(&case, &spent, &all_spent, world.people as u64, "person");
    let (queries, _) = world.queries("%").await?;
    sheet.put(&case, "queries in all, for each", queries / world.people as f64, "");
    Ok(())
}

/// What everybody knows, as the mark that they come back with.
async fn marks(world: &World) -> anyhow::Result<Vec<String>> {
    let marking = (0..AT_ONCE).map(|part| async move {
        let mut connection = Connection::open(world.address).await?;
        let mut marks = Vec::new();
        for person in (part + 1..=world.people).step_by(AT_ONCE) {
            let page = connection.get(&world::token(person), "/api/v1/threads").await?;
            let page: ThreadPage = serde_json::from_slice(&page)?;
            marks.push((person, model::etag(&page, None)));
        }
        anyhow::Ok(marks)
    });
    let mut marks: Vec<_> = try_join_all(marking).await.context("threads were not told")?.concat();
    marks.sort_unstable();
    Ok(marks.into_iter().map(|(_, mark)| mark).collect())
}
