//! Where one writes. A plain form until the app takes it over; what was typed by then stays, and so does the focus.

use super::icon::Icon;
use crate::{browser, route::Route, store::Store};
use leptos::{ev, html, prelude::*};
use model::{MessageBody, ThreadId, message};
use web_sys::HtmlTextAreaElement;

/// The count is shown when no more than this many characters are left.
const NEAR_LIMIT: usize = 200;
/// What the `keydown` of an input method's Enter says in browsers that do not say `isComposing`.
const COMPOSING_KEY: u32 = 229;

/// The form of one thread.
#[component]
pub fn Composer(thread_id: ThreadId, #[prop(into)] title: Signal<String>) -> impl IntoView {
    let store = expect_context::<Store>();
    let field = NodeRef::<html::Textarea>::new();
    let length = RwSignal::new(0_usize);
    let form = store.form.get_value();
    let refused = form.refused.filter(|_| !store.is_started());
    let refusal = RwSignal::new(refused.as_ref().map(|refused| refused.problem.detail.clone()));

    let measure = move |field: &HtmlTextAreaElement| {
        length.set(message::length(&field.value()));
        browser::fit_height(field);
    };
    Effect::new(move |_| {
        let Some(field) = field.get() else { return };
        if field.value().is_empty() {
            field.set_value(&store.draft(thread_id).unwrap_or_default());
        } else {
            store.keep_draft(thread_id, &field.value());
        }
        measure(&field);
        if store.is_started() && browser::has_keyboard() {
            let _ = field.focus();
        }
    });

    let excess = move || length.get().saturating_sub(MessageBody::MAX_CHARS);
    let note = move || match (refusal.get(), excess(), MessageBody::MAX_CHARS.saturating_sub(length.get())) {
        (_, 1.., _) => Some(format!(
            "{} characters too many. {} is the most: shorten it, or send it in parts.",
            excess(),
            MessageBody::MAX_CHARS
        )),
        (Some(reason), ..) => Some(reason),
        (None, 0, 1) => Some("1 character left".into()),
        (None, 0, left @ ..=NEAR_LIMIT) => Some(format!("{left} characters left")),
        _ => None,
    };
    let send = move || {
        let Some(field) = field.get_untracked() else { return };
        if let Ok(body) = MessageBody::new(&field.value()) {
            field.set_value("");
            refusal.set(None);
            measure(&field);
            store.keep_draft(thread_id, "");
            store.send(thread_id, body.into_string());
            let _ = field.focus();
        }
    };
    let write = move |_| {
        if let Some(field) = field.get_untracked() {
            measure(&field);
            store.keep_draft(thread_id, &field.value());
        }
    };
    let press = move |event: ev::KeyboardEvent| {
        let is_composing = event.is_composing() || event.key_code() == COMPOSING_KEY;
        if event.key() == "Enter" && !event.shift_key() && !is_composing {
            event.prevent_default();
            send();
        }
    };
    let label = move || format!("Message {}", title.get());
    view! {
        <form
            class="composer"
            method="post"
            action=format!("{}/send", Route::thread(thread_id).path())
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            <input type="hidden" name="message_id" value=form.message_id.to_string() />
            <textarea
                class="composer-input"
                name="body"
                rows="1"
                placeholder=label
                aria-label=label
                aria-describedby="composer-note"
                dir="auto"
                enterkeyhint="send"
                autocomplete="off"
                node_ref=field
                on:input=write
                on:keydown=press
                inner_html=refused.as_ref().map(|refused| as_content(&refused.body)).unwrap_or_default()
            ></textarea>
            <button
                class="composer-send"
                type="submit"
                aria-label="Send"
                title="Send"
                disabled=move || excess() != 0
            >
                {Icon::Send.draw()}
            </button>
            <p
                class="composer-note"
                class:composer-error=move || refusal.with(Option::is_some) || excess() != 0
                id="composer-note"
                role="status"
                hidden=move || note().is_none()
            >
                {note}
            </p>
        </form>
    }
}

/// A text as the content of a `textarea` in a page. The first line break is the parser's; set by a script, it would be the text's.
fn as_content(text: &str) -> String {
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
