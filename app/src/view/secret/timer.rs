//! After how long messages vanish: what both agreed to, what one of them proposes, and proposing.

use super::field;
use crate::{
    browser,
    secret::{
        self,
        chat::Chat,
        state::{Phase, Proposed},
        timer::TIMERS,
    },
    shape::{Part, act, flag, follow, part, parts, text, view},
};
use leptos::ev;
use web_sys::HtmlSelectElement;

/// What the choice is known by.
const CHOICE: &str = "secret-timer";

/// What one proposes, or sees that both agreed to.
pub fn choice(chat: &Chat) -> Part {
    let timer = chat.timer.clone();
    let of_choice = chat.clone();
    let choose = act(move |event: ev::Event| {
        if let Some(field) = field::<HtmlSelectElement>(&event) {
            secret::acts::propose_timer(&of_choice, field.value().parse().ok());
            // What is proposed stands in a line of its own.
            show(of_choice.timer.peek(|timer| timer.agreed));
        }
    });
    follow(move || show(timer.with(|timer| timer.agreed)));
    let of_lock = chat.clone();
    let is_fixed = flag(move || of_lock.phase.get() != Phase::Connected);
    let options = [None]
        .into_iter()
        .chain(TIMERS.map(Some))
        .map(|seconds| part(view! { <option value=value(seconds)>{span(seconds)}</option> }));
    part(view! {
        <label class="secret-timer">
            <span class="visually-hidden">{words::secret::timer()}</span>
            <select
                id=CHOICE
                aria-label=words::secret::timer()
                title=words::secret::timer()
                disabled=is_fixed
                on:change=choose
            >
                {options.collect::<Vec<_>>()}
            </select>
        </label>
    })
}

/// The choice is what both agreed to, also after one has chosen something else.
fn show(agreed: Option<u32>) {
    if let Some(choice) = browser::element::<HtmlSelectElement>(CHOICE) {
        choice.set_value(&value(agreed));
    }
}

fn value(seconds: Option<u32>) -> String {
    seconds.map(|seconds| seconds.to_string()).unwrap_or_default()
}

/// What is proposed, and what holds.
pub fn draw(chat: &Chat) -> Part {
    let of_timer = chat.clone();
    let proposal = parts(move || {
        let Proposed { is_mine, seconds } = of_timer.timer.with(|timer| timer.proposed)?;
        let name = &of_timer.peer.display_name;
        let sentence = match (is_mine, seconds) {
            (true, None) => words::secret::proposed_none(name),
            (true, Some(_)) => words::secret::proposed(&span(seconds), name),
            (false, None) => words::secret::proposes_none(name),
            (false, Some(_)) => words::secret::proposes(name, &span(seconds)),
        };
        let (of_agree, of_withdraw) = (of_timer.clone(), of_timer.clone());
        let agree = (!is_mine).then(|| {
            view! {
                <button
                    class="button button-primary"
                    type="button"
                    on:click=act(move |_| secret::acts::agree_to_timer(&of_agree))
                >
                    {words::secret::agree()}
                </button>
            }
        });
        let withdraw = if is_mine { words::secret::withdraw() } else { words::secret::decline() };
        Some(part(view! {
            <div class="secret-proposal" role="status">
                <p>{sentence}</p>
                <button
                    class="button"
                    type="button"
                    on:click=act(move |_| secret::acts::withdraw_timer(&of_withdraw))
                >
                    {withdraw}
                </button>
                {agree}
            </div>
        }))
    });
    let of_agreed = chat.timer.clone();
    let agreed = text(move || match of_agreed.with(|timer| timer.agreed) {
        None => String::new(),
        seconds => words::secret::vanishing(&span(seconds)),
    });
    part(view! {
        {proposal}
        <p class="secret-agreed" role="status">
            {agreed}
        </p>
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
