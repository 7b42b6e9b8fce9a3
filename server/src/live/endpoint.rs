//! What is about one connection and no other: what it has on its screen, and the secret chat that its tab holds.

use crate::{
    auth::Auth,
    error::Error,
    introductions::{Caller, Introduction},
    live::hub::Address,
    presence::{Look, Looker},
    state::AppState,
};
use futures_util::future::BoxFuture;
use model::wire::{Answer, Command};
use std::sync::Arc;

/// One connection's own.
#[derive(Debug)]
pub struct Endpoint {
    looker: Arc<Looker>,
    caller: Arc<Caller>,
}

impl Endpoint {
    /// Of a connection that begins.
    #[must_use]
    pub fn new(state: &AppState, auth: &Auth, address: Address) -> Self {
        Self {
            looker: Arc::new(state.presences.enter(auth.user.user_id, address.clone())),
            caller: Arc::new(state.introductions.enter(auth.user.clone(), address)),
        }
    }

    /// What comes of a command that is about this connection; nothing, if it is another one.
    pub fn take(
        &self,
        state: &AppState,
        auth: &Auth,
        command: &Command,
    ) -> Option<BoxFuture<'static, Result<Answer, Error>>> {
        if !matches!(command, Command::Look { .. } | Command::Introduce { .. }) {
            return None;
        }
        if let Err(refusal) = state.limits.may_command(auth.user.user_id, command) {
            return Some(Box::pin(async { Err(refusal.into()) }));
        }
        let (state, auth) = (state.clone(), auth.clone());
        match command {
            Command::Look { is_here, user_ids, thread_id } => {
                let look = Look { is_here: *is_here, user_ids: user_ids.clone(), thread_id: *thread_id };
                Some(Box::pin(self.looker.clone().look(state, auth, look)))
            }
            Command::Introduce { chat_id, user_id, step, detail } => {
                let detail = detail.clone();
                let step = Introduction { chat_id: *chat_id, user_id: *user_id, step: *step, detail };
                Some(Box::pin(self.caller.clone().introduce(state, auth, step)))
            }
            _ => None,
        }
    }
}
