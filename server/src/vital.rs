//! What the server cannot do without. If it ends by a panic, so does the server: one that lingers would refuse for ever what the next one does, and what was on its
//! way is as safe as where a server is killed.

use std::{process, thread};

/// Ends the process if a panic drops it. Whoever is vital holds one.
#[derive(Debug)]
pub struct Vital(pub &'static str);

impl Drop for Vital {
    fn drop(&mut self) {
        if thread::panicking() {
            tracing::error!("{} ended by a panic, and the server ends with it: start it again", self.0);
            process::abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        env,
        os::unix::process::ExitStatusExt,
        process::{Command, Stdio},
    };

    /// Says to this test, as a process of its own, to end.
    const ENDS: &str = "BOBBIN_TEST_ENDS";

    #[test]
    fn a_panic_of_what_is_vital_ends_the_process_and_nothing_else_does() {
        if let Some(panics) = env::var_os(ENDS) {
            let held = thread::spawn(move || {
                let _vital = Vital("this");
                assert!(panics != "panics");
            });
            held.join().ok();
            return;
        }
        let ended = |how: &str| {
            let mut test = Command::new(env::current_exe().unwrap());
            test.args([
                "--exact",
                "vital::tests::a_panic_of_what_is_vital_ends_the_process_and_nothing_else_does",
            ]);
            test.env(ENDS, how).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap()
        };
        assert!(ended("well").success());
        assert_eq!(ended("panics").signal(), Some(rustix::process::Signal::ABORT.as_raw()));
    }
}
