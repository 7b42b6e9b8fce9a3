//! What was written and not sent: kept by thread, through switching threads and through reloads, the same in all tabs of a browser and on all of one's
//! devices. The server has it as one of the options of the thread; the browser keeps its own copy, which is what counts until the server has it, and
//! what is left when one is no longer in the thread.

use super::{Store, formatting::preload};
use crate::{
    api::Failure,
    browser::{self, spawn_local},
    formatting,
    lazy::{SplitLoaderError, wasm_split},
    storage,
};
use leptos::prelude::window;
use model::{Thread, ThreadId, ThreadOption, wire::Command};

/// A pause in writing that is worth telling the server what was written.
const PAUSE_MS: i32 = 1_200;
/// What the browser's copy begins with where the server has it, too, and where it does not have it yet.
const KNOWN: char = '=';
const NEW: char = '+';

/// The browser's copy.
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    thread_id: ThreadId,
    text: String,
    /// Whether the server does not have it yet.
    is_new: bool,
}

impl Store {
    /// Takes up the drafts of earlier pages, and from now on those of the person's other tabs.
    pub(super) fn load_drafts(self) {
        self.read_drafts();
        browser::listen(&window(), "storage", move |_| self.read_drafts());
    }

    fn read_drafts(self) {
        let mut drafts = Vec::new();
        for (key, text) in storage::all(&self.draft_prefix()) {
            if let Ok(thread_id) = key.parse() {
                let text = text
                    .strip_prefix(KNOWN)
                    .map(|text| (text, false))
                    .or(text.strip_prefix(NEW).map(|text| (text, true)));
                let Some((text, is_new)) = text else { continue };
                drafts.push(Draft { thread_id, text: text.into(), is_new });
            }
        }
        // A browser lists them in any order.
        let is_same = self
            .drafts
            .peek(|known| known.len() == drafts.len() && drafts.iter().all(|draft| known.contains(draft)));
        if !is_same {
            self.drafts.set(drafts);
        }
    }

    /// Keeps what stands in a thread's composer.
    pub fn keep_draft(self, thread_id: ThreadId, text: &str) {
        let text = if text.trim().is_empty() { "" } else { text };
        if self.draft(thread_id).unwrap_or_default() == text {
            return;
        }
        self.put_draft(Draft { thread_id, text: text.into(), is_new: true });
        let text = text.to_owned();
        spawn_local(async move { drop(tell(self, thread_id, text, PAUSE_MS).await) });
    }

    /// Tells the server of the drafts that it does not have yet.
    pub(super) fn tell_drafts(self) {
        let drafts = self.drafts.peek(Clone::clone);
        for draft in drafts.into_iter().filter(|draft| draft.is_new) {
            spawn_local(async move { drop(tell(self, draft.thread_id, draft.text, 0).await) });
        }
    }

    /// Tells the server of a draft, unless it has it.
    async fn tell_draft(self, draft: &Draft) -> Result<(), Failure> {
        let thread_id = draft.thread_id;
        let there = self.inbox.peek(|inbox| inbox.thread(thread_id).map(draft_of));
        // Of a conversation that is not loaded it may have anything; only of nothing it need not hear.
        if there.map_or(draft.text.is_empty(), |there| there.unwrap_or_default() == draft.text) {
            return Ok(());
        }
        let option = ThreadOption::Draft(draft.text.clone());
        self.command(Command::SetOption { thread_id, option }).await?;
        // The event that tells so may come later, or not at all while there is no connection.
        self.inbox.update_silently(|inbox| inbox.begin_draft(thread_id, &draft.text));
        self.show(thread_id);
        Ok(())
    }

    /// The browser's copy, or nothing.
    fn kept_draft(self, thread_id: ThreadId) -> Draft {
        let is_it = |known: &&Draft| known.thread_id == thread_id;
        let kept = self.drafts.peek(|drafts| drafts.iter().find(is_it).cloned());
        kept.unwrap_or(Draft { thread_id, text: String::new(), is_new: false })
    }

    /// Whether the browser keeps something else than this new draft.
    fn is_kept_otherwise(self, draft: &Draft) -> bool {
        let is_other = |(key, text): &(String, String)| {
            key.parse() == Ok(draft.thread_id) && text.strip_prefix(NEW) != Some(&draft.text)
        };
        storage::all(&self.draft_prefix()).iter().any(is_other)
    }

    fn put_draft(self, draft: Draft) {
        let key = format!("{}{}", self.draft_prefix(), draft.thread_id);
        let is_nothing = draft.text.is_empty() && !draft.is_new;
        let sign = if draft.is_new { NEW } else { KNOWN };
        if is_nothing {
            storage::drop(&key)
        } else {
            storage::keep(&key, &format!("{sign}{}", draft.text))
        }
        self.drafts.update(|drafts| {
            drafts.retain(|known| known.thread_id != draft.thread_id);
            if !is_nothing {
                drafts.push(draft);
            }
        });
    }

    /// What stood in a thread's composer.
    pub fn draft(self, thread_id: ThreadId) -> Option<String> {
        let there = self.inbox.peek(|inbox| inbox.thread(thread_id).map(draft_of));
        self.drafts.peek(|drafts| newest(drafts, thread_id, there))
    }

    /// What stands in a thread's composer, now and whenever it changes.
    pub fn followed_draft(self, thread_id: ThreadId) -> Option<String> {
        let there = self.thread(thread_id).with(|thread| thread.as_ref().map(draft_of));
        self.drafts.with(|drafts| newest(drafts, thread_id, there))
    }

    fn draft_prefix(self) -> String {
        format!("draft.{}.", self.my_id())
    }
}

/// Tells the server of a draft after a pause, unless there is a newer one by then. It is loaded with the first draft; where it cannot be, the draft is
/// told when there is a connection.
#[wasm_split(drafts, fallible)]
fn tell(store: Store, thread_id: ThreadId, text: String, pause_ms: i32) -> Result<(), SplitLoaderError> {
    if formatting::may_be_formatted(&text) {
        // So that it is here when the message is sent.
        spawn_local(async { drop(preload().await) });
    }
    let draft = Draft { thread_id, text, is_new: true };
    spawn_local(async move {
        if pause_ms > 0 && !draft.text.is_empty() {
            browser::sleep(pause_ms).await;
        }
        let is_newest = |draft: &Draft| store.drafts.peek(|drafts| drafts.contains(draft));
        // One after the other, and whoever tells one tells what was written meanwhile: the server may carry out two at once in either order.
        let begin = |telling: &mut Vec<ThreadId>| {
            !telling.contains(&thread_id) && {
                telling.push(thread_id);
                true
            }
        };
        if !is_newest(&draft) || store.work.update_silently(|work| begin(&mut work.telling)) != Some(true) {
            return;
        }
        let mut draft = draft;
        loop {
            let connection = store.connection.which();
            let told = store.tell_draft(&draft).await;
            // It is told again with the next connection, which may have come meanwhile. What the server does not take stays here.
            let is_over = told.is_ok() || store.connection.which() == connection;
            if is_newest(&draft) {
                if !is_over {
                    continue;
                }
                // What another tab wrote meanwhile, of which this one may not have heard yet, is for that one to tell.
                if told.is_ok() && draft.is_new && !store.is_kept_otherwise(&draft) {
                    store.put_draft(Draft { is_new: false, ..draft });
                }
                break;
            }
            // What is there instead may be something that another tab has told before this one was through.
            let mut next = store.kept_draft(thread_id);
            if next.is_new && !next.text.is_empty() {
                browser::sleep(PAUSE_MS).await;
                next = store.kept_draft(thread_id);
            }
            if is_over && next.text == draft.text && !next.is_new {
                break;
            }
            draft = next;
        }
        store.work.update_silently(|work| work.telling.retain(|other| *other != thread_id));
    });
    Ok(())
}

fn draft_of(thread: &Thread) -> Option<String> {
    thread.options.draft.clone()
}

/// The browser's copy, if the server does not have it yet, or one is not in the thread any more; else what is `there`.
fn newest(drafts: &[Draft], thread_id: ThreadId, there: Option<Option<String>>) -> Option<String> {
    let here = drafts.iter().find(|draft| draft.thread_id == thread_id);
    match (here, there) {
        (Some(here), None) | (Some(here @ Draft { is_new: true, .. }), _) => {
            Some(here.text.clone()).filter(|text| !text.is_empty())
        }
        (_, there) => there.flatten(),
    }
}
