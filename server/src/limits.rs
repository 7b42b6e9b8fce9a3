//! Who asks too often. All of it is counted in memory and forgotten at a restart, which costs whoever guesses at passwords more
//! than it gives.
//!
//! Guessing is counted three times over. By account and address, strictly: that is one person, or one who guesses. By address alone, leniently:
//! many people share one. And by account alone, so that many addresses together get no further; strangers use that up, and so it is not for
//! the account's owner: whoever comes from where the account was signed in before is not counted by it, and whoever shows a session of the account, to
//! unlock it or to change the password, is counted by that session instead.

mod address;
mod known;
mod throttle;

use crate::{error::Error, state::AppState};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use known::Known;
use model::{Refusal, SessionId, UserId, wire::Command};
use std::time::Duration;
use throttle::Throttle;

pub use address::Address;

/// How many requests an address may have saved up, in seconds.
const BURST_S: u32 = 5;

/// Counts of everything that can be done too often.
pub struct Limits {
    requests: Option<Throttle>,
    sign_ups: Option<Throttle>,
    guesses_by_both: Throttle,
    guesses_by_address: Throttle,
    guesses_by_account: Throttle,
    guesses_by_session: Throttle,
    known: Known,
    messages: Throttle,
    commands: Throttle,
    groups: Throttle,
    uploads: Throttle,
    typing: Throttle,
    rings: Throttle,
}

/// An attempt to prove who one is, as it was counted.
#[derive(Clone, Copy, Debug)]
pub struct Guess<'a> {
    account: &'a str,
    address: Address,
    standing: Standing,
}

/// What speaks for whoever guesses.
#[derive(Clone, Copy, Debug)]
enum Standing {
    Nothing,
    KnownAddress,
    Session(SessionId),
}

impl Limits {
    /// Limits of so many requests a second from one address; 0 is for load tests, and also lets one address make any number of accounts.
    #[must_use]
    pub fn new(requests_per_second: u32) -> Self {
        let interval = Duration::from_secs(1).checked_div(requests_per_second);
        Self {
            requests: interval
                .map(|interval| Throttle::new(requests_per_second.saturating_mul(BURST_S), interval)),
            sign_ups: interval.map(|_| Throttle::new(50, Duration::from_secs(60))),
            guesses_by_both: Throttle::new(10, Duration::from_secs(30)),
            guesses_by_address: Throttle::new(50, Duration::from_secs(5)),
            guesses_by_account: Throttle::new(100, Duration::from_secs(15)),
            guesses_by_session: Throttle::new(100, Duration::from_secs(15)),
            known: Known::default(),
            messages: Throttle::new(200, Duration::from_millis(50)),
            commands: Throttle::new(400, Duration::from_millis(50)),
            groups: Throttle::new(200, Duration::from_secs(2)),
            typing: Throttle::new(20, Duration::from_secs(1)),
            rings: Throttle::new(6, Duration::from_secs(10)),
            uploads: Throttle::new(200, Duration::from_secs(1)),
        }
    }

    /// Counts an attempt to prove who one is, before it is looked at: attempts at the same moment count too. A session of the account speaks for whoever
    /// shows it.
    pub fn may_guess<'a>(
        &self,
        account: &'a str,
        address: Address,
        shown: Option<SessionId>,
    ) -> Result<Guess<'a>, Refusal> {
        let standing = match shown {
            Some(session_id) => Standing::Session(session_id),
            None if self.known.has((account, address)) => Standing::KnownAddress,
            None => Standing::Nothing,
        };
        let attempt = self
            .guesses_by_both
            .take((account, address))
            .and_then(|()| self.guesses_by_address.take(address))
            .and_then(|()| match standing {
                Standing::Nothing => self.guesses_by_account.take(account),
                Standing::KnownAddress => Ok(()),
                Standing::Session(session_id) => self.guesses_by_session.take(session_id),
            });
        match attempt {
            Ok(()) => Ok(Guess { account, address, standing }),
            Err(wait) => Err(Refusal::TooManyAttempts { retry_after_s: seconds(wait) }),
        }
    }

    /// Takes the count of an attempt back, since it was no guess.
    pub fn knew(&self, Guess { account, address, standing }: Guess) {
        self.guesses_by_both.forget((account, address));
        self.guesses_by_address.give_back(address);
        match standing {
            Standing::Nothing => self.guesses_by_account.give_back(account),
            Standing::KnownAddress => {}
            Standing::Session(session_id) => self.guesses_by_session.give_back(session_id),
        }
    }

    /// Remembers that an account is used from an address, by somebody who is signed in there.
    pub fn remember(&self, account: &str, address: Address) {
        self.known.remember((account, address));
    }

    /// Counts a new account.
    pub fn may_sign_up(&self, address: Address) -> Result<(), Refusal> {
        let attempt = self.sign_ups.as_ref().map_or(Ok(()), |sign_ups| sign_ups.take(address));
        attempt.map_err(|wait| Refusal::TooManyRequests { retry_after_s: seconds(wait) })
    }

    /// Counts a message: 20 a second, and 200 at once.
    pub fn may_send(&self, user_id: UserId) -> Result<(), Refusal> {
        self.messages.take(user_id).map_err(|wait| Refusal::TooManyRequests { retry_after_s: seconds(wait) })
    }

    /// Counts any other command: 20 a second, and 400 at once; of new groups one every two seconds, and 200 at once; that
    /// one is writing once a second, and 20 times at once.
    pub fn may_command(&self, user_id: UserId, command: &Command) -> Result<(), Refusal> {
        let attempt = match command {
            Command::SendMessage { .. } | Command::ForwardMessage { .. } => return self.may_send(user_id),
            Command::CreateGroup { .. } => self.groups.take(user_id),
            Command::Type { .. } => self.typing.take(user_id),
            _ => self.commands.take(user_id),
        };
        attempt.map_err(|wait| Refusal::TooManyRequests { retry_after_s: seconds(wait) })
    }

    /// Counts that somebody is asked for a secret chat: once in ten seconds, and 6 times at once.
    pub fn may_ring(&self, user_id: UserId) -> Result<(), Refusal> {
        self.rings.take(user_id).map_err(|wait| Refusal::TooManyRequests { retry_after_s: seconds(wait) })
    }

    /// Counts a file: one a second, and 200 at once.
    pub fn may_upload(&self, user_id: UserId) -> Result<(), Refusal> {
        self.uploads.take(user_id).map_err(|wait| Refusal::TooManyRequests { retry_after_s: seconds(wait) })
    }

    fn may_ask(&self, address: Address) -> Result<(), Refusal> {
        let attempt = self.requests.as_ref().map_or(Ok(()), |requests| requests.take(address));
        attempt.map_err(|wait| Refusal::TooManyRequests { retry_after_s: seconds(wait) })
    }
}

/// Lets a request pass if its address has not asked too often.
pub async fn check(
    State(state): State<AppState>,
    address: Address,
    request: Request,
    next: Next,
) -> Result<Response, Error> {
    state.limits.may_ask(address)?;
    Ok(next.run(request).await)
}

/// Whole seconds to wait, at least one.
fn seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX).max(1)
}
