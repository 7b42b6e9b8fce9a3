//! Where one writes. A plain form until the app takes it over; what was typed by then stays, and so does the focus.

use super::{attachments, icon::Icon, mention, quote, unsent::as_content};
use crate::{
    browser::{self, spawn_local},
    lazy::lazy,
    live::{ArcLive, Derived, Live, derive},
    route::Route,
    shape::{Part, act, flag, follow, part, parts, text, view},
    store::{Attached, Purpose, Store, Target},
};
use leptos::{ev, prelude::*};
use model::{MessageBody, MessageId, ThreadId, message};
use web_sys::{HtmlDialogElement, HtmlElement, HtmlTextAreaElement};

/// The count is shown when no more than this many characters are left.
const NEAR_LIMIT: usize = 200;

/// What the field is known by.
const FIELD: &str = "composer-field";

fn field() -> Option<HtmlTextAreaElement> {
    browser::element(FIELD)
}

/// Brings the focus to the field, if there is one.
pub fn focus() -> bool {
    field().is_some_and(|field| field.focus().is_ok())
}

/// The button for emoji.
const EMOJI: &str = "composer-emoji";

/// Puts what an emoji is chosen from above its button.
#[expect(clippy::cast_possible_truncation, reason = "pixels of a screen")]
pub fn place(dialog: &HtmlDialogElement) {
    let Some(button) = browser::element::<HtmlElement>(EMOJI) else { return };
    let (button, sheet) = (button.get_bounding_client_rect(), dialog.get_bounding_client_rect());
    browser::place(dialog, button.left() as i32, (button.top() - sheet.height()) as i32 - 4, 4);
}

/// Writes something where the cursor stands.
pub fn insert(text: &str) {
    if let Some(field) = field() {
        let _ = field.focus();
        browser::write(&field, text);
    }
}

/// The form of one thread.
#[component]
pub fn Composer(thread_id: ThreadId, title: Derived<String>) -> Part {
    let store = expect_context::<Store>();
    let length = Live::new(0_usize);
    let form = store.form.get_now();
    let is_own = !store.is_started() && matches!(store.route.get_now(), Route::Thread { .. });
    let refused = form.refused.filter(|_| is_own);
    // The draft stands in it from the first page on. Sent by the form, it is no draft any more.
    let address = Route::thread(thread_id).path() + "/send";
    let mut shown_draft = String::new();
    let mut drawn = refused.as_ref().map(|refused| refused.body.clone());
    if cfg!(feature = "ssr") {
        let draft = store.draft(thread_id);
        shown_draft = match &refused {
            Some(refused) => refused.draft.clone(),
            None => draft.as_deref().map(model::draft_mark),
        }
        .unwrap_or_default();
        drawn = drawn.or(draft);
    }
    let is_refused = refused.is_some();
    let refusal = Live::new(refused.as_ref().map(|refused| refused.problem.detail.clone()));

    let visit = store.visit(thread_id);
    let purpose = visit.purpose.clone();
    let measure = move |field: &HtmlTextAreaElement| {
        length.set(message::length(&field.value()));
        browser::fit_height(field);
    };
    follow(move || {
        let Some(field) = field() else { return };
        let words = field.value();
        // The server drew the draft that it has; this browser may have a newer one. What was typed since, or emptied, counts.
        if field.text_content().as_ref() == Some(&words) && !is_refused {
            field.set_value(&store.draft(thread_id).unwrap_or_default());
        } else {
            store.keep_draft(thread_id, &words);
        }
        measure(&field);
        if browser::has_keyboard() && browser::has_no_focus() {
            let _ = field.focus();
        }
    });

    // What is written in another tab, unless one is writing here.
    let of_draft = purpose.clone();
    follow(move || {
        let draft = store.followed_draft(thread_id).unwrap_or_default();
        let is_draft_here = store.is_started() && !of_draft.peek(|purpose| edits(purpose.as_ref()));
        let Some(field) = field().filter(|_| is_draft_here) else { return };
        if !browser::is_typed_in(&field) && field.value().trim() != draft.trim() {
            field.set_value(&draft);
            measure(&field);
        }
    });

    let attached = derive(move || store.uploads.with(|uploads| uploads.attached(thread_id)));
    let is_held = derive(move || store.uploads.with(|uploads| uploads.is_held(thread_id)));
    let excess = move || length.get().saturating_sub(MessageBody::MAX_CHARS);
    let note = move || match (refusal.get(), excess(), MessageBody::MAX_CHARS.saturating_sub(length.get())) {
        (_, 1.., _) => {
            Some(words::composer::too_long(excess() as u64, &words::number(MessageBody::MAX_CHARS as u64)))
        }
        (Some(reason), ..) => Some(reason),
        _ if is_held.get() => Some(words::composer::waiting().into()),
        (None, 0, left @ ..=NEAR_LIMIT) => Some(words::composer::left(left as u64)),
        _ => None,
    };
    // Not each character is worth a word aloud: where the limit is passed, and a few times around it.
    let live = text(move || {
        let (excess, length) = (excess(), length.get());
        let is_worth_a_word = excess > 0 || length % 50 == 0 || refusal.with(Option::is_some) && excess == 0;
        if is_worth_a_word || is_held.get() { "polite" } else { "off" }.into()
    });
    let of_send = purpose.clone();
    let send = move || {
        let Some(field) = field() else { return };
        let edited = of_send.peek(|purpose| match purpose {
            Some(Purpose::Edit { message_id, .. }) => store.message(thread_id, *message_id),
            _ => None,
        });
        let is_edit = of_send.peek(|purpose| edits(purpose.as_ref()));
        let has_files = edited.is_some_and(|message| !message.files.is_empty());
        let body = match attached.get_now() {
            // Beside files, all words may go.
            _ if has_files => MessageBody::beside_files(&field.value()),
            _ if is_edit => MessageBody::new(&field.value()),
            Attached::Nothing => MessageBody::new(&field.value()),
            Attached::Done => MessageBody::beside_files(&field.value()),
            Attached::Coming => return store.hold(thread_id, !is_held.get_now()),
            Attached::Failed => return refusal.set(Some(words::composer::failed().into())),
        };
        let Ok(body) = body else { return };
        let body = body.into_string();
        refusal.set(None);
        if let Some(Purpose::Edit { message_id, .. }) = of_send.get_now() {
            let purpose = of_send.clone();
            spawn_local(async move {
                let outcome = store.edit(thread_id, message_id, body).await;
                let is_same = edits_this(purpose.get_now().as_ref(), message_id);
                match outcome {
                    Ok(_) if is_same => purpose.set(None),
                    Err(failure) if is_same => refusal.set(Some(failure.sentence())),
                    _ => {}
                }
            });
            return;
        }
        field.set_value("");
        measure(&field);
        store.stop_typing();
        store.send_with_uploads(thread_id, body);
        let _ = field.focus();
    };
    let (send_held, of_held) = (send.clone(), purpose.clone());
    let send_if_held = move || {
        let is_edit = of_held.peek(|purpose| edits(purpose.as_ref()));
        if !is_edit && is_held.get_now() && attached.get_now() == Attached::Done {
            send_held();
        }
    };
    let send_after_edit = send_if_held.clone();
    let of_purpose = purpose.clone();
    let mut before = None;
    // A message that is edited takes the place of the draft, which comes back when that is done.
    follow(move || {
        let now = of_purpose.get();
        let (is_editing, was_editing) = (edits(now.as_ref()), edits(before.as_ref()));
        let has_changed = before.is_some() || now.is_some();
        before = now;
        let Some(field) = field().filter(|_| has_changed) else { return };
        if is_editing != was_editing {
            let body = of_purpose.peek(|purpose| match purpose {
                Some(Purpose::Edit { body, .. }) => body.clone(),
                _ => store.draft(thread_id).unwrap_or_default(),
            });
            field.set_value(&body);
            measure(&field);
        }
        refusal.set(None);
        let _ = field.focus();
        // What was to go meanwhile waited for the field.
        send_after_edit();
    });
    follow(move || {
        if attached.get() != Attached::Failed {
            refusal.set(None);
        }
        is_held.get();
        send_if_held();
    });
    let attachments = parts(move || {
        (attached.get() != Attached::Nothing).then(|| part(lazy(move || attachments::draw(thread_id))))
    });
    let signs = Live::new(0_u32);
    let is_offered = Live::new(false);
    let is_calling = derive(move || signs.get() > 0);
    let calling = parts(move || {
        is_calling.get().then(|| part(lazy(move || mention::draw(thread_id, FIELD, signs, is_offered))))
    });
    let of_write = purpose.clone();
    let write = act(move |event: ev::Event| {
        let field: HtmlTextAreaElement = event_target(&event);
        measure(&field);
        let count = if field.value().contains('@') { signs.get_now() + 1 } else { 0 };
        signs.set_if_new(count);
        let is_edit = of_write.update_silently(|purpose| match purpose {
            Some(Purpose::Edit { body, .. }) => {
                *body = field.value();
                true
            }
            _ => false,
        });
        if is_edit != Some(true) {
            store.keep_draft(thread_id, &field.value());
            if !field.value().trim().is_empty() {
                store.tell_typing(thread_id);
            }
        }
    });
    let (of_press, of_enter) = (purpose.clone(), send.clone());
    let press = act(move |event: ev::KeyboardEvent| {
        let is_composing = browser::is_composing(&event);
        let is_empty = || field().is_some_and(|field| field.value().is_empty());
        let is_done = match event.key().as_str() {
            // The list of names hears it.
            _ if is_composing || is_offered.get_now() => false,
            "Enter" if !event.shift_key() => {
                of_enter();
                true
            }
            "ArrowUp" if is_empty() && of_press.peek(Option::is_none) => store.begin_edit_of_last(thread_id),
            "Escape" if of_press.peek(Option::is_some) => {
                of_press.set(None);
                true
            }
            _ => false,
        };
        if is_done {
            event.prevent_default();
        }
    });
    let submit = act(move |event: ev::SubmitEvent| {
        event.prevent_default();
        send();
    });
    let label = move || text(move || words::composer::label(&title.get()));
    let of_verb = purpose.clone();
    let verb = move || {
        let purpose = of_verb.clone();
        text(move || {
            let is_edit = purpose.with(|purpose| edits(purpose.as_ref()));
            if is_edit { words::composer::save() } else { words::composer::send() }.into()
        })
    };
    let of_icon = purpose.clone();
    let icon = parts(move || {
        let is_edit = of_icon.with(|purpose| edits(purpose.as_ref()));
        Some(part(if is_edit { Icon::CHECK } else { Icon::SEND }.draw()))
    });
    let note_class = text(move || {
        let is_error = refusal.with(Option::is_some) || excess() != 0;
        if is_error { "composer-note composer-error" } else { "composer-note" }.into()
    });
    view! {
        <form
            class="composer"
            method="post"
            action=store.acting(&address)
            enctype="multipart/form-data"
            on:submit=submit
        >
            {calling} {purpose_bar(store, thread_id, purpose.clone())} {attachments}
            <input type="hidden" name="message_id" value=form.message_id.to_string() />
            <input type="hidden" name="draft" value=shown_draft />
            <label class="composer-attach icon-button" title=words::composer::attach()>
                {Icon::ATTACH.draw()}
                <span class="visually-hidden">{words::composer::attach()}</span>
                <input class="composer-files" type="file" name="file" multiple />
            </label>
            <button
                class="composer-emoji icon-button scripted"
                id=EMOJI
                type="button"
                aria-haspopup="dialog"
                aria-label=words::composer::emoji()
                title=words::composer::emoji()
                on:click=act(move |_| store.open_emoji(Target::Composer))
            >
                {Icon::SMILE.draw()}
            </button>
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
                inner_html=drawn.map(|words| as_content(&words)).unwrap_or_default()
            ></textarea>
            <button
                class="composer-send"
                type="submit"
                aria-label=verb()
                title=verb()
                disabled=flag(move || excess() != 0)
            >
                {icon}
            </button>
            <p
                class=note_class
                id="composer-note"
                role="status"
                aria-live=live
                hidden=flag(move || note().is_none())
            >
                {text(move || note().unwrap_or_default())}
            </p>
        </form>
    }
}

fn edits(purpose: Option<&Purpose>) -> bool {
    matches!(purpose, Some(Purpose::Edit { .. }))
}

fn edits_this(purpose: Option<&Purpose>, message_id: MessageId) -> bool {
    matches!(purpose, Some(Purpose::Edit { message_id: known, .. }) if *known == message_id)
}

/// What the field is for, above it, with the way out.
fn purpose_bar(store: Store, thread_id: ThreadId, purpose: ArcLive<Option<Purpose>>) -> Part {
    let timeline = store.visit(thread_id).timeline.clone();
    let of_deleted = purpose.clone();
    // It may go while one is about it.
    let is_deleted = derive(move || {
        let message_id = of_deleted.with(|purpose| match purpose.as_ref()? {
            Purpose::Edit { message_id, .. } => Some(*message_id),
            Purpose::Reply(quote) => Some(quote.message_id),
        });
        let message = |message_id| timeline.with(|timeline| timeline.as_ref()?.message(message_id).cloned());
        message_id.and_then(message).is_some_and(|message| message.is_deleted)
    });
    parts(move || {
        let (icon, title, excerpt) = purpose.with(|purpose| {
            Some(match purpose.as_ref()? {
                Purpose::Edit { body, .. } => {
                    (Icon::WRITE, words::composer::edit().into(), message::excerpt(body))
                }
                Purpose::Reply(quote) => {
                    (Icon::REPLY, words::quote::to(&quote.sender_name), quote::words_of(quote))
                }
            })
        })?;
        let excerpt = if is_deleted.get() { words::message::deleted().into() } else { excerpt };
        let purpose = purpose.clone();
        Some(part(view! {
            <div class="composer-purpose">
                {icon.draw()}
                <p class="composer-purpose-words">
                    <strong>{title}</strong>
                    <span dir="auto">{excerpt}</span>
                </p>
                <button
                    class="icon-button"
                    type="button"
                    aria-label=words::composer::cancel()
                    title=words::composer::cancel()
                    on:click=act(move |_| purpose.set(None))
                >
                    {Icon::CLOSE.draw()}
                </button>
            </div>
        }))
    })
}
