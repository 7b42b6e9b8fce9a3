//! What one can choose of a thread, in the words of a form's buttons: the server reads them from a form, the browser carries them out by
//! itself.

use model::{Thread, ThreadKind, ThreadOption, Timestamp, options::FOREVER, wire::Command};
use words::thread_options;

/// A choice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Choice {
    /// To count it as unread.
    MarkUnread,
    /// To take all of it as read.
    MarkRead,
    /// To keep it on top.
    Pin,
    /// To let it go down again.
    Unpin,
    /// To hear nothing of it for an hour.
    MuteForAnHour,
    /// To hear nothing of it until tomorrow morning.
    MuteUntilTomorrow,
    /// To hear nothing of it.
    MuteForever,
    /// To hear of it again.
    Unmute,
    /// To put it away.
    Archive,
    /// To put it back.
    Unarchive,
    /// To get nothing more from the other one.
    Block,
    /// To hear from them again.
    Unblock,
}

const HOUR_US: i64 = 3_600 * 1_000_000;

impl Choice {
    const ALL: [Self; 12] = [
        Self::MarkUnread,
        Self::MarkRead,
        Self::Pin,
        Self::Unpin,
        Self::MuteForAnHour,
        Self::MuteUntilTomorrow,
        Self::MuteForever,
        Self::Unmute,
        Self::Archive,
        Self::Unarchive,
        Self::Block,
        Self::Unblock,
    ];

    /// What can be chosen of a thread as it stands.
    #[must_use]
    pub fn of(thread: &Thread, now: Timestamp) -> Vec<Self> {
        let options = &thread.options;
        let mut choices = Vec::with_capacity(7);
        if thread.has_news() {
            choices.push(Self::MarkRead);
        } else if thread.last_seq > 0 {
            choices.push(Self::MarkUnread);
        }
        choices.push(if options.pinned_at.is_some() { Self::Unpin } else { Self::Pin });
        if options.is_muted(now) {
            choices.push(Self::Unmute);
        } else {
            choices.extend([Self::MuteForAnHour, Self::MuteUntilTomorrow, Self::MuteForever]);
        }
        choices.push(if options.is_archived { Self::Unarchive } else { Self::Archive });
        if matches!(thread.kind, ThreadKind::Direct { .. }) {
            choices.push(if options.is_blocked { Self::Unblock } else { Self::Block });
        }
        choices
    }

    /// What its button is called by.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::MarkUnread => thread_options::mark_unread(),
            Self::MarkRead => thread_options::mark_read(),
            Self::Pin => thread_options::pin(),
            Self::Unpin => thread_options::unpin(),
            Self::MuteForAnHour => thread_options::mute_for_an_hour(),
            Self::MuteUntilTomorrow => thread_options::mute_until_tomorrow(),
            Self::MuteForever => thread_options::mute_forever(),
            Self::Unmute => thread_options::unmute(),
            Self::Archive => thread_options::archive(),
            Self::Unarchive => thread_options::unarchive(),
            Self::Block => thread_options::block(),
            Self::Unblock => thread_options::unblock(),
        }
    }

    /// What its button sends.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::MarkUnread => "mark-unread",
            Self::MarkRead => "mark-read",
            Self::Pin => "pin",
            Self::Unpin => "unpin",
            Self::MuteForAnHour => "mute-hour",
            Self::MuteUntilTomorrow => "mute-tomorrow",
            Self::MuteForever => "mute",
            Self::Unmute => "unmute",
            Self::Archive => "archive",
            Self::Unarchive => "unarchive",
            Self::Block => "block",
            Self::Unblock => "unblock",
        }
    }

    /// The choice of a word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.word() == word)
    }

    /// How it is carried out. `tomorrow` is the reader's next morning.
    #[must_use]
    pub fn command(self, thread: &Thread, now: Timestamp, tomorrow: Timestamp) -> Command {
        let option = match self {
            Self::MarkRead if thread.last_seq > thread.read_seq => {
                return Command::MarkRead { thread_id: thread.thread_id, created_at: thread.active_at };
            }
            Self::MarkRead => ThreadOption::MarkedUnread(false),
            Self::MarkUnread => ThreadOption::MarkedUnread(true),
            Self::Pin => ThreadOption::Pinned(true),
            Self::Unpin => ThreadOption::Pinned(false),
            Self::MuteForAnHour => ThreadOption::MutedUntil(Some(Timestamp(now.0 + HOUR_US))),
            Self::MuteUntilTomorrow => ThreadOption::MutedUntil(Some(tomorrow)),
            Self::MuteForever => ThreadOption::MutedUntil(Some(FOREVER)),
            Self::Unmute => ThreadOption::MutedUntil(None),
            Self::Archive => ThreadOption::Archived(true),
            Self::Unarchive => ThreadOption::Archived(false),
            Self::Block => ThreadOption::Blocked(true),
            Self::Unblock => ThreadOption::Blocked(false),
        };
        Command::SetOption { thread_id: thread.thread_id, option }
    }
}

/// The next morning after a moment that the reader's wall shows as `hour` and `minute`: eight o'clock.
#[must_use]
pub fn next_morning(now: Timestamp, hour: i64, minute: i64) -> Timestamp {
    let since_midnight = hour * HOUR_US + minute * (HOUR_US / 60);
    Timestamp(now.0 - since_midnight + (24 + 8) * HOUR_US)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_found_by_its_word() {
        for choice in Choice::ALL {
            assert_eq!(Choice::read(choice.word()), Some(choice));
        }
        assert_eq!(Choice::read("delete"), None);
    }

    #[test]
    fn tomorrow_begins_at_eight() {
        let at = |hours: i64| Timestamp(hours * HOUR_US);
        assert_eq!(next_morning(at(23), 23, 0), at(24 + 8));
        assert_eq!(next_morning(at(1), 1, 0), at(24 + 8));
    }
}
