//! Waking up when something is due. Tokio's timers count in whole milliseconds, and what leaves a millisecond late would be counted as the server's time.

use std::{thread, time::Instant};
use tokio::sync::mpsc;

/// Gives each thing when it is due. They are in the order in which they are.
pub fn ring<T: Send + 'static>(
    due: impl Iterator<Item = (T, Instant)> + Send + 'static,
) -> mpsc::UnboundedReceiver<T> {
    let (ringing, rung) = mpsc::unbounded_channel();
    thread::spawn(move || {
        for (what, due) in due {
            loop {
                let left = due.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    break;
                }
                // It may end earlier.
                thread::park_timeout(left);
            }
            if ringing.send(what).is_err() {
                break;
            }
        }
    });
    rung
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
}
