//! Which row of the book a row of the form is: by its key, by a customer's reference, or a new one.

use super::{Merge, Mode};
use crate::book::{CellKind, Table, nearest};
use crate::forms::filled::FilledRow;
use crate::forms::finding::{Finding, Findings};
use crate::forms::form::Target;
use crate::forms::kinds::Nature;

impl Merge<'_> {
    /// Is a part of the key blank that every row must have?
    pub(super) fn lacks_key(&self, row: &FilledRow, has_account: bool) -> bool {
        let is_needed = |column: usize| {
            let field = self.form.fields.iter().find(|field| field.target == Target::Column(column));
            field.is_some_and(|field| field.required)
        };
        let is_blank = |column: usize| self.fields[column].is_none_or(|field| row.cells.get(field).is_none());
        let mut parts = self.key.iter().enumerate().filter(|(part, _)| *part > 0 || !has_account);
        parts.any(|(_, (column, _))| is_needed(*column) && is_blank(*column))
    }

    /// In forms that name a customer: the account that its reference stands for. A reference of several is refused.
    pub(super) fn resolve_account(&self, row: &mut FilledRow, findings: &mut Findings) {
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
    pub(super) fn account_of(&mut self, row: &FilledRow) -> Result<Option<String>, Box<Finding>> {
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
    pub(super) fn find(
        &self,
        table: &Table,
        row: &FilledRow,
        account: Option<&str>,
    ) -> Result<Option<usize>, Box<Finding>> {
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

    pub(super) fn not_there(&self, row: &FilledRow) -> Box<Finding> {
        let value = self.fields[self.key[0].0].and_then(|field| row.cells.get(field)).unwrap_or("");
        let near = nearest(value, self.known.keys().map(AsRef::as_ref));
        let near = near.filter(|near| *near != value).map_or(String::new(), |near| format!("did you mean {near:?}? "));
        let reason = format!("is not there: the book has no row with this {}", self.key_words());
        self.at_key(row, &reason, &format!("{near}new rows come with --mode insert or upsert"))
    }
}
