//! Groups in which everybody is there: how many deliveries a second the server makes of a few messages.

use super::{
    crowd::Crowd,
    figure::Sheet,
    floor,
    size::Size,
    talk::{Talk, soon, warm_up},
    world::World,
};
use anyhow::Context;
use std::sync::{Arc, atomic::Ordering};
use tokio::time::sleep;

/// What one person may say in a second is 20 messages: half of it leaves room for what comes late.
const MESSAGES_PER_PERSON: u64 = 10;

/// A group of 100, of 1,000 and of all.
pub async fn run(world: &World, size: &Size, sheet: &mut Sheet<'_>) -> anyhow::Result<()> {
    let mut members: Vec<_> =
        [100, 1_000, world.people].into_iter().filter(|count| *count <= world.people).collect();
    members.dedup();
    for count in members {
        let case = format!("a group of {count}");
        // Whoever says something hears it as well, but knows it already.
        let heard_by = count as u64 - 1;
        let seconds = size.talking.as_secs_f64();
        let rate = (size.deliveries / heard_by).max(1);
        let rate = rate.min(count as u64 * MESSAGES_PER_PERSON);
        warm_up(world, count.min(100), |_| format!("group of {count}")).await?;
        let talk = Arc::new(Talk::default());
        let hearing = talk.clone();
        let crowd =
            Crowd::gather(world.address, 1..count + 1, move |person, frame| hearing.hear(person, frame))
                .await?;
        let schedule = soon(rate, seconds, count);
        let deliveries = schedule.total * heard_by;
        let before = world.spent()?;
        let held = talk.hold(&crowd, schedule, |_| format!("group of {count}"), Some(deliveries)).await;
        let after = world.spent()?;
        held.with_context(|| case.clone())?;
        let took_s = schedule.start.elapsed().as_secs_f64();
        sheet.put(&case, "deliveries", deliveries as f64 / took_s, "a second");
        let cpu_s = after.server.cpu_s - before.server.cpu_s;
        sheet.put(&case, "deliveries for a second of the server's CPU", deliveries as f64 / cpu_s, "");
        sheet.put_latencies(&case, "delivered", &talk.delivered)?;
        sheet.put_latencies(&case, "left late", &talk.late)?;
        sheet.put(&case, "resynchronisations", talk.resyncs.load(Ordering::Relaxed) as f64, "");
        sheet.put_spent(&case, &before, &after, deliveries, "delivery");
        drop(crowd);
        // Until all of them are gone.
        sleep(size.settling).await;
        let floor = floor::write_us(count).await?;
        sheet.put(&case, "CPU of a bare write to a connection", floor, "µs");
    }
    Ok(())
}
