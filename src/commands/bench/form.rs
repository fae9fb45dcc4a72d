//! `bench form`: a filled form of customers, for figures of bulk imports.

use std::path::PathBuf;

use clap::Args;

use super::super::{Global, say};
use crate::bench::{FilledForm, FormSize, write_form};
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::report::screen::{count, table};

/// Where to and how large.
#[derive(Args)]
pub struct Form {
    /// The file: .xlsx, or .csv
    out: PathBuf,
    /// Rows
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=i64::from(FormSize::MOST_CUSTOMERS)))]
    customers: u32,
    /// Rows of which one cell is wrong
    #[arg(long, value_name = "N", default_value_t = 0)]
    mistakes: u32,
    /// Keep texts of the workbook once, as spreadsheet programs do
    #[arg(long)]
    shared_strings: bool,
    /// The folder of the book that the form fits; unless given, the name of the file with .book
    #[arg(long, value_name = "DIR")]
    book: Option<PathBuf>,
    /// Another seed makes another form
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Form {
    pub fn run(self, global: &Global) -> Result<()> {
        let out = self.out;
        let book = self.book.unwrap_or_else(|| out.with_extension("book"));
        if self.mistakes > self.customers {
            let message = format!("{} mistakes in {} rows: a row has at most one", self.mistakes, self.customers);
            return Err(Error::refused(message, "give fewer --mistakes or more --customers"));
        }
        if global.dry_run {
            let (customers, out, book) = (self.customers, out.display(), book.display());
            say(&format!("would write {customers} customers to {out} and a book to {book}"));
            return Ok(());
        }
        let size = FormSize {
            customers: self.customers,
            mistakes: self.mistakes,
            shared_strings: self.shared_strings,
            seed: self.seed,
        };
        let progress = Progress::new("customers", u64::from(size.customers), global.quiet);
        let made = write_form(&out, &book, &size, |rows| progress.advance(rows));
        let made = made.map_err(|error| Error::io(&out, &error))?;
        progress.finish();
        global.show(&made, || in_words(&made))
    }
}

fn in_words(made: &FilledForm) -> String {
    let rows = [
        ("customers", u64::from(made.customers)),
        ("columns", made.columns),
        ("filled cells", made.filled),
        ("fewest in a row", made.least_filled),
        ("rows with a mistake", u64::from(made.mistakes)),
    ];
    table(&["made", ""], &[1], rows.map(|(what, number)| vec![what.to_owned(), count(u128::from(number))]))
}
