//! A secret chat on the screen: a card while somebody asks or is asked, and a pane over the conversation while the two speak. It cannot be taken for a
//! stored conversation: it has colours, an icon and a word of its own, and says on every screen that nothing of it is kept.

mod entries;
mod number;
mod writing;

use super::{avatar::Picture, icon::Icon};
use crate::{
    browser,
    lazy::{Loaded, wasm_split},
    live::{Live, derive},
    secret::{
        self,
        chat::{Chat, TIMERS},
        state::{End, Phase, Timer, Trust},
    },
    shape::{Part, act, flag, follow, part, parts, text, view, word},
};
use leptos::ev;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};

/// What the pane is known by.
const PANE: &str = "secret";

/// The chat of this tab.
#[wasm_split(secret, fallible)]
pub fn draw() -> Loaded {
    let shown = secret::shown();
    let chat = parts(move || shown.get().map(|chat| drawn(&chat)));
    Ok(chat)
}

fn drawn(chat: &Chat) -> Part {
    let is_small = Live::new(false);
    let of_phase = chat.phase.clone();
    let is_card = derive(move || {
        let is_brief = of_phase.with(|phase| matches!(phase, Phase::Asking | Phase::Rung | Phase::Elsewhere));
        is_brief || is_small.get()
    });
    let chat = chat.clone();
    parts(move || {
        Some(if is_card.get() {
            // What a card says is another thing in each phase.
            card(&chat, &chat.phase.get(), is_small)
        } else {
            pane(&chat, is_small)
        })
    })
}

/// Who asks whom, or that there is one.
fn card(chat: &Chat, phase: &Phase, is_small: Live<bool>) -> Part {
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
        _ => (words::secret::with(&name), {
            part(view! {
                <button class="button button-primary" type="button" on:click=act(move |_| is_small.set(false))>
                    {words::secret::open()}
                </button>
            })
        }),
    };
    let explains = matches!(phase, Phase::Asking | Phase::Rung).then(|| {
        let hide = act(|event: ev::Event| {
            if let Some(field) = field::<HtmlInputElement>(&event) {
                secret::hide_address(field.checked());
            }
        });
        view! {
            <p class="secret-note">{words::secret::address()}</p>
            <label class="secret-hide">
                <input type="checkbox" checked=secret::hides_address() on:change=hide />
                <span>{words::secret::hide()}</span>
            </label>
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
    part(view! {
        <button class="button" type="button" on:click=act(|_| secret::decline())>
            {words::secret::decline()}
        </button>
        <button class="button button-primary" type="button" on:click=act(|_| secret::accept())>
            {words::secret::accept()}
        </button>
    })
}

/// The whole chat.
fn pane(chat: &Chat, is_small: Live<bool>) -> Part {
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
    let of_end = chat.phase.clone();
    let end = act(move |_| {
        if of_end.peek(|phase| matches!(phase, Phase::Ended(_))) {
            secret::dismiss()
        } else {
            secret::leave(End::ByMe)
        }
    });
    let of_label = chat.phase.clone();
    let end_label = text(move || {
        let is_over = of_label.with(|phase| matches!(phase, Phase::Ended(_)));
        if is_over { words::secret::close() } else { words::secret::end() }.into()
    });
    part(view! {
        <section class="secret" id=PANE tabindex="-1" aria-label=words::secret::with(&name)>
            <header class="secret-header">
                {Picture::of_user(&chat.peer).draw("avatar-medium")}
                <div class="secret-who">
                    <h2 class="secret-name">
                        <bdi>{name}</bdi>
                    </h2>
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
                    on:click=act(move |_| is_small.set(true))
                >
                    {Icon::MINIMISE.draw()}
                </button>
                <button class="button secret-end" type="button" on:click=end>
                    {end_label}
                </button>
            </header>
            {mark()}
            {body}
        </section>
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
            Trust::Unverified | Trust::Changed => words::secret::verify(),
        }
        .into()
    });
    let timer = chat.timer.clone();
    let of_choice = chat.clone();
    let choose = act(move |event: ev::Event| {
        if let Some(field) = field::<HtmlSelectElement>(&event) {
            secret::acts::propose_timer(&of_choice, field.value().parse().ok());
        }
    });
    let options = [None].into_iter().chain(TIMERS.map(Some)).map(|seconds| {
        let timer = timer.clone();
        let is_chosen =
            flag(move || timer.with(|Timer { agreed, mine, .. }| mine.unwrap_or(*agreed) == seconds));
        let value = seconds.map(|seconds| seconds.to_string()).unwrap_or_default();
        part(view! { <option value=value selected=is_chosen>{span(seconds)}</option> })
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
                    Trust::Changed => "changed",
                })
            })
            on:click=act(move |_| shows_number.set(!shows_number.get_now()))
        >
            {Icon::SHIELD.draw()}
            <span>{label}</span>
        </button>
        <label class="secret-timer">
            <span class="visually-hidden">{words::secret::timer()}</span>
            <select aria-label=words::secret::timer() title=words::secret::timer() on:change=choose>
                {options.collect::<Vec<_>>()}
            </select>
        </label>
    })
}

/// A time after which messages vanish, in words.
fn span(seconds: Option<u32>) -> String {
    match seconds {
        None => words::secret::never().into(),
        Some(seconds @ ..60) => words::secret::seconds(u64::from(seconds)),
        Some(seconds) => words::secret::minutes(u64::from(seconds / 60)),
    }
}

/// What is said, and where one writes.
fn talk(chat: &Chat) -> Part {
    let of_warning = chat.clone();
    let warning = parts(move || (of_warning.trust.get() == Trust::Changed).then(|| changed(&of_warning)));
    let of_timer = chat.clone();
    let proposal = parts(move || {
        let seconds = of_timer.timer.with(|timer| timer.theirs)?;
        let chat = of_timer.clone();
        let agree = act(move |_| secret::acts::agree_to_timer(&chat));
        Some(part(view! {
            <div class="secret-proposal" role="status">
                <p>
                    {match seconds {
                        None => words::secret::proposes_none(&of_timer.peer.display_name),
                        Some(_) => words::secret::proposes(&of_timer.peer.display_name, &span(seconds)),
                    }}
                </p>
                <button class="button" type="button" on:click=agree>
                    {words::secret::agree()}
                </button>
            </div>
        }))
    });
    part(view! {
        {warning}
        {proposal}
        {entries::draw(chat)}
        {writing::draw(chat)}
    })
}

/// The other browser is not the one that was compared: nothing can be written before somebody has seen that.
fn changed(chat: &Chat) -> Part {
    let (of_go_on, name) = (chat.clone(), &chat.peer.display_name);
    part(view! {
        <div class="secret-changed" role="alert">
            {Icon::ALERT.draw()}
            <p>{words::secret::changed(name)}</p>
            <button class="button" type="button" on:click=act(|_| secret::leave(End::ByMe))>
                {words::secret::end()}
            </button>
            <button class="button" type="button" on:click=act(move |_| secret::acts::verify(&of_go_on, false))>
                {words::secret::go_on()}
            </button>
        </div>
    })
}

/// What stands here until the two can speak, or once they do not any more.
fn waiting(chat: &Chat) -> Part {
    let (phase, name) = (chat.phase.clone(), chat.peer.display_name.clone());
    let sentence = text(move || {
        phase.with(|phase| match phase {
            Phase::Ended(why) => ended(why, &name),
            Phase::Connecting => words::secret::finding().into(),
            _ => words::secret::waiting(&name),
        })
    });
    part(view! {
        <div class="secret-blank blank" role="status">
            {Icon::LOCK.draw()}
            <p>{sentence}</p>
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
        End::Refused(sentence) => sentence.clone(),
    }
}

/// The field that an event comes from.
fn field<T: JsCast>(event: &ev::Event) -> Option<T> {
    event.target()?.dyn_into().ok()
}
