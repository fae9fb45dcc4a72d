//! A drafted bill and the customer's last ones → what a person should look at before it is posted (B15). Whole numbers only:
//! deviations are compared as squares. Says what is unusual, refuses nothing.

use super::CustomerBill;
use crate::domain::bill::Amount;
use crate::domain::book::Book;
use crate::domain::money::{Money, Rounding, Sum, divide};

/// What is unusual; each at most once for a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unusual {
    /// Ex VAT, it is far from the mean of the last three invoices.
    Total,
    /// What is on it costs more than it brings.
    NegativeMargin,
    /// There is usage, and nothing to pay for it.
    ZeroTotal,
    /// Far more usage is in suspense than in earlier runs.
    Suspense,
}

impl Unusual {
    /// The name used in files and commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Total => "unusual_total",
            Self::NegativeMargin => "negative_margin",
            Self::ZeroTotal => "zero_total",
            Self::Suspense => "unusual_suspense",
        }
    }
}

/// How many earlier invoices, or runs, something is compared with. With fewer there is no comparison.
pub const COMPARED: usize = 3;
/// Smallest difference that counts, in major units of the invoice's currency; of suspense, in records.
const LEAST: i128 = 100;
/// Smallest difference that counts, in percent of the mean.
const LEAST_PERCENT: i128 = 15;
/// What share of the usage that waits may be in suspense while there are no earlier runs to compare with, in percent.
const MOST_SUSPENSE_PERCENT: u128 = 10;

/// What is unusual about a bill, in the order of [`Unusual`], each with words. `last` are the customer's last invoices ex
/// VAT, the latest first.
pub fn unusual(book: &Book, bills: &[CustomerBill], last: &[Money]) -> Vec<(Unusual, String)> {
    let (Some(first), mut found) = (bills.first(), Vec::new()) else { return Vec::new() };
    let Ok(sum) = Money::total(bills.iter().map(|bill| bill.bill.totals.net.money)) else { return found };
    let net = Amount { money: sum, ..first.bill.totals.net };
    let least = LEAST * 10_i128.pow(net.digits);
    let minor = |money: &Money| i128::from(money.minor());
    if let Some(before) = last.first_chunk::<COMPARED>()
        && differs(before.each_ref().map(minor), minor(&net.money), least)
    {
        let mean = mean_of(before.each_ref().map(minor));
        let mean = Amount { money: Money::from_minor(i64::try_from(mean).unwrap_or(i64::MAX)), digits: net.digits };
        found.push((Unusual::Total, format!("{net} ex VAT, where the last three come to {mean} on average")));
    }
    // Costs are in the workspace's currency.
    if first.bill.currency == book.settings.currency {
        let mut cost = Sum::<8>::default();
        bills.iter().flat_map(|bill| &bill.bill.lines).for_each(|line| cost.add(line.cost));
        let sold: Sum<8> = Sum::from_wide(minor(&net.money) * 10_i128.pow(8 - net.digits.min(8)));
        if sold.wide() < cost.wide() {
            found.push((Unusual::NegativeMargin, format!("{net} ex VAT for what costs {}", cost.to_places(2))));
        }
    }
    let usage_records: u64 = bills.iter().map(|bill| bill.usage_records).sum();
    if net.money == Money::ZERO && usage_records > 0 {
        found.push((Unusual::ZeroTotal, format!("nothing to pay for {usage_records} usage records")));
    }
    found
}

/// Whether so many records in suspense, of so many that wait, are unusual, in words. `last` are those of the last posted
/// runs of earlier windows, the latest first.
pub fn unusual_suspense(records: u64, of: u64, last: &[u64]) -> Option<String> {
    match last.first_chunk::<COMPARED>() {
        Some(before) => {
            let before = before.map(i128::from);
            let now = i128::from(records);
            let mean = mean_of(before);
            (now > mean && differs(before, now, LEAST)).then(|| {
                format!("{records} usage records are in suspense, where the last three runs had {mean} on average")
            })
        }
        None => {
            let is_much = u128::from(records) * 100 > u128::from(of) * MOST_SUSPENSE_PERCENT;
            (is_much && i128::from(records) >= LEAST)
                .then(|| format!("{records} of {of} usage records that wait are in suspense"))
        }
    }
}

fn mean_of(before: [i128; COMPARED]) -> i128 {
    divide(before.iter().sum(), COMPARED as i128, Rounding::HalfUp)
}

/// Is the difference from the mean above the standard deviation (that of the three themselves), at least so much, and at
/// least 15 % of the mean?
fn differs(before: [i128; COMPARED], now: i128, least: i128) -> bool {
    let three = COMPARED as i128;
    let sum: i128 = before.iter().sum();
    // Three times the difference: then everything stays whole.
    let difference = (three * now - sum).abs();
    if difference < three * least || difference * 100 < sum.abs() * LEAST_PERCENT {
        return false;
    }
    // (d/3)² > Σ(a − mean)² / 3, times 27.
    let squared = |value: i128| value.checked_mul(value).unwrap_or(i128::MAX / 8);
    let deviations = before.iter().map(|one| squared(three * one - sum)).fold(0_i128, i128::saturating_add);
    squared(difference).saturating_mul(three) > deviations
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_conditions_together() {
        // In pence.
        for (before, now, expected) in [
            // Equal before: the deviation is nothing. £100.00 and 15 % both count from themselves on.
            ([20_000, 20_000, 20_000], 30_000, true),
            ([20_000, 20_000, 20_000], 29_999, false),
            ([20_000, 20_000, 20_000], 10_000, true),
            ([20_000, 20_000, 20_000], 10_001, false),
            ([100_000, 100_000, 100_000], 115_000, true),
            ([100_000, 100_000, 100_000], 114_999, false),
            // Mean 200, deviations −150, 0, 150: σ = √15,000 = 122.47….
            ([5_000, 20_000, 35_000], 32_247, false),
            ([5_000, 20_000, 35_000], 32_248, true),
            ([35_000, 5_000, 20_000], 7_752, true),
            ([35_000, 5_000, 20_000], 7_753, false),
            // Deviations −100, −100, 200 about 200: σ = √20,000 = 141.42….
            ([10_000, 10_000, 40_000], 34_142, false),
            ([10_000, 10_000, 40_000], 34_143, true),
            // A mean of nothing, and credits.
            ([0, 0, 0], 10_000, true),
            ([0, 0, 0], 9_999, false),
            ([-20_000, -20_000, -20_000], -30_000, true),
            ([-20_000, -20_000, -20_000], -10_001, false),
            // A mean with thirds: 100.333…; 100.00 more is 200.34, rounded up.
            ([10_000, 10_000, 10_100], 20_033, false),
            ([10_000, 10_000, 10_100], 20_034, true),
        ] {
            assert_eq!(differs(before, now, LEAST * 100), expected, "{before:?} {now}");
        }
    }

    #[test]
    fn the_deviation_itself_is_not_above_it() {
        // 0, 300, 600 about 300: Σd² = 180,000, σ² = 60,000; 3d² > Σd² needs d² > 60,000.
        assert!(!differs([0, 300, 600], 300 + 244, 1));
        assert!(differs([0, 300, 600], 300 + 245, 1));
        // 0, 0, 3 about 1: Σd² = 6, σ = √2.
        assert!(!differs([0, 0, 3], 2, 1) && differs([0, 0, 3], 3, 1));
    }

    #[test]
    fn the_largest_amounts_do_not_overflow() {
        let most = i128::from(i64::MAX);
        assert!(differs([0, 0, 0], most, 100));
        assert!(!differs([most, most, most], most, 100));
        let _ = differs([-most, most, -most], most, 100);
    }

    #[test]
    fn suspense_is_compared_with_earlier_runs() {
        for (records, of, last, expected) in [
            (100, 999, &[][..], true),
            (100, 1_000, &[], false),
            (99, 100, &[], false),
            (110, 1_000, &[0, 0], true),
            (100, 1_000_000, &[0, 0, 0], true),
            (99, 100, &[0, 0, 0], false),
            (1_100, 5_000, &[1_000, 1_000, 1_000], false),
            (1_150, 5_000, &[1_000, 1_000, 1_000], true),
            // Fewer are no reason to look.
            (0, 5_000, &[1_000, 1_000, 1_000], false),
        ] {
            assert_eq!(unusual_suspense(records, of, last).is_some(), expected, "{records} of {of} after {last:?}");
        }
    }
}
