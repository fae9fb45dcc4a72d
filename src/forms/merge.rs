//! Filled rows → the book as it would become: each finds its row in the book, or is new, as the mode has it (K3). A blank
//! cell leaves what is there; the word `(clear)` empties it. What was before is kept of the rows that change.

use ahash::AHashMap;

use crate::book::{CellKind, Table, TableRow, Tables, nearest};
use crate::domain::cells::Cells;

use super::accounts::Accounts;
use super::filled::{Filled, FilledRow};
use super::finding::{At, Finding, Findings, Severity};
use super::form::{Field, Form, Target};
use super::guards::refuse_change;
use super::header::Header;
use super::kinds::{CLEAR_WORD, Nature};

/// What rows may do (K3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Only add.
    Insert,
    /// Only change what is there.
    Update,
    /// Add, or change what is there.
    Upsert,
}

/// A row of the book that comes from a row of the form.
#[derive(Clone, Debug)]
pub struct Merged {
    /// Of the sheet.
    pub row: u64,
    /// Its place in the table.
    pub at: usize,
    /// What it was; none if it is new.
    pub before: Option<Cells>,
    /// Fields whose value is refused: what the book says of them means nothing.
    pub refused: Vec<usize>,
}

/// What a form does to a table.
#[derive(Debug, Default)]
pub struct MergedForm {
    /// Rows that are new or named, in the order of the sheet.
    pub rows: Vec<Merged>,
    /// Of customers: their tariffs by category.
    pub tariffs: Vec<Merged>,
    /// Tariffs by category that go.
    pub gone: Vec<TableRow>,
}

/// Puts the rows of a filled form into the tables. Takes them, so that no second copy is kept.
pub fn merge_form(
    tables: &mut Tables,
    form: &Form,
    filled: &mut Filled,
    mode: Mode,
    findings: &mut Findings,
) -> MergedForm {
    let Some(header) = filled.header.take() else { return MergedForm::default() };
    let rows = std::mem::take(&mut filled.rows);
    let accounts = Accounts::of(tables.get("customers"));
    let name = form.schema.table;
    let free = header.fields.iter().filter_map(|field| match &field.target {
        Target::Free(name) => Some(name.as_str()),
        _ => None,
    });
    tables.get_mut(name).add_extra_columns(free);
    let mut merge = Merge::new(tables.get(name), form, &header, filled, mode, accounts);
    let mut merged = MergedForm::default();
    for row in rows {
        if let Some((row, account, filled_row)) = merge.row(tables.get_mut(name), row, findings) {
            merged.rows.push(row);
            if let Some(account) = account {
                merge.categories(tables, &account, &filled_row, &mut merged);
            }
        }
    }
    filled.header = Some(header);
    merged
}

struct Merge<'a> {
    form: &'a Form,
    header: &'a Header,
    filled: &'a Filled,
    mode: Mode,
    accounts: Accounts,
    /// The first part of a key → places of the rows that have it.
    known: AHashMap<Box<str>, Vec<u32>>,
    /// Places in the table of the key's columns, and what a blank one means.
    key: Vec<(usize, &'static str)>,
    /// By column of the table: its field. Free columns stand behind those of the schema.
    fields: Vec<Option<usize>>,
    /// How many rows the table had; rows of the form that are new stand behind them.
    rows_of_book: usize,
    /// By place in the table: the row of the sheet that names it.
    named: AHashMap<usize, u64>,
    /// By account and category: the place of the tariff.
    tariffs: AHashMap<(Box<str>, Box<str>), usize>,
}

type Named = (Merged, Option<String>, FilledRow);

impl<'a> Merge<'a> {
    fn new(
        table: &Table,
        form: &'a Form,
        header: &'a Header,
        filled: &'a Filled,
        mode: Mode,
        accounts: Accounts,
    ) -> Self {
        let schema = table.schema;
        let key: Vec<(usize, &'static str)> =
            schema.key_positions().into_iter().map(|at| (at, schema.columns[at].blank_means)).collect();
        let mut known: AHashMap<Box<str>, Vec<u32>> = AHashMap::with_capacity(table.rows.len());
        for (at, row) in (0..).zip(&table.rows) {
            known.entry(row.cells.get(key[0].0).unwrap_or("").into()).or_default().push(at);
        }
        let field_of = |target: &Target| header.fields.iter().position(|field| field.target == *target);
        let of_schema = (0..schema.columns.len()).map(|at| field_of(&Target::Column(at)));
        let of_own = table.extra_columns.iter().map(|name| field_of(&Target::Free(name.clone())));
        let fields = of_schema.chain(of_own).collect();
        Self {
            form,
            header,
            filled,
            mode,
            accounts,
            known,
            key,
            fields,
            rows_of_book: table.rows.len(),
            named: AHashMap::new(),
            tariffs: AHashMap::new(),
        }
    }

    /// The row of the book that a row of the form becomes; none if it cannot be told which, or may not be.
    fn row(&mut self, table: &mut Table, mut row: FilledRow, findings: &mut Findings) -> Option<Named> {
        self.resolve_account(&mut row, findings);
        let is_refused =
            self.key.iter().any(|(at, _)| self.fields[*at].is_some_and(|field| row.refused.contains(&field)));
        if is_refused && self.mode != Mode::Insert {
            return None;
        }
        let account = match self.account_of(&row) {
            Ok(account) => account,
            Err(finding) if self.mode == Mode::Update => {
                findings.add(*finding);
                return None;
            }
            Err(finding) => {
                findings.add(*finding);
                Some(self.accounts.take_next())
            }
        };
        // What is named by a cell that is refused or missing is like no other row.
        let is_unsure = is_refused || (self.mode != Mode::Update && self.lacks_key(&row, account.is_some()));
        let place = match self.find(table, &row, account.as_deref()) {
            _ if is_unsure => None,
            Ok(place) => place,
            Err(finding) => {
                findings.add(*finding);
                return None;
            }
        };
        match (place, self.mode) {
            (Some(at), mode) => {
                if let Some(first) = self.named.insert(at, row.row) {
                    let reason = format!("row {first} has the same {}", self.key_words());
                    findings.add(*self.at_key(&row, &reason, "keep one of them"));
                    return None;
                }
                if mode == Mode::Insert {
                    // Refused, and looked at all the same: whatever else is wrong with the row is said too.
                    let reason = format!("is there already: the book has a row with this {}", self.key_words());
                    let hint = "leave it out, or change it with --mode update or upsert";
                    findings.add(*self.at_key(&row, &reason, hint));
                    self.refuse_blanks(&row, account.is_some(), findings);
                }
                let before = table.rows[at].cells.clone();
                let cells = self.cells(&row, Some(&before), None, findings);
                // Most rows of an update are as they were: they are held once.
                let cells = if cells == before { before.clone() } else { cells };
                for finding in refuse_change(self.form, self.filled, self.header, &row, &before, &cells) {
                    findings.add(finding);
                }
                table.rows[at] = TableRow { line: row.row, cells };
                let merged = Merged { row: row.row, at, before: Some(before), refused: row.refused.clone() };
                Some((merged, account, row))
            }
            (None, Mode::Update) => {
                findings.add(*self.not_there(&row));
                None
            }
            (None, _) => {
                let at = table.rows.len();
                self.refuse_blanks(&row, account.is_some(), findings);
                let cells = self.cells(&row, None, account.as_deref(), findings);
                let first = cells.get(self.key[0].0).unwrap_or("").into();
                if !is_unsure {
                    self.known.entry(first).or_default().push(u32::try_from(at).ok()?);
                    self.named.insert(at, row.row);
                }
                table.rows.push(TableRow { line: row.row, cells });
                Some((Merged { row: row.row, at, before: None, refused: row.refused.clone() }, account, row))
            }
        }
    }

    /// Is a part of the key blank that every row must have?
    fn lacks_key(&self, row: &FilledRow, has_account: bool) -> bool {
        let is_needed = |column: usize| {
            let field = self.form.fields.iter().find(|field| field.target == Target::Column(column));
            field.is_some_and(|field| field.required)
        };
        let is_blank = |column: usize| self.fields[column].is_none_or(|field| row.cells.get(field).is_none());
        let mut parts = self.key.iter().enumerate().filter(|(part, _)| *part > 0 || !has_account);
        parts.any(|(_, (column, _))| is_needed(*column) && is_blank(*column))
    }

    /// In forms that name a customer: the account that its reference stands for. A reference of several is refused.
    fn resolve_account(&self, row: &mut FilledRow, findings: &mut Findings) {
        for (place, field) in self.header.fields.iter().enumerate() {
            let is_customer = field.nature == Nature::Account && field.kind == CellKind::NameOf("customers");
            let Some(named) = row.cells.get(place).filter(|_| is_customer) else { continue };
            if let Some(account) = self.accounts.of_reference(named) {
                let account = account.to_owned();
                row.cells.set(place, Some(&account));
            } else if let several @ [_, _, ..] = self.accounts.with_reference(named)
                && !self.accounts.is_account(named)
            {
                let reason = format!("is the reference of {} customers: {}", several.len(), several.join(", "));
                findings.add(*self.at_field(row, place, named, &reason, "give the account number"));
                row.cells.set(place, None);
                row.refused.push(place);
            }
        }
    }

    /// Of a form of customers: whose row it is, by number, by reference, or a new number. Of others: none.
    fn account_of(&mut self, row: &FilledRow) -> Result<Option<String>, Box<Finding>> {
        if self.form.schema.table != "customers" {
            return Ok(None);
        }
        if let Some(account) = self.value(row, "account") {
            return Ok(Some(account.to_owned()));
        }
        let reference = self.value(row, "reference");
        let known = reference.map_or(&[][..], |reference| self.accounts.with_reference(reference));
        match (known, self.mode) {
            ([account], Mode::Update | Mode::Upsert) => Ok(Some(account.clone())),
            ([account], Mode::Insert) => {
                let places = self.known.get(account.as_str()).map_or(&[][..], Vec::as_slice);
                let new = places.iter().filter(|at| **at as usize >= self.rows_of_book);
                let above = new.filter_map(|at| self.named.get(&(*at as usize))).next();
                let (reason, hint) = match above {
                    Some(first) => (format!("row {first} has the same reference"), "keep one of them"),
                    None => {
                        let reason = format!("is the reference of {account}, which is there already");
                        (reason, "change it with --mode update or upsert")
                    }
                };
                Err(self.at(row, "reference", &reason, hint))
            }
            ([_, _, ..], _) => {
                let reason = format!("is the reference of {} customers: {}", known.len(), known.join(", "));
                Err(self.at(row, "reference", &reason, "give the account number"))
            }
            ([], Mode::Update) => Err(match reference {
                Some(reference) => {
                    let near = nearest(reference, self.accounts.references());
                    let near = near.map_or(String::new(), |near| format!("did you mean {near:?}? "));
                    self.at(
                        row,
                        "reference",
                        "is the reference of no customer",
                        &format!("{near}see `tollbook customer list`"),
                    )
                }
                None => self.row_finding(row, "names no customer", "give its account number or its reference"),
            }),
            ([], _) => {
                let account = self.accounts.take_next();
                if let Some(reference) = reference {
                    self.accounts.add(reference, &account);
                }
                Ok(Some(account))
            }
        }
    }

    /// The place of the row that is named. Parts of the key that are left blank are those of the only row that fits.
    fn find(&self, table: &Table, row: &FilledRow, account: Option<&str>) -> Result<Option<usize>, Box<Finding>> {
        let parts: Vec<Option<&str>> =
            self.key.iter().map(|(at, _)| self.fields[*at].and_then(|field| row.cells.get(field))).collect();
        let first = account.or(parts[0]).unwrap_or("");
        let places = self.known.get(first).map_or(&[][..], Vec::as_slice);
        let part = |at: u32, (column, blank): (usize, &'static str)| {
            table.rows[at as usize].cells.get(column).unwrap_or(blank)
        };
        let fits = |at: u32, exactly: bool| {
            self.key.iter().zip(&parts).skip(1).all(|(key, given)| match given {
                Some(given) => *given == part(at, *key),
                None => !exactly || part(at, *key) == key.1,
            })
        };
        if let Some(at) = places.iter().find(|at| fits(**at, true)) {
            return Ok(Some(*at as usize));
        }
        if self.mode == Mode::Insert {
            return Ok(None);
        }
        let mut near = places.iter().filter(|at| fits(**at, false));
        match (near.next(), near.next()) {
            (Some(at), None) if parts.iter().any(Option::is_none) => Ok(Some(*at as usize)),
            (Some(_), Some(_)) if self.mode == Mode::Update => {
                let reason = format!("fits several rows of the book that differ in {}", self.key_words());
                Err(self.at_key(row, &reason, "give all of them"))
            }
            _ => Ok(None),
        }
    }

    /// What the cells of the row become.
    fn cells(&self, row: &FilledRow, before: Option<&Cells>, account: Option<&str>, findings: &mut Findings) -> Cells {
        for field in &row.cleared {
            let Target::Column(column) = self.header.fields[*field].target else { continue };
            if self.form.schema.file().columns[column].required || self.header.fields[*field].required {
                let value = CLEAR_WORD;
                findings.add(*self.at_field(row, *field, value, "cannot be emptied", "every row has a value here"));
            }
        }
        let cell = |(column, field): (usize, &Option<usize>)| {
            let kept = before.and_then(|before| before.get(column));
            let Some(field) = *field else { return kept };
            if row.cleared.contains(&field) { None } else { row.cells.get(field).or(kept) }
        };
        let cells: Cells = self.fields.iter().enumerate().map(cell).collect();
        match account {
            Some(account) if cells.get(self.key[0].0).is_none() => {
                let mut cells = cells;
                cells.set(self.key[0].0, Some(account));
                cells
            }
            _ => cells,
        }
    }

    /// A new row has a value in each required column.
    fn refuse_blanks(&self, row: &FilledRow, has_account: bool, findings: &mut Findings) {
        for (place, field) in self.header.fields.iter().enumerate() {
            let is_blank = row.cells.get(place).is_none() && !row.refused.contains(&place);
            // That a whole column is missing was said once.
            let is_said = self.mode == Mode::Insert && self.header.column_of(place).is_none();
            let is_given = is_said || (has_account && field.nature == Nature::Account && !field.required);
            if field.required && is_blank && !is_given && !row.cleared.contains(&place) {
                findings.add(*self.at_field(row, place, "", "is required but blank", &what_is_needed(field)));
            }
        }
    }

    fn value<'r>(&self, row: &'r FilledRow, column: &str) -> Option<&'r str> {
        row.cells.get(self.form_field(column)?)
    }

    fn form_field(&self, column: &str) -> Option<usize> {
        self.fields[self.form.schema.file().position(column)?]
    }

    fn key_words(&self) -> String {
        let headers = self.key.iter().map(|(at, _)| match self.fields[*at] {
            Some(field) => self.header.fields[field].header.as_str(),
            None => self.form.schema.file().columns[*at].name,
        });
        headers.collect::<Vec<_>>().join(", ")
    }

    fn not_there(&self, row: &FilledRow) -> Box<Finding> {
        let value = self.fields[self.key[0].0].and_then(|field| row.cells.get(field)).unwrap_or("");
        let near = nearest(value, self.known.keys().map(AsRef::as_ref));
        let near = near.filter(|near| *near != value).map_or(String::new(), |near| format!("did you mean {near:?}? "));
        let reason = format!("is not there: the book has no row with this {}", self.key_words());
        self.at_key(row, &reason, &format!("{near}new rows come with --mode insert or upsert"))
    }

    fn at_key(&self, row: &FilledRow, reason: &str, hint: &str) -> Box<Finding> {
        match self.key.iter().find_map(|(at, _)| self.fields[*at]) {
            Some(field) => self.at_field(row, field, row.cells.get(field).unwrap_or(""), reason, hint),
            None => self.row_finding(row, reason, hint),
        }
    }

    fn at(&self, row: &FilledRow, column: &str, reason: &str, hint: &str) -> Box<Finding> {
        match self.form_field(column) {
            Some(field) => self.at_field(row, field, row.cells.get(field).unwrap_or(""), reason, hint),
            None => self.row_finding(row, reason, hint),
        }
    }

    fn row_finding(&self, row: &FilledRow, reason: &str, hint: &str) -> Box<Finding> {
        Box::new(self.filled.place.finding(Severity::Error, At::row(row.row), reason, hint))
    }

    fn at_field(&self, row: &FilledRow, field: usize, value: &str, reason: &str, hint: &str) -> Box<Finding> {
        let column = self.header.column_of(field);
        let at = At { row: row.row, column, header: &self.header.fields[field].header, value };
        Box::new(self.filled.place.finding(Severity::Error, at, reason, hint))
    }

    /// The customer's tariffs by category: rows of a table of their own.
    fn categories(&mut self, tables: &mut Tables, account: &str, row: &FilledRow, merged: &mut MergedForm) {
        let table = tables.get_mut("customer_tariffs");
        let place = |name: &str| table.schema.position(name).expect("a column of the book");
        let (account_at, category_at, tariff_at) = (place("account"), place("category"), place("tariff"));
        if self.tariffs.is_empty() {
            let key = |row: &TableRow| [account_at, category_at].map(|at| row.cells.get(at).unwrap_or("").into());
            self.tariffs.extend(table.rows.iter().enumerate().map(|(at, row)| {
                let [account, category] = key(row);
                ((account, category), at)
            }));
        }
        for (field, category) in self.header.fields.iter().enumerate() {
            let Target::Category(category) = &category.target else { continue };
            let known = self.tariffs.get(&(account.into(), category.as_str().into())).copied();
            match (known, row.cells.get(field)) {
                (Some(at), None) if row.cleared.contains(&field) => {
                    merged.gone.push(TableRow { line: row.row, cells: table.rows[at].cells.clone() });
                }
                (_, None) => {}
                (Some(at), Some(tariff)) => {
                    let before = table.rows[at].cells.clone();
                    table.rows[at].line = row.row;
                    table.rows[at].cells.set(tariff_at, Some(tariff));
                    merged.tariffs.push(Merged { row: row.row, at, before: Some(before), refused: Vec::new() });
                }
                (None, Some(tariff)) => {
                    let at = table.rows.len();
                    let mut cells = Cells::blank(table.schema.columns.len());
                    for (column, value) in [(account_at, account), (category_at, category), (tariff_at, tariff)] {
                        cells.set(column, Some(value));
                    }
                    table.rows.push(TableRow { line: row.row, cells });
                    merged.tariffs.push(Merged { row: row.row, at, before: None, refused: Vec::new() });
                }
            }
        }
    }
}

/// What a required cell may hold, where it is one of few names.
fn what_is_needed(field: &Field) -> String {
    match field.choices.len() {
        0 => "a value".to_owned(),
        1..=8 => format!("one of: {}", field.choices.join(", ")),
        _ => format!("one of: {}, …", field.choices[..8].join(", ")),
    }
}
