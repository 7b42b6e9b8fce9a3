//! Breaking things, each when it is due, and making them well again.

use super::{
    checker::Violation,
    device::{Orders, Stage},
    plan::{Due, Fault, Plan},
    proxy::Weather,
    step::Step,
    tally::Tally,
    world::World,
};
use std::{sync::atomic::Ordering, time::Duration};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

/// How long a server may take to stop.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);
/// How long nothing may be acknowledged before the next fault comes all the same.
const PATIENCE: Duration = Duration::from_secs(3);
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// How long after the next server's start a COMMIT of the one before comes through: most are back by then.
const LATE: Duration = Duration::from_millis(600);

/// Breaks everything that a plan says, when it is due. What the server did wrong while it was asked to stop is returned.
pub async fn all(
    world: &mut World,
    plan: &Plan,
    stage: &Stage,
    orders: &watch::Sender<Orders>,
    tally: &mut Tally,
) -> anyhow::Result<Vec<Violation>> {
    let mut violations = Vec::new();
    for Due { after, fault } in &plan.faults {
        until_due(stage, *after).await;
        let salt = plan.seed.wrapping_add(*after);
        let was_done = one(world, *fault, salt, orders, tally, &mut violations).await?;
        tally.faults[fault.kind()] += u64::from(was_done);
        alive(world, &mut violations).await?;
    }
    Ok(violations)
}

/// Waits until so many messages were acknowledged, or no more will be for now.
async fn until_due(stage: &Stage, after: u64) {
    let (mut before, mut since) = (0, Instant::now());
    loop {
        let now = stage.progress.acknowledged.load(Ordering::Relaxed);
        if now >= after || stage.progress.busy.load(Ordering::Relaxed) == 0 || since.elapsed() > PATIENCE {
            return;
        }
        if now != before {
            (before, since) = (now, Instant::now());
        }
        sleep(LOOK_EVERY).await;
    }
}

/// Breaks one thing, and mends it unless it is to stay. Whether it could be done here.
async fn one(
    world: &mut World,
    fault: Fault,
    salt: u64,
    orders: &watch::Sender<Orders>,
    tally: &mut Tally,
    violations: &mut Vec<Violation>,
) -> anyhow::Result<bool> {
    match fault {
        Fault::KillServer(step) => {
            let line = world.kill_server(step).await?;
            tally.aim(fault, step, line.is_some());
            // A COMMIT that was on its way may come through when the next server has told people already that nothing happened.
            let is_late = step == Step::Commit && salt.is_multiple_of(2);
            line.iter().filter(|_| !is_late).for_each(|line| line.cut());
            world.start_server().await?;
            if is_late {
                sleep(LATE).await;
                line.iter().for_each(|line| line.go_on());
            }
        }
        Fault::Crowd => {
            let _ = world.kill_server(Step::Any).await?;
            world.start_server().await?;
        }
        Fault::KillPostgres(step, span) => {
            let is_hit = world.kill_postgres(step).await?;
            tally.aim(fault, step, is_hit);
            sleep(span).await;
            world.start_postgres().await?;
        }
        Fault::CutTransaction(step) => {
            let is_hit = world.cut_transaction(step).await;
            tally.aim(fault, step, is_hit);
        }
        Fault::StallPostgres(span) => {
            world.database.stall(100, salt);
            sleep(span).await;
            world.database.go_on();
        }
        Fault::CutSockets(percent) => world.people.cut(percent, salt),
        Fault::HalfOpen(percent, span) => {
            world.people.stall(percent, salt);
            sleep(span).await;
            world.people.cut_stalled();
        }
        Fault::Weather(late, bytes_per_second) => {
            world.people.set_weather(Weather { late, bytes_per_second });
        }
        Fault::StopReading(percent, span) => {
            orders.send_modify(|orders| orders.deaf_percent = percent);
            sleep(span).await;
            orders.send_modify(|orders| orders.deaf_percent = 0);
        }
        Fault::StepClock(seconds) => return world.step_clock(seconds),
        Fault::FillDisk(span) => {
            if !world.fill_disk()? {
                return Ok(false);
            }
            sleep(span).await;
            world.clear_disk().await?;
        }
        Fault::Terminate(is_stalled) => {
            if is_stalled {
                world.database.stall(100, salt);
            }
            violations.extend(terminate(world).await?);
            world.database.go_on();
            world.start_server().await?;
        }
    }
    Ok(true)
}

/// Asks the server to stop. What it did wrong is returned.
async fn terminate(world: &mut World) -> anyhow::Result<Option<Violation>> {
    let since = Instant::now();
    let detail = match world.server.terminate(STOP_TIMEOUT).await? {
        Some(status) if status.success() => return Ok(None),
        Some(status) => format!("the server stopped with {status}"),
        None => format!("the server did not stop within {:?}", since.elapsed()),
    };
    Ok(Some(Violation::stuck(detail)))
}

/// Starts the server again if it ended by itself, which it must not.
async fn alive(world: &mut World, violations: &mut Vec<Violation>) -> anyhow::Result<()> {
    if let Some(status) = world.server.ended() {
        violations.push(Violation::stuck(format!("the server ended by itself: {status}")));
        world.start_server().await?;
    }
    Ok(())
}

/// Makes all well again.
pub async fn heal(
    world: &mut World,
    orders: &watch::Sender<Orders>,
    violations: &mut Vec<Violation>,
) -> anyhow::Result<()> {
    orders.send_modify(|orders| orders.deaf_percent = 0);
    world.people.set_weather(Weather::default());
    world.people.cut_stalled();
    world.database.cut_stalled();
    alive(world, violations).await
}
