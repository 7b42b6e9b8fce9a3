//! Where one writes. A plain form until the app takes it over; what was typed by then stays, and so does the focus.

use super::icon::Icon;
use crate::{
    browser,
    live::Live,
    route::Route,
    shape::{act, flag, follow, text},
    store::Store,
};
use leptos::{ev, prelude::*};
use model::{MessageBody, ThreadId, message};
use web_sys::HtmlTextAreaElement;

/// The count is shown when no more than this many characters are left.
const NEAR_LIMIT: usize = 200;
/// What the `keydown` of an input method's Enter says in browsers that do not say `isComposing`.
const COMPOSING_KEY: u32 = 229;

/// What the field is known by.
const FIELD: &str = "composer-field";

fn field() -> Option<HtmlTextAreaElement> {
    browser::element(FIELD)
}

/// The form of one thread.
#[component]
pub fn Composer(thread_id: ThreadId, title: Memo<String>) -> impl IntoView {
    let store = expect_context::<Store>();
    let length = Live::new(0_usize);
    let form = store.form.get_now();
    let is_own = !store.is_started() && matches!(store.route.get_now(), Route::Thread { .. });
    let refused = form.refused.filter(|_| is_own);
    let refusal = Live::new(refused.as_ref().map(|refused| refused.problem.detail.clone()));

    let measure = move |field: &HtmlTextAreaElement| {
        length.set(message::length(&field.value()));
        browser::fit_height(field);
    };
    follow(move || {
        let Some(field) = field() else { return };
        if field.value().is_empty() {
            field.set_value(&store.draft(thread_id).unwrap_or_default());
        } else {
            store.keep_draft(thread_id, &field.value());
        }
        measure(&field);
        if browser::has_keyboard() && browser::has_no_focus() {
            let _ = field.focus();
        }
    });

    // What is written in another tab, unless one is writing here.
    follow(move || {
        let draft = store.followed_draft(thread_id).unwrap_or_default();
        let Some(field) = field().filter(|_| store.is_started()) else { return };
        if !browser::is_typed_in(&field) && field.value().trim() != draft.trim() {
            field.set_value(&draft);
            measure(&field);
        }
    });

    let excess = move || length.get().saturating_sub(MessageBody::MAX_CHARS);
    let note = move || match (refusal.get(), excess(), MessageBody::MAX_CHARS.saturating_sub(length.get())) {
        (_, 1.., _) => {
            Some(words::composer::too_long(excess() as u64, &words::number(MessageBody::MAX_CHARS as u64)))
        }
        (Some(reason), ..) => Some(reason),
        (None, 0, left @ ..=NEAR_LIMIT) => Some(words::composer::left(left as u64)),
        _ => None,
    };
    let send = move || {
        let Some(field) = field() else { return };
        if let Ok(body) = MessageBody::new(&field.value()) {
            field.set_value("");
            refusal.set(None);
            measure(&field);
            store.keep_draft(thread_id, "");
            store.send(thread_id, body.into_string(), Vec::new());
            let _ = field.focus();
        }
    };
    let write = act(move |event: ev::Event| {
        let field = event_target(&event);
        measure(&field);
        store.keep_draft(thread_id, &field.value());
    });
    let press = act(move |event: ev::KeyboardEvent| {
        let is_composing = event.is_composing() || event.key_code() == COMPOSING_KEY;
        if event.key() == "Enter" && !event.shift_key() && !is_composing {
            event.prevent_default();
            send();
        }
    });
    let submit = act(move |event: ev::SubmitEvent| {
        event.prevent_default();
        send();
    });
    let label = move || text(move || words::composer::label(&title.get()));
    let note_class = text(move || {
        let is_error = refusal.with(Option::is_some) || excess() != 0;
        if is_error { "composer-note composer-error" } else { "composer-note" }.into()
    });
    view! {
        <form
            class="composer"
            method="post"
            action=format!("{}/send", Route::thread(thread_id).path())
            on:submit=submit
        >
            <input type="hidden" name="message_id" value=form.message_id.to_string() />
            <textarea
                class="composer-input"
                id=FIELD
                name="body"
                rows="1"
                placeholder=label()
                aria-label=label()
                aria-describedby="composer-note"
                dir="auto"
                enterkeyhint="send"
                autocomplete="off"
                on:input=write
                on:keydown=press
                inner_html=refused.as_ref().map(|refused| as_content(&refused.body)).unwrap_or_default()
            ></textarea>
            <button
                class="composer-send"
                type="submit"
                aria-label=words::composer::send()
                title=words::composer::send()
                disabled=flag(move || excess() != 0)
            >
                {Icon::Send.draw()}
            </button>
            <p
                class=note_class
                id="composer-note"
                role="status"
                hidden=flag(move || note().is_none())
            >
                {text(move || note().unwrap_or_default())}
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
