//! Payments and what becomes of them: allocation to what is open, bounces, refunds, write-offs (L1–L3). Each adds entries
//! and allocations in one transaction; none changes what is there. Reads no file.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{OptionalExtension, params};

use crate::domain::money::{Currency, Money};
use crate::domain::open_items::{Credit, Debt, allocate};
use crate::domain::time::Date;

use super::account_entries::{AccountEntry, EntryKind, account_entries, allocations_of, find_entry};
use super::allocations::Settled;
use super::{Change, Ledger, LedgerError, LedgerWriter};

/// Money that moved: a payment in, or a refund out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// Whose account.
    pub account: String,
    /// How much; positive.
    pub amount: Money,
    /// Of the amount: that of the account.
    pub currency: Currency,
    /// When.
    pub date: Date,
    /// What the bank or the user calls it; once in an account among payments, once among refunds.
    pub reference: String,
    /// How.
    pub method: Option<String>,
    /// The invoice that a payment is to pay first.
    pub invoice: Option<String>,
    /// A word on it.
    pub note: Option<String>,
}

/// What is known of an invoice that a payment names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedInvoice {
    /// Whose it is.
    pub account: String,
    /// Was it voided?
    pub is_void: bool,
}

impl Ledger {
    /// Is a reference taken among the entries of this kind in an account?
    pub fn has_reference(&self, account: &str, kind: EntryKind, reference: &str) -> Result<bool, LedgerError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT 1 FROM entries WHERE account = ?1 AND kind = ?2 AND reference = ?3")?;
        Ok(query.exists(params![account, kind, reference])?)
    }

    /// The payment of a reference in an account, reversed or not.
    pub fn payment(&self, account: &str, reference: &str) -> Result<Option<AccountEntry>, LedgerError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT id FROM entries WHERE account = ?1 AND kind = ?2 AND reference = ?3")?;
        let id = query.query_row(params![account, EntryKind::Payment, reference], |row| row.get(0)).optional()?;
        id.map_or(Ok(None), |id| self.entry(id))
    }

    /// The invoice of a number, as far as a payment has to know it.
    pub fn named_invoice(&self, number: &str) -> Result<Option<NamedInvoice>, LedgerError> {
        let mut query = self.connection.prepare_cached(
            "SELECT account, EXISTS (SELECT 1 FROM voids v WHERE v.invoice = i.number) AS is_void
               FROM invoices i WHERE number = ?1",
        )?;
        let found = query
            .query_row([number], |row| Ok(NamedInvoice { account: row.get("account")?, is_void: row.get("is_void")? }));
        Ok(found.optional()?)
    }
}

impl LedgerWriter {
    /// Posts payments, all or none, then lets all credit of their accounts pay what is open (L2): what they name first,
    /// the rest oldest first. The order in which they are given does not matter for what is paid. On a dry run nothing
    /// stays.
    ///
    /// # Errors
    /// `Refused`: an unknown customer, an amount that is not positive, another currency than the account's, a repeated
    /// reference, an invoice that is not there, voided or somebody else's.
    pub fn record_payments(&mut self, payments: &[Movement], dry_run: bool) -> Result<Vec<Settled>, LedgerError> {
        let change = self.begin()?;
        let (mut ids, mut named) = (Vec::new(), BTreeMap::new());
        for payment in payments {
            let id = change.add_movement(EntryKind::Payment, payment)?;
            if let Some(invoice) = &payment.invoice {
                named.insert(id, change.debt_of_invoice(payment, invoice)?);
            }
            ids.push(id);
        }
        let accounts: BTreeSet<&str> = payments.iter().map(|payment| payment.account.as_str()).collect();
        for account in &accounts {
            change.allocate_account(account, &named)?;
        }
        let settled = ids.iter().map(|id| change.settled(*id)).collect::<Result<Vec<_>, _>>()?;
        for one in &settled {
            change.audit_settled(one)?;
        }
        change.end(dry_run)?;
        Ok(settled)
    }

    /// Gives money back (a refund), out of the credit of the account, the oldest first.
    ///
    /// # Errors
    /// `Refused` as for payments, and if it is more than we owe the customer.
    pub fn record_refund(&mut self, refund: &Movement, dry_run: bool) -> Result<Settled, LedgerError> {
        let what = || format!("refund {} to {}", refund.amount.format(refund.currency), refund.account);
        let change = self.begin()?;
        let id = change.add_movement(EntryKind::Refund, refund)?;
        let entries = account_entries(&change, &refund.account)?;
        let after = total(entries.iter().map(|entry| entry.amount), what)?;
        if after > Money::ZERO {
            let credit = refund.amount.minus(after).unwrap_or_default().max(Money::ZERO).format(refund.currency);
            let hint = "refund at most that; see `tollbook customer statement ACCOUNT`";
            return Err(LedgerError::refused(what(), format!("the credit on the account is {credit}"), hint));
        }
        let debt = Debt { entry: id, due: refund.date, open: refund.amount };
        let credits: Vec<Credit> = entries.iter().filter_map(|entry| entry.credit(None)).collect();
        change.keep_allocations(&allocate(&credits, &[debt]), &entries)?;
        let settled = change.settled(id)?;
        change.audit_settled(&settled)?;
        change.end(dry_run)?;
        Ok(settled)
    }

    /// Takes a payment, a refund or a write-off back, once: a reversal of the opposite amount. What it had paid is open
    /// again.
    ///
    /// # Errors
    /// `Refused`: no such entry; one of another kind; one that was reversed; a date before the entry's.
    pub fn reverse_entry(&mut self, id: i64, on: Date, dry_run: bool) -> Result<Settled, LedgerError> {
        let change = self.begin()?;
        let refuse = |why: String, hint: &str| Err(LedgerError::refused(format!("reverse entry {id}"), why, hint));
        let Some(entry) = find_entry(&change, id)? else {
            return refuse("there is no such entry".into(), "see `tollbook payment list`");
        };
        match entry.kind {
            EntryKind::Payment | EntryKind::Refund | EntryKind::WriteOff => {}
            EntryKind::Invoice => return refuse(format!("it is {}", entry.title()), "invoices are voided or credited"),
            _ => return refuse(format!("it is {}", entry.title()), "payments, refunds and write-offs are reversed"),
        }
        if let Some(by) = entry.reversed_by {
            return refuse(format!("it was reversed by entry {by}"), "an entry is reversed once");
        }
        if on < entry.date {
            return refuse(format!("{on} is before its date {}", entry.date), "give a later --date");
        }
        let reversed = change.add_reversal(&entry, on)?;
        let settled = change.settled(reversed)?;
        change.audit_settled(&settled)?;
        change.end(dry_run)?;
        Ok(settled)
    }

    /// Gives up what a customer that is gone owes (L3): one entry of the exact balance, which pays all that is open.
    ///
    /// # Errors
    /// `Refused`: the customer is not there, not dropped or cancelled, or owes nothing.
    pub fn write_off(&mut self, account: &str, on: Date, dry_run: bool) -> Result<Settled, LedgerError> {
        let refuse =
            |why: String, hint: &str| Err(LedgerError::refused(format!("write off what {account} owes"), why, hint));
        let change = self.begin()?;
        let Some(status) = change.status_of(account)? else {
            return refuse("there is no such customer".into(), "see `tollbook customer list`");
        };
        if !matches!(status.as_str(), "dropped" | "cancelled") {
            let hint = "only what customers that are gone owe is written off; drop it first, or make a credit note";
            return refuse(format!("it is {status} (L3)"), hint);
        }
        change.allocate_account(account, &BTreeMap::new())?;
        let entries = account_entries(&change, account)?;
        let balance = total(entries.iter().map(|entry| entry.amount), || format!("sum up {account}"))?;
        let Some(currency) = entries.first().map(|entry| entry.currency).filter(|_| balance > Money::ZERO) else {
            return match entries.first() {
                Some(entry) if balance < Money::ZERO => {
                    let why = format!("its balance is {}: it owes nothing", balance.format(entry.currency));
                    refuse(why, "give a credit back with `tollbook payment refund`")
                }
                _ => refuse("it owes nothing".into(), "nothing is left to do"),
            };
        };
        let amount = balance.negated().unwrap_or_default();
        let note = change.actor.reason.as_deref();
        let entry = NewEntry { note, ..NewEntry::of(account, EntryKind::WriteOff, amount, currency, on) };
        let id = change.insert_entry(&entry)?;
        change.allocate_account(account, &BTreeMap::new())?;
        let settled = change.settled(id)?;
        change.audit_settled(&settled)?;
        change.end(dry_run)?;
        Ok(settled)
    }
}

/// An entry to be written.
struct NewEntry<'a> {
    account: &'a str,
    kind: EntryKind,
    amount: Money,
    currency: Currency,
    date: Date,
    reference: Option<&'a str>,
    method: Option<&'a str>,
    note: Option<&'a str>,
    reverses: Option<i64>,
}

impl<'a> NewEntry<'a> {
    fn of(account: &'a str, kind: EntryKind, amount: Money, currency: Currency, date: Date) -> Self {
        Self { account, kind, amount, currency, date, reference: None, method: None, note: None, reverses: None }
    }
}

fn total(amounts: impl Iterator<Item = Money>, what: impl Fn() -> String) -> Result<Money, LedgerError> {
    Money::total(amounts).map_err(|error| LedgerError::refused(what(), error.to_string(), "check the amounts"))
}

impl Change<'_> {
    fn status_of(&self, account: &str) -> Result<Option<String>, LedgerError> {
        let mut query =
            self.prepare_cached("SELECT coalesce(status, 'active') FROM book_customers WHERE account = ?1")?;
        Ok(query.query_row([account], |row| row.get(0)).optional()?)
    }

    /// The last defence: whoever asks has looked at all of it before, to report everything at once.
    fn add_movement(&self, kind: EntryKind, movement: &Movement) -> Result<i64, LedgerError> {
        let Movement { account, amount, currency, reference, .. } = movement;
        let refuse = |why: &str, hint: &str| {
            Err(LedgerError::refused(format!("post the {} {reference} of {account}", kind.name()), why, hint))
        };
        if self.status_of(account)?.is_none() {
            return refuse("there is no such customer", "see `tollbook customer list`");
        }
        if *amount <= Money::ZERO || reference.trim().is_empty() {
            return refuse("its amount is not positive, or it has no reference", "correct it");
        }
        let signed = match kind {
            EntryKind::Payment => amount.negated().unwrap_or_default(),
            _ => *amount,
        };
        let entry = NewEntry {
            reference: Some(reference),
            method: movement.method.as_deref(),
            note: movement.note.as_deref(),
            ..NewEntry::of(account, kind, signed, *currency, movement.date)
        };
        match self.insert_entry(&entry) {
            Err(LedgerError::Refused { why, .. }) if why.contains("entries.reference") => {
                refuse("the reference is taken", "it was entered before, or needs another reference")
            }
            inserted => inserted,
        }
    }

    fn insert_entry(&self, entry: &NewEntry<'_>) -> Result<i64, LedgerError> {
        self.prepare_cached(
            "INSERT INTO entries (account, kind, amount_minor, currency, date, reference, method, note, reverses, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            entry.account,
            entry.kind,
            entry.amount.minor(),
            entry.currency.code(),
            entry.date.to_string(),
            entry.reference,
            entry.method,
            entry.note,
            entry.reverses,
            self.actor.at,
        ])?;
        Ok(self.last_insert_rowid())
    }

    /// The entry of the invoice that a payment names.
    fn debt_of_invoice(&self, payment: &Movement, invoice: &str) -> Result<i64, LedgerError> {
        let mut query = self.prepare_cached(
            "SELECT id FROM entries e WHERE invoice = ?1 AND kind = 'invoice' AND account = ?2
               AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.invoice = e.invoice)",
        )?;
        let found = query.query_row([invoice, &payment.account], |row| row.get(0)).optional()?;
        found.ok_or_else(|| {
            let what = format!("let the payment {} pay the invoice {invoice}", payment.reference);
            let why = format!("{} has no such invoice, or it was voided", payment.account);
            LedgerError::refused(what, why, "see `tollbook invoice list --account ACCOUNT`")
        })
    }

    /// The reversal of an entry: its allocations are taken back, and the two settle each other.
    fn add_reversal(&self, entry: &AccountEntry, on: Date) -> Result<i64, LedgerError> {
        let amount = entry.amount.negated().unwrap_or_default();
        let id = self.insert_entry(&NewEntry {
            reverses: Some(entry.id),
            note: self.actor.reason.as_deref(),
            ..NewEntry::of(&entry.account, EntryKind::Reversal, amount, entry.currency, on)
        })?;
        let entries = account_entries(self, &entry.account)?;
        let find = |id: i64| entries.iter().find(|entry| entry.id == id);
        for made in allocations_of(self, &entry.account)? {
            if (made.credit == entry.id || made.debt == entry.id)
                && let Some(debt) = find(made.debt)
            {
                self.keep_allocation(made.credit, debt, made.amount.negated().unwrap_or_default(), on)?;
            }
        }
        let (credit, debt) = if entry.is_debt() { (id, entry.id) } else { (entry.id, id) };
        if let Some(debt) = find(debt) {
            let amount = if entry.is_debt() { entry.amount } else { amount };
            self.keep_allocation(credit, debt, amount, on)?;
        }
        Ok(id)
    }
}
