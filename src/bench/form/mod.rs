//! A seed → a filled form of customers, as large as wanted, and the small book that it fits: what a bulk import (K1–K3)
//! is measured with. Imports nothing.

mod book;
mod customer;
mod mistakes;
mod sheet;

use std::io;
use std::path::Path;

use serde::Serialize;

use crate::book::{DEFAULT_SETTINGS, parse_settings, read_folder};
use crate::forms::kinds::Kind;
use crate::forms::{Field, forms_of};
use customer::Customers;
use mistakes::Mistakes;
use sheet::FormSheet;

/// How large, and written how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormSize {
    /// Rows below the header; at most [`FormSize::MOST_CUSTOMERS`].
    pub customers: u32,
    /// Rows of which one cell is wrong, spread evenly; at most as many as customers.
    pub mistakes: u32,
    /// Texts of a workbook are kept once and named by number, as spreadsheet programs do; else each stands in its cell.
    pub shared_strings: bool,
    /// Another seed makes another form.
    pub seed: u64,
}

impl FormSize {
    /// What a sheet holds, in round numbers.
    pub const MOST_CUSTOMERS: u32 = 1_000_000;
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FilledForm {
    /// Rows below the header.
    pub customers: u32,
    /// Columns.
    pub columns: u64,
    /// The fewest cells that are filled in a row.
    pub least_filled: u64,
    /// Filled cells of all rows.
    pub filled: u64,
    /// Rows of which one cell is wrong.
    pub mistakes: u32,
}

/// Writes the form, CSV if its name says so, and the book; files of the same names are replaced. The same size
/// gives the same bytes. `advance` is told of rows written.
///
/// # Errors
/// If a file cannot be written.
pub fn write_form(out: &Path, book: &Path, size: &FormSize, mut advance: impl FnMut(u64)) -> io::Result<FilledForm> {
    book::write(book)?;
    let fields = fields(book)?;
    let mut sheet = FormSheet::create(out, &fields, size.shared_strings)?;
    let mut customers = Customers::new(size.seed);
    let mut mistakes = Mistakes::new(size);
    let mut made = FilledForm {
        customers: size.customers,
        columns: fields.len() as u64,
        least_filled: fields.len() as u64,
        filled: 0,
        mistakes: size.mistakes,
    };
    for _ in 0..size.customers {
        let mut row = customers.row(&fields);
        mistakes.plant(&fields, &mut row);
        let filled = row.iter().filter(|cell| !cell.is_empty()).count() as u64;
        made.filled += filled;
        made.least_filled = made.least_filled.min(filled);
        sheet.add(&row)?;
        advance(1);
    }
    sheet.finish()?;
    Ok(made)
}

/// The columns of the form for the book: its headers are those of the template.
fn fields(book: &Path) -> io::Result<Vec<Field>> {
    let tables = read_folder(book).map_err(|errors| io::Error::other(format!("the workload's book: {errors:?}")))?;
    let settings = parse_settings(DEFAULT_SETTINGS).map_err(io::Error::other)?;
    let form = forms_of(Kind::Customers, &tables, &settings).swap_remove(0);
    Ok(form.fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(size: &FormSize, name: &str) -> (FilledForm, Vec<u8>) {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join(name);
        let made = write_form(&out, &folder.path().join("book"), size, |_| ()).expect("written");
        (made, std::fs::read(out).expect("there"))
    }

    #[test]
    fn every_row_has_forty_cells_and_the_same_seed_gives_the_same_bytes() {
        let size = FormSize { customers: 300, mistakes: 0, shared_strings: false, seed: 7 };
        for name in ["form.csv", "form.xlsx"] {
            let (filled, bytes) = made(&size, name);
            assert!(filled.least_filled >= 40 && filled.columns > 60, "{filled:?}");
            assert_eq!((filled, bytes.clone()), made(&size, name));
            assert_ne!(bytes, made(&FormSize { seed: 8, ..size.clone() }, name).1);
        }
        assert_ne!(made(&size, "form.xlsx").1, made(&FormSize { shared_strings: true, ..size }, "form.xlsx").1);
    }

    /// One cell differs from the sound form in as many rows as mistakes are wanted.
    #[test]
    fn so_many_rows_have_a_mistake() {
        let sound = FormSize { customers: 200, mistakes: 0, shared_strings: false, seed: 7 };
        let (_, right) = made(&sound, "form.csv");
        for mistakes in [1, 13, 200] {
            let (_, wrong) = made(&FormSize { mistakes, ..sound.clone() }, "form.csv");
            let rows = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect::<Vec<_>>();
            let differ = rows(&right).iter().zip(rows(&wrong)).filter(|(right, wrong)| *right != wrong).count();
            assert_eq!(differ, mistakes as usize);
        }
    }
}
