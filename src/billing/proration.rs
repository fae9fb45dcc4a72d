//! The share of a period's price that a part of it costs (P4): an exact fraction with the words that explain it, and
//! the one rounding of a line (X3 b).

use crate::domain::money::{Currency, Money, Overflow, Price, Quantity, Rounding, divide, power_of_ten};

/// A part of a whole, between nothing and all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Share {
    numerator: i128,
    denominator: i128,
    /// `17/31 days`; empty for the whole.
    pub words: String,
}

/// So many days of a calendar month that counts as so many.
pub(super) type DaysOfMonth = (u32, u32);

impl Share {
    /// All of it.
    pub const WHOLE: Self = Self { numerator: 1, denominator: 1, words: String::new() };

    /// So many days of an interval of days.
    pub fn of_days(days: u32, of: u32) -> Self {
        if days == of {
            return Self::WHOLE;
        }
        Self { numerator: days.into(), denominator: of.into(), words: format!("{days}/{of} days") }
    }

    /// So many full months, and parts of others, of an interval of months. Each part is the days of one month of the
    /// interval, by the calendar months they are in; it never counts for more than that month.
    pub fn of_months(full: u32, parts: &[Vec<DaysOfMonth>], of: u32) -> Self {
        if parts.is_empty() && full == of {
            return Self::WHOLE;
        }
        let mut sum = (i128::from(full), 1);
        for part in parts {
            let days = part.iter().fold((0, 1), |sum, (days, of)| plus(sum, (i128::from(*days), i128::from(*of))));
            sum = plus(sum, if days.0 > days.1 { (1, 1) } else { days });
        }
        let (numerator, denominator) = plus((0, 1), (sum.0, sum.1 * i128::from(of)));
        Self { numerator, denominator, words: words_of_months(full, parts, of) }
    }

    /// Price × quantity × share, rounded once to the minor unit, half up (X3 b).
    pub fn amount(&self, price: Price, quantity: Quantity, currency: Currency) -> Result<Money, Overflow> {
        self.scaled(price, quantity, currency.digits).map(Money::from_minor)
    }

    /// Cost × quantity × share, rounded once to 8 decimals, half up. Never printed.
    pub fn cost(&self, cost: Price, quantity: Quantity) -> Result<Price, Overflow> {
        self.scaled(cost, quantity, 8).map(Price::from_scaled)
    }

    fn scaled(&self, price: Price, quantity: Quantity, digits: u32) -> Result<i64, Overflow> {
        let exact = i128::from(price.scaled()) * i128::from(quantity.scaled());
        let numerator = exact.checked_mul(self.numerator).and_then(|exact| exact.checked_mul(power_of_ten(digits)));
        let denominator = self.denominator * power_of_ten(8 + 4);
        i64::try_from(divide(numerator.ok_or(Overflow)?, denominator, Rounding::HalfUp)).map_err(|_| Overflow)
    }
}

/// Sum of two fractions in lowest terms. Denominators are products of 28 to 31 and the months of an interval: small.
fn plus(a: (i128, i128), b: (i128, i128)) -> (i128, i128) {
    let (numerator, denominator) = (a.0 * b.1 + b.0 * a.1, a.1 * b.1);
    let (mut divisor, mut rest) = (denominator, numerator);
    while rest != 0 {
        (divisor, rest) = (rest, divisor % rest);
    }
    (numerator / divisor, denominator / divisor)
}

/// `17/31 days`, `12/31 + 14/30 days`, `2 months + 10/31 days of 3 months`.
fn words_of_months(full: u32, parts: &[Vec<DaysOfMonth>], of: u32) -> String {
    let days: Vec<_> = parts.iter().flatten().map(|(days, of)| format!("{days}/{of}")).collect();
    let days = if days.is_empty() { String::new() } else { format!("{} days", days.join(" + ")) };
    let months = match full {
        0 => String::new(),
        1 => "1 month".to_owned(),
        full => format!("{full} months"),
    };
    let join = if months.is_empty() || days.is_empty() { "" } else { " + " };
    let of = if of == 1 { String::new() } else { format!(" of {of} months") };
    format!("{months}{join}{days}{of}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample::{pounds, price, quantity};

    fn check(share: &Share, each: &str, how_many: &str, expected: &str, words: &str) {
        let amount = share.amount(price(each), quantity(how_many), Currency::GBP).expect("in range");
        assert_eq!((amount, share.words.as_str()), (pounds(expected), words));
    }

    #[test]
    fn charges_a_share_rounded_once() {
        check(&Share::WHOLE, "20", "1", "20.00", "");
        // P4: 20 × 17/31 = 10.9677…
        check(&Share::of_months(0, &[vec![(17, 31)]], 1), "20", "1", "10.97", "17/31 days");
        // 20 × (12/31 + 14/30) = 7.7419… + 9.3333… = 17.0752…
        let spanning = Share::of_months(0, &[vec![(12, 31), (14, 30)]], 1);
        check(&spanning, "20", "1", "17.08", "12/31 + 14/30 days");
        // 16/31 + 14/28 = 1.016… is more than the month: 20.
        let long = Share::of_months(0, &[vec![(16, 31), (14, 28)]], 1);
        check(&long, "20", "1", "20.00", "16/31 + 14/28 days");
        // 90 × (2 + 10/31) / 3 = 60 + 9.6774…
        let quarter = Share::of_months(2, &[vec![(10, 31)]], 3);
        check(&quarter, "90", "1", "69.68", "2 months + 10/31 days of 3 months");
        // 100 × 1/3, and × 2/3.
        check(&Share::of_months(1, &[], 3), "100", "1", "33.33", "1 month of 3 months");
        check(&Share::of_months(2, &[], 3), "100", "1", "66.67", "2 months of 3 months");
        // 7 × 3/7.
        check(&Share::of_days(3, 7), "7", "1", "3.00", "3/7 days");
        check(&Share::of_days(7, 7), "7", "1", "7.00", "");
        // 0.125 × 1.5 = 0.1875; 0.01 × 0.5 = 0.005, half up and away from zero.
        check(&Share::WHOLE, "0.125", "1.5", "0.19", "");
        check(&Share::WHOLE, "0.01", "0.5", "0.01", "");
        check(&Share::WHOLE, "-0.01", "0.5", "-0.01", "");
    }

    #[test]
    fn refuses_amounts_out_of_range() {
        let most = Price::from_scaled(i64::MAX);
        assert_eq!(Share::WHOLE.amount(most, quantity("100000000000"), Currency::GBP), Err(Overflow));
        assert_eq!(Share::WHOLE.cost(most, quantity("2")), Err(Overflow));
    }
}
