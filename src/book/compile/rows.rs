//! The rows of a book in the order of their keys, and reading their cells as values of the domain. A cell that cannot
//! be read as its column says is an error at its place; a name that is unknown was reported before (see
//! [`super::checks`]).

use std::str::FromStr;

use ahash::AHashMap;

use crate::book::errors::{BookError, Errors};
use crate::book::notation;
use crate::book::schema::{FileSchema, schemas};
use crate::book::tables::{Key, Table, TableRow, Tables};
use crate::domain::book::{CostCentreId, Settings};
use crate::domain::money::{Currency, Decimal, Money};
use crate::domain::time::{Date, DateRange};

/// What is compiled: rows by key, the settings, and where errors go.
pub(super) struct Input<'t> {
    files: Vec<InputFile<'t>>,
    pub settings: &'t Settings,
    pub errors: Errors,
}

struct InputFile<'t> {
    schema: &'static FileSchema,
    rows: Vec<&'t TableRow>,
}

impl<'t> Input<'t> {
    /// `call_types` and `prefixes` stand for the tables of these names: the book's with the default plan beneath.
    pub(super) fn new(tables: &'t Tables, call_types: &'t Table, prefixes: &'t Table, settings: &'t Settings) -> Self {
        let file = |table: &'t Table| {
            let table = match table.schema.name {
                "call_types" => call_types,
                "prefixes" => prefixes,
                _ => table,
            };
            let mut rows: Vec<&TableRow> = table.rows.iter().collect();
            if !table.is_sorted() {
                let key = Key::of(table.schema);
                rows.sort_by(|a, b| key.compare_rows(a, b));
            }
            InputFile { schema: table.schema, rows }
        };
        Self { files: tables.iter().map(file).collect(), settings, errors: Errors::default() }
    }

    /// The rows of a file, by key.
    pub(super) fn rows(&self, name: &str) -> impl ExactSizeIterator<Item = Row<'_>> {
        let file = self.file(name);
        file.rows.iter().map(|row| Row { schema: file.schema, row, errors: &self.errors })
    }

    /// The row at a position in the order of keys.
    pub(super) fn row(&self, name: &str, position: usize) -> Row<'_> {
        let file = self.file(name);
        Row { schema: file.schema, row: file.rows[position], errors: &self.errors }
    }

    fn file(&self, name: &str) -> &InputFile<'t> {
        let position = schemas().iter().position(|schema| schema.name == name);
        &self.files[position.unwrap_or_else(|| panic!("the book has no file {name}"))]
    }

    /// The first key column's values → positions of their rows.
    pub(super) fn index(&self, name: &str) -> Index<'_> {
        let file = self.file(name);
        let key = file.schema.key_positions()[0];
        let mut index = Index::with_capacity(file.rows.len());
        for (position, row) in (0..).zip(&file.rows) {
            index.entry(row.cells.get(key).unwrap_or("")).or_insert(position);
        }
        index
    }
}

/// Names → positions in the order of keys, which are the ids of the book.
pub(super) type Index<'i> = AHashMap<&'i str, u32>;

/// One row.
#[derive(Clone, Copy)]
pub(super) struct Row<'i> {
    pub schema: &'static FileSchema,
    pub row: &'i TableRow,
    errors: &'i Errors,
}

impl<'i> Row<'i> {
    /// The text of a cell, if it is set.
    pub(super) fn get(&self, column: &str) -> Option<&'i str> {
        let position = self.schema.position(column);
        self.at(position.unwrap_or_else(|| panic!("{} has no column {column}", self.schema.name)))
    }

    /// The same by the column's position.
    pub(super) fn at(&self, position: usize) -> Option<&'i str> {
        self.row.cells.get(position)
    }

    /// The text of a cell; empty if it is not set.
    pub(super) fn text(&self, column: &str) -> String {
        self.get(column).unwrap_or("").to_owned()
    }

    /// Does a cell say `y`?
    pub(super) fn flag(&self, column: &str) -> bool {
        self.get(column) == Some("y")
    }

    /// The value of a cell. Tables hold canonical text, so that only a damaged store makes this fail.
    pub(super) fn parsed<T>(&self, column: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let text = self.get(column)?;
        let value = parse(text);
        if value.is_none() {
            self.fail(column, "is not what this column may hold", "");
        }
        value
    }

    pub(super) fn decimal<const PLACES: u32>(&self, column: &str) -> Option<Decimal<PLACES>> {
        self.parsed(column, |text| Decimal::parse(text).ok())
    }

    pub(super) fn whole<T: FromStr>(&self, column: &str) -> Option<T> {
        self.parsed(column, notation::whole)
    }

    pub(super) fn date(&self, column: &str) -> Option<Date> {
        self.parsed(column, Date::parse)
    }

    /// The dates `from` and `to` of a row as far as they can be read; reports nothing.
    pub(super) fn quiet_dates(&self) -> DateRange {
        let date = |column| self.get(column).and_then(Date::parse);
        DateRange { from: date("from"), to: date("to") }
    }

    /// The dates `from` and `to` of a row, which must not be reversed.
    pub(super) fn dates(&self) -> DateRange {
        self.date_range("from", "to")
    }

    /// Two dates, which must not be reversed.
    pub(super) fn date_range(&self, from: &str, to: &str) -> DateRange {
        let range = DateRange { from: self.date(from), to: self.date(to) };
        if range.is_reversed() {
            let start = self.get(from).unwrap_or("");
            self.fail(to, &format!("is before {from} {start}"), "dates are inclusive (X6)");
        }
        range
    }

    /// An amount with at most the digits of its currency.
    pub(super) fn money(&self, column: &str, currency: Currency) -> Option<Money> {
        let text = self.get(column)?;
        match Money::parse(text, currency) {
            Ok(money) => Some(money),
            Err(error) => {
                self.fail(column, &format!("{error}, as an amount in {currency}"), "");
                None
            }
        }
    }

    /// The position of the row that a cell names.
    pub(super) fn id(&self, column: &str, index: &Index) -> Option<u32> {
        index.get(self.get(column)?).copied()
    }

    /// Reports what is wrong with a cell; of a row that is not from a file, with its key.
    pub(super) fn fail(&self, column: &str, reason: &str, hint: &str) {
        let value = self.schema.position(column).and_then(|position| self.at(position)).unwrap_or("");
        self.fail_value(column, value, reason, hint);
    }

    /// The same with a part of the cell as the value.
    pub(super) fn fail_value(&self, column: &str, value: &str, reason: &str, hint: &str) {
        let of_row = if self.row.line == 0 { format!(" (in {})", self.place()) } else { String::new() };
        self.errors.add(BookError {
            file: self.schema.file_name(),
            line: self.row.line,
            column: column.to_owned(),
            value: value.to_owned(),
            reason: format!("{reason}{of_row}"),
            hint: hint.to_owned(),
        });
    }

    /// Reports a name that is unknown, with the nearest of those that are known.
    pub(super) fn fail_unknown<'n>(
        &self,
        column: &str,
        value: &str,
        reason: &str,
        known: impl Iterator<Item = &'n str>,
    ) {
        self.fail_value(column, value, reason, &self.errors.did_you_mean(value, known));
    }

    /// Where the row is, in the words of an error about another one.
    pub(super) fn place(&self) -> String {
        if self.row.line > 0 {
            return format!("line {}", self.row.line);
        }
        let key = Key::of(self.schema);
        let parts: Vec<&str> = key.parts(self.row).filter(|part| !part.is_empty()).collect();
        format!("the row {}", parts.join(" / "))
    }
}

/// What rows are known by, resolved before any of them is compiled.
pub(super) struct Names<'i> {
    pub organisations: Index<'i>,
    pub groups: Index<'i>,
    pub customers: Index<'i>,
    pub suppliers: Index<'i>,
    pub call_types: Index<'i>,
    pub tariffs: Index<'i>,
    pub products: Index<'i>,
    pub vat_codes: Index<'i>,
    /// By account and code.
    pub cost_centres: AHashMap<(&'i str, &'i str), CostCentreId>,
    /// The currency of each customer, by id.
    pub customer_currencies: Vec<Currency>,
    /// The currency and unit of each tariff, by id.
    pub tariff_terms: Vec<TariffTerms>,
}

/// In what a tariff states its prices.
#[derive(Clone, Copy)]
pub(super) struct TariffTerms {
    pub currency: Currency,
    pub in_minor_unit: bool,
}

impl<'i> Names<'i> {
    pub(super) fn new(input: &'i Input) -> Self {
        let own = input.settings.currency;
        let currency = |row: Row| row.parsed("currency", Currency::parse).unwrap_or(own);
        let cost_centre = |row: Row<'i>| (row.get("account").unwrap_or(""), row.get("cost_centre").unwrap_or(""));
        Self {
            organisations: input.index("organisations"),
            groups: input.index("groups"),
            customers: input.index("customers"),
            suppliers: input.index("suppliers"),
            call_types: input.index("call_types"),
            tariffs: input.index("tariffs"),
            products: input.index("products"),
            vat_codes: input.index("vat_codes"),
            cost_centres: (0..)
                .zip(input.rows("cost_centres"))
                .map(|(id, row)| (cost_centre(row), CostCentreId(id)))
                .collect(),
            customer_currencies: input.rows("customers").map(currency).collect(),
            tariff_terms: input
                .rows("tariffs")
                .map(|row| TariffTerms { currency: currency(row), in_minor_unit: row.get("unit") == Some("minor") })
                .collect(),
        }
    }

    /// The cost centre that a row with an account names; reports one that the account does not have.
    pub(super) fn cost_centre(&self, input: &Input, row: Row, column: &str, code: &str) -> Option<CostCentreId> {
        let account = row.get("account").unwrap_or("");
        let found = self.cost_centres.get(&(account, code)).copied();
        if found.is_none() {
            let of_account = input.rows("cost_centres").filter(|known| known.get("account") == Some(account));
            let known = of_account.filter_map(|known| known.get("cost_centre"));
            row.fail_unknown(
                column,
                code,
                &format!("account {account} has no such cost centre in cost_centres.csv"),
                known,
            );
        }
        found
    }
}
