//! A workbook → the rows of the sheet that holds rates, as [`crate::tariffs::sheets`] takes them, and what is worth a word
//! about it. Knows nothing of what columns mean.

use std::ops::ControlFlow;

use crate::commands::form::refuse_file;
use crate::domain::time::Date;
use crate::error::{Error, Result};
use crate::files::workbook::Cell;
use crate::forms::kinds::Kind;
use crate::forms::{Noticed, OTHER_SHEETS, Source};
use crate::tariffs::sheets::{CellNature, Record, Warning};

/// The sheet that was chosen.
pub(super) struct ChosenSheet {
    /// Its name.
    pub name: String,
    /// Its rows that hold anything.
    pub rows: Vec<Record>,
    noticed: Noticed,
    /// Others that people see and that are not read.
    others: Vec<String>,
    /// What the workbook has that is not followed.
    notices: Vec<&'static str>,
}

impl ChosenSheet {
    /// Reads the sheet of a name, else the one that is called as templates call it, else the first that people see.
    pub(super) fn read(file: &str, source: &Source<'_>, named: Option<&str>) -> Result<Self> {
        let sheets = source.sheets();
        let shown = |names: &mut dyn Iterator<Item = &str>| names.map(|name| format!("{name:?}")).collect::<Vec<_>>();
        let Some((place, name)) = source.sheet_of(Kind::Tariff, 0, named) else {
            let names = shown(&mut sheets.iter().map(|(_, name, _)| *name)).join(", ");
            let (message, hint) = match named {
                Some(named) => (format!("{file} has no sheet {named:?}"), format!("its sheets are {names}")),
                None => (
                    format!("{file} has no sheet of rates that can be seen"),
                    format!("name one of {names} with --sheet"),
                ),
            };
            return Err(Error::refused(message, hint));
        };
        let mut rows = Vec::new();
        let noticed = source.read_rows(place, &mut |row| {
            let mut record = Record::of_row(u64::from(row.number));
            row.cells.iter().for_each(|cell| push(&mut record, cell));
            rows.push(record);
            ControlFlow::Continue(())
        });
        let noticed = noticed.map_err(|bad| refuse_file(file, &bad))?;
        let is_other = |name: &str| OTHER_SHEETS.iter().any(|other| other.eq_ignore_ascii_case(name.trim()));
        let others = sheets.iter().filter(|(other, name, hidden)| *other != place && !hidden && !is_other(name));
        let others = others.map(|(_, name, _)| (*name).to_owned()).collect();
        Ok(Self { name, rows, noticed, others, notices: source.notices() })
    }

    /// What is worth a word, once the row of the header is known.
    pub(super) fn warnings(&self, header: u64) -> Vec<Warning> {
        let mut texts: Vec<String> = self.notices.iter().map(|notice| format!("the workbook {notice}")).collect();
        if !self.others.is_empty() {
            let names: Vec<String> = self.others.iter().map(|name| format!("{name:?}")).collect();
            texts.push(format!("read {:?}, not {}; --sheet names another", self.name, names.join(", ")));
        }
        if self.noticed.hidden_rows > 0 {
            let rows = crate::error::counted(u64::from(self.noticed.hidden_rows), "hidden row");
            texts.push(format!("{rows} of the sheet are read as well"));
        }
        let of_data = self.noticed.merged.iter().filter(|range| u64::from(range.last_row) > header);
        let merged: Vec<String> = of_data.map(ToString::to_string).collect();
        if let Some(first) = merged.first() {
            let more = if merged.len() > 1 { " and others" } else { "" };
            texts.push(format!("the cells {first}{more} are merged: only the first of them holds the value"));
        }
        texts.into_iter().map(|text| Warning { line: 0, text }).collect()
    }
}

fn push(record: &mut Record, cell: &Cell<'_>) {
    match cell {
        Cell::Blank => record.push(CellNature::Text, ""),
        Cell::Text(text) => record.push(CellNature::Text, text),
        Cell::Number(number) => record.push(CellNature::Number, number),
        Cell::Percent(number) => record.push(CellNature::Percent, number),
        Cell::Flag(flag) => record.push(CellNature::Flag, if *flag { "TRUE" } else { "FALSE" }),
        Cell::Fault(words) => record.push(CellNature::Fault, words),
        Cell::Moment { day, seconds } => {
            let nature = if *seconds == 0 { CellNature::Day } else { CellNature::Time };
            let day = Date::from_days(*day).map_or_else(|| format!("day {day}"), |date| date.to_string());
            record.push(nature, &day);
        }
    }
}
