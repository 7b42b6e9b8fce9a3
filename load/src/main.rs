//! The load generator and the black-box checker: simulated people who speak the public protocol with a server. Here are the arguments.

mod binary;
mod faults;
mod pairs;
mod person;
mod postgres;
mod report;
mod schedule;
mod speed;

use clap::{Parser, Subcommand};
use rustix::process::{Resource, getrlimit, setrlimit};
use std::process::ExitCode;

/// Puts a Bobbin under load, measures it, breaks it, and checks that nothing was lost, doubled or numbered with a gap.
///
/// `pairs` talks to a server that runs: all the load comes from one address, so it has to be started with BOBBIN_REQUESTS_PER_SECOND=0. The accounts
/// and messages stay in its database: use one that can be thrown away. `faults` and `speed` start servers of their own.
#[derive(Debug, Parser)]
#[command(name = "load", version, args_override_self = true)]
struct Arguments {
    #[command(subcommand)]
    scenario: Scenario,
}

#[derive(Debug, Subcommand)]
enum Scenario {
    Pairs(pairs::Options),
    Faults(faults::Options),
    Speed(speed::Options),
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    match &arguments.scenario {
        Scenario::Pairs(options) => pairs::run(options).await,
        Scenario::Faults(options) => faults::run(options).await,
        Scenario::Speed(options) => {
            speed::run(options).await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Thousands of people take thousands of descriptors.
fn raise_file_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Then there is no crowd, and the run says so by itself.
    let _ = setrlimit(Resource::Nofile, limit);
}
