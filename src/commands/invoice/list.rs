//! `invoice list`: posted invoices, how they stand, and the credit notes.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::commands::Global;
use crate::commands::selection::Tagged;
use crate::error::Result;
use crate::ledger::{CreditNoteRow, InvoiceFilter, InvoiceRow, InvoiceStanding};
use crate::report::screen::{amount, table};
use crate::workspace::Workspace;

/// A document, as it is listed.
#[derive(Serialize)]
struct Listed {
    number: String,
    /// `invoice` or `credit_note`.
    document: &'static str,
    account: String,
    /// The run that posted an invoice.
    run: Option<i64>,
    /// The invoice that a credit note is of.
    credits: Option<String>,
    invoice_date: String,
    due_date: Option<String>,
    usage_records: u64,
    currency: String,
    net: String,
    vat: String,
    gross: String,
    /// Of an invoice `open`, `part paid`, `paid`, `credited` or `void`; of a credit note whether it is a void.
    state: &'static str,
    /// What is left to pay of an invoice.
    open: Option<String>,
    /// What credit notes took off it.
    credited: Option<String>,
    /// When it was first sent (UTC).
    sent_at: Option<String>,
    /// Why there is a credit note.
    reason: Option<String>,
}

/// Lists all, or those of a run or a customer.
pub(super) fn list(
    global: &Global,
    workspace: &Workspace,
    (run, account): (Option<i64>, Option<&str>),
    tagged: &Tagged,
) -> Result<()> {
    let ledger = workspace.ledger()?;
    let meant = tagged.accounts(workspace, &ledger)?;
    let filter = InvoiceFilter { run, account };
    let (invoices, mut standings) = (ledger.invoices(filter)?, ledger.standings(filter)?);
    let numbers: BTreeMap<String, ()> = invoices.iter().map(|invoice| (invoice.number.clone(), ())).collect();
    let is_of_run =
        |note: &CreditNoteRow| run.is_none() || note.invoice.as_ref().is_some_and(|of| numbers.contains_key(of));
    let notes = ledger.credit_notes(account)?.into_iter().filter(is_of_run).map(of_note);
    let listed: Vec<_> = invoices
        .into_iter()
        .map(|invoice| {
            let standing = standings.remove(&invoice.number);
            of_invoice(invoice, standing)
        })
        .chain(notes)
        .filter(|row| meant.as_ref().is_none_or(|meant| meant.contains(&row.account)))
        .collect();
    global.show(&listed, || {
        let rows = listed.iter().map(|row| {
            vec![
                row.number.clone(),
                row.account.clone(),
                row.run.map(|run| run.to_string()).unwrap_or_default(),
                row.invoice_date.clone(),
                row.due_date.clone().unwrap_or_default(),
                row.usage_records.to_string(),
                row.currency.clone(),
                amount(&row.net),
                amount(&row.vat),
                amount(&row.gross),
                row.open.as_deref().map(amount).unwrap_or_default(),
                match &row.credits {
                    Some(invoice) => format!("{} of {invoice}", row.state),
                    None => row.state.to_owned(),
                },
            ]
        });
        table(
            &["document", "account", "run", "date", "due", "calls", "", "net", "VAT", "to pay", "open", "state"],
            &[2, 5, 7, 8, 9, 10],
            rows,
        )
    })
}

fn of_invoice(invoice: InvoiceRow, standing: Option<InvoiceStanding>) -> Listed {
    let currency = invoice.currency;
    Listed {
        document: "invoice",
        run: Some(invoice.run),
        credits: None,
        net: invoice.net.format(currency),
        vat: invoice.vat.format(currency),
        gross: invoice.gross.format(currency),
        number: invoice.number,
        account: invoice.account,
        invoice_date: invoice.date.to_string(),
        due_date: Some(invoice.due_date.to_string()),
        currency: currency.to_string(),
        usage_records: invoice.usage_records,
        state: standing.as_ref().map_or("", |standing| standing.state.name()),
        open: standing.as_ref().map(|standing| standing.open.format(currency)),
        credited: standing.as_ref().map(|standing| standing.credited.format(currency)),
        sent_at: standing.and_then(|standing| standing.sent_at),
        reason: None,
    }
}

fn of_note(note: CreditNoteRow) -> Listed {
    let currency = note.currency;
    Listed {
        document: "credit_note",
        run: None,
        net: note.net.format(currency),
        vat: note.vat.format(currency),
        gross: note.gross.format(currency),
        number: note.number,
        account: note.account,
        credits: note.invoice,
        invoice_date: note.date.to_string(),
        due_date: None,
        currency: currency.to_string(),
        usage_records: 0,
        state: if note.is_void { "void" } else { "credit" },
        open: None,
        credited: None,
        sent_at: None,
        reason: Some(note.reason),
    }
}
