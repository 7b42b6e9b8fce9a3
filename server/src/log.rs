//! What is logged, to whoever runs the server: a line each. Parts of it come from outside, such as what a browser calls itself or what PostgreSQL says of
//! what somebody wrote; none of that can begin a line of its own, or tell a terminal what to do.

use std::io::{self, Write};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

/// Logs to the standard error from now on: what `RUST_LOG` says, or else warnings, and what happens to accounts.
///
/// What cannot be written, as on a full disk, is lost, and nothing else is: to complain about it on the standard error, as is usual, would end whoever wanted to
/// say something there, such as the writer of messages.
pub fn begin() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn,server=info".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(Lines(io::stderr))
        .log_internal_errors(false)
        .init();
}

/// Makes a line of all that is written at a time.
pub struct Lines<M>(pub M);

/// One line, on its way to where it is written.
pub struct Line<W>(W);

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Lines<M> {
    type Writer = Line<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Line(self.0.make_writer())
    }
}

impl<W: Write> Write for Line<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        self.0.write_all(one_line(&String::from_utf8_lossy(event)).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A text with its last line break alone, and no other control characters.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.trim_end_matches('\n').chars() {
        // Marks that turn the direction of what follows are no control characters, and lie as well.
        if character.is_control()
            || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    /// What was written.
    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn whatever_is_logged_stays_on_one_line() {
        let written = Written::default();
        let copy = written.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .without_time()
            .with_writer(Lines(move || copy.clone()))
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            let evil = "x\n2026-01-01T00:00:00Z  INFO an account was made\r\u{1b}[2Jy\u{202E}";
            tracing::warn!("it failed: {evil}");
            tracing::info!(evil, "once more");
        });
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert!(
            lines[0].contains(r"it failed: x\n2026-01-01T00:00:00Z  INFO an account was made\r"),
            "{text}"
        );
        assert!(lines[0].contains(r"y\u{202e}") && lines[1].contains("once more"), "{text}");
        assert!(!text.chars().any(|one| one.is_control() && one != '\n'), "{text:?}");
    }
}
