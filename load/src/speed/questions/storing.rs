//! How messages are kept: what the database does for a page of them, and for storing them.

use crate::{
    schedule::Schedule,
    speed::{
        crowd::Crowd,
        figure::Sheet,
        size::Size,
        talk::{Talk, soon, warm_up},
        world::World,
    },
};
use anyhow::ensure;
use futures_util::future::try_join_all;
use rand::Rng;
use sqlx::{AssertSqlSafe, Executor, Row};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

const ONE: &str = "md5('person 1')::uuid";
const OTHER: &str = "md5('person 2')::uuid";
const THREAD: &str = "md5('direct 1')::uuid";
/// How many pages are read of each kind, if that does not take longer than this.
const PAGES: usize = 300;
const LONGEST: Duration = Duration::from_secs(20);
const COMMITTERS: usize = 16;
const BATCH_ROWS: usize = 512;
/// How many people say something in a group of theirs, and how many of them in a second.
const SPEAKERS: usize = 300;
const MESSAGES_PER_S: u64 = 100;

/// All questions of storage.
pub async fn run(world: &mut World, size: &Size, sheet: &mut Sheet<'_>) -> anyhow::Result<()> {
    people_or_thread(world, size, sheet).await?;
    offset_or_cursor(world, size, sheet).await?;
    members(world, sheet).await?;
    commits(world, size, sheet).await?;
    partitions(world, size, sheet).await
}

/// A moment among the messages.
fn moment(size: &Size) -> String {
    let row = rand::rng().random_range(size.questions / 2..size.questions);
    format!("timestamptz '2020-01-01' + {row} * interval '1 second'")
}

async fn people_or_thread(world: &World, size: &Size, sheet: &mut Sheet<'_>) -> anyhow::Result<()> {
    let question = "1. A page of what two people said";
    let page = "order by created_at desc limit 50";
    let there = |at: &str| {
        format!(
            "select created_at, body from by_people where from_id = {ONE} and to_id = {OTHER} and created_at < {at} {page}"
        )
    };
    let back = |at: &str| {
        format!(
            "select created_at, body from by_people where from_id = {OTHER} and to_id = {ONE} and created_at < {at} {page}"
        )
    };
    let or = || {
        let at = moment(size);
        vec![format!(
            "select created_at, body from by_people where ((from_id = {ONE} and to_id = {OTHER}) or (from_id = {OTHER} and to_id = {ONE})) and created_at < {at} {page}"
        )]
    };
    let union = || {
        let at = moment(size);
        vec![format!("select * from (({}) union all ({})) said {page}", there(&at), back(&at))]
    };
    let both = || {
        let at = moment(size);
        vec![there(&at), back(&at)]
    };
    let thread = || {
        let at = moment(size);
        vec![format!(
            "select created_at, body from by_thread where thread_id = {THREAD} and created_at < {at} {page}"
        )]
    };
    ask(world, sheet, &format!("{question}: from and to, with OR"), or).await?;
    ask(world, sheet, &format!("{question}: a union of two scans"), union).await?;
    ask(world, sheet, &format!("{question}: two queries at once"), both).await?;
    ask(world, sheet, &format!("{question}: the key of a thread"), thread).await
}

async fn offset_or_cursor(world: &World, size: &Size, sheet: &mut Sheet<'_>) -> anyhow::Result<()> {
    let question = "2. A page deep in a thread";
    for depth in [10, size.questions / 1_000, size.questions / 4] {
        let offset = || {
            vec![format!(
                "select created_at, body from by_thread where thread_id = {THREAD} order by created_at desc offset {depth} limit 50"
            )]
        };
        // Every other message is of this thread.
        let row = size.questions.saturating_sub(2 * depth);
        let cursor = || {
            vec![format!(
                "select created_at, body from by_thread where thread_id = {THREAD} and created_at < timestamptz '2020-01-01' + {row} * interval '1 second' order by created_at desc limit 50"
            )]
        };
        ask(world, sheet, &format!("{question}: OFFSET {depth}"), offset).await?;
        ask(world, sheet, &format!("{question}: a cursor at {depth}"), cursor).await?;
    }
    Ok(())
}

async fn members(world: &mut World, sheet: &mut Sheet<'_>) -> anyhow::Result<()> {
    let question = "4. Whom a message concerns";
    for count in [20, 100, 1_000, world.people] {
        if count > world.people {
            continue;
        }
        let name = if count == 20 { "group 1".to_owned() } else { format!("group of {count}") };
        let read = || {
            vec![format!("select user_id from member where thread_id = md5('{name}')::uuid order by user_id")]
        };
        ask(world, sheet, &format!("{question}: the members of a group of {count} are read"), read).await?;
    }
    // The first message of a thread in an hour does more than that: it is said before.
    let people = SPEAKERS.min(world.people);
    say(world, people).await?;
    world.kill_and_start().await?;
    // The server's connections learn their statements, and it the members of other threads.
    warm_up(world, people, |person| format!("direct {}", person.div_ceil(2))).await?;
    for case in ["the server has not asked for the members yet", "it has them in its cache"] {
        let case = format!("{question}: in a group of 20, {case}");
        world.forget_queries().await?;
        let talk = say(world, people).await?;
        sheet.put_latencies(&case, "acknowledged", &talk.acknowledged)?;
        let (asked, touched) = world.queries("select user_id from member where thread_id = %").await?;
        sheet.put(&case, "queries for members, for each message", asked / people as f64, "");
        sheet.put(&case, "pages of 8 kB touched by them", touched / people as f64, "");
    }
    Ok(())
}

/// Has people say a message each, each in another group.
async fn say(world: &World, people: usize) -> anyhow::Result<Arc<Talk>> {
    let talk = Arc::new(Talk::default());
    let hearing = talk.clone();
    let crowd = Crowd::gather(world.address, 1..people + 1, move |person, frame| hearing.hear(person, frame));
    let crowd = crowd.await?;
    let schedule = Schedule { total: people as u64, ..soon(MESSAGES_PER_S, 1.0, people) };
    talk.hold(&crowd, schedule, |person| world.group_of(person), None).await?;
    Ok(talk)
}

async fn commits(world: &World, size: &Size, sheet: &mut Sheet<'_>) -> anyhow::Result<()> {
    let question = "5. Storing, durably";
    let one = "insert into by_row select 1, md5('thread ' || (random() * 1000)::int)::uuid, now(), 'of some words that people wrote to each other, and so on'";
    let many = format!("{one} from generate_series(1, {BATCH_ROWS})");
    for (case, connections, rows, statement) in [
        ("a commit a message, one connection", 1, 1, one),
        ("a commit a message, 16 connections", COMMITTERS, 1, one),
        ("a commit for 512 messages, one connection", 1, BATCH_ROWS, &*many),
    ] {
        let mut committers = try_join_all((0..connections).map(|_| world.db.acquire())).await?;
        for committer in &mut committers {
            let durably: String =
                sqlx::query_scalar("show synchronous_commit").fetch_one(&mut **committer).await?;
            ensure!(durably == "on", "a connection does not wait until what it commits is on the disk");
        }
        let end = Instant::now() + size.talking / 3;
        let committing = committers.into_iter().map(|mut connection| async move {
            let mut count = 0;
            while Instant::now() < end {
                connection.execute(AssertSqlSafe(statement.to_owned())).await?;
                count += rows;
            }
            anyhow::Ok(count)
        });
        let count: usize = try_join_all(committing).await?.into_iter().sum();
        let rate = count as f64 / (size.talking / 3).as_secs_f64();
        sheet.put(&format!("{question}: {case}"), "messages", rate, "a second");
    }
    Ok(())
}

async fn partitions(world: &World, size: &Size, sheet: &mut Sheet<'_>) -> anyhow::Result<()> {
    let question = "6. One table, or 16 partitions by thread";
    for (case, table) in [("one table", "by_thread"), ("16 partitions", "by_part")] {
        let page = || {
            let at = moment(size);
            vec![format!(
                "select created_at, body from {table} where thread_id = {THREAD} and created_at < {at} order by created_at desc limit 50"
            )]
        };
        ask(world, sheet, &format!("{question}: {case}"), page).await?;
        let mut random = rand::rng();
        let (start, mut batches) = (Instant::now(), 0);
        while start.elapsed() < size.talking / 3 {
            let at = random.random::<u32>();
            let batch = format!(
                "insert into {table} select md5('direct ' || row * 3)::uuid, timestamptz '2030-01-01' + ({at} + row) * interval '1 microsecond', 'of some words that people wrote to each other'
                 from generate_series(1, {BATCH_ROWS}) row on conflict do nothing"
            );
            world.sql(&batch).await?;
            batches += 1;
        }
        let ms = start.elapsed().as_secs_f64() * 1_000.0 / f64::from(batches);
        sheet.put(&format!("{question}: {case}"), "a batch of 512 is stored", ms, "ms");
    }
    Ok(())
}

/// Asks for pages, each by one query or by several at once, and takes down how long one takes and what it touches.
async fn ask(
    world: &World,
    sheet: &mut Sheet<'_>,
    case: &str,
    queries: impl Fn() -> Vec<String>,
) -> anyhow::Result<()> {
    let (start, mut took) = (Instant::now(), Vec::new());
    let mut touched = 0.0;
    while took.len() < PAGES && (took.is_empty() || start.elapsed() < LONGEST) {
        let queries = queries();
        let began = Instant::now();
        let asked = try_join_all(
            queries.iter().map(|query| sqlx::raw_sql(AssertSqlSafe(query.clone())).fetch_all(&world.db)),
        );
        let answers = asked.await?;
        took.push(began.elapsed());
        ensure!(answers.iter().any(|rows| !rows.is_empty()), "{case}: the page is empty");
        if took.len() == 1 {
            for query in queries {
                touched += buffers(world, &query).await?;
            }
        }
    }
    took.sort_unstable();
    let ms = |place: usize| took.get(place).copied().unwrap_or_default().as_secs_f64() * 1_000.0;
    sheet.put(case, "a page, p50", ms(took.len() / 2), "ms");
    sheet.put(case, "a page, p99", ms(took.len() * 99 / 100), "ms");
    sheet.put(case, "pages of 8 kB touched", touched, "");
    Ok(())
}

/// How many of the database's pages a query touches.
async fn buffers(world: &World, query: &str) -> anyhow::Result<f64> {
    let explain = format!("explain (analyze, buffers, format json) {query}");
    let row = sqlx::raw_sql(AssertSqlSafe(explain)).fetch_one(&world.db).await?;
    let plans: serde_json::Value = serde_json::from_str(row.try_get_unchecked::<&str, _>(0)?)?;
    let of = |name: &str| plans[0]["Plan"][name].as_f64().unwrap_or_default();
    Ok(of("Shared Hit Blocks") + of("Shared Read Blocks"))
}
