//! The classic reseller's rate sheet → rows by charge band, call type or prefix: peak, offpeak and weekend prices become
//! time bands, or one row for all bands where they are equal. The minimum charge is in the minor unit whatever the rest
//! (X2). Cost columns become rows of a wholesale tariff where one is named.

use ahash::AHashMap;

use crate::book::{CellKind, CellRefusal, canonical_cell, nearest};
use crate::domain::money::Price;
use crate::domain::telephone::normalise;
use crate::domain::time::Date;

use super::dates::DateReading;
use super::header::Columns;
use super::numbers::{Increments, Units, increment, refuse};
use super::rows::{Cells, FirstDays, Input, Refused, RowMaker, RowParts, note, refuse_repeats};
use super::text::whole_file;
use super::words::Field;
use super::{Format, KnownNames, Matching, Sheet, SheetError, Target, Warning};

const PRICES: [Field; 3] = [Field::Peak, Field::OffPeak, Field::Weekend];
const COSTS: [Field; 3] = [Field::CostPeak, Field::CostOffPeak, Field::CostWeekend];
/// Digits from which a bare number is rather an international one than a short code.
const LONGER_THAN_SHORT_CODES: usize = 7;

/// Reads the rows.
pub(super) fn read(input: &Input, costs_to: Option<&Target>, names: &KnownNames) -> Sheet {
    let mut sheet = Sheet::default();
    let mut errors = Vec::new();
    let columns = Columns::read(input.file, Format::Classic, input.header, input.target, input.declared, &mut errors);
    let has_costs = check_costs(input, &columns, costs_to, &mut errors);
    if !errors.is_empty() {
        return Sheet { errors, ..sheet };
    }
    let key = if columns.place(Field::ChargeCode).is_some() { Field::ChargeCode } else { Field::Destination };
    let lookup = Lookup::new(names);
    let is_name = |text: &str| lookup.band(text).is_some() || lookup.call_type(text).is_some();
    let data = input.data(&mut sheet, columns.place(key), &is_name);
    let dates = columns.place(Field::Effective);
    let cells = data.iter().filter_map(|record| record.cells.get(dates?));
    let reader = ClassicReader {
        input,
        names: lookup,
        key,
        has_costs,
        units: input.units(input.target),
        dates: DateReading::of(input.declared.date_order, cells.map(str::trim)),
    };
    input.warn_of_mixed_dates(&data, dates, &mut sheet.warnings);
    let mut first_days = FirstDays::of(input.declared);
    let maker = RowMaker::new();
    let (mut rows, mut costs) = (Vec::new(), Vec::new());
    for record in data {
        let mut cells = Cells { file: input.file, columns: &columns, record, errors: &mut errors };
        let Ok(row) = reader.row(&mut cells, &mut first_days, &mut sheet.warnings) else { continue };
        let parts = |prices: [Price; 3], sell: bool| row.parts(record.line, prices, sell, &input.declared.bands);
        rows.extend(parts(row.prices, true).map(|parts| maker.row(input.target, &reader.units, parts)));
        if let (Some(target), Some(prices)) = (costs_to, row.costs) {
            let units = input.units(target);
            costs.extend(parts(prices, false).map(|parts| maker.row(target, &units, parts)));
        }
        reader.warn_below_cost(&row, record.line, &mut sheet.warnings);
    }
    first_days.report(&mut sheet.warnings);
    sheet.left_out.clone_from(&columns.left_out);
    sheet.key = columns.place(key);
    if costs_to.is_none() && has_costs {
        sheet.left_out.extend(COSTS.map(|field| columns.name(field).to_owned()));
    }
    sheet.errors.append(&mut errors);
    refuse_repeats(input, columns.name(key), &mut rows, &mut sheet);
    // What is wrong with repeated rows was said of the prices already.
    let mut of_costs = Sheet::default();
    refuse_repeats(input, columns.name(Field::CostPeak), &mut costs, &mut of_costs);
    sheet.errors.append(&mut of_costs.errors);
    Sheet { rows, costs, ..sheet }
}

/// Are the cost columns there? All three or none; and a wholesale tariff needs them.
fn check_costs(input: &Input, columns: &Columns, costs_to: Option<&Target>, errors: &mut Vec<SheetError>) -> bool {
    let there = COSTS.iter().filter(|field| columns.place(**field).is_some()).count();
    let mut fail =
        |reason: &str, hint: &str| errors.push(whole_file(input.file, input.header.line, reason, hint).into());
    match (there, costs_to) {
        (1 | 2, _) => {
            fail("has some of the three cost columns, not all", "Cost Peak, Cost Offpeak and Cost Weekend, or none")
        }
        (0, Some(target)) => {
            let reason = format!("has no cost columns for the wholesale tariff {}", target.code);
            fail(&reason, "Cost Peak, Cost Offpeak and Cost Weekend, or no --wholesale");
        }
        _ => {}
    }
    there == 3
}

struct ClassicReader<'c> {
    input: &'c Input<'c>,
    names: Lookup<'c>,
    key: Field,
    has_costs: bool,
    units: Units,
    dates: DateReading,
}

/// One row of the sheet; prices in the major unit.
struct ClassicRow {
    matches: String,
    prices: [Price; 3],
    costs: Option<[Price; 3]>,
    connection: Option<Price>,
    minimum: Option<Price>,
    block: Increments,
    from: Date,
    note: Option<String>,
}

impl ClassicRow {
    /// A row for each time band, or one for all. Minimum, connection and block are what is charged, not what is paid.
    fn parts<'p>(
        &'p self,
        line: u64,
        prices: [Price; 3],
        sell: bool,
        bands: &'p [String; 3],
    ) -> impl Iterator<Item = RowParts<'p>> {
        let all_equal = prices.iter().all(|price| *price == prices[0]);
        let bands = bands.iter().map(move |band| (!all_equal).then_some(band.as_str()));
        bands.zip(prices).take(if all_equal { 1 } else { 3 }).map(move |(band, rate)| RowParts {
            line,
            matches: self.matches.clone(),
            band,
            from: self.from,
            to: None,
            rate,
            connection: self.connection.filter(|price| sell && !price.is_zero()),
            minimum: self.minimum.filter(|price| sell && !price.is_zero()),
            increments: sell.then_some(self.block),
            note: self.note.clone(),
        })
    }
}

impl ClassicReader<'_> {
    /// Reads every cell before it gives up, so that all of a row's errors are reported.
    fn row(
        &self,
        cells: &mut Cells,
        first_days: &mut FirstDays,
        warnings: &mut Vec<Warning>,
    ) -> Result<ClassicRow, Refused> {
        let price = |text: &str| self.units.price(text);
        let line = cells.record.line;
        let hint = "a charge band, a call type or the start of a number";
        let matches = cells.required(self.key, hint, |text| self.destination(text, line, warnings));
        let prices = PRICES.map(|field| cells.required(field, "0 for what is free", price));
        let costs = self.has_costs.then(|| COSTS.map(|field| cells.required(field, "0 for what costs nothing", price)));
        let connection = cells.optional(Field::Connection, price);
        let minimum = cells.optional(Field::Minimum, |text| self.units.minor_price(text));
        let block = cells.optional(Field::Increments, increment);
        // A destination that is the key is no name beside it.
        let described = match cells.get(Field::Description) {
            None if self.key != Field::Destination => Field::Destination,
            _ => Field::Description,
        };
        let note = cells.optional(described, |text| note(text, self.input.declared));
        let one = |block| Increments { initial: block, next: block };
        let stated = cells.date(Field::Effective, &self.dates)?;
        let from = first_days.choose(stated).map_err(|refusal| {
            cells.fail(Field::Effective, &refusal);
            Refused
        });
        Ok(ClassicRow {
            matches: matches?,
            prices: all(prices)?,
            costs: costs.map(all).transpose()?,
            connection: connection?,
            minimum: minimum?,
            block: block?.map(one).or(self.input.declared.increments).unwrap_or(one(1)),
            from: from?,
            note: note?.flatten(),
        })
    }

    /// A charge band, else a call type, else a prefix, unless one of them is declared.
    fn destination(&self, text: &str, line: u64, warnings: &mut Vec<Warning>) -> Result<String, CellRefusal> {
        let declared = self.input.declared;
        let digits =
            text.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, '+' | ' ' | '-' | '(' | ')'));
        match declared.matching {
            Some(Matching::Band) => {
                self.names.band(text).unwrap_or_else(|| Err(self.names.unknown(text, declared.matching)))
            }
            Some(Matching::Type) => {
                self.names.call_type(text).unwrap_or_else(|| Err(self.names.unknown(text, declared.matching)))
            }
            Some(Matching::Prefix) => self.prefix(text, line, warnings),
            None => match self.names.band(text).or_else(|| self.names.call_type(text)) {
                Some(found) => found,
                None if digits => self.prefix(text, line, warnings),
                None => Err(self.names.unknown(text, None)),
            },
        }
    }

    fn prefix(&self, text: &str, line: u64, warnings: &mut Vec<Warning>) -> Result<String, CellRefusal> {
        let numbers = &self.input.declared.numbers;
        let Some(prefix) = canonical_cell(CellKind::Prefix, text, numbers)? else {
            return Err(refuse("is blank", "the start of a number"));
        };
        if prefix.starts_with('+') {
            return Ok(format!("prefix:{prefix}"));
        }
        if prefix.len() >= LONGER_THAN_SHORT_CODES || prefix.starts_with(&numbers.country_code) {
            let reason = "may be an international number without its +, or a short code";
            return Err(refuse(reason, &format!("+{prefix}, or 0… for a national number")));
        }
        let text = format!("{text} is taken for a short code; an international number begins with + or 00");
        warnings.push(Warning { line, text });
        Ok(format!("prefix:{}", normalise(&prefix, numbers)))
    }

    fn warn_below_cost(&self, row: &ClassicRow, line: u64, warnings: &mut Vec<Warning>) {
        let Some(costs) = row.costs else { return };
        let below = row.prices.iter().zip(costs).zip(&self.input.declared.bands);
        let below: Vec<String> = below
            .filter(|((price, cost), _)| *price < cost)
            .map(|((price, cost), band)| format!("{band} {} below {}", self.units.text(*price), self.units.text(cost)))
            .collect();
        if !below.is_empty() {
            warnings
                .push(Warning { line, text: format!("{} sells below its cost: {}", row.matches, below.join(", ")) });
        }
    }
}

fn all<T>(found: [Result<T, Refused>; 3]) -> Result<[T; 3], Refused> {
    let [first, second, third] = found;
    Ok([first?, second?, third?])
}

/// Names in the forms in which a sheet may write them.
struct Lookup<'n> {
    names: &'n KnownNames,
    /// Codes and descriptions in small letters → positions of the call types that have them.
    types: AHashMap<String, Vec<usize>>,
}

impl<'n> Lookup<'n> {
    fn new(names: &'n KnownNames) -> Self {
        let mut types: AHashMap<String, Vec<usize>> = AHashMap::new();
        for (position, (code, description)) in names.call_types.iter().enumerate() {
            for name in [code, description] {
                let known = types.entry(name.to_lowercase()).or_default();
                if !known.contains(&position) {
                    known.push(position);
                }
            }
        }
        Self { names, types }
    }

    fn band(&self, text: &str) -> Option<Result<String, CellRefusal>> {
        self.names.bands.contains(text).then(|| Ok(format!("band:{text}")))
    }

    fn call_type(&self, text: &str) -> Option<Result<String, CellRefusal>> {
        let found = self.types.get(&text.to_lowercase())?;
        let code = |position: &usize| self.names.call_types[*position].0.as_str();
        if let Some(exact) = found.iter().map(code).find(|code| *code == text) {
            return Some(Ok(format!("type:{exact}")));
        }
        match found[..] {
            [only] => Some(Ok(format!("type:{}", code(&only)))),
            _ => {
                let codes: Vec<&str> = found.iter().map(code).collect();
                Some(Err(refuse(
                    "is the name of several call types",
                    &format!("one of the codes {}", codes.join(", ")),
                )))
            }
        }
    }

    fn unknown(&self, text: &str, matching: Option<Matching>) -> CellRefusal {
        let mut bands: Vec<&str> = self.names.bands.iter().map(String::as_str).collect();
        bands.sort_unstable();
        let types = self.names.call_types.iter().flat_map(|(code, description)| [code.as_str(), description.as_str()]);
        let near_band = nearest(text, bands.into_iter()).filter(|_| matching != Some(Matching::Type));
        let near_type = nearest(text, types).filter(|_| matching != Some(Matching::Band));
        let near: Vec<String> = [near_band, near_type].into_iter().flatten().map(|near| format!("{near:?}")).collect();
        let (what, accepted) = match matching {
            Some(Matching::Band) => {
                ("is no charge band of the supplier", "a band of charge_bands.csv; --supplier says whose")
            }
            Some(_) => ("is no call type", "the code or the description of a call type"),
            None => (
                "is no charge band, no call type and no number",
                "a band of the --supplier, a call type's code or description, or digits",
            ),
        };
        match near.is_empty() {
            true => refuse(what, accepted),
            false => refuse(what, &format!("did you mean {}?", near.join(" or "))),
        }
    }
}
