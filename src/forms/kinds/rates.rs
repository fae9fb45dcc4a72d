//! The form of the rates of one tariff, with the names that `rates.csv` and `import tariff` have. Data only.

use super::{FormColumn, FormSchema};

const fn column(name: &'static str, note: &'static str, example: &'static str) -> FormColumn {
    super::column(name, name, note, example)
}

pub(super) static SHEETS: [FormSchema; 1] = [FormSchema {
    sheet: "Rates",
    table: "rates",
    about: "One row for each price of calls of one tariff: what it is for, in which band of the day, from which day on.",
    columns: COLUMNS,
}];

const COLUMNS: &[FormColumn] = &[
    column("match", "What the rate is for.", "prefix:+4420").required(),
    column("time_band", "Blank: at all times.", ""),
    column("from", "The first day. Blank: since ever.", "2026-01-01"),
    column("to", "The last day. Blank: without end.", ""),
    column("mode", "Blank: calculated.", ""),
    column("connection", "For each call.", "0.5"),
    column("rate", "For a minute of voice, a message, a megabyte.", "1.2"),
    column("minimum", "A call costs at least this.", ""),
    column("maximum", "A call costs at most this.", ""),
    column("initial_increment", "Seconds that are charged in any case.", ""),
    column("increment", "Seconds to whose multiple the rest is rounded up.", "1"),
    column("included_seconds", "Seconds that the connection pays for.", ""),
    column("min_seconds", "Shorter calls are free.", ""),
    column("percent", "Of the cost, where the mode is markup or suggested.", "").engine(),
    column("access_connection", "The access charge, for each call.", "").engine(),
    column("access_rate", "The access charge, for a minute.", "").engine(),
    column("access_increment", "Seconds.", "").engine(),
    column("access_rounding", "", "").engine(),
    column("steps", "", "").engine(),
    column("note", "For you.", "").engine(),
];
