//! Groups: making them, and changing who is in them, who administers them, and what they are called.
//!
//! Every change holds the thread's row, as the writer does: so changes and messages of a thread have one order.

use crate::{
    access,
    dispatch::Effect,
    error::{Error, Result, violated},
    live::hub::Delivery,
    snapshot, users,
};
use model::{
    Avatar, Member, Refusal, Role, Thread, ThreadId, Timestamp, Title, UserId,
    wire::{Answer, Event, MAX_ADDED},
};
use sqlx::{PgConnection, PgPool};
use std::{collections::BTreeSet, sync::Arc};

/// Makes a group. Asked again with the same id, it answers with the group that is there.
pub async fn create(
    db: &PgPool,
    me: UserId,
    thread_id: ThreadId,
    title: &str,
    avatar: Avatar,
    user_ids: Vec<UserId>,
) -> Result<Effect> {
    let title = Title::new(title)?;
    let avatar = checked(avatar)?;
    let mut tx = db.begin().await?;
    let mut others = existing(&mut tx, user_ids).await?;
    others.retain(|user_id| *user_id != me);
    let now = Timestamp::now();
    let inserted = sqlx::query(
        "insert into thread (thread_id, kind, title, avatar_hue, avatar_glyph, created_by, member_count, last_seq,
                active_at, change, members_change)
            values ($1, 'group', $2, $3, $4, $5, $6, 0, $7, 0, 0)",
    )
    .bind(thread_id)
    .bind(title.as_str())
    .bind(i16::from(avatar.hue))
    .bind(&avatar.glyph)
    .bind(me)
    .bind(i64::try_from(others.len() + 1).unwrap_or(i64::MAX))
    .bind(now)
    .execute(&mut *tx)
    .await;
    if let Err(error) = inserted {
        return match violated(&error) {
            Some("thread_pkey") => again(db, me, thread_id).await,
            _ => Err(error.into()),
        };
    }
    join(&mut tx, thread_id, &[me], Role::Admin, now, None).await?;
    join(&mut tx, thread_id, &others, Role::Member, now, None).await?;
    let thread = view(&mut tx, me, thread_id).await?;
    let mut deliveries = vec![Delivery::to_one(me, Event::ThreadJoined { thread: thread.clone() })];
    deliveries.extend(joined(&mut tx, thread_id, &others).await?);
    tx.commit().await?;
    Ok(Effect { answer: Answer::Opened { thread }, deliveries })
}

async fn again(db: &PgPool, me: UserId, thread_id: ThreadId) -> Result<Effect> {
    let mut db = db.acquire().await?;
    match snapshot::thread(&mut db, me, thread_id).await? {
        Some(thread) => Ok(Effect::nothing(Answer::Opened { thread })),
        None => Err(Refusal::IdTaken.into()),
    }
}

/// Changes a group's title and avatar.
pub async fn update(
    db: &PgPool,
    me: UserId,
    thread_id: ThreadId,
    title: &str,
    avatar: Avatar,
) -> Result<Effect> {
    let title = Title::new(title)?;
    let avatar = checked(avatar)?;
    let mut tx = db.begin().await?;
    let mut group = Group::lock(&mut tx, me, thread_id).await?;
    group.access.as_admin()?;
    sqlx::query("update thread set title = $2, avatar_hue = $3, avatar_glyph = $4 where thread_id = $1")
        .bind(thread_id)
        .bind(title.as_str())
        .bind(i16::from(avatar.hue))
        .bind(&avatar.glyph)
        .execute(&mut *tx)
        .await?;
    let audience = audience(&mut tx, thread_id).await?;
    let event =
        Event::GroupUpdated { thread_id, change: group.next_change(), title: title.as_str().into(), avatar };
    group.save(&mut tx).await?;
    tx.commit().await?;
    Ok(Effect { answer: Answer::Done, deliveries: vec![Delivery { event, audience }] })
}

/// The avatar with its emoji as Unicode recommends to write it. What is no emoji, or more than one, is refused.
fn checked(avatar: Avatar) -> Result<Avatar> {
    let glyph = match avatar.glyph.trim() {
        "" => "",
        glyph => emojis::get(glyph).ok_or(Refusal::AvatarInvalid)?.as_str(),
    };
    if avatar.hue >= Avatar::HUES {
        return Err(Refusal::AvatarInvalid.into());
    }
    Ok(Avatar { hue: avatar.hue, glyph: glyph.into() })
}

/// Adds people.
pub async fn add(db: &PgPool, me: UserId, thread_id: ThreadId, user_ids: Vec<UserId>) -> Result<Effect> {
    let mut tx = db.begin().await?;
    let mut group = Group::lock(&mut tx, me, thread_id).await?;
    group.access.as_admin()?;
    let user_ids = existing(&mut tx, user_ids).await?;
    let before = audience(&mut tx, thread_id).await?;
    let read = (group.last_seq > 0).then_some((group.last_seq, group.active_at));
    let added = join(&mut tx, thread_id, &user_ids, Role::Member, group.active_at, read).await?;
    if added.is_empty() {
        return Ok(Effect::nothing(Answer::Done));
    }
    group.member_count += i64::try_from(added.len()).unwrap_or(i64::MAX);
    if group.member_count.unsigned_abs() > Thread::MAX_MEMBERS {
        return Err(Refusal::TooManyMembers.into());
    }
    let change = group.next_members_change();
    group.save(&mut tx).await?;
    let users = users::by_id(&mut *tx, added.iter().copied()).await?;
    let event = Event::MembersAdded {
        thread_id,
        change,
        members: users.into_iter().map(|user| Member { user, role: Role::Member }).collect(),
        member_count: group.member_count.unsigned_abs(),
    };
    let mut deliveries = vec![Delivery { event, audience: before }];
    deliveries.extend(joined(&mut tx, thread_id, &added).await?);
    tx.commit().await?;
    Ok(Effect { answer: Answer::Done, deliveries })
}

/// Removes somebody, or lets oneself leave. A group that is left without an admin gets the one who joined it first.
pub async fn remove(db: &PgPool, me: UserId, thread_id: ThreadId, user_id: UserId) -> Result<Effect> {
    let mut tx = db.begin().await?;
    let mut group = Group::lock(&mut tx, me, thread_id).await?;
    if user_id != me {
        group.access.as_admin()?;
    }
    // Before it is done, so that whoever is removed is told, too.
    let audience = audience(&mut tx, thread_id).await?;
    let removed = sqlx::query("delete from member where thread_id = $1 and user_id = $2")
        .bind(thread_id)
        .bind(user_id)
        .execute(&mut *tx)
        .await?;
    if removed.rows_affected() == 0 {
        return Err(Refusal::UserNotFound.into());
    }
    group.member_count -= 1;
    let change = group.next_members_change();
    let member_count = group.member_count.unsigned_abs();
    let event = Event::MemberRemoved { thread_id, change, user_id, member_count };
    let mut deliveries = vec![Delivery { event, audience }];
    if let Some(heir) = hand_over(&mut tx, thread_id).await? {
        let event =
            Event::RoleChanged { thread_id, change: group.next_change(), user_id: heir, role: Role::Admin };
        deliveries.push(Delivery { event, audience: self::audience(&mut tx, thread_id).await? });
    }
    group.save(&mut tx).await?;
    tx.commit().await?;
    Ok(Effect { answer: Answer::Done, deliveries })
}

/// Makes the one who joined first an admin, where there is none.
async fn hand_over(tx: &mut PgConnection, thread_id: ThreadId) -> Result<Option<UserId>> {
    Ok(sqlx::query_scalar(
        "update member set role = 'admin'
            where thread_id = $1
                and not exists (select from member where thread_id = $1 and role = 'admin')
                and user_id = (select user_id from member where thread_id = $1 order by joined_at, user_id limit 1)
            returning user_id",
    )
    .bind(thread_id)
    .fetch_optional(tx)
    .await?)
}

/// Makes a member an admin, or an admin a member.
pub async fn set_role(
    db: &PgPool,
    me: UserId,
    thread_id: ThreadId,
    user_id: UserId,
    role: Role,
) -> Result<Effect> {
    let mut tx = db.begin().await?;
    let mut group = Group::lock(&mut tx, me, thread_id).await?;
    group.access.as_admin()?;
    let present: Role =
        sqlx::query_scalar("select role from member where thread_id = $1 and user_id = $2 for update")
            .bind(thread_id)
            .bind(user_id)
            .fetch_optional(&mut *tx)
            .await?
            .ok_or(Refusal::UserNotFound)?;
    if present == role {
        return Ok(Effect::nothing(Answer::Done));
    }
    sqlx::query("update member set role = $3 where thread_id = $1 and user_id = $2")
        .bind(thread_id)
        .bind(user_id)
        .bind(role)
        .execute(&mut *tx)
        .await?;
    let has_admin: bool =
        sqlx::query_scalar("select exists (select from member where thread_id = $1 and role = 'admin')")
            .bind(thread_id)
            .fetch_one(&mut *tx)
            .await?;
    if !has_admin {
        return Err(Refusal::LastAdmin.into());
    }
    let event = Event::RoleChanged { thread_id, change: group.next_change(), user_id, role };
    let audience = audience(&mut tx, thread_id).await?;
    group.save(&mut tx).await?;
    tx.commit().await?;
    Ok(Effect { answer: Answer::Done, deliveries: vec![Delivery { event, audience }] })
}

/// A group's row, locked, and what changes in it.
struct Group {
    access: access::Access,
    member_count: i64,
    last_seq: i64,
    active_at: Timestamp,
    change: i64,
    members_change: i64,
}

impl Group {
    /// Locks a group on behalf of one of its members.
    async fn lock(tx: &mut PgConnection, me: UserId, thread_id: ThreadId) -> Result<Self> {
        let row: Option<(String, i64, i64, Timestamp, i64, i64)> = sqlx::query_as(
            "select kind, member_count, last_seq, active_at, change, members_change from thread
                where thread_id = $1 for update",
        )
        .bind(thread_id)
        .fetch_optional(&mut *tx)
        .await?;
        // Under the lock: whoever was removed a moment ago is a stranger now.
        let access = access::thread(tx, me, thread_id).await?;
        let (kind, member_count, last_seq, active_at, change, members_change) =
            row.ok_or(Refusal::ThreadNotFound)?;
        if kind != "group" {
            return Err(Refusal::GroupRequired.into());
        }
        Ok(Self { access, member_count, last_seq, active_at, change, members_change })
    }

    fn next_change(&mut self) -> u64 {
        self.change += 1;
        self.change.unsigned_abs()
    }

    fn next_members_change(&mut self) -> u64 {
        self.members_change = self.change + 1;
        self.next_change()
    }

    async fn save(&self, tx: &mut PgConnection) -> Result<()> {
        sqlx::query(
            "update thread set member_count = $2, change = $3, members_change = $4 where thread_id = $1",
        )
        .bind(self.access.thread_id())
        .bind(self.member_count)
        .bind(self.change)
        .bind(self.members_change)
        .execute(tx)
        .await?;
        Ok(())
    }
}

/// Puts people into a thread, all that it has counting as read. Gives those who were not in it yet.
async fn join(
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

/// The ids, each once, if they are at most [`MAX_ADDED`] and all belong to somebody.
async fn existing(tx: &mut PgConnection, user_ids: Vec<UserId>) -> Result<Vec<UserId>> {
    let user_ids = BTreeSet::from_iter(user_ids);
    if user_ids.len() > MAX_ADDED {
        return Err(Refusal::TooManyMembers.into());
    }
    let users = users::by_id(tx, user_ids.iter().copied()).await?;
    if users.len() < user_ids.len() {
        return Err(Refusal::UserNotFound.into());
    }
    Ok(user_ids.into_iter().collect())
}

async fn audience(tx: &mut PgConnection, thread_id: ThreadId) -> Result<Arc<[UserId]>> {
    let members: Vec<UserId> =
        sqlx::query_scalar("select user_id from member where thread_id = $1 order by user_id")
            .bind(thread_id)
            .fetch_all(tx)
            .await?;
    Ok(members.into())
}

/// What the members who have just joined are told. To all of them the thread looks the same.
async fn joined(tx: &mut PgConnection, thread_id: ThreadId, user_ids: &[UserId]) -> Result<Vec<Delivery>> {
    let Some(first) = user_ids.first() else { return Ok(Vec::new()) };
    let thread = view(tx, *first, thread_id).await?;
    let tell = |user_id: &UserId| Delivery::to_one(*user_id, Event::ThreadJoined { thread: thread.clone() });
    Ok(user_ids.iter().map(tell).collect())
}

async fn view(tx: &mut PgConnection, user_id: UserId, thread_id: ThreadId) -> Result<Thread> {
    snapshot::thread(tx, user_id, thread_id).await?.ok_or_else(|| {
        Error::Failed(anyhow::anyhow!("{user_id} has just joined {thread_id} and is not in it"))
    })
}
