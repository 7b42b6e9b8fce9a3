//! What a device's view wants is asked for until it comes.

use crate::{
    faults::view::{Key, Loaded, Want},
    person::{Failure, Person, Site},
};
use futures_util::future::BoxFuture;
use model::page::ThreadPage;
use rand::Rng;
use serde::de::DeserializeOwned;
use std::time::Duration;
use tokio::time::sleep;

/// How long a gap may close by itself: events of two threads of work may come in either order. The same as in the app.
const PATIENCE: Duration = Duration::from_millis(150);
/// The ceiling of the first pause between attempts, and of the longest.
const FIRST_PAUSE_MS: u64 = 100;
const LONGEST_PAUSE_MS: u64 = 6_400;

/// Loads what is wanted.
pub fn load(person: Person, site: Site, want: Want) -> BoxFuture<'static, Loaded> {
    Box::pin(async move {
        match want {
            Want::Pause(key) => {
                sleep(PATIENCE).await;
                Loaded::Paused(key)
            }
            Want::Inbox => Loaded::Inbox(inbox(&person, &site).await),
            Want::Thread(key) => {
                let path = format!("threads/{}", key.thread_id);
                get(&person, &site, key, &path, |key, thread| Loaded::Thread(key, Box::new(thread))).await
            }
            Want::Messages(key, after) => {
                let path = format!("threads/{}/messages?after={}", key.thread_id, after.0);
                get(&person, &site, key, &path, Loaded::Messages).await
            }
            Want::Changes(key, after) => {
                let path = format!("threads/{}/changes?after={after}", key.thread_id);
                get(&person, &site, key, &path, Loaded::Changes).await
            }
            Want::Members(key) => {
                let path = format!("threads/{}/members", key.thread_id);
                get(&person, &site, key, &path, Loaded::Members).await
            }
        }
    })
}

/// All pages of somebody's threads, asked for until they come.
pub async fn inbox(person: &Person, site: &Site) -> Vec<ThreadPage> {
    let mut pages: Vec<ThreadPage> = Vec::new();
    let mut after = String::new();
    loop {
        match until_definite(person, site, &format!("threads{after}")).await {
            Some(page) => pages.push(page),
            None => return pages,
        }
        let Some(end) = pages.last().and_then(ThreadPage::end) else { return pages };
        after = format!("?before_at={}&before_id={}", end.active_at.0, end.thread_id);
    }
}

async fn get<T: DeserializeOwned>(
    person: &Person,
    site: &Site,
    key: Key,
    path: &str,
    loaded: impl Fn(Key, T) -> Loaded,
) -> Loaded {
    until_definite(person, site, path).await.map_or(Loaded::Missing(key), |what| loaded(key, what))
}

/// Asks until there is an answer, or a refusal for good.
pub async fn until_definite<T: DeserializeOwned>(person: &Person, site: &Site, path: &str) -> Option<T> {
    let mut ceiling_ms = FIRST_PAUSE_MS;
    loop {
        match person.get(site, path).await {
            Ok(what) => return Some(what),
            Err(Failure::Refused(problem)) if !problem.is_passing() => return None,
            Err(Failure::Refused(_) | Failure::Lost) => {}
        }
        let pause_ms = rand::rng().random_range(0..ceiling_ms);
        sleep(Duration::from_millis(pause_ms)).await;
        ceiling_ms = (ceiling_ms * 2).min(LONGEST_PAUSE_MS);
    }
}
