//! What can be done with a message.

use super::{icon::Icon, message_list::id_of, overlay};
use crate::{
    browser,
    live::Live,
    route,
    shape::{Part, act, part, parts, view},
    store::{Overlay, Store, Target},
};
use leptos::prelude::*;
use model::{Message, MessageId, Role, Thread, ThreadId, ThreadKind, wire::Command};
use web_sys::{Element, HtmlDialogElement};

/// How far from the message and from the window's edge, in pixels.
const GAP: f64 = 4.0;

/// What most people put under most messages.
pub const QUICK: [&str; 6] = ["👍", "❤️", "😂", "🎉", "😮", "🙏"];

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
    let (is_admin, is_direct) = store.thread(thread_id).peek(|thread| match thread {
        Some(Thread { kind: ThreadKind::Group { role, .. }, .. }) => (*role == Role::Admin, false),
        Some(_) => (false, true),
        None => (false, false),
    });
    let may_delete = is_mine || is_admin;
    let message_id = message.message_id;
    let is_mine_already =
        |emoji: &str| message.reactions.iter().any(|known| known.emoji == emoji && known.is_mine);
    let quick = QUICK.map(|emoji| {
        let is_on = !is_mine_already(emoji);
        let choose = act(move |_| {
            overlay::close();
            store.react(thread_id, message_id, emoji.into(), is_on);
        });
        part(view! {
            <button
                class="message-menu-emoji"
                type="button"
                role="menuitemcheckbox"
                aria-checked=if is_on { "false" } else { "true" }
                aria-label=words::reaction::react(emoji)
                on:click=choose
            >
                {emoji}
            </button>
        })
    });
    let open_sheet = act(move |_| {
        overlay::close();
        store.open_emoji(Target::Message { thread_id, message_id });
    });
    let more = view! {
        <button
            class="message-menu-emoji"
            type="button"
            role="menuitem"
            aria-label=words::reaction::add()
            title=words::reaction::add()
            on:click=open_sheet
        >
            {Icon::PLUS.draw()}
        </button>
    };
    let who = (!message.reactions.is_empty()).then(|| {
        item(Icon::PEOPLE, words::reaction::who(), move || {
            overlay::close();
            store.open_reactors(thread_id, message_id);
        })
    });
    let readers = (is_mine && !is_direct).then(|| {
        item(Icon::CHECKS, words::readers::title(), move || {
            overlay::close();
            store.open_sheet(words::readers::title().into(), route::readers(thread_id, message_id));
        })
    });
    let of_reply = message.clone();
    let reply = entry(Icon::REPLY, words::message_menu::reply(), true, move || {
        overlay::close();
        store.begin_reply(thread_id, &of_reply);
    });
    let report = (!is_mine).then(|| {
        item(Icon::ALERT, words::message_menu::report(), move || {
            overlay::close();
            store.open_sheet(words::message_menu::report().into(), route::report(thread_id, message_id));
        })
    });
    let body = message.body.clone();
    let copy = (!body.is_empty()).then(|| {
        item(Icon::COPY, words::message_menu::copy(), move || {
            overlay::close();
            browser::copy(&body);
            store.note.set(Some(words::message_menu::copied().into()));
        })
    });
    let path = route::message(thread_id, message.created_at, message.message_id);
    let link = item(Icon::LINK, words::message_menu::copy_link(), move || {
        overlay::close();
        browser::copy(&(window().location().origin().unwrap_or_default() + &path));
        store.note.set(Some(words::message_menu::link_copied().into()));
    });
    let forward = item(Icon::FORWARD, words::forward::title(), move || {
        overlay::close();
        store.open_sheet(words::forward::title().into(), route::forward(thread_id, message_id));
    });
    let is_pinned = message.is_pinned;
    let pin = (is_admin || is_direct).then(|| {
        let label = if is_pinned { words::pins::unpin() } else { words::pins::pin() };
        item(Icon::PIN, label, move || {
            overlay::close();
            store.do_to_message(Command::PinMessage { thread_id, message_id, is_pinned: !is_pinned });
        })
    });
    let of_edit = message.clone();
    let edit = (is_mine && message.forward.is_none()).then(|| {
        item(Icon::WRITE, words::message_menu::edit(), move || {
            overlay::close();
            store.begin_edit(thread_id, &of_edit);
        })
    });
    let delete =
        may_delete.then(|| item(Icon::BIN, words::message_menu::delete(), move || is_deleting.set(true)));
    part(view! {
        <div class="message-menu-items" role="menu" aria-label=words::message::actions()>
            <div class="message-menu-quick">{Vec::from(quick)} {more}</div>
            {reply} {who} {readers} {copy} {link} {forward} {pin} {edit} {delete} {report}
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
    entry(icon, label, false, choose)
}

/// The one that has the focus first, or another one.
fn entry(icon: Icon, label: &'static str, is_first: bool, choose: impl Fn() + 'static) -> Part {
    part(view! {
        <button
            class="message-menu-item"
            type="button"
            role="menuitem"
            autofocus=is_first
            on:click=act(move |_| choose())
        >
            {icon.draw()}
            {label}
        </button>
    })
}

/// Puts the menu beside the words and never over them, unless they fill the window: under the message, or above it.
#[expect(clippy::cast_possible_truncation, reason = "pixels of a screen")]
pub fn place(dialog: &HtmlDialogElement, message_id: MessageId) {
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
