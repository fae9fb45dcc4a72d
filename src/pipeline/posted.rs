//! The posted invoices and credit notes of a period → each of them read once, side by side, and summed as a report wants
//! it; beside that, what the ledger says they come to. Computes no sum of its own but that.

use std::collections::{BTreeMap, BTreeSet};

use super::reprice::Period;
use crate::domain::bill::{Bill, DocumentKind};
use crate::domain::money::{Currency, Money, Overflow};
use crate::error::{Error, Result};
use crate::ledger::{Ledger, PostedDocument};
use crate::progress::Progress;
use crate::workers::Workers;

/// Whose documents, of when.
pub struct PostedOf<'a> {
    /// Where they are.
    pub ledger: &'a Ledger,
    /// Who reads them.
    pub workers: &'a Workers,
    /// Their dates, which are the tax points (V4).
    pub period: Period,
    /// The period before it, whose documents are summed as well, but not counted.
    pub before: Option<Period>,
    /// Whose; everybody's if none.
    pub accounts: Option<&'a BTreeSet<String>>,
    /// Show no progress.
    pub quiet: bool,
}

/// Sums over documents. The order in which they come, and how they are grouped, must not matter (O4).
pub trait OfDocuments: Default + Send {
    /// Adds one.
    fn add(&mut self, bill: &Bill) -> std::result::Result<(), Overflow>;
    /// Adds the sums of others.
    fn merge(&mut self, other: Self) -> std::result::Result<(), Overflow>;
}

/// What the ledger says that documents of one currency come to, ex VAT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PostedSums {
    /// How many invoices.
    pub invoices: u64,
    /// Their sum.
    pub invoiced: Money,
    /// How many credit notes.
    pub credit_notes: u64,
    /// Their sum; negative.
    pub credited: Money,
}

impl PostedSums {
    /// Invoices less credit notes.
    pub fn net(&self) -> std::result::Result<Money, Overflow> {
        self.invoiced.plus(self.credited)
    }
}

/// Documents that are held at once for each thread.
const WINDOW: u32 = 256;

impl PostedOf<'_> {
    /// Sums them up.
    pub fn total<T: OfDocuments>(&self) -> Result<(T, BTreeMap<Currency, PostedSums>)> {
        let (mut total, mut sums) = (T::default(), BTreeMap::<Currency, PostedSums>::new());
        let days = (self.before.map_or(self.period.from, |before| before.from), self.period.to);
        let progress = Progress::new("reading invoices", self.ledger.documents_in(days)?, self.quiet);
        for kind in [DocumentKind::Invoice, DocumentKind::CreditNote] {
            let mut after = 0;
            loop {
                let threads = u32::try_from(self.workers.threads()).unwrap_or(1);
                let window = self.ledger.documents_between(kind, days, after, WINDOW * threads)?;
                let Some(last) = window.last() else { break };
                after = last.place;
                let is_meant = |document: &PostedDocument| {
                    self.accounts.is_none_or(|accounts| accounts.contains(&document.account))
                };
                progress.advance(window.len() as u64);
                let meant: Vec<_> = window.into_iter().filter(is_meant).collect();
                for document in meant.iter().filter(|document| document.date >= self.period.from) {
                    count(sums.entry(document.currency).or_default(), kind, document.net).map_err(too_much)?;
                }
                let parts = meant.chunks(WINDOW as usize / 4).collect();
                for part in self.workers.map(parts, sum_up::<T>) {
                    total.merge(part?).map_err(too_much)?;
                }
            }
        }
        progress.finish();
        Ok((total, sums))
    }
}

fn sum_up<T: OfDocuments>(documents: &[PostedDocument]) -> Result<T> {
    let mut part = T::default();
    for document in documents {
        part.add(&document.read()?).map_err(too_much)?;
    }
    Ok(part)
}

fn count(sums: &mut PostedSums, kind: DocumentKind, net: Money) -> std::result::Result<(), Overflow> {
    match kind {
        DocumentKind::Invoice => {
            sums.invoices += 1;
            sums.invoiced = sums.invoiced.plus(net)?;
        }
        DocumentKind::CreditNote => {
            sums.credit_notes += 1;
            sums.credited = sums.credited.plus(net)?;
        }
    }
    Ok(())
}

/// A sum that leaves its range (X1).
pub fn too_much(error: Overflow) -> Error {
    Error::refused(format!("the sums of the period: {error}"), "ask for a shorter period")
}
