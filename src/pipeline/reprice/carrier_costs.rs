//! A period's usage → what carriers charge for it against what their own tariffs say (R14), by supplier, call type and
//! charge band. All amounts in the workspace's currency, but for usage that is not priced.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{PeriodUsage, Priced, Totals, Volume};
use crate::domain::book::{CallTypeId, SupplierId};
use crate::domain::disposition::Reason;
use crate::domain::money::{Currency, Percent, Price, Sum};
use crate::domain::usage::{Text, UsageRecord};
use crate::error::Result;

/// How far a record's cost may be from the expected one. It is beyond when it is further away than both allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerance {
    /// In the workspace's currency.
    pub amount: Price,
    /// Of the expected cost.
    pub percent: Percent,
}

/// Usage whose cost is in the file and in the carrier's tariff.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CheckedCost {
    /// How much usage.
    pub volume: Volume,
    /// What the files say.
    pub file: Sum<8>,
    /// What the carrier's tariff says.
    pub expected: Sum<8>,
    /// File less expected, summed from the records.
    pub difference: Sum<8>,
    /// Records beyond the tolerance.
    pub beyond: u64,
    /// File less expected of those.
    pub beyond_difference: Sum<8>,
}

/// Why a cost was not checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unchecked {
    /// The carrier has no tariff, or that has no row for it.
    NoWholesaleRow,
    /// The file states no cost.
    NoCostInFile,
    /// It is not priced now.
    SetAside(Reason),
}

/// Usage that was not checked, and where: the currency is that of the file if it is not priced, else the workspace's.
pub type UncheckedPlace = (SupplierId, Unchecked, Option<CallTypeId>, Currency);

/// Usage that was not checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UncheckedCost {
    /// Records.
    pub calls: u64,
    /// What the files say.
    pub file: Sum<8>,
}

/// A record beyond the tolerance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlier {
    /// As `explain` takes it.
    pub record: String,
    /// Whose file.
    pub supplier: SupplierId,
    /// What kind of usage.
    pub call_type: CallTypeId,
    /// What the file says.
    pub file: Price,
    /// What the carrier's tariff says.
    pub expected: Price,
}

/// Usage by supplier, call type and the supplier's charge band.
type CostPlace = (SupplierId, CallTypeId, Text);
/// The worst first; then by import and row.
type OutlierRank = (Reverse<u128>, i64, u32);

/// All usage of the period, checked or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CarrierCosts {
    /// Checked.
    pub checked: BTreeMap<CostPlace, CheckedCost>,
    /// Not checked.
    pub unchecked: BTreeMap<UncheckedPlace, UncheckedCost>,
    /// The records that are furthest away, worst first.
    pub worst: BTreeMap<OutlierRank, Outlier>,
}

/// How many of the worst records are kept.
pub const WORST: usize = 20;

/// Checks what carriers charge.
pub fn check_costs(usage: &PeriodUsage, tolerance: Tolerance) -> Result<CarrierCosts> {
    let workspace_currency = usage.engine.book.settings.currency;
    usage.total(|sums: &mut CarrierCosts, import, priced: Priced| {
        let rated = match priced {
            Ok(rated) => rated,
            Err(aside) => {
                let currency = aside.record.currency.unwrap_or(workspace_currency);
                let place = (import.supplier, Unchecked::SetAside(aside.reason), aside.call_type, currency);
                sums.unchecked(place, aside.record.cost.unwrap_or_default());
                return;
            }
        };
        let call_type = rated.matched.call_type;
        let why = match (rated.matched.record.cost, rated.expected_cost) {
            (None, _) => Unchecked::NoCostInFile,
            (Some(_), None) => Unchecked::NoWholesaleRow,
            (Some(_), Some(expected)) => {
                let (record, file) = (&rated.matched.record, rated.cost);
                let is_beyond = tolerance.is_exceeded(file, expected);
                if is_beyond {
                    let rank = (Reverse(apart(file, expected).unsigned_abs()), import.import, record.row);
                    let id = record.id(&import.file_name);
                    sums.rank(rank, Outlier { record: id, supplier: import.supplier, call_type, file, expected });
                }
                let place = (import.supplier, call_type, record.charge_band.clone());
                sums.checked.entry(place).or_default().add(record, file, expected, is_beyond);
                return;
            }
        };
        sums.unchecked((import.supplier, why, Some(call_type), workspace_currency), rated.cost);
    })
}

/// File less expected.
fn apart(file: Price, expected: Price) -> i128 {
    i128::from(file.scaled()) - i128::from(expected.scaled())
}

impl Tolerance {
    /// Is a cost further from the expected one than the amount, and than the percentage of the expected one?
    pub fn is_exceeded(&self, file: Price, expected: Price) -> bool {
        let apart = apart(file, expected).abs();
        let hundred_percent = i128::from(Percent::ONE.scaled()) * 100;
        let allowed = i128::from(expected.scaled()).abs() * i128::from(self.percent.scaled());
        apart > i128::from(self.amount.scaled()) && apart * hundred_percent > allowed
    }
}

impl CheckedCost {
    fn add(&mut self, record: &UsageRecord, file: Price, expected: Price, is_beyond: bool) {
        let difference = Sum::from_wide(apart(file, expected));
        self.volume.add(record);
        self.file.add(file);
        self.expected.add(expected);
        self.difference.merge(difference);
        if is_beyond {
            self.beyond += 1;
            self.beyond_difference.merge(difference);
        }
    }

    /// Adds another.
    pub fn merge(&mut self, other: Self) {
        self.volume.merge(other.volume);
        self.file.merge(other.file);
        self.expected.merge(other.expected);
        self.difference.merge(other.difference);
        self.beyond += other.beyond;
        self.beyond_difference.merge(other.beyond_difference);
    }

    /// Expected and difference are the file's.
    fn adds_up(&self) -> bool {
        self.expected.wide() + self.difference.wide() == self.file.wide()
    }
}

impl UncheckedCost {
    fn merge(&mut self, other: Self) {
        self.calls += other.calls;
        self.file.merge(other.file);
    }
}

impl CarrierCosts {
    /// What was checked, by supplier.
    pub fn suppliers(&self) -> BTreeMap<SupplierId, CheckedCost> {
        let mut suppliers = BTreeMap::<_, CheckedCost>::new();
        for ((supplier, _, _), checked) in &self.checked {
            suppliers.entry(*supplier).or_default().merge(*checked);
        }
        suppliers
    }

    /// What was checked, of all suppliers.
    pub fn total(&self) -> CheckedCost {
        let mut total = CheckedCost::default();
        self.checked.values().for_each(|checked| total.merge(*checked));
        total
    }

    fn unchecked(&mut self, place: UncheckedPlace, file: Price) {
        let one = UncheckedCost { calls: 1, file: [file].into_iter().sum() };
        self.unchecked.entry(place).or_default().merge(one);
    }

    /// Keeps a record if it is among the worst.
    fn rank(&mut self, rank: OutlierRank, outlier: Outlier) {
        self.worst.insert(rank, outlier);
        if self.worst.len() > WORST {
            self.worst.pop_last();
        }
    }
}

impl Totals for CarrierCosts {
    fn merge(&mut self, other: Self) {
        for (place, checked) in other.checked {
            self.checked.entry(place).or_default().merge(checked);
        }
        for (place, unchecked) in other.unchecked {
            self.unchecked.entry(place).or_default().merge(unchecked);
        }
        other.worst.into_iter().for_each(|(rank, outlier)| self.rank(rank, outlier));
    }

    fn counted(&self) -> u64 {
        self.total().volume.calls + self.unchecked.values().map(|unchecked| unchecked.calls).sum::<u64>()
    }

    fn check(&self) -> std::result::Result<(), String> {
        let total = self.total();
        match self.checked.values().chain([&total]).find(|checked| !checked.adds_up()) {
            None => Ok(()),
            Some(CheckedCost { file, expected, difference, .. }) => Err(format!(
                "the difference does not add up: expected {expected}, difference {difference}, file {file}"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_is_beyond_when_both_allowances_are_exceeded_r14() {
        // tolerance 0.01 and 1 %: file, expected, beyond?
        let rows = [
            ("0.10", "0.10", false),
            ("0.11", "0.10", false),    // 0.01 is not more than 0.01
            ("0.110001", "0.10", true), // 10.001 %
            ("0.089999", "0.10", true), // less than expected is a difference too
            ("10.05", "10.00", false),  // 0.5 %
            ("10.10", "10.00", false),  // 1 % is not more than 1 %
            ("10.100001", "10.00", true),
            ("0.02", "0", true),
            ("0", "0.005", false),
            ("-0.02", "0.02", true),
            ("-10.05", "-10.00", false),
        ];
        let tolerance = Tolerance { amount: price("0.01"), percent: Percent::parse("1").unwrap() };
        for (file, expected, beyond) in rows {
            assert_eq!(tolerance.is_exceeded(price(file), price(expected)), beyond, "R14: {file} for {expected}");
        }
        let exact = Tolerance { amount: Price::ZERO, percent: Percent::ZERO };
        assert!(exact.is_exceeded(price("0.00000001"), Price::ZERO) && !exact.is_exceeded(price("1"), price("1")));
        let far = (Price::from_scaled(i64::MIN), Price::from_scaled(i64::MAX));
        assert!(tolerance.is_exceeded(far.0, far.1), "X1: no wrap");
    }

    fn price(text: &str) -> Price {
        Price::parse(text).unwrap()
    }

    #[test]
    fn only_the_worst_are_kept_whatever_the_order() {
        let outlier = |row: u32| Outlier {
            record: row.to_string(),
            supplier: SupplierId(0),
            call_type: CallTypeId(0),
            file: Price::from_scaled(i64::from(row % 7)),
            expected: Price::ZERO,
        };
        let ranked = |rows: &mut dyn Iterator<Item = u32>| {
            let mut costs = CarrierCosts::default();
            rows.for_each(|row| costs.rank((Reverse(u128::from(row % 7)), 1, row), outlier(row)));
            costs.worst.into_values().map(|outlier| outlier.record).collect::<Vec<_>>()
        };
        let kept = ranked(&mut (0..70));
        assert_eq!(kept.len(), WORST);
        assert_eq!(kept[..3], ["6", "13", "20"], "the furthest first, then by row");
        assert_eq!(kept, ranked(&mut (0..70).rev()));
    }
}
