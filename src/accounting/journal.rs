//! Sales and payments → a double-entry journal: each document debits as much as it credits, or there is no journal.

use super::documents::Sale;
use super::table::{Table, text};
use super::{Codes, SaleError};
use crate::domain::bill::{Amount, DocumentKind};
use crate::domain::money::{Currency, Money, Overflow};
use crate::domain::time::Date;

const HEADER: [&str; 11] = [
    "date",
    "document",
    "type",
    "customer",
    "account_code",
    "account_name",
    "debit",
    "credit",
    "currency",
    "vat_code",
    "narrative",
];

/// Money that moved beside the documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// What it is; of one that is taken back, what that was.
    pub kind: MovementKind,
    /// Does it take another back?
    pub takes_back: bool,
    /// Whose.
    pub account: String,
    /// The customer's code in the package; empty for the account.
    pub reference: String,
    /// What the bank or the user calls it; its number if it has no name.
    pub document: String,
    /// Positive raises what the customer owes.
    pub amount: Money,
    /// Of the amount.
    pub currency: Currency,
    /// When.
    pub date: Date,
}

/// What money moved for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MovementKind {
    /// It came in.
    Payment,
    /// It was given back.
    Refund,
    /// A debt was given up.
    WriteOff,
}

impl MovementKind {
    fn name(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Refund => "refund",
            Self::WriteOff => "write_off",
        }
    }
}

/// The lines of one document.
struct Entry<'e> {
    date: Date,
    document: &'e str,
    kind: &'e str,
    customer: &'e str,
    currency: Currency,
    narrative: String,
    /// Account code, account name, VAT code, amount: positive is a debit.
    lines: Vec<(String, String, String, Money)>,
}

/// The journal of sales and movements, in the order of their dates; of one day sales first, each in the order given.
///
/// # Errors
/// Documents that do not balance; all of them.
pub fn journal(sales: &[Sale], movements: &[Movement], codes: &mut Codes<'_>) -> Result<Table, Vec<SaleError>> {
    let mut entries = Vec::with_capacity(sales.len() + movements.len());
    let mut wrong = Vec::new();
    for sale in sales {
        match entry_of(sale, codes) {
            Ok(entry) => entries.push(entry),
            Err(Overflow) => wrong.push(refusal(&sale.number, "an amount is out of range")),
        }
    }
    for movement in movements {
        match moved(movement, codes) {
            Ok(entry) => entries.push(entry),
            Err(Overflow) => wrong.push(refusal(&movement.document, "an amount is out of range")),
        }
    }
    entries.sort_by_key(|entry| entry.date);
    let mut table = Table::new(&HEADER);
    for entry in &entries {
        if Money::total(entry.lines.iter().map(|(.., amount)| *amount)) != Ok(Money::ZERO) {
            wrong.push(refusal(entry.document, "debit and credit are not equal"));
        }
        write(entry, &mut table);
    }
    if wrong.is_empty() { Ok(table) } else { Err(wrong) }
}

fn refusal(document: &str, reason: &str) -> SaleError {
    SaleError { document: document.to_owned(), reason: reason.to_owned() }
}

fn entry_of<'e>(sale: &'e Sale, codes: &mut Codes<'_>) -> Result<Entry<'e>, Overflow> {
    let settings = codes.settings;
    let receivables = codes.of_journal("receivables", &settings.receivables);
    let mut lines = vec![(receivables, "Receivables".to_owned(), String::new(), sale.gross)];
    for part in &sale.parts {
        lines.push((part.account.clone(), part.title.clone(), part.vat_code.clone(), part.net.negated()?));
    }
    for (at, part) in sale.parts.iter().enumerate() {
        let is_first = !sale.parts[..at].iter().any(|other| other.vat_code == part.vat_code);
        let of_code = sale.parts.iter().filter(|other| other.vat_code == part.vat_code);
        let vat = Money::total(of_code.map(|other| other.vat))?;
        if is_first && vat != Money::ZERO {
            let account = codes.of_journal("vat", &settings.vat);
            lines.push((account, "VAT".to_owned(), part.vat_code.clone(), vat.negated()?));
        }
    }
    let credits = if sale.credits.is_empty() { String::new() } else { format!(", credits {}", sale.credits) };
    Ok(Entry {
        date: sale.date,
        document: &sale.number,
        kind: if sale.kind == DocumentKind::Invoice { "invoice" } else { "credit_note" },
        customer: sale.code(),
        currency: sale.currency,
        narrative: format!("{}, {}{credits}", sale.title(), sale.name),
        lines,
    })
}

fn moved<'e>(movement: &'e Movement, codes: &mut Codes<'_>) -> Result<Entry<'e>, Overflow> {
    let settings = codes.settings;
    let receivables = codes.of_journal("receivables", &settings.receivables);
    let (other, name) = match movement.kind {
        MovementKind::Payment | MovementKind::Refund => (codes.of_journal("bank", &settings.bank), "Bank"),
        MovementKind::WriteOff => (codes.of_journal("write_offs", &settings.write_offs), "Write-offs"),
    };
    let none = String::new;
    let kind = movement.kind.name();
    Ok(Entry {
        date: movement.date,
        document: &movement.document,
        kind: if movement.takes_back { "reversal" } else { kind },
        customer: if movement.reference.is_empty() { &movement.account } else { &movement.reference },
        currency: movement.currency,
        narrative: match movement.takes_back {
            true => format!("{} taken back, {}", kind.replace('_', "-"), movement.account),
            false => format!("{}, {}", kind.replace('_', "-"), movement.account),
        },
        lines: vec![
            (other, name.to_owned(), none(), movement.amount.negated()?),
            (receivables, "Receivables".to_owned(), none(), movement.amount),
        ],
    })
}

fn write(entry: &Entry<'_>, table: &mut Table) {
    for (account, name, vat_code, amount) in &entry.lines {
        let written = |money: Option<Money>| {
            money.map(|money| Amount::new(money, entry.currency).to_string()).unwrap_or_default()
        };
        let credit = amount.negated().ok().filter(|credit| *credit > Money::ZERO);
        table.push(vec![
            entry.date.to_string(),
            text(entry.document, 100),
            entry.kind.to_owned(),
            text(entry.customer, 100),
            text(account, 100),
            text(name, 100),
            written(Some(*amount).filter(|debit| *debit >= Money::ZERO)),
            written(credit),
            entry.currency.code().to_owned(),
            text(vat_code, 100),
            text(&entry.narrative, 200),
        ]);
    }
}
