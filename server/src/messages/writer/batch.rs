//! One batch of the writer: lock the threads, then, in statements whose snapshot is younger than the locks, see what is stored already,
//! number what is not, and insert it.

use super::{
    super::row::{Row, columns},
    Draft,
    attach::Uploads,
};
use crate::{
    audiences::Audiences,
    error::Result,
    formatting,
    live::hub::Delivery,
    mentions::{self, Mention},
    options,
    quotes::Quoted,
};
use model::{File, Message, MessageId, Quote, Refusal, ThreadId, Timestamp, User, UserId};
use sqlx::{FromRow, PgConnection, PgPool, Postgres, Transaction, types::Json};
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

/// A thread's row, locked.
#[derive(Debug, FromRow)]
struct Head {
    thread_id: ThreadId,
    last_seq: i64,
    active_at: Timestamp,
    change: i64,
    members_change: i64,
    may_return: bool,
    has_block: bool,
}

/// What a batch adds to a thread.
#[derive(Debug)]
struct Tail {
    head: Head,
    audience: Arc<[UserId]>,
    last: Option<(MessageId, UserId, String)>,
    was_empty: bool,
    was_active_at: Timestamp,
}

/// Stores what is storable of a batch, and says for each draft what became of it.
pub async fn store(
    db: &PgPool,
    audiences: &Audiences,
    drafts: &[Draft],
) -> Result<Vec<std::result::Result<Stored, Refusal>>> {
    let mut tx = db.begin().await?;
    let heads = lock(&mut tx, drafts).await?;
    let mut known = known(&mut tx, drafts).await?;
    let mut tails = BTreeMap::new();
    for head in heads {
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
    let senders = insert(&mut tx, &fresh, &fresh_mentions, &tails).await?;
    uploads.keep(&mut tx, &fresh).await?;
    enter_hour(&mut tx, &tails).await?;
    mentions::count(&mut tx, &fresh).await?;
    for stored in outcomes.iter_mut().flatten() {
        let place = senders.binary_search_by_key(&stored.message.sender_id, |sender| sender.user_id);
        stored.sender = place.ok().map(|place| senders[place].clone());
    }
    bring_back(&mut tx, &tails, &mut outcomes).await?;
    commit(tx).await?;
    Ok(outcomes)
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

impl Tail {
    fn new(head: Head, audience: Arc<[UserId]>) -> Self {
        Self { was_empty: head.last_seq == 0, was_active_at: head.active_at, head, audience, last: None }
    }

    /// Whether the members' places in their inboxes have to follow.
    fn enters_hour(&self) -> bool {
        let is_later = self.head.active_at.start_of_hour() > self.was_active_at.start_of_hour();
        self.last.is_some() && (self.was_empty || is_later)
    }

    /// Gives a draft its place at the end of the thread.
    fn push(
        &mut self,
        draft: &Draft,
        (reply_to, files, mentions): (Option<Quote>, Vec<File>, &[Mention]),
        now: Timestamp,
    ) -> Message {
        self.head.last_seq += 1;
        self.head.active_at = draft.given_at.unwrap_or(now).max(self.head.active_at.next());
        let (message_id, thread_id, sender_id) = (draft.message_id, draft.thread_id, draft.sender.user_id);
        let (seq, created_at) = (self.head.last_seq.unsigned_abs(), self.head.active_at);
        let body = draft.body.as_str().to_owned();
        let sent = Message::sent(message_id, thread_id, seq, created_at, sender_id, body);
        let html = match mentions {
            [] => draft.html.clone(),
            called => formatting::html(draft.body.as_str(), called),
        };
        let mentions = mentions.iter().map(|mention| mention.user_id).collect();
        let message = Message { reply_to, forward: draft.forward.clone(), html, mentions, files, ..sent };
        self.last = Some((message_id, sender_id, message.excerpt()));
        message
    }
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

/// Stores the messages, moves their threads' rows on, and counts them as their senders' own, so that they are not unread to them: in one statement, because
/// a batch takes as long as its round trips. Gives the senders, by id.
async fn insert(
    tx: &mut PgConnection,
    fresh: &[Message],
    mentions: &[Option<Json<Vec<Mention>>>],
    tails: &BTreeMap<ThreadId, Tail>,
) -> Result<Vec<User>> {
    let moved: Vec<_> =
        tails.values().filter_map(|tail| tail.last.as_ref().map(|last| (&tail.head, last))).collect();
    let mut own: BTreeMap<_, (i64, Timestamp)> = BTreeMap::new();
    for message in fresh {
        let (count, last_at) =
            own.entry((message.thread_id, message.sender_id)).or_insert((0, message.created_at));
        *count += 1;
        *last_at = message.created_at;
    }
    let mut senders: Vec<User> = sqlx::query_as(
        "with stored as (
            insert into message (thread_id, created_at, message_id, seq, sender_id, body, reply_to, forward, mentions)
                select * from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::bigint[], $5::uuid[], $6::text[], $7::jsonb[], $8::jsonb[], $9::jsonb[])
        ), advanced as (
            update thread set last_seq = tail.last_seq, active_at = tail.active_at, last_message_id = tail.message_id,
                    last_sender_id = tail.sender_id, last_excerpt = tail.excerpt
                from unnest($10::uuid[], $11::bigint[], $12::timestamptz[], $13::uuid[], $14::uuid[], $15::text[])
                    tail (thread_id, last_seq, active_at, message_id, sender_id, excerpt)
                where thread.thread_id = tail.thread_id
        )
        update member set own_count = own_count + own.count, own_last_at = own.last_at
            from unnest($16::uuid[], $17::uuid[], $18::bigint[], $19::timestamptz[])
                own (thread_id, user_id, count, last_at) join account using (user_id)
            where member.thread_id = own.thread_id and member.user_id = own.user_id
            returning account.user_id, username, display_name, picture_id, profile_change, deactivated_at is not null as is_deactivated",
    )
    .bind(fresh.iter().map(|message| message.thread_id).collect::<Vec<_>>())
    .bind(fresh.iter().map(|message| message.created_at).collect::<Vec<_>>())
    .bind(fresh.iter().map(|message| message.message_id).collect::<Vec<_>>())
    .bind(fresh.iter().map(|message| message.seq.cast_signed()).collect::<Vec<_>>())
    .bind(fresh.iter().map(|message| message.sender_id).collect::<Vec<_>>())
    .bind(fresh.iter().map(|message| message.body.as_str()).collect::<Vec<_>>())
    .bind(fresh.iter().map(|message| message.reply_to.as_ref().map(Json)).collect::<Vec<_>>())
    .bind(fresh.iter().map(|message| message.forward.as_ref().map(Json)).collect::<Vec<_>>())
    .bind(mentions)
    .bind(moved.iter().map(|(head, _)| head.thread_id).collect::<Vec<_>>())
    .bind(moved.iter().map(|(head, _)| head.last_seq).collect::<Vec<_>>())
    .bind(moved.iter().map(|(head, _)| head.active_at).collect::<Vec<_>>())
    .bind(moved.iter().map(|(_, last)| last.0).collect::<Vec<_>>())
    .bind(moved.iter().map(|(_, last)| last.1).collect::<Vec<_>>())
    .bind(moved.iter().map(|(_, last)| last.2.as_str()).collect::<Vec<_>>())
    .bind(own.keys().map(|(thread_id, _)| *thread_id).collect::<Vec<_>>())
    .bind(own.keys().map(|(_, user_id)| *user_id).collect::<Vec<_>>())
    .bind(own.values().map(|(count, _)| *count).collect::<Vec<_>>())
    .bind(own.values().map(|(_, last_at)| *last_at).collect::<Vec<_>>())
    .fetch_all(tx)
    .await?;
    senders.sort_by_key(|sender| sender.user_id);
    Ok(senders)
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
        .filter(|tail| tail.last.is_some() && tail.head.may_return)
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
