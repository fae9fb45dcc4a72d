//! Records that cannot be billed → groups that fail alike, ranked by the money at stake: what a draft says of suspense.
//! Holds no record, and no more groups than fit: those beyond are counted together.

use ahash::AHashMap;

use super::Engine;
use super::unbilled::OpenImport;
use super::waiting::subject_of;
use crate::domain::book::SupplierId;
use crate::domain::disposition::Reason;
use crate::domain::money::{Currency, Sum};
use crate::domain::usage::{UsageRecord, WhyAside};

/// Records of one supplier that fail for one reason over one thing to mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuspenseGroup {
    /// Whose files they were in.
    pub supplier: SupplierId,
    /// Why (M9).
    pub reason: Reason,
    /// The identifier, number or call type at fault; empty for all those that are not told apart.
    pub subject: String,
    /// The id of the first of them.
    pub example: String,
    /// In which the supplier states amounts.
    pub currency: Currency,
    /// How many.
    pub records: u64,
    /// What is lost if they are never billed: the supplier's suggested retail price, else its charge, as its file states it.
    pub at_stake: Sum<8>,
}

/// Groups in the order in which their first records came.
#[derive(Clone, Debug, Default)]
pub struct SuspenseGroups {
    groups: Vec<SuspenseGroup>,
    places: AHashMap<(SupplierId, Reason, Currency, String), usize>,
}

/// Groups that are told apart; of the others only supplier, reason and currency are.
const MOST_GROUPS: usize = 50_000;

impl SuspenseGroups {
    /// Counts a record of an import: one that the book does not let pass, with why, or one that came again with other
    /// content (F2).
    pub fn add(&mut self, engine: &Engine, import: &OpenImport, record: &UsageRecord, why: Option<&WhyAside>) {
        let (reason, subject) = match why {
            Some(why) => (why.reason, subject_of(engine, record, why)),
            None => (Reason::ConflictingRecord, record.record_id.as_deref().unwrap_or_default().to_owned()),
        };
        let currency = record.currency.unwrap_or(engine.book.settings.currency);
        let known = self.places.contains_key(&(import.supplier, reason, currency, subject.clone()));
        self.add_group(SuspenseGroup {
            supplier: import.supplier,
            reason,
            subject,
            // Made for the first of a group only.
            example: if known { String::new() } else { record.id(&import.file_name) },
            currency,
            records: 1,
            at_stake: [record.suggested_retail.or(record.cost).unwrap_or_default()].into_iter().sum(),
        });
    }

    /// Adds the groups of records that came later.
    pub fn merge(&mut self, later: Self) {
        later.groups.into_iter().for_each(|group| self.add_group(group));
    }

    fn add_group(&mut self, mut group: SuspenseGroup) {
        let mut key = (group.supplier, group.reason, group.currency, std::mem::take(&mut group.subject));
        if self.groups.len() >= MOST_GROUPS && !self.places.contains_key(&key) {
            key.3.clear();
        }
        match self.places.get(&key) {
            Some(place) => {
                let known = &mut self.groups[*place];
                known.records += group.records;
                known.at_stake.merge(group.at_stake);
            }
            None => {
                self.places.insert(key.clone(), self.groups.len());
                self.groups.push(SuspenseGroup { subject: key.3, ..group });
            }
        }
    }

    /// The most money first, then the most records.
    pub fn ranked(self) -> Vec<SuspenseGroup> {
        let mut groups = self.groups;
        // Stable: what is equal stays in the order of the files.
        groups.sort_by(|a, b| b.at_stake.cmp(&a.at_stake).then(b.records.cmp(&a.records)));
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(subject: &str, records: u64, stake: i128) -> SuspenseGroup {
        SuspenseGroup {
            supplier: SupplierId(0),
            reason: Reason::UnknownCli,
            subject: subject.into(),
            example: format!("first of {subject}"),
            currency: Currency::GBP,
            records,
            at_stake: Sum::from_wide(stake),
        }
    }

    fn ranked(groups: SuspenseGroups) -> Vec<(String, u64, i128)> {
        groups.ranked().into_iter().map(|group| (group.subject, group.records, group.at_stake.wide())).collect()
    }

    #[test]
    fn the_most_money_stands_first() {
        let mut groups = SuspenseGroups::default();
        let all = [group("a", 1, 5), group("b", 9, 7), group("a", 2, 3), group("c", 3, 7)];
        all.into_iter().for_each(|one| groups.add_group(one));
        let first = groups.clone().ranked().remove(0);
        assert_eq!((first.subject.as_str(), first.example.as_str()), ("a", "first of a"));
        let expected = [("a".into(), 3, 8), ("b".into(), 9, 7), ("c".into(), 3, 7)];
        assert_eq!(ranked(groups), expected);
    }

    #[test]
    fn parts_put_together_are_the_whole() {
        let all: Vec<_> = (0..20).map(|n| group(&format!("s{}", n % 7), 1, 1 + n)).collect();
        let of = |some: &[SuspenseGroup]| {
            let mut groups = SuspenseGroups::default();
            some.iter().cloned().for_each(|one| groups.add_group(one));
            groups
        };
        for cut in 0..=all.len() {
            let mut parts = of(&all[..cut]);
            parts.merge(of(&all[cut..]));
            assert_eq!(parts.groups, of(&all).groups, "{cut}");
        }
    }

    #[test]
    fn what_does_not_fit_is_counted_together() {
        let mut groups = SuspenseGroups::default();
        (0..MOST_GROUPS + 5).for_each(|n| groups.add_group(group(&n.to_string(), 1, 1)));
        groups.add_group(group("0", 1, 1));
        let ranked = ranked(groups);
        assert_eq!(ranked.len(), MOST_GROUPS + 1);
        assert_eq!(ranked[0], (String::new(), 5, 5));
        assert_eq!(ranked.iter().map(|group| group.1).sum::<u64>(), MOST_GROUPS as u64 + 6);
    }
}
