//! Calls → the rows that an itemisation lists: each call above the customer's threshold (`itemise_above`) by itself, those
//! at or below it added up by line, cost centre, class, kind and whether an allowance or a cap covered them. The same for
//! the PDF, the CSV file and the workbook. Nothing is lost: records, units and charges of the rows are those of the calls.

use std::collections::HashMap;

use super::language::Style;
use crate::domain::bill::ItemisedCall;
use crate::domain::money::{CallCharge, Sum};

/// A row of an itemisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemisedRow<'c> {
    /// One call.
    Call(&'c ItemisedCall),
    /// Calls that are not listed one by one.
    Sum(Box<SummedCalls<'c>>),
}

/// Calls at or below the threshold, added up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummedCalls<'c> {
    /// The line (CLI) of all of them.
    pub cli: &'c str,
    /// The name of their cost centre; empty for none.
    pub cost_centre: &'c str,
    /// Their class, as in files; empty for none.
    pub class: &'static str,
    /// `voice`, `data`, `sms`, `event`.
    pub kind: &'static str,
    /// `billed`, `allowance` or `capped`.
    pub disposition: &'static str,
    /// Each of them is charged at most so much.
    pub threshold: CallCharge,
    /// How many.
    pub records: u64,
    /// Seconds, bytes or count. The sums of the bill, which hold all calls, are as wide.
    pub units: u64,
    /// The sum of their charges, exact.
    pub charge: Sum<6>,
    /// When the first of them began, as it is written.
    pub first: &'c str,
    /// When the last of them began.
    pub last: &'c str,
}

impl ItemisedRow<'_> {
    /// The line (CLI).
    pub fn cli(&self) -> &str {
        match self {
            Self::Call(call) => &call.cli,
            Self::Sum(sum) => sum.cli,
        }
    }

    /// The name of the cost centre; empty for none.
    pub fn cost_centre(&self) -> &str {
        match self {
            Self::Call(call) => &call.cost_centre,
            Self::Sum(sum) => sum.cost_centre,
        }
    }

    /// How many calls it stands for.
    pub fn records(&self) -> u64 {
        match self {
            Self::Call(_) => 1,
            Self::Sum(sum) => sum.records,
        }
    }

    /// Seconds, bytes or count.
    pub fn units(&self) -> u64 {
        match self {
            Self::Call(call) => call.units,
            Self::Sum(sum) => sum.units,
        }
    }

    /// `voice`, `data`, `sms`, `event`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Call(call) => call.kind,
            Self::Sum(sum) => sum.kind,
        }
    }

    /// The class, as in files; empty for none.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Call(call) => call.class,
            Self::Sum(sum) => sum.class,
        }
    }

    /// `billed`, `allowance` or `capped`.
    pub fn disposition(&self) -> &'static str {
        match self {
            Self::Call(call) => call.disposition,
            Self::Sum(sum) => sum.disposition,
        }
    }

    /// What is charged, exact.
    pub fn charge(&self) -> Sum<6> {
        match self {
            Self::Call(call) => [call.charge].into_iter().sum(),
            Self::Sum(sum) => sum.charge,
        }
    }
}

/// The rows: calls in the order given, and behind them the sums in the order in which the calls first ask for each. A call
/// that gives something back counts by its size. Without a threshold each call is a row.
pub fn summed_below(calls: &[ItemisedCall], threshold: Option<CallCharge>) -> Vec<ItemisedRow<'_>> {
    let Some(threshold) = threshold else { return calls.iter().map(ItemisedRow::Call).collect() };
    let mut rows = Vec::new();
    let mut sums: Vec<SummedCalls<'_>> = Vec::new();
    let mut places = HashMap::new();
    for call in calls {
        if call.charge.scaled().unsigned_abs() > threshold.scaled().unsigned_abs() {
            rows.push(ItemisedRow::Call(call));
            continue;
        }
        let key = (&*call.cli, &*call.cost_centre, call.class, call.kind, call.disposition);
        let place = *places.entry(key).or_insert_with(|| {
            sums.push(empty_sum(call, threshold));
            sums.len() - 1
        });
        sums[place].add(call);
    }
    rows.extend(sums.into_iter().map(|sum| ItemisedRow::Sum(Box::new(sum))));
    rows
}

/// `183 records at or below £0.05 each`; the price is ready to print.
pub(super) fn words_of(sum: &SummedCalls<'_>, style: Style, price: &str) -> String {
    style.counted("itemisation.summed", sum.records).replace("{price}", price)
}

fn empty_sum(call: &ItemisedCall, threshold: CallCharge) -> SummedCalls<'_> {
    SummedCalls {
        cli: &call.cli,
        cost_centre: &call.cost_centre,
        class: call.class,
        kind: call.kind,
        disposition: call.disposition,
        threshold,
        records: 0,
        units: 0,
        charge: Sum::default(),
        first: &call.started_at,
        last: &call.started_at,
    }
}

impl<'c> SummedCalls<'c> {
    fn add(&mut self, call: &'c ItemisedCall) {
        self.records = self.records.saturating_add(1);
        self.units = self.units.saturating_add(call.units);
        self.charge.add(call.charge);
        self.first = self.first.min(&call.started_at);
        self.last = self.last.max(&call.started_at);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::invoicing::samples;

    fn charge(text: &str) -> CallCharge {
        CallCharge::parse(text).expect(text)
    }

    fn in_words(row: &ItemisedRow<'_>) -> String {
        match row {
            ItemisedRow::Call(call) => format!("{} {}", call.record, call.charge),
            ItemisedRow::Sum(sum) => format!(
                "{} × {}{} {} units {}",
                sum.records,
                sum.class,
                if sum.disposition == "billed" { "" } else { " covered" },
                sum.units,
                sum.charge
            ),
        }
    }

    #[test]
    fn calls_at_or_below_the_threshold_are_one_row() {
        let calls: Vec<ItemisedCall> = [
            ("0.05", "national", "billed"),
            ("0.050001", "national", "billed"),
            ("0.01", "mobile", "billed"),
            ("0", "national", "allowance"),
            ("0.049999", "national", "billed"),
            ("-0.05", "national", "billed"),
            ("-3", "national", "billed"),
        ]
        .iter()
        .zip(1..)
        .map(|(&(amount, class, disposition), place)| {
            let call = samples::call();
            ItemisedCall {
                record: format!("R{place}").into(),
                charge: charge(amount),
                class,
                disposition,
                units: place,
                ..call
            }
        })
        .collect();
        let rows = |threshold: Option<&str>| {
            summed_below(&calls, threshold.map(charge)).iter().map(in_words).collect::<Vec<_>>()
        };
        assert_eq!(
            rows(Some("0.05")),
            [
                "R2 0.050001",
                "R7 -3",
                "3 × national 12 units 0.049999", // R1, R5, R6: 0.05 + 0.049999 − 0.05
                "1 × mobile 3 units 0.01",
                "1 × national covered 4 units 0",
            ]
        );
        assert_eq!(rows(Some("0"))[6], "1 × national covered 4 units 0", "what costs nothing is not above nothing");
        assert_eq!(rows(None).len(), 7);
    }

    proptest! {
        #[test]
        fn what_goes_in_comes_out(count in 0_u32..200, threshold in 0_i64..1_000_000) {
            let calls = samples::calls(count);
            let rows = summed_below(&calls, Some(CallCharge::from_scaled(threshold)));
            let records: u64 = rows.iter().map(ItemisedRow::records).sum();
            let units: u64 = rows.iter().map(ItemisedRow::units).sum();
            let mut sum = Sum::<6>::default();
            rows.iter().for_each(|row| sum.merge(row.charge()));
            prop_assert_eq!(records, u64::from(count));
            prop_assert_eq!(units, calls.iter().map(|call| call.units).sum::<u64>());
            prop_assert_eq!(sum, calls.iter().map(|call| call.charge).sum::<Sum<6>>());
        }
    }
}
