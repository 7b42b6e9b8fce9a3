//! One message: who says it, what, when, and how far it is.

use super::{
    avatar::{self, Picture},
    icon::Icon,
};
use crate::{
    clock,
    link::{self, Piece},
    rows::Row,
    store::{Progress, Store},
};
use leptos::{either::Either, prelude::*};

/// A message. In a group others' messages bear their names and pictures.
#[component]
pub fn Message(row: Row, is_group: bool) -> impl IntoView {
    let store = expect_context::<Store>();
    let Row { message_id, words, look, .. } = row;
    let is_mine = words.is_mine;
    let progress = {
        let look = look.clone();
        Memo::new(move |_| look.with(|look| look.progress.clone()))
    };
    let shape = {
        let look = look.clone();
        Memo::new(move |_| look.with(|look| (look.is_first, look.is_last)))
    };
    let at = {
        let look = look.clone();
        Memo::new(move |_| look.with(|look| look.at))
    };
    let class = move || {
        let (is_first, is_last) = shape.get();
        let is_refused = progress.with(|progress| matches!(progress, Progress::Refused(_)));
        let of = |is: bool, name: &'static str| if is { name } else { "" };
        [
            "message",
            of(is_mine, " message-own"),
            of(is_first, " message-first"),
            of(is_last, " message-last"),
            of(is_refused, " message-failed"),
        ]
        .concat()
    };
    let others_name = words.sender.clone().filter(|_| is_group && !is_mine);
    let picture = others_name.clone().map(|sender| {
        view! {
            <div class="message-avatar">
                {move || shape.get().1.then(|| Picture::of_user(&sender).draw("avatar-small"))}
            </div>
        }
    });
    let name = others_name.map(|sender| {
        let class = format!("message-name hue-{}", avatar::hue(&sender));
        move || {
            shape.get().0.then(|| {
                view! {
                    <p class=class.clone() dir="auto">
                        {sender.display_name.clone()}
                    </p>
                }
            })
        }
    });
    let said_by = match &words.sender {
        _ if is_mine => "You".into(),
        Some(sender) => sender.display_name.clone(),
        None => String::new(),
    };
    let state = move || {
        is_mine.then(|| {
            let (icon, label) = match progress.get() {
                Progress::Sending => (Icon::Clock, "Sending"),
                Progress::Sent => (Icon::Check, "Sent"),
                Progress::Refused(_) => (Icon::Alert, "Not sent"),
            };
            view! {
                {icon.draw()}
                <span class="visually-hidden">{label}</span>
            }
        })
    };
    let fault = move || match progress.get() {
        Progress::Sending | Progress::Sent => None,
        Progress::Refused(reason) => Some(view! {
            <p class="message-fault">
                {format!("Not sent. {reason} ")}
                <button class="message-retry" type="button" on:click=move |_| store.send_again(message_id)>
                    "Retry"
                </button>
                " "
                <button class="message-retry" type="button" on:click=move |_| store.discard(message_id)>
                    "Delete"
                </button>
            </p>
        }),
    };
    view! {
        <article class=class aria-label=said_by>
            {picture}
            <div class="message-bubble">
                {name}
                <p class="message-body" class:message-emoji=is_emoji(&words.body) dir="auto">
                    {body(&words.body)}
                    <span class="message-meta">
                        <time
                            datetime=move || clock::machine(at.get())
                            title=move || store.clock.civil(at.get()).long()
                        >
                            {move || store.clock.civil(at.get()).time()}
                        </time>
                        {state}
                    </span>
                </p>
            </div>
            {fault}
        </article>
    }
}

/// The words, with what is an address made to lead there.
fn body(text: &str) -> impl IntoView + use<> {
    link::pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(words) => Either::Left(words.to_owned()),
            Piece::Link(link) => Either::Right(view! {
                <a href=link::href(link) target="_blank" rel="noopener noreferrer nofollow">
                    {link.to_owned()}
                </a>
            }),
        })
        .collect_view()
}

/// Whether a text is one to three emoji and nothing else: those are shown large.
fn is_emoji(text: &str) -> bool {
    let is_picture = |one: char| matches!(one, '\u{1F300}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{2B50}' | '\u{1F1E6}'..='\u{1F1FF}');
    let is_joined = |one: char| matches!(one, '\u{200D}' | '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}');
    let mut joins = false;
    let mut count = 0;
    for one in text.chars() {
        if !joins && is_picture(one) && !is_joined(one) {
            count += 1;
        } else if !is_picture(one) && !is_joined(one) {
            return false;
        }
        joins = one == '\u{200D}';
    }
    (1..=3).contains(&count)
}

#[cfg(test)]
mod tests {
    use super::is_emoji;

    #[test]
    fn few_emoji_alone_are_large() {
        for text in ["👍", "🎉🎉", "👩\u{200D}💻👍🏽❤\u{FE0F}"] {
            assert!(is_emoji(text), "{text}");
        }
        for text in ["", "1", "👍 ok", "👍👍👍👍", "王", "\u{FE0F}"] {
            assert!(!is_emoji(text), "{text}");
        }
    }
}
