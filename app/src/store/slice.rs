//! Which messages of a window are in the page: a slice of it, which goes along with the reader. The fewer rows there are, the sooner the browser
//! has styled and measured them.

use super::Visit;
use model::{Message, Timeline};
use std::ops::Range;

/// Most messages that are in the page at a time.
pub(super) const MOST_MOUNTED: usize = 80;

impl Visit {
    /// Which of the window's messages are in the page. Whoever asks is told when that changes.
    pub fn mounted(&self, timeline: &Timeline) -> Range<usize> {
        slice(timeline, self.mounted_to.get())
    }

    /// The same, and nobody is told.
    pub fn mounted_now(&self, timeline: &Timeline) -> Range<usize> {
        slice(timeline, self.mounted_to.get_now())
    }

    /// What comes at the end is in the page, from now on.
    pub fn mount_end(&self) {
        self.mounted_to.set_if_new(None);
    }

    /// What is in the page stays there, whatever comes at the end.
    pub fn hold_mounted(&self) {
        self.shift(0);
    }

    /// Moves the slice down by so many messages, or up, if they are fewer than none.
    pub fn shift(&self, count: isize) {
        let last = self.timeline.peek(|timeline| {
            let timeline = timeline.as_ref()?;
            let end = self.mounted_now(timeline).end.saturating_add_signed(count);
            let last = end.clamp(1, timeline.messages().len().max(1)) - 1;
            timeline.messages().get(last).map(|message| message.seq)
        });
        if last.is_some() {
            self.mounted_to.set_if_new(last);
        }
    }

    /// Puts the slice around a message, unless it is in it.
    pub fn mount(&self, is_it: impl Fn(&Message) -> bool) {
        let distance = self.timeline.peek(|timeline| {
            let timeline = timeline.as_ref()?;
            let place = timeline.messages().iter().position(is_it)?;
            let mounted = self.mounted_now(timeline);
            (!mounted.contains(&place))
                .then(|| place.cast_signed() + (MOST_MOUNTED / 2).cast_signed() - mounted.end.cast_signed())
        });
        distance.into_iter().for_each(|count| self.shift(count));
    }
}

/// The messages up to that number, or to the end, as many as may be.
fn slice(timeline: &Timeline, to: Option<u64>) -> Range<usize> {
    let messages = timeline.messages();
    let end = to.map_or(messages.len(), |seq| messages.partition_point(|message| message.seq <= seq));
    let end = end.max(MOST_MOUNTED.min(messages.len()));
    end.saturating_sub(MOST_MOUNTED)..end
}
