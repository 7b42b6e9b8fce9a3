//! Groups: making them, and changing who is in them, who administers them, and what they are called.
//!
//! Every change holds the thread's row, as the writer does: so changes and messages of a thread have one order.

mod locked;

pub(crate) use locked::{Group, audience, join, joined, view};

use crate::{
    blocks,
    dispatch::Effect,
    error::Result,
    live::hub::Delivery,
    notices::{self, Concerns, Place},
    pictures, snapshot, users,
};
use model::{
    Avatar, NoticeKind, PictureId, Refusal, Role, ThreadId, Timestamp, Title, UserId,
    wire::{Answer, Event, MAX_ADDED},
};
use sqlx::{PgConnection, PgPool};
use std::collections::BTreeSet;

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
    let mut tx = db.begin().await?;
    let avatar = checked(&mut tx, me, avatar, None).await?;
    let mut others = existing(&mut tx, user_ids).await?;
    others.retain(|user_id| *user_id != me);
    blocks::check_added(&mut tx, me, &others).await?;
    let now = Timestamp::now();
    let inserted = sqlx::query(
        "insert into thread (thread_id, kind, title, avatar_hue, avatar_glyph, avatar_picture_id, created_by, member_count,
                last_seq, active_at, change, members_change)
            values ($1, 'group', $2, $3, $4, $8, $5, $6, 0, $7, 0, 0)
            on conflict on constraint thread_pkey do nothing",
    )
    .bind(thread_id)
    .bind(title.as_str())
    .bind(i16::from(avatar.hue))
    .bind(&avatar.glyph)
    .bind(me)
    .bind(i64::try_from(others.len() + 1).unwrap_or(i64::MAX))
    .bind(now)
    .bind(avatar.picture_id)
    .execute(&mut *tx)
    .await?;
    if inserted.rows_affected() == 0 {
        drop(tx);
        return again(db, me, thread_id).await;
    }
    join(&mut tx, thread_id, &[me], Role::Admin, now, None).await?;
    join(&mut tx, thread_id, &others, Role::Member, now, None).await?;
    let place = Place { thread_id, after_seq: 0, change: 0 };
    notices::put(&mut tx, place, me, NoticeKind::Created, Concerns::Nobody).await?;
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
    let mut tx = db.begin().await?;
    let (mut group, access) = Group::lock(&mut tx, me, thread_id).await?;
    access.as_admin()?;
    let former: (String, i16, String, Option<PictureId>) = sqlx::query_as(
        "select title, avatar_hue, avatar_glyph, avatar_picture_id from thread where thread_id = $1",
    )
    .bind(thread_id)
    .fetch_one(&mut *tx)
    .await?;
    let (former_title, hue, glyph, present) = former;
    let avatar = checked(&mut tx, me, avatar, present).await?;
    sqlx::query(
        "update thread set title = $2, avatar_hue = $3, avatar_glyph = $4, avatar_picture_id = $5 where thread_id = $1",
    )
        .bind(thread_id)
        .bind(title.as_str())
        .bind(i16::from(avatar.hue))
        .bind(&avatar.glyph)
        .bind(avatar.picture_id)
        .execute(&mut *tx)
        .await?;
    let audience = audience(&mut tx, thread_id).await?;
    let change = group.next_change();
    let notice = if former_title != title.as_str() {
        group.note(&mut tx, change, me, NoticeKind::Renamed, Concerns::Title(title.as_str())).await?
    } else if (hue, glyph, present) != (avatar.hue.into(), avatar.glyph.clone(), avatar.picture_id) {
        group.note(&mut tx, change, me, NoticeKind::Pictured, Concerns::Nobody).await?
    } else {
        None
    };
    let event = Event::GroupUpdated { thread_id, change, title: title.as_str().into(), avatar, notice };
    group.save(&mut tx).await?;
    tx.commit().await?;
    Ok(Effect { answer: Answer::Done, deliveries: vec![Delivery { event, audience }] })
}

/// The avatar with its emoji as Unicode recommends to write it. What is no emoji, or more than one, is refused. A picture is the one that is there, or one's own
/// upload, which is kept from here on.
async fn checked(
    tx: &mut PgConnection,
    me: UserId,
    avatar: Avatar,
    present: Option<PictureId>,
) -> Result<Avatar> {
    let glyph = match avatar.glyph.trim() {
        "" => "",
        glyph => emojis::get(glyph).ok_or(Refusal::AvatarInvalid)?.as_str(),
    };
    if avatar.hue >= Avatar::HUES {
        return Err(Refusal::AvatarInvalid.into());
    }
    pictures::change(tx, me, present, avatar.picture_id).await?;
    Ok(Avatar { hue: avatar.hue, glyph: glyph.into(), picture_id: avatar.picture_id })
}

/// Adds people.
pub async fn add(db: &PgPool, me: UserId, thread_id: ThreadId, user_ids: Vec<UserId>) -> Result<Effect> {
    let mut tx = db.begin().await?;
    let (mut group, access) = Group::lock(&mut tx, me, thread_id).await?;
    access.as_admin()?;
    let user_ids = existing(&mut tx, user_ids).await?;
    blocks::check_added(&mut tx, me, &user_ids).await?;
    let deliveries = group.admit(&mut tx, &user_ids, (me, NoticeKind::Added)).await?;
    tx.commit().await?;
    Ok(Effect { answer: Answer::Done, deliveries })
}

/// Removes somebody, or lets oneself leave. A group that is left without an admin who can come gets the one who joined it first.
pub async fn remove(db: &PgPool, me: UserId, thread_id: ThreadId, user_id: UserId) -> Result<Effect> {
    let mut tx = db.begin().await?;
    let (mut group, access) = Group::lock(&mut tx, me, thread_id).await?;
    if user_id != me {
        access.as_admin()?;
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
    sqlx::query("insert into former_member (user_id, thread_id) values ($1, $2) on conflict do nothing")
        .bind(user_id)
        .bind(thread_id)
        .execute(&mut *tx)
        .await?;
    group.member_count -= 1;
    let change = group.next_members_change();
    let member_count = group.member_count.unsigned_abs();
    let notice = if user_id == me {
        group.note(&mut tx, change, me, NoticeKind::Left, Concerns::Nobody).await?
    } else {
        group.note(&mut tx, change, me, NoticeKind::Removed, Concerns::People(&[user_id])).await?
    };
    let event = Event::MemberRemoved { thread_id, change, user_id, member_count, notice };
    let mut deliveries = vec![Delivery { event, audience }];
    deliveries.extend(hand_over(&mut tx, &mut group, me, thread_id).await?);
    group.save(&mut tx).await?;
    tx.commit().await?;
    Ok(Effect { answer: Answer::Done, deliveries })
}

/// Sees to it that a group has an admin who can come, though the account of this member is closed.
pub async fn relieve(db: &PgPool, member: UserId, thread_id: ThreadId) -> Result<Vec<Delivery>> {
    let mut tx = db.begin().await?;
    let (mut group, _) = Group::lock(&mut tx, member, thread_id).await?;
    let deliveries = hand_over(&mut tx, &mut group, member, thread_id).await?;
    group.save(&mut tx).await?;
    tx.commit().await?;
    Ok(deliveries)
}

/// Makes the one who joined first an admin, where there is none who can come: whose account is closed cannot.
async fn hand_over(
    tx: &mut PgConnection,
    group: &mut Group,
    me: UserId,
    thread_id: ThreadId,
) -> Result<Vec<Delivery>> {
    let heir: Option<UserId> = sqlx::query_scalar(
        "update member set role = 'admin'
            where thread_id = $1 and role <> 'admin'
                and not exists (select from member join account using (user_id)
                    where thread_id = $1 and role = 'admin' and deactivated_at is null)
                and user_id = (select user_id from member join account using (user_id) where thread_id = $1
                    order by deactivated_at is not null, joined_at, user_id limit 1)
            returning user_id",
    )
    .bind(thread_id)
    .fetch_optional(&mut *tx)
    .await?;
    let Some(heir) = heir else { return Ok(Vec::new()) };
    let change = group.next_change();
    let concerns = Concerns::People(&[heir]);
    let notice = group.note(tx, change, me, NoticeKind::Inherited, concerns).await?;
    let event = Event::RoleChanged { thread_id, change, user_id: heir, role: Role::Admin, notice };
    let audience = audience(tx, thread_id).await?;
    Ok(vec![Delivery { event, audience }, group.requests(tx).await?])
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
    let (mut group, access) = Group::lock(&mut tx, me, thread_id).await?;
    access.as_admin()?;
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
    let has_admin: bool = sqlx::query_scalar(
        "select exists (select from member join account using (user_id)
            where thread_id = $1 and role = 'admin' and deactivated_at is null)",
    )
    .bind(thread_id)
    .fetch_one(&mut *tx)
    .await?;
    if !has_admin {
        return Err(Refusal::LastAdmin.into());
    }
    let change = group.next_change();
    let kind = if role == Role::Admin { NoticeKind::Promoted } else { NoticeKind::Demoted };
    let notice = group.note(&mut tx, change, me, kind, Concerns::People(&[user_id])).await?;
    let event = Event::RoleChanged { thread_id, change, user_id, role, notice };
    let audience = audience(&mut tx, thread_id).await?;
    group.save(&mut tx).await?;
    let mut deliveries = vec![Delivery { event, audience }];
    if role == Role::Admin && group.request_count > 0 {
        deliveries.push(group.requests(&mut tx).await?);
    }
    tx.commit().await?;
    Ok(Effect { answer: Answer::Done, deliveries })
}

/// The ids, each once, if they are at most [`MAX_ADDED`] and all belong to somebody.
async fn existing(tx: &mut PgConnection, user_ids: Vec<UserId>) -> Result<Vec<UserId>> {
    let user_ids = BTreeSet::from_iter(user_ids);
    if user_ids.len() > MAX_ADDED {
        return Err(Refusal::TooManyMembers.into());
    }
    let users = users::by_id(tx, user_ids.iter().copied()).await?;
    if users.len() < user_ids.len() || users.iter().any(|user| user.is_deactivated) {
        return Err(Refusal::UserNotFound.into());
    }
    Ok(user_ids.into_iter().collect())
}
