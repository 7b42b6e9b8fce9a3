//! Writing: that somebody does, the others in a thread are told while it lasts. Nothing of it is stored.

use crate::{access, dispatch::Effect, error::Result, live::hub::Delivery, users};
use model::{
    ThreadId, User, UserId,
    wire::{Answer, Event},
};
use sqlx::PgPool;

/// In a group of more people than this nobody is told: it would flicker without end.
const MAX_MEMBERS: i64 = 100;

/// Tells those of a thread's other members who show such things themselves, if the one who writes does.
pub async fn tell(db: &PgPool, user: &User, thread_id: ThreadId) -> Result<Effect> {
    access::thread(db, user.user_id, thread_id).await?;
    let mut open: Vec<UserId> = sqlx::query_scalar(
        "select user_id from member join account using (user_id)
            where thread_id = $1 and shows_typing
                and (select member_count <= $2 and not has_block from thread where thread.thread_id = $1)",
    )
    .bind(thread_id)
    .bind(MAX_MEMBERS)
    .fetch_all(db)
    .await?;
    let Some(place) = open.iter().position(|user_id| *user_id == user.user_id) else {
        return Ok(Effect::nothing(Answer::Done));
    };
    open.swap_remove(place);
    // Whoever writes may have been signed in for long.
    let user = users::by_id(db, [user.user_id]).await?.pop().unwrap_or_else(|| user.clone());
    let event = Event::Typed { thread_id, user };
    Ok(Effect { answer: Answer::Done, deliveries: vec![Delivery { event, audience: open.into() }] })
}
