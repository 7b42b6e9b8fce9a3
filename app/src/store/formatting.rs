//! What the marks in one's own message mean, as long as the server has not said it.

use super::{Pending, Store};
use crate::{
    browser::spawn_local,
    formatting,
    lazy::{SplitLoaderError, wasm_split},
};
use model::{ThreadId, ThreadKind, Timeline};

/// Draws the marks of a message on its way.
#[wasm_split(formatting, fallible, preload(preload))]
pub fn load(store: Store, pending: Pending) -> Result<(), SplitLoaderError> {
    let Pending { message_id, thread_id, body, .. } = pending;
    if let Some(html) = formatting::html(&body, &names(store, thread_id)) {
        store.outbox.update(|outbox| {
            if let Some(pending) = outbox.iter_mut().find(|pending| pending.message_id == message_id) {
                pending.html = Some(html);
            }
        });
    }
    Ok(())
}

/// Whom a message can call, as far as this page knows them. The others are marked when the server has made out who they are.
fn names(store: Store, thread_id: ThreadId) -> Vec<String> {
    let mut names = vec![store.me().username];
    let thread = store.thread(thread_id).peek(Clone::clone);
    if let Some(ThreadKind::Direct { peer }) = thread.map(|thread| thread.kind) {
        names.push(peer.username);
    }
    if let Some(visit) = store.known_visit(thread_id) {
        visit.timeline.peek(|timeline| {
            let people = timeline.iter().flat_map(Timeline::people);
            names.extend(people.map(|user| user.username.clone()));
        });
    }
    names
}

/// Draws the marks of a message on its way, once what reads them is loaded.
pub(super) fn format(store: Store, pending: &Pending) {
    if formatting::may_be_formatted(&pending.body) {
        let pending = pending.clone();
        // Where it cannot be loaded, the marks stay until the server answers.
        spawn_local(async move { drop(load(store, pending).await) });
    }
}
