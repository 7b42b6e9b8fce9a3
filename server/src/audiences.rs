//! Who hears of what happens in a thread: its members, read once and kept until they change.
//!
//! The cache needs no invalidation: whoever changes the members holds the thread's row and counts `members_change` up, and whoever
//! publishes has read that number under the same lock.

use crate::error::Result;
use model::{ThreadId, UserId};
use sqlx::PgConnection;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How many threads' members are kept before the cache starts anew.
const CACHED_THREADS: usize = 10_000;

/// The members of the threads in which something happened, sorted, each with the `members_change` that it was read at.
#[derive(Debug, Default)]
pub struct Audiences(Mutex<HashMap<ThreadId, Audience>>);

#[derive(Debug)]
struct Audience {
    members_change: i64,
    members: Arc<[UserId]>,
}

impl Audiences {
    /// The members of a thread whose row is locked and says `members_change`.
    pub async fn of(
        &self,
        tx: &mut PgConnection,
        thread_id: ThreadId,
        members_change: i64,
    ) -> Result<Arc<[UserId]>> {
        if let Some(members) = self.known(thread_id, members_change) {
            return Ok(members);
        }
        let members: Arc<[UserId]> = sqlx::query_scalar::<_, UserId>(
            "select user_id from member where thread_id = $1 order by user_id",
        )
        .bind(thread_id)
        .fetch_all(tx)
        .await?
        .into();
        let mut cache = self.lock();
        if cache.len() >= CACHED_THREADS {
            cache.clear();
        }
        cache.insert(thread_id, Audience { members_change, members: members.clone() });
        Ok(members)
    }

    /// The members that a thread had at `members_change`, if they are kept.
    pub fn known(&self, thread_id: ThreadId, members_change: i64) -> Option<Arc<[UserId]>> {
        let cache = self.lock();
        let known = cache.get(&thread_id).filter(|known| known.members_change == members_change)?;
        Some(known.members.clone())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ThreadId, Audience>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
