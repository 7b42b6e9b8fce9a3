//! The questions of the design, answered by the same data: one way beside the other.

mod hearing;
mod storing;

use super::{figure::Sheet, size::Size, world::World};

/// All of them, so many times on what is written once. What stands before the colon of a case is the question.
pub async fn run(world: &mut World, size: &Size, runs: u32, sheet: &mut Sheet<'_>) -> anyhow::Result<()> {
    eprintln!("  {} messages are being written, four times.", size.questions);
    let seed = include_str!("questions.sql").replace("{rows}", &size.questions.to_string());
    world.sql(&seed).await?;
    world.settle().await?;
    for run in 1..=runs {
        sheet.run = run;
        storing::run(world, size, sheet).await?;
        hearing::run(world, size, sheet).await?;
    }
    Ok(())
}
