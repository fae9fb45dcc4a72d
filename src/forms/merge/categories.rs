//! A customer's tariffs by category (K1): columns of the form, rows of a table of their own in the book.

use ahash::AHashMap;

use super::{Merge, Merged, MergedForm};
use crate::book::{TableRow, Tables};
use crate::domain::cells::Cells;
use crate::forms::filled::FilledRow;
use crate::forms::form::Target;

impl Merge<'_> {
    /// The customer's tariffs by category: rows of a table of their own.
    pub(super) fn categories(&mut self, tables: &mut Tables, account: &str, row: &FilledRow, merged: &mut MergedForm) {
        let table = tables.get_mut("customer_tariffs");
        let place = |name: &str| table.schema.position(name).expect("a column of the book");
        let (account_at, category_at, tariff_at) = (place("account"), place("category"), place("tariff"));
        let tariffs = self.tariffs.get_or_insert_with(|| {
            let mut of_account: AHashMap<Box<str>, Vec<u32>> = AHashMap::new();
            for (at, row) in (0..).zip(&table.rows) {
                of_account.entry(row.cells.get(account_at).unwrap_or("").into()).or_default().push(at);
            }
            of_account
        });
        let of_account = tariffs.get(account).map_or(&[][..], Vec::as_slice);
        for (field, category) in self.header.fields.iter().enumerate() {
            let Target::Category(category) = &category.target else { continue };
            let is_known = |at: &usize| table.rows[*at].cells.get(category_at) == Some(category);
            let known = of_account.iter().map(|at| *at as usize).find(is_known);
            match (known, row.cells.get(field)) {
                (Some(at), None) if row.cleared.contains(&field) => {
                    merged.gone.push(TableRow { line: row.row, cells: table.rows[at].cells.clone() });
                }
                (_, None) => {}
                (Some(at), Some(tariff)) => {
                    table.rows[at].line = row.row;
                    if table.rows[at].cells.get(tariff_at) == Some(tariff) {
                        continue;
                    }
                    let before = table.rows[at].cells.clone();
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
