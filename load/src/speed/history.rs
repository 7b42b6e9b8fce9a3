//! Pages of the log, however long it is and however deep they are.

use super::{
    alarm,
    figure::{Latencies, Sheet},
    http::Connection,
    size::Size,
    world::{self, World},
};
use anyhow::{Context, ensure};
use futures_util::future::try_join_all;
use model::Timestamp;
use rand::Rng;
use std::{
    ops::Range,
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

/// Which threads are read: by their numbers.
const KINDS: [(&str, Range<u64>); 2] = [("random threads", 1..THREADS + 1), ("the one long thread", 0..1)];
/// How many rows are written before that is told.
const ROWS_AT_ONCE: usize = 5_000_000;

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
        write(&world, *rows).await.context("the rows could not be written")?;
        for run in 1..=runs {
            sheet.run = run;
            measure(&world, *rows, size, sheet).await?;
        }
        world.end().await?;
    }
    compare(size, runs, sheet);
    Ok(())
}

async fn write(world: &World, rows: u64) -> anyhow::Result<()> {
    let write = async |statements: &str, first: u64, end: u64| {
        let statements = statements.replace("{threads}", &THREADS.to_string());
        world.sql(&statements.replace("{first}", &first.to_string()).replace("{end}", &end.to_string())).await
    };
    write(include_str!("history_threads.sql"), 0, rows).await?;
    for first in (0..rows).step_by(ROWS_AT_ONCE) {
        eprintln!("  {first} of {rows} rows are written.");
        let end = rows.min(first + ROWS_AT_ONCE as u64);
        write(include_str!("history_messages.sql"), first, end).await?;
    }
    eprintln!("  {rows} rows are written; their keys are being made.");
    write(include_str!("history_keys.sql"), 0, rows).await?;
    world.settle().await
}

/// What is asked of the longest: how many times as long a page takes as in the shortest.
fn compare(size: &Size, runs: u32, sheet: &mut Sheet<'_>) {
    let (Some(least), Some(most)) = (size.rows.iter().min(), size.rows.iter().max()) else { return };
    for run in 1..=runs {
        sheet.run = run;
        for (name, _) in KINDS {
            let p99 = |rows: &u64| sheet.value(&format!("{rows} rows, {name}"), "a page, p99");
            if let (Some(of_least), Some(of_most)) = (p99(least), p99(most))
                && least < most
            {
                let name = format!("{most} rows, {name}");
                sheet.put(&name, "its p99, as a multiple of that of the shortest", of_most / of_least, "");
            }
        }
    }
}

async fn measure(world: &World, rows: u64, size: &Size, sheet: &mut Sheet<'_>) -> anyhow::Result<()> {
    let first: i64 = sqlx::query_scalar("select (extract(epoch from min(created_at)) * 1000000)::bigint from message where thread_id = md5('history 0')::uuid")
        .fetch_one(&world.db)
        .await?;
    let last: i64 = sqlx::query_scalar("select (extract(epoch from max(created_at)) * 1000000)::bigint from message where thread_id = md5('history 0')::uuid")
        .fetch_one(&world.db)
        .await?;
    for (name, threads) in KINDS {
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
        let (asked, touched) = world.queries("%from message where thread_id%created_at <%").await?;
        ensure!(asked > 0.0, "the server has no query for a page of messages that this program knows");
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
