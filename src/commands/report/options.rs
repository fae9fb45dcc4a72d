//! What the reports of the command line share: whose figures, of when, as of when, and where the rows go.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::Args;

use crate::commands::period::Days;
use crate::commands::selection::{Customers, cell_of};
use crate::commands::sheets::{write_sheet, write_workbook};
use crate::commands::{Global, today};
use crate::domain::book::Book;
use crate::domain::time::Date;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::Ledger;
use crate::pipeline::posted::PostedOf;
use crate::pipeline::posted_usage::PostedUsage;
use crate::pipeline::reprice::Period;
use crate::report::answer::{Answer, Cover, NoAnswer};
use crate::report::sheet::Sheet;
use crate::workers::Workers;
use crate::workspace::Workspace;

/// Where the rows go.
#[derive(Args)]
#[command(next_help_heading = "Where to")]
pub struct Files {
    /// Write all rows to this file as CSV
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write all rows to this file as a workbook
    #[arg(long, value_name = "FILE")]
    xlsx: Option<PathBuf>,
}

/// Where the rows go, and how many of them are shown.
#[derive(Args)]
#[command(next_help_heading = "Where to")]
pub struct Out {
    #[command(flatten)]
    files: Files,
    /// Show so many rows on the screen, the first; the sums are of all
    #[arg(long, value_name = "N", default_value = "50", value_parser = clap::value_parser!(u32).range(1..))]
    top: u32,
}

impl Files {
    /// Writes the files that were asked for.
    pub fn write(&self, global: &Global, cover: &Cover, sheet: &Sheet) -> Result<()> {
        if let Some(path) = &self.csv {
            write_sheet(global, path, sheet)?;
        }
        if let Some(path) = &self.xlsx {
            write_workbook(global, path, cover, sheet)?;
        }
        Ok(())
    }
}

impl Out {
    /// Writes the files that were asked for, and shows the report.
    pub fn give(&self, global: &Global, answer: &Answer) -> Result<()> {
        self.files.write(global, &answer.cover, &answer.sheet)?;
        let most = usize::try_from(self.top).unwrap_or(usize::MAX);
        global.show(answer, || answer.in_words(most))
    }
}

/// A workspace open for a report.
pub struct Opened {
    /// The workspace.
    pub workspace: Workspace,
    /// Its ledger.
    pub ledger: Ledger,
    /// The book as it stands.
    pub book: Book,
    /// Who works.
    pub workers: Workers,
    accounts: Option<BTreeSet<String>>,
    whose: String,
    quiet: bool,
}

impl Opened {
    /// Opens it for reading.
    pub fn open(global: &Global, customers: &Customers) -> Result<Self> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        let ledger = workspace.ledger()?;
        let book = workspace.book(&ledger)?;
        let accounts = customers.accounts(&workspace, &ledger)?;
        let (workers, whose, quiet) = (global.workers()?, customers.in_words(), global.quiet);
        Ok(Self { workspace, ledger, book, workers, accounts, whose, quiet })
    }

    /// Today in the workspace's zone.
    pub fn today(&self) -> Date {
        today(&self.workspace.settings.zone)
    }

    /// The days asked for, or the calendar month of the latest invoice; of today if there is none.
    pub fn or_last_billed(&self, days: &Days) -> Result<Period> {
        let last = self.ledger.last_invoice_date()?.unwrap_or_else(|| self.today());
        Ok(days.given()?.unwrap_or(Period { from: last.first_of_month(), to: last.last_of_month() }))
    }

    /// Whether the report is of this account too.
    pub fn is_meant(&self, account: &str) -> bool {
        self.accounts.as_ref().is_none_or(|accounts| accounts.contains(account))
    }

    /// Whether the report is of everybody, and of what belongs to nobody.
    pub fn is_of_all(&self) -> bool {
        self.accounts.is_none()
    }

    /// Whose, and of which days.
    pub fn about(&self, days: Option<Period>) -> Vec<(&'static str, String)> {
        let whose = ("customers", self.whose.clone());
        let days = days.map(|Period { from, to }| ("days", format!("{from} to {to}")));
        [whose].into_iter().chain(days).collect()
    }

    /// The same, and what was posted last.
    pub fn about_posted(&self, days: Period) -> Result<Vec<(&'static str, String)>> {
        let until = self.ledger.posted_until()?.unwrap_or_else(|| "nothing is posted".to_owned());
        Ok(self.about(Some(days)).into_iter().chain([("posted until", until)]).collect())
    }

    /// The same, and what was imported last.
    pub fn about_imported(&self, days: Option<Period>) -> Result<Vec<(&'static str, String)>> {
        let until = self.ledger.imported_until()?.unwrap_or_else(|| "nothing is imported".to_owned());
        Ok(self.about(days).into_iter().chain([("imported until", until)]).collect())
    }

    /// The documents of a period, and of the one before it if that is named.
    pub fn posted(&self, period: Period, before: Option<Period>) -> PostedOf<'_> {
        let Self { ledger, workers, quiet, .. } = self;
        PostedOf { ledger, workers, period, before, accounts: self.accounts.as_ref(), quiet: *quiet }
    }

    /// The usage on the documents of a period.
    pub fn posted_usage<'a>(&'a self, store: &'a crate::facts::UsageStore, period: Period) -> PostedUsage<'a> {
        let Self { ledger, workers, quiet, .. } = self;
        PostedUsage { ledger, store, workers, period, accounts: self.accounts.as_ref(), quiet: *quiet }
    }

    /// The days in a column of `customers.csv`, by account.
    pub fn customer_days(&self, column: &str) -> Result<BTreeMap<String, Date>> {
        let tables = self.workspace.tables(&self.ledger)?;
        let customers = tables.get("customers");
        let days = customers.rows.iter().filter_map(|row| {
            let account = cell_of(customers, row, "account")?;
            let day = cell_of(customers, row, column).and_then(Date::parse)?;
            Some((account.to_owned(), day))
        });
        Ok(days.collect())
    }
}

/// Why a report has no answer, as an error.
pub fn no_answer(why: NoAnswer) -> Error {
    match why {
        NoAnswer::Overflow(overflow) => crate::pipeline::posted::too_much(overflow),
        NoAnswer::Untied(line) => {
            let message = format!("the rows do not come to what is posted: {line}");
            Error::new(
                ErrorKind::Damaged,
                message,
                "run `tollbook verify`; if that finds nothing, please report this fault",
            )
        }
    }
}
