//! What was said in a secret chat.

use super::super::{icon::Icon, message_files};
use crate::{
    browser,
    live::{ArcLive, derive},
    secret::{
        self,
        chat::{Chat, EMOJI},
        files,
        state::{Entry, Progress, Purpose, Transfer, is_picture},
    },
    shape::{Item, Part, act, follow, list, part, parts, text, view},
};
use leptos::ev;
use model::secret::{SecretMessageId, SecretText};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// What the list is known by.
const LIST: &str = "secret-log";

/// The list. Who is at its end stays there.
pub fn draw(chat: &Chat) -> Part {
    let entries = chat.entries.clone();
    let of_list = chat.clone();
    let items = list(move || {
        let item = |entry: &ArcLive<Entry>| {
            let (entry, chat) = (entry.clone(), of_list.clone());
            let key = entry.peek(|entry| key_of(entry.message.id));
            Item::new(key, move || drawn(&chat, entry))
        };
        entries.with(|entries| entries.iter().map(item).collect())
    });
    let of_end = chat.entries.clone();
    follow(move || {
        of_end.with(|_| ());
        if let Some(list) = browser::element::<HtmlElement>(LIST) {
            leptos::prelude::request_animation_frame(move || list.set_scroll_top(list.scroll_height()));
        }
    });
    part(view! {
        <div class="secret-log" id=LIST role="log" translate="no" tabindex="0" aria-label=words::secret::log()>
            <ol class="secret-entries">{items}</ol>
        </div>
    })
}

/// What is quoted of a message: what it says, or what its file is called.
pub fn excerpt(entry: &Entry) -> Option<String> {
    let text = entry.message.text.as_ref().map(SecretText::between_the_two);
    text.or(entry.file.as_ref().map(|file| &*file.name)).map(str::to_owned)
}

fn key_of(id: SecretMessageId) -> u128 {
    u128::from(id.number) << 1 | u128::from(id.is_mine)
}

fn drawn(chat: &Chat, entry: ArcLive<Entry>) -> Part {
    let (id, at) = entry.peek(|entry| (entry.message.id, entry.message.at));
    let store = leptos::prelude::expect_context::<crate::store::Store>();
    let time = store.clock.civil(at).time();
    // Each follows what it shows alone: a menu that is open stays open, and a button the one that is pressed.
    let (of_quote, of_chat) = (entry.clone(), chat.clone());
    let answered = derive(move || of_quote.with(|entry| entry.message.reply_to));
    let quote = parts(move || {
        let answered = answered.get()?;
        let answered = of_chat.entry(answered).and_then(|entry| entry.with(excerpt));
        let words = answered.unwrap_or_else(|| words::secret::not_there().into());
        Some(part(view! { <blockquote class="secret-quote" dir="auto">{words}</blockquote> }))
    });
    let (of_content, of_file, of_files) = (entry.clone(), entry.clone(), chat.clone());
    let says = derive(move || of_content.with(|entry| entry.message.text.clone()));
    let file = derive(move || {
        let file = of_file.with(|entry| entry.file.clone());
        file.map(|file| match file.progress {
            Progress::Coming(_) => Transfer { progress: Progress::Coming(0), ..file },
            _ => file,
        })
    });
    let content = parts(move || {
        Some(file.with(|file| match file {
            Some(file) => file_part(&of_files, id, file),
            None => says.with(|text| match text {
                Some(text) => {
                    part(view! { <p class="secret-text" dir="auto">{text.between_the_two().to_owned()}</p> })
                }
                None => part(view! { <p class="secret-text secret-gone">{words::secret::deleted()}</p> }),
            }),
        }))
    });
    let of_reactions = entry.clone();
    let reactions =
        text(move || of_reactions.with(|entry| entry.message.reactions.iter().flatten().cloned().collect()));
    let of_state = entry.clone();
    let state = text(move || {
        of_state.with(|Entry { message, .. }| {
            let edited = message.is_edited.then(words::secret::edited);
            let delivered = (id.is_mine && message.is_delivered).then(words::secret::delivered);
            let words: Vec<_> = edited.into_iter().chain(delivered).collect();
            words.iter().map(|word| [" · ", word].concat()).collect()
        })
    });
    let menu_of = chat.clone();
    let kind = derive(move || entry.with(|entry| (entry.message.text.is_some(), entry.file.is_some())));
    let menu = parts(move || {
        let (is_text, is_file) = kind.get();
        (is_text || is_file).then(|| menu(&menu_of, id, is_text))
    });
    part(view! {
        <li class=if id.is_mine { "secret-entry secret-own" } else { "secret-entry" }>
            <article class="secret-bubble">
                {quote} {content} <p class="secret-reactions">{reactions}</p>
                <p class="secret-meta">
                    {time}
                    <span>{state}</span>
                </p>
            </article>
            {menu}
        </li>
    })
}

/// What can be done with a message.
fn menu(chat: &Chat, id: SecretMessageId, is_text: bool) -> Part {
    let item = |label: &'static str, act_on: fn(&Chat, SecretMessageId)| {
        let chat = chat.clone();
        part(view! {
            <button class="secret-act" type="button" on:click=act(move |event| {
                    close(&event);
                    act_on(&chat, id);
                })>
                {label}
            </button>
        })
    };
    let emoji = EMOJI.iter().map(|emoji| {
        let chat = chat.clone();
        let put = act(move |event| {
            close(&event);
            let now = chat.entry(id).and_then(|entry| entry.peek(|entry| entry.message.reactions[0].clone()));
            let wanted = (now.as_deref() != Some(*emoji)).then(|| (*emoji).to_owned());
            secret::acts::react(&chat, id, wanted);
        });
        part(view! {
            <button class="secret-act secret-emoji" type="button" on:click=put>
                {*emoji}
            </button>
        })
    });
    let emoji: Vec<Part> = emoji.collect();
    let edit = (id.is_mine && is_text)
        .then(|| item(words::secret::edit(), |chat, id| chat.purpose.set(Some(Purpose::Edit(id)))));
    let delete =
        id.is_mine.then(|| item(words::secret::delete(), |chat, id| secret::acts::delete(chat, id.number)));
    part(view! {
        <details class="secret-menu">
            <summary class="icon-button" aria-label=words::secret::actions()>
                {Icon::MORE.draw()}
            </summary>
            <div class="secret-acts">
                {emoji} {item(words::secret::reply(), |chat, id| chat.purpose.set(Some(Purpose::Reply(id))))} {edit} {delete}
            </div>
        </details>
    })
}

/// Closes the menu in which something was chosen.
fn close(event: &ev::MouseEvent) {
    let button = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    if let Some(Ok(Some(menu))) = button.map(|button| button.closest("details")) {
        let _ = menu.remove_attribute("open");
    }
}

/// A file, and how far it is.
fn file_part(chat: &Chat, id: SecretMessageId, file: &Transfer) -> Part {
    let Transfer { name, size, kind, progress } = file;
    let stop = {
        let chat = chat.clone();
        act(move |_| files::give_up(&chat, id))
    };
    let stop = view! {
        <button class="button" type="button" on:click=stop>
            {words::secret::stop()}
        </button>
    };
    let body = match progress {
        Progress::Done(url) if !url.is_empty() && is_picture(kind, name) => part(view! {
            <a href=url.clone() download=name.clone()>
                <img class="secret-picture" src=url.clone() alt=name.clone() />
            </a>
        }),
        Progress::Done(url) if !url.is_empty() => part(view! {
            <a class="button" href=url.clone() download=name.clone()>
                {words::secret::save()}
            </a>
        }),
        Progress::Done(_) if id.is_mine => part(words::secret::delivered()),
        Progress::Done(_) => part(words::secret::saved()),
        Progress::Unsaved => part(words::secret::not_saved()),
        Progress::Stopped => part(words::secret::stopped()),
        Progress::Offered if id.is_mine => part(view! { <span>{words::secret::offered()}</span> {stop} }),
        Progress::Offered => {
            let (chat, number) = (chat.clone(), id.number);
            part(view! {
                <button class="button" type="button" on:click=act(move |_| files::receive(&chat, number))>
                    {words::secret::fetch()}
                </button>
            })
        }
        Progress::Coming(_) => {
            let entry = chat.entry(id);
            let done = move |entry: &Entry| match entry.file {
                Some(Transfer { progress: Progress::Coming(done), .. }) => done,
                _ => 0,
            };
            let done = text(move || entry.as_ref().map_or(0, |entry| entry.with(done)).to_string());
            part(view! { <progress value=done max=size.to_string()></progress> {stop} })
        }
    };
    part(view! {
        <div class="secret-file">
            <p class="secret-file-name">
                {Icon::FILE.draw()}
                <bdi>{name.clone()}</bdi>
                <span class="secret-note">{message_files::size(*size)}</span>
            </p>
            {body}
        </div>
    })
}
