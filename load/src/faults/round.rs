//! One schedule from the first sign-up to the verdict: people come, act while things break, and when all is well again what they saw is checked.

use super::{
    breaking,
    checker::{self, Violation},
    device::{Actor, Goal, Orders, Part, Phase, Progress, Stage},
    fresh,
    history::Diary,
    plan::{Act, Plan},
    tally::Tally,
    world::World,
};
use crate::person::{Failure, Person, Site};
use anyhow::{Context, anyhow};
use futures_util::{StreamExt, TryStreamExt, stream};
use model::{
    Avatar, MessageId, ThreadId,
    wire::{Answer, Command},
};
use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, sleep},
};

/// How many people sign up at a time.
const AT_ONCE: usize = 4;
/// How long nothing may be acknowledged and nobody be done before people are stuck.
const PATIENCE: Duration = Duration::from_secs(40);
/// How long devices may take to show what the server says.
const SETTLING: Duration = Duration::from_secs(20);
/// How often what the server says may change meanwhile: a copy of a command may have been under way for long.
const MOST_GOALS: usize = 4;
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// What a round came to.
#[derive(Debug)]
pub struct Outcome {
    /// All that was wrong.
    pub violations: Vec<Violation>,
    /// Its counts.
    pub tally: Tally,
}

/// Plays a schedule.
pub async fn play(world: &mut World, plan: &Plan) -> anyhow::Result<Outcome> {
    let people = sign_up(&world.site, plan).await?;
    let thread_ids = make_threads(&world.site, plan, &people).await?;
    let stage = Arc::new(Stage {
        // Of a crowd nothing is cut on the way, and each way through the proxy takes three of the files that a process may open.
        site: if plan.is_crowd() { world.direct_site()? } else { world.disturbed_site()? },
        people,
        thread_ids,
        start: Instant::now(),
        progress: Progress::default(),
    });
    let (orders, heard_orders) = watch::channel(Orders::default());
    let devices = begin(plan, &stage, &heard_orders);
    let mut tally = Tally::default();
    let mut violations = breaking::all(world, plan, &stage, &orders, &mut tally).await?;
    violations.extend(ended(world, &stage.progress).await);
    breaking::heal(world, &orders, &mut violations).await?;
    settle(world, &stage, &orders, devices.len()).await?;

    orders.send_modify(|orders| orders.phase = Phase::Over);
    let mut diaries: Vec<Diary> = Vec::new();
    for device in devices {
        diaries.push(device.await?);
    }
    let mut says = fresh::load(&world.site, &stage).await?;
    fresh::pages(&world.site, &stage, &mut says).await?;
    violations.extend(checker::check(&diaries, &says));
    tally.count(&diaries);
    tally.violations = violations.len() as u64;
    Ok(Outcome { violations, tally })
}

async fn sign_up(site: &Site, plan: &Plan) -> anyhow::Result<Vec<Person>> {
    let round: u64 = rand::random();
    stream::iter(0..plan.people.len())
        .map(async |number| {
            site.sign_up(&format!("p{round:016x}_{number}"), &format!("Person {number}")).await
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await
}

async fn make_threads(site: &Site, plan: &Plan, people: &[Person]) -> anyhow::Result<Vec<ThreadId>> {
    let mut thread_ids = Vec::new();
    for members in &plan.threads {
        let user_ids: Vec<_> = members[1..].iter().map(|member| people[*member].user.user_id).collect();
        let command = match user_ids[..] {
            [user_id] => Command::OpenDirect { user_id },
            _ => Command::CreateGroup {
                thread_id: ThreadId::generate(),
                title: format!("Group of {}", members.len()),
                avatar: Avatar::default(),
                user_ids,
            },
        };
        match people[members[0]].command(site, &command).await {
            Ok(Answer::Opened { thread }) => thread_ids.push(thread.thread_id),
            Ok(other) => return Err(anyhow!("a thread was to be opened: {other:?}")),
            Err(Failure::Refused(problem)) => return Err(anyhow!(problem.detail)),
            Err(Failure::Lost) => return Err(anyhow!("the server was not reached before anything broke")),
        }
    }
    Ok(thread_ids)
}

/// Starts all devices.
fn begin(plan: &Plan, stage: &Arc<Stage>, orders: &watch::Receiver<Orders>) -> Vec<JoinHandle<Diary>> {
    let mut devices = Vec::new();
    for (person, part) in plan.people.iter().enumerate() {
        let acts: VecDeque<_> = part.acts.iter().map(|act| (*act, MessageId::generate())).collect();
        let messages = acts.iter().filter(|(act, _)| matches!(act, Act::Send(_))).copied();
        let (window, is_by_http) = (part.window, part.is_by_http);
        let twin = part.has_twin.then(|| Part { acts: messages.collect(), window, is_by_http: false });
        let watchers = std::iter::repeat_n(Part::default(), part.watchers);
        let parts = std::iter::once(Part { acts, window, is_by_http }).chain(twin).chain(watchers);
        for (number, part) in parts.enumerate() {
            let actor = Actor::new(stage.clone(), orders.clone(), person, number, part);
            devices.push(tokio::spawn(actor.run()));
        }
    }
    devices
}

/// Waits until everybody is done, or stuck.
async fn ended(world: &World, progress: &Progress) -> Option<Violation> {
    let (mut before, mut since) = ((0, 0), Instant::now());
    loop {
        let busy = progress.busy.load(Ordering::Relaxed);
        if busy == 0 {
            return None;
        }
        let now = (busy, progress.acknowledged.load(Ordering::Relaxed));
        if now != before {
            (before, since) = (now, Instant::now());
        }
        if since.elapsed() > PATIENCE {
            let detail = format!(
                "{busy} devices got no answer for {} seconds. {}",
                PATIENCE.as_secs(),
                world.activity().await
            );
            return Some(Violation::stuck(detail));
        }
        sleep(LOOK_EVERY).await;
    }
}

/// Waits until all devices show what the server says. Whether they did is for the checker.
async fn settle(
    world: &World,
    stage: &Arc<Stage>,
    orders: &watch::Sender<Orders>,
    devices: usize,
) -> anyhow::Result<()> {
    let mut says = fresh::load(&world.site, stage).await?;
    for _ in 0..MOST_GOALS {
        let goal = Arc::new(Goal { fresh: says, settled: AtomicUsize::new(0) });
        orders.send_modify(|orders| orders.phase = Phase::Settle(goal.clone()));
        let since = Instant::now();
        while goal.settled.load(Ordering::Relaxed) < devices && since.elapsed() < SETTLING {
            sleep(LOOK_EVERY).await;
        }
        says = fresh::load(&world.site, stage).await.context("while devices settled")?;
        if says == goal.fresh {
            break;
        }
    }
    Ok(())
}
