//! Rows of cells → a CSV file or a workbook with one sheet, as spreadsheet programs have them: numbers as numbers, days as
//! days, everything else as texts. No clock goes into it. Knows nothing of what cells mean.

use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use crate::book::CellKind;
use crate::demo::sheet::escaped;
use crate::files::AtomicFile;
use crate::forms::Field;

/// A sheet that is being written.
pub(super) enum FormSheet {
    Csv(BufWriter<AtomicFile>),
    Workbook(Box<Book>),
}

/// A workbook and where it goes.
pub(super) struct Book {
    out: PathBuf,
    workbook: Workbook,
    sheet: Worksheet,
    columns: Vec<Sort>,
    day: Format,
    next: u32,
}

/// How cells of a column are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Text,
    Number,
    Day,
}

impl FormSheet {
    /// With its header.
    pub fn create(out: &Path, fields: &[Field], shared_strings: bool) -> io::Result<Self> {
        let is_csv = out.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
        let mut sheet = if is_csv {
            Self::Csv(BufWriter::with_capacity(1 << 20, AtomicFile::create(out)?))
        } else {
            Self::Workbook(Box::new(Book::new(out, fields, shared_strings).map_err(io::Error::other)?))
        };
        let header: Vec<String> = fields.iter().map(|field| field.header.clone()).collect();
        match &mut sheet {
            Self::Csv(_) => sheet.add(&header)?,
            Self::Workbook(book) => book.add_header(&header).map_err(io::Error::other)?,
        }
        Ok(sheet)
    }

    /// Adds a row; empty cells are blank.
    pub fn add(&mut self, cells: &[String]) -> io::Result<()> {
        match self {
            Self::Csv(file) => {
                let line = cells.iter().map(|cell| escaped(cell)).collect::<Vec<_>>().join(",");
                writeln!(file, "{line}")
            }
            Self::Workbook(book) => book.add(cells).map_err(io::Error::other),
        }
    }

    /// Ends it.
    pub fn finish(self) -> io::Result<()> {
        match self {
            Self::Csv(file) => file.into_inner().map_err(|error| error.into_error())?.commit(),
            Self::Workbook(book) => book.finish().map_err(io::Error::other),
        }
    }
}

impl Book {
    fn new(out: &Path, fields: &[Field], shared_strings: bool) -> Result<Self, XlsxError> {
        let mut workbook = Workbook::new();
        let made = ExcelDateTime::from_ymd(2026, 1, 1)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
        let mut sheet = if shared_strings {
            workbook.new_worksheet_with_low_memory()?
        } else {
            workbook.new_worksheet_with_constant_memory()?
        };
        sheet.set_name("Customers")?;
        let columns = fields.iter().map(sort).collect();
        Ok(Self {
            out: out.to_owned(),
            workbook,
            sheet,
            columns,
            day: Format::new().set_num_format("dd/mm/yyyy"),
            next: 0,
        })
    }

    fn add_header(&mut self, header: &[String]) -> Result<(), XlsxError> {
        for (name, column) in header.iter().zip(0..) {
            self.sheet.write_string(self.next, column, name)?;
        }
        self.next += 1;
        Ok(())
    }

    fn add(&mut self, cells: &[String]) -> Result<(), XlsxError> {
        let sheet = &mut self.sheet;
        for ((cell, sort), column) in cells.iter().zip(&self.columns).zip(0..) {
            if cell.is_empty() {
                continue;
            }
            match sort {
                Sort::Text => sheet.write_string(self.next, column, cell)?,
                Sort::Number => match cell.parse::<f64>() {
                    Ok(number) => sheet.write_number(self.next, column, number)?,
                    Err(_) => sheet.write_string(self.next, column, cell)?,
                },
                Sort::Day => match ExcelDateTime::parse_from_str(cell) {
                    Ok(day) => sheet.write_datetime_with_format(self.next, column, &day, &self.day)?,
                    Err(_) => sheet.write_string(self.next, column, cell)?,
                },
            };
        }
        self.next += 1;
        Ok(())
    }

    fn finish(mut self) -> Result<(), XlsxError> {
        self.workbook.push_worksheet(self.sheet);
        self.workbook.save(&self.out)
    }
}

fn sort(field: &Field) -> Sort {
    match (field.is_text(), field.kind) {
        (true, _) => Sort::Text,
        (false, CellKind::Date) => Sort::Day,
        (false, _) => Sort::Number,
    }
}
