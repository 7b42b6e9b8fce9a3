//! What the server cannot do without. If it panics, the server ends: one that lingers would refuse for ever what the next one does, and what was on its way is as safe
//! as where a server is killed.

use futures_util::FutureExt;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    process,
};

/// Does this, and ends the process if it panics. If its runtime is dropped by somebody else's panic, as in a test that fails, nothing ends but that.
pub async fn vital<T>(what: &'static str, work: impl Future<Output = T>) -> T {
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| end(what))
}

/// The same for what has a thread to itself.
pub fn vital_thread<T>(what: &'static str, work: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| end(what))
}

fn end(what: &str) -> ! {
    tracing::error!("{what} ended by a panic, and the server ends with it: start it again");
    process::abort();
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        env,
        os::unix::process::ExitStatusExt,
        process::{Command, Stdio},
    };
    use tokio::{runtime, sync::Notify};

    /// Says to this test, as a process of its own, how to end.
    const ENDS: &str = "BOBBIN_TEST_ENDS";

    #[test]
    fn a_panic_of_what_is_vital_ends_the_process_and_one_beside_it_does_not() {
        if let Some(how) = env::var_os(ENDS) {
            if how == "thread" {
                return vital_thread("this", || panic!("as it was told"));
            }
            let runtime = runtime::Builder::new_current_thread().build().unwrap();
            return runtime.block_on(async {
                let waits = Notify::new();
                let work = tokio::spawn(vital("this", async move {
                    assert!(how != "inside");
                    waits.notified().await;
                }));
                tokio::task::yield_now().await;
                drop(work);
                assert!(env::var_os(ENDS).unwrap() != "beside");
            });
        }
        let ended = |how: &str| {
            let name = "vital::tests::a_panic_of_what_is_vital_ends_the_process_and_one_beside_it_does_not";
            let mut test = Command::new(env::current_exe().unwrap());
            test.args(["--exact", name, "--test-threads=1"]).env(ENDS, how);
            test.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap()
        };
        assert!(ended("well").success());
        assert_eq!(ended("beside").code(), Some(101));
        for how in ["inside", "thread"] {
            assert_eq!(ended(how).signal(), Some(rustix::process::Signal::ABORT.as_raw()), "{how}");
        }
    }
}
