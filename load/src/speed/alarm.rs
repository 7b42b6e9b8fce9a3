//! Waking up when something is due. Tokio's timers count in whole milliseconds, and what leaves a millisecond late would be counted as the server's time.

use anyhow::Context;
use std::{thread, time::Instant};
use tokio::sync::{mpsc, oneshot};

/// Gives each thing when it is due. They are in the order in which they are.
pub fn ring<T: Send + 'static>(
    due: impl Iterator<Item = (T, Instant)> + Send + 'static,
) -> mpsc::UnboundedReceiver<T> {
    let (ringing, rung) = mpsc::unbounded_channel();
    thread::spawn(move || {
        wait_for_each(due, |what| ringing.send(what).ok().context("nobody listens any more"))
    });
    rung
}

/// Does something with each thing when it is due, until that fails, on a thread of its own: to wake a task for each would cost more than what it does. They are in the order in
/// which they are.
pub async fn each<T: Send + 'static>(
    due: impl Iterator<Item = (T, Instant)> + Send + 'static,
    act: impl FnMut(T) -> anyhow::Result<()> + Send + 'static,
) -> anyhow::Result<()> {
    let (ending, ended) = oneshot::channel();
    thread::spawn(move || ending.send(wait_for_each(due, act)));
    ended.await.context("the thread that waits panicked")?
}

fn wait_for_each<T>(
    due: impl Iterator<Item = (T, Instant)>,
    mut act: impl FnMut(T) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for (what, due) in due {
        loop {
            let left = due.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            // It may end earlier.
            thread::park_timeout(left);
        }
        act(what)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn everything_is_given_in_turn_and_nothing_before_it_is_due() {
        let start = Instant::now();
        let due = move |number: u32| start + Duration::from_micros(700) * number;
        let mut rung = ring((0..20).map(move |number| (number, due(number))));
        for number in 0..20 {
            assert_eq!(rung.recv().await, Some(number));
            assert!(Instant::now() >= due(number));
        }
        assert_eq!(rung.recv().await, None);
    }

    #[tokio::test]
    async fn what_fails_ends_it_and_is_told() {
        let start = Instant::now();
        let (telling, told) = std::sync::mpsc::channel();
        let act = move |number: u32| {
            telling.send(number)?;
            anyhow::ensure!(number < 3, "it was the third");
            Ok(())
        };
        let ended = each((1..9).map(move |number| (number, start)), act).await;
        assert_eq!(ended.unwrap_err().to_string(), "it was the third");
        assert_eq!(told.iter().collect::<Vec<_>>(), [1, 2, 3]);
    }
}
