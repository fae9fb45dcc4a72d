//! The allowances of a customer and a billing period → the bucket that each granted for it: how many units, and what is
//! left of them (A2). Does not know which usage draws.

use std::collections::BTreeMap;

use ahash::AHashMap;

use super::periods::{billing_period_end, billing_period_start};
use crate::domain::allowance::{AllowanceDraw, BucketKey, CustomerAllowance, Measure, PerMeasure, Units};
use crate::domain::book::{Book, CustomerId};
use crate::domain::money::{CallCharge, Overflow, Quantity, Rounding, Sum, divide, power_of_ten};
use crate::domain::time::Date;

/// What one allowance of a customer granted for one billing period. Units have 12 decimals.
#[derive(Clone, Debug)]
pub(super) struct Bucket {
    /// The position of the allowance among those of the customer.
    pub row: usize,
    /// The first day of the billing period.
    pub granted_for: Date,
    /// The first and last day of the period on which the customer has the allowance.
    pub days: (Date, Date),
    /// What was granted; none where there is no limit.
    pub granted: PerMeasure<Option<i128>>,
    /// What earlier bills drew.
    pub before: PerMeasure<i128>,
    /// What was drawn since.
    pub drawn: PerMeasure<i128>,
    /// How many records it covers a part of, those of earlier bills left out.
    pub records: u64,
    /// What it took off their prices.
    pub taken_off: Sum<6>,
}

impl Bucket {
    /// What is left of a limit; none where there is no limit. A limit that was lowered below what is drawn has nothing
    /// left.
    pub fn left(&self, measure: Measure) -> Option<i128> {
        self.granted[measure].map(|granted| (granted - self.before[measure] - self.drawn[measure]).max(0))
    }

    /// Whether one of its limits is used up: that ends all of it (A2).
    pub fn is_ended(&self) -> bool {
        Measure::ALL.into_iter().any(|measure| self.left(measure) == Some(0))
    }

    /// Counts a record in.
    pub fn add(&mut self, drawn: &PerMeasure<i128>, taken_off: CallCharge) -> Result<(), Overflow> {
        for (sum, drawn) in self.drawn.0.iter_mut().zip(drawn.0) {
            *sum = sum.checked_add(drawn).ok_or(Overflow)?;
        }
        self.records += 1;
        self.taken_off.add(taken_off);
        Ok(())
    }
}

/// The buckets of a customer, made as they are asked for.
pub(super) struct Buckets<'b> {
    book: &'b Book,
    customer: CustomerId,
    rows: &'b [CustomerAllowance],
    before: BTreeMap<&'b BucketKey, PerMeasure<i128>>,
    places: AHashMap<(usize, Date), usize>,
    pub list: Vec<Bucket>,
}

impl<'b> Buckets<'b> {
    /// `before` is what earlier bills drew; several entries of one bucket add up.
    pub fn new(book: &'b Book, customer: CustomerId, before: &'b [AllowanceDraw]) -> Result<Self, Overflow> {
        let mut sums: BTreeMap<&BucketKey, PerMeasure<i128>> = BTreeMap::new();
        for AllowanceDraw { from, drawn } in before {
            for (sum, drawn) in sums.entry(from).or_default().0.iter_mut().zip(drawn.0) {
                *sum = sum.checked_add(drawn.wide()).ok_or(Overflow)?;
            }
        }
        let rows = book.allowances_of(customer);
        Ok(Self { book, customer, rows, before: sums, places: AHashMap::new(), list: Vec::new() })
    }

    /// The place in the list of the bucket of an allowance and the period that starts on a day.
    pub fn find(&mut self, row: usize, start: Date) -> Result<usize, Overflow> {
        if let Some(place) = self.places.get(&(row, start)) {
            return Ok(*place);
        }
        let bucket = self.bucket(row, start)?;
        self.list.push(bucket);
        self.places.insert((row, start), self.list.len() - 1);
        Ok(self.list.len() - 1)
    }

    /// What names a bucket in the ledger.
    pub fn key(&self, row: usize, granted_for: Date) -> BucketKey {
        let row = &self.rows[row];
        BucketKey {
            allowance: self.book.allowance(row.allowance).name.clone(),
            scope: row.scope_text.clone(),
            // The book knows no row without one.
            held_from: row.valid.from.unwrap_or(granted_for),
            granted_for,
        }
    }

    fn bucket(&self, position: usize, start: Date) -> Result<Bucket, Overflow> {
        let row = &self.rows[position];
        let allowance = self.book.allowance(row.allowance);
        let end = billing_period_end(self.book, self.customer, start);
        let days = (row.valid.from.map_or(start, |from| from.max(start)), row.valid.to.map_or(end, |to| to.min(end)));
        let length = |(first, last): (Date, Date)| i128::from(last.days_since(first)) + 1;
        let part = if allowance.prorate { length(days) } else { length((start, end)) };
        let part = (part.max(0), length((start, end)));
        let digits = self.book.customer(self.customer).currency.digits;
        let mut granted = PerMeasure::default();
        for measure in Measure::ALL {
            let places = if measure == Measure::Money { digits } else { 0 };
            let limit = allowance.limits[measure];
            granted[measure] = limit.map(|limit| grant(limit, row.quantity, part, places)).transpose()?;
        }
        let before = self.before.get(&self.key(position, start)).copied().unwrap_or_default();
        Ok(Bucket {
            row: position,
            granted_for: start,
            days,
            granted,
            before,
            drawn: PerMeasure::default(),
            records: 0,
            taken_off: Sum::default(),
        })
    }
}

/// A limit, so many times, for so many days of a period, rounded once, half up: to whole units, money to its minor unit.
fn grant(limit: Units, quantity: Quantity, (days, of): (i128, i128), places: u32) -> Result<i128, Overflow> {
    const PLACES: u32 = 12;
    // Limits have fewer than 8 decimals, and a number of the size of the largest must not overflow on the way.
    let limit = limit.wide() / power_of_ten(PLACES - 8);
    let wide = limit.checked_mul(i128::from(quantity.scaled())).and_then(|wide| wide.checked_mul(days));
    let unit = power_of_ten(8 + 4 - places) * of;
    let units = divide(wide.ok_or(Overflow)?, unit, Rounding::HalfUp);
    units.checked_mul(power_of_ten(PLACES - places)).ok_or(Overflow)
}

/// The billing periods whose units usage of a day may draw on.
pub(super) struct Periods<'b> {
    book: &'b Book,
    customer: CustomerId,
    /// The first day on which the customer has any allowance, and for how many periods units roll over at most.
    first: Option<Date>,
    most_rollover: usize,
    day: Option<Date>,
    /// The starts of the day's period and of those before it, the latest first.
    starts: Vec<Date>,
}

impl<'b> Periods<'b> {
    pub fn new(book: &'b Book, customer: CustomerId) -> Self {
        let rows = book.allowances_of(customer);
        let rollover = |row: &CustomerAllowance| book.allowance(row.allowance).rollover_periods;
        let most_rollover = usize::try_from(rows.iter().map(rollover).max().unwrap_or(0)).unwrap_or(usize::MAX);
        let first = rows.iter().filter_map(|row| row.valid.from).min();
        Self { book, customer, first, most_rollover, day: None, starts: Vec::new() }
    }

    /// Turns to a day.
    pub fn turn_to(&mut self, day: Date) {
        if self.day == Some(day) {
            return;
        }
        self.day = Some(day);
        let mut start = billing_period_start(self.book, self.customer, day);
        self.starts.clear();
        self.starts.push(start);
        while self.starts.len() <= self.most_rollover && self.first.is_some_and(|first| first < start) {
            start = billing_period_start(self.book, self.customer, start.previous());
            self.starts.push(start);
        }
    }

    /// The start of the period so many periods before the day's, if the allowance granted anything for it.
    pub fn start(&self, row: &CustomerAllowance, back: u32) -> Option<Date> {
        let back = usize::try_from(back).ok()?;
        let start = *self.starts.get(back)?;
        // A period ends before the next one begins.
        let ended_before = back > 0 && row.valid.from.is_some_and(|from| self.starts[back - 1] <= from);
        (!ended_before).then_some(start)
    }
}
