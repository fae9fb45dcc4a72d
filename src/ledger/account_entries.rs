//! The entries of accounts as they stand: what is not paid of those that raised the balance, and not used of those that
//! lowered it (L1, L2). Reads only; [`super::payments`] writes.

use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, Row, ToSql, params};

use crate::domain::money::{Currency, Money};
use crate::domain::open_items::{Credit, Debt};
use crate::domain::time::Date;

use super::columns::{date, money, named, optional};
use super::{Ledger, LedgerError};

/// What an entry is of (L1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// What was owed when the book began.
    OpeningBalance,
    /// An invoice.
    Invoice,
    /// A credit note.
    CreditNote,
    /// Money that came in.
    Payment,
    /// Money that was given back.
    Refund,
    /// A debt that was given up (L3).
    WriteOff,
    /// What takes a payment, a refund or a write-off back.
    Reversal,
}

impl EntryKind {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::OpeningBalance,
        Self::Invoice,
        Self::CreditNote,
        Self::Payment,
        Self::Refund,
        Self::WriteOff,
        Self::Reversal,
    ];

    /// The name used in the ledger.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpeningBalance => "opening_balance",
            Self::Invoice => "invoice",
            Self::CreditNote => "credit_note",
            Self::Payment => "payment",
            Self::Refund => "refund",
            Self::WriteOff => "write_off",
            Self::Reversal => "reversal",
        }
    }

    /// The name for people.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::OpeningBalance => "opening balance",
            Self::CreditNote => "credit note",
            Self::WriteOff => "write-off",
            _ => self.name(),
        }
    }

    /// Reads the name used in the ledger.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }
}

impl ToSql for EntryKind {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.name().into())
    }
}

/// An entry of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountEntry {
    /// Its number; counts up as entries are posted.
    pub id: i64,
    /// Whose.
    pub account: String,
    /// What it is of.
    pub kind: EntryKind,
    /// Positive raises what the customer owes.
    pub amount: Money,
    /// Of the amount.
    pub currency: Currency,
    /// Its date.
    pub date: Date,
    /// When it is due: of an invoice its due date, of all else its date.
    pub due: Date,
    /// The invoice that it is of.
    pub invoice: Option<String>,
    /// The credit note that it is of.
    pub credit_note: Option<String>,
    /// What the bank or the user calls it.
    pub reference: Option<String>,
    /// How it was paid.
    pub method: Option<String>,
    /// A word on it.
    pub note: Option<String>,
    /// The entry that it takes back.
    pub reverses: Option<i64>,
    /// The entry that takes it back.
    pub reversed_by: Option<i64>,
    /// What is not paid of one that raised the balance, what is not used of one that lowered it; not negative.
    pub open: Money,
}

impl AccountEntry {
    /// Did it raise what the customer owes?
    pub fn is_debt(&self) -> bool {
        self.amount > Money::ZERO
    }

    /// As a debt to be paid, if any of it is open.
    pub fn debt(&self) -> Option<Debt> {
        (self.is_debt() && self.open > Money::ZERO).then_some(Debt { entry: self.id, due: self.due, open: self.open })
    }

    /// As a credit to be used, if any of it is left.
    pub fn credit(&self, named: Option<i64>) -> Option<Credit> {
        let is_credit = self.amount < Money::ZERO && self.open > Money::ZERO;
        is_credit.then_some(Credit { entry: self.id, date: self.date, left: self.open, named })
    }

    /// What a person calls it: the invoice's number, else its kind with its reference.
    pub fn title(&self) -> String {
        let number = self.invoice.as_deref().filter(|_| self.kind == EntryKind::Invoice);
        match number.or(self.credit_note.as_deref()).or(self.reference.as_deref()) {
            Some(name) => format!("{} {name}", self.kind.in_words()),
            None => self.kind.in_words().to_owned(),
        }
    }
}

/// What pays what, by entry of the credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAllocation {
    /// The entry of the credit.
    pub credit: i64,
    /// The entry of the debt.
    pub debt: i64,
    /// How much, reversals taken off; positive.
    pub amount: Money,
}

const ENTRIES: &str = "
    WITH used AS (SELECT a.entry, a.invoice, a.debit, a.amount_minor, coalesce(a.date, c.date) AS on_date
      FROM allocations a JOIN entries c ON c.id = a.entry)
    SELECT e.*, i.due_date, (SELECT r.id FROM entries r WHERE r.reverses = e.id) AS reversed_by,
      CASE WHEN e.amount_minor < 0
        THEN -e.amount_minor - coalesce((SELECT sum(u.amount_minor) FROM used u
          WHERE u.entry = e.id AND (?2 IS NULL OR u.on_date <= ?2)), 0)
        ELSE e.amount_minor - coalesce((SELECT sum(u.amount_minor) FROM used u
          WHERE u.debit = e.id AND (?2 IS NULL OR u.on_date <= ?2)), 0)
          - CASE WHEN e.kind = 'invoice' THEN coalesce((SELECT sum(u.amount_minor) FROM used u
            WHERE u.invoice = e.invoice AND (?2 IS NULL OR u.on_date <= ?2)), 0) ELSE 0 END
      END AS open_minor
    FROM entries e LEFT JOIN invoices i ON i.number = e.invoice AND e.kind = 'invoice'";

impl Ledger {
    /// The entries of an account in the order of posting.
    pub fn entries(&self, account: &str) -> Result<Vec<AccountEntry>, LedgerError> {
        account_entries(&self.connection, account)
    }

    /// The entries of all accounts, by account and in the order of posting; only those dated up to a day if one is given,
    /// and as they stood then.
    pub fn all_entries(&self, up_to: Option<Date>) -> Result<Vec<AccountEntry>, LedgerError> {
        let sql = format!("{ENTRIES} WHERE ?1 IS NULL AND (?2 IS NULL OR e.date <= ?2) ORDER BY e.account, e.id");
        let mut query = self.connection.prepare_cached(&sql)?;
        let nobody: Option<&str> = None;
        let rows = query.query_map(params![nobody, up_to.map(|day| day.to_string())], read_entry)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One entry.
    pub fn entry(&self, id: i64) -> Result<Option<AccountEntry>, LedgerError> {
        find_entry(&self.connection, id)
    }

    /// What pays what in an account, by credit and debt.
    pub fn allocations(&self, account: &str) -> Result<Vec<StoredAllocation>, LedgerError> {
        allocations_of(&self.connection, account)
    }
}

pub(super) fn account_entries(connection: &Connection, account: &str) -> Result<Vec<AccountEntry>, LedgerError> {
    let sql = format!("{ENTRIES} WHERE e.account = ?1 AND ?2 IS NULL ORDER BY e.id");
    let mut query = connection.prepare_cached(&sql)?;
    let no_day: Option<&str> = None;
    let rows = query.query_map(params![account, no_day], read_entry)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn find_entry(connection: &Connection, id: i64) -> Result<Option<AccountEntry>, LedgerError> {
    let sql = format!("{ENTRIES} WHERE e.id = ?1 AND ?2 IS NULL");
    let mut query = connection.prepare_cached(&sql)?;
    let no_day: Option<&str> = None;
    let found = query.query_map(params![id, no_day], read_entry)?.next();
    Ok(found.transpose()?)
}

pub(super) fn allocations_of(connection: &Connection, account: &str) -> Result<Vec<StoredAllocation>, LedgerError> {
    let mut query = connection.prepare_cached(
        "SELECT a.entry AS credit, coalesce(a.debit, i.id) AS debt, sum(a.amount_minor) AS amount_minor
           FROM allocations a JOIN entries c ON c.id = a.entry
           LEFT JOIN entries i ON i.invoice = a.invoice AND i.kind = 'invoice'
          WHERE c.account = ?1 GROUP BY credit, debt HAVING sum(a.amount_minor) <> 0 ORDER BY credit, debt",
    )?;
    let rows = query.query_map([account], |row| {
        Ok(StoredAllocation { credit: row.get("credit")?, debt: row.get("debt")?, amount: money(row, "amount_minor")? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn read_entry(row: &Row<'_>) -> rusqlite::Result<AccountEntry> {
    let on = date(row, "date")?;
    Ok(AccountEntry {
        id: row.get("id")?,
        account: row.get("account")?,
        kind: named(row, "kind", EntryKind::parse)?,
        amount: money(row, "amount_minor")?,
        currency: named(row, "currency", Currency::parse)?,
        date: on,
        due: optional(row, "due_date", Date::parse)?.unwrap_or(on),
        invoice: row.get("invoice")?,
        credit_note: row.get("credit_note")?,
        reference: row.get("reference")?,
        method: row.get("method")?,
        note: row.get("note")?,
        reverses: row.get("reverses")?,
        reversed_by: row.get("reversed_by")?,
        open: money(row, "open_minor")?,
    })
}
