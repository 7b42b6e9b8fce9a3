//! One message: who says it, what, when, and how far it is.

use super::{
    avatar::{self, Picture},
    icon::Icon,
    message_files, quote, reaction,
};
use crate::{
    link::{self, Piece},
    live::{ArcLive, derive},
    route,
    rows::{Content, Look, Row},
    shape::{Part, act, part, parts, text, view},
    store::{Progress, Store},
};
use leptos::prelude::*;
use model::{MessageId, ThreadId, User};

/// A message. In a group others' messages bear their names and pictures.
#[component]
pub fn Message(row: Row, is_group: bool) -> Part {
    let store = expect_context::<Store>();
    let Row { thread_id, message_id, author, content, look, .. } = row;
    let is_mine = author.is_mine;
    let of_look = |tell: fn(&Look) -> bool| {
        let look = look.clone();
        move || look.with(tell)
    };
    let is_first = of_look(|look| look.is_first);
    let is_last = of_look(|look| look.is_last);
    let is_refused = of_look(|look| matches!(look.progress, Progress::Refused(_)));
    let is_pending = of_look(|look| look.seq == 0);
    let is_deleted = {
        let content = content.clone();
        derive(move || content.with(|content| content.is_deleted))
    };
    let is_folded = {
        let sender_id = author.user.as_ref().map(|user| user.user_id).filter(|_| is_group && !is_mine);
        derive(move || sender_id.is_some_and(|id| store.blocked.with(|blocked| blocked.contains(&id))))
    };
    // What opens it is the page's own work, so that it does without scripts: see style/view/message.css.
    let fold = parts(move || {
        let summary = words::message::of_blocked();
        is_folded
            .get()
            .then(|| part(view! { <details class="message-fold"><summary>{summary}</summary></details> }))
    });
    let class = {
        let (is_first, is_last) = (is_first.clone(), is_last.clone());
        text(move || {
            let of = |is: bool, name: &'static str| if is { name } else { "" };
            [
                "message",
                of(is_mine, " message-own"),
                of(is_first(), " message-first"),
                of(is_last(), " message-last"),
                of(is_refused(), " message-failed"),
                of(is_pending(), " message-pending"),
                of(is_deleted.get(), " message-deleted"),
            ]
            .concat()
        })
    };
    let said_by = match &author.user {
        _ if is_mine => words::message::you().into(),
        Some(sender) => sender.display_name.clone(),
        None => String::new(),
    };
    let others = author.user.clone().filter(|_| is_group && !is_mine);
    let (picture, name) =
        others.map(|sender| (picture(sender.clone(), is_last), name(sender, is_first))).unzip();
    let fault = is_mine.then(|| fault(store, message_id, look.clone()));
    let (of_bubble, of_files) = (content.clone(), content.clone());
    let bubble_class = text(move || {
        of_bubble.with(|content| message_files::bubble_class(&content.body, &content.files).into())
    });
    let files = parts(move || {
        let html = of_files.peek(|content| message_files::html(thread_id, &content.files));
        let is_shown = !is_deleted.get() && !html.is_empty();
        is_shown.then(|| part(view! { <div class="message-files" inner_html=html></div> }))
    });
    let of_quote = content.clone();
    let quote = parts(move || {
        let html = of_quote.with(|content| match (&content.quote, &content.forward) {
            (Some(quote), _) => Some(quote::html(thread_id, quote)),
            (None, Some(forward)) => Some(quote::forward(forward)),
            (None, None) => None,
        });
        html.map(|html| part(view! { <div class="message-quote" inner_html=html></div> }))
    });
    let of_reactions = content.clone();
    let address = store.acting(&route::reactions(thread_id, message_id));
    let reactions = parts(move || {
        let html = of_reactions.with(|content| reaction::html(&address, &content.reactions));
        (!html.is_empty()).then(|| part(view! { <div class="message-reactions" inner_html=html></div> }))
    });
    let body = parts(move || {
        content.with(|content| Some(words_part(store, content, &look, is_mine, (thread_id, message_id))))
    });
    view! {
        <article class=class aria-label=said_by tabindex="-1">
            {picture} {fold}
            <div class=bubble_class>{name} {quote} {files} {body}</div>
            <button
                class="message-more icon-button"
                type="button"
                tabindex="-1"
                aria-haspopup="menu"
                aria-label=words::message::actions()
                title=words::message::actions()
            >
                {Icon::MORE.draw()}
            </button>
            {reactions} {fault}
        </article>
    }
}

/// What it says, with when and how far it is in the last line's free end.
fn words_part(
    store: Store,
    content: &Content,
    look: &ArcLive<Look>,
    is_mine: bool,
    (thread_id, message_id): (ThreadId, MessageId),
) -> Part {
    let class = match content {
        Content { is_deleted: true, .. } => "message-body message-gone",
        Content { body, .. } if is_emoji(body) => "message-body message-emoji",
        _ => "message-body",
    };
    let at = look.clone();
    let at = move || at.with(|look| look.at);
    let (time, title) = (at.clone(), at.clone());
    let state = (is_mine && !content.is_deleted).then(|| state(look.clone()));
    let edited = content.edited_at.map(|_| {
        view! {
            <a class="message-edited" href=route::versions(thread_id, message_id) data-sheet="" title=words::message::versions()>
                {words::message::edited()}
            </a>
        }
    });
    // Without scripts the time leads to what the menu has. The app draws no such way, and passes over the server's.
    let way = (cfg!(feature = "ssr") && !content.is_deleted).then(|| {
        view! {
            <noscript>
                <a href=route::actions(thread_id, message_id)>{words::message::actions()}</a>
            </noscript>
        }
    });
    let said = match content {
        Content { is_deleted: true, .. } => part(words::message::deleted()),
        // The server's, which let nothing through but the marks of a text.
        Content { html: Some(html), .. } => {
            part(view! { <div class="message-formatted" inner_html=html.clone()></div> })
        }
        Content { body: words, .. } => part(body(words)),
    };
    part(view! {
        <div class=class dir="auto">
            {said}
            <span class="message-meta">
                {edited}
                <span class="message-time" title=text(move || store.clock.civil(title()).long())>
                    {text(move || store.clock.civil(time()).time())}
                    {way}
                </span>
                {state}
            </span>
        </div>
    })
}

/// The sender's picture, beside the last message of several.
fn picture(sender: User, is_last: impl Fn() -> bool + Send + 'static) -> Part {
    view! {
        <div class="message-avatar">
            {parts(move || is_last().then(|| part(Picture::of_user(&sender).draw("avatar-small"))))}
        </div>
    }
}

/// The sender's name, above the first of several.
fn name(sender: User, is_first: impl Fn() -> bool + Send + 'static) -> Part {
    let class = format!("message-name hue-{}", avatar::hue(&sender));
    parts(move || {
        let (class, name) = (class.clone(), sender.display_name.clone());
        is_first().then(|| part(view! { <p class=class dir="auto">{name}</p> }))
    })
}

/// How far one's own message is: an icon, and a word for those who do not see it.
fn state(look: ArcLive<Look>) -> Part {
    parts(move || {
        let (icon, label) = look.with(|look| match look.progress {
            Progress::Sending => (Icon::CLOCK, words::message::sending()),
            Progress::Sent if look.is_seen => (Icon::CHECKS, words::message::read()),
            Progress::Sent => (Icon::CHECK, words::message::sent()),
            Progress::Refused(_) => (Icon::ALERT, words::message::not_sent()),
        });
        Some(part(view! {
            {icon.draw()}
            <span class="visually-hidden">{label}</span>
        }))
    })
}

/// Why one's own message was refused, and what can be done.
fn fault(store: Store, message_id: MessageId, look: ArcLive<Look>) -> Part {
    parts(move || {
        let reason = look.with(|look| match &look.progress {
            Progress::Sending | Progress::Sent => None,
            Progress::Refused(reason) => Some(words::message::refused(reason)),
        })?;
        Some(part(view! {
            <p class="message-fault" role="alert">
                {reason}
                <button class="message-retry" type="button" on:click=act(move |_| store.send_again(message_id))>
                    {words::message::retry()}
                </button>
                " "
                <button class="message-retry" type="button" on:click=act(move |_| store.discard(message_id))>
                    {words::message::delete()}
                </button>
            </p>
        }))
    })
}

/// The words, with what is an address made to lead there.
pub(crate) fn body(text: &str) -> Vec<Part> {
    let pieces = link::pieces(text).into_iter().map(|piece| match piece {
        Piece::Text(words) => part(words.to_owned()),
        Piece::Link(link) => part(view! {
            <a href=link::href(link) target="_blank" rel="noopener noreferrer nofollow">
                {link.to_owned()}
            </a>
        }),
    });
    pieces.collect()
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
