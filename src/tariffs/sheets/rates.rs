//! A sheet of our own columns, which templates have too → rows: every cell as a book folder has it. The tariff may be left out; if it is there it is
//! the one that is asked for. Prices are in the tariff's unit.

use crate::book::{BookError, CellKind, CellRefusal, ColumnSchema, TableRow, canonical_cell, nearest};
use crate::domain::time::Date;
use crate::tariffs::terms::RateColumns;

use super::header::rates_column;
use super::numbers::{Units, refuse};
use super::record::{CellNature, Record, Wanted};
use super::rows::{FirstDays, Input, day_of, rates_table, refuse_repeats};
use super::text::whole_file;
use super::{Sheet, SheetError};

/// Reads the rows.
pub(super) fn read(input: &Input) -> Sheet {
    let mut sheet = Sheet::default();
    let places = header(input, &mut sheet);
    if !sheet.errors.is_empty() {
        return sheet;
    }
    let reader =
        RatesReader { input, units: input.units(input.target), columns: RateColumns::of(&rates_table()), places };
    let mut first_days = FirstDays::of(input.declared);
    let mut rows = Vec::new();
    for record in input.data(&mut sheet, reader.column_of(reader.columns.matches), &|_| false) {
        rows.extend(reader.row(record, &mut first_days, &mut sheet.errors));
    }
    first_days.report(&mut sheet.warnings);
    let name = reader.column_of(reader.columns.matches).map_or("match", |place| input.header.text(place));
    refuse_repeats(input, name, &mut rows, &mut sheet);
    Sheet { rows, ..sheet }
}

/// The place among the columns of `rates.csv` of each column; `None` for one that is left out.
fn header(input: &Input, sheet: &mut Sheet) -> Vec<Option<usize>> {
    let schema = rates_table().schema;
    let mut places: Vec<Option<usize>> = Vec::new();
    for (column, name) in input.header.cells.iter().map(str::trim).enumerate() {
        let mut refuse = |name: &str, reason: &str, hint: String| {
            let error = whole_file(input.file, input.header.line, reason, &hint);
            sheet.errors.push(SheetError::at(BookError { column: name.to_owned(), ..error }, Some(column)));
        };
        let place = rates_column(name);
        if name.is_empty() || input.declared.ignored.iter().any(|ignored| ignored == name) {
            sheet.left_out.extend((!name.is_empty()).then(|| name.to_owned()));
            places.push(None);
            continue;
        }
        match place {
            None => {
                let near = nearest(name, schema.columns.iter().map(|column| column.name));
                let near = near.map_or(String::new(), |near| format!("did you mean {near:?}? "));
                refuse(
                    name,
                    "is no column of rates.csv",
                    format!("{near}a column that is not to be read is declared: --ignore {name:?}"),
                );
            }
            Some(_) if places.contains(&place) => refuse(name, "comes twice", "each column once".to_owned()),
            Some(_) => {}
        }
        places.push(place);
    }
    places
}

struct RatesReader<'r> {
    input: &'r Input<'r>,
    units: Units,
    columns: RateColumns,
    places: Vec<Option<usize>>,
}

impl RatesReader<'_> {
    fn row(&self, record: &Record, first_days: &mut FirstDays, errors: &mut Vec<SheetError>) -> Option<TableRow> {
        let schema = rates_table().schema;
        let mut cells = vec![None; schema.columns.len()];
        let before = errors.len();
        let mut fail = |place: usize, value: &str, refusal: CellRefusal| {
            let error = whole_file(self.input.file, record.line, &refusal.reason, &refusal.hint);
            let (column, value) = (schema.columns[place].name.to_owned(), value.trim().to_owned());
            errors.push(SheetError::at(BookError { column, value, ..error }, self.column_of(place)));
        };
        let mut refused = vec![false; schema.columns.len()];
        for (column, place) in self.places.iter().enumerate() {
            let Some(place) = *place else { continue };
            match self.cell(&schema.columns[place], record, column) {
                Ok(text) => cells[place] = text,
                Err(refusal) => {
                    refused[place] = true;
                    fail(place, record.text(column), refusal);
                }
            }
        }
        let code = self.input.target.code.as_str();
        if let Some(other) = cells[self.columns.tariff].as_deref().filter(|stated| *stated != code) {
            let reason = format!("is another tariff than {code}, which is imported");
            fail(self.columns.tariff, other, refuse(&reason, "one sheet for each tariff, or --tariff of the sheet's"));
        }
        cells[self.columns.tariff] = Some(code.to_owned());
        if cells[self.columns.matches].is_none() && !refused[self.columns.matches] {
            let hint = "band:CODE, prefix:+44…, type:CALL_TYPE or class:CLASS";
            fail(self.columns.matches, "", refuse("is blank", hint));
        }
        let date = |place: usize| cells[place].as_deref().and_then(Date::parse);
        let (stated, to) = (date(self.columns.from), date(self.columns.to));
        // A blank cell means since ever, as in rates.csv; without the column nothing is said at all.
        let chosen = match self.column_of(self.columns.from) {
            Some(_) => Ok(first_days.choose_open(stated)),
            None => first_days.choose(stated).map(Some),
        };
        match chosen {
            Ok(from) => {
                if let (Some(from), Some(to)) = (from, to)
                    && to < from
                {
                    let reason = format!("is before the first day, {from}");
                    fail(self.columns.to, &to.to_string(), refuse(&reason, "dates are inclusive (X6)"));
                }
                cells[self.columns.from] = from.map(|from| from.to_string());
            }
            Err(refusal) => fail(self.columns.from, "", refusal),
        }
        (errors.len() == before).then_some(TableRow { line: record.line, cells: cells.into() })
    }

    /// The column of the sheet that holds a column of `rates.csv`.
    fn column_of(&self, place: usize) -> Option<usize> {
        self.places.iter().position(|known| *known == Some(place))
    }

    fn cell(&self, schema: &ColumnSchema, record: &Record, column: usize) -> Result<Option<String>, CellRefusal> {
        let numbers = &self.input.declared.numbers;
        let raw = record.text(column);
        let wanted = match schema.kind {
            CellKind::Date => Wanted::Date,
            CellKind::Markup => Wanted::Percentage,
            CellKind::Decimal(..) | CellKind::Integer(..) => Wanted::Number,
            _ => Wanted::Words,
        };
        if let Some(refusal) = record.refusal(column, wanted) {
            return Err(refusal);
        }
        match schema.kind {
            CellKind::Decimal(..) | CellKind::Markup => {
                canonical_cell(schema.kind, &self.units.plain_number(raw)?, numbers)
            }
            CellKind::Date if record.nature(column) == CellNature::Day => {
                day_of(raw).map(|date| Some(date.to_string()))
            }
            kind => canonical_cell(kind, raw, numbers),
        }
    }
}
