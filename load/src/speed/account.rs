//! What it costs to start: bytes and queries, for an account with few threads and with many, and for a group of few and of many.

use super::{
    figure::Sheet,
    http::Connection,
    size::Size,
    world::{self, World},
};

/// Asks for the first page of two accounts and of two groups.
pub async fn run(world: &World, size: &Size, sheet: &mut Sheet<'_>) -> anyhow::Result<()> {
    let (many, members) = (size.threads, size.members);
    let seed = include_str!("account.sql").replace("{threads}", &many.to_string());
    world.sql(&seed.replace("{members}", &members.to_string())).await?;
    world.settle().await?;
    let few_group = world::thread_id("account group few")?;
    let many_group = world::thread_id("account group many")?;
    for (case, person, path) in [
        ("an account in 60 threads".to_owned(), 1, "/".to_owned()),
        (format!("an account in {many} threads"), 2, "/".to_owned()),
        ("a group of 10".to_owned(), 2, format!("/t/{few_group}")),
        (format!("a group of {members}"), 2, format!("/t/{many_group}")),
    ] {
        let mut connection = Connection::open(world.address).await?;
        // What the server does once is done.
        connection.get(&world::token(person), &path).await?;
        world.forget_queries().await?;
        let page = connection.get(&world::token(person), &path).await?;
        let (queries, touched) = world.queries("%").await?;
        sheet.put(&case, "the first page", page.len() as f64 / 1024.0, "kB");
        sheet.put(&case, "queries", queries, "");
        sheet.put(&case, "pages of 8 kB touched", touched, "");
    }
    Ok(())
}
