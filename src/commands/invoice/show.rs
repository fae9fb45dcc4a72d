//! `invoice show`: one invoice or credit note, in words or as its model.

use crate::commands::{Global, print};
use crate::domain::bill::{Bill, DocumentKind};
use crate::error::{Error, Result};
use crate::invoicing::json;
use crate::ledger::{InvoiceStanding, Ledger};
use crate::report::screen::{amount, table};
use crate::workspace::Workspace;

/// Shows the document of a number.
pub(super) fn show(global: &Global, workspace: &Workspace, number: &str) -> Result<()> {
    let ledger = workspace.ledger()?;
    let bill = find(&ledger, number)?;
    if global.json {
        return print(&String::from_utf8_lossy(&json::render(&bill)));
    }
    let mut text = in_words(&bill);
    if let Some(standing) = ledger.standing(number)? {
        text.push_str(&stands_in_words(&standing, &bill));
        for note in ledger.credits_of(number)? {
            let (of, date, gross) = (note.number.unwrap_or_default(), note.invoice_date, note.totals.gross);
            text.push_str(&format!("credit note {of} of {date}: {} ({})\n", amount(&gross.to_string()), note.reason));
        }
    }
    print(&text)
}

/// The invoice or the credit note of a number.
pub(super) fn find(ledger: &Ledger, number: &str) -> Result<Bill> {
    if let Some(invoice) = ledger.invoice(number)? {
        return Ok(invoice.bill);
    }
    let missing = || Error::refused(format!("there is no invoice {number:?}"), "see `tollbook invoice list`");
    ledger.credit_note(number)?.map(|(_, bill)| bill).ok_or_else(missing)
}

fn stands_in_words(standing: &InvoiceStanding, bill: &Bill) -> String {
    let mut text = format!("{}: {} open", standing.state.name(), amount(&standing.open.format(bill.currency)));
    if let Some(note) = &standing.voided_by {
        text = format!("void, by credit note {note}");
    }
    if let Some(at) = &standing.sent_at {
        text.push_str(&format!(", sent {}", &at[..10]));
    }
    text + "\n"
}

fn in_words(bill: &Bill) -> String {
    let lines = (1..).zip(&bill.lines).map(|(number, line): (usize, _)| {
        vec![
            number.to_string(),
            line.cost_centre.clone(),
            line.category.clone(),
            line.description.clone(),
            match (line.from, line.to) {
                (Some(from), Some(to)) if from == to => from.to_string(),
                (Some(from), Some(to)) => format!("{from} to {to}"),
                _ => String::new(),
            },
            line.quantity.to_string(),
            line.proration.clone(),
            amount(&line.amount.to_string()),
            line.vat_code.clone(),
        ]
    });
    let lines = table(
        &["line", "cost centre", "category", "description", "period", "quantity", "part", "amount", "VAT"],
        &[0, 5, 7],
        lines,
    );
    let (kind, to_pay) = match bill.document {
        DocumentKind::Invoice => ("invoice", "to pay"),
        DocumentKind::CreditNote => ("credit note", "credited"),
    };
    let of =
        bill.credits.as_ref().map(|of| format!("of invoice {} dated {}\n", of.number, of.date)).unwrap_or_default();
    let dated = match bill.document {
        DocumentKind::Invoice => format!("dated {}, due {}\n", bill.invoice_date, bill.due_date),
        DocumentKind::CreditNote => format!("dated {}\n{of}reason: {}\n", bill.invoice_date, bill.reason),
    };
    let vat = bill.vat.iter().map(|vat| {
        let sums = [vat.rate.to_string(), amount(&vat.net.to_string()), amount(&vat.vat.to_string())];
        std::iter::once(vat.label.clone()).chain(sums).collect()
    });
    let vat = table(&["VAT", "%", "net", "VAT"], &[1, 2, 3], vat);
    format!(
        "{kind} {} of {} for {} ({})\n{dated}\n{lines}\n{vat}\nnet {}  VAT {}  {to_pay} {} {}\nbalance before {}, now {}\n",
        bill.number.as_deref().unwrap_or("(draft)"),
        bill.organisation.name,
        bill.customer.name,
        bill.customer.account,
        amount(&bill.totals.net.to_string()),
        amount(&bill.totals.vat.to_string()),
        bill.currency,
        amount(&bill.totals.gross.to_string()),
        amount(&bill.balance.previous.to_string()),
        amount(&bill.balance.now.to_string()),
    )
}
