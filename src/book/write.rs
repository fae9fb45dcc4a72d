//! Tables → a book folder, in one canonical form: every file with its header, rows by key, only columns that are
//! required or hold a value. Reading it gives the same tables.

use std::io;
use std::path::Path;

use crate::files::write_atomically;

use super::tables::{Table, Tables};

/// Writes all files of a book, each atomically; files of the same names are replaced.
pub fn write_folder(tables: &Tables, dir: &Path) -> io::Result<()> {
    for table in tables.iter() {
        write_atomically(&dir.join(table.schema.file_name()), &table_bytes(table)?)?;
    }
    Ok(())
}

/// One file as [`write_folder`] writes it.
pub fn table_bytes(table: &Table) -> io::Result<Vec<u8>> {
    let mut table = std::borrow::Cow::Borrowed(table);
    if !table.is_sorted() {
        table.to_mut().sort();
    }
    let columns = written_columns(&table);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let names: Vec<&str> = table.column_names().collect();
    writer.write_record(columns.iter().map(|column| names[*column]))?;
    for row in &table.rows {
        writer.write_record(columns.iter().map(|column| row.cells.get(*column).unwrap_or("")))?;
    }
    writer.into_inner().map_err(|error| error.into_error())
}

fn written_columns(table: &Table) -> Vec<usize> {
    let mut used: Vec<bool> = table.schema.columns.iter().map(|column| column.required).collect();
    used.resize(used.len() + table.extra_columns.len(), false);
    for row in &table.rows {
        row.cells.iter().zip(&mut used).for_each(|(cell, used)| *used |= cell.is_some());
    }
    used.iter().enumerate().filter(|(_, used)| **used).map(|(position, _)| position).collect()
}
