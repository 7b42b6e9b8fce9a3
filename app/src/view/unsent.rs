//! What somebody wrote into a conversation that they can no longer write to: it is not lost, they may copy it or let it go.

use crate::{
    shape::{act, part, parts},
    store::Store,
};
use leptos::prelude::*;
use model::{MessageId, ThreadId};

/// The messages that were not sent, and the draft.
#[component]
pub fn Unsent(thread_id: ThreadId) -> impl IntoView {
    let store = expect_context::<Store>();
    let pending = move || -> Vec<(MessageId, String)> {
        store.outbox.with(|outbox| {
            let here = outbox.iter().filter(|pending| pending.thread_id == thread_id);
            here.map(|pending| (pending.message_id, pending.body.clone())).collect()
        })
    };
    let words = move || {
        let draft = store.followed_draft(thread_id);
        pending().into_iter().map(|(_, body)| body).chain(draft).collect::<Vec<_>>().join("\n\n")
    };
    let delete = move || {
        act(move |_| {
            pending().into_iter().for_each(|(message_id, _)| store.discard(message_id));
            store.keep_draft(thread_id, "");
        })
    };
    parts(move || {
        let words = words();
        (!words.is_empty()).then(|| {
            part(view! {
                <div class="unsent">
                    <p id="unsent-label">{words::unsent::label()}</p>
                    <textarea
                        class="unsent-words"
                        readonly
                        dir="auto"
                        rows="5"
                        aria-labelledby="unsent-label"
                        prop:value=words
                    ></textarea>
                    <button class="button" type="button" on:click=delete()>
                        {words::unsent::delete()}
                    </button>
                </div>
            })
        })
    })
}
