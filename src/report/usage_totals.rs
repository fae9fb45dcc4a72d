//! Records on posted invoices → sums by line, destination, class, prefix or number: how many, how much, charged, cost.

use std::collections::{BTreeMap, BTreeSet};

use super::costs::CostSums;
use crate::domain::money::{Currency, Money, Overflow, Rounding, Sum};
use crate::domain::price_book::CallClass;
use crate::domain::usage::{Kind, Text};
use crate::pipeline::posted_usage::{BilledFigures, OfUsage, UsageOn};

/// What usage is summed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsageBy {
    /// The customer's line (CLI).
    Line,
    /// The call type.
    Destination,
    /// The call class.
    Class,
    /// So many characters of the other end's number.
    Prefix(u32),
    /// The other end's number.
    Number,
}

/// Whose or whereto, and in which currency.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsageKey {
    /// Of the charges.
    pub currency: Currency,
    /// The account of a line; else empty.
    pub account: Text,
    /// The line, call type, prefix or number.
    pub of: Text,
    /// The class, of destinations and classes.
    pub class: Option<CallClass>,
}

/// What records come to; of voided invoices they count against.
#[derive(Clone, Debug, Default)]
pub struct UsageSums {
    /// How many.
    pub calls: i128,
    /// Of voice.
    pub seconds: i128,
    /// Of data.
    pub bytes: i128,
    /// Messages and events.
    pub items: i128,
    /// What the invoices charge, exact.
    pub charge: Sum<6>,
    /// What suppliers charge.
    pub cost: CostSums,
    /// Who used it; not kept of lines.
    pub accounts: BTreeSet<Text>,
}

impl UsageSums {
    /// What the invoices charge, rounded half up to the minor unit.
    pub fn sell(&self, currency: Currency) -> Result<Money, Overflow> {
        self.charge.to_money(currency.digits, Rounding::HalfUp)
    }

    fn merge(&mut self, other: Self) {
        self.calls += other.calls;
        self.seconds += other.seconds;
        self.bytes += other.bytes;
        self.items += other.items;
        self.charge.merge(other.charge);
        self.cost.merge(other.cost);
        self.accounts.extend(other.accounts);
    }
}

/// Sums of usage.
pub struct UsageTotals {
    by: UsageBy,
    /// By whose or whereto.
    pub sums: BTreeMap<UsageKey, UsageSums>,
}

impl UsageTotals {
    /// Nothing yet.
    pub fn new(by: UsageBy) -> Self {
        Self { by, sums: BTreeMap::new() }
    }

    fn key(&self, on: &UsageOn, record: &BilledFigures) -> UsageKey {
        let of = match self.by {
            UsageBy::Line => record.cli.clone(),
            UsageBy::Destination => record.call_type.clone(),
            UsageBy::Class => record.class.map_or("", CallClass::name).into(),
            UsageBy::Prefix(length) => {
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                let number = &record.other_party;
                let end = number.char_indices().nth(length).map_or(number.len(), |(at, _)| at);
                number[..end].into()
            }
            UsageBy::Number => record.other_party.clone(),
        };
        let account = if self.by == UsageBy::Line { on.account.as_str().into() } else { Text::new() };
        let class = record.class.filter(|_| matches!(self.by, UsageBy::Destination | UsageBy::Class));
        UsageKey { currency: on.currency, account, of, class }
    }
}

impl OfUsage for UsageTotals {
    fn add(&mut self, on: &UsageOn, record: &BilledFigures) -> Result<(), Overflow> {
        let key = self.key(on, record);
        let (sign, keeps_accounts) = (i128::from(on.sign), self.by != UsageBy::Line);
        let sums = self.sums.entry(key).or_default();
        let units = sign * i128::from(record.units);
        sums.calls += sign;
        match record.kind {
            Kind::Voice => sums.seconds += units,
            Kind::Data => sums.bytes += units,
            Kind::Sms | Kind::Event => sums.items += units,
        }
        sums.charge.merge(Sum::from_wide(sign * i128::from(record.charge.scaled())));
        sums.cost.add(on.date, Sum::from_wide(sign * i128::from(record.cost.scaled())));
        if keeps_accounts && !sums.accounts.contains(on.account.as_str()) {
            sums.accounts.insert(on.account.as_str().into());
        }
        Ok(())
    }

    fn merge(&mut self, other: Self) -> Result<(), Overflow> {
        for (key, sums) in other.sums {
            self.sums.entry(key).or_default().merge(sums);
        }
        Ok(())
    }
}
