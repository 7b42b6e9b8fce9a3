//! What the writer remembers of the threads to which it wrote last. Where all of it still holds, a batch is one statement, which is a transaction of its own: nothing is asked first,
//! and no lock outlasts it. A batch in which something needs more, or finds something changed, goes the way of `batch`, as a whole: two ways would be two commits.

use super::{
    Draft,
    batch::Stored,
    tail::{self, Head, Tail},
};
use crate::{audiences::Audiences, error::Result, mentions};
use anyhow::Context;
use model::{ThreadId, Timestamp};
use sqlx::PgConnection;
use std::{
    collections::{BTreeMap, HashMap, HashSet, btree_map::Entry},
    result,
};

/// How many threads are remembered before it starts anew.
const REMEMBERED_THREADS: usize = 10_000;

/// How threads ended when something was added to them last.
#[derive(Debug, Default)]
pub struct Heads(HashMap<ThreadId, Head>);

/// What a batch adds, made out from what is remembered.
pub struct Plain {
    fresh: Vec<model::Message>,
    tails: BTreeMap<ThreadId, Tail>,
}

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

    /// What drafts add, if everything that they need is remembered.
    pub fn plain(&self, audiences: &Audiences, drafts: &[Draft]) -> Option<Plain> {
        let (now, mut seen) = (Timestamp::now(), HashSet::new());
        let mut tails = BTreeMap::new();
        let mut fresh = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let tail = match tails.entry(draft.thread_id) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => {
                    let head = self.0.get(&draft.thread_id)?;
                    entry.insert(Tail::new(*head, audiences.known(head.thread_id, head.members_change)?))
                }
            };
            let asks_nothing = draft.file_ids.is_empty()
                && draft.reply_to.is_none()
                && (draft.forward.is_some() || !mentions::calls(draft.body.as_str()));
            let is_new = seen.insert((draft.thread_id, draft.message_id));
            let is_member = tail.audience.binary_search(&draft.sender.user_id).is_ok();
            if !(asks_nothing && is_new && is_member) {
                return None;
            }
            fresh.push(tail.push(draft, (None, Vec::new(), &[]), now));
        }
        let enters_hour = tails.values().any(Tail::enters_hour);
        (!enters_hour).then_some(Plain { fresh, tails })
    }

    /// Stores that: all of it, or nothing where a thread is not as it is remembered, or a message is there already.
    ///
    /// # Errors
    /// When the database fails. It may be stored all the same, unless [`crate::error::Error::is_undone`].
    pub async fn store(&mut self, db: &mut PgConnection, plain: Plain) -> Result<Option<Vec<Stored>>> {
        let Plain { fresh, tails } = plain;
        let mentions = vec![None; fresh.len()];
        let senders = tail::append(db, &fresh, &mentions, &tails).await?;
        if senders.is_empty() {
            return Ok(None);
        }
        let stored = fresh.into_iter().map(|message| {
            let sender = senders.get(&(message.thread_id, message.sender_id)).cloned();
            let sender = Some(sender.context("a message was stored for nobody")?);
            let audience = tails[&message.thread_id].audience.clone();
            Ok(Stored { message, audience, sender, is_new: true, returned: Vec::new() })
        });
        let stored: result::Result<Vec<_>, anyhow::Error> = stored.collect();
        self.remember(tails.values());
        Ok(Some(stored?))
    }
}
