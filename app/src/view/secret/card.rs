//! A card in a corner: who asks whom, that it is elsewhere, or that it goes on while something else is looked at.

use super::{PANE, field, mark};
use crate::{
    browser,
    live::Live,
    secret::{self, address, chat::Chat, state::Phase},
    shape::{Part, act, flag, follow, part, parts, text, view},
    view::{avatar::Picture, icon::Icon},
};
use leptos::ev;
use web_sys::HtmlInputElement;

/// For how long a press cannot be meant for the answer to a ring that has just come.
const UNSEEN_MS: i32 = 500;

/// Who asks whom, or that there is one.
pub fn draw(chat: &Chat, phase: &Phase) -> Part {
    if chat.is_small.get_now() {
        return small(chat);
    }
    let name = chat.peer.display_name.clone();
    let (sentence, buttons) = match phase {
        Phase::Asking => (words::secret::about_to_ask(&name), asking()),
        Phase::Rung => (words::secret::asks(&name), rung()),
        Phase::Elsewhere => (words::secret::elsewhere(&name), {
            part(view! {
                <button class="button" type="button" on:click=act(|_| secret::dismiss())>
                    {words::secret::close()}
                </button>
            })
        }),
        _ => return part(""),
    };
    let explains = matches!(phase, Phase::Asking | Phase::Rung).then(|| {
        let (is_hidden, has_relay) = (chat.hides_address.clone(), Live::new(true));
        address::look_for_relay(has_relay);
        let of_box = is_hidden.clone();
        let hide = act(move |event: ev::Event| {
            if let Some(field) = field::<HtmlInputElement>(&event) {
                address::hide(field.checked());
                of_box.set(field.checked());
            }
        });
        let is_checked = is_hidden.get_now();
        let warning = parts(move || {
            let is_in_vain = is_hidden.get() && !has_relay.get();
            is_in_vain
                .then(|| part(view! { <p class="secret-note" role="alert">{words::secret::no_relay()}</p> }))
        });
        view! {
            <p class="secret-note">{words::secret::address()}</p>
            <label class="secret-hide">
                <input type="checkbox" checked=is_checked on:change=hide />
                <span>{words::secret::hide()}</span>
            </label>
            {warning}
            <p class="secret-note">
                <a href="/help/chats" target="_blank" rel="noopener">{words::secret::help()}</a>
            </p>
        }
    });
    follow(|| {
        if browser::has_no_focus() {
            browser::focus(PANE);
        }
    });
    part(view! {
        <section class="secret-card" id=PANE role="alertdialog" tabindex="-1" aria-label=words::secret::title()>
            {mark()}
            <div class="secret-card-who">
                {Picture::of_user(&chat.peer).draw("avatar-medium")}
                <p class="secret-card-words" dir="auto">
                    {sentence}
                </p>
            </div>
            {explains}
            <div class="secret-buttons">{buttons}</div>
        </section>
    })
}

/// That it goes on, while something else is looked at, and how much was said meanwhile.
fn small(chat: &Chat) -> Part {
    let unseen = chat.unseen.clone();
    let count = text(move || match unseen.get() {
        0 => String::new(),
        count => words::thread_row::unread(u64::from(count)),
    });
    let of_open = chat.clone();
    part(view! {
        <section class="secret-card secret-small" aria-label=words::secret::title()>
            {Icon::LOCK.draw()}
            <p class="secret-card-words" dir="auto">
                {words::secret::with(&chat.peer.display_name)}
            </p>
            <p class="secret-unseen" role="status">
                {count}
            </p>
            <button class="button button-primary" type="button" on:click=act(move |_| of_open.show())>
                {words::secret::open()}
            </button>
        </section>
    })
}

fn asking() -> Part {
    part(view! {
        <button class="button" type="button" on:click=act(|_| secret::dismiss())>
            {words::secret::cancel()}
        </button>
        <button class="button button-primary" type="button" on:click=act(|_| secret::ask())>
            {words::secret::ask()}
        </button>
    })
}

fn rung() -> Part {
    // It comes unasked, perhaps below the pointer of somebody who is about to press what was there before.
    let is_seen = Live::new(false);
    browser::spawn_local(async move {
        browser::sleep(UNSEEN_MS).await;
        is_seen.set(true);
    });
    part(view! {
        <button
            class="button"
            type="button"
            disabled=flag(move || !is_seen.get())
            on:click=act(|_| secret::decline())
        >
            {words::secret::decline()}
        </button>
        <button
            class="button button-primary"
            type="button"
            disabled=flag(move || !is_seen.get())
            on:click=act(|_| secret::accept())
        >
            {words::secret::accept()}
        </button>
    })
}
