//! The newest page of a thread that many open at once, as they do after a notification: read once, for all who ask within a moment and have seen the thread
//! in the same state.
//!
//! What is handed out is never older than what its asker saw: whoever passes the door reads the thread's `last_seq` and `change` there, and a page is theirs
//! only if it was read for just these. They say nothing of how people are called: whoever is called otherwise by now has the pages read anew. Where that was
//! done by another server, it is a second until it shows.

use super::{Cursor, scan_page};
use crate::{access::Access, error::Result};
use model::{ThreadId, page::MessagePage, wire::Event};
use sqlx::PgPool;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::OnceCell;

/// How long a page is handed out.
const FRESH: Duration = Duration::from_secs(1);
/// The most threads whose pages are kept.
const MOST: usize = 256;

/// The newest pages of the threads that were opened a moment ago.
#[derive(Debug, Default)]
pub struct NewestPages(Mutex<HashMap<ThreadId, Entry>>);

#[derive(Clone, Debug)]
struct Entry {
    last_seq: u64,
    change: u64,
    at: Instant,
    page: Arc<OnceCell<MessagePage>>,
}

impl NewestPages {
    /// The newest page, before anything in it is marked as somebody's own.
    pub(super) async fn of(&self, db: &PgPool, access: Access) -> Result<MessagePage> {
        let cell = self.cell(access);
        let page = cell.get_or_try_init(|| scan_page(db, access.thread_id(), Cursor::default())).await?;
        Ok(page.clone())
    }

    /// Takes note of what happened, before anybody is told of it.
    pub fn note(&self, event: &Event) {
        if matches!(event, Event::UserChanged { .. }) {
            self.lock().clear();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ThreadId, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cell(&self, access: Access) -> Arc<OnceCell<MessagePage>> {
        let mut pages = self.lock();
        let is_of = |entry: &&Entry| {
            (entry.last_seq, entry.change) == (access.last_seq(), access.change())
                && entry.at.elapsed() < FRESH
        };
        if let Some(entry) = pages.get(&access.thread_id()).filter(is_of) {
            return entry.page.clone();
        }
        pages.retain(|_, entry| entry.at.elapsed() < FRESH);
        let page = Arc::default();
        if pages.len() < MOST {
            let (last_seq, change) = (access.last_seq(), access.change());
            let entry = Entry { last_seq, change, at: Instant::now(), page: Arc::clone(&page) };
            pages.insert(access.thread_id(), entry);
        }
        page
    }
}
