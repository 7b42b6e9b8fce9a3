//! Says aloud, to those who do not see the page, what others write in the open thread: not more often than one can listen.

use super::{notice, thread_row::or_photo};
use crate::{
    browser::{self, spawn_local},
    live::{ArcLive, Live, derive},
    shape::{Part, follow, text, view},
    store::{Store, Visit},
};
use leptos::prelude::*;
use model::{Message, Notice, Timeline};

/// What comes within this time is said in one sentence.
const BREATH_MS: i32 = 1_500;

/// An invisible line that changes when there is something to say.
#[component]
pub fn Announcer(visit: Visit) -> Part {
    let store = expect_context::<Store>();
    let words = Live::new(String::new());
    let news = visit.news.clone();
    let visit_of_notices = visit.clone();
    let newest = {
        let timeline = visit.timeline.clone();
        derive(move || {
            timeline.with(|timeline| {
                let timeline = timeline.as_ref().filter(|timeline| !timeline.has_newer());
                timeline.map(|timeline| timeline.messages().last().map_or(0, |message| message.seq))
            })
        })
    };
    let said = Live::new(None::<u64>);
    let is_waiting = Live::new(false);
    follow(move || {
        let Some(newest) = newest.get() else { return };
        if said.get_now().is_none() {
            said.set(Some(newest));
        }
        if said.get_now() >= Some(newest) || is_waiting.get_now() {
            return;
        }
        is_waiting.set(true);
        let timeline = visit.timeline.clone();
        spawn_local(async move {
            browser::sleep(BREATH_MS).await;
            let Some(after) = said.try_peek(|said| *said).flatten() else { return };
            is_waiting.set(false);
            said.set(newest_now(&timeline));
            let sentence = timeline
                .peek(|timeline| timeline.as_ref().and_then(|timeline| sentence(timeline, after, store)));
            if let Some(sentence) = sentence {
                say(words, sentence);
            }
        });
    });
    tell_notices(&visit_of_notices);
    let is_telling = Live::new(false);
    follow(move || {
        if news.with(Vec::is_empty) || is_telling.get_now() {
            return;
        }
        is_telling.set(true);
        let news = news.clone();
        spawn_local(async move {
            browser::sleep(BREATH_MS).await;
            if is_telling.try_peek(|_| ()).is_none() {
                return;
            }
            is_telling.set(false);
            let told = news.update(std::mem::take).unwrap_or_default();
            let sentence = match &told[..] {
                [one] => one.clone(),
                _ => words::announcer::changes(told.len() as u64),
            };
            say(words, sentence);
        });
    });
    view! {
        <p class="visually-hidden" role="status">
            {text(move || words.get())}
        </p>
    }
}

/// Whoever says the same again is heard only if something changes.
fn say(words: Live<String>, mut sentence: String) {
    if words.get_now() == sentence {
        sentence.push('\u{a0}');
    }
    words.set(sentence);
}

/// Has it said what happened to the group since it was opened.
fn tell_notices(visit: &Visit) {
    let (timeline, news) = (visit.timeline.clone(), visit.news.clone());
    let told = Live::new(None::<u64>);
    follow(move || {
        let sentences = timeline.with(|timeline| {
            let notices = timeline.as_ref().filter(|timeline| !timeline.has_newer())?.notices();
            let before = told.get_now();
            told.set(before.max(Some(notices.last().map_or(0, |notice| notice.change))));
            let is_new = |notice: &&Notice| before.is_some_and(|before| notice.change > before);
            Some(notices.iter().filter(is_new).map(notice::sentence).collect::<Vec<_>>())
        });
        if let Some(sentences) = sentences.filter(|sentences| !sentences.is_empty()) {
            news.update(|news| news.extend(sentences));
        }
    });
}

fn newest_now(timeline: &ArcLive<Option<Timeline>>) -> Option<u64> {
    timeline.peek(|timeline| timeline.as_ref()?.messages().last().map(|message| message.seq))
}

/// What others wrote after that message.
fn sentence(timeline: &Timeline, after: u64, store: Store) -> Option<String> {
    let me = store.my_id();
    let blocked = store.blocked.get_now();
    let is_news = |message: &&Message| {
        let by_others = message.sender_id != me && !blocked.contains(&message.sender_id);
        message.seq > after && by_others && !message.is_deleted
    };
    let news: Vec<_> = timeline.messages().iter().filter(is_news).collect();
    let last = news.last()?;
    let name =
        timeline.sender(last.sender_id).map_or(words::announcer::somebody(), |sender| &sender.display_name);
    let is_of_one = news.iter().all(|message| message.sender_id == last.sender_id);
    Some(match (news.len(), is_of_one) {
        (1, _) => words::announcer::message(name, &or_photo(last.excerpt())),
        (count, true) => words::announcer::messages_from(count as u64, name),
        (count, false) => words::message_list::new_count(count as u64),
    })
}
