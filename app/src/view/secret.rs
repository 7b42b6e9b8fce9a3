//! A secret chat on the screen: a card while somebody asks or is asked, and a pane over the conversation while the two speak. It cannot be taken for a
//! stored conversation: it has colours, an icon and a word of its own, and says on every screen that nothing of it is kept.

mod card;
mod entries;
mod number;
mod timer;
mod writing;

use super::{avatar::Picture, icon::Icon};
use crate::{
    browser,
    lazy::{Loaded, wasm_split},
    live::{Live, derive},
    secret::{
        self,
        chat::Chat,
        state::{End, Phase, Trust},
    },
    shape::{Part, act, follow, part, parts, text, view, word},
};
use leptos::ev;
use wasm_bindgen::JsCast;

/// What the pane is known by.
const PANE: &str = "secret";

/// The chat of this tab.
#[wasm_split(secret, fallible)]
pub fn draw() -> Loaded {
    let shown = secret::shown();
    let of_ringing = shown.clone();
    follow(move || {
        let rings = |chat: &Chat| {
            let is_asked = chat.phase.get() == Phase::Rung;
            is_asked.then(|| words::secret::asks(&chat.peer.display_name))
        };
        secret::ring(of_ringing.get().as_ref().and_then(rings));
    });
    let chat = parts(move || shown.get().map(|chat| drawn(&chat)));
    Ok(chat)
}

fn drawn(chat: &Chat) -> Part {
    let (of_phase, is_small) = (chat.phase.clone(), chat.is_small.clone());
    let is_card = derive(move || {
        let is_brief = of_phase.with(|phase| matches!(phase, Phase::Asking | Phase::Rung | Phase::Elsewhere));
        is_brief || is_small.get()
    });
    follow(move || secret::cover(!is_card.get()));
    let chat = chat.clone();
    parts(move || {
        Some(if is_card.get() {
            // What a card says is another thing in each phase.
            card::draw(&chat, &chat.phase.get())
        } else {
            pane(&chat)
        })
    })
}

/// What every screen of a secret chat says of itself.
fn mark() -> Part {
    part(view! {
        <p class="secret-mark">
            {Icon::LOCK.draw()}
            <strong>{words::secret::title()}</strong>
            <span>{words::secret::never_stored()}</span>
        </p>
    })
}

/// The whole chat.
fn pane(chat: &Chat) -> Part {
    let name = chat.peer.display_name.clone();
    let shows_number = Live::new(false);
    let status = status(chat);
    let of_phase = chat.phase.clone();
    let is_live = derive(move || of_phase.with(|phase| matches!(phase, Phase::Connected | Phase::Paused)));
    let of_body = chat.clone();
    let body = parts(move || {
        Some(if shows_number.get() && is_live.get() {
            number::draw(&of_body, shows_number)
        } else if is_live.get() {
            talk(&of_body)
        } else {
            waiting(&of_body)
        })
    });
    let of_tools = chat.clone();
    let tools = parts(move || is_live.get().then(|| tools(&of_tools, shows_number)));
    let (of_small, of_end) = (chat.is_small.clone(), chat.clone());
    let end = act(move |event: ev::MouseEvent| {
        if of_end.is_over() {
            // Whoever clicked twice sees that it ended.
            if event.detail() < 2 {
                secret::dismiss();
            }
        } else {
            secret::leave(End::ByMe)
        }
    });
    let of_label = chat.phase.clone();
    let end_label = text(move || {
        let is_over = of_label.with(|phase| matches!(phase, Phase::Ended(_)));
        if is_over { words::secret::close() } else { words::secret::end() }.into()
    });
    // What is below cannot be reached any more.
    follow(|| browser::focus(PANE));
    part(view! {
        <main class="secret" id=PANE tabindex="-1" aria-label=words::secret::with(&name)>
            <header class="secret-header">
                {Picture::of_user(&chat.peer).draw("avatar-medium")}
                <div class="secret-who">
                    <h1 class="secret-name">
                        <bdi>{name}</bdi>
                    </h1>
                    <p class="secret-username">{format!("@{}", chat.peer.username)}</p>
                    <p class="secret-status" role="status">
                        {status}
                    </p>
                </div>
                {tools}
                <button
                    class="icon-button"
                    type="button"
                    aria-label=words::secret::minimise()
                    title=words::secret::minimise()
                    on:click=act(move |_| of_small.set(true))
                >
                    {Icon::MINIMISE.draw()}
                </button>
                <button class="button secret-end" type="button" on:click=end>
                    {end_label}
                </button>
            </header>
            {mark()}
            {body}
        </main>
    })
}

/// How far it is, in words.
fn status(chat: &Chat) -> crate::shape::Shown<String> {
    let (phase, is_typing, name) =
        (chat.phase.clone(), chat.is_typing.clone(), chat.peer.display_name.clone());
    text(move || match phase.get() {
        Phase::Ringing => words::secret::ringing().into(),
        Phase::Connecting => words::secret::connecting().into(),
        Phase::Connected if is_typing.get() => words::secret::typing().into(),
        Phase::Connected => words::secret::connected().into(),
        Phase::Paused => words::secret::paused(&name),
        Phase::Ended(_) => words::secret::ended().into(),
        Phase::Asking | Phase::Rung | Phase::Elsewhere => String::new(),
    })
}

/// Whom one speaks with, for certain; and after how long messages vanish.
fn tools(chat: &Chat, shows_number: Live<bool>) -> Part {
    let trust = chat.trust.clone();
    let of_word = trust.clone();
    let label = text(move || {
        match trust.get() {
            Trust::Verified => words::secret::verified(),
            Trust::Unverified | Trust::Changed | Trust::Differs => words::secret::verify(),
        }
        .into()
    });
    part(view! {
        <button
            class="button secret-verify"
            type="button"
            aria-expanded=word(move || Some(if shows_number.get() { "true" } else { "false" }))
            data-trust=word(move || {
                Some(match of_word.get() {
                    Trust::Verified => "verified",
                    Trust::Unverified => "unverified",
                    Trust::Changed | Trust::Differs => "changed",
                })
            })
            on:click=act(move |_| shows_number.set(!shows_number.get_now()))
        >
            {Icon::SHIELD.draw()}
            <span>{label}</span>
        </button>
        {timer::choice(chat)}
    })
}

/// What is said, and where one writes.
fn talk(chat: &Chat) -> Part {
    let of_warning = chat.clone();
    let warning = parts(move || match of_warning.trust.get() {
        Trust::Changed => Some(changed(&of_warning)),
        Trust::Differs => Some(differs(&of_warning)),
        Trust::Unverified | Trust::Verified => None,
    });
    part(view! {
        {warning}
        {timer::draw(chat)}
        {entries::draw(chat)}
        {writing::draw(chat)}
    })
}

/// The other browser is none of those that were compared: nothing can be written before somebody has seen that.
fn changed(chat: &Chat) -> Part {
    let (of_go_on, name) = (chat.clone(), &chat.peer.display_name);
    part(view! {
        <div class="secret-changed" role="alert">
            {Icon::ALERT.draw()}
            <p>{words::secret::changed(name)}</p>
            <button class="button" type="button" on:click=act(|_| secret::leave(End::ByMe))>
                {words::secret::end()}
            </button>
            <button class="button" type="button" on:click=act(move |_| secret::acts::go_on(&of_go_on))>
                {words::secret::go_on()}
            </button>
        </div>
    })
}

/// The two saw different numbers: nothing more is said here.
fn differs(chat: &Chat) -> Part {
    part(view! {
        <div class="secret-changed" role="alert">
            {Icon::ALERT.draw()}
            <p>{words::secret::differs(&chat.peer.display_name)}</p>
            <button class="button button-danger" type="button" on:click=act(|_| secret::leave(End::ByMe))>
                {words::secret::end()}
            </button>
        </div>
    })
}

/// What stands here until the two can speak, or once they do not any more.
fn waiting(chat: &Chat) -> Part {
    let (phase, name) = (chat.phase.clone(), chat.peer.display_name.clone());
    let (of_rest, has_had_files) = (chat.phase.clone(), chat.has_had_files.clone());
    let sentence = text(move || {
        phase.with(|phase| match phase {
            Phase::Ended(why) => ended(why, &name),
            Phase::Connecting => words::secret::finding().into(),
            _ => words::secret::waiting(&name),
        })
    });
    let (of_alarm, of_whom) = (chat.phase.clone(), chat.peer.display_name.clone());
    let alarm = parts(move || {
        let is_replaced = of_alarm.with(|phase| *phase == Phase::Ended(End::Replaced));
        is_replaced.then(|| {
            part(view! {
                <div class="secret-changed" role="alert">
                    {Icon::ALERT.draw()}
                    <p>{words::secret::replaced(&of_whom)}</p>
                </div>
            })
        })
    });
    let rest = parts(move || {
        let has_been = of_rest
            .with(|phase| matches!(phase, Phase::Ended(End::ByMe | End::ByThem | End::Gone | End::Idle)));
        has_been.then(|| {
            let words = if has_had_files.get_now() {
                words::secret::saved_is_left()
            } else {
                words::secret::nothing_is_left()
            };
            part(view! { <p class="secret-note">{words}</p> })
        })
    });
    part(view! {
        <div class="secret-blank blank" role="status">
            {Icon::LOCK.draw()}
            <p>{sentence}</p>
            {alarm}
            {rest}
        </div>
    })
}

fn ended(why: &End, name: &str) -> String {
    match why {
        End::ByMe => words::secret::ended_by_me().into(),
        End::ByThem => words::secret::ended_by_them(name),
        End::Declined => words::secret::declined(name),
        End::NoAnswer => words::secret::no_answer(name),
        End::NoRoute => words::secret::no_route().into(),
        End::TimedOut => words::secret::timed_out().into(),
        End::Gone => words::secret::gone(name),
        End::Idle => words::secret::idle().into(),
        End::Malformed => words::secret::malformed().into(),
        End::Replaced => words::secret::ended().into(),
        End::Refused(sentence) => sentence.clone(),
    }
}

/// The field that an event comes from.
fn field<T: JsCast>(event: &ev::Event) -> Option<T> {
    event.target()?.dyn_into().ok()
}
