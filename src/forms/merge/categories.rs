//! A customer's tariffs by category (K1): columns of the form, rows of a table of their own in the book.

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
