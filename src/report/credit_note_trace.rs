//! A posted credit note and its invoice → where every figure of it comes from: lines that are given back, parts, what was
//! left; VAT by the invoice's rates. Works the sums again and says where they do not come to what the credit note states.

use serde::Serialize;

use super::screen::amount;
use crate::domain::bill::{Amount, Bill, BillLine};
use crate::domain::credit::{LeftOfCode, left_of};
use crate::domain::money::Money;
use crate::domain::price_book::VatKind;

/// Where the figures of a credit note come from.
#[derive(Serialize)]
pub struct CreditNoteTrace {
    credit_note: String,
    invoice: Option<String>,
    account: String,
    currency: String,
    reason: String,
    net: Amount,
    vat: Amount,
    gross: Amount,
    lines: Vec<Step>,
    vat_codes: Vec<Step>,
    /// Sums that do not come to what it states; none on a sound one.
    differences: Vec<String>,
}

#[derive(Serialize)]
struct Step {
    what: String,
    amount: Amount,
    how: String,
}

impl CreditNoteTrace {
    /// Traces a credit note: `invoice` is the one it is of, `earlier` the credit notes on that before it.
    pub fn new(note: &Bill, invoice: Option<&Bill>, earlier: &[Bill]) -> Self {
        let left = invoice.and_then(|invoice| left_of(invoice, earlier.iter()).ok()).unwrap_or_default();
        let lines = note.lines.iter().map(|line| Step {
            what: line.description.clone(),
            amount: line.amount,
            how: line_in_words(line, invoice),
        });
        let vat_codes = note.vat.iter().map(|row| {
            let net = row.net;
            let how = match (row.kind, left.iter().find(|left| left.code == row.code)) {
                (VatKind::Standard | VatKind::Reduced, Some(left)) if takes_all(left, net) => {
                    format!("all that was left of the VAT, on {net}, all that was left ex VAT")
                }
                (VatKind::Standard | VatKind::Reduced, _) => format!("{} % of {net}", row.rate),
                (VatKind::ReverseCharge, _) => format!("reverse charge on {net}: no VAT was charged"),
                (VatKind::Zero | VatKind::Exempt, _) => format!("none on {net}"),
            };
            Step { what: row.code.clone(), amount: row.vat, how }
        });
        let mut trace = Self {
            credit_note: note.number.clone().unwrap_or_default(),
            invoice: note.credits.as_ref().map(|of| of.number.clone()),
            account: note.customer.account.clone(),
            currency: note.currency.to_string(),
            reason: note.reason.clone(),
            net: note.totals.net,
            vat: note.totals.vat,
            gross: note.totals.gross,
            lines: lines.collect(),
            vat_codes: vat_codes.collect(),
            differences: Vec::new(),
        };
        trace.check(note);
        trace
    }

    /// What does not come to what the credit note states.
    pub fn differences(&self) -> &[String] {
        &self.differences
    }

    /// As a person reads it.
    pub fn in_words(&self) -> String {
        let Self { credit_note, account, currency, reason, net, vat, gross, .. } = self;
        let [net, vat, gross] = [net, vat, gross].map(|sum| amount(&sum.to_string()));
        let of = self.invoice.as_ref().map(|invoice| format!(" on invoice {invoice}")).unwrap_or_default();
        let mut text =
            format!("credit note {credit_note} of {account}{of}: {gross} {currency} = net {net} + VAT {vat}\n");
        text.push_str(&format!("reason: {reason}\n\nVAT\n"));
        for (head, steps) in [("", &self.vat_codes), (&*format!("\nnet {net} is the sum of\n"), &self.lines)] {
            text.push_str(head);
            for Step { what, amount: of_step, how } in steps {
                text.push_str(&format!("  {what}: {} ({how})\n", amount(&of_step.to_string())));
            }
        }
        match self.differences.as_slice() {
            [] => text.push_str("\nAll sums were worked again and come to what the credit note states.\n"),
            some => {
                text.push_str("\nThese sums do not come to what the credit note states:\n");
                some.iter().for_each(|one| text.push_str(&format!("  {one}\n")));
            }
        }
        text
    }

    fn check(&mut self, note: &Bill) {
        let mut check = |what: &str, stated: Amount, worked: Option<Money>| {
            if worked != Some(stated.money) {
                let worked =
                    worked.map_or("out of range".to_owned(), |sum| Amount { money: sum, ..stated }.to_string());
                self.differences.push(format!("{what} is stated as {stated}, and comes to {worked}"));
            }
        };
        let totals = note.totals;
        check("net", totals.net, Money::total(note.lines.iter().map(|line| line.amount.money)).ok());
        check("VAT", totals.vat, Money::total(note.vat.iter().map(|row| row.vat.money)).ok());
        check("the total", totals.gross, totals.net.money.plus(totals.vat.money).ok());
        for row in &note.vat {
            let of_code = note.lines.iter().filter(|line| line.vat_code == row.code);
            let net = Money::total(of_code.map(|line| line.amount.money)).ok();
            check(&format!("the net of VAT code {}", row.code), row.net, net);
        }
    }
}

fn takes_all(left: &LeftOfCode, net: Amount) -> bool {
    left.net.negated() == Ok(net.money)
}

fn line_in_words(line: &BillLine, invoice: Option<&Bill>) -> String {
    let is_original = |original: &BillLine| {
        let whole = BillLine { amount: line.amount, cost: line.cost, ..original.clone() };
        original.amount.money.negated() == Ok(line.amount.money) && whole == *line
    };
    let place = invoice.and_then(|invoice| invoice.lines.iter().position(is_original));
    match (place, invoice.and_then(|invoice| invoice.number.as_ref())) {
        (Some(place), Some(number)) => {
            format!("line {} of the invoice; `tollbook invoice explain {number}` says where it comes from", place + 1)
        }
        (None, Some(_)) => format!("of VAT code {}", line.vat_code),
        _ => format!("given back of charge {}", line.source),
    }
}
