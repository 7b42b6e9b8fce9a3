//! Invite links of groups. Admins make them, for some time and some people. Who holds one may see what the group is called and how many are in it, and nothing else.

use crate::{
    access,
    auth::Auth,
    error::Result,
    extract::{Json, Path},
    groups::Group,
    origin::Base,
    secret::{self, Secret},
    state::AppState,
    users,
};
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use model::{Avatar, InviteId, PictureId, Problem, Refusal, ThreadId, Timestamp, User, UserId};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgPool};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The most links that a group has at a time.
const MAX_INVITES: i64 = 50;
/// The most people that one link lets in.
const MAX_USES: i32 = 1000;
/// The longest that a link is good for.
const MAX_DAYS: i32 = 365;

/// A link that is still good.
#[derive(Clone, Debug, Serialize, ToSchema, FromRow)]
pub struct GroupInvite {
    /// Which one.
    pub invite_id: InviteId,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// How many people it still lets in.
    pub uses_left: i32,
    /// Whether an admin decides about each.
    pub needs_approval: bool,
}

/// Somebody who asks to be let in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JoinRequest {
    /// Who.
    pub user: User,
    /// Since when.
    pub requested_at: Timestamp,
}

/// What a group's admins see of its links.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct GroupInvitePage {
    /// Those that are still good, the newest first.
    pub invites: Vec<GroupInvite>,
    /// Those who ask, the first first.
    pub requests: Vec<JoinRequest>,
}

/// A link to be made.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub struct NewGroupInvite {
    /// How many people it lets in, 1 to 1000.
    pub uses: i32,
    /// How many days it is good for, 1 to 365.
    pub days: i32,
    /// Whether an admin decides about each.
    #[serde(default)]
    pub needs_approval: bool,
}

/// A link, told this once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GroupInviteLink {
    /// What it stands for.
    pub invite: GroupInvite,
    /// The link to hand on.
    pub url: String,
}

/// A group's links, and who asks to be let in. For its admins.
#[utoipa::path(get, path = "/api/v1/threads/{thread_id}/invites", tag = "groups", params(("thread_id" = ThreadId, Path)),
    responses(
    (status = 200, body = GroupInvitePage),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(
    State(state): State<AppState>,
    auth: Auth,
    Path(thread_id): Path<ThreadId>,
) -> Result<Json<GroupInvitePage>> {
    Ok(Json(page(&state.db, auth.user.user_id, thread_id).await?))
}

/// Makes a link. It is told in this answer and never again. For the group's admins.
#[utoipa::path(post, path = "/api/v1/threads/{thread_id}/invites", tag = "groups",
    params(("thread_id" = ThreadId, Path)), request_body = NewGroupInvite, responses(
    (status = 201, body = GroupInviteLink),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn create(
    State(state): State<AppState>,
    auth: Auth,
    base: Base,
    Path(thread_id): Path<ThreadId>,
    new: Result<Json<NewGroupInvite>>,
) -> Result<impl IntoResponse> {
    // Whoever may not is told so before what they sent is looked at.
    access::thread(&state.db, auth.user.user_id, thread_id).await?.as_admin()?;
    let Json(new) = new?;
    let link = store(&state.db, auth.user.user_id, thread_id, &base, new).await?;
    Ok((StatusCode::CREATED, Json(link)))
}

/// Makes a link useless. For the group's admins.
#[utoipa::path(delete, path = "/api/v1/threads/{thread_id}/invites/{invite_id}", tag = "groups",
    params(("thread_id" = ThreadId, Path), ("invite_id" = InviteId, Path)), responses(
    (status = 204),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn revoke(
    State(state): State<AppState>,
    auth: Auth,
    Path((thread_id, invite_id)): Path<(ThreadId, InviteId)>,
) -> Result<StatusCode> {
    delete(&state.db, auth.user.user_id, thread_id, invite_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reads a group's links, and who asks to be let in.
///
/// # Errors
/// [`Refusal::ThreadNotFound`] and [`Refusal::AdminRequired`].
pub async fn page(db: &PgPool, me: UserId, thread_id: ThreadId) -> Result<GroupInvitePage> {
    access::thread(db, me, thread_id).await?.as_admin()?;
    let invites = sqlx::query_as(
        "select invite_id, created_at, expires_at, uses_left, needs_approval from group_invite
            where thread_id = $1 and expires_at > now() and uses_left > 0 order by invite_id desc",
    )
    .bind(thread_id)
    .fetch_all(db)
    .await?;
    let asking: Vec<(UserId, Timestamp)> = sqlx::query_as(
        "select user_id, requested_at from join_request where thread_id = $1 order by requested_at, user_id",
    )
    .bind(thread_id)
    .fetch_all(db)
    .await?;
    let people = users::by_id(db, asking.iter().map(|(user_id, _)| *user_id)).await?;
    let mut people: BTreeMap<_, _> = people.into_iter().map(|user| (user.user_id, user)).collect();
    let requests = asking
        .into_iter()
        .filter_map(|(user_id, requested_at)| {
            Some(JoinRequest { user: people.remove(&user_id)?, requested_at })
        })
        .collect();
    Ok(GroupInvitePage { invites, requests })
}

/// Makes a link, and clears away those that are used up.
///
/// # Errors
/// [`Refusal::ThreadNotFound`], [`Refusal::AdminRequired`], and [`Refusal::RequestInvalid`] for other terms than there are.
pub async fn store(
    db: &PgPool,
    me: UserId,
    thread_id: ThreadId,
    base: &Base,
    new: NewGroupInvite,
) -> Result<GroupInviteLink> {
    if !(1..=MAX_USES).contains(&new.uses) || !(1..=MAX_DAYS).contains(&new.days) {
        let detail =
            words::refusal::invite_terms(&words::number(MAX_USES as u64), &words::number(MAX_DAYS as u64));
        return Err(Refusal::RequestInvalid { detail }.into());
    }
    let mut tx = db.begin().await?;
    let (_, access) = Group::lock(&mut tx, me, thread_id).await?;
    access.as_admin()?;
    sqlx::query("delete from group_invite where thread_id = $1 and (expires_at <= now() or uses_left = 0)")
        .bind(thread_id)
        .execute(&mut *tx)
        .await?;
    let secret = Secret::generate("")?;
    let invite: Option<GroupInvite> = sqlx::query_as(
        "insert into group_invite (invite_id, thread_id, secret_hash, created_by, expires_at, uses_left, needs_approval)
            select $1, $2, $3, $4, now() + make_interval(days => $5), $6, $7
                where (select count(*) from group_invite where thread_id = $2) < $8
            returning invite_id, created_at, expires_at, uses_left, needs_approval",
    )
    .bind(InviteId::generate())
    .bind(thread_id)
    .bind(secret.hash())
    .bind(me)
    .bind(new.days)
    .bind(new.uses)
    .bind(new.needs_approval)
    .bind(MAX_INVITES)
    .fetch_optional(&mut *tx)
    .await?;
    let invite = invite.ok_or_else(|| {
        let detail = words::refusal::too_many_invites(MAX_INVITES as u64);
        Refusal::RequestInvalid { detail }
    })?;
    tx.commit().await?;
    Ok(GroupInviteLink { invite, url: base.url(&format!("/join/{thread_id}/{}", secret.as_str())) })
}

/// Makes a link useless.
///
/// # Errors
/// [`Refusal::ThreadNotFound`], [`Refusal::AdminRequired`] and [`Refusal::GrantNotFound`].
pub async fn delete(db: &PgPool, me: UserId, thread_id: ThreadId, invite_id: InviteId) -> Result<()> {
    access::thread(db, me, thread_id).await?.as_admin()?;
    let deleted = sqlx::query("delete from group_invite where thread_id = $1 and invite_id = $2")
        .bind(thread_id)
        .bind(invite_id)
        .execute(db)
        .await?;
    if deleted.rows_affected() == 1 { Ok(()) } else { Err(Refusal::GrantNotFound.into()) }
}

/// What somebody who holds a link sees of its group.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// What it is called.
    pub title: String,
    /// Its picture.
    pub avatar: Avatar,
    /// How many are in it.
    pub member_count: u64,
    /// Whether an admin decides.
    pub needs_approval: bool,
    /// Whether they are in it already.
    pub is_member: bool,
    /// Whether they ask to be let in already.
    pub is_asking: bool,
}

/// What a link leads to.
///
/// # Errors
/// [`Refusal::LinkInvalid`].
pub async fn invitation(db: &PgPool, me: UserId, thread_id: ThreadId, secret: &str) -> Result<Invitation> {
    #[derive(FromRow)]
    struct Row {
        title: String,
        avatar_hue: i16,
        avatar_glyph: String,
        avatar_picture_id: Option<PictureId>,
        member_count: i64,
        needs_approval: bool,
        is_member: bool,
        is_asking: bool,
    }
    let row: Row = sqlx::query_as(
        "select title, avatar_hue, avatar_glyph, avatar_picture_id, member_count, needs_approval,
                exists (select from member where member.thread_id = $1 and user_id = $2) as is_member,
                exists (select from join_request where join_request.thread_id = $1 and user_id = $2) as is_asking
            from group_invite join thread using (thread_id)
            where thread_id = $1 and secret_hash = $3 and expires_at > now() and uses_left > 0",
    )
    .bind(thread_id)
    .bind(me)
    .bind(secret::hash(secret))
    .fetch_optional(db)
    .await?
    .ok_or(Refusal::LinkInvalid)?;
    Ok(Invitation {
        title: row.title,
        avatar: Avatar {
            hue: u8::try_from(row.avatar_hue).unwrap_or_default(),
            glyph: row.avatar_glyph,
            picture_id: row.avatar_picture_id,
        },
        member_count: row.member_count.unsigned_abs(),
        needs_approval: row.needs_approval,
        is_member: row.is_member,
        is_asking: row.is_asking,
    })
}
