//! A sheet of our own columns → rows: every cell as a book folder has it. The tariff may be left out; if it is there it is
//! the one that is asked for. Prices are in the tariff's unit.

use crate::book::{BookError, CellKind, CellRefusal, ColumnSchema, TableRow, canonical_cell, nearest};
use crate::domain::time::Date;
use crate::tariffs::terms::RateColumns;

use super::Sheet;
use super::numbers::{Units, refuse};
use super::rows::{FirstDays, Input, rates_table, refuse_repeats};
use super::text::{Record, whole_file};

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
    for record in input.data(&mut sheet) {
        rows.extend(reader.row(record, &mut first_days, &mut sheet.errors));
    }
    first_days.report(&mut sheet.warnings);
    refuse_repeats(input.file, "match", &mut rows, &mut sheet);
    Sheet { rows, ..sheet }
}

/// The place among the columns of `rates.csv` of each column; `None` for one that is left out.
fn header(input: &Input, sheet: &mut Sheet) -> Vec<Option<usize>> {
    let schema = rates_table().schema;
    let mut places: Vec<Option<usize>> = Vec::new();
    let mut refuse = |name: &str, reason: &str, hint: String| {
        sheet
            .errors
            .push(BookError { column: name.to_owned(), ..whole_file(input.file, input.header.line, reason, &hint) });
    };
    for name in input.header.cells.iter().map(str::trim) {
        let place = schema.position(name);
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
    fn row(&self, record: &Record, first_days: &mut FirstDays, errors: &mut Vec<BookError>) -> Option<TableRow> {
        let schema = rates_table().schema;
        let mut cells = vec![None; schema.columns.len()];
        let before = errors.len();
        let mut fail = |column: &str, value: &str, refusal: CellRefusal| {
            let (column, value) = (column.to_owned(), value.trim().to_owned());
            errors.push(BookError {
                column,
                value,
                ..whole_file(self.input.file, record.line, &refusal.reason, &refusal.hint)
            });
        };
        for (raw, place) in record.cells.iter().zip(&self.places) {
            let Some(place) = *place else { continue };
            match self.cell(&schema.columns[place], raw) {
                Ok(text) => cells[place] = text,
                Err(refusal) => fail(schema.columns[place].name, raw, refusal),
            }
        }
        let code = self.input.target.code.as_str();
        if let Some(other) = cells[self.columns.tariff].as_deref().filter(|stated| *stated != code) {
            let reason = format!("is another tariff than {code}, which is imported");
            fail("tariff", other, refuse(&reason, "one sheet for each tariff, or --tariff of the sheet's"));
        }
        cells[self.columns.tariff] = Some(code.to_owned());
        if cells[self.columns.matches].is_none()
            && record
                .cells
                .iter()
                .zip(&self.places)
                .any(|(raw, place)| *place == Some(self.columns.matches) && raw.trim().is_empty())
        {
            fail("match", "", refuse("is blank", "band:CODE, prefix:+44…, type:CALL_TYPE or class:CLASS"));
        }
        let date = |place: usize| cells[place].as_deref().and_then(Date::parse);
        let (stated, to) = (date(self.columns.from), date(self.columns.to));
        match first_days.choose(stated) {
            Ok(from) => {
                if to.is_some_and(|to| to < from) {
                    let to = cells[self.columns.to].clone().unwrap_or_default();
                    fail("to", &to, refuse(&format!("is before the first day, {from}"), "dates are inclusive (X6)"));
                }
                cells[self.columns.from] = Some(from.to_string());
            }
            Err(refusal) => fail("from", "", refusal),
        }
        (errors.len() == before).then_some(TableRow { line: record.line, cells: cells.into() })
    }

    fn cell(&self, column: &ColumnSchema, raw: &str) -> Result<Option<String>, CellRefusal> {
        let numbers = &self.input.declared.numbers;
        match column.kind {
            CellKind::Decimal(..) | CellKind::Markup => {
                canonical_cell(column.kind, &self.units.plain_number(raw.trim())?, numbers)
            }
            kind => canonical_cell(kind, raw, numbers),
        }
    }
}
