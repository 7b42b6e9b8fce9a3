//! The messenger as the server draws it: what is on the screen is in the first response, and without scripts one can read and write too.

use super::{
    composed::{self, Composed},
    date,
    problem::Typed,
    site,
};
use crate::{
    access,
    auth::Auth,
    dispatch,
    error::{Error, Result},
    extract::{Form, Path},
    members, messages, snapshot,
    state::AppState,
    threads, users,
};
use app::{After, Cursor, Doing, Open, Refused, Route, Snapshot};
use axum::{
    extract::{OriginalUri, Request, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use axum_extra::extract::CookieJar;
use jiff::tz::TimeZone;
use model::{Problem, Refusal, ThreadId, ThreadKind, ThreadOption, Timestamp, UserId, wire::Command};
use serde::Deserialize;

/// `/`, `/new`, `/t/<thread>` and `/t/<thread>/details`: the app, at the route that the address names.
pub async fn show(
    State(state): State<AppState>,
    auth: Auth,
    OriginalUri(uri): OriginalUri,
    cookies: CookieJar,
) -> Result<Response> {
    let query = uri.query().unwrap_or_default();
    let route = Route::parse(uri.path(), query);
    if route == Route::Unknown {
        return Err(Refusal::PageNotFound.into());
    }
    if let (Route::Thread { thread_id, .. }, Some(date)) = (&route, app::route::wanted_date(query)) {
        return date::lead(&state, &auth, &cookies, *thread_id, &date).await;
    }
    let wanted = Wanted {
        route,
        doing: Doing::parse(query),
        query: app::route::search(query),
        after: After::parse(query),
    };
    draw(&state, &auth, &cookies, wanted, None).await
}

/// Sends a message by a form. A form that is sent twice is one message, since its id is in it.
pub async fn send(
    State(state): State<AppState>,
    auth: Auth,
    Path(thread_id): Path<ThreadId>,
    cookies: CookieJar,
    request: Request,
) -> Result<Response> {
    // At its end, where the message is, also if there is something before it that was not read.
    let route = Route::Thread { thread_id, cursor: Some(Cursor::End) };
    let Composed { message_id, body, draft, file_ids } =
        composed::read(&state, &auth, thread_id, request).await?;
    let has_files = !matches!(&file_ids, Ok(file_ids) if file_ids.is_empty());
    let refusal = match file_ids {
        Ok(file_ids) => {
            let body = body.clone();
            let command = Command::SendMessage { message_id, thread_id, body, file_ids, reply_to: None };
            match dispatch::begin(&state, &auth, command).await.await {
                Ok(_) => {
                    if let Some(mark) = draft {
                        // The message is sent, even if this is not done.
                        let _ = clear_draft(&state, &auth, thread_id, &mark).await;
                    }
                    return Ok(Redirect::to(&route.path()).into_response());
                }
                Err(error) => error.into_refusal(),
            }
        }
        Err(refusal) => refusal,
    };
    let problem = Problem::from(&refusal);
    // Files get their ids from the form's, and others may be chosen by then.
    let form_id = Some(message_id).filter(|_| problem.is_passing() && !has_files);
    let refused = Refused { problem, body, avatar: None, draft, form_id };
    Ok(draw_refused(&state, &auth, &cookies, Wanted::at(route), refused).await)
}

/// What was sent is no draft any more. What was written on another device since the form was drawn is one still.
async fn clear_draft(state: &AppState, auth: &Auth, thread_id: ThreadId, mark: &str) -> Result<()> {
    let draft = threads::view(&state.db, auth.user.user_id, thread_id).await?.options.draft;
    if draft.is_some_and(|draft| model::draft_mark(&draft) == mark) {
        let option = ThreadOption::Draft(String::new());
        dispatch::begin(state, auth, Command::SetOption { thread_id, option }).await.await?;
    }
    Ok(())
}

/// How far somebody has read.
#[derive(Debug, Deserialize)]
pub struct Seen {
    created_at: Timestamp,
}

/// Says by a form that a page was read, and leads on to what was not.
pub async fn mark_read(
    State(state): State<AppState>,
    auth: Auth,
    Path(thread_id): Path<ThreadId>,
    Form(seen): Form<Seen>,
) -> Result<Response> {
    let path = Route::thread(thread_id).path();
    let command = Command::MarkRead { thread_id, created_at: seen.created_at };
    dispatch::begin(&state, &auth, command).await.await?;
    Ok(Redirect::to(&path).into_response())
}

/// What an address asks for.
pub(super) struct Wanted {
    /// Which page.
    pub route: Route,
    /// What is being done on it.
    pub doing: Doing,
    /// Who is searched for.
    pub query: Option<String>,
    /// What the list that is paged through goes on after.
    pub after: Option<After>,
}

impl Wanted {
    /// A page, and nothing in particular on it.
    pub fn at(route: Route) -> Self {
        Self { route, doing: Doing::Looking, query: None, after: None }
    }
}

/// Draws the page of a form that was refused. Where not even that can be done, what was typed stands beside the reason.
pub(super) async fn draw_refused(
    state: &AppState,
    auth: &Auth,
    cookies: &CookieJar,
    wanted: Wanted,
    refused: Refused,
) -> Response {
    let typed = Typed(refused.body.clone());
    draw(state, auth, cookies, wanted, Some(refused)).await.unwrap_or_else(|error| {
        let mut response = error.into_response();
        response.extensions_mut().insert(typed);
        response
    })
}

async fn draw(
    state: &AppState,
    auth: &Auth,
    cookies: &CookieJar,
    wanted: Wanted,
    refused: Option<Refused>,
) -> Result<Response> {
    let Wanted { route, doing, query, after } = wanted;
    let me = auth.user.user_id;
    let after = after.filter(|after| match after {
        After::Place(_) => matches!(route, Route::Inbox | Route::Archive),
        After::Member(_) => matches!(route, Route::Details { .. }),
    });
    let (place, member) = match after {
        Some(After::Place(place)) => (Some(place), None),
        Some(After::Member(user_id)) => (None, Some(user_id)),
        None => (None, None),
    };
    let threads = match place.filter(|_| route == Route::Inbox) {
        Some(place) => snapshot::page(&state.db, me, false, Some(place)).await?,
        None => snapshot::newest(&state.db, me).await?,
    };
    let open = open(state, auth, &route, member).await?;
    let found = match &query {
        Some(query) if matches!(route, Route::New { .. } | Route::Details { .. }) => {
            Some(users::by_prefix(&state.db, query).await?.people)
        }
        _ => None,
    };
    let status = match (&open, &refused) {
        (Open::Missing, _) => 404,
        (_, Some(refused)) => refused.problem.status,
        _ => 200,
    };
    let is_archived = match &open {
        Open::Thread { thread, .. } => thread.options.is_archived,
        Open::Nothing | Open::Missing => route == Route::Archive,
    };
    let archived = if is_archived { Some(snapshot::page(&state.db, me, true, place).await?) } else { None };
    let snapshot = Snapshot {
        archived,
        after,
        me: auth.user.clone(),
        etag: model::etag(
            &threads,
            match &open {
                Open::Thread { thread, .. } => Some(thread.as_ref()),
                Open::Nothing | Open::Missing => None,
            },
        ),
        route,
        threads,
        open,
        doing,
        query,
        found,
        refused,
        max_file_bytes: state.files.limit_bytes(),
        now: Timestamp::now(),
    };
    let page = Html(app::render(snapshot, &site(), offset(cookies)));
    Ok((StatusCode::from_u16(status).unwrap_or_default(), page).into_response())
}

/// The thread that a route names.
async fn open(state: &AppState, auth: &Auth, route: &Route, member: Option<UserId>) -> Result<Open> {
    let Some(thread_id) = route.thread_id() else { return Ok(Open::Nothing) };
    let me = auth.user.user_id;
    let access = match access::thread(&state.db, me, thread_id).await {
        Ok(access) => access,
        Err(Error::Refused(_)) => return Ok(Open::Missing),
        Err(error) => return Err(error),
    };
    // The thread before its messages: a message in between makes the page newer than the thread, which events mend.
    let thread = Box::new(threads::view(&state.db, me, thread_id).await?);
    let mut cursor = messages::Cursor::default();
    match route {
        Route::Thread { cursor: Some(wanted), .. } => match wanted {
            Cursor::Before(at) => cursor.before = Some(*at),
            Cursor::After(at) => cursor.after = Some(*at),
            Cursor::Around(at) => cursor.around = Some(*at),
            Cursor::End => {}
        },
        _ => cursor.around = thread.opens_around(),
    }
    let messages = messages::read(state, access, cursor).await?;
    let members = match (route, &thread.kind) {
        (Route::Details { .. }, ThreadKind::Group { .. }) => {
            Some(members::read(&state.db, access, member).await?)
        }
        _ => None,
    };
    Ok(Open::Thread { thread, messages, members })
}

/// The reader's time zone: the app leaves its name in a cookie.
pub(super) fn zone(cookies: &CookieJar) -> TimeZone {
    let cookie = cookies.get("__Host-tz").or_else(|| cookies.get("tz"));
    cookie.and_then(|cookie| TimeZone::get(cookie.value()).ok()).unwrap_or(TimeZone::UTC)
}

/// The reader's minutes east of UTC at a moment.
pub(super) fn offset(cookies: &CookieJar) -> impl Fn(Timestamp) -> i32 + use<> {
    let zone = zone(cookies);
    move |at| jiff::Timestamp::from_microsecond(at.0).map_or(0, |at| zone.to_offset(at).seconds() / 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum_extra::extract::cookie::Cookie;

    #[test]
    fn a_time_zone_that_no_neighbour_can_have_set_goes_before_another() {
        let with = |cookies: &[(&'static str, &'static str)]| {
            let jar = cookies.iter().fold(CookieJar::new(), |jar, cookie| jar.add(Cookie::from(*cookie)));
            zone(&jar).iana_name().map(str::to_owned)
        };
        let (neighbours, own) = (("tz", "Asia/Tokyo"), ("__Host-tz", "Europe/Berlin"));
        assert_eq!(with(&[neighbours, own]).as_deref(), Some("Europe/Berlin"));
        assert_eq!(with(&[neighbours]).as_deref(), Some("Asia/Tokyo"), "without https there is no other");
        assert_eq!(with(&[("tz", "Nowhere")]), with(&[]));
    }
}
