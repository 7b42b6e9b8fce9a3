//! Where one writes in a secret chat. What is written while nothing can be sent stays here, and is kept nowhere else.

use super::super::icon::Icon;
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

/// The form.
pub fn draw(chat: &Chat) -> Part {
    let is_told = Live::new(false);
    let length = Live::new(0_usize);
    let (of_phase, of_trust) = (chat.phase.clone(), chat.trust.clone());
    let is_open = derive(move || of_phase.get() == Phase::Connected && of_trust.get() != Trust::Changed);

    let of_send = chat.clone();
    let send = move || {
        let Some(field) = field() else { return };
        if secret::acts::say(&of_send, &field.value()) {
            field.set_value("");
            length.set(0);
            browser::fit_height(&field);
            is_told.set(false);
        }
        let _ = field.focus();
    };
    let of_key = send.clone();
    let of_escape = chat.purpose.clone();
    let press = act(move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Enter" if !event.shift_key() && !event.is_composing() => {
            event.prevent_default();
            of_key();
        }
        "Escape" => of_escape.set(None),
        _ => {}
    });
    let of_input = chat.clone();
    let write = act(move |_: ev::Event| {
        let Some(field) = field() else { return };
        browser::fit_height(&field);
        let written = field.value();
        length.set(written.chars().count());
        let is_typing = !written.is_empty();
        if is_told.get_now() != is_typing {
            is_told.set(is_typing);
            secret::acts::tell_typing(&of_input, is_typing);
        }
    });
    let of_files = chat.clone();
    let attach = act(move |event: ev::Event| {
        let Some(input) = event.target().and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) else {
            return;
        };
        let files = input.files();
        let files = files.iter().flat_map(|files| (0..files.length()).filter_map(|place| files.get(place)));
        secret::acts::offer_files(&of_files, files.collect());
        input.set_value("");
    });

    // Who edits gets the words into the field; who does not any more, an empty one.
    let (of_purpose, mut was_editing) = (chat.clone(), false);
    follow(move || {
        let purpose = of_purpose.purpose.get();
        let Some(field) = field() else { return };
        let is_editing = matches!(purpose, Some(Purpose::Edit(_)));
        if let Some(Purpose::Edit(id)) = purpose {
            let entry = of_purpose.entry(id);
            let text = entry.and_then(|entry| entry.peek(|entry| entry.message.text.clone()));
            field.set_value(text.as_ref().map_or("", SecretText::between_the_two));
        } else if was_editing {
            field.set_value("");
        }
        was_editing = is_editing;
        let _ = field.focus();
    });
    let of_line = chat.clone();
    let purpose = parts(move || {
        let label = match of_line.purpose.get()? {
            Purpose::Edit(_) => words::secret::editing().to_owned(),
            Purpose::Reply(id) => {
                let entry = of_line.entry(id);
                let text = entry.and_then(|entry| entry.peek(|entry| entry.message.text.clone()));
                words::secret::replying(text.as_ref().map_or("", SecretText::between_the_two))
            }
        };
        let purpose = of_line.purpose.clone();
        Some(part(view! {
            <p class="secret-purpose" dir="auto">
                <span>{label}</span>
                <button class="icon-button" type="button" aria-label=words::secret::cancel() on:click=act(move |_| purpose.set(None))>
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
        <form class="secret-writing" on:submit=submit>
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
