//! What it costs to have people connected who say nothing.

use super::{crowd::Crowd, figure::Sheet, machine, size::Size, world::World};
use tokio::time::sleep;

/// Connects a third of the people, and then the rest.
pub async fn run(world: &World, size: &Size, sheet: &mut Sheet<'_>) -> anyhow::Result<()> {
    let few = world.people / 3;
    let nobody = |_: usize, _: &[u8]| {};
    let first = Crowd::gather(world.address, 1..few + 1, nobody).await?;
    sleep(size.settling).await;
    let (less, less_kernel) = (world.spent()?, machine::kernel_memory_bytes());
    let rest = Crowd::gather(world.address, few + 1..world.people + 1, nobody).await?;
    sleep(size.settling).await;
    let (more, more_kernel) = (world.spent()?, machine::kernel_memory_bytes());
    sleep(size.idling).await;
    let later = world.spent()?;
    first.all_are_here()?;
    rest.all_are_here()?;
    let added = (world.people - few) as f64;
    let case = format!("{few} and {} connected", world.people);
    let grown = more.server.memory_bytes as f64 - less.server.memory_bytes as f64;
    sheet.put(&case, "server memory a connection", grown / added / 1024.0, "kB");
    let kernel = more_kernel as f64 - less_kernel as f64;
    sheet.put(&case, "kernel memory a connection, both ends", kernel / added / 1024.0, "kB");
    let cpu_us = (later.server.cpu_s - more.server.cpu_s) * 1e6;
    let seconds = size.idling.as_secs_f64();
    sheet.put(&case, "server CPU a connection a second", cpu_us / world.people as f64 / seconds, "µs");
    Ok(())
}
