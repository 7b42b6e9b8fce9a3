//! Where a message is to be forwarded to: a page, and the same without what stands around it, for the app. Its form forwards it.

use super::{
    accounts,
    actions::{Place, Tried, refused},
    site,
};
use crate::{
    access,
    auth::Auth,
    dispatch,
    error::Result,
    extract::{Form, Path, Query, form_invalid},
    messages, snapshot,
    state::AppState,
    users,
};
use app::page::{Act, Forwarding, forwarding};
use axum::{
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use axum_extra::extract::CookieJar;
use model::{MessageId, Problem, Refusal, Thread, ThreadId, UserId, wire::Command};

/// The most that one chooses at a time.
const MAX_CHOSEN: usize = 100;

/// The page: one's newest threads to choose from, or those that were searched for. What was chosen before a search stays chosen.
pub async fn show(
    State(state): State<AppState>,
    auth: Auth,
    Path((thread_id, message_id)): Path<(ThreadId, MessageId)>,
    Query(wish): Query<Vec<(String, String)>>,
) -> Result<Response> {
    let values = |name: &'static str| wish.iter().filter(move |(key, _)| key == name).map(|(_, value)| value);
    let query = values("query").next().map(|query| query.trim().to_owned()).unwrap_or_default();
    let chosen: Vec<ThreadId> = values("to").filter_map(|to| to.parse().ok()).take(MAX_CHOSEN).collect();
    // Given back, a form that is searched in and then sent twice still forwards once.
    let form_id = values("form_id").next().and_then(|id| id.parse().ok());
    let page = choose(&state, &auth, (thread_id, message_id), &chosen, query, form_id).await?;
    let site = values("fragment").next().is_none().then(site);
    Ok(Html(forwarding(site.as_ref(), page)).into_response())
}

/// The page on which these are chosen.
async fn choose(
    state: &AppState,
    auth: &Auth,
    (thread_id, message_id): Place,
    chosen: &[ThreadId],
    query: String,
    form_id: Option<MessageId>,
) -> Result<Forwarding> {
    let me = auth.user.user_id;
    let access = access::thread(&state.db, me, thread_id).await?;
    let at = messages::time_of(&state.db, access, message_id).await?;
    let chosen = match chosen.is_empty() {
        true => Vec::new(),
        false => snapshot::some(&state.db, me, chosen, &[]).await?,
    };
    let mut threads = find(state, me, &query).await?;
    threads.retain(|thread| chosen.iter().all(|chosen| chosen.thread_id != thread.thread_id));
    let form_id = form_id.unwrap_or_else(MessageId::generate);
    Ok(Forwarding { me, thread_id, message_id, at, form_id, query, chosen, threads, problem: None })
}

/// Without a query one's newest threads; with one the groups of such a title, and the direct threads with people of such a name.
async fn find(state: &AppState, me: UserId, query: &str) -> Result<Vec<Thread>> {
    if query.is_empty() {
        let page = snapshot::newest(&state.db, me).await?;
        return Ok(page.pinned.into_iter().chain(page.threads).collect());
    }
    let people = users::by_prefix(&state.db, query).await?.people;
    let peers: Vec<UserId> = people.iter().map(|user| user.user_id).collect();
    let direct = snapshot::some(&state.db, me, &[], &peers).await?;
    let groups = snapshot::by_title(&state.db, me, query).await?.threads;
    Ok(direct.into_iter().chain(groups).collect())
}

/// Forwards a message to each thread that was chosen, and shows the one, or the message itself where there were several. Where some do not take it
/// the others do, and those stay chosen beside the reason. A form that is sent twice forwards once, since the new messages have its id.
pub async fn forward(
    State(state): State<AppState>,
    auth: Auth,
    Path((from_thread_id, from_message_id)): Path<(ThreadId, MessageId)>,
    cookies: CookieJar,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let (mut form_id, mut thread_ids) = (None, Vec::new());
    for (name, value) in form {
        match name.as_str() {
            "form_id" => form_id = value.parse::<MessageId>().ok(),
            "to" => {
                let thread_id =
                    value.parse::<ThreadId>().ok().filter(|thread_id| !thread_ids.contains(thread_id));
                thread_ids.extend(thread_id.filter(|_| thread_ids.len() < MAX_CHOSEN));
            }
            _ => {}
        }
    }
    let Some(message_id) = form_id else {
        return Err(form_invalid(StatusCode::BAD_REQUEST, "no form_id"));
    };
    let place = (from_thread_id, from_message_id);
    let tried = |typed: String| Tried { act: Act::Forward, typed, form_id: Some(message_id) };
    if thread_ids.is_empty() {
        let refusal = Refusal::RequestInvalid { detail: words::forward::choose().into() };
        return Ok(refused(&state, &auth, &cookies, place, tried(String::new()), refusal).await);
    }
    let mut failed: Vec<(ThreadId, Refusal)> = Vec::new();
    for thread_id in thread_ids.iter().copied() {
        // Where the server cannot, or it was too often, the next one would fare no better.
        if let Some((_, refusal)) = failed.last().filter(|(_, refusal)| Problem::from(refusal).is_passing()) {
            failed.push((thread_id, refusal.clone()));
            continue;
        }
        let command = Command::ForwardMessage { message_id, thread_id, from_thread_id, from_message_id };
        if let Err(error) = dispatch::begin(&state, &auth, command).await.await {
            failed.push((thread_id, error.into_refusal()));
        }
    }
    let left: Vec<ThreadId> = failed.iter().map(|(thread_id, _)| *thread_id).collect();
    let has_some = left.len() < thread_ids.len();
    if let Some((thread_id, refusal)) = failed.first().cloned() {
        // Whoever was removed from where the message is cannot choose again.
        if let Ok(mut page) = choose(&state, &auth, place, &left, String::new(), form_id).await {
            let whys = page.chosen.iter().map(|thread| {
                let of_thread = failed.iter().find(|(thread_id, _)| *thread_id == thread.thread_id);
                of_thread.map_or(&refusal, |(_, refusal)| refusal)
            });
            let mut problem = Problem::from(&refusal);
            let whys: Vec<String> = whys.map(|refusal| Problem::from(refusal).detail).collect();
            problem.detail = app::page::not_forwarded(&page.chosen, &whys, &problem.detail, has_some);
            page.problem = Some(problem.clone());
            return Ok(accounts::refused(&problem, forwarding(Some(&site()), page)));
        }
        let tried = tried(thread_id.to_string());
        return Ok(refused(&state, &auth, &cookies, place, tried, refusal).await);
    }
    let shown = if let [thread_id] = thread_ids[..] { thread_id } else { from_thread_id };
    Ok(Redirect::to(&app::Route::thread(shown).path()).into_response())
}
