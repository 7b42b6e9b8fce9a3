//! Profiles: how people are called and shown, and what they say of themselves. Whoever has a thread with somebody, or one with their messages in it,
//! is told of a change.

use crate::{dispatch::Effect, error::Result, live::hub::Delivery, pictures};
use model::{
    About, DisplayName, PictureId, User, UserId,
    wire::{Answer, Event},
};
use sqlx::{PgConnection, PgExecutor, PgPool};
use std::sync::Arc;

/// Changes one's own. The same again changes nothing.
///
/// # Errors
/// [`model::Refusal::DisplayNameInvalid`], [`model::Refusal::AboutTooLong`] and [`model::Refusal::PictureInvalid`].
pub async fn update(
    db: &PgPool,
    me: UserId,
    display_name: &str,
    about: &str,
    picture_id: Option<PictureId>,
) -> Result<Effect> {
    let (display_name, about) = (DisplayName::new(display_name)?, About::new(about)?);
    let mut tx = db.begin().await?;
    let present: Option<PictureId> =
        sqlx::query_scalar("select picture_id from account where user_id = $1 for update")
            .bind(me)
            .fetch_one(&mut *tx)
            .await?;
    let user: Option<User> = sqlx::query_as(
        "update account set display_name = $2, about = $3, picture_id = $4, profile_change = profile_change + 1
            where user_id = $1 and (display_name, about, picture_id) is distinct from ($2, $3, $4)
            returning user_id, username, display_name, picture_id, profile_change, deactivated_at is not null as is_deactivated",
    )
    .bind(me)
    .bind(display_name.as_str())
    .bind(about.as_str())
    .bind(picture_id)
    .fetch_optional(&mut *tx)
    .await?;
    let Some(user) = user else { return Ok(Effect::nothing(Answer::Done)) };
    pictures::change(&mut tx, me, present, picture_id).await?;
    let (event, audience) = changed(&mut tx, user).await?;
    tx.commit().await?;
    Ok(Effect { answer: Answer::Done, deliveries: vec![Delivery { event, audience }] })
}

/// What is told of somebody who is shown in another way, and to whom.
pub async fn changed(tx: &mut PgConnection, user: User) -> Result<(Event, Arc<[UserId]>)> {
    let about = about(&mut *tx, user.user_id).await?;
    let audience: Vec<UserId> = sqlx::query_scalar(
        "select $1 union select member.user_id from member join (
            select thread_id from member where user_id = $1
            union select thread_id from former_member where user_id = $1) shared using (thread_id)",
    )
    .bind(user.user_id)
    .fetch_all(tx)
    .await?;
    Ok((Event::UserChanged { user, about }, audience.into()))
}

/// What somebody says of themselves.
pub async fn about(db: impl PgExecutor<'_>, user_id: UserId) -> Result<String> {
    Ok(sqlx::query_scalar("select about from account where user_id = $1").bind(user_id).fetch_one(db).await?)
}
