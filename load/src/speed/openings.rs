//! Many people open the same thread in the same second, as after a notification: what the database is asked for that.

use super::{
    figure::{Latencies, Sheet},
    http::Connection,
    size::Size,
    world::{self, World},
};
use anyhow::ensure;
use futures_util::{StreamExt, TryStreamExt, future::try_join_all, stream};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// They ask for its page as the app does that goes to another thread, and, in a run of its own, for the page that a browser opens.
pub async fn run(world: &World, size: &Size, sheet: &mut Sheet<'_>) -> anyhow::Result<()> {
    let people = size.openings.min(world.people);
    let group = if world.people >= 1_000 { 1_000 } else { world.people };
    let thread_id = world::thread_id(&format!("group of {group}"))?;
    for (what, path) in [
        ("its messages", format!("/api/v1/threads/{thread_id}/messages")),
        ("its document", format!("/t/{thread_id}")),
    ] {
        let case = format!("{people} people ask for {what} in a second");
        let opening = stream::iter(0..people).map(|_| Connection::open(world.address));
        let connections: Vec<_> = opening.buffered(64).try_collect().await?;
        world.forget_queries().await?;
        let latencies = Latencies::default();
        let before = world.spent()?;
        let start = Instant::now() + Duration::from_millis(200);
        let (latencies_of, path) = (&latencies, &path);
        let asking = (0_u32..).zip(connections).map(|(place, mut connection)| async move {
            let due = start + Duration::from_secs(1) * place / u32::try_from(people)?;
            sleep_until(due).await;
            connection.get(&world::token(place as usize + 1), path).await?;
            latencies_of.add(due.elapsed());
            anyhow::Ok(())
        });
        try_join_all(asking).await?;
        let after = world.spent()?;
        sheet.put_latencies(&case, "an answer", &latencies)?;
        let (pages, _) = world.queries("%from message where thread_id%order by created_at%").await?;
        ensure!(pages >= 1.0, "the server has no query for a page of messages that this program knows");
        sheet.put(&case, "queries for the page of messages", pages, "");
        let (all, _) = world.queries("%").await?;
        sheet.put(&case, "queries in all, for each", all / people as f64, "");
        sheet.put_spent(&case, &before, &after, people as u64, "answer");
    }
    Ok(())
}
