//! Finding people.

use crate::{
    access::Access,
    auth::Auth,
    error::Result,
    extract::{Json, Query},
    state::AppState,
};
use axum::extract::State;
use model::{Problem, User, UserId, page};
use serde::Deserialize;
use sqlx::PgExecutor;
use unicode_normalization::UnicodeNormalization;
use utoipa::IntoParams;

/// Whom to find.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// The beginnings of one or more words of somebody's names.
    prefix: String,
}

/// Those one of whose names' words begins with each word of `$1`, which is a query already. A scan of an index.
pub const BY_PREFIX: &str = "select user_id, username, display_name, picture_id, profile_change, false as is_deactivated from account
        where search @@ to_tsquery('simple', folded($1)) and deactivated_at is null order by username limit $2";

/// Finds people by the beginnings of the words of their names. Accents make no difference.
#[utoipa::path(get, path = "/api/v1/users", tag = "users", params(Search), responses(
    (status = 200, body = page::PeoplePage),
    (status = 401, body = Problem, content_type = "application/problem+json"),
))]
pub async fn find(
    State(state): State<AppState>,
    _: Auth,
    Query(search): Query<Search>,
) -> Result<Json<page::PeoplePage>> {
    Ok(Json(by_prefix(&state.db, &search.prefix).await?))
}

/// The people one of whose names' words starts with each word of `text`. Nobody, if there is no word in it.
pub async fn by_prefix(db: impl PgExecutor<'_>, text: &str) -> Result<page::PeoplePage> {
    let Some(query) = query(text) else { return Ok(page::PeoplePage::default()) };
    let people = sqlx::query_as(BY_PREFIX)
        .bind(query)
        .bind(i64::try_from(page::PEOPLE).unwrap_or(i64::MAX))
        .fetch_all(db)
        .await?;
    Ok(page::PeoplePage { people })
}

/// A text as a query of PostgreSQL's text search. Only letters and digits reach it. A letter and its accent are one by then.
fn query(text: &str) -> Option<String> {
    let query = text
        .nfkc()
        .collect::<String>()
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(8)
        .map(|word| format!("'{word}':*"))
        .collect::<Vec<_>>()
        .join(" & ");
    Some(query).filter(|query| !query.is_empty())
}

/// The other members of a thread, for completing a name: those one of whose names' words begins with each word of a text; without any, the first ones.
pub async fn members_by_prefix(
    db: impl PgExecutor<'_>,
    access: Access,
    text: &str,
) -> Result<page::PeoplePage> {
    let people = sqlx::query_as(
        "select user_id, username, display_name, picture_id, profile_change, false as is_deactivated
            from member join account using (user_id)
            where thread_id = $1 and user_id <> $2 and deactivated_at is null
                and ($3::text is null or search @@ to_tsquery('simple', folded($3)))
            order by username limit $4",
    )
    .bind(access.thread_id())
    .bind(access.user_id())
    .bind(query(text))
    .bind(i64::try_from(page::PEOPLE).unwrap_or(i64::MAX))
    .fetch_all(db)
    .await?;
    Ok(page::PeoplePage { people })
}

/// The users with these ids, by id. Ids of nobody are left out.
pub async fn by_id(db: impl PgExecutor<'_>, user_ids: impl IntoIterator<Item = UserId>) -> Result<Vec<User>> {
    let user_ids = Vec::from_iter(user_ids);
    if user_ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(sqlx::query_as(
        "select user_id, username, display_name, picture_id, profile_change, deactivated_at is not null as is_deactivated from account where user_id = any($1) order by user_id",
    )
    .bind(user_ids)
    .fetch_all(db)
    .await?)
}
