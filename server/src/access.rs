//! The one guarded door: whoever wants to read a thread on a user's behalf must show an [`Access`], and only this file makes them.

use crate::error::Result;
use model::{Refusal, Role, ThreadId, UserId};
use sqlx::PgExecutor;

/// Proof that a user was a member of a thread when it was asked.
#[derive(Clone, Copy, Debug)]
pub struct Access {
    thread_id: ThreadId,
    user_id: UserId,
    role: Role,
    change: u64,
    last_seq: u64,
}

impl Access {
    /// To what.
    #[must_use]
    pub fn thread_id(&self) -> ThreadId {
        self.thread_id
    }

    /// Whose.
    #[must_use]
    pub fn user_id(&self) -> UserId {
        self.user_id
    }

    /// The thread's `change` at that moment: whatever is read from now on is as new as that or newer.
    #[must_use]
    pub fn change(&self) -> u64 {
        self.change
    }

    /// The thread's `last_seq` at that moment, the same.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.last_seq
    }

    /// What they may do.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// Lets only admins pass, or refuses with [`Refusal::AdminRequired`].
    pub fn as_admin(self) -> Result<Self> {
        if self.role == Role::Admin { Ok(self) } else { Err(Refusal::AdminRequired.into()) }
    }
}

/// Access to a thread, or [`Refusal::ThreadNotFound`], whether it does not exist or is somebody else's.
pub async fn thread(db: impl PgExecutor<'_>, user_id: UserId, thread_id: ThreadId) -> Result<Access> {
    let (role, change, last_seq): (Role, i64, i64) = sqlx::query_as(
        "select role, change, last_seq from member join thread using (thread_id) where thread_id = $1 and user_id = $2",
    )
    .bind(thread_id)
    .bind(user_id)
    .fetch_optional(db)
    .await?
    .ok_or(Refusal::ThreadNotFound)?;
    Ok(Access { thread_id, user_id, role, change: change.unsigned_abs(), last_seq: last_seq.unsigned_abs() })
}
