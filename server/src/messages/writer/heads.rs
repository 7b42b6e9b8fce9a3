//! What the writer remembers of the threads to which it wrote last. Where all of it still holds, a batch is one statement, which is a transaction of its own: nothing is asked first,
//! and no lock outlasts it. Whatever needs more, or finds something changed, goes the way of `batch`.

use super::{
    Draft, Waiting,
    batch::Stored,
    tail::{self, Head, Tail},
};
use crate::{audiences::Audiences, error::Result, mentions};
use model::{ThreadId, Timestamp};
use sqlx::{PgPool, Postgres, pool::PoolConnection};
use std::collections::{BTreeMap, HashMap, HashSet, btree_map::Entry};

/// How many threads are remembered before it starts anew.
const REMEMBERED_THREADS: usize = 10_000;

/// How threads ended when something was added to them last.
#[derive(Debug, Default)]
pub struct Heads(HashMap<ThreadId, Head>);

impl Heads {
    /// Keeps in mind how threads end now. Those that ask for more than their messages at each of them are better asked.
    pub fn remember<'a>(&mut self, tails: impl IntoIterator<Item = &'a Tail>) {
        // What the checker in `load` has to find is in the commit of a batch.
        if cfg!(feature = "broken") {
            return;
        }
        if self.0.len() >= REMEMBERED_THREADS {
            self.0.clear();
        }
        for head in tails.into_iter().map(|tail| tail.head) {
            if head.may_return || head.has_block {
                self.0.remove(&head.thread_id);
            } else {
                self.0.insert(head.thread_id, head);
            }
        }
    }

    /// Parts what can be stored by what is remembered from what cannot. What is for one thread stays together, in its order.
    pub fn part(
        &self,
        audiences: &Audiences,
        waiting: impl IntoIterator<Item = Waiting>,
    ) -> (Vec<Waiting>, Vec<Waiting>) {
        let waiting: Vec<_> = waiting.into_iter().collect();
        let (now, mut seen) = (Timestamp::now(), HashSet::new());
        let mut is_plain = |draft: &Draft| {
            seen.insert((draft.thread_id, draft.message_id)) && self.is_plain(audiences, draft, now)
        };
        let others: HashSet<_> = waiting
            .iter()
            .filter(|waiting| !is_plain(&waiting.draft))
            .map(|waiting| waiting.draft.thread_id)
            .collect();
        waiting.into_iter().partition(|waiting| !others.contains(&waiting.draft.thread_id))
    }

    /// Whether everything that a draft needs is remembered.
    fn is_plain(&self, audiences: &Audiences, draft: &Draft, now: Timestamp) -> bool {
        let Some(head) = self.0.get(&draft.thread_id) else { return false };
        let at = draft.given_at.unwrap_or(now);
        at.start_of_hour() <= head.active_at.start_of_hour()
            && draft.file_ids.is_empty()
            && draft.reply_to.is_none()
            && (draft.forward.is_some() || !mentions::calls(draft.body.as_str()))
            && audiences
                .known(head.thread_id, head.members_change)
                .is_some_and(|members| members.binary_search(&draft.sender.user_id).is_ok())
    }

    /// Stores drafts that [`Heads::part`] found to be plain: all of them, or none where a thread is not as it is remembered, or a message is there already. It goes by the connection
    /// that is held, and holds one.
    ///
    /// # Errors
    /// When the database fails: whether they are stored is unknown then if that may pass.
    pub async fn store(
        &mut self,
        db: &PgPool,
        held: &mut Option<PoolConnection<Postgres>>,
        audiences: &Audiences,
        drafts: &[Draft],
    ) -> Result<Option<Vec<Stored>>> {
        let mut tails = BTreeMap::new();
        let mut fresh = Vec::with_capacity(drafts.len());
        let now = Timestamp::now();
        for draft in drafts {
            let tail = match tails.entry(draft.thread_id) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => {
                    let Some(head) = self.0.get(&draft.thread_id) else { return Ok(None) };
                    let Some(members) = audiences.known(head.thread_id, head.members_change) else {
                        return Ok(None);
                    };
                    entry.insert(Tail::new(*head, members))
                }
            };
            fresh.push(tail.push(draft, (None, Vec::new(), &[]), now));
        }
        if tails.values().any(Tail::enters_hour) {
            return Ok(None);
        }
        let db = match held {
            Some(held) => held,
            None => held.insert(db.acquire().await?),
        };
        let senders = tail::append(db, &fresh, &vec![None; fresh.len()], &tails).await?;
        let mut stored = Vec::with_capacity(fresh.len());
        for message in fresh {
            let Some(sender) = senders.get(&(message.thread_id, message.sender_id)) else { return Ok(None) };
            let audience = tails[&message.thread_id].audience.clone();
            let sender = Some(sender.clone());
            stored.push(Stored { message, audience, sender, is_new: true, returned: Vec::new() });
        }
        self.remember(tails.values());
        Ok(Some(stored))
    }
}
