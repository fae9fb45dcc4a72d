//! What of a draft cannot be billed → the groups with the most money at stake, and the sum over all.

use serde::{Deserialize, Serialize};

use crate::domain::book::Book;
use crate::domain::money::Sum;
use crate::pipeline::suspense::SuspenseGroup;

/// Usage in suspense, ranked by the money at stake.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuspenseReport {
    /// How many groups fail alike.
    pub groups: u64,
    /// Records in all of them.
    pub records: u64,
    /// The money at stake in those that the supplier states in the workspace's currency.
    pub at_stake: Sum<8>,
    /// The groups with the most.
    pub largest: Vec<SuspenseRow>,
}

/// Records that fail alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuspenseRow {
    /// Why (M9).
    pub reason: String,
    /// What to mend: the identifier, the number or the call type at fault; empty for those not told apart.
    pub subject: String,
    /// Whose files they were in.
    pub supplier: String,
    /// The id of one of them.
    pub example: String,
    /// In which `at_stake` is.
    pub currency: String,
    /// How many.
    pub records: u64,
    /// What is lost if they are never billed.
    pub at_stake: Sum<8>,
}

/// Groups that are kept with a run.
const MOST_KEPT: usize = 50;

impl SuspenseReport {
    /// Of groups that are ranked.
    pub fn new(book: &Book, ranked: &[SuspenseGroup]) -> Self {
        let row = |group: &SuspenseGroup| SuspenseRow {
            reason: group.reason.name().to_owned(),
            subject: group.subject.clone(),
            supplier: book.supplier(group.supplier).code.clone(),
            example: group.example.clone(),
            currency: group.currency.to_string(),
            records: group.records,
            at_stake: group.at_stake,
        };
        let mut at_stake = Sum::default();
        let own = ranked.iter().filter(|group| group.currency == book.settings.currency);
        own.for_each(|group| at_stake.merge(group.at_stake));
        Self {
            groups: ranked.len() as u64,
            records: ranked.iter().map(|group| group.records).sum(),
            at_stake,
            largest: ranked.iter().take(MOST_KEPT).map(row).collect(),
        }
    }
}
