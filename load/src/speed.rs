//! How fast it is, measured: the scenarios of docs/performance.md and the questions of docs/design-questions.md, against the server's release binary and
//! a PostgreSQL of their own. Here are the arguments, and the run from the first scenario to the documents.

mod account;
mod alarm;
mod comeback;
mod crowd;
mod document;
mod fan_out;
mod figure;
mod floor;
mod goals;
mod history;
mod http;
mod idle;
mod line;
mod machine;
mod mix;
mod openings;
mod plot;
mod questions;
mod record;
mod size;
mod talk;
mod wording;
mod world;

use anyhow::{Context, bail, ensure};
use clap::{Args, value_parser};
use figure::Sheet;
use record::{Record, Setting};
use size::Size;
use std::{
    fs,
    path::{Path, PathBuf},
};
use tokio::{signal, time::Instant};
use world::World;

/// Everything that is measured, in the order in which it is.
const SCENARIOS: [&str; 9] =
    ["idle", "pairs", "fan-out", "openings", "return", "mix", "account", "history", "questions"];

/// Measures the server, and writes docs/performance.md and docs/design-questions.md.
///
/// Starts the server and a PostgreSQL of its own in a folder below /tmp, which is removed. All of it takes hours, most of them for writing a hundred
/// million rows; --only and --rows choose. What was measured is kept, so that scenarios can be run one by one.
#[derive(Debug, Args)]
pub struct Options {
    /// The server's binary. Without it, the one beside this program.
    #[arg(long)]
    server: Option<PathBuf>,

    /// Only these, parted by commas: idle, pairs, fan-out, openings, return, mix, account, history, questions.
    #[arg(long, value_delimiter = ',', value_parser = SCENARIOS)]
    only: Vec<String>,

    /// How often each is measured: the median and the worst are told.
    #[arg(long, default_value_t = 3, value_parser = value_parser!(u32).range(1..=99))]
    runs: u32,

    /// How many rows the tables have whose pages are read, parted by commas; those of the questions have the most of these.
    #[arg(long, value_delimiter = ',')]
    rows: Vec<u64>,

    /// So little of everything that it shows only that it works. What is measured is drawn into a copy of the documents, which is removed.
    #[arg(long)]
    small: bool,

    /// Where the documents are.
    #[arg(long, default_value = "docs")]
    docs: PathBuf,
}

/// Measures, and writes.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    crate::raise_file_limit();
    let folder = PathBuf::from(format!("/tmp/bobbin-speed-{}", std::process::id()));
    let measured = tokio::select! {
        measured = measure(options, &folder) => measured,
        _ = signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
    };
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("{} cannot be removed", folder.display()))?;
    }
    measured
}

async fn measure(options: &Options, folder: &Path) -> anyhow::Result<()> {
    let program = match &options.server {
        Some(program) => program.clone(),
        None => std::env::current_exe()?.with_file_name("bobbin"),
    };
    ensure!(program.exists(), "{} is not there: build the server first", program.display());
    let mut size = if options.small { Size::small() } else { Size::full() };
    if !options.rows.is_empty() {
        size.rows.clone_from(&options.rows);
        size.questions = options.rows.iter().copied().max().unwrap_or(size.questions);
    }
    if !options.small {
        machine::rest().await;
    }
    let setting = Setting::now();
    let docs = if options.small { document::copy(&options.docs, folder)? } else { options.docs.clone() };
    for scenario in SCENARIOS {
        if !options.only.is_empty() && !options.only.iter().any(|only| only == scenario) {
            continue;
        }
        let mut record = Record::begin(scenario, &setting);
        // What takes long to write is written once, and measured as often as that.
        let runs = if matches!(scenario, "history" | "questions") { 1 } else { options.runs };
        for run in 1..=runs {
            eprintln!("{scenario}, run {run} of {runs}");
            let began = Instant::now();
            let mut sheet = Sheet { scenario, run, figures: &mut record.figures };
            let folder = folder.join(format!("{scenario}-{run}"));
            play(scenario, &program, &folder, &size, options.runs, &mut sheet)
                .await
                .with_context(|| format!("{scenario}, run {run}"))?;
            eprintln!("{scenario} took {} s", began.elapsed().as_secs());
        }
        record.keep(&docs)?;
    }
    document::write(&docs)
}

async fn play(
    scenario: &str,
    program: &Path,
    folder: &Path,
    size: &Size,
    runs: u32,
    sheet: &mut Sheet<'_>,
) -> anyhow::Result<()> {
    if scenario == "history" {
        return history::run(program, folder, size, runs, sheet).await;
    }
    let mut world = World::start(program, folder, size.people, size.messages).await?;
    match scenario {
        "idle" => idle::run(&world, size, sheet).await,
        "pairs" => talk::run(&world, size, sheet).await,
        "fan-out" => fan_out::run(&world, size, sheet).await,
        "openings" => openings::run(&world, size, sheet).await,
        "return" => comeback::run(&mut world, size, sheet).await,
        "mix" => mix::run(&world, size, sheet).await,
        "account" => account::run(&world, size, sheet).await,
        "questions" => questions::run(&mut world, size, runs, sheet).await,
        _ => bail!("there is no scenario {scenario}"),
    }?;
    world.end().await
}
