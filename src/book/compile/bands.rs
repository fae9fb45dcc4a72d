//! Time bands and holidays (R8): the names, when each is in force, the default set where the book declares none.

use std::collections::BTreeMap;

use crate::book::notation;
use crate::domain::book::{BandId, SupplierId};
use crate::domain::price_book::{Holiday, TimeBand};
use crate::domain::time::Date;

use super::rows::{Input, Names, Row};

/// The set of R8: name, days, start and end in hours, whether it also covers what no row covers (a holiday treated as
/// `Hol`; our choice: that is a weekend).
const DEFAULT_SET: [(&str, &str, u32, u32, bool); 4] = [
    ("daytime", "Mon-Fri", 7, 19, false),
    ("evening", "Mon-Fri", 0, 7, false),
    ("evening", "Mon-Fri", 19, 24, false),
    ("weekend", "Sat,Sun", 0, 24, true),
];

/// The names of all bands, sorted.
pub(super) struct Bands {
    names: Vec<String>,
    /// The workspace declares no bands of its own.
    default_set: bool,
}

impl Bands {
    pub(super) fn new(input: &Input) -> Self {
        let default_set = input.rows("time_bands").all(|row| row.get("supplier").is_some());
        let mut names: Vec<String> = input.rows("time_bands").map(|row| row.text("time_band")).collect();
        if default_set {
            names.extend(DEFAULT_SET.map(|(name, ..)| name.to_owned()));
        }
        names.sort();
        names.dedup();
        refuse_too_many(input, names.len());
        Self { names, default_set }
    }

    pub(super) fn into_names(self) -> Vec<String> {
        self.names
    }

    /// The band of a name; reports one that is not declared.
    pub(super) fn find(&self, row: Row, column: &str, name: &str) -> Option<BandId> {
        let found = self.names.binary_search_by(|known| known.as_str().cmp(name)).ok().map(BandId::from_index);
        if found.is_none() {
            let known = self.names.iter().map(String::as_str);
            row.fail_unknown(column, name, "no time band of this name is declared in time_bands.csv", known);
        }
        found
    }

    pub(super) fn time_bands(&self, input: &Input, names: &Names) -> Vec<TimeBand> {
        refuse_two_defaults(input);
        let declared = input.rows("time_bands").filter_map(|row| self.time_band(names, row));
        let default_set = DEFAULT_SET.iter().filter(|_| self.default_set);
        let default_set = default_set.filter_map(|(name, days, start, end, is_default)| {
            let band = self.names.iter().position(|known| known == name).map(BandId::from_index)?;
            let days = notation::days(days)?;
            Some(TimeBand { supplier: None, band, days, start: start * 3600, end: end * 3600, is_default: *is_default })
        });
        // The workspace's own come first, as its blank supplier sorts.
        default_set.chain(declared).collect()
    }

    fn time_band(&self, names: &Names, row: Row) -> Option<TimeBand> {
        let band = TimeBand {
            supplier: row.id("supplier", &names.suppliers).map(SupplierId),
            band: self.find(row, "time_band", row.get("time_band")?)?,
            days: row.parsed("days", notation::days)?,
            start: row.parsed("start", notation::clock)?,
            end: row.parsed("end", notation::clock)?,
            is_default: row.flag("default"),
        };
        if band.start >= band.end {
            let reason = format!("is not after the start {}", row.get("start").unwrap_or(""));
            row.fail("end", &reason, "24:00 for the end of the day; what crosses midnight is two rows (R8)");
        }
        Some(band)
    }
}

/// Usage that waits says in two bytes which band it is in.
fn refuse_too_many(input: &Input, bands: usize) {
    let first = input.rows("time_bands").next();
    if let Some(row) = first.filter(|_| bands > usize::from(u16::MAX)) {
        row.fail("time_band", &format!("is one of {bands} time bands"), "at most 65535 names");
    }
}

/// Time that no row covers belongs to one band, of each supplier and of the workspace.
fn refuse_two_defaults(input: &Input) {
    let mut first: BTreeMap<Option<&str>, Row> = BTreeMap::new();
    for row in input.rows("time_bands").filter(|row| row.flag("default")) {
        let known = *first.entry(row.get("supplier")).or_insert(row);
        if known.get("time_band") != row.get("time_band") {
            let reason = format!("band {} is the default already: {}", known.text("time_band"), known.place());
            row.fail("default", &reason, "one band that covers what no row covers (R8)");
        }
    }
}

pub(super) fn holidays(input: &Input) -> BTreeMap<Date, Holiday> {
    let holiday = |row: Row| {
        let treated_as = row.parsed("as", notation::band_day)?;
        Some((row.date("date")?, Holiday { treated_as, name: row.text("name") }))
    };
    input.rows("holidays").filter_map(holiday).collect()
}
