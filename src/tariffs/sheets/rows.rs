//! What the readers of all formats share: cells with their errors, first and last days, rows of `rates` from prices, and
//! rows of a sheet that say the same thing twice.

use ahash::AHashMap;

use crate::book::{BookError, CellKind, CellRefusal, Table, TableRow, canonical_cell, find_schema};
use crate::domain::money::Price;
use crate::domain::time::Date;
use crate::tariffs::terms::RateColumns;

use super::dates::DateReading;
use super::header::Columns;
use super::numbers::{Increments, Units, refuse};
use super::record::{CellNature, Record, Wanted};
use super::text::whole_file;
use super::words::Field;
use super::{Declared, Sheet, SheetError, Target, Warning};

/// A sheet split into records, and what is known about it.
pub(super) struct Input<'i> {
    pub file: &'i str,
    /// Its rows have numbers and their cells letters; else they are lines of a text.
    pub is_workbook: bool,
    pub header: &'i Record,
    pub records: &'i [Record],
    pub target: &'i Target,
    pub declared: &'i Declared,
}

impl Input<'_> {
    pub(super) fn units(&self, target: &Target) -> Units {
        Units {
            sheet_minor: target.sheet_minor,
            tariff_minor: target.minor,
            currency: target.currency,
            decimal_comma: self.declared.decimal_comma,
        }
    }

    /// The rows of data, without those of blank cells only, examples and totals; reports those of another width than the
    /// header. `key` is the column that says what a row is for, `is_name` whether a word is one of those, also if it
    /// reads like that of a total.
    pub(super) fn data<'r>(
        &'r self,
        sheet: &mut Sheet,
        key: Option<usize>,
        is_name: &dyn Fn(&str) -> bool,
    ) -> Vec<&'r Record> {
        let width = self.header.cells.len();
        let mut sound = Vec::with_capacity(self.records.len());
        for record in self.records {
            if record.is_blank() || record.text(0).ends_with(self.declared.example_mark) {
                continue;
            }
            if is_total(record, key, is_name) {
                let text = "is a total, and is not read".to_owned();
                sheet.warnings.push(Warning { line: record.line, text });
                continue;
            }
            sheet.records += 1;
            if self.is_workbook || record.cells.len() == width {
                sound.push(record);
                sheet.errors.extend(self.value_without_name(record));
                continue;
            }
            let s = if record.cells.len() == 1 { "" } else { "s" };
            let reason = format!("has {} field{s}, the header has {width}", record.cells.len());
            let hint = "quote fields that hold the delimiter";
            sheet.errors.push(whole_file(self.file, record.line, &reason, hint).into());
        }
        sound
    }

    /// A column without a name may only be blank: a spreadsheet's width.
    fn value_without_name(&self, record: &Record) -> Option<SheetError> {
        let is_stray = |place: &usize| self.header.text(*place).is_empty() && !record.text(*place).is_empty();
        let place = (0..record.cells.len()).find(is_stray)?;
        let error = whole_file(self.file, record.line, "stands in a column without a name", "a name in the header");
        let value = record.text(place).to_owned();
        Some(SheetError::at(BookError { value, ..error }, Some(place)))
    }

    /// What a row of the sheet is called.
    fn row_name(&self, line: u64) -> String {
        format!("{} {line}", if self.is_workbook { "row" } else { "line" })
    }

    /// A column that holds both dates and texts that are none to the spreadsheet: it may have read some of them with day and
    /// month swapped.
    pub(super) fn warn_of_mixed_dates(&self, data: &[&Record], place: Option<usize>, warnings: &mut Vec<Warning>) {
        let Some(place) = place else { return };
        let is_swapped = |record: &&&Record| {
            let day = Date::parse(record.text(place)).map(|date| date.day());
            record.nature(place) == CellNature::Day && day.is_some_and(|day| day <= 12)
        };
        let is_other = |record: &&&Record| {
            let text = record.text(place);
            record.nature(place) == CellNature::Text && !text.is_empty() && Date::parse(text).is_none()
        };
        if let (Some(date), Some(text)) = (data.iter().find(is_swapped), data.iter().find(is_other)) {
            let name = self.header.text(place);
            let text = format!(
                "the column {name} has dates, as in row {}, and texts, as in row {}: look whether the spreadsheet has \
                 swapped day and month in some of the dates",
                date.line, text.line
            );
            warnings.push(Warning { line: 0, text });
        }
    }
}

/// Words that begin a row of totals.
const TOTALS: [&str; 8] = ["total", "totals", "grand total", "sum", "subtotal", "sub total", "sub-total", "overall"];

/// A row that begins with a word for totals, and names nothing that its key could be.
fn is_total(record: &Record, key: Option<usize>, is_name: &dyn Fn(&str) -> bool) -> bool {
    let is_word = |text: &str| TOTALS.contains(&text.trim_end_matches(':').trim().to_lowercase().as_str());
    let first = record.cells.iter().map(str::trim).find(|text| !text.is_empty()).unwrap_or("");
    let key = key.map_or("", |key| record.text(key));
    is_word(first) && (key.is_empty() || (is_word(key) && !is_name(key)))
}

/// One row of a sheet: its cells by field, and where errors about them go.
pub(super) struct Cells<'c> {
    pub file: &'c str,
    pub columns: &'c Columns,
    pub record: &'c Record,
    pub errors: &'c mut Vec<SheetError>,
}

impl Cells<'_> {
    /// The text of a field, if the sheet has it and it is not blank.
    pub(super) fn get(&self, field: Field) -> Option<&str> {
        let text = self.record.cells.get(self.columns.place(field)?)?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// Reads a field that may be blank. `Err` if it is refused; that is reported.
    pub(super) fn optional<T>(
        &mut self,
        field: Field,
        read: impl FnOnce(&str) -> Result<T, CellRefusal>,
    ) -> Result<Option<T>, Refused> {
        let (Some(place), Some(text)) = (self.columns.place(field), self.get(field)) else { return Ok(None) };
        let read = match self.record.refusal(place, wanted(field)) {
            Some(refusal) => Err(refusal),
            None => read(text),
        };
        match read {
            Ok(value) => Ok(Some(value)),
            Err(refusal) => {
                self.fail(field, &refusal);
                Err(Refused)
            }
        }
    }

    /// Reads a date that may be blank. One that is a date to the spreadsheet has no order to be told.
    pub(super) fn date(&mut self, field: Field, dates: &DateReading) -> Result<Option<Date>, Refused> {
        let is_day = self.columns.place(field).is_some_and(|place| self.record.nature(place) == CellNature::Day);
        self.optional(field, |text| match is_day {
            true => day_of(text),
            false => dates.read(text),
        })
    }

    /// The same for a field that every row must have.
    pub(super) fn required<T>(
        &mut self,
        field: Field,
        hint: &str,
        read: impl FnOnce(&str) -> Result<T, CellRefusal>,
    ) -> Result<T, Refused> {
        match self.optional(field, read)? {
            Some(value) => Ok(value),
            None => {
                self.fail(field, &refuse("is blank", hint));
                Err(Refused)
            }
        }
    }

    pub(super) fn fail(&mut self, field: Field, refusal: &CellRefusal) {
        let value = self.get(field).unwrap_or("").to_owned();
        let error = BookError {
            file: self.file.to_owned(),
            line: self.record.line,
            column: self.columns.name(field).to_owned(),
            value,
            reason: refusal.reason.clone(),
            hint: refusal.hint.clone(),
        };
        self.errors.push(SheetError::at(error, self.columns.place(field)));
    }
}

/// The text of a cell that is a date to the spreadsheet.
pub(super) fn day_of(text: &str) -> Result<Date, CellRefusal> {
    Date::parse(text).ok_or_else(|| refuse("is a date out of range", "a date between 2000-01-01 and 2100-12-31"))
}

/// What the cells of a field are.
fn wanted(field: Field) -> Wanted {
    match field {
        Field::Rate | Field::Connection | Field::Minimum | Field::Peak | Field::OffPeak | Field::Weekend => {
            Wanted::Number
        }
        Field::CostPeak | Field::CostOffPeak | Field::CostWeekend => Wanted::Number,
        Field::Effective | Field::End => Wanted::Date,
        _ => Wanted::Words,
    }
}

/// A cell is refused, and was reported.
pub(super) struct Refused;

/// A text as a cell of the kind `Text` holds it.
pub(super) fn note(text: &str, declared: &Declared) -> Result<Option<String>, CellRefusal> {
    canonical_cell(CellKind::Text, text, &declared.numbers)
}

/// The first day of a row: what is declared for all, else what the row states.
pub(super) struct FirstDays {
    declared: Option<Date>,
    /// Rows that state another day than the declared one.
    overruled: u64,
}

impl FirstDays {
    pub(super) fn of(declared: &Declared) -> Self {
        Self { declared: declared.from, overruled: 0 }
    }

    /// The same where a blank cell means since ever.
    pub(super) fn choose_open(&mut self, stated: Option<Date>) -> Option<Date> {
        let chosen = self.declared.or(stated);
        self.overruled += u64::from(stated.is_some() && stated != chosen);
        chosen
    }

    pub(super) fn choose(&mut self, stated: Option<Date>) -> Result<Date, CellRefusal> {
        let no_day = || refuse("states no first day", "a date in the sheet, or --from DATE for all rows");
        let chosen = self.declared.or(stated).ok_or_else(no_day)?;
        self.overruled += u64::from(stated.is_some_and(|stated| stated != chosen));
        Ok(chosen)
    }

    /// Says how many rows begin on another day than the sheet says.
    pub(super) fn report(&self, warnings: &mut Vec<Warning>) {
        if let (Some(from), 1..) = (self.declared, self.overruled) {
            let rows = self.overruled;
            let text = format!("{rows} rows state another first day; --from {from} is taken for all");
            warnings.push(Warning {
                line: 0,
                text: if rows == 1 { text.replace("rows state", "row states") } else { text },
            });
        }
    }
}

/// What a reader found out about one row of the tariff, in the unit of the tariff where it is a text.
pub(super) struct RowParts<'p> {
    pub line: u64,
    pub matches: String,
    pub band: Option<&'p str>,
    pub from: Date,
    pub to: Option<Date>,
    pub rate: Price,
    pub connection: Option<Price>,
    pub minimum: Option<Price>,
    pub increments: Option<Increments>,
    pub note: Option<String>,
}

/// Makes rows of `rates`.
pub(super) struct RowMaker {
    width: usize,
    columns: RateColumns,
    prices: [usize; 3],
    increments: [usize; 2],
}

impl RowMaker {
    pub(super) fn new() -> Self {
        let table = rates_table();
        let place = |name: &str| table.schema.position(name).expect("a column of rates.csv");
        Self {
            width: table.schema.columns.len(),
            columns: RateColumns::of(&table),
            prices: ["rate", "connection", "minimum"].map(place),
            increments: ["initial_increment", "increment"].map(place),
        }
    }

    pub(super) fn row(&self, target: &Target, units: &Units, parts: RowParts) -> TableRow {
        let mut cells = vec![None; self.width];
        cells[self.columns.tariff] = Some(target.code.clone());
        cells[self.columns.matches] = Some(parts.matches);
        cells[self.columns.band] = parts.band.map(str::to_owned);
        cells[self.columns.from] = Some(parts.from.to_string());
        cells[self.columns.to] = parts.to.map(|date| date.to_string());
        cells[self.columns.note] = parts.note;
        for (place, price) in self.prices.iter().zip([Some(parts.rate), parts.connection, parts.minimum]) {
            cells[*place] = price.map(|price| units.text(price));
        }
        if let Some(increments) = parts.increments {
            let [initial, next] = self.increments;
            (cells[initial], cells[next]) = (Some(increments.initial.to_string()), Some(increments.next.to_string()));
        }
        TableRow { line: parts.line, cells: cells.into() }
    }
}

pub(super) fn rates_table() -> Table {
    Table::new(find_schema("rates").expect("the interface lists it"))
}

/// Leaves the first of rows that say the same twice, with a warning; two that disagree are an error that names both.
pub(super) fn refuse_repeats(input: &Input, column: &str, rows: &mut Vec<TableRow>, sheet: &mut Sheet) {
    let columns = RateColumns::of(&rates_table());
    let mut first: AHashMap<[Option<String>; 3], usize> = AHashMap::with_capacity(rows.len());
    let mut kept: Vec<TableRow> = Vec::with_capacity(rows.len());
    for row in rows.drain(..) {
        let key = [columns.matches, columns.band, columns.from].map(|place| row.cells.get(place).map(str::to_owned));
        let place = *first.entry(key).or_insert(kept.len());
        let Some(earlier) = kept.get(place) else {
            kept.push(row);
            continue;
        };
        let name = row.cells.get(columns.matches).unwrap_or_default().to_owned();
        let place = match earlier.line == row.line {
            true => format!("the same {}", if input.is_workbook { "row" } else { "line" }),
            false => input.row_name(earlier.line),
        };
        if columns.same_terms(earlier, &row) && earlier.cells.get(columns.to) == row.cells.get(columns.to) {
            let text = format!("{name} comes twice with the same terms: {place} has it too");
            sheet.warnings.push(Warning { line: row.line, text });
            continue;
        }
        let (before, after) = (columns.in_words(earlier), columns.in_words(&row));
        let error = BookError {
            file: input.file.to_owned(),
            line: row.line,
            column: column.to_owned(),
            value: name,
            reason: format!("{place} has it with other terms on the same dates: {before}, here {after}"),
            hint: "one row for each destination and first day".to_owned(),
        };
        let place = input.header.cells.iter().position(|name| name.trim() == column);
        sheet.errors.push(SheetError::at(error, place));
    }
    *rows = kept;
}
