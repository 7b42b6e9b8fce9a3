//! The end of a thread, and what is added to it: in one statement, which adds all or nothing.

use super::Draft;
use crate::{error::Result, formatting, mentions::Mention};
use model::{File, Message, MessageId, Quote, ThreadId, Timestamp, User, UserId};
use sqlx::{FromRow, PgConnection, types::Json};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// What a thread's row says of its end.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Head {
    pub thread_id: ThreadId,
    pub last_seq: i64,
    pub active_at: Timestamp,
    pub change: i64,
    pub members_change: i64,
    pub may_return: bool,
    pub has_block: bool,
}

/// What is added to a thread.
#[derive(Debug)]
pub struct Tail {
    /// How the thread ends with it.
    pub head: Head,
    /// The thread's members.
    pub audience: Arc<[UserId]>,
    /// Its last message.
    last: Option<(MessageId, UserId, String)>,
    /// How the thread ended before.
    before: Head,
}

/// The place of a member in a thread.
pub type Place = (ThreadId, UserId);

impl Tail {
    /// Nothing yet.
    pub fn new(head: Head, audience: Arc<[UserId]>) -> Self {
        Self { head, audience, last: None, before: head }
    }

    /// Whether it adds something.
    pub fn is_written(&self) -> bool {
        self.last.is_some()
    }

    /// Whether the members' places in their inboxes have to follow.
    pub fn enters_hour(&self) -> bool {
        let is_later = self.head.active_at.start_of_hour() > self.before.active_at.start_of_hour();
        self.last.is_some() && (self.before.last_seq == 0 || is_later)
    }

    /// Gives a draft its place at the end of the thread.
    pub fn push(
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

/// Stores messages, moves their threads' rows on, and counts them as their senders' own, so that they are not unread to them: in one statement, because a
/// batch takes as long as its round trips. Gives the senders.
///
/// Gives none, and stores nothing, unless every thread ends as it did before its tail, and no message is there already. It locks the threads' rows itself, in the order of
/// their ids, so that two writers cannot wait for each other. Its snapshot may be older than these locks: a row that was changed in between is looked at again, and where `last_seq` is
/// the same, nothing was stored.
pub async fn append(
    db: &mut PgConnection,
    fresh: &[Message],
    mentions: &[Option<Json<Vec<Mention>>>],
    tails: &BTreeMap<ThreadId, Tail>,
) -> Result<HashMap<Place, User>> {
    #[derive(FromRow)]
    struct Row {
        thread_id: ThreadId,
        #[sqlx(flatten)]
        sender: User,
    }

    let moved: Vec<_> =
        tails.values().filter_map(|tail| tail.last.as_ref().map(|last| (tail, last))).collect();
    let mut own: BTreeMap<Place, (i64, Timestamp)> = BTreeMap::new();
    for message in fresh {
        let (count, last_at) =
            own.entry((message.thread_id, message.sender_id)).or_insert((0, message.created_at));
        *count += 1;
        *last_at = message.created_at;
    }
    let rows: Vec<Row> = sqlx::query_as(
        "with locked as (
            select thread.thread_id
                from unnest($10::uuid[], $11::bigint[], $12::timestamptz[], $13::bigint[], $14::bool[], $15::bool[])
                    before (thread_id, last_seq, active_at, members_change, may_return, has_block) join thread using (thread_id)
                where thread.last_seq = before.last_seq and thread.active_at = before.active_at
                    and thread.members_change = before.members_change
                    and thread.may_return = before.may_return and thread.has_block = before.has_block
                order by thread.thread_id for update of thread
        ), checked as (
            select (select count(*) from locked) = cardinality($10) and not exists (
                select from unnest($1::uuid[], $3::uuid[]) fresh (thread_id, message_id)
                    join message using (thread_id, message_id)
            ) as is_as_expected
        ), stored as (
            insert into message (thread_id, created_at, message_id, seq, sender_id, body, reply_to, forward, mentions)
                select * from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::bigint[], $5::uuid[], $6::text[], $7::jsonb[], $8::jsonb[], $9::jsonb[])
                where (select is_as_expected from checked)
        ), advanced as (
            update thread set last_seq = tail.last_seq, active_at = tail.active_at, last_message_id = tail.message_id,
                    last_sender_id = tail.sender_id, last_excerpt = tail.excerpt
                from unnest($10::uuid[], $16::bigint[], $17::timestamptz[], $18::uuid[], $19::uuid[], $20::text[])
                    tail (thread_id, last_seq, active_at, message_id, sender_id, excerpt)
                where thread.thread_id = tail.thread_id and (select is_as_expected from checked)
        )
        update member set own_count = own_count + own.count, own_last_at = own.last_at
            from unnest($21::uuid[], $22::uuid[], $23::bigint[], $24::timestamptz[])
                own (thread_id, user_id, count, last_at) join account using (user_id)
            where member.thread_id = own.thread_id and member.user_id = own.user_id and (select is_as_expected from checked)
            returning member.thread_id, account.user_id, username, display_name, picture_id, profile_change,
                deactivated_at is not null as is_deactivated",
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
    .bind(moved.iter().map(|(tail, _)| tail.before.thread_id).collect::<Vec<_>>())
    .bind(moved.iter().map(|(tail, _)| tail.before.last_seq).collect::<Vec<_>>())
    .bind(moved.iter().map(|(tail, _)| tail.before.active_at).collect::<Vec<_>>())
    .bind(moved.iter().map(|(tail, _)| tail.before.members_change).collect::<Vec<_>>())
    .bind(moved.iter().map(|(tail, _)| tail.before.may_return).collect::<Vec<_>>())
    .bind(moved.iter().map(|(tail, _)| tail.before.has_block).collect::<Vec<_>>())
    .bind(moved.iter().map(|(tail, _)| tail.head.last_seq).collect::<Vec<_>>())
    .bind(moved.iter().map(|(tail, _)| tail.head.active_at).collect::<Vec<_>>())
    .bind(moved.iter().map(|(_, last)| last.0).collect::<Vec<_>>())
    .bind(moved.iter().map(|(_, last)| last.1).collect::<Vec<_>>())
    .bind(moved.iter().map(|(_, last)| last.2.as_str()).collect::<Vec<_>>())
    .bind(own.keys().map(|(thread_id, _)| *thread_id).collect::<Vec<_>>())
    .bind(own.keys().map(|(_, user_id)| *user_id).collect::<Vec<_>>())
    .bind(own.values().map(|(count, _)| *count).collect::<Vec<_>>())
    .bind(own.values().map(|(_, last_at)| *last_at).collect::<Vec<_>>())
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| ((row.thread_id, row.sender.user_id), row.sender)).collect())
}
