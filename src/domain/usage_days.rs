//! Sums of a day's usage that alerts look at (L5). Exact; adds up, decides nothing.

use std::collections::BTreeMap;

use super::money::Sum;
use super::time::Date;

/// What was used on a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayUse {
    /// Records.
    pub calls: u64,
    /// Of them short outbound calls.
    pub short_calls: u64,
    /// What the customer pays before allowances and caps, in its currency.
    pub spend: Sum<6>,
    /// Of it at night and at the weekend.
    pub night_spend: Sum<6>,
}

impl DayUse {
    /// Adds another.
    pub fn merge(&mut self, other: Self) {
        self.calls += other.calls;
        self.short_calls += other.short_calls;
        self.spend.merge(other.spend);
        self.night_spend.merge(other.night_spend);
    }
}

/// Usage by day.
pub type UsageDays = BTreeMap<Date, DayUse>;
