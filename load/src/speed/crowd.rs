//! Many people who are connected at the same time, each with a task that does nothing but hear.

use super::{
    line::{self, Ear, Line},
    world,
};
use anyhow::{Context, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::{
    net::SocketAddr,
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::task::JoinHandle;

/// How many connect at a time.
const AT_ONCE: usize = 64;

/// People who are connected. Dropping it ends their connections.
pub struct Crowd {
    lines: Vec<Line>,
    first: usize,
    listening: Vec<JoinHandle<()>>,
    gone: Arc<AtomicUsize>,
}

impl Crowd {
    /// Connects people, from 1, and hands every frame to `heard`, with the number of who heard it.
    pub async fn gather(
        address: SocketAddr,
        people: Range<usize>,
        heard: impl Fn(usize, &[u8]) + Send + Sync + Clone + 'static,
    ) -> anyhow::Result<Self> {
        let first = people.start;
        let opening = stream::iter(people).map(async |person| {
            let (line, ear) = line::open(address, &world::token(person), person, None).await?;
            anyhow::Ok((person, line, ear))
        });
        let mut opening = opening.buffered(AT_ONCE);
        let mut crowd = Self { lines: Vec::new(), first, listening: Vec::new(), gone: Arc::default() };
        while let Some((person, line, ear)) = opening.try_next().await? {
            let (heard, gone) = (heard.clone(), crowd.gone.clone());
            crowd.lines.push(line);
            crowd
                .listening
                .push(tokio::spawn(async move { listen(ear, &gone, |frame| heard(person, frame)).await }));
        }
        Ok(crowd)
    }

    /// The way to speak as one of them.
    pub fn line(&self, person: usize) -> anyhow::Result<&Line> {
        person
            .checked_sub(self.first)
            .and_then(|place| self.lines.get(place))
            .context("nobody of that number")
    }

    /// Fails if somebody's connection has ended.
    pub fn all_are_here(&self) -> anyhow::Result<()> {
        let gone = self.gone.load(Ordering::Relaxed);
        ensure!(gone == 0, "{gone} of {} connections ended by themselves", self.lines.len());
        Ok(())
    }
}

async fn listen(mut ear: Ear, gone: &AtomicUsize, heard: impl Fn(&[u8])) {
    while let Ok(frame) = ear.next().await {
        heard(frame);
    }
    gone.fetch_add(1, Ordering::Relaxed);
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.listening.iter().for_each(JoinHandle::abort);
    }
}
