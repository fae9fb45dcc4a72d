//! `invoice export --format`: structured invoices (EN 16931) of posted invoices and credit notes, of any customer. What lacks
//! something for one is named, with what to fill in; the others are written.

use std::path::PathBuf;

use super::export::{billed_file, credit_notes_of, documents, would_write};
use super::show::find;
use crate::commands::{Global, say};
use crate::error::{Error, ErrorKind, Result, counted};
use crate::invoicing::e_invoice::Syntax;
use crate::ledger::Ledger;
use crate::pipeline::e_invoices::Missing;
use crate::workspace::Workspace;

/// Invoices that are read at once.
const WINDOW: u32 = 512;

/// Of what.
pub(super) enum Of {
    /// The invoice or credit note of a number.
    One(String),
    /// All invoices of a run.
    Run(i64),
    /// The credit notes on a run's invoices.
    CreditNotes(i64),
}

/// Writes the e-invoices, in a syntax, into a folder.
pub(super) fn export(global: &Global, workspace: &Workspace, of: &Of, (syntax, out): (Syntax, PathBuf)) -> Result<()> {
    let ledger = workspace.ledger()?;
    let (book, store, workers) = (workspace.book(&ledger)?, workspace.usage(), global.workers()?);
    let writer = documents(global, workspace, (&book, &store), out);
    let write = |bills: &[_]| writer.write_e_invoices(&workers, bills, syntax);
    let (files, missing) = match of {
        Of::Run(run) => {
            billed_file(&ledger, *run)?;
            if would_write(global, ledger.invoice_count(*run)?, "invoice", &writer.dir) {
                return Ok(());
            }
            export_run(&ledger, *run, write)?
        }
        Of::One(_) | Of::CreditNotes(_) => {
            let bills = match of {
                Of::One(number) => vec![find(&ledger, number)?],
                Of::Run(run) | Of::CreditNotes(run) => credit_notes_of(&ledger, *run)?,
            };
            if would_write(global, bills.len() as u64, "document", &writer.dir) {
                return Ok(());
            }
            write(&bills)?
        }
    };
    if files > 0 || missing.is_empty() {
        say(&format!("wrote {} to {}", counted(files as u64, "e-invoice"), writer.dir.display()));
    }
    refuse_missing(files, &missing)
}

/// Window by window: a run may have more invoices than memory holds.
fn export_run(
    ledger: &Ledger,
    run: i64,
    write: impl Fn(&[crate::domain::bill::Bill]) -> Result<(usize, Vec<Missing>)>,
) -> Result<(usize, Vec<Missing>)> {
    let (mut files, mut missing, mut after) = (0, Vec::new(), 0);
    loop {
        let window = ledger.stored_bills(run, after, WINDOW)?;
        let Some(last) = window.last() else { return Ok((files, missing)) };
        after = last.place;
        let bills = window.iter().map(|stored| stored.read()).collect::<std::result::Result<Vec<_>, _>>()?;
        let (written, lacking) = write(&bills)?;
        files += written;
        missing.extend(lacking);
    }
}

fn refuse_missing(files: usize, missing: &[Missing]) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let kind = if files == 0 { ErrorKind::Refused } else { ErrorKind::Partial };
    let words: Vec<_> = missing.iter().map(ToString::to_string).collect();
    let hint = "a posted invoice keeps what it was posted with: what is filled in now is on the next one";
    Err(Error::new(kind, words.join("\n"), hint))
}
