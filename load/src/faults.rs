//! The black-box checker: real processes, people who speak the public protocol through real sockets, faults, and at the end the question whether
//! every promise was kept. Here are its arguments, and the run from the first schedule to the table.

mod breaking;
mod checker;
pub mod clock;
mod device;
mod disk;
mod fresh;
mod history;
mod plan;
mod proxy;
mod round;
mod step;
mod tally;
mod tap;
mod view;
mod world;

use anyhow::{Context, bail};
use checker::Kind;
use clap::{Args, value_parser};
use disk::Disk;
use futures_util::future::try_join_all;
use plan::{Plan, Size};
use round::Outcome;
use std::{
    cell::RefCell,
    collections::VecDeque,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};
use tally::Tally;
use tokio::{signal, sync::RwLock, time::Instant};
use world::World;

/// How many violations of a schedule are printed, and how much of each.
const MOST_PRINTED: usize = 10;
const MOST_CHARS: usize = 1_000;

/// Breaks everything around the server, and checks that nothing was lost, doubled, reordered or seen by strangers.
///
/// Starts the server and a PostgreSQL of its own in a folder below /tmp, which is removed unless something was wrong.
#[derive(Debug, Args)]
pub struct Options {
    /// The server's binary. Without it, the one beside this program.
    #[arg(long)]
    server: Option<PathBuf>,

    /// How many schedules to play.
    #[arg(long, default_value_t = 207)]
    schedules: u64,

    /// The seed of the first schedule; the next ones follow it. Without it, any.
    #[arg(long)]
    seed: Option<u64>,

    /// How many people take part in a schedule.
    #[arg(long, default_value_t = 15, value_parser = value_parser!(u32).range(4..=100))]
    people: u32,

    /// How many messages they send in a schedule.
    #[arg(long, default_value_t = 5_000)]
    messages: usize,

    /// How many clients come back at once where that is what breaks.
    #[arg(long, default_value_t = 5_000)]
    crowd: usize,

    /// How many schedules are played at a time, each against a server and a PostgreSQL of its own. Most of a schedule is waiting.
    #[arg(long, default_value_t = 6, value_parser = value_parser!(u32).range(1..=16))]
    lanes: u32,

    /// The mounts of this process are its own, as scripts/faults makes them: a small disk may be mounted and filled up.
    #[arg(long)]
    may_mount: bool,

    /// Succeed if a message was lost, and only then: for a server that is broken on purpose.
    #[arg(long)]
    must_lose: bool,
}

impl Options {
    fn size(&self) -> Size {
        Size { people: self.people as usize, messages: self.messages, crowd: self.crowd }
    }
}

/// Plays the schedules, and prints what they came to.
pub async fn run(options: &Options) -> anyhow::Result<ExitCode> {
    crate::raise_file_limit();
    let folder = PathBuf::from(format!("/tmp/bobbin-faults-{}", std::process::id()));
    let played = tokio::select! {
        played = play(options, &folder) => played,
        _ = signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
    };
    let Played { tally, lost, words } = match played {
        Ok(played) => played,
        Err(error) => {
            eprintln!("The logs are in {}.", folder.display());
            return Err(error);
        }
    };
    println!("{tally}");
    if !options.must_lose {
        // Once more where a log ends, which may be all that is kept of it.
        words.iter().for_each(|words| eprintln!("{words}"));
    }
    let is_well = if options.must_lose { lost > 0 } else { !tally.has_failed() };
    let never_hit = tally.never_hit();
    if !options.must_lose && !never_hit.is_empty() {
        let (what, schedules) = (never_hit.join(", "), tally.schedules);
        if tally.is_long() {
            eprintln!(
                "FAILED: in a run of {schedules} schedules each of these has to happen, and never did: {what}."
            );
        } else {
            eprintln!("NOT SHOWN by {schedules} schedules, in which none of these happened: {what}.");
        }
    }
    if tally.violations == 0 || options.must_lose {
        fs::remove_dir_all(&folder).with_context(|| format!("{} cannot be removed", folder.display()))?;
    } else {
        eprintln!("The logs are in {}.", folder.display());
    }
    match (options.must_lose, is_well) {
        (true, true) => eprintln!("The server loses messages, and the checker saw it, as it should."),
        (true, false) => eprintln!("The server loses messages, and the checker did not see it."),
        (false, _) => {}
    }
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What was played so far.
#[derive(Default)]
struct Played {
    tally: Tally,
    /// How many messages were lost.
    lost: usize,
    /// What was wrong, schedule by schedule.
    words: Vec<String>,
}

/// Plays all schedules.
async fn play(options: &Options, folder: &Path) -> anyhow::Result<Played> {
    let program = match &options.server {
        Some(program) => program.clone(),
        None => std::env::current_exe()?.with_file_name("bobbin"),
    };
    if !program.exists() {
        bail!(
            "There is no server at {}: build it with `make run`, or name it with --server.",
            program.display()
        );
    }
    let first = options.seed.unwrap_or_else(|| u64::from(rand::random::<u32>()));
    // Crowds come last: each has to wait until all lanes are free.
    let mut seeds = Vec::from_iter(first..first + options.schedules);
    seeds.sort_by_key(|seed| Plan::new(*seed, options.size()).is_crowd());
    eprintln!("Playing {} schedules, from --seed {first} on.", options.schedules);
    let run = Run {
        options,
        folder,
        program: program.canonicalize()?,
        seeds: RefCell::new(seeds.into()),
        room: RwLock::default(),
        played: RefCell::default(),
    };
    try_join_all((0..options.lanes).map(|number| run.lane(number))).await?;
    Ok(run.played.into_inner())
}

/// A run whose schedules are played in several lanes.
struct Run<'a> {
    options: &'a Options,
    folder: &'a Path,
    program: PathBuf,
    /// Those that nobody has taken yet.
    seeds: RefCell<VecDeque<u64>>,
    /// A crowd takes more than half of the files that a process may open: no other schedule is played meanwhile.
    room: RwLock<()>,
    played: RefCell<Played>,
}

impl Run<'_> {
    /// Plays one schedule after the other in a world of its own, until there is none left.
    async fn lane(&self, number: u32) -> anyhow::Result<()> {
        let folder = self.folder.join(format!("lane-{number}"));
        let mut world = World::start(&self.program, &folder, None).await?;
        let size = self.options.size();
        loop {
            let Some(seed) = self.seeds.borrow_mut().pop_front() else { return Ok(()) };
            let plan = Plan::new(seed, size);
            let _shared = if plan.is_crowd() { None } else { Some(self.room.read().await) };
            let _alone = if plan.is_crowd() { Some(self.room.write().await) } else { None };
            let began = Instant::now();
            let played = if plan.fills_disk() {
                self.play_on_small_disk(&folder, &plan).await
            } else {
                round::play(&mut world, &plan).await.map(Some)
            };
            let played = played.with_context(|| format!("in the schedule of {plan}"))?;
            let Some(outcome) = played else { continue };
            self.count(&plan, &outcome, began.elapsed());
            if self.options.must_lose && self.played.borrow().lost > 0 {
                return Ok(());
            }
        }
    }

    /// Plays a schedule on a disk that can be filled up, if there can be one.
    async fn play_on_small_disk(&self, folder: &Path, plan: &Plan) -> anyhow::Result<Option<Outcome>> {
        if !self.options.may_mount {
            eprintln!("SKIPPED: the schedule of seed {} fills a disk, which takes root.", plan.seed);
            return Ok(None);
        }
        let disk = Disk::mount(&folder.join(format!("small-{}", plan.seed)))?;
        let place = disk.folder.clone();
        let mut world = World::start(&self.program, &place, Some(disk)).await?;
        round::play(&mut world, plan).await.map(Some)
    }

    /// Counts a schedule that was played, and says so.
    fn count(&self, plan: &Plan, outcome: &Outcome, took: Duration) {
        let Options { schedules, people, messages, crowd, .. } = self.options;
        let Outcome { violations, tally } = outcome;
        let mut played = self.played.borrow_mut();
        played.tally.add(tally);
        played.lost += violations.iter().filter(|violation| violation.kind == Kind::Lost).count();
        let mut words = format!(
            "{:>4} of {schedules}: {} messages in {:.1} s, {} violations. {plan}",
            played.tally.schedules,
            tally.messages,
            took.as_secs_f64(),
            violations.len(),
        );
        for violation in violations.iter().take(MOST_PRINTED) {
            words += "\n  ";
            words.extend(violation.to_string().chars().take(MOST_CHARS));
        }
        if !violations.is_empty() {
            let seed = plan.seed;
            words += &format!(
                "\n  The same schedule again: --seed {seed} --schedules 1 --people {people} --messages {messages} --crowd {crowd}"
            );
        }
        eprintln!("{words}");
        if !violations.is_empty() {
            played.words.push(words);
        }
    }
}
