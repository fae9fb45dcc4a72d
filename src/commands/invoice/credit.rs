//! `invoice void` and `invoice credit`: a posted invoice → a credit note and its documents.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::export::documents;
use crate::billing::WhatToCredit;
use crate::commands::bill::parse_date;
use crate::commands::customer::drop_settled;
use crate::commands::{Global, say, today};
use crate::domain::bill::Bill;
use crate::domain::book::Book;
use crate::domain::money::Money;
use crate::domain::time::Date;
use crate::error::{Error, ErrorKind, Result, counted};
use crate::facts::UsageStore;
use crate::files::remove_partials;
use crate::ledger::LedgerWriter;
use crate::pipeline::documents::credit_note_folder;
use crate::pipeline::e_invoices::missing_of;
use crate::pipeline::voiding::CreditNotes;
use crate::workspace::Workspace;

/// What of an invoice is credited.
#[derive(Args)]
pub struct CreditArguments {
    /// The number of the invoice
    number: String,
    /// So much, excluding VAT
    #[arg(long, value_name = "AMOUNT", required_unless_present = "line", conflicts_with = "line")]
    amount: Option<String>,
    /// Of this VAT code; needed where the invoice has several
    #[arg(long, value_name = "CODE", requires = "amount")]
    vat_code: Option<String>,
    /// This whole line, as `invoice show` counts them; may be given again
    #[arg(long, value_name = "N")]
    line: Vec<usize>,
    /// The day on the credit note; today unless given, but not before the invoice
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    date: Option<Date>,
}

/// A credit note that was posted.
#[derive(Serialize)]
pub struct Credited {
    /// Its number.
    pub credit_note: String,
    /// The invoice that it is of.
    pub invoice: String,
    /// The customer's account.
    pub account: String,
    /// Its date.
    pub date: Date,
    /// Ex VAT; negative.
    pub net: String,
    /// VAT; negative.
    pub vat: String,
    /// With VAT; negative.
    pub gross: String,
    /// Of the amounts.
    pub currency: String,
    /// What the customer owes now.
    pub balance: String,
}

impl From<&Bill> for Credited {
    fn from(note: &Bill) -> Self {
        Self {
            credit_note: note.number.clone().unwrap_or_default(),
            invoice: note.credits.as_ref().map(|of| of.number.clone()).unwrap_or_default(),
            account: note.customer.account.clone(),
            date: note.invoice_date,
            net: note.totals.net.to_string(),
            vat: note.totals.vat.to_string(),
            gross: note.totals.gross.to_string(),
            currency: note.currency.to_string(),
            balance: note.balance.now.to_string(),
        }
    }
}

impl CreditArguments {
    pub(super) fn credit(&self, global: &Global, workspace: &Workspace) -> Result<()> {
        let what = |ledger: &LedgerWriter| -> Result<WhatToCredit> {
            let Some(amount) = &self.amount else { return Ok(WhatToCredit::Lines(self.line.clone())) };
            let currency = ledger.invoice(&self.number)?.map(|invoice| invoice.row.currency);
            // What is not there is refused by the next step.
            let Some(currency) = currency else { return Ok(WhatToCredit::Whole) };
            let net = Money::parse(amount, currency)
                .map_err(|error| Error::refused(format!("--amount {amount:?}: {error}"), "write it as 12.50"))?;
            Ok(WhatToCredit::Amount { net, vat_code: self.vat_code.clone() })
        };
        let (number, verb) = (&self.number, if global.dry_run { "would credit" } else { "credited" });
        post(global, workspace, self.date, verb, |notes, ledger| {
            let what = what(ledger)?;
            notes.credit(ledger, number, &what)
        })
    }
}

/// Voids an invoice.
pub(super) fn void(global: &Global, workspace: &Workspace, number: &str, date: Option<Date>) -> Result<()> {
    let verb = if global.dry_run { "would void" } else { "voided" };
    post(global, workspace, date, verb, |notes, ledger| notes.void(ledger, number))
}

fn post(
    global: &Global,
    workspace: &Workspace,
    date: Option<Date>,
    verb: &str,
    make: impl FnOnce(&CreditNotes, &mut LedgerWriter) -> Result<Bill>,
) -> Result<()> {
    let reason = reason(global)?;
    let mut ledger = workspace.ledger_for_writing(global.actor())?;
    let (book, store) = (workspace.book(&ledger)?, workspace.usage());
    let date = date.unwrap_or_else(|| today(&book.settings.zone));
    let notes = CreditNotes { book: &book, store: &store, date, reason, dry_run: global.dry_run };
    let note = make(&notes, &mut ledger)?;
    let credited = Credited::from(&note);
    let mut text = format!(
        "{verb} {} by credit note {}: {} net, {} VAT, {} {}; {} owes {}\n",
        credited.invoice,
        credited.credit_note,
        credited.net,
        credited.vat,
        credited.gross,
        credited.currency,
        credited.account,
        credited.balance,
    );
    if !global.dry_run {
        let (files, folder) = write_documents(global, workspace, (&book, &store), &[note])?;
        text.push_str(&format!("{} in {}\n", counted(files as u64, "document"), folder.display()));
    }
    global.show(&credited, || text)?;
    drop_settled(global, &mut ledger)
}

/// Why: such a change is not made without a word.
pub(in crate::commands) fn reason(global: &Global) -> Result<&str> {
    global.given_reason().ok_or_else(|| {
        Error::refused("there is no reason; nothing was changed", "say why with --reason: it is on the credit note")
    })
}

/// Writes the documents of credit notes that were posted. The lock is held by the caller: nobody else writes there.
pub(in crate::commands) fn write_documents(
    global: &Global,
    workspace: &Workspace,
    (book, store): (&Book, &UsageStore),
    notes: &[Bill],
) -> Result<(usize, PathBuf)> {
    let folder = credit_note_folder(&workspace.dir.join("invoices"));
    remove_partials(&folder).map_err(|error| Error::io(&folder, &error))?;
    let writer = documents(global, workspace, (book, store), folder.clone());
    let written = global.workers().and_then(|workers| writer.write_credit_notes(&workers, notes));
    let files = written.map_err(|error| {
        // What was posted stands, and the exit code must not say that nothing happened.
        let kind = if error.kind == ErrorKind::Refused { ErrorKind::Partial } else { error.kind };
        let message = format!("credit notes are posted, but not all documents are written\n{}", error.message);
        Error::new(kind, message, "write them with `tollbook invoice export NUMBER`")
    })?;
    notes.iter().filter_map(|note| missing_of(book, note)).for_each(|missing| say(&missing.to_string()));
    Ok((files, folder))
}
