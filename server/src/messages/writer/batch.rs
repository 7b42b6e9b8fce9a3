//! A batch of which nothing is known beforehand: lock the threads, then, in statements whose snapshot is younger than the locks, see what is stored already,
//! number what is not, and insert it.

use super::{
    super::row::{Row, columns},
    Draft,
    attach::Uploads,
    heads::Heads,
    tail::{self, Head, Place, Tail},
};
use crate::{audiences::Audiences, error::Result, live::hub::Delivery, mentions, options, quotes::Quoted};
use anyhow::ensure;
use model::{Message, MessageId, Refusal, ThreadId, Timestamp, User, UserId};
use sqlx::{PgConnection, PgPool, Postgres, Transaction, types::Json};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

/// A message in the log, and who is to be told.
#[derive(Clone, Debug)]
pub struct Stored {
    /// As it is stored.
    pub message: Message,
    /// The thread's members at the moment of the commit.
    pub audience: Arc<[UserId]>,
    /// Who sent it, as they are shown by now: whoever says something may have been signed in for long.
    pub sender: Option<User>,
    /// Whether this batch stored it, rather than one before.
    pub is_new: bool,
    /// What those are told to whom it brought the thread back: with one of the thread's messages.
    pub returned: Vec<Delivery>,
}

/// Stores what is storable of a batch, and says for each draft what became of it.
pub async fn store(
    db: &PgPool,
    audiences: &Audiences,
    heads: &mut Heads,
    drafts: &[Draft],
) -> Result<Vec<std::result::Result<Stored, Refusal>>> {
    let mut tx = db.begin().await?;
    let locked = lock(&mut tx, drafts).await?;
    let mut known = known(&mut tx, drafts).await?;
    let mut tails = BTreeMap::new();
    for head in locked {
        let audience = audiences.of(&mut tx, head.thread_id, head.members_change).await?;
        tails.insert(head.thread_id, Tail::new(head, audience));
    }

    let quoted = Quoted::of(&mut tx, drafts).await?;
    let mut uploads = Uploads::of(&mut tx, drafts).await?;
    let texts: Vec<_> = drafts
        .iter()
        .map(|draft| (draft.thread_id, if draft.forward.is_none() { draft.body.as_str() } else { "" }))
        .collect();
    let mentions = mentions::of(&mut tx, &texts).await?;
    let now = Timestamp::now();
    let mut fresh_mentions = Vec::new();
    let mut fresh = Vec::new();
    let mut outcomes = Vec::with_capacity(drafts.len());
    for (draft, mentions) in drafts.iter().zip(mentions) {
        let sender_id = draft.sender.user_id;
        let Some(tail) = tails.get_mut(&draft.thread_id) else {
            outcomes.push(Err(Refusal::ThreadNotFound));
            continue;
        };
        let is_member = tail.audience.binary_search(&sender_id).is_ok();
        let (message, is_new) = match known.get(&(draft.thread_id, draft.message_id)) {
            Some(message) if message.sender_id == sender_id && is_member => (message.clone(), false),
            // It was stored before they left: that is no refusal.
            Some(message) if message.sender_id == sender_id => (message.clone().into_sent(), false),
            _ if !is_member => {
                outcomes.push(Err(Refusal::ThreadNotFound));
                continue;
            }
            Some(_) => {
                outcomes.push(Err(Refusal::IdTaken));
                continue;
            }
            None if tail.head.has_block => {
                outcomes.push(Err(Refusal::Blocked));
                continue;
            }
            None => {
                let quote = quoted.quote(draft, tail.head.change);
                let parts = quote.and_then(|quote| Ok((quote, uploads.take(draft)?)));
                let (quote, files) = match parts {
                    Ok(parts) => parts,
                    Err(refusal) => {
                        outcomes.push(Err(refusal));
                        continue;
                    }
                };
                let message = tail.push(draft, (quote, files, &mentions), now);
                known.insert((message.thread_id, message.message_id), message.clone());
                fresh.push(message.clone());
                fresh_mentions.push(Some(Json(mentions)).filter(|Json(called)| !called.is_empty()));
                (message, true)
            }
        };
        let audience = tail.audience.clone();
        outcomes.push(Ok(Stored { message, audience, sender: None, is_new, returned: Vec::new() }));
    }
    if fresh.is_empty() {
        return Ok(outcomes);
    }
    let senders = tail::append(&mut tx, &fresh, &fresh_mentions, &tails).await?;
    require_all(&fresh, &senders)?;
    uploads.keep(&mut tx, &fresh).await?;
    enter_hour(&mut tx, &tails).await?;
    mentions::count(&mut tx, &fresh).await?;
    for stored in outcomes.iter_mut().flatten() {
        stored.sender = senders.get(&(stored.message.thread_id, stored.message.sender_id)).cloned();
    }
    bring_back(&mut tx, &tails, &mut outcomes).await?;
    commit(tx).await?;
    heads.remember(tails.values());
    Ok(outcomes)
}

/// What is locked is as it was read, so that nothing can be left out.
fn require_all(fresh: &[Message], senders: &HashMap<Place, User>) -> anyhow::Result<()> {
    let is_stored = |message: &Message| senders.contains_key(&(message.thread_id, message.sender_id));
    ensure!(fresh.iter().all(is_stored), "a thread changed while it was locked");
    Ok(())
}

/// Makes it last.
#[cfg(not(feature = "broken"))]
async fn commit(tx: Transaction<'static, Postgres>) -> Result<()> {
    Ok(tx.commit().await?)
}

/// Lets it last some time later, or not: the fault that the checker in `load` has to find.
#[cfg(feature = "broken")]
async fn commit(tx: Transaction<'static, Postgres>) -> Result<()> {
    tokio::spawn(tx.commit());
    Ok(())
}

/// Locks the threads' rows, in the order of their ids, so that two writers cannot wait for each other.
async fn lock(tx: &mut PgConnection, drafts: &[Draft]) -> Result<Vec<Head>> {
    let thread_ids: BTreeSet<_> = drafts.iter().map(|draft| draft.thread_id).collect();
    Ok(sqlx::query_as(
        "select thread_id, last_seq, active_at, change, members_change, may_return, has_block from thread
            where thread_id = any($1) order by thread_id for update",
    )
    .bind(Vec::from_iter(thread_ids))
    .fetch_all(tx)
    .await?)
}

/// Which of the ids are stored already.
async fn known(tx: &mut PgConnection, drafts: &[Draft]) -> Result<HashMap<(ThreadId, MessageId), Message>> {
    let (thread_ids, message_ids): (Vec<_>, Vec<_>) =
        drafts.iter().map(|draft| (draft.thread_id, draft.message_id)).unzip();
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "select ",
        columns!(),
        " from unnest($1::uuid[], $2::uuid[]) draft (thread_id, message_id)
            join message using (thread_id, message_id)"
    ))
    .bind(thread_ids)
    .bind(message_ids)
    .fetch_all(tx)
    .await?;
    let messages = rows.into_iter().map(Row::into_message);
    Ok(messages.map(|message| ((message.thread_id, message.message_id), message)).collect())
}

/// Where a thread enters another hour, its members' places in their inboxes follow.
async fn enter_hour(tx: &mut PgConnection, tails: &BTreeMap<ThreadId, Tail>) -> Result<()> {
    let entered: Vec<_> = tails.values().filter(|tail| tail.enters_hour()).collect();
    if !entered.is_empty() {
        sqlx::query(
            "update member set active_hour = tail.active_hour
                from unnest($1::uuid[], $2::timestamptz[]) tail (thread_id, active_hour)
                where member.thread_id = tail.thread_id",
        )
        .bind(entered.iter().map(|tail| tail.head.thread_id).collect::<Vec<_>>())
        .bind(entered.iter().map(|tail| tail.head.active_at.start_of_hour()).collect::<Vec<_>>())
        .execute(tx)
        .await?;
    }
    Ok(())
}

/// Brings the threads that were written to back to those who archived them.
async fn bring_back(
    tx: &mut PgConnection,
    tails: &BTreeMap<ThreadId, Tail>,
    outcomes: &mut [std::result::Result<Stored, Refusal>],
) -> Result<()> {
    let written: Vec<_> = tails
        .values()
        .filter(|tail| tail.is_written() && tail.head.may_return)
        .map(|tail| (tail.head.thread_id, tail.head.active_at))
        .collect();
    if written.is_empty() {
        return Ok(());
    }
    for (thread_id, delivery) in options::bring_back(tx, &written).await? {
        let stored = outcomes.iter_mut().flatten().find(|stored| stored.message.thread_id == thread_id);
        stored.into_iter().for_each(|stored| stored.returned.push(delivery.clone()));
    }
    Ok(())
}
