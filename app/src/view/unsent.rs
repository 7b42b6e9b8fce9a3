//! What somebody wrote into a conversation that they can no longer write to: it is not lost, they may copy it or let it go.

use crate::{
    html::join,
    lazy::{Loaded, wasm_split},
    shape::{Part, act, part, parts, view},
    store::Store,
};
use leptos::prelude::*;
use model::{MessageId, ThreadId};

/// The messages that were not sent, and the draft.
#[wasm_split(unsent, fallible)]
pub fn draw(thread_id: ThreadId) -> Loaded {
    let store = expect_context::<Store>();
    let pending = move || -> Vec<(MessageId, String)> {
        store.outbox.with(|outbox| {
            let here = outbox.iter().filter(|pending| pending.thread_id == thread_id);
            here.map(|pending| (pending.message_id, pending.body.clone())).collect()
        })
    };
    let words = move || {
        let draft = store.followed_draft(thread_id);
        let texts: Vec<_> = pending().into_iter().map(|(_, body)| body).chain(draft).collect();
        join(texts.iter().map(String::as_str), "\n\n")
    };
    let delete = move || {
        act(move |_| {
            pending().into_iter().for_each(|(message_id, _)| store.discard(message_id));
            store.keep_draft(thread_id, "");
        })
    };
    Ok(parts(move || {
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
    }))
}

/// The same for what came by a form.
pub fn typed(words: &str) -> Option<Part> {
    (!words.is_empty()).then(|| {
        view! {
            <div class="unsent">
                <p id="unsent-typed">{words::unsent::label()}</p>
                <textarea
                    class="unsent-words"
                    readonly
                    dir="auto"
                    rows="5"
                    aria-labelledby="unsent-typed"
                    inner_html=as_content(words)
                ></textarea>
            </div>
        }
    })
}

/// A text as the content of a `textarea` in a page. The first line break is the parser's; set by a script, it would be the text's.
pub fn as_content(text: &str) -> String {
    format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_out_of_the_field() {
        assert_eq!(as_content("</textarea><b>&amp;"), "\n&lt;/textarea>&lt;b>&amp;amp;");
    }
}
