//! Where one writes in a secret chat. What is written while nothing can be sent stays here, and is kept nowhere else.

use super::{super::icon::Icon, entries};
use crate::{
    browser,
    live::{Live, derive},
    secret::{
        self,
        chat::Chat,
        state::{Phase, Purpose, Trust},
    },
    shape::{Part, act, flag, follow, part, parts, text, view},
};
use leptos::ev;
use model::secret::{MAX_CHARS, SecretText};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlTextAreaElement};

/// What the field is known by.
const FIELD: &str = "secret-field";

fn field() -> Option<HtmlTextAreaElement> {
    browser::element(FIELD)
}

/// One begins to change a message, or does not any more: then what was written before is there again.
fn change(chat: &Chat, known: Option<Purpose>, purpose: Option<Purpose>) {
    match known {
        // It vanished meanwhile, and what was to stand there is not lost.
        Some(Purpose::Edit(id)) if !chat.has_text(id) => {}
        Some(Purpose::Edit(_)) => {
            chat.written.set(chat.draft.get_now());
            secret::acts::tell_typing(chat, false);
        }
        _ => {}
    }
    if let Some(Purpose::Edit(id)) = purpose {
        chat.draft.set(chat.written.get_now());
        let text = chat.entry(id).and_then(|entry| entry.peek(|entry| entry.message.text.clone()));
        chat.written.set(text.as_ref().map_or("", SecretText::between_the_two).to_owned());
    }
}

/// The form.
pub fn draw(chat: &Chat) -> Part {
    let is_told = Live::new(!chat.written.get_now().is_empty());
    let length = Live::new(0_usize);
    let (of_phase, of_trust) = (chat.phase.clone(), chat.trust.clone());
    let is_open = derive(move || {
        of_phase.get() == Phase::Connected && matches!(of_trust.get(), Trust::Unverified | Trust::Verified)
    });

    let of_send = chat.clone();
    let send = move || {
        let Some(field) = field() else { return };
        if secret::acts::say(&of_send, &field.value()) {
            is_told.set(false);
        }
        let _ = field.focus();
    };
    let of_key = send.clone();
    let of_escape = chat.clone();
    let press = act(move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Enter" if !event.shift_key() && !browser::is_composing(&event) => {
            event.prevent_default();
            of_key();
        }
        "Escape" if !browser::is_composing(&event) => {
            of_escape.purpose.set(None);
        }
        _ => {}
    });
    let of_input = chat.clone();
    let write = act(move |_: ev::Event| {
        let Some(field) = field() else { return };
        browser::fit_height(&field);
        let written = field.value();
        length.set(written.chars().count());
        let is_typing = !written.is_empty();
        of_input.written.set(written);
        if is_told.get_now() != is_typing && of_input.is_open() {
            is_told.set(is_typing);
            secret::acts::tell_typing(&of_input, is_typing);
        }
    });
    let of_files = chat.clone();
    let attach = act(move |event: ev::Event| {
        let Some(input) = event.target().and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) else {
            return;
        };
        secret::acts::offer_files(&of_files, browser::files_of(input.files()));
        input.set_value("");
    });

    // Who edits gets the words into the field. What was written before it was last drawn is there again.
    let (of_purpose, mut known) = (chat.clone(), chat.purpose.get_now());
    follow(move || {
        let purpose = of_purpose.purpose.get();
        if known != purpose {
            change(&of_purpose, known, purpose);
            known = purpose;
        }
        let Some(field) = field() else { return };
        let written = of_purpose.written.get();
        if field.value() != written {
            length.set(written.chars().count());
            field.set_value(&written);
            browser::fit_height(&field);
        }
        let _ = field.focus();
    });
    let of_line = chat.clone();
    let purpose = parts(move || {
        let label = match of_line.purpose.get()? {
            Purpose::Edit(_) => words::secret::editing().to_owned(),
            Purpose::Reply(id) => {
                let words = of_line.entry(id).and_then(|entry| entry.with(entries::excerpt));
                words::secret::replying(words.as_deref().unwrap_or(words::secret::not_there()))
            }
        };
        let of_close = of_line.clone();
        Some(part(view! {
            <p class="secret-purpose" dir="auto">
                <span>{label}</span>
                <button class="icon-button" type="button" aria-label=words::secret::cancel() on:click=act(move |_| of_close.purpose.set(None))>
                    {Icon::CLOSE.draw()}
                </button>
            </p>
        }))
    });
    let of_note = chat.phase.clone();
    let name = chat.peer.display_name.clone();
    let note = text(move || {
        let excess = length.get().saturating_sub(MAX_CHARS);
        if excess > 0 {
            words::composer::too_long(excess as u64, &words::number(MAX_CHARS as u64))
        } else if of_note.get() == Phase::Paused {
            words::secret::paused_note(&name)
        } else {
            String::new()
        }
    });
    let label = words::secret::write(&chat.peer.display_name);
    let submit = act(move |event: ev::SubmitEvent| {
        event.prevent_default();
        send();
    });
    part(view! {
        <form class="composer secret-writing" on:submit=submit>
            {purpose}
            <p class="secret-writing-note" role="status">
                {note}
            </p>
            <label class="icon-button secret-attach" title=words::secret::attach()>
                {Icon::ATTACH.draw()}
                <input
                    class="visually-hidden"
                    type="file"
                    multiple=true
                    aria-label=words::secret::attach()
                    disabled=flag(move || !is_open.get())
                    on:change=attach
                />
            </label>
            <textarea
                class="secret-field"
                id=FIELD
                rows="1"
                dir="auto"
                autocomplete="off"
                spellcheck="false"
                translate="no"
                aria-label=label
                placeholder=words::secret::placeholder()
                on:input=write
                on:keydown=press
            ></textarea>
            <button
                class="button button-primary secret-send"
                type="submit"
                aria-label=words::secret::send()
                title=words::secret::send()
                disabled=flag(move || !is_open.get())
            >
                {Icon::SEND.draw()}
            </button>
        </form>
    })
}
