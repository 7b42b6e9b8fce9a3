//! Requests in the place of a socket, where a network lets none through: each waits at the server for the next frames. It is loaded when it is first
//! wanted.

use super::{Connection, Status};
use crate::{
    api, browser,
    lazy::{SplitLoaderError, wasm_split},
};
use leptos::prelude::{UpdateValue, WithValue};
use model::wire::{Frame, USER_PARAMETER};
use uuid::Uuid;

/// How long to wait after a request that failed.
const PAUSE_MS: i32 = 2_000;
/// How many may fail one after the other before the network counts as gone.
const MOST_FAILED: u32 = 3;

/// Where a connection's frames come from, and its commands go.
pub fn path(connection_id: Uuid) -> String {
    format!("/api/v1/live/{connection_id}")
}

/// Begins to poll, until there is a socket, or the server cannot be reached in this way either.
#[wasm_split(polling, fallible)]
pub(super) fn begin(connection: Connection) -> Result<(), SplitLoaderError> {
    let is_polling = connection.link.try_update_value(|link| std::mem::replace(&mut link.is_polling, true));
    if is_polling == Some(false) {
        browser::spawn_local(async move {
            connection.poll_on().await;
            connection.link.update_value(|link| link.is_polling = false);
        });
    }
    Ok(())
}

impl Connection {
    /// The connection that is polled for, if any is.
    pub(super) fn polled(self) -> Option<Uuid> {
        self.link.with_value(|link| link.polled)
    }

    async fn poll_on(self) {
        let mut failed = 0;
        while failed < MOST_FAILED && !self.has_socket() {
            // What a request that failed had with it is lost: a new connection begins with what was missed.
            let connection_id = browser::new_id();
            let first = format!("?{USER_PARAMETER}={}{}", self.user_id, self.has());
            let mut address = path(connection_id) + &first;
            while let Ok(frames) = api::poll(address).await {
                if self.has_socket() {
                    return;
                }
                failed = 0;
                for frame in frames {
                    if frame == Frame::Ready { self.begin(Some(connection_id)) } else { self.take(frame) }
                }
                address = path(connection_id);
            }
            failed += 1;
            browser::sleep(PAUSE_MS).await;
        }
        if self.polled().is_some() && !self.has_socket() {
            self.link.update_value(|link| {
                link.polled = None;
                link.is_ready = false;
            });
            self.status.set(Status::Offline { since: browser::now() });
        }
    }

    fn has_socket(self) -> bool {
        self.link.with_value(|link| link.is_ready && link.polled.is_none())
    }
}
