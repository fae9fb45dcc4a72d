//! A carrier's A–Z deck → rows by prefix: codes, lists and ranges of them, rate, increments, dates. A column that says
//! nothing about a price is left out by name; a currency other than the tariff's is refused.

use crate::domain::money::Price;
use crate::domain::time::Date;

use super::codes::{country_code, prefixes};
use super::dates::DateReading;
use super::header::Columns;
use super::numbers::{Increments, Units, increment, refuse};
use super::rows::{Cells, FirstDays, Input, Refused, RowMaker, RowParts, note, refuse_repeats};
use super::words::Field;
use super::{Format, Sheet, Warning};

/// Reads the rows.
pub(super) fn read(input: &Input) -> Sheet {
    let mut sheet = Sheet::default();
    let mut errors = Vec::new();
    let columns = Columns::read(input.file, Format::Deck, input.header, input.target, input.declared, &mut errors);
    if !errors.is_empty() {
        return Sheet { errors, ..sheet };
    }
    let code = if columns.place(Field::Code).is_some() { Field::Code } else { Field::CountryCode };
    let data = input.data(&mut sheet, columns.place(code), &|_| false);
    let date_columns: Vec<usize> =
        [Field::Effective, Field::End].iter().filter_map(|field| columns.place(*field)).collect();
    let cells = data.iter().flat_map(|record| date_columns.iter().filter_map(|place| record.cells.get(*place)));
    let reader = DeckReader {
        input,
        units: input.units(input.target),
        dates: DateReading::of(input.declared.date_order, cells.map(str::trim)),
        maker: RowMaker::new(),
    };
    for place in &date_columns {
        input.warn_of_mixed_dates(&data, Some(*place), &mut sheet.warnings);
    }
    let mut first_days = FirstDays::of(input.declared);
    let mut rows = Vec::with_capacity(data.len());
    for record in data {
        let mut cells = Cells { file: input.file, columns: &columns, record, errors: &mut errors };
        let Ok(row) = reader.row(&mut cells, &mut first_days) else { continue };
        for code in &row.codes {
            let parts = RowParts { matches: format!("prefix:{code}"), ..row.parts(record.line) };
            rows.push(reader.maker.row(input.target, &reader.units, parts));
        }
    }
    first_days.report(&mut sheet.warnings);
    reader.say_what_was_assumed(&columns, &mut sheet);
    sheet.left_out.clone_from(&columns.left_out);
    sheet.key = columns.place(code);
    sheet.errors.append(&mut errors);
    refuse_repeats(input, columns.name(code), &mut rows, &mut sheet);
    Sheet { rows, ..sheet }
}

struct DeckReader<'d> {
    input: &'d Input<'d>,
    units: Units,
    dates: DateReading,
    maker: RowMaker,
}

/// A row of a deck, which may stand for several prefixes.
struct DeckRow {
    codes: Vec<String>,
    rate: Price,
    connection: Option<Price>,
    minimum: Option<Price>,
    increments: Option<Increments>,
    from: Date,
    to: Option<Date>,
    note: Option<String>,
}

impl DeckRow {
    fn parts(&self, line: u64) -> RowParts<'static> {
        RowParts {
            line,
            matches: String::new(),
            band: None,
            from: self.from,
            to: self.to,
            rate: self.rate,
            connection: self.connection,
            minimum: self.minimum,
            increments: self.increments,
            note: self.note.clone(),
        }
    }
}

impl DeckReader<'_> {
    /// Reads every cell before it gives up, so that all of a row's errors are reported.
    fn row(&self, cells: &mut Cells, first_days: &mut FirstDays) -> Result<DeckRow, Refused> {
        let codes = self.codes(cells);
        let rate = cells.required(Field::Rate, "0 for what is free", |text| self.units.price(text));
        let connection = cells.optional(Field::Connection, |text| self.units.price(text));
        let minimum = cells.optional(Field::Minimum, |text| self.units.price(text));
        let increments = self.increments(cells);
        let currency = cells.optional(Field::Currency, |text| match text == self.input.target.currency.code() {
            true => Ok(()),
            false => {
                let target = self.input.target;
                let reason = format!("is not the currency of the tariff {}, {} (X7)", target.code, target.currency);
                Err(refuse(&reason, "a tariff of the sheet's currency"))
            }
        });
        let from = self.first_day(cells, first_days);
        let to = cells.date(Field::End, &self.dates);
        let note = cells.optional(Field::Destination, |text| note(text, self.input.declared));
        if let (Ok(from), Ok(Some(to))) = (&from, &to)
            && to < from
        {
            cells.fail(Field::End, &refuse(&format!("is before the first day, {from}"), "dates are inclusive (X6)"));
            return Err(Refused);
        }
        currency?;
        Ok(DeckRow {
            codes: codes?,
            rate: rate?,
            connection: connection?,
            minimum: minimum?,
            increments: increments?,
            from: from?,
            to: to?,
            note: note?.flatten(),
        })
    }

    fn codes(&self, cells: &mut Cells) -> Result<Vec<String>, Refused> {
        let hint = "international digits, as 4420";
        if cells.columns.place(Field::Code).is_some() {
            return cells.required(Field::Code, hint, |text| prefixes(text, None));
        }
        let country = cells.required(Field::CountryCode, hint, country_code)?;
        let areas = cells.optional(Field::AreaCode, |text| prefixes(text, Some(&country)))?;
        Ok(areas.unwrap_or_else(|| vec![format!("+{country}")]))
    }

    fn increments(&self, cells: &mut Cells) -> Result<Option<Increments>, Refused> {
        let both = cells.optional(Field::Increments, Increments::parse);
        let first = cells.optional(Field::FirstIncrement, increment);
        let next = cells.optional(Field::NextIncrement, increment);
        let stated = match (both?, first?, next?) {
            (Some(both), None, None) => Some(both),
            (None, Some(initial), Some(next)) => Some(Increments { initial, next }),
            (None, Some(only), None) | (None, None, Some(only)) => Some(Increments { initial: only, next: only }),
            (None, None, None) => None,
            (Some(_), ..) => {
                let reason = "stands beside columns for the first and the next increment";
                cells.fail(Field::Increments, &refuse(reason, "increments in one place"));
                return Err(Refused);
            }
        };
        Ok(stated.or(self.input.declared.increments))
    }

    fn first_day(&self, cells: &mut Cells, first_days: &mut FirstDays) -> Result<Date, Refused> {
        let stated = cells.date(Field::Effective, &self.dates)?;
        first_days.choose(stated).map_err(|refusal| {
            cells.fail(Field::Effective, &refusal);
            Refused
        })
    }

    /// A sheet without increments is charged by the second: worth a word.
    fn say_what_was_assumed(&self, columns: &Columns, sheet: &mut Sheet) {
        let fields = [Field::Increments, Field::FirstIncrement, Field::NextIncrement];
        let stated = fields.iter().any(|field| columns.place(*field).is_some());
        if !stated && self.input.declared.increments.is_none() {
            let text = "the sheet states no increments: 1/1, by the second; declare others with --increments";
            sheet.warnings.push(Warning { line: 0, text: text.to_owned() });
        }
    }
}
