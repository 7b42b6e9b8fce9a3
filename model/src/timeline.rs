//! A thread's loaded messages, in order: the snapshot at opening and the state that the browser keeps.

use crate::{
    Message, MessageId, Notice, ThreadId, Timestamp, User, UserId,
    page::{ChangePage, MessagePage},
    reaction,
    wire::{Event, Outcome},
};

/// A window on a thread's log. Within it `seq` has no gap; before and after it there may be more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Timeline {
    /// Whose messages these are.
    pub thread_id: ThreadId,
    messages: Vec<Message>,
    /// By `change`: those that stand after one of the messages, or before the first of all.
    notices: Vec<Notice>,
    /// By `user_id`.
    people: Vec<User>,
    reader_id: Option<UserId>,
    has_older: bool,
    has_newer: bool,
    /// The thread's changes up to this one are in the messages.
    change: u64,
}

impl Timeline {
    /// The window that a page opens.
    #[must_use]
    pub fn new(thread_id: ThreadId, page: MessagePage) -> Self {
        let mut timeline = Self {
            thread_id,
            messages: page.messages,
            notices: page.notices,
            people: Vec::new(),
            reader_id: page.reader_id,
            has_older: page.has_older,
            has_newer: page.has_newer,
            change: page.change,
        };
        timeline.meet(page.people);
        timeline
    }

    /// The oldest first.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// What happened to the group among these messages, in order.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// One of the messages.
    #[must_use]
    pub fn message(&self, message_id: MessageId) -> Option<&Message> {
        self.messages.iter().rev().find(|message| message.message_id == message_id)
    }

    /// The message of that key or, where there is none, the next one after it, or the last.
    #[must_use]
    pub fn nearest(&self, at: Timestamp) -> Option<&Message> {
        let place = self.messages.partition_point(|message| message.created_at < at);
        self.messages.get(place).or(self.messages.last())
    }

    /// Who sent a message of this window.
    #[must_use]
    pub fn sender(&self, user_id: UserId) -> Option<&User> {
        self.place(user_id).ok().map(|place| &self.people[place])
    }

    /// All whom its messages show.
    #[must_use]
    pub fn people(&self) -> &[User] {
        &self.people
    }

    /// Whether the thread has messages before these.
    #[must_use]
    pub fn has_older(&self) -> bool {
        self.has_older
    }

    /// Whether the thread has messages after these; then new ones are not shown until the window gets there.
    #[must_use]
    pub fn has_newer(&self) -> bool {
        self.has_newer
    }

    /// The thread's changes up to this one are in the messages: the cursor of those that are not.
    #[must_use]
    pub fn change(&self) -> u64 {
        self.change
    }

    /// The cursor of the page before these.
    #[must_use]
    pub fn oldest_at(&self) -> Option<Timestamp> {
        self.messages.first().map(|message| message.created_at)
    }

    /// The cursor of the page after these.
    #[must_use]
    pub fn newest_at(&self) -> Option<Timestamp> {
        self.messages.last().map(|message| message.created_at)
    }

    /// Adds the page before the oldest message. A page that does not join on, because the window has moved meanwhile, is dropped.
    pub fn extend_older(&mut self, page: MessagePage) {
        let joins = match (page.messages.last(), self.messages.first()) {
            (Some(last), Some(first)) => last.seq + 1 == first.seq,
            (None, _) => true,
            (Some(_), None) => false,
        };
        if joins {
            self.meet(page.people);
            self.messages.splice(0..0, page.messages);
            self.has_older = page.has_older;
            for notice in &page.notices {
                let _ = self.note(notice);
            }
            self.change = self.change.min(page.change);
        }
    }

    /// Adds the page after the newest message, or as much of it as is not here yet. A page that does not join on is dropped.
    pub fn extend_newer(&mut self, page: MessagePage) {
        let next = self.next_seq();
        let known = page.messages.partition_point(|message| message.seq < next);
        let joins = page.messages.get(known).is_none_or(|message| message.seq == next);
        if joins {
            self.meet(page.people);
            self.messages.extend(page.messages.into_iter().skip(known));
            self.has_newer = page.has_newer;
            for notice in &page.notices {
                let _ = self.note(notice);
            }
            // A page that was overtaken by events lacks them: they are to come again.
            self.change = self.change.min(page.change);
        }
    }

    /// Drops the oldest messages beyond `keep`, where a long reader has gathered more than should be mounted.
    pub fn trim_older(&mut self, keep: usize) {
        if self.messages.len() > keep {
            self.messages.drain(..self.messages.len() - keep);
            self.has_older = true;
            self.forget_notices();
        }
    }

    /// Drops the newest messages beyond `keep`.
    pub fn trim_newer(&mut self, keep: usize) {
        if self.messages.len() > keep {
            self.messages.truncate(keep);
            self.has_newer = true;
            self.forget_notices();
        }
    }

    /// Takes in what changed since [`Timeline::change`], up to the first message that is not here yet and should be.
    pub fn catch_up(&mut self, page: &ChangePage) -> Outcome {
        // First: they are taken in once, however often they come.
        for notice in &page.notices {
            if let missed @ Outcome::Missed(_) = self.note(notice) {
                return missed;
            }
        }
        for message in &page.messages {
            if let missed @ Outcome::Missed(_) = self.replace(message, true) {
                return missed;
            }
            self.change = self.change.max(message.change.unwrap_or(0));
        }
        self.change = self.change.max(page.change);
        Outcome::Applied
    }

    /// Turns this snapshot into the next.
    pub fn apply(&mut self, event: &Event) -> Outcome {
        if let Event::MessageSent { message, sender } = event {
            return self.append(message, sender);
        }
        if let Event::UserChanged { user, .. } = event {
            let place = self.place(user.user_id).ok();
            let is_new = place.is_some_and(|place| self.people[place].renew(user));
            return if is_new { Outcome::Applied } else { Outcome::Known };
        }
        let Some((thread_id, change)) = event.change() else { return Outcome::Known };
        if thread_id != self.thread_id || change <= self.change {
            return Outcome::Known;
        }
        if change > self.change + 1 {
            return Outcome::Missed(thread_id);
        }
        let outcome = match event {
            Event::MessageChanged { message, .. } => self.replace(message, false),
            Event::Reacted { .. } | Event::Pinned { .. } => self.touch(event),
            _ => Outcome::Known,
        };
        let outcome = match (outcome, event.notice()) {
            (Outcome::Known | Outcome::Applied, Some(notice)) => match self.note(notice) {
                Outcome::Known => outcome,
                noted => noted,
            },
            _ => outcome,
        };
        if !matches!(outcome, Outcome::Missed(_)) {
            self.change = change;
        }
        outcome
    }

    fn append(&mut self, message: &Message, sender: &User) -> Outcome {
        if message.thread_id != self.thread_id || self.has_newer {
            return Outcome::Known;
        }
        let next = self.next_seq();
        if message.seq < next {
            return Outcome::Known;
        }
        // One that has changed already was sent long ago, and is only told again. What is quoted may have changed in a change that was told
        // before this.
        let is_overtaken = message.reply_to.as_ref().is_some_and(|quote| quote.change < self.change);
        if message.seq > next || message.change.is_some() || is_overtaken {
            return Outcome::Missed(self.thread_id);
        }
        self.meet([sender.clone()]);
        self.messages.push(message.clone());
        Outcome::Applied
    }

    /// Puts a message's new state in the place of the one that is here, and into what quotes it. What everybody was told does not say what of it is
    /// the reader's own.
    fn replace(&mut self, message: &Message, is_for_reader: bool) -> Outcome {
        if message.seq >= self.next_seq() && !self.has_newer {
            return Outcome::Missed(self.thread_id);
        }
        let place = self.messages.binary_search_by_key(&message.seq, |known| known.seq);
        let mut has_changed = false;
        match place.ok().map(|place| &mut self.messages[place]) {
            Some(known) if known.change > message.change => return Outcome::Known,
            Some(known) if known.change < message.change => {
                let mut reactions = std::mem::take(&mut known.reactions);
                known.clone_from(message);
                if !is_for_reader {
                    reaction::renew(&mut reactions, &message.reactions);
                    known.reactions = reactions;
                }
                has_changed = true;
            }
            _ => {}
        }
        for quote in self.messages.iter_mut().filter_map(|message| message.reply_to.as_mut()) {
            has_changed |= quote.take(message);
        }
        if has_changed { Outcome::Applied } else { Outcome::Known }
    }

    /// Changes what stands beside a message's words.
    fn touch(&mut self, event: &Event) -> Outcome {
        let (Event::Reacted { change, seq, .. } | Event::Pinned { change, seq, .. }) = event else {
            return Outcome::Known;
        };
        if *seq >= self.next_seq() && !self.has_newer {
            return Outcome::Missed(self.thread_id);
        }
        let Ok(place) = self.messages.binary_search_by_key(seq, |known| known.seq) else {
            return Outcome::Known;
        };
        let known = &mut self.messages[place];
        if known.change >= Some(*change) {
            return Outcome::Known;
        }
        known.change = Some(*change);
        match event {
            Event::Pinned { is_pinned, .. } => known.is_pinned = *is_pinned,
            Event::Reacted { user_id, emoji, is_on, reactions, .. } => {
                reaction::renew(&mut known.reactions, reactions);
                let own = known.reactions.iter_mut().find(|known| known.emoji == *emoji);
                if let Some(own) = own.filter(|_| self.reader_id == Some(*user_id)) {
                    own.is_mine = *is_on;
                }
            }
            _ => {}
        }
        Outcome::Applied
    }

    /// Takes in a notice, if it stands among these messages.
    fn note(&mut self, notice: &Notice) -> Outcome {
        if notice.after_seq >= self.next_seq() && !self.has_newer {
            return Outcome::Missed(self.thread_id);
        }
        if !self.reaches(notice) {
            return Outcome::Known;
        }
        match self.notices.binary_search_by_key(&notice.change, |known| known.change) {
            Ok(_) => Outcome::Known,
            Err(place) => {
                self.notices.insert(place, notice.clone());
                Outcome::Applied
            }
        }
    }

    fn reaches(&self, notice: &Notice) -> bool {
        let first = self.messages.first().map_or(1, |first| first.seq);
        (first == 1 || notice.after_seq >= first) && notice.after_seq < self.next_seq()
    }

    fn forget_notices(&mut self) {
        let notices = std::mem::take(&mut self.notices);
        self.notices = notices.into_iter().filter(|notice| self.reaches(notice)).collect();
    }

    fn next_seq(&self) -> u64 {
        self.messages.last().map_or(1, |last| last.seq + 1)
    }

    fn meet(&mut self, people: impl IntoIterator<Item = User>) {
        for user in people {
            match self.place(user.user_id) {
                Ok(place) => {
                    self.people[place].renew(&user);
                }
                Err(place) => self.people.insert(place, user),
            }
        }
    }

    fn place(&self, user_id: UserId) -> Result<usize, usize> {
        self.people.binary_search_by_key(&user_id, |user| user.user_id)
    }
}
