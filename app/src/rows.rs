//! How a window on a thread becomes rows: which day each stands under, which belong together, where the unread ones begin.

use crate::{
    live::ArcLive,
    store::{Pending, Progress},
};
use model::{
    File, Forward, Message, MessageId, Quote, Reaction, ThreadId, Timeline, Timestamp, User, UserId,
};
use std::{ops::Range, sync::Arc};

/// Messages of one person with no longer a pause between them belong together.
const RUN_PAUSE_US: i64 = 5 * 60 * 1_000_000;

/// A message's row. It stays the same row while the message is sent and stored, and while others come and go around it.
#[derive(Clone)]
pub struct Row {
    /// Where.
    pub thread_id: ThreadId,
    /// Which message.
    pub message_id: MessageId,
    /// Its day, by the reader's calendar.
    pub day: i64,
    /// Whose it is.
    pub author: Arc<Author>,
    /// What it says.
    pub content: ArcLive<Content>,
    /// How it looks among its neighbours.
    pub look: ArcLive<Look>,
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        self.message_id == other.message_id && self.day == other.day && self.key() == other.key()
    }
}

impl Row {
    /// What tells it from others: also from itself, before whoever says it showed themselves in another way.
    #[must_use]
    pub fn key(&self) -> u128 {
        self.message_id.0.as_u128().wrapping_add(u128::from(self.author.change()))
    }
}

impl Author {
    fn change(&self) -> u64 {
        self.user.as_ref().map_or(0, |user| user.change)
    }
}

/// Who says something.
pub struct Author {
    /// Who. Unknown only if the server forgot to tell.
    pub user: Option<User>,
    /// Whether that is the reader.
    pub is_mine: bool,
}

/// What a message says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Content {
    /// Its words.
    pub body: String,
    /// The same as HTML, if they have marks.
    pub html: Option<String>,
    /// What it answers.
    pub quote: Option<Quote>,
    /// Whose words it brings along.
    pub forward: Option<Forward>,
    /// What was sent along.
    pub files: Vec<File>,
    /// What people put under it.
    pub reactions: Vec<Reaction>,
    /// When it got its words, if they are not its first.
    pub edited_at: Option<Timestamp>,
    /// Whether it was deleted.
    pub is_deleted: bool,
}

impl Content {
    fn of(message: &Message, material: &Material<'_>) -> Self {
        Self {
            body: message.body.clone(),
            html: message.html.clone(),
            quote: message.reply_to.clone().map(|quote| material.name(quote)),
            forward: message.forward.clone(),
            files: message.files.clone(),
            reactions: message.reactions.clone(),
            edited_at: message.edited_at,
            is_deleted: message.is_deleted,
        }
    }

    fn of_pending(pending: &Pending, material: &Material<'_>) -> Self {
        Self {
            body: pending.body.clone(),
            html: pending.html.clone(),
            quote: pending.reply_to.clone().map(|quote| material.name(quote)),
            forward: None,
            files: pending.files.clone(),
            reactions: Vec::new(),
            edited_at: None,
            is_deleted: false,
        }
    }
}

/// How a row looks among its neighbours.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Look {
    /// Its time: the server's, once it is stored.
    pub at: Timestamp,
    /// Its number in the thread, or 0 while it has none.
    pub seq: u64,
    /// How far it is.
    pub progress: Progress,
    /// Whether the other one has read it.
    pub is_seen: bool,
    /// The first of those that belong together.
    pub is_first: bool,
    /// The last of them.
    pub is_last: bool,
    /// The first that the reader had not read.
    pub is_first_unread: bool,
}

/// What the rows of a thread are made from.
pub struct Material<'a> {
    /// Its window.
    pub timeline: &'a Timeline,
    /// Which of its messages are in the page.
    pub mounted: Range<usize>,
    /// All messages on their way.
    pub outbox: &'a [Pending],
    /// Who reads.
    pub me: &'a User,
    /// Up to which `seq` the other one has read.
    pub seen_seq: u64,
    /// What was unread when the thread was opened stands after this `seq`.
    pub unread_after: Option<u64>,
}

impl Material<'_> {
    /// The rows. Those that were there before stay, with another look if need be. `day` is the reader's calendar.
    pub fn arrange(&self, before: Vec<Row>, day: impl Fn(Timestamp) -> i64) -> Vec<Row> {
        let mut before = Before { rows: before, next: 0 };
        let mut drafts = self.drafts();
        for index in 0..drafts.len() {
            let follows = index > 0 && !drafts[index].look.is_first_unread && {
                let (last, this) = (&drafts[index - 1], &drafts[index]);
                last.sender_id == this.sender_id
                    && this.look.at.0 - last.look.at.0 < RUN_PAUSE_US
                    && day(last.look.at) == day(this.look.at)
            };
            drafts[index].look.is_first = !follows;
            if index > 0 {
                drafts[index - 1].look.is_last = !follows;
            }
        }
        drafts.into_iter().map(|draft| draft.into_row(self, &mut before, &day)).collect()
    }

    /// Calls whoever is quoted what the reader calls them now.
    fn name(&self, mut quote: Quote) -> Quote {
        if quote.sender_id == self.me.user_id {
            quote.sender_name = words::message::you().into();
        } else if let Some(sender) = self.timeline.sender(quote.sender_id) {
            quote.sender_name.clone_from(&sender.display_name);
        }
        quote
    }

    fn drafts(&self) -> Vec<Draft> {
        let all = self.timeline.messages();
        let is_to_end = self.mounted.end == all.len() && !self.timeline.has_newer();
        let messages = &all[self.mounted.clone()];
        let mut drafts = Vec::with_capacity(messages.len());
        // No line where the window begins: there is more that was not read above it.
        let is_within = |seq: &u64| messages.first().is_some_and(|first| first.seq <= seq + 1);
        let mut unread_after = self.unread_after.filter(is_within);
        for message in messages {
            let is_first_unread = message.sender_id != self.me.user_id
                && unread_after.take_if(|seq| message.seq > *seq).is_some();
            drafts.push(Draft {
                message_id: message.message_id,
                sender_id: message.sender_id,
                content: Content::of(message, self),
                look: Look {
                    at: message.created_at,
                    seq: message.seq,
                    progress: Progress::Sent,
                    is_seen: message.seq <= self.seen_seq,
                    is_first: true,
                    is_last: true,
                    is_first_unread,
                },
            });
        }
        let is_here = |pending: &&Pending| {
            pending.thread_id == self.timeline.thread_id
                && is_to_end
                && !messages.iter().rev().any(|message| message.message_id == pending.message_id)
        };
        // One's own clock may be behind the server's; what is written last stands last.
        let newest = self.timeline.newest_at().unwrap_or(Timestamp(0));
        drafts.extend(self.outbox.iter().filter(is_here).map(|pending| Draft {
            message_id: pending.message_id,
            sender_id: self.me.user_id,
            content: Content::of_pending(pending, self),
            look: Look {
                at: pending.written_at.max(newest),
                seq: 0,
                progress: pending.progress.clone(),
                is_seen: false,
                is_first: true,
                is_last: true,
                is_first_unread: false,
            },
        }));
        drafts
    }
}

struct Draft {
    message_id: MessageId,
    sender_id: UserId,
    content: Content,
    look: Look,
}

impl Draft {
    fn into_row(self, material: &Material<'_>, before: &mut Before, day: impl Fn(Timestamp) -> i64) -> Row {
        let day = day(self.look.at);
        let is_mine = self.sender_id == material.me.user_id;
        let user = if is_mine { Some(material.me) } else { material.timeline.sender(self.sender_id) };
        let known = before.take(self.message_id);
        let is_same = |row: &Row| row.author.change() == user.map_or(0, |user| user.change);
        if let Some(mut row) = known.filter(is_same) {
            row.day = day;
            row.content.set_if_new(self.content);
            row.look.set_if_new(self.look);
            return row;
        }
        let user = user.cloned();
        Row {
            thread_id: material.timeline.thread_id,
            message_id: self.message_id,
            day,
            author: Arc::new(Author { user, is_mine }),
            content: ArcLive::new(self.content),
            look: ArcLive::new(self.look),
        }
    }
}

/// The rows as they were. They are asked for in nearly the order in which they stand.
struct Before {
    rows: Vec<Row>,
    next: usize,
}

impl Before {
    fn take(&mut self, message_id: MessageId) -> Option<Row> {
        let (passed, coming) = self.rows.split_at(self.next);
        let is_it = |row: &Row| row.message_id == message_id;
        let place = match coming.iter().position(is_it) {
            Some(place) => place + self.next,
            None => passed.iter().position(is_it)?,
        };
        self.next = place + 1;
        Some(self.rows[place].clone())
    }
}
