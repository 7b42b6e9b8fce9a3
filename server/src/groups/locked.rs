//! A group's row, locked, and what changes in it: whoever holds it is alone with the group and its members.

use crate::{
    access::{self, Access},
    error::{Error, Result},
    live::hub::Delivery,
    notices::{self, Concerns, Place},
    snapshot, users,
};
use model::{Member, Notice, NoticeKind, Refusal, Role, Thread, ThreadId, Timestamp, UserId, wire::Event};
use sqlx::PgConnection;
use std::sync::Arc;

/// A group's row, locked.
pub(crate) struct Group {
    thread_id: ThreadId,
    pub member_count: i64,
    pub request_count: i64,
    last_seq: i64,
    active_at: Timestamp,
    change: i64,
    members_change: i64,
}

impl Group {
    /// Locks a group on behalf of one of its members.
    pub async fn lock(tx: &mut PgConnection, me: UserId, thread_id: ThreadId) -> Result<(Self, Access)> {
        let group = Self::lock_as_stranger(tx, thread_id).await;
        // Under the lock: whoever was removed a moment ago is a stranger now, and hears no more than one.
        let access = access::thread(tx, me, thread_id).await?;
        Ok((group?, access))
    }

    /// Locks a group on behalf of somebody who is no member, and may learn nothing of it but by what they hold.
    pub async fn lock_as_stranger(tx: &mut PgConnection, thread_id: ThreadId) -> Result<Self> {
        let row: Option<(String, i64, i64, i64, Timestamp, i64, i64)> = sqlx::query_as(
            "select kind, member_count, request_count, last_seq, active_at, change, members_change from thread
                where thread_id = $1 for update",
        )
        .bind(thread_id)
        .fetch_optional(&mut *tx)
        .await?;
        let (kind, member_count, request_count, last_seq, active_at, change, members_change) =
            row.ok_or(Refusal::ThreadNotFound)?;
        if kind != "group" {
            return Err(Refusal::GroupRequired.into());
        }
        Ok(Self { thread_id, member_count, request_count, last_seq, active_at, change, members_change })
    }

    /// Lets people in who are no members yet, by somebody and in a way, and says who is told of it.
    pub async fn admit(
        &mut self,
        tx: &mut PgConnection,
        user_ids: &[UserId],
        (actor, kind): (UserId, NoticeKind),
    ) -> Result<Vec<Delivery>> {
        let before = audience(tx, self.thread_id).await?;
        let read = (self.last_seq > 0).then_some((self.last_seq, self.active_at));
        let added = join(tx, self.thread_id, user_ids, Role::Member, self.active_at, read).await?;
        if added.is_empty() {
            return Ok(Vec::new());
        }
        self.member_count += i64::try_from(added.len()).unwrap_or(i64::MAX);
        if self.member_count.unsigned_abs() > Thread::MAX_MEMBERS {
            return Err(Refusal::TooManyMembers.into());
        }
        let change = self.next_members_change();
        let asked = sqlx::query("delete from join_request where thread_id = $1 and user_id = any($2)")
            .bind(self.thread_id)
            .bind(&added)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        self.request_count -= asked.cast_signed();
        self.save(tx).await?;
        let users = users::by_id(&mut *tx, added.iter().copied()).await?;
        let concerns = if kind == NoticeKind::Joined { Concerns::Nobody } else { Concerns::People(&added) };
        let notice = self.note(tx, change, actor, kind, concerns).await?;
        let event = Event::MembersAdded {
            notice,
            thread_id: self.thread_id,
            change,
            members: users.into_iter().map(|user| Member { user, role: Role::Member }).collect(),
            member_count: self.member_count.unsigned_abs(),
        };
        let mut deliveries = vec![Delivery { event, audience: before }];
        deliveries.extend(joined(tx, self.thread_id, &added).await?);
        if asked > 0 {
            deliveries.push(self.requests(tx).await?);
        }
        Ok(deliveries)
    }

    /// Writes down what happened to the group, for the event that tells of it.
    pub async fn note(
        &self,
        tx: &mut PgConnection,
        change: u64,
        actor: UserId,
        kind: NoticeKind,
        concerns: Concerns<'_>,
    ) -> Result<Option<Notice>> {
        let place = Place { thread_id: self.thread_id, after_seq: self.last_seq, change };
        notices::put(tx, place, actor, kind, concerns).await.map(Some)
    }

    /// How many ask to be let in, for its admins.
    pub async fn requests(&self, tx: &mut PgConnection) -> Result<Delivery> {
        let admins: Vec<UserId> = sqlx::query_scalar(
            "select user_id from member where thread_id = $1 and role = 'admin' order by user_id",
        )
        .bind(self.thread_id)
        .fetch_all(tx)
        .await?;
        let request_count = self.request_count.unsigned_abs();
        let event = Event::RequestsChanged { thread_id: self.thread_id, request_count };
        Ok(Delivery { event, audience: admins.into() })
    }

    pub fn next_change(&mut self) -> u64 {
        self.change += 1;
        self.change.unsigned_abs()
    }

    pub fn next_members_change(&mut self) -> u64 {
        self.members_change = self.change + 1;
        self.next_change()
    }

    pub async fn save(&self, tx: &mut PgConnection) -> Result<()> {
        sqlx::query(
            "update thread set member_count = $2, change = $3, members_change = $4, request_count = $5 where thread_id = $1",
        )
        .bind(self.thread_id)
        .bind(self.member_count)
        .bind(self.change)
        .bind(self.members_change)
        .bind(self.request_count)
        .execute(tx)
        .await?;
        Ok(())
    }
}

/// Puts people into a thread, all that it has counting as read. Gives those who were not in it yet.
pub(crate) async fn join(
    tx: &mut PgConnection,
    thread_id: ThreadId,
    user_ids: &[UserId],
    role: Role,
    active_at: Timestamp,
    read: Option<(i64, Timestamp)>,
) -> Result<Vec<UserId>> {
    Ok(sqlx::query_scalar(
        "insert into member (thread_id, user_id, role, active_hour, read_seq, read_at)
            select $1, user_id, $3, $4, $5, $6 from unnest($2::uuid[]) user_id
            on conflict on constraint member_pkey do nothing returning user_id",
    )
    .bind(thread_id)
    .bind(user_ids)
    .bind(role)
    .bind(active_at.start_of_hour())
    .bind(read.map_or(0, |(seq, _)| seq))
    .bind(read.map(|(_, at)| at))
    .fetch_all(tx)
    .await?)
}

/// Who is in a thread, by id.
pub(crate) async fn audience(tx: &mut PgConnection, thread_id: ThreadId) -> Result<Arc<[UserId]>> {
    let members: Vec<UserId> =
        sqlx::query_scalar("select user_id from member where thread_id = $1 order by user_id")
            .bind(thread_id)
            .fetch_all(tx)
            .await?;
    Ok(members.into())
}

/// What the members who have just joined are told. To all of them the thread looks the same.
pub(crate) async fn joined(
    tx: &mut PgConnection,
    thread_id: ThreadId,
    user_ids: &[UserId],
) -> Result<Vec<Delivery>> {
    let Some(first) = user_ids.first() else { return Ok(Vec::new()) };
    let thread = view(tx, *first, thread_id).await?;
    let tell = |user_id: &UserId| Delivery::to_one(*user_id, Event::ThreadJoined { thread: thread.clone() });
    Ok(user_ids.iter().map(tell).collect())
}

/// The thread as one who has just joined it sees it.
pub(crate) async fn view(tx: &mut PgConnection, user_id: UserId, thread_id: ThreadId) -> Result<Thread> {
    snapshot::thread(tx, user_id, thread_id).await?.ok_or_else(|| {
        Error::Failed(anyhow::anyhow!("{user_id} has just joined {thread_id} and is not in it"))
    })
}
