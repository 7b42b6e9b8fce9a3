//! Reactions. How many people put which emoji under a message stands on the message, which everybody is told; which of them are a reader's own is
//! read beside a page, for those of its messages that have any.

use crate::{
    access::{self, Access},
    auth::Auth,
    changes::Log,
    dispatch::Effect,
    error::Result,
    extract::{Json, Path},
    state::AppState,
    users,
};
use axum::extract::State;
use model::{
    Message, MessageId, Problem, Refusal, ThreadId, UserId,
    page::{self, ReactorPage},
    reaction::{self, MAX_REACTIONS, Reactor},
    wire::{Answer, Event},
};
use sqlx::{PgConnection, PgExecutor, PgPool, types::Json as Column};
use std::collections::BTreeSet;

/// Those who reacted to a message, and with what, the first to do so first.
#[utoipa::path(get, path = "/api/v1/threads/{thread_id}/messages/{message_id}/reactions", tag = "messages",
    params(("thread_id" = ThreadId, Path), ("message_id" = MessageId, Path)), responses(
    (status = 200, body = ReactorPage),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn page(
    State(state): State<AppState>,
    auth: Auth,
    Path((thread_id, message_id)): Path<(ThreadId, MessageId)>,
) -> Result<Json<ReactorPage>> {
    let access = access::thread(&state.db, auth.user.user_id, thread_id).await?;
    Ok(Json(read(&state.db, access, message_id).await?))
}

/// Reads who reacted to a message. Of one that there is not there is nobody.
pub async fn read(db: &PgPool, access: Access, message_id: MessageId) -> Result<ReactorPage> {
    let limit = page::MEMBERS + 1;
    let mut rows: Vec<(UserId, String)> = sqlx::query_as(
        "select user_id, emoji from reaction where thread_id = $1 and message_id = $2 order by change limit $3",
    )
    .bind(access.thread_id())
    .bind(message_id)
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(db)
    .await?;
    let has_more = rows.len() == limit;
    rows.truncate(page::MEMBERS);
    let people = users::by_id(db, rows.iter().map(|(user_id, _)| *user_id).collect::<BTreeSet<_>>()).await?;
    let reactor = |(user_id, emoji): (UserId, String)| {
        let user = people.iter().find(|user| user.user_id == user_id)?.clone();
        Some(Reactor { user, emoji })
    };
    Ok(ReactorPage { reactors: rows.into_iter().filter_map(reactor).collect(), has_more })
}

/// Puts an emoji under a message, or takes one's own away. What is so already stays so.
///
/// # Errors
/// [`Refusal::MessageNotFound`], [`Refusal::ReactionInvalid`], [`Refusal::TooManyReactions`].
pub async fn react(
    state: &AppState,
    me: UserId,
    (thread_id, message_id): (ThreadId, MessageId),
    emoji: &str,
    is_on: bool,
) -> Result<Effect> {
    let emoji = emojis::get(emoji.trim()).ok_or(Refusal::ReactionInvalid)?.as_str();
    let mut tx = state.db.begin().await?;
    let mut log = Log::lock(&mut tx, me, thread_id).await?;
    let mut row = log.message(&mut tx, message_id).await?;
    let statement = if is_on {
        "insert into reaction (thread_id, message_id, user_id, emoji, change) values ($1, $2, $3, $4, $5)
            on conflict do nothing"
    } else {
        "delete from reaction where thread_id = $1 and message_id = $2 and user_id = $3 and emoji = $4 and change < $5"
    };
    let done = sqlx::query(statement)
        .bind(thread_id)
        .bind(message_id)
        .bind(me)
        .bind(emoji)
        .bind(log.next_change())
        .execute(&mut *tx)
        .await?;
    let mut reactions = row.reactions.take().map(|Column(reactions)| reactions).unwrap_or_default();
    if done.rows_affected() == 0 || !reaction::count(&mut reactions, emoji, is_on) {
        return Ok(Effect::nothing(Answer::Done));
    }
    if reactions.len() > MAX_REACTIONS {
        return Err(Refusal::TooManyReactions.into());
    }
    row.reactions = Some(reactions).filter(|reactions| !reactions.is_empty()).map(Column);
    let tell = |change, message: Message| Event::Reacted {
        thread_id,
        change,
        message_id,
        seq: message.seq,
        user_id: me,
        emoji: emoji.into(),
        is_on,
        reactions: message.reactions,
    };
    let delivery = log.record_as(&mut tx, &state.audiences, row, tell).await?;
    tx.commit().await?;
    Ok(Effect { answer: Answer::Done, deliveries: vec![delivery] })
}

/// Takes away all that people put under a message.
pub(crate) async fn clear(tx: &mut PgConnection, thread_id: ThreadId, message_id: MessageId) -> Result<()> {
    sqlx::query("delete from reaction where thread_id = $1 and message_id = $2")
        .bind(thread_id)
        .bind(message_id)
        .execute(tx)
        .await?;
    Ok(())
}

/// Marks the reader's own reactions in a page. One without reactions asks the database nothing.
pub(crate) async fn mark_own(
    db: impl PgExecutor<'_>,
    access: Access,
    messages: &mut [Message],
) -> Result<()> {
    let with_any = messages.iter().filter(|message| !message.reactions.is_empty());
    let message_ids: Vec<_> = with_any.map(|message| message.message_id).collect();
    if message_ids.is_empty() {
        return Ok(());
    }
    let own: BTreeSet<(MessageId, String)> = sqlx::query_as::<_, (MessageId, String)>(
        "select message_id, emoji from reaction where thread_id = $1 and message_id = any($2) and user_id = $3",
    )
    .bind(access.thread_id())
    .bind(message_ids)
    .bind(access.user_id())
    .fetch_all(db)
    .await?
    .into_iter()
    .collect();
    for message in messages {
        let message_id = message.message_id;
        for reaction in &mut message.reactions {
            reaction.is_mine = own.contains(&(message_id, reaction.emoji.clone()));
        }
    }
    Ok(())
}
