//! Pages of the log, however long it is and however deep they are.

use super::{
    alarm,
    figure::{Latencies, Sheet},
    http::Connection,
    size::Size,
    world::{self, World},
};
use anyhow::Context;
use futures_util::future::try_join_all;
use model::Timestamp;
use rand::Rng;
use std::{
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};
use tokio::time::Instant;

/// How many pages a second are asked for while it is measured how long one takes.
const RATE: u32 = 200;
const CONNECTIONS: u32 = 8;
/// How many threads share the half of the rows that is not the one long thread's.
const THREADS: u64 = 1_000;

/// Fills a database of its own for each number of rows, and measures it so many times: what takes an hour to write is not written three times.
pub async fn run(
    program: &Path,
    folder: &Path,
    size: &Size,
    runs: u32,
    sheet: &mut Sheet<'_>,
) -> anyhow::Result<()> {
    for rows in &size.rows {
        let world = World::start(program, folder, 30, 0).await?;
        let seed = include_str!("history.sql").replace("{threads}", &THREADS.to_string());
        eprintln!("  {rows} rows are being written.");
        world
            .sql(&seed.replace("{rows}", &rows.to_string()))
            .await
            .context("the rows could not be written")?;
        world.settle().await?;
        for run in 1..=runs {
            sheet.run = run;
            measure(&world, *rows, size, sheet).await?;
        }
        world.end().await?;
    }
    Ok(())
}

async fn measure(world: &World, rows: u64, size: &Size, sheet: &mut Sheet<'_>) -> anyhow::Result<()> {
    let first: i64 = sqlx::query_scalar("select (extract(epoch from min(created_at)) * 1000000)::bigint from message where thread_id = md5('history 0')::uuid")
        .fetch_one(&world.db)
        .await?;
    let last: i64 = sqlx::query_scalar("select (extract(epoch from max(created_at)) * 1000000)::bigint from message where thread_id = md5('history 0')::uuid")
        .fetch_one(&world.db)
        .await?;
    for (name, threads) in [("random threads", 1..THREADS + 1), ("the one long thread", 0..1)] {
        let case = format!("{rows} rows, {name}");
        let any = || {
            let mut random = rand::rng();
            let thread_id = world::thread_id(&format!("history {}", random.random_range(threads.clone())))?;
            let before = Timestamp(random.random_range(first..=last));
            anyhow::Ok(format!("/api/v1/threads/{thread_id}/messages?before={}", before.0))
        };
        let latencies = Latencies::default();
        world.forget_queries().await?;
        let disk_before = world.disk_bytes()?;
        let total = (f64::from(RATE) * size.talking.as_secs_f64()) as u32;
        let start = Instant::now() + Duration::from_millis(200);
        let (latencies, any) = (&latencies, &any);
        let asking = (0..CONNECTIONS).map(|part| async move {
            let mut connection = Connection::open(world.address).await?;
            let due = move |number| start + Duration::from_secs(1) * number / RATE;
            let numbers = (part..total).step_by(CONNECTIONS as usize);
            let mut ringing = alarm::ring(numbers.map(move |number| (number, due(number).into_std())));
            while let Some(number) = ringing.recv().await {
                connection.get(&world::token(1), &any()?).await?;
                latencies.add(due(number).elapsed());
            }
            anyhow::Ok(())
        });
        try_join_all(asking).await?;
        sheet.put_latencies(&case, "a page", latencies)?;
        let (_, touched) = world.queries("%from message where thread_id%created_at <%").await?;
        sheet.put(&case, "pages of 8 kB touched", touched / f64::from(total), "a page of messages");
        let from_disk = (world.disk_bytes()? - disk_before) as f64 / 1000.0;
        sheet.put(&case, "read from the disk", from_disk / f64::from(total), "kB a page of messages");

        let (end, count) = (Instant::now() + size.talking / 2, AtomicU64::new(0));
        let count = &count;
        let asking = (0..2 * CONNECTIONS).map(|_| async move {
            let mut connection = Connection::open(world.address).await?;
            while Instant::now() < end {
                connection.get(&world::token(1), &any()?).await?;
                count.fetch_add(1, Ordering::Relaxed);
            }
            anyhow::Ok(())
        });
        try_join_all(asking).await?;
        let rate = count.load(Ordering::Relaxed) as f64 / (size.talking / 2).as_secs_f64();
        sheet.put(&case, "pages, as many as it gives", rate, "a second");
    }
    Ok(())
}
