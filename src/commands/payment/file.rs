//! `import payments`: a file of payments → the ledger, all or nothing (L2).

use std::path::PathBuf;

use clap::Args;

use super::rows::{Known, read_payments};
use super::show_settled;
use super::table::TableFile;
use crate::commands::customer::drop_settled;
use crate::commands::{Global, say, today};
use crate::domain::money::Money;
use crate::error::{Error, Result, counted};
use crate::ledger::Settled;
use crate::workspace::Workspace;

/// Which file.
#[derive(Args)]
#[command(
    after_help = "Columns, by name in any order: account, date (YYYY-MM-DD), amount, reference; and method, invoice (the \
    one to pay first), currency, note. Of a workbook the sheet `payments` is read, else the first. A reference that the \
    account has already, a row that is wrong: nothing is entered. See also `tollbook payment`."
)]
pub struct PaymentsFile {
    /// A CSV file (UTF-8) or an .xlsx workbook
    file: PathBuf,
}

impl PaymentsFile {
    pub fn run(self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        let mut table = TableFile::read(&self.file, "payments")?;
        let mut ledger = workspace.ledger_for_writing(global.actor())?;
        let known = Known {
            ledger: &ledger,
            currencies: workspace.currencies_of_customers(&ledger)?,
            numbers: workspace.number_rules(),
            today: today(&workspace.settings.zone),
        };
        let payments = read_payments(&mut table, &known)?;
        if !table.errors.is_empty() {
            let lines: Vec<String> = table.errors.iter().map(ToString::to_string).collect();
            let count = counted(lines.len() as u64, "error");
            let message = format!("{} has {count}; nothing was changed\n{}", table.file, lines.join("\n"));
            return Err(Error::refused(message, ""));
        }
        let settled = ledger.record_payments(&payments, global.dry_run)?;
        show_settled(global, &settled)?;
        let verb = if global.dry_run { "would enter" } else { "entered" };
        say(&format!("{verb} {}{}", counted(settled.len() as u64, "payment"), left_over(&settled)));
        drop_settled(global, &mut ledger)
    }
}

/// How many of them are not all used.
fn left_over(settled: &[Settled]) -> String {
    match settled.iter().filter(|one| one.entry.open > Money::ZERO).count() {
        0 => String::new(),
        left => format!("; of {left} something is left on the account"),
    }
}
