//! The rates of a tariff in force against a new version of them → the rows to write, and what became dearer, cheaper,
//! other, ended. A row in force whose terms differ ends on the day before the new one begins; equal terms change nothing,
//! so that the same version twice changes nothing. Prices no usage and writes nothing.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::book::{Table, TableRow};
use crate::domain::money::Percent;
use crate::domain::time::Date;

use super::terms::{Direction, RateColumns};

/// A new version of a tariff's rates.
pub struct NewVersion<'v> {
    /// Its rows; no two with the same match, band and first day. One without a first day holds since ever.
    pub rows: &'v [TableRow],
    /// A destination's rows say all about it: rows in force for other bands of it end.
    pub whole_destinations: bool,
    /// The day that destinations which it does not name are looked at on.
    pub day: Date,
    /// They end on the day before [`Self::day`].
    pub full: bool,
}

/// What a new version does to a tariff.
#[derive(Debug, Default)]
pub struct Differences {
    /// Rows to write: those that are new, those that end, those with new terms.
    pub rows: Vec<TableRow>,
    /// What changes, in the order of destinations, bands and days.
    pub changes: Vec<RateChange>,
    /// How many of what.
    pub counts: Counts,
}

/// How many rates of a version do what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// For what had no rate.
    pub added: u64,
    /// With a higher price and no other change.
    pub dearer: u64,
    /// With a lower price and no other change.
    pub cheaper: u64,
    /// With other terms, or another last day.
    pub otherwise: u64,
    /// No longer named by a full version, or by a destination that has other bands now.
    pub ended: u64,
    /// As they were.
    pub unchanged: u64,
    /// In force, not named by the version, and kept.
    pub kept: u64,
    /// Begin on the very day or later and are not named: they cannot end before they begin, and stay.
    pub cannot_end: u64,
    /// New rows that end early, because a later row of the tariff stays.
    pub cut_by_later: u64,
}

/// What happens to a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// There was none.
    Added,
    /// A price rose.
    Dearer,
    /// A price fell.
    Cheaper,
    /// Other terms, or another last day.
    Otherwise,
    /// It ends.
    Ended,
}

/// One rate that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RateChange {
    /// What happens.
    pub change: ChangeKind,
    /// What the rate is for.
    #[serde(rename = "match")]
    pub matches: String,
    /// In which time band; all if `None`.
    pub time_band: Option<String>,
    /// What people call it; may be empty.
    pub note: String,
    /// The first day of the change; of an ended rate, the first day without it.
    pub from: Date,
    /// The terms before, in words; none if it is new.
    pub before: Option<String>,
    /// The terms after, in words; none if it ends.
    pub after: Option<String>,
    /// By how much the rate rose or fell.
    pub percent: Option<Percent>,
    /// What changed, beside the rate: `increment 1 → 60`.
    pub details: Vec<String>,
    /// The line of the sheet, from 1; 0 for what no line says.
    pub line: u64,
}

/// Compares a version with the rates of a tariff. `rates` is the table of all tariffs.
pub fn compare(rates: &Table, tariff: &str, version: &NewVersion) -> Differences {
    let columns = RateColumns::of(rates);
    let mut timeline = Timeline { columns, destinations: BTreeMap::new(), found: Differences::default() };
    for row in rates.rows.iter().filter(|row| row.cells.get(timeline.columns.tariff) == Some(tariff)) {
        let known = Known::stored(&timeline.columns, row);
        timeline.destinations.entry(timeline.text(row, timeline.columns.matches)).or_default().push(known);
    }
    timeline.apply(version);
    timeline.end_unnamed(version);
    timeline.finish()
}

/// A row on the way from the version in force to the new one.
struct Known {
    row: TableRow,
    band: Option<String>,
    from: Option<Date>,
    to: Option<Date>,
    dirty: bool,
}

struct Timeline {
    columns: RateColumns,
    destinations: BTreeMap<String, Vec<Known>>,
    found: Differences,
}

impl Known {
    fn stored(columns: &RateColumns, row: &TableRow) -> Self {
        let date = |place: usize| row.cells.get(place).and_then(Date::parse);
        let band = row.cells.get(columns.band).map(str::to_owned);
        let row = TableRow { line: 0, cells: row.cells.clone() };
        Self { band, from: date(columns.from), to: date(columns.to), row, dirty: false }
    }

    fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| to >= day)
    }

    fn end(&mut self, columns: &RateColumns, to: Option<Date>) {
        self.to = to;
        self.row.cells.set(columns.to, to.map(|date| date.to_string()).as_deref());
        self.dirty = true;
    }
}

impl Timeline {
    fn text(&self, row: &TableRow, place: usize) -> String {
        row.cells.get(place).unwrap_or_default().to_owned()
    }

    /// Takes over the version: per destination, day by day.
    fn apply(&mut self, version: &NewVersion) {
        let first_day = |row: &TableRow| row.cells.get(self.columns.from).and_then(Date::parse);
        let mut days: BTreeMap<(String, Option<Date>), Vec<&TableRow>> = BTreeMap::new();
        for row in version.rows {
            days.entry((self.text(row, self.columns.matches), first_day(row))).or_default().push(row);
        }
        for ((destination, first), mut rows) in days {
            let from = first.unwrap_or_else(first_of_all);
            rows.sort_by(|a, b| a.cells.get(self.columns.band).cmp(&b.cells.get(self.columns.band)));
            let mut known = self.destinations.remove(&destination).unwrap_or_default();
            // As it was before this version: its own rows of other bands are no former price.
            let former = comparable(&known, from).filter(|_| version.whole_destinations);
            let former = former.map(|place| known[place].row.clone());
            for row in &rows {
                self.take(&mut known, row, from, former.as_ref(), version.whole_destinations);
            }
            if version.whole_destinations {
                self.end_other_bands(&mut known, &rows, from);
            }
            self.destinations.insert(destination, known);
        }
    }

    /// Takes over one row. `former` is what it is compared with where its band had no row. The note of a sheet of others is
    /// only the name of a destination: it alone changes nothing.
    fn take(&mut self, known: &mut Vec<Known>, new: &TableRow, from: Date, former: Option<&TableRow>, of_others: bool) {
        let line = new.line;
        let mut new = Known::stored(&self.columns, new);
        new.row.line = line;
        let same_band = |other: &&Known| other.band == new.band;
        let later = known.iter().filter(same_band).filter_map(|other| other.from).filter(|other| *other > from).min();
        if let Some(later) = later
            && new.to.is_none_or(|to| to >= later)
        {
            new.end(&self.columns, Some(later.previous()));
            self.found.counts.cut_by_later += 1;
        }
        new.dirty = true;
        let in_force = known.iter().position(|other| other.band == new.band && other.holds_on(from));
        let Some(place) = in_force else {
            self.report(former, &new.row, from);
            known.push(new);
            return;
        };
        let old = &mut known[place];
        if self.columns.same_terms(&old.row, &new.row) {
            let notes = [&old.row, &new.row].map(|row| row.cells.get(self.columns.note).map(str::to_owned));
            if old.to == new.to && (of_others || notes[1].is_none() || notes[0] == notes[1]) {
                self.found.counts.unchanged += 1;
            } else if old.to == new.to {
                let [before, after] = notes.map(|note| note.unwrap_or_else(|| "none".to_owned()));
                old.row.cells.set(self.columns.note, new.row.cells.get(self.columns.note));
                old.dirty = true;
                let row = old.row.clone();
                let detail = format!("note {before} → {after}");
                self.push(ChangeKind::Otherwise, Some(&row), Some(&row), from, new.row.line, vec![detail]);
            } else {
                let words = |to: Option<Date>| to.map_or("open".to_owned(), |date| date.to_string());
                let detail = format!("last day {} → {}", words(old.to), words(new.to));
                old.end(&self.columns, new.to);
                let after = old.row.clone();
                self.push(ChangeKind::Otherwise, Some(&after), Some(&after), from, new.row.line, vec![detail]);
            }
            return;
        }
        let before = old.row.clone();
        self.report(Some(&before), &new.row, from);
        if old.from.unwrap_or_else(first_of_all) == from {
            // Its first day is part of its key: since ever and since the first day of all are kept as they are.
            new.from = old.from;
            new.row.cells.set(self.columns.from, old.row.cells.get(self.columns.from));
            *old = new;
        } else {
            old.end(&self.columns, Some(from.previous()));
            known.push(new);
        }
    }

    /// Rows of a destination in bands that its new rows do not name: they would hide the new price.
    fn end_other_bands(&mut self, known: &mut [Known], rows: &[&TableRow], from: Date) {
        let bands: BTreeSet<Option<&str>> = rows.iter().map(|row| row.cells.get(self.columns.band)).collect();
        let for_all_bands = rows.iter().find(|row| row.cells.get(self.columns.band).is_none());
        for other in known.iter_mut().filter(|other| !bands.contains(&other.band.as_deref()) && other.holds_on(from)) {
            if other.from != Some(from) {
                other.end(&self.columns, Some(from.previous()));
                let row = other.row.clone();
                self.push(ChangeKind::Ended, Some(&row), None, from, 0, Vec::new());
                continue;
            }
            // It begins on the very day and cannot end before: it takes the price that it would hide.
            match for_all_bands {
                Some(new) if !self.columns.same_terms(&other.row, new) => {
                    let before = other.row.clone();
                    self.columns.copy_terms(new, &mut other.row);
                    other.row.line = new.line;
                    other.dirty = true;
                    let after = other.row.clone();
                    self.report(Some(&before), &after, from);
                }
                Some(_) => {}
                None => self.found.counts.cannot_end += 1,
            }
        }
    }

    /// Rows in force of what the version does not name: ended by a full version, counted by another.
    fn end_unnamed(&mut self, version: &NewVersion) {
        let columns = self.columns;
        let name = |row: &TableRow| {
            let band = row.cells.get(columns.band).map(str::to_owned).filter(|_| !version.whole_destinations);
            (row.cells.get(columns.matches).unwrap_or_default().to_owned(), band)
        };
        let named: BTreeSet<(String, Option<String>)> = version.rows.iter().map(name).collect();
        let mut destinations = std::mem::take(&mut self.destinations);
        for known in destinations.values_mut().flatten().filter(|known| !named.contains(&name(&known.row))) {
            if !known.holds_on(version.day) {
                let begins_later = known.from.is_some_and(|from| from > version.day);
                self.found.counts.cannot_end += u64::from(begins_later && version.full);
            } else if !version.full {
                self.found.counts.kept += 1;
            } else if known.from == Some(version.day) {
                self.found.counts.cannot_end += 1;
            } else {
                known.end(&columns, Some(version.day.previous()));
                let row = known.row.clone();
                self.push(ChangeKind::Ended, Some(&row), None, version.day, 0, Vec::new());
            }
        }
        self.destinations = destinations;
    }

    fn report(&mut self, before: Option<&TableRow>, after: &TableRow, from: Date) {
        let Some(before) = before else {
            return self.push(ChangeKind::Added, None, Some(after), from, after.line, Vec::new());
        };
        let kind = match self.columns.direction(before, after) {
            Direction::Dearer => ChangeKind::Dearer,
            Direction::Cheaper => ChangeKind::Cheaper,
            Direction::Otherwise => ChangeKind::Otherwise,
        };
        let changed = self.columns.changed_terms(before, after).into_iter().filter(|(name, ..)| *name != "rate");
        let blank = |text: &str| if text.is_empty() { "none".to_owned() } else { text.to_owned() };
        let mut details: Vec<String> =
            changed.map(|(name, old, new)| format!("{name} {} → {}", blank(old), blank(new))).collect();
        let bands = [before, after].map(|row| row.cells.get(self.columns.band).unwrap_or("all"));
        if bands[0] != bands[1] {
            details.push(format!("time_band {} → {}", bands[0], bands[1]));
        }
        self.push(kind, Some(before), Some(after), from, after.line, details);
    }

    fn push(
        &mut self,
        change: ChangeKind,
        before: Option<&TableRow>,
        after: Option<&TableRow>,
        from: Date,
        line: u64,
        details: Vec<String>,
    ) {
        let counts = &mut self.found.counts;
        let count = match change {
            ChangeKind::Added => &mut counts.added,
            ChangeKind::Dearer => &mut counts.dearer,
            ChangeKind::Cheaper => &mut counts.cheaper,
            ChangeKind::Otherwise => &mut counts.otherwise,
            ChangeKind::Ended => &mut counts.ended,
        };
        *count += 1;
        let Some(row) = after.or(before) else { return };
        let percent = before.zip(after).and_then(|(before, after)| self.columns.percent(before, after));
        self.found.changes.push(RateChange {
            change,
            matches: self.text(row, self.columns.matches),
            time_band: row.cells.get(self.columns.band).map(str::to_owned),
            note: self.text(row, self.columns.note),
            from,
            before: before.map(|row| self.columns.in_words(row)),
            after: after.map(|row| self.columns.in_words(row)),
            percent,
            details,
            line,
        });
    }

    fn finish(mut self) -> Differences {
        let rows = self.destinations.into_values().flatten().filter(|known| known.dirty);
        self.found.rows = rows.map(|known| known.row).collect();
        self.found.changes.sort_by(|a, b| {
            (&a.matches, &a.time_band, a.from, a.change).cmp(&(&b.matches, &b.time_band, b.from, b.change))
        });
        self.found
    }
}

/// The day from which a rate without a first day holds: no usage is older (X5).
pub fn first_of_all() -> Date {
    Date::new(2000, 1, 1).expect("a date of the calendar")
}

/// What a new row without one of its own band replaces: the row for all bands, else the first of a band.
fn comparable(known: &[Known], from: Date) -> Option<usize> {
    let mut in_force: Vec<usize> = (0..known.len()).filter(|place| known[*place].holds_on(from)).collect();
    in_force.sort_by(|a, b| known[*a].band.cmp(&known[*b].band));
    in_force.first().copied()
}
