//! What pays what: credit of accounts let loose on what is open (L2), kept as allocations, and read back with the entries
//! on the other side. Which pays which is decided in [`crate::domain::open_items`].

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::params;
use serde_json::{Value, json};

use crate::domain::money::Money;
use crate::domain::open_items::{Allocation, Debt, allocate};
use crate::domain::time::Date;

use super::account_entries::{AccountEntry, EntryKind, account_entries, allocations_of, find_entry};
use super::{Change, LedgerError, LedgerWriter};

/// A posted entry and what it paid, or what paid it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The entry as it stands.
    pub entry: AccountEntry,
    /// The entries on the other side, each with an amount, in the order of posting.
    pub against: Vec<(AccountEntry, Money)>,
}

impl LedgerWriter {
    /// Lets the credit of accounts, or of all, pay what is open (L2): of each account in which anything was paid, what
    /// pays what.
    pub fn allocate_credit(&mut self, account: Option<&str>, dry_run: bool) -> Result<Vec<Settled>, LedgerError> {
        let change = self.begin()?;
        let accounts: Vec<String> = match account {
            Some(account) => vec![account.to_owned()],
            None => {
                let mut query = change.prepare("SELECT DISTINCT account FROM entries ORDER BY account")?;
                let rows = query.query_map([], |row| row.get(0))?;
                rows.collect::<Result<_, _>>()?
            }
        };
        let mut settled = Vec::new();
        for account in &accounts {
            let made = change.allocate_account(account, &BTreeMap::new())?;
            let credits: BTreeSet<i64> = made.iter().map(|one| one.credit).collect();
            for credit in credits {
                let mut one = change.settled(credit)?;
                one.against = made
                    .iter()
                    .filter(|made| made.credit == credit)
                    .filter_map(|made| Some((find_entry(&change, made.debt).ok()??, made.amount)))
                    .collect();
                change.audit_settled(&one)?;
                settled.push(one);
            }
        }
        change.end(dry_run)?;
        Ok(settled)
    }
}

impl Change<'_> {
    /// Lets all credit of an account pay what is open; `named` says which debts credits are for.
    pub(super) fn allocate_account(
        &self,
        account: &str,
        named: &BTreeMap<i64, i64>,
    ) -> Result<Vec<Allocation>, LedgerError> {
        let entries = account_entries(self, account)?;
        let debts: Vec<Debt> = entries.iter().filter_map(AccountEntry::debt).collect();
        let credits = entries.iter().filter_map(|entry| entry.credit(named.get(&entry.id).copied()));
        let made = allocate(&credits.collect::<Vec<_>>(), &debts);
        self.keep_allocations(&made, &entries)?;
        Ok(made)
    }

    pub(super) fn keep_allocations(&self, made: &[Allocation], entries: &[AccountEntry]) -> Result<(), LedgerError> {
        let find = |id: i64| entries.iter().find(|entry| entry.id == id);
        for one in made {
            if let (Some(credit), Some(debt)) = (find(one.credit), find(one.debt)) {
                self.keep_allocation(credit.id, debt, one.amount, credit.date.max(debt.date))?;
            }
        }
        Ok(())
    }

    pub(super) fn keep_allocation(
        &self,
        credit: i64,
        debt: &AccountEntry,
        amount: Money,
        on: Date,
    ) -> Result<(), LedgerError> {
        let invoice = debt.invoice.as_deref().filter(|_| debt.kind == EntryKind::Invoice);
        let debit = if invoice.is_some() { None } else { Some(debt.id) };
        self.prepare_cached(
            "INSERT INTO allocations (entry, invoice, debit, amount_minor, date) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![credit, invoice, debit, amount.minor(), on.to_string()])?;
        Ok(())
    }

    /// An entry with what is on the other side of it.
    pub(super) fn settled(&self, id: i64) -> Result<Settled, LedgerError> {
        let missing = || LedgerError::Damaged { why: format!("entry {id} is not there") };
        let entry = find_entry(self, id)?.ok_or_else(missing)?;
        let mut against = Vec::new();
        for made in allocations_of(self, &entry.account)? {
            let other = match id {
                _ if made.credit == id => made.debt,
                _ if made.debt == id => made.credit,
                _ => continue,
            };
            against.push((find_entry(self, other)?.ok_or_else(missing)?, made.amount));
        }
        Ok(Settled { entry, against })
    }

    pub(super) fn audit_settled(&self, settled: &Settled) -> Result<(), LedgerError> {
        let Settled { entry, against } = settled;
        let against: Vec<Value> = against
            .iter()
            .map(|(other, amount)| json!({"entry": other.id, "of": other.title(), "amount": amount.format(entry.currency)}))
            .collect();
        let after = json!({
            "entry": entry.id,
            "kind": entry.kind.name(),
            "amount": entry.amount.format(entry.currency),
            "currency": entry.currency.code(),
            "date": entry.date,
            "reference": entry.reference,
            "reverses": entry.reverses,
            "against": against,
        });
        self.audit("entry", &entry.account, None, Some(&after.to_string()))
    }
}
