//! Which messages of a window are in the page: a slice of it, which goes along with the reader. The fewer rows there are, the sooner the browser
//! has styled and measured them.

use super::Visit;
use model::{Message, Timeline};
use std::ops::Range;

/// Most messages that are in the page at a time, unless more are in sight.
pub(super) const MOST_MOUNTED: usize = 80;
/// What a row is high at least, in pixels, and how much of them there has to be out of sight.
const ROW: i32 = 36;
const OUT_OF_SIGHT: i32 = 1_900;
/// How many are drawn first: as many as a window of usual height shows.
const FIRST: usize = 24;
/// How many rows come at a time while one scrolls: more than pass by in the time of a frame, and few enough to be drawn in it.
const STEP: isize = 8;

impl Visit {
    /// Which of the window's messages are in the page. Whoever asks is told when that changes.
    pub fn mounted(&self, timeline: &Timeline) -> Range<usize> {
        slice(timeline, self.mounted_to.get(), self.most_mounted.get())
    }

    /// The same, and nobody is told.
    pub fn mounted_now(&self, timeline: &Timeline) -> Range<usize> {
        slice(timeline, self.mounted_to.get_now(), self.most_mounted.get_now())
    }

    /// Whether the way to what is above the page is shown: until the first message is in the page, not only loaded. If it went before, the page would become
    /// shorter, and whoever waits at its edge would lose their place. What is drawn first has more above it for a moment only.
    pub fn has_more_above(&self, timeline: &Timeline) -> bool {
        timeline.has_older() || self.most_mounted.get() > FIRST && self.mounted(timeline).start > 0
    }

    /// What comes at the end is in the page, from now on.
    pub fn mount_end(&self) {
        self.mounted_to.set_if_new(None);
    }

    /// What is in the page stays there, whatever comes at the end.
    pub fn hold_mounted(&self) {
        self.shift(0);
    }

    /// Only those that are likely to be in sight, unless the reader is led to one of them: with fewer to draw, they are there sooner. The others come once
    /// these have been painted, by [`Self::fit`].
    pub fn begin(&self, is_led: bool) {
        self.most_mounted.set_if_new(if is_led { MOST_MOUNTED } else { FIRST });
    }

    /// There are as many as a view so high needs.
    pub fn fit(&self, view: i32) {
        let count = usize::try_from((view + OUT_OF_SIGHT) / ROW).unwrap_or(0);
        self.most_mounted.set_if_new(count.max(MOST_MOUNTED));
    }

    /// Moves the slice along with the reader, by no more than can be drawn without a pause.
    pub fn go_along(&self, count: isize) {
        if count == 0 {
            return;
        }
        let before = self.mounted_to.get_now();
        self.shift(count.clamp(-STEP, STEP));
        if self.mounted_to.get_now() != before {
            self.is_moving.set(true);
        }
    }

    /// Moves the slice down by so many messages, or up, if they are fewer than none.
    fn shift(&self, count: isize) {
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
fn slice(timeline: &Timeline, to: Option<u64>, most: usize) -> Range<usize> {
    let messages = timeline.messages();
    let end = to.map_or(messages.len(), |seq| messages.partition_point(|message| message.seq <= seq));
    let end = end.max(most.min(messages.len()));
    end.saturating_sub(most)..end
}
