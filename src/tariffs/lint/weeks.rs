//! The week of each supplier (R8): which bands the clock comes to, where the rows leave gaps and where they overlap.

use std::collections::{BTreeMap, BTreeSet};

use super::Subject;
use super::findings::{Finding, Findings, Place};
use super::kinds::FindingKind;
use super::numbering::listed;
use crate::domain::book::{BandId, Book, SupplierId};
use crate::domain::price_book::{BandDay, TimeBand};
use crate::domain::time::Weekday;

const SECONDS_PER_DAY: u32 = 86_400;

/// One set of time bands: the workspace's, or a supplier's own.
struct Set {
    supplier: Option<SupplierId>,
    /// Positions among the time bands of the book.
    rows: Vec<usize>,
    /// The bands that the clock comes to.
    yielded: BTreeSet<BandId>,
    has_default: bool,
}

/// The weeks of a book.
pub(super) struct Weeks {
    /// The workspace's set first; it is asked only if `general_is_used`.
    sets: Vec<Set>,
    general_is_used: bool,
    /// Of suppliers with a set of their own.
    own: BTreeMap<SupplierId, usize>,
}

impl Weeks {
    pub(super) fn new(book: &Book) -> Self {
        let own_sets = (0..book.suppliers.len()).map(|index| Some(SupplierId::from_index(index)));
        let mut sets = vec![Set::new(book, None)];
        let mut own = BTreeMap::new();
        for set in own_sets.map(|supplier| Set::new(book, supplier)).filter(|set| !set.rows.is_empty()) {
            own.extend(set.supplier.map(|supplier| (supplier, sets.len())));
            sets.push(set);
        }
        let general_is_used = book.suppliers.is_empty() || own.len() < book.suppliers.len();
        Self { sets, general_is_used, own }
    }

    /// The bands that the clock comes to for usage of a supplier.
    pub(super) fn bands(&self, supplier: SupplierId) -> &BTreeSet<BandId> {
        let set = self.own.get(&supplier).copied().unwrap_or(0);
        &self.sets[set].yielded
    }

    /// The bands that the clock comes to for usage of any supplier.
    pub(super) fn all_bands(&self) -> BTreeSet<BandId> {
        self.used().flat_map(|set| set.yielded.iter().copied()).collect()
    }

    fn used(&self) -> impl Iterator<Item = &Set> {
        self.sets.iter().skip(usize::from(!self.general_is_used))
    }
}

impl Set {
    fn new(book: &Book, supplier: Option<SupplierId>) -> Self {
        let of_set = book.time_bands.iter().enumerate().filter(|(_, row)| row.supplier == supplier);
        let rows: Vec<usize> = of_set.map(|(position, _)| position).collect();
        let own = || rows.iter().map(|position| &book.time_bands[*position]);
        let general = || book.time_bands.iter().filter(|row| row.supplier.is_none());
        let default = own().chain(general()).find(|row| row.is_default).or(own().next());
        let mut yielded = BTreeSet::new();
        for day in day_kinds(book) {
            for (start, end, covering) in stretches(&rows, book, day) {
                let band = covering.first().map(|position| &book.time_bands[*position]).or(default);
                if start < end {
                    yielded.extend(band.map(|row| row.band));
                }
            }
        }
        let has_default = own().any(|row| row.is_default);
        Self { supplier, rows, yielded, has_default }
    }
}

/// The days of the week, and `Hol` if a holiday is treated so.
fn day_kinds(book: &Book) -> Vec<BandDay> {
    let has_holiday = book.holidays.values().any(|holiday| holiday.treated_as == BandDay::Holiday);
    let weekdays = Weekday::ALL.into_iter().map(BandDay::Weekday);
    weekdays.chain(has_holiday.then_some(BandDay::Holiday)).collect()
}

/// A day cut where rows begin and end: each piece with the rows that cover it, in the order of the book.
fn stretches(rows: &[usize], book: &Book, day: BandDay) -> Vec<(u32, u32, Vec<usize>)> {
    let of_day: Vec<usize> =
        rows.iter().copied().filter(|position| book.time_bands[*position].days & day.bit() != 0).collect();
    let row = |position: &usize| &book.time_bands[*position];
    let mut edges: BTreeSet<u32> =
        of_day.iter().flat_map(|position| [row(position).start, row(position).end]).collect();
    edges.extend([0, SECONDS_PER_DAY]);
    let edges: Vec<u32> = edges.into_iter().collect();
    let piece = |pair: &[u32]| {
        let covers = |position: &&usize| (row(position).start..row(position).end).contains(&pair[0]);
        (pair[0], pair[1], of_day.iter().filter(covers).copied().collect())
    };
    edges.windows(2).map(piece).collect()
}

/// Gaps, overlaps, bands that never come, holidays without rows; in the sets that the book declares.
pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    let table = subject.tables.get("time_bands");
    // The default set has no rows of its own in the table, and stands before those that do.
    let built_in = subject.book.time_bands.len() - table.rows.len();
    for set in &subject.weeks.sets {
        let is_declared = set.rows.first().is_some_and(|first| *first >= built_in);
        let is_used = set.supplier.is_some() || subject.weeks.general_is_used;
        if is_declared && is_used {
            let place = |position: usize, column: &str| Place::of(table, &table.rows[position - built_in], column);
            check_gaps(set, subject, &place, findings);
            check_overlaps(set, subject, &place, findings);
            check_unused(set, subject, &place, findings);
        }
        if is_used && is_declared {
            check_holidays(set, subject, findings);
        }
    }
    check_rates(subject, findings);
}

fn set_name(set: &Set, book: &Book) -> String {
    set.supplier.map_or("the workspace".to_owned(), |id| format!("supplier {}", book.supplier(id).code))
}

fn clock(seconds: u32) -> String {
    format!("{:02}:{:02}", seconds / 3600, seconds / 60 % 60)
}

fn day_name(day: BandDay) -> &'static str {
    match day {
        BandDay::Weekday(weekday) => weekday.name(),
        BandDay::Holiday => "Hol",
    }
}

/// A day, and from which second of it to which.
type Stretch = (BandDay, u32, u32);

/// The same stretch on several days → `Mon, Tue and Wed 18:00–24:00`, in the order of the first day.
fn on_days(stretches: impl Iterator<Item = Stretch>) -> Vec<String> {
    let mut by_time: BTreeMap<(u32, u32), Vec<&str>> = BTreeMap::new();
    for (day, start, end) in stretches {
        by_time.entry((start, end)).or_default().push(day_name(day));
    }
    let words = by_time.into_iter();
    words.map(|((start, end), days)| format!("{} {}–{}", listed(&days), clock(start), clock(end))).collect()
}

type PlaceOf<'p> = dyn Fn(usize, &str) -> Place + 'p;

fn check_gaps(set: &Set, subject: &Subject, place: &PlaceOf, findings: &mut Findings) {
    if set.has_default {
        return;
    }
    let book = subject.book;
    let days = day_kinds(book);
    // A kind of day without any row is a finding of its own where it is that of a holiday.
    let has_rows = |day: &&BandDay| **day != BandDay::Holiday || has_rows_on(set, book, **day);
    let gaps = days.iter().filter(has_rows).flat_map(|day| {
        let open = stretches(&set.rows, book, *day).into_iter().filter(|(_, _, rows)| rows.is_empty());
        open.map(|(start, end, _)| (*day, start, end))
    });
    let gaps = on_days(gaps);
    if !gaps.is_empty() {
        let what = format!("the week of {} has no band on {}", set_name(set, book), gaps.join("; "));
        findings.add(Finding::new(FindingKind::WeekGap, place(set.rows[0], ""), what));
    }
}

fn has_rows_on(set: &Set, book: &Book, day: BandDay) -> bool {
    set.rows.iter().any(|position| book.time_bands[*position].days & day.bit() != 0)
}

fn check_overlaps(set: &Set, subject: &Subject, place: &PlaceOf, findings: &mut Findings) {
    let book = subject.book;
    let mut pairs: BTreeMap<(usize, usize), Vec<Stretch>> = BTreeMap::new();
    for day in Weekday::ALL.into_iter().map(BandDay::Weekday).chain([BandDay::Holiday]) {
        for (start, end, rows) in stretches(&set.rows, book, day) {
            let [first, others @ ..] = &rows[..] else { continue };
            let band = |position: &usize| book.time_bands[*position].band;
            for other in others.iter().filter(|other| band(other) != band(first)) {
                pairs.entry((*first, *other)).or_default().push((day, start, end));
            }
        }
    }
    for ((first, second), stretches) in pairs {
        let name = |position: usize| &book.band_names[book.time_bands[position].band.index()];
        let when = on_days(stretches.into_iter()).join("; ");
        let what = format!("{} covers time of {} on {when}, and {} counts", name(second), name(first), name(first));
        findings.add(Finding::new(FindingKind::WeekOverlap, place(second, "days"), what));
    }
}

fn check_unused(set: &Set, subject: &Subject, place: &PlaceOf, findings: &mut Findings) {
    let book = subject.book;
    let mut told = BTreeSet::new();
    let unused = |row: &TimeBand| !set.yielded.contains(&row.band);
    for position in &set.rows {
        let row = &book.time_bands[*position];
        if unused(row) && told.insert(row.band) {
            let name = &book.band_names[row.band.index()];
            let what = format!("the week of {} never comes to band {name}", set_name(set, book));
            findings.add(Finding::new(FindingKind::BandNeverUsed, place(*position, "time_band"), what));
        }
    }
}

fn check_holidays(set: &Set, subject: &Subject, findings: &mut Findings) {
    let (book, table) = (subject.book, subject.tables.get("holidays"));
    let kind = if set.has_default { FindingKind::HolidayByDefault } else { FindingKind::HolidayWithoutRows };
    let mut by_day: BTreeMap<BandDay, Vec<usize>> = BTreeMap::new();
    for (position, holiday) in book.holidays.values().enumerate() {
        if !has_rows_on(set, book, holiday.treated_as) {
            by_day.entry(holiday.treated_as).or_default().push(position);
        }
    }
    for (day, holidays) in by_day {
        let dates: Vec<String> = book.holidays.keys().map(ToString::to_string).collect();
        let dates: Vec<&str> = holidays.iter().map(|position| dates[*position].as_str()).collect();
        let (set, day) = (set_name(set, book), day_name(day));
        let what = format!("treated as {day}, on which the week of {set} has no row: {}", listed(&dates));
        let place = Place::of(table, &table.rows[holidays[0]], "as");
        findings.add(Finding::new(kind, place, what));
    }
}

/// Rates in bands that no supplier's week has. Those of bands that a week declares and never comes to are told there.
fn check_rates(subject: &Subject, findings: &mut Findings) {
    let book = subject.book;
    let yielded = subject.weeks.all_bands();
    let declared: BTreeSet<BandId> =
        subject.weeks.used().flat_map(|set| &set.rows).map(|position| book.time_bands[*position].band).collect();
    let mut found: BTreeMap<BandId, (usize, usize)> = BTreeMap::new();
    for (position, rate) in book.rates.iter().enumerate() {
        let Some(band) = rate.band.filter(|band| !yielded.contains(band) && !declared.contains(band)) else { continue };
        found.entry(band).or_insert((position, 0)).1 += 1;
    }
    for (band, (first, rows)) in found {
        let name = &book.band_names[band.index()];
        let rows = if rows == 1 { "1 row is".to_owned() } else { format!("{rows} rows are") };
        let what = format!("{rows} for band {name}, which the week of no supplier has");
        findings.add(subject.about_rate(FindingKind::RatesOfUnusedBand, first, "time_band", what));
    }
}
