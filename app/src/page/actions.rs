//! The page of what can be done with a message, for readers without scripts: the message as it stands in its thread, and below it a form for each thing
//! that the app's menu has. What was refused stands at its form, which is open then, with what was typed.

mod note;

use super::{acting, reports::reason_fields, sheet::sheet};
use crate::{
    Refused, Site, clock, route,
    view::{
        avatar::Picture, conversation::title_of, icon::Icon, message, message_files, message_menu::QUICK,
        quote, reaction, unsent::as_content,
    },
};
use leptos::prelude::*;
use model::{Message, MessageId, Problem, Thread, Timestamp, User, UserId, civil::Civil};
use note::Note;

/// What the page shows.
pub struct Actions {
    /// Whose page it is.
    pub me: UserId,
    /// The message.
    pub message: Message,
    /// Who sent it.
    pub sender: Option<User>,
    /// Whether it stands in a group.
    pub is_group: bool,
    /// Whether the reader administers that.
    pub is_admin: bool,
    /// Where it can go.
    pub threads: Vec<Thread>,
    /// The form that led here and was not carried out.
    pub refused: Option<(Act, Refused)>,
    /// The reader's minutes east of UTC at a moment.
    pub offset: Box<dyn Fn(Timestamp) -> i32>,
}

/// What a form of the page does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Act {
    /// Answers the message.
    Reply,
    /// Puts an emoji under it, or takes it away.
    React,
    /// Gives it other words.
    Edit,
    /// Brings it to another thread.
    Forward,
    /// Pins or unpins it.
    Pin,
    /// Brings it to the administrator's attention.
    Report,
    /// Deletes it for everybody.
    Delete,
}

/// The page.
#[must_use]
pub fn actions(site: &Site, page: Actions) -> String {
    let Message { thread_id, created_at, message_id, .. } = page.message;
    let way_back = route::message(thread_id, created_at, message_id);
    sheet(Some(site), "actions", &heading(&page), way_back, || content(page))
}

fn heading(page: &Actions) -> String {
    match &page.sender {
        Some(sender) if sender.user_id != page.me => words::actions::of(&sender.display_name),
        _ => words::actions::own().into(),
    }
}

impl Actions {
    /// Where a form leads that is below the page.
    fn to(&self, form: &str) -> String {
        acting(&format!("{}/{form}", route::actions(self.message.thread_id, self.message.message_id)))
    }

    /// What became of a form, if it is the one that was refused.
    fn tried(&self, act: Act) -> Option<&Refused> {
        self.refused.as_ref().filter(|(refused, _)| *refused == act).map(|(_, refused)| refused)
    }

    /// Why it was refused.
    fn problem(&self, act: Act) -> Option<Problem> {
        self.tried(act).map(|refused| refused.problem.clone())
    }

    /// What was typed into it.
    fn typed(&self, act: Act) -> Option<&str> {
        self.tried(act).map(|refused| refused.body.as_str())
    }

    /// What the message is known by that a form makes: the same again where the first may have been made.
    fn form_id(&self, act: Act) -> String {
        let kept = self.tried(act).and_then(|refused| refused.form_id);
        kept.unwrap_or_else(MessageId::generate).to_string()
    }
}

fn content(page: Actions) -> impl IntoView {
    provide_context(page.me);
    let is_mine = page.message.sender_id == page.me;
    let picture = page.sender.as_ref().map(|sender| Picture::of_user(sender).drawn("avatar-small"));
    let at = page.message.created_at;
    view! {
        <header class="actions-header">
            <span inner_html=picture.unwrap_or_default()></span>
            <div class="actions-heading">
                <h1 class="actions-title" dir="auto">
                    {heading(&page)}
                </h1>
                <time class="actions-time" datetime=clock::machine(at)>
                    {Civil::of(at, (page.offset)(at)).long()}
                </time>
            </div>
        </header>
        {said(&page.message, is_mine)}
        {reactions(&page)}
        {reply(&page)}
        <ul class="actions-list">
            {(is_mine && page.message.forward.is_none()).then(|| edit(&page))}
            {forward(&page)}
            {(page.is_admin || !page.is_group).then(|| pin(&page))}
            {ways(&page.message, is_mine && page.is_group)}
            {(!is_mine).then(|| report(&page))}
            {(is_mine || page.is_admin).then(|| delete(&page))}
        </ul>
    }
}

/// The message as it stands in its thread.
fn said(message: &Message, is_mine: bool) -> impl IntoView + use<> {
    let quote = match (&message.reply_to, &message.forward) {
        (Some(quote), _) => Some(quote::html(message.thread_id, quote)),
        (None, Some(forward)) => Some(quote::forward(forward)),
        (None, None) => None,
    };
    let quote = quote.map(|html| view! { <div class="message-quote" inner_html=html></div> });
    let files = message_files::html(message.thread_id, &message.files);
    let files = (!files.is_empty()).then(|| view! { <div class="message-files" inner_html=files></div> });
    let words = match &message.html {
        Some(html) => view! { <div class="message-formatted" inner_html=html.clone()></div> }.into_any(),
        None => message::body(&message.body).into_any(),
    };
    let words = (!message.body.is_empty()).then(|| {
        view! {
            <div class="message-body" dir="auto">
                {words}
            </div>
        }
    });
    let class = if is_mine {
        "message message-own message-first message-last"
    } else {
        "message message-first message-last"
    };
    view! {
        <div class="actions-ground">
            <div class=class>
                <div class=message_files::bubble_class(&message.body, &message.files)>{quote} {files} {words}</div>
            </div>
        </div>
    }
}

/// What people put under it, what most people put, and a field for anything else.
fn reactions(page: &Actions) -> impl IntoView + use<> {
    let known = &page.message.reactions;
    let action = page.to("reactions");
    let there = reaction::html(&action, known);
    let is_new = |emoji: &&str| known.iter().all(|reaction| reaction.emoji != *emoji);
    let quick = QUICK.into_iter().filter(is_new).map(|emoji| {
        view! {
            <button class="actions-emoji" name="on" value=emoji aria-label=words::reaction::react(emoji)>
                {emoji}
            </button>
        }
    });
    let tried = Note::of(page, Act::React);
    view! {
        <section class="actions-reactions" aria-label=words::reaction::title()>
            {(!there.is_empty()).then(|| view! { <div class="actions-there" inner_html=there></div> })}
            <form class="actions-quick" method="post" action=action.clone()>
                {quick.collect_view()}
            </form>
            <form class="actions-other" method="post" action=action>
                <input
                    class="field-input"
                    name="on"
                    value=page.typed(Act::React).unwrap_or_default().to_owned()
                    placeholder=words::actions::emoji()
                    aria-label=words::actions::emoji()
                    autocomplete="off"
                    required
                    autofocus=tried.is_there()
                    aria-invalid=tried.invalid()
                    aria-describedby=tried.id()
                />
                <button class="button">{words::actions::react()}</button>
                {tried.draw()}
            </form>
        </section>
    }
}

fn reply(page: &Actions) -> impl IntoView + use<> {
    let typed = page.typed(Act::Reply).unwrap_or_default();
    view! {
        <form class="actions-form" method="post" action=page.to("reply")>
            <input type="hidden" name="message_id" value=page.form_id(Act::Reply) />
            {words_field(page, Act::Reply, words::message_menu::reply(), typed)}
            <button class="button button-primary">{words::composer::send()}</button>
        </form>
    }
}

fn edit(page: &Actions) -> impl IntoView + use<> {
    let words = page.typed(Act::Edit).unwrap_or(&page.message.body);
    let form = view! {
        <form class="actions-form" method="post" action=page.to("edit")>
            {words_field(page, Act::Edit, words::actions::words(), words)}
            <button class="button button-primary">{words::composer::save()}</button>
        </form>
    };
    fold(page, Act::Edit, Icon::WRITE, words::message_menu::edit(), form)
}

/// A field for what a message is to say.
fn words_field(page: &Actions, act: Act, label: &'static str, words: &str) -> impl IntoView + use<> {
    let note = Note::of(page, act);
    let id = format!("{}-words", note.name);
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>
                {label}
            </label>
            <textarea
                class="field-input actions-words"
                id=id
                name="body"
                rows="3"
                dir="auto"
                autocomplete="off"
                autofocus=note.is_there()
                aria-invalid=note.invalid()
                aria-describedby=note.id()
                inner_html=as_content(words)
            ></textarea>
            {note.draw()}
        </div>
    }
}

fn forward(page: &Actions) -> impl IntoView + use<> {
    let chosen = page.typed(Act::Forward).unwrap_or_default();
    let threads = page.threads.iter().map(|thread| {
        let thread_id = thread.thread_id.to_string();
        let is_chosen = thread_id == chosen;
        view! {
            <option value=thread_id selected=is_chosen>
                {title_of(thread)}
            </option>
        }
    });
    let note = Note::of(page, Act::Forward);
    let form = view! {
        <form class="actions-form" method="post" action=page.to("forward")>
            <input type="hidden" name="form_id" value=page.form_id(Act::Forward) />
            <div class="field">
                <label class="field-label" for="actions-to">
                    {words::forward::to()}
                </label>
                <select
                    class="field-input"
                    id="actions-to"
                    name="to"
                    required
                    autofocus=note.is_there()
                    aria-invalid=note.invalid()
                    aria-describedby=note.id()
                >
                    <option value="">{words::actions::choose()}</option>
                    {threads.collect_view()}
                </select>
                {note.draw()}
            </div>
            <div class="actions-answers">
                <button class="button button-primary">{words::forward::send()}</button>
                <a class="button" href=route::forward(page.message.thread_id, page.message.message_id)>
                    {words::actions::others()}
                </a>
            </div>
        </form>
    };
    fold(page, Act::Forward, Icon::FORWARD, words::forward::title(), form)
}

fn pin(page: &Actions) -> impl IntoView + use<> {
    let is_pinned = page.message.is_pinned;
    let label = if is_pinned { words::pins::unpin() } else { words::pins::pin() };
    let note = Note::of(page, Act::Pin);
    view! {
        <li>
            <form method="post" action=page.to("pin")>
                <input type="hidden" name="pinned" value=(!is_pinned).to_string() />
                <button class="actions-row" aria-describedby=note.id()>
                    {Icon::PIN.draw()}
                    {label}
                </button>
                {note.draw()}
            </form>
        </li>
    }
}

/// The ways to what else there is to be seen of it.
fn ways(message: &Message, has_readers: bool) -> impl IntoView + use<> {
    let Message { thread_id, message_id, .. } = *message;
    let way = |icon: Icon, href: String, label: &'static str| {
        view! {
            <li>
                <a class="actions-row" href=href>
                    {icon.draw()}
                    {label}
                </a>
            </li>
        }
    };
    let versions = message
        .edited_at
        .map(|_| way(Icon::CLOCK, route::versions(thread_id, message_id), words::message::versions()));
    let who = (!message.reactions.is_empty())
        .then(|| way(Icon::PEOPLE, route::reactions(thread_id, message_id), words::reaction::who()));
    let readers = has_readers
        .then(|| way(Icon::CHECKS, route::readers(thread_id, message_id), words::readers::title()));
    view! { {versions} {who} {readers} }
}

fn report(page: &Actions) -> impl IntoView + use<> {
    let form = view! {
        <form class="actions-form" method="post" action=page.to("report")>
            <p>{words::reports::about()}</p>
            {reason_fields(page.typed(Act::Report).unwrap_or_default(), page.problem(Act::Report))}
        </form>
    };
    fold(page, Act::Report, Icon::ALERT, words::message_menu::report(), form)
}

/// It asks once more by being folded, since it cannot be undone.
fn delete(page: &Actions) -> impl IntoView + use<> {
    let note = Note::of(page, Act::Delete);
    let form = view! {
        <form class="actions-form" method="post" action=page.to("delete")>
            <p>{words::message_menu::sure()}</p>
            {note.draw()}
            <button class="button button-danger" aria-describedby=note.id()>
                {words::actions::delete()}
            </button>
        </form>
    };
    fold(page, Act::Delete, Icon::BIN, words::message_menu::delete(), form)
}

/// A form below its name, which opens it.
fn fold<V: IntoView>(
    page: &Actions,
    act: Act,
    icon: Icon,
    label: &'static str,
    form: V,
) -> impl IntoView + use<V> {
    view! {
        <li>
            <details open=page.tried(act).is_some()>
                <summary class="actions-row">
                    {icon.draw()}
                    {label}
                </summary>
                {form}
            </details>
        </li>
    }
}
