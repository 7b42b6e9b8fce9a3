//! What one can choose of a thread: in a menu, at its row or at its header, and in its details. There it is a form that needs no script.

use super::conversation::title_of;
use crate::{
    browser::{self, spawn_local},
    lazy::{Loaded, wasm_split},
    live::Live,
    options::Choice,
    route::{self, Route},
    shape::{Item, Part, act, flag, list, part, parts, text, view},
    store::{Overlay, Store},
    view::{icon::Icon, overlay},
};
use leptos::{ev, prelude::*};
use model::{Thread, ThreadId};
use std::sync::Arc;
use web_sys::{HtmlDialogElement, HtmlElement};

/// How near to the window's edge the menu may stand, in pixels.
const MARGIN: i32 = 8;

/// Opens the menu of a thread below something.
pub fn open_below(store: Store, thread_id: ThreadId, element: &HtmlElement) {
    let place = element.get_bounding_client_rect();
    #[expect(clippy::cast_possible_truncation, reason = "pixels of a screen")]
    store.open_thread_menu(thread_id, place.left() as i32, place.bottom() as i32);
}

/// The menu of a thread.
#[wasm_split(thread_options, fallible)]
pub fn menu(thread_id: ThreadId, x: i32, y: i32) -> Loaded {
    let store = expect_context::<Store>();
    let title = store.thread(thread_id).peek(|thread| thread.as_ref().map(title_of).unwrap_or_default());
    let label = words::thread_options::of(&title);
    let to_date = act(move |_| {
        overlay::close();
        store.open_sheet(words::date::title().into(), route::date(thread_id));
    });
    let content = view! {
        <p class="thread-options-title" dir="auto">
            {title}
        </p>
        {choices(thread_id, store, Arc::new(overlay::close))}
        <button class="thread-options-item" type="button" on:click=to_date>
            {Icon::CALENDAR.draw()}
            {words::date::title()}
        </button>
    };
    let place = move |dialog: &HtmlDialogElement| browser::place(dialog, x, y, MARGIN);
    Ok(overlay::frame(&Overlay::Thread { thread_id, x, y }, "thread-options-menu", label, place, content))
}

/// The choices among a thread's details.
pub fn section(thread_id: ThreadId, store: Store) -> Part {
    view! {
        <section class="details-section details-choices" aria-label=words::thread_options::title()>
            {choices(thread_id, store, Arc::new(|| ()))}
        </section>
    }
}

fn choices(thread_id: ThreadId, store: Store, on_done: Arc<dyn Fn() + Send + Sync>) -> Part {
    let thread = store.thread(thread_id);
    let refusal = Live::new(None::<String>);
    let items = list(move || {
        let choices = thread.with(|thread| {
            thread.as_ref().map(|thread| Choice::of(thread, store.clock.minute.get())).unwrap_or_default()
        });
        choices.into_iter().map(|choice| Item::new(choice as u128, move || item(choice))).collect()
    });
    let submit = act(move |event: ev::SubmitEvent| {
        event.prevent_default();
        let word = event.submitter().and_then(|button| button.get_attribute("value"));
        let Some(choice) = word.and_then(|word| Choice::read(&word)) else { return };
        let on_done = on_done.clone();
        spawn_local(async move {
            match store.choose(thread_id, choice).await {
                Ok(()) => on_done(),
                Err(failure) => refusal.set(Some(failure.sentence())),
            }
        });
    });
    view! {
        <form method="post" action=store.acting(&format!("{}/options", Route::thread(thread_id).path())) on:submit=submit>
            <p
                class="thread-options-refusal notice notice-danger"
                role="alert"
                hidden=flag(move || refusal.with(Option::is_none))
            >
                {text(move || refusal.get().unwrap_or_default())}
            </p>
            {items}
        </form>
    }
}

fn item(choice: Choice) -> Part {
    let icon = match choice {
        Choice::MarkUnread | Choice::MarkRead => Icon::BUBBLE,
        Choice::Pin | Choice::Unpin => Icon::PIN,
        Choice::MuteForAnHour | Choice::MuteUntilTomorrow | Choice::MuteForever => Icon::MUTE,
        Choice::Unmute => Icon::BELL,
        Choice::Archive | Choice::Unarchive => Icon::ARCHIVE,
        Choice::Block | Choice::Unblock => Icon::BLOCK,
    };
    part(view! {
        <button class="thread-options-item" name="choice" value=choice.word()>
            {icon.draw()}
            {choice.label()}
        </button>
    })
}

/// Signs of how a thread is kept, for its title.
pub fn muted_sign(store: Store, thread_id: ThreadId) -> Part {
    let thread = store.thread(thread_id);
    let is_muted = move || {
        let options = thread.with(|thread| thread.as_ref().map(|thread: &Thread| thread.options.clone()));
        // Without a silence that may end there is no need to look at the clock.
        options.is_some_and(|options| {
            options.muted_until.is_some() && options.is_muted(store.clock.minute.get())
        })
    };
    parts(move || {
        is_muted().then(|| {
            part(view! {
                <span class="thread-row-sign">
                    {Icon::MUTE.draw()}
                    <span class="visually-hidden">{words::thread_row::muted()}</span>
                </span>
            })
        })
    })
}
