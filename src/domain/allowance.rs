//! Allowances and who has them (A2–A5): what is granted, for which usage, on what terms; and what was drawn from them.

use serde::{Deserialize, Serialize};

use super::book::{AllowanceId, BandId, CallTypeId, CliId, CostCentreId, CustomerId};
use super::money::{Percent, Price, Quantity, Sum};
use super::price_book::CallType;
use super::time::{Date, DateRange};
use super::usage::Kind;

/// What a limit of an allowance counts (A2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Seconds of voice.
    Seconds,
    /// Messages.
    Messages,
    /// Bytes of data.
    Bytes,
    /// Calls: one for each voice call, and events.
    Calls,
    /// What the usage would cost, in the major unit of the customer's currency.
    Money,
}

impl Measure {
    /// All of them, in the order of files.
    pub const ALL: [Self; 5] = [Self::Seconds, Self::Messages, Self::Bytes, Self::Calls, Self::Money];

    /// What the units of a record are.
    pub fn of_units(kind: Kind) -> Self {
        match kind {
            Kind::Voice => Self::Seconds,
            Kind::Sms => Self::Messages,
            Kind::Data => Self::Bytes,
            Kind::Event => Self::Calls,
        }
    }

    /// The name used in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Messages => "messages",
            Self::Bytes => "bytes",
            Self::Calls => "calls",
            Self::Money => "money",
        }
    }
}

/// Units of an allowance, exact: seconds, messages, bytes, calls, or money in the major unit.
pub type Units = Sum<12>;

/// One value for each measure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PerMeasure<T>(pub [T; 5]);

impl<T> std::ops::Index<Measure> for PerMeasure<T> {
    type Output = T;

    fn index(&self, measure: Measure) -> &T {
        &self.0[measure as usize]
    }
}

impl<T> std::ops::IndexMut<Measure> for PerMeasure<T> {
    fn index_mut(&mut self, measure: Measure) -> &mut T {
        &mut self.0[measure as usize]
    }
}

/// What can be bought: inclusive usage of a period, free or for less (A2, A3).
#[derive(Clone, Debug, PartialEq)]
pub struct Allowance {
    /// Its name, also on invoices.
    pub name: String,
    /// What a quantity of 1 grants in a whole period; none = not limited.
    pub limits: PerMeasure<Option<Units>>,
    /// For which usage, ascending.
    pub qualifies: Vec<CallTypeId>,
    /// For usage that begins in one of these bands, ascending; empty for all.
    pub bands: Vec<BandId>,
    /// What is taken off the price of usage inside it.
    pub discount: Discount,
    /// How much of one call it is for.
    pub longest: Option<LongestCall>,
    /// For how many periods after their own unused units may be drawn.
    pub rollover_periods: u32,
    /// A period of which it has only some days grants that part (A2).
    pub prorate: bool,
}

/// What is taken off the price of usage inside an allowance (A3); never more than the price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discount {
    /// A share of the price: 100 is free.
    Percent(Percent),
    /// An amount for each record.
    PerCall(Price),
    /// An amount for each minute of voice.
    PerMinute(Price),
}

impl Discount {
    /// All of the price.
    pub const FREE: Self = Self::Percent(Percent::from_scaled(100 * Percent::ONE.scaled()));
}

/// How much of one voice call an allowance is for (A3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LongestCall {
    /// Up to this second of the call.
    UpTo(u64),
    /// All of it if it lasts no longer than so many seconds, else nothing.
    OnlyUpTo(u64),
}

impl Allowance {
    /// Whether it has no limit at all.
    pub fn is_unlimited(&self) -> bool {
        self.limits.0.iter().all(Option::is_none)
    }

    /// Whether usage of a kind can be inside it: one of its limits counts it, or it has none; and its discount means
    /// something for it.
    pub fn is_for(&self, kind: Kind) -> bool {
        let counts = |measure: Measure| self.limits[measure].is_some();
        let is_counted = self.is_unlimited()
            || counts(Measure::Money)
            || counts(Measure::of_units(kind))
            || (kind == Kind::Voice && counts(Measure::Calls));
        is_counted && (kind == Kind::Voice || !matches!(self.discount, Discount::PerMinute(_)))
    }

    /// Whether it can be for any usage of these call types.
    pub fn is_for_any<'c>(&self, mut call_types: impl Iterator<Item = &'c CallType>) -> bool {
        call_types.any(|call_type| self.is_for(call_type.kind))
    }
}

/// For which part of a customer an allowance is; in the order in which usage draws on them (A4).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AllowanceScope {
    /// Some lines, all rows of their identifiers, ascending.
    Clis(Vec<CliId>),
    /// The lines of a cost centre, whichever these are when the usage begins.
    CostCentre(CostCentreId),
    /// All lines, whichever these are when the usage begins.
    Customer,
}

impl AllowanceScope {
    /// What is drawn on first: lines, then cost centres, then customers.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Clis(_) => 0,
            Self::CostCentre(_) => 1,
            Self::Customer => 2,
        }
    }
}

/// An allowance that a customer has.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomerAllowance {
    /// Who.
    pub customer: CustomerId,
    /// What.
    pub allowance: AllowanceId,
    /// How many times.
    pub quantity: Quantity,
    /// For which part of the customer; its lines share what is granted.
    pub scope: AllowanceScope,
    /// The scope as the book writes it.
    pub scope_text: String,
    /// The lowest is drawn on first; those without one come last.
    pub priority: Option<u32>,
    /// When it is valid.
    pub valid: DateRange,
}

/// What identifies the units that an allowance granted for a period, within an account: the key of the book's row and the
/// first day of the period.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct BucketKey {
    /// The name of the allowance.
    pub allowance: String,
    /// The scope as the book writes it.
    pub scope: String,
    /// From when the customer has it.
    pub held_from: Date,
    /// The first day of the billing period.
    pub granted_for: Date,
}

/// What usage drew from what an allowance granted for a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AllowanceDraw {
    /// From which.
    pub from: BucketKey,
    /// How much, weighted (A5); never negative.
    pub drawn: PerMeasure<Units>,
}
