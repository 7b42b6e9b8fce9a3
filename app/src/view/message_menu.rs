//! What can be done with a message.

use super::{icon::Icon, message_list::id_of, overlay};
use crate::{
    browser,
    live::Live,
    shape::{Part, act, part, parts, view},
    store::{Overlay, Store},
};
use leptos::prelude::*;
use model::{Message, MessageId, Role, Thread, ThreadId, ThreadKind, wire::Command};
use web_sys::{Element, HtmlDialogElement};

/// How far from the message and from the window's edge, in pixels.
const GAP: f64 = 4.0;

/// The menu of a message.
pub fn draw(thread_id: ThreadId, message_id: MessageId, overlay: &Overlay) -> Part {
    let store = expect_context::<Store>();
    let Some(message) = store.message(thread_id, message_id) else { return Part::many(Vec::new()) };
    let is_deleting = Live::new(false);
    let content = parts(move || {
        Some(if is_deleting.get() {
            deletion(store, thread_id, message_id, is_deleting)
        } else {
            items(store, &message, is_deleting)
        })
    });
    let place = move |dialog: &HtmlDialogElement| place(dialog, message_id);
    overlay::frame(overlay, "overlay message-menu", words::message::actions().into(), place, part(content))
}

fn items(store: Store, message: &Message, is_deleting: Live<bool>) -> Part {
    let thread_id = message.thread_id;
    let is_mine = message.sender_id == store.my_id();
    let may_delete = is_mine
        || store.thread(thread_id).peek(|thread| {
            matches!(thread, Some(Thread { kind: ThreadKind::Group { role: Role::Admin, .. }, .. }))
        });
    let body = message.body.clone();
    let copy = item(Icon::Copy, words::message_menu::copy(), move || {
        overlay::close();
        browser::copy(&body);
        store.note.set(Some(words::message_menu::copied().into()));
    });
    let of_edit = message.clone();
    let edit = is_mine.then(|| {
        item(Icon::Write, words::message_menu::edit(), move || {
            overlay::close();
            store.begin_edit(thread_id, &of_edit);
        })
    });
    let delete =
        may_delete.then(|| item(Icon::Bin, words::message_menu::delete(), move || is_deleting.set(true)));
    part(view! {
        <div class="message-menu-items" role="menu" aria-label=words::message::actions()>
            {copy} {edit} {delete}
        </div>
    })
}

/// Asks once more, since it cannot be undone.
fn deletion(store: Store, thread_id: ThreadId, message_id: MessageId, is_deleting: Live<bool>) -> Part {
    let delete = act(move |_| {
        overlay::close();
        store.do_to_message(Command::DeleteMessage { thread_id, message_id });
    });
    part(view! {
        <p class="message-menu-question">{words::message_menu::sure()}</p>
        <div class="message-menu-answers">
            <button class="button" type="button" autofocus on:click=act(move |_| is_deleting.set(false))>
                {words::message_menu::keep()}
            </button>
            <button class="button button-danger" type="button" on:click=delete>
                {words::message_menu::delete()}
            </button>
        </div>
    })
}

fn item(icon: Icon, label: &'static str, choose: impl Fn() + 'static) -> Part {
    part(view! {
        <button class="message-menu-item" type="button" role="menuitem" on:click=act(move |_| choose())>
            {icon.draw()}
            {label}
        </button>
    })
}

/// Puts the menu beside the words and never over them, unless they fill the window: under the message, or above it.
#[expect(clippy::cast_possible_truncation, reason = "pixels of a screen")]
fn place(dialog: &HtmlDialogElement, message_id: MessageId) {
    let bubble = browser::element::<Element>(&id_of(message_id))
        .and_then(|row| row.query_selector(".message-bubble").ok()?);
    let (Some(bubble), Some(window)) = (bubble, document().document_element()) else { return };
    let (bubble, menu) = (bubble.get_bounding_client_rect(), dialog.get_bounding_client_rect());
    let is_at_end = bubble.left() + bubble.right() > f64::from(window.client_width());
    let left = if is_at_end { bubble.right() - menu.width() } else { bubble.left() };
    let below = bubble.bottom() + GAP;
    let above = bubble.top() - GAP - menu.height();
    let fits_below = below + menu.height() + GAP <= f64::from(window.client_height());
    let top = if fits_below || above < GAP { below } else { above };
    browser::place(dialog, left as i32, top as i32, GAP as i32);
}
