//! Mentions: `@username` in a message calls a member of the thread. They see it apart from what else is unread, and hear of it although the thread is
//! muted. Who is meant is made out when a message is stored, from its words alone: no client says it.

use crate::{
    access,
    auth::Auth,
    error::Result,
    extract::{Json, Path, Query},
    state::AppState,
    users,
};
use axum::extract::State;
use model::{
    Message, Problem, ThreadId, Timestamp, UserId,
    mention::{Piece, pieces},
    page,
    user::Username,
};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::IntoParams;

/// Most people whom one message can call. Further names are words like others.
const MOST: usize = 50;

/// Somebody who is called in a message, as it is kept.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Mention {
    /// Who.
    pub user_id: UserId,
    /// By which name.
    pub username: String,
}

/// The names that a text may call, in small letters.
fn names(text: &str) -> BTreeSet<String> {
    let names = pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Name(name) => Username::new(name).ok().map(|name| name.as_str().to_owned()),
        Piece::Words(_) => None,
    });
    names.take(MOST).collect()
}

/// Whether a text may call somebody.
pub fn calls(text: &str) -> bool {
    !names(text).is_empty()
}

/// Which members of their threads texts call: a list for each. Most call nobody, and cost nothing.
pub async fn of(tx: &mut PgConnection, texts: &[(ThreadId, &str)]) -> Result<Vec<Vec<Mention>>> {
    let called: Vec<_> = texts.iter().map(|(thread_id, text)| (*thread_id, names(text))).collect();
    let wanted: BTreeSet<(ThreadId, &str)> = called
        .iter()
        .flat_map(|(thread_id, names)| names.iter().map(|name| (*thread_id, name.as_str())))
        .collect();
    if wanted.is_empty() {
        return Ok(vec![Vec::new(); texts.len()]);
    }
    let (thread_ids, wanted): (Vec<_>, Vec<_>) = wanted.into_iter().unzip();
    let found: Vec<(ThreadId, String, UserId)> = sqlx::query_as(
        "select wanted.thread_id, username, user_id from unnest($1::uuid[], $2::text[]) wanted (thread_id, username)
            join account using (username) join member using (thread_id, user_id)",
    )
    .bind(thread_ids)
    .bind(wanted)
    .fetch_all(tx)
    .await?;
    let found: BTreeMap<_, _> =
        found.into_iter().map(|(thread_id, username, user_id)| ((thread_id, username), user_id)).collect();
    let meant = |(thread_id, names): (ThreadId, BTreeSet<String>)| {
        let mention = |username: String| {
            let user_id = *found.get(&(thread_id, username.clone()))?;
            Some(Mention { user_id, username })
        };
        names.into_iter().filter_map(mention).collect()
    };
    Ok(called.into_iter().map(meant).collect())
}

/// Counts the mentions in new messages with those who are called. Calling oneself counts for nothing.
pub async fn count(tx: &mut PgConnection, fresh: &[Message]) -> Result<()> {
    let (mut thread_ids, mut user_ids, mut times) = (Vec::new(), Vec::new(), Vec::<Timestamp>::new());
    for message in fresh {
        for user_id in message.mentions.iter().filter(|user_id| **user_id != message.sender_id) {
            thread_ids.push(message.thread_id);
            user_ids.push(*user_id);
            times.push(message.created_at);
        }
    }
    if user_ids.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "with called as (
            insert into mention (thread_id, user_id, created_at)
                select * from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) returning thread_id, user_id
        ), counted as (
            select thread_id, user_id, count(*) as count from called group by thread_id, user_id
        )
        update member set mention_count = mention_count + count from counted
            where member.thread_id = counted.thread_id and member.user_id = counted.user_id",
    )
    .bind(thread_ids)
    .bind(user_ids)
    .bind(times)
    .execute(tx)
    .await?;
    Ok(())
}

/// How often somebody was called after a moment.
pub async fn after(
    tx: &mut PgConnection,
    thread_id: ThreadId,
    user_id: UserId,
    moment: Timestamp,
) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "select count(*) from mention where thread_id = $1 and user_id = $2 and created_at > $3",
    )
    .bind(thread_id)
    .bind(user_id)
    .bind(moment)
    .fetch_one(tx)
    .await?)
}

/// Whom to call.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// The beginning of a username, or of a word of a name. Nothing for the first members.
    prefix: String,
}

/// Members of a thread whom one may want to call, for completing a name.
#[utoipa::path(get, path = "/api/v1/threads/{thread_id}/members/search", tag = "threads",
    params(("thread_id" = ThreadId, Path), Search), responses(
    (status = 200, body = page::PeoplePage),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn search(
    State(state): State<AppState>,
    auth: Auth,
    Path(thread_id): Path<ThreadId>,
    Query(search): Query<Search>,
) -> Result<Json<page::PeoplePage>> {
    let access = access::thread(&state.db, auth.user.user_id, thread_id).await?;
    Ok(Json(users::members_by_prefix(&state.db, access, &search.prefix).await?))
}
