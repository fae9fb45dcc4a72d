//! A moment and a supplier → the time band (R8). Does not know what a band costs.

use std::collections::BTreeMap;

use ahash::AHashMap;

use crate::domain::book::{BandId, Book, SupplierId};
use crate::domain::price_book::{BandDay, Holiday, TimeBand};
use crate::domain::time::{CivilDateTime, Date, Weekday, Zone};
use crate::domain::usage::UsageRecord;

const SECONDS_PER_DAY: u32 = 86_400;

/// The time bands of the book, as one week for each supplier.
#[derive(Debug)]
pub(super) struct Bands<'b> {
    zone: &'b Zone,
    holidays: &'b BTreeMap<Date, Holiday>,
    named: AHashMap<&'b str, BandId>,
    /// Of suppliers with time bands of their own, by their position in the book.
    own: Vec<Option<Week>>,
    general: Week,
}

/// For each day of the week and for `Hol`: from which second on which band. Covers the whole day.
#[derive(Debug)]
struct Week([Vec<(u32, BandId)>; 8]);

impl<'b> Bands<'b> {
    pub(super) fn new(book: &'b Book) -> Self {
        let rows_of = |supplier| book.time_bands.iter().filter(move |row| row.supplier == supplier);
        let own = |index| {
            let rows: Vec<_> = rows_of(Some(SupplierId::from_index(index))).collect();
            (!rows.is_empty()).then(|| Week::new(&rows, book))
        };
        let named = book.band_names.iter().enumerate();
        Self {
            zone: &book.settings.zone,
            holidays: &book.holidays,
            named: named.map(|(index, name)| (name.as_str(), BandId::from_index(index))).collect(),
            own: (0..book.suppliers.len()).map(own).collect(),
            general: Week::new(&rows_of(None).collect::<Vec<_>>(), book),
        }
    }

    /// The band at the start of a record: the file's own where it names a known one, else by the clock.
    pub(super) fn at_start(&self, supplier: SupplierId, record: &UsageRecord) -> BandId {
        self.of_file(record).unwrap_or_else(|| self.at(supplier, record.started.civil).0)
    }

    /// The band that the file names, if the book knows it. It holds for the whole call.
    pub(super) fn of_file(&self, record: &UsageRecord) -> Option<BandId> {
        if record.time_band.is_empty() { None } else { self.named.get(&*record.time_band).copied() }
    }

    /// The band at an instant, and the first later instant at which it may be another. `None` past the calendar's end.
    pub(super) fn stretch(&self, supplier: SupplierId, instant: i64) -> Option<(BandId, i64)> {
        let civil = self.zone.civil_at(instant)?;
        let (band, until) = self.at(supplier, civil);
        let end = instant + i64::from(until - civil.second_of_day);
        Some((band, self.next_clock_change(instant, end).unwrap_or(end)))
    }

    /// The band at a civil time, and the second of the day until which it lasts.
    fn at(&self, supplier: SupplierId, civil: CivilDateTime) -> (BandId, u32) {
        let own = self.own.get(supplier.index()).and_then(Option::as_ref);
        own.unwrap_or(&self.general).at(self.day(civil.date), civil.second_of_day)
    }

    /// What kind of day a date is: its weekday, or what its holiday is treated as.
    fn day(&self, date: Date) -> BandDay {
        self.holidays.get(&date).map_or(BandDay::Weekday(date.weekday()), |holiday| holiday.treated_as)
    }

    /// The instant after `start` and up to `end`, less than a day later, at which the clocks change, if they do.
    fn next_clock_change(&self, start: i64, end: i64) -> Option<i64> {
        let offset = self.zone.offset_at(start);
        if self.zone.offset_at(end) == offset {
            return None;
        }
        let (mut same, mut changed) = (start, end);
        while changed - same > 1 {
            let middle = same + (changed - same) / 2;
            if self.zone.offset_at(middle) == offset { same = middle } else { changed = middle }
        }
        Some(changed)
    }
}

impl Week {
    /// Of rows that overlap the first of the book counts (the linter reports them). What no row covers is the band
    /// that the set declares default; else the one that the general set does; else the set's first; else the first of
    /// the book.
    fn new(rows: &[&TimeBand], book: &Book) -> Self {
        let general = book.time_bands.iter().filter(|row| row.supplier.is_none());
        let default = rows.iter().copied().chain(general).find(|row| row.is_default).or(rows.first().copied());
        let uncovered = default.map_or(BandId(0), |row| row.band);
        let days = Weekday::ALL.into_iter().map(BandDay::Weekday).chain([BandDay::Holiday]);
        let mut week = Self(Default::default());
        for day in days {
            let of_day: Vec<_> = rows.iter().filter(|row| row.days & day.bit() != 0).collect();
            let mut edges: Vec<u32> = of_day.iter().flat_map(|row| [row.start, row.end]).chain([0]).collect();
            edges.retain(|second| *second < SECONDS_PER_DAY);
            edges.sort_unstable();
            edges.dedup();
            let band_at = |second: u32| {
                let covering = of_day.iter().find(|row| (row.start..row.end).contains(&second));
                covering.map_or(uncovered, |row| row.band)
            };
            week.0[position(day)] = edges.into_iter().map(|second| (second, band_at(second))).collect();
            week.0[position(day)].dedup_by_key(|(_, band)| *band);
        }
        week
    }

    /// The band at a second of a day, and the second until which it lasts.
    fn at(&self, day: BandDay, second: u32) -> (BandId, u32) {
        let stretches = &self.0[position(day)];
        let after = stretches.partition_point(|(from, _)| *from <= second);
        (stretches[after - 1].1, stretches.get(after).map_or(SECONDS_PER_DAY, |(from, _)| *from))
    }
}

/// Monday is 0, `Hol` is 7.
fn position(day: BandDay) -> usize {
    match day {
        BandDay::Weekday(weekday) => weekday as usize,
        BandDay::Holiday => 7,
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_book::*;
    use super::*;

    fn band_at(book: &Book, civil: &str) -> &'static str {
        let band = Bands::new(book).at_start(GAMMA, &call_at(civil, 60).record);
        ["daytime", "evening", "weekend"][band.index()]
    }

    #[test]
    fn the_default_bands_are_those_of_the_rule() {
        // 2026-03-02 is a Monday.
        let rows = [
            ("2026-03-02 06:59:59", "evening"),
            ("2026-03-02 07:00:00", "daytime"),
            ("2026-03-02 18:59:59", "daytime"),
            ("2026-03-02 19:00:00", "evening"),
            ("2026-03-06 23:59:59", "evening"),
            ("2026-03-07 00:00:00", "weekend"),
            ("2026-03-08 23:59:59", "weekend"),
            ("2026-03-09 00:00:00", "evening"),
        ];
        for (civil, expected) in rows {
            assert_eq!(band_at(&book(), civil), expected, "R8: {civil}");
        }
    }

    #[test]
    fn a_holiday_is_another_day() {
        let mut book = book();
        let sunday = Holiday { treated_as: BandDay::Weekday(Weekday::Sun), name: "Easter Monday".into() };
        book.holidays.insert(date("2026-04-06"), sunday);
        assert_eq!(band_at(&book, "2026-04-06 12:00:00"), "weekend", "R8: treated as a Sunday");
        assert_eq!(band_at(&book, "2026-04-07 12:00:00"), "daytime");
        let own = Holiday { treated_as: BandDay::Holiday, name: "Christmas".into() };
        book.holidays.insert(date("2026-12-25"), own);
        assert_eq!(band_at(&book, "2026-12-25 12:00:00"), "weekend", "R8: no row for Hol: the default");
        book.time_bands[1].days |= BandDay::Holiday.bit();
        assert_eq!(band_at(&book, "2026-12-25 06:00:00"), "evening", "R8: a row for Hol");
    }

    #[test]
    fn a_supplier_with_bands_of_its_own_uses_only_those() {
        let mut book = book();
        let day = TimeBand { supplier: Some(GAMMA), start: 8 * 3600, end: 20 * 3600, ..book.time_bands[0].clone() };
        book.time_bands.push(day);
        // R8: Mon–Fri 08:00–20:00; the rest is uncovered, and only the general set declares a default: weekend.
        assert_eq!(band_at(&book, "2026-03-02 07:30:00"), "weekend");
        assert_eq!(band_at(&book, "2026-03-02 19:30:00"), "daytime");
        book.time_bands.last_mut().unwrap().is_default = true;
        assert_eq!(band_at(&book, "2026-03-02 07:30:00"), "daytime", "R8: its own default goes first");
        book.time_bands.iter_mut().for_each(|row| row.is_default = false);
        assert_eq!(band_at(&book, "2026-03-02 07:30:00"), "daytime", "R8: no default at all: its first band");
    }

    #[test]
    fn the_band_of_the_file_goes_first_if_it_is_known() {
        let (book, mut matched) = (book(), call(60));
        for (named, expected) in [("evening", EVENING), ("", DAYTIME), ("peak", DAYTIME)] {
            matched.record.time_band = named.into();
            assert_eq!(Bands::new(&book).at_start(GAMMA, &matched.record), expected, "R8: the file says {named}");
        }
    }

    #[test]
    fn a_stretch_ends_where_the_band_or_the_clock_may_change() {
        let book = book();
        let bands = Bands::new(&book);
        // (start, band, seconds to the end of the stretch); in London clocks go forward on 29 March 2026 at 01:00 and
        // back on 25 October at 02:00.
        let rows = [
            ("2026-03-02 18:30:00", DAYTIME, 1800),
            ("2026-03-02 19:00:00", EVENING, 5 * 3600),
            ("2026-03-28 12:00:00", WEEKEND, 12 * 3600),
            ("2026-03-29 00:00:00", WEEKEND, 3600),
            ("2026-03-29 02:00:00", WEEKEND, 22 * 3600),
            ("2026-10-25 00:00:00", WEEKEND, 2 * 3600),
            ("2026-10-25 03:00:00", WEEKEND, 21 * 3600),
        ];
        for (start, band, seconds) in rows {
            let instant = moment(start).instant;
            assert_eq!(bands.stretch(GAMMA, instant), Some((band, instant + seconds)), "R8: {start}");
        }
        assert_eq!(bands.stretch(GAMMA, moment("2100-12-31 12:00:00").instant + 86_400), None);
    }
}
