//! What answers for a key, by time band and day: the timelines of all keys side by side. Does not know what the keys are.

use super::timelines::{Answer, Timeline, TimelineId, Timelines};
use crate::domain::book::{BandId, Book};
use crate::domain::time::Date;

/// The timelines of one key; `None` if nothing ever answers for it.
pub(super) type Answering = Option<AnsweringId>;

/// A key among all that were added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AnsweringId(u32);

/// The timelines of all keys.
#[derive(Debug)]
pub(super) struct Answers {
    timelines: Timelines,
    bands: usize,
    /// So many for each key.
    by_band: Vec<TimelineId>,
}

impl Answers {
    pub(super) fn new(book: &Book) -> Self {
        Self { timelines: Timelines::default(), bands: band_count(book), by_band: Vec::new() }
    }

    /// Keeps the timelines of a key, one for each band; equal ones once.
    pub(super) fn add(&mut self, by_band: &[Timeline]) -> Answering {
        if by_band.iter().all(|timeline| timeline.iter().all(|stretch| stretch.answer.is_none())) {
            return None;
        }
        let id = u32::try_from(self.by_band.len() / self.bands).expect("no book has 2^32 keys of rates");
        let first = self.by_band.len();
        for (position, timeline) in by_band.iter().enumerate() {
            let same = by_band[..position].iter().position(|earlier| earlier == timeline);
            let kept = same.map(|earlier| self.by_band[first + earlier]);
            let kept = kept.unwrap_or_else(|| self.timelines.add(timeline));
            self.by_band.push(kept);
        }
        Some(AnsweringId(id))
    }

    /// The row for a key in a band on a day.
    pub(super) fn answer(&self, answering: Answering, band: BandId, day: Date) -> Option<Answer> {
        let AnsweringId(id) = answering?;
        self.timelines.answer(self.by_band[id as usize * self.bands + band.index()], day)
    }
}

/// Bands that rows may be for; a book without any names has the one that all usage is in.
pub(super) fn band_count(book: &Book) -> usize {
    book.band_names.len().max(1)
}
