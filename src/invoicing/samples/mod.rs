//! Made-up bills of all kinds, with calls and earlier invoices: what a template is tried on before there is an invoice, and
//! what documents are tested and measured with. All people and firms are invented; telephone numbers are those kept for
//! fiction.

mod bills;

pub use bills::{call, calls, credit, credit_note, draft, empty, long, pounds, short, wordy};

use self::bills::{address, date, rental, totalled};
use super::InvoicePages;
use crate::domain::bill::{Bill, BillVat, ItemisedCall, MonthlySpend};
use crate::domain::contact::{BankAccount, BillMandate, Contact};
use crate::domain::customer::InvoiceFormat;
use crate::domain::money::{Currency, Money, Percent, Quantity};
use crate::domain::price_book::VatKind;

/// A bill with all that its pages are made from.
pub struct Sample {
    /// What it is called.
    pub name: &'static str,
    /// The bill.
    pub bill: Bill,
    /// Its calls.
    pub calls: Vec<ItemisedCall>,
    /// The invoices before it.
    pub history: Vec<MonthlySpend>,
}

impl Sample {
    /// What its pages are made from, in a format.
    pub fn pages(&self, format: InvoiceFormat) -> InvoicePages<'_> {
        let calls: &[ItemisedCall] = if format == InvoiceFormat::Full { &self.calls } else { &[] };
        InvoicePages { calls, history: &self.history, ..InvoicePages::of(&self.bill, format) }
    }
}

/// All samples, by name.
pub fn all() -> Vec<Sample> {
    let with = |name, bill: Bill, calls_of, months| Sample {
        name,
        calls: calls(calls_of),
        history: history(months, bill.totals.net.money.minor()),
        bill,
    };
    vec![
        with("short", short(), 0, 3),
        with("long", long(), 340, 12),
        with("transfer", transfer(), 24, 1),
        with("direct-debit", direct_debit(), 60, 5),
        with("credit", credit(), 0, 2),
        with("credit-note", credit_note(), 0, 0),
        with("draft", draft(), 0, 0),
        with("empty", empty(), 0, 0),
        with("wordy", wordy(), 8, 4),
        with("german", german(), 120, 7),
        with("french", french(), 40, 4),
        with("welsh", welsh(), 40, 4),
        with("rates", rates(), 0, 0),
    ]
}

/// The invoices of so many months before that of November 2026, the earliest first, about as large as that, in pence.
pub fn history(months: u32, this: i64) -> Vec<MonthlySpend> {
    let month = |back: u32| MonthlySpend {
        date: date("2026-11-01").plus_months(-i32::try_from(back).unwrap_or(0)),
        number: format!("NT-{}", 10_042 - back),
        net: Money::from_minor(this * SHARES[back as usize % SHARES.len()] / 100),
    };
    (1..=months).rev().map(month).collect()
}

/// Of this month's amount, in percent.
const SHARES: [i64; 7] = [88, 94, 107, 91, 72, 99, 83];

/// One of many invoices of two pages in the long format, each with a number, a name and amounts of its own.
pub fn of_two_pages(index: u32) -> Bill {
    let mut bill = with_bank(long());
    bill.number = Some(format!("NT-{:06}", 100_000 + index));
    bill.customer.account = format!("A{index:05}");
    bill.customer.name = format!("Fern & Sons Joinery {index} Ltd");
    bill.customer.address.lines = vec![format!("{index} Mill Lane")];
    bill.messages.truncate(1);
    bill.lines.truncate(12);
    bill.usage_by_cli.truncate(4);
    bill.allowances.clear();
    bill.customer.reference.clear();
    for (place, line) in (1_i64..).zip(&mut bill.lines) {
        line.amount = pounds(line.amount.money.minor() + i64::from(index) * place % 977);
        line.cli = format!("+44207946{:04}", (i64::from(index) * 7 + place) % 1_000);
    }
    bill.vat.clear();
    totalled(bill, i64::from(index % 3) * 1_234)
}

fn with_bank(mut bill: Bill) -> Bill {
    bill.organisation.contact = Contact {
        email: "accounts@northwind.example".into(),
        telephone: "020 7946 0100".into(),
        website: "www.northwind.example".into(),
    };
    bill.organisation.bank = BankAccount {
        bank: "Harbour Bank".into(),
        name: "Northwind Telecom".into(),
        sort_code: "123456".into(),
        account_number: "12345678".into(),
        ..BankAccount::default()
    };
    bill.organisation.footer =
        "Northwind Telecom is a trading name of Northwind Networks Ltd, registered in England.".into();
    bill
}

/// Paid to the organisation's bank.
pub fn transfer() -> Bill {
    let mut bill = with_bank(short());
    bill.customer.payment_method = "bank transfer".into();
    bill.customer.mandate = BillMandate::default();
    bill.customer.purchase_order = "PO-2026-0042".into();
    bill.messages = vec!["Our office is closed from 24 December to 2 January.".into()];
    bill
}

/// Collected by a mandate, with an amount owed before.
pub fn direct_debit() -> Bill {
    let mut bill = with_bank(long());
    bill.customer.mandate = BillMandate { reference: "NT-DD-000042".into(), account_ending: "4321".into() };
    bill.lines.retain(|line| line.cost_centre.starts_with('L') || line.cost_centre.starts_with('H'));
    for line in &mut bill.lines {
        line.cost_centre.clear();
    }
    bill.vat.clear();
    totalled(bill, 4_250)
}

fn euros(mut bill: Bill) -> Bill {
    bill.currency = Currency::parse("EUR").expect("a currency");
    bill.organisation.bank = BankAccount {
        bank: "Hafenbank".into(),
        name: "Northwind Telecom".into(),
        iban: "DE89370400440532013000".into(),
        bic: "COBADEFF370".into(),
        ..BankAccount::default()
    };
    bill.customer.payment_method = String::new();
    bill.customer.mandate = BillMandate::default();
    bill
}

/// In German, in euros, with reverse charge (V2).
pub fn german() -> Bill {
    let mut bill = euros(with_bank(long()));
    bill.customer.language = "de".into();
    bill.customer.name = "Tischlerei Farn & Söhne GmbH".into();
    bill.customer.address = address(&["Mühlenweg 17"], "Lüneburg", "", "21335", "Deutschland");
    bill.customer.vat_number = "DE 123456789".into();
    bill.organisation.footer = "Sitz der Gesellschaft: Bristol".into();
    bill.messages = vec!["Ab dem 1. Januar 2027 gilt unsere neue Preisliste.".into()];
    for line in &mut bill.lines {
        line.vat_code = "RC".into();
    }
    bill.vat.clear();
    totalled(bill, 0)
}

/// In French, in euros, with a credit.
pub fn french() -> Bill {
    let mut bill = euros(with_bank(long()));
    bill.customer.language = "fr".into();
    bill.customer.name = "Menuiserie Fougère et Fils SARL".into();
    bill.customer.address = address(&["17, rue du Moulin"], "Rennes", "", "35000", "France");
    bill.messages = Vec::new();
    bill.lines.truncate(12);
    bill.vat.clear();
    totalled(bill, -500_000)
}

/// In Welsh.
pub fn welsh() -> Bill {
    let mut bill = with_bank(long());
    bill.customer.language = "cy".into();
    bill.customer.name = "Saer Rhedyn a’i Feibion Cyf".into();
    bill.customer.address = address(&["17 Lôn y Felin"], "Aberystwyth", "Ceredigion", "SY23 1AB", "Cymru");
    bill.customer.payment_method = "Debyd Uniongyrchol".into();
    bill.messages = vec!["Diolch i chi am eich busnes.".into()];
    bill.lines.truncate(18);
    bill.vat.clear();
    totalled(bill, 0)
}

/// Forty categories, each with a VAT code of its own, and a long message: more than fits one page.
pub fn rates() -> Bill {
    let mut bill = with_bank(short());
    bill.lines.clear();
    bill.vat.clear();
    for index in 0..40_i64 {
        let mut line = rental("Service of its own kind", 1, 1_000 + 10 * index);
        line.category = format!("Category {index:02} with a name that is rather long for what it is");
        line.vat_code = format!("V{index:02}");
        line.quantity = Quantity::ONE;
        bill.vat.push(BillVat {
            code: line.vat_code.clone(),
            label: format!("Rate of kind {index:02}"),
            kind: VatKind::Zero,
            rate: Percent::ZERO,
            net: line.amount,
            vat: pounds(0),
        });
        bill.lines.push(line);
    }
    bill.messages = vec!["What there is to say takes its time, and goes on for a while. ".repeat(30)];
    totalled(bill, 99)
}

#[cfg(test)]
pub(super) use tests::languages;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::invoicing::language::Languages;

    /// The languages that are built in.
    pub(in crate::invoicing) fn languages() -> Languages {
        Languages::load(&BTreeMap::new()).expect("what is built in is right")
    }

    #[test]
    fn samples_add_up() {
        for Sample { name, bill, .. } in all() {
            let sum = |amounts: &mut dyn Iterator<Item = i64>| amounts.sum::<i64>();
            let net = bill.totals.net.money.minor();
            assert_eq!(sum(&mut bill.lines.iter().map(|line| line.amount.money.minor())), net, "{name}");
            assert_eq!(sum(&mut bill.vat.iter().map(|vat| vat.net.money.minor())), net, "{name}");
            assert_eq!(net + bill.totals.vat.money.minor(), bill.totals.gross.money.minor(), "{name}");
        }
    }
}
