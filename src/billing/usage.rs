//! Charged usage → one line for each cost centre, class and VAT code, and the summaries by class and by line (CLI).
//! Amounts are exact until a line is rounded to the minor unit (X3 b). Does not list calls.

use std::collections::BTreeMap;

use ahash::AHashMap;

use super::BillingError;
use super::context::Context;
use crate::domain::bill::{BillLine, LineKind, UsageByClass, UsageByCli};
use crate::domain::book::{CallTypeId, CliId, CostCentreId, CustomerId};
use crate::domain::money::{Decimal, Overflow, Price, Quantity, Rounding, Sum};
use crate::domain::price_book::CallClass;
use crate::domain::time::Date;
use crate::domain::usage::{ChargedUsage, Kind, Text};

/// What all usage lines are listed under.
const CALLS: &str = "Calls";

/// Usage as a bill shows it.
#[derive(Debug)]
pub(super) struct BilledUsage {
    /// By cost centre, class and VAT code, exempt last.
    pub lines: Vec<BillLine>,
    /// In the order of classes; only those with usage.
    pub by_class: Vec<UsageByClass>,
    /// By name of cost centre and identifier.
    pub by_cli: Vec<UsageByCli>,
}

/// What usage of one customer comes to, by line and call type: all that a bill needs of it. Sums of parts can be made
/// apart and put together.
#[derive(Clone, Debug, Default)]
pub struct UsageSums {
    totals: BTreeMap<(CliId, CallTypeId), Totals>,
    /// The record that began last, by its id, its day and its customer; the first of them if there are several.
    latest: Option<(i64, Date, Text)>,
    customer: Option<CustomerId>,
}

impl UsageSums {
    /// Sums records up, in time order (A1).
    ///
    /// # Errors
    /// [`Overflow`] if a total leaves its range (X1).
    ///
    /// # Panics
    /// If the records are of several customers.
    pub fn of(usage: &[ChargedUsage]) -> Result<Self, Overflow> {
        let mut places: AHashMap<(CliId, CallTypeId), usize> = AHashMap::new();
        let mut sums: Vec<((CliId, CallTypeId), Totals)> = Vec::new();
        let customer = usage.first().map(|one| one.customer);
        for one in usage {
            assert!(Some(one.customer) == customer, "usage of {:?} among that of {customer:?}", one.customer);
            let key = (one.cli, one.call_type);
            let place = *places.entry(key).or_insert_with(|| {
                sums.push((key, Totals::default()));
                sums.len() - 1
            });
            sums[place].1.add(one)?;
        }
        let latest = usage.iter().rev().max_by_key(|one| one.instant);
        let latest = latest.map(|one| (one.instant, one.day, one.record_id.clone()));
        Ok(Self { totals: sums.into_iter().collect(), latest, customer })
    }

    /// Adds the sums of records that began later.
    ///
    /// # Errors
    /// [`Overflow`] if a total leaves its range (X1).
    ///
    /// # Panics
    /// If they are of another customer.
    pub fn merge(&mut self, later: Self) -> Result<(), Overflow> {
        let same = self.customer.is_none() || later.customer.is_none() || self.customer == later.customer;
        assert!(same, "usage of {:?} among that of {:?}", later.customer, self.customer);
        self.customer = self.customer.or(later.customer);
        if later.latest.as_ref().map(|latest| latest.0) > self.latest.as_ref().map(|latest| latest.0) {
            self.latest = later.latest;
        }
        for (key, totals) in later.totals {
            self.totals.entry(key).or_default().merge(totals)?;
        }
        Ok(())
    }

    /// The same by the name of the cost centre; empty for none.
    pub(super) fn by_cost_centre<'a>(&self, context: &Context<'a>) -> Result<BTreeMap<&'a str, Self>, Overflow> {
        let mut parts: BTreeMap<&str, Self> = BTreeMap::new();
        for ((cli, call_type), totals) in &self.totals {
            let (_, name) = context.cli_names(Some(*cli));
            let part = parts.entry(name).or_insert_with(|| Self {
                totals: BTreeMap::new(),
                latest: self.latest.clone(),
                customer: self.customer,
            });
            part.totals.entry((*cli, *call_type)).or_default().merge(*totals)?;
        }
        Ok(parts)
    }

    /// How many records there are.
    pub fn records(&self) -> u64 {
        self.totals.values().map(|totals| totals.records).sum()
    }

    /// What the suppliers charge for them, in the workspace's currency.
    pub fn cost(&self) -> Sum<8> {
        self.totals.values().fold(Sum::default(), |mut sum, totals| {
            sum.merge(totals.cost);
            sum
        })
    }
}

/// Refuses usage that this bill may not hold: it would be billed too early (B2), or after the end of service (B10).
///
/// # Panics
/// If it belongs to another customer.
pub(super) fn refuse_foreign(context: &Context<'_>, usage: &UsageSums) -> Result<(), BillingError> {
    let Some((_, began, record)) = &usage.latest else { return Ok(()) };
    let customer = usage.customer;
    assert!(customer == Some(context.id), "usage of customer {customer:?} billed to {:?}", context.id);
    let refuse = |limit: String| {
        Err(BillingError::new(format!("record {record} began on {began}, {limit}: it must wait for another run")))
    };
    if *began >= context.terms.usage_cutoff {
        return refuse(format!("on or after the usage cutoff {}", context.terms.usage_cutoff));
    }
    match context.customer.final_bill_date.filter(|last| began > last) {
        Some(last) => refuse(format!("after the final bill date {last}")),
        None => Ok(()),
    }
}

/// The day before which all usage of the bill began (X6): the cutoff, or the day after the final bill date.
pub(super) fn usage_until(context: &Context<'_>) -> Date {
    let cutoff = context.terms.usage_cutoff;
    context.customer.final_bill_date.map_or(cutoff, |last| cutoff.min(last.next()))
}

/// What a bill shows of usage. Excluded usage never gets here.
pub(super) fn summarise(context: &Context<'_>, usage: &UsageSums) -> Result<BilledUsage, BillingError> {
    let mut of_line: BTreeMap<(Option<CostCentreId>, CallClass, bool), Totals> = BTreeMap::new();
    let mut of_class: BTreeMap<CallClass, Totals> = BTreeMap::new();
    let mut of_cli: BTreeMap<(Option<CostCentreId>, CliId), Totals> = BTreeMap::new();
    for ((cli, call_type), totals) in &usage.totals {
        let cost_centre = context.book.cli(*cli).cost_centre;
        let call_type = context.book.call_type(*call_type);
        of_line.entry((cost_centre, call_type.class, call_type.vat_exempt)).or_default().merge(*totals)?;
        of_class.entry(call_type.class).or_default().merge(*totals)?;
        of_cli.entry((cost_centre, *cli)).or_default().merge(*totals)?;
    }
    let lines = of_line.into_iter().map(|((cost_centre, class, exempt), totals)| {
        totals.line(context, context.cost_centre_name(cost_centre), class, context.usage_vat_code(exempt))
    });
    let by_class = of_class.into_iter().map(|(class, totals)| {
        Ok(UsageByClass {
            class: class.name().to_owned(),
            title: class.title().to_owned(),
            records: totals.records,
            seconds: totals.seconds,
            bytes: totals.bytes,
            amount: exact(totals.charge)?,
        })
    });
    Ok(BilledUsage {
        lines: lines.collect::<Result<_, Overflow>>()?,
        by_class: by_class.collect::<Result<_, Overflow>>()?,
        by_cli: usage_by_cli(context, of_cli)?,
    })
}

/// Rows of one identifier and cost centre become one; the latest row of the book describes it.
fn usage_by_cli(
    context: &Context<'_>,
    of_cli: BTreeMap<(Option<CostCentreId>, CliId), Totals>,
) -> Result<Vec<UsageByCli>, Overflow> {
    let named = of_cli.into_iter().map(|((cost_centre, id), totals)| {
        let cli = context.book.cli(id);
        ((context.cost_centre_name(cost_centre), cli.cli.as_str()), (cli.description.as_str(), totals))
    });
    let mut named: Vec<_> = named.collect();
    // Stable: rows of one identifier stay in the order of the book.
    named.sort_by_key(|(name, _)| *name);
    let mut by_name: Vec<(_, (&str, Totals))> = Vec::with_capacity(named.len());
    for (name, (description, totals)) in named {
        match by_name.last_mut().filter(|(last, _)| *last == name) {
            Some((_, last)) => {
                last.0 = description;
                last.1.merge(totals)?;
            }
            None => by_name.push((name, (description, totals))),
        }
    }
    let row = |((cost_centre, cli), (description, totals)): ((&str, &str), (&str, Totals))| {
        Ok(UsageByCli {
            cli: cli.to_owned(),
            description: description.to_owned(),
            cost_centre: cost_centre.to_owned(),
            records: totals.records,
            seconds: totals.seconds,
            bytes: totals.bytes,
            capped: exact(totals.taken_off)?,
            amount: exact(totals.charge)?,
        })
    };
    by_name.into_iter().map(row).collect()
}

/// Exact sums over records.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    records: u64,
    seconds: u64,
    bytes: u64,
    charge: Sum<6>,
    /// What caps took off: zero or negative.
    taken_off: Sum<6>,
    cost: Sum<8>,
}

impl Totals {
    fn add(&mut self, one: &ChargedUsage) -> Result<(), Overflow> {
        let units = |kind| if one.kind == kind { one.units } else { 0 };
        self.merge(Self {
            records: 1,
            seconds: units(Kind::Voice),
            bytes: units(Kind::Data),
            charge: [one.charge].into_iter().sum(),
            taken_off: [one.capped_by()?].into_iter().sum(),
            cost: [one.cost].into_iter().sum(),
        })
    }

    fn merge(&mut self, other: Self) -> Result<(), Overflow> {
        let sum = |a: u64, b: u64| a.checked_add(b).ok_or(Overflow);
        self.records = sum(self.records, other.records)?;
        self.seconds = sum(self.seconds, other.seconds)?;
        self.bytes = sum(self.bytes, other.bytes)?;
        self.charge.merge(other.charge);
        self.taken_off.merge(other.taken_off);
        self.cost.merge(other.cost);
        Ok(())
    }

    fn line(
        &self,
        context: &Context<'_>,
        cost_centre: &str,
        class: CallClass,
        vat_code: String,
    ) -> Result<BillLine, Overflow> {
        let amount = self.charge.to_money(context.customer.currency.digits, Rounding::HalfUp)?;
        Ok(BillLine {
            category: CALLS.to_owned(),
            cost_centre: cost_centre.to_owned(),
            description: class.title().to_owned(),
            quantity: Quantity::from_whole(i64::try_from(self.records).map_err(|_| Overflow)?)?,
            cost: Price::from_wide(self.cost.wide())?,
            ..context.line(LineKind::Usage, amount, vat_code)
        })
    }
}

/// An exact sum as the model holds it.
fn exact<const SCALE: u32>(sum: Sum<SCALE>) -> Result<Decimal<SCALE>, Overflow> {
    Decimal::from_wide(sum.wide())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::scenarios::june;
    use crate::domain::bill::Amount;
    use crate::domain::book::Book;
    use crate::domain::customer::{Cli, CostCentre};
    use crate::domain::sample::{self, CUSTOMER, EXEMPT_CALLS, MOBILE, call, charge_of, date, price};

    const AT: &str = "2026-05-20 10:00:00";

    fn book() -> Book {
        let mut book = sample::book();
        let centre = |code: &str| CostCentre { customer: CUSTOMER, code: code.into(), name: format!("Site {code}") };
        book.cost_centres = vec![centre("N"), centre("S")];
        let at_centre = |centre| Cli { cost_centre: Some(CostCentreId(centre)), ..sample::cli("+442079460002") };
        book.clis.truncate(1);
        book.clis.extend([0, 1].map(at_centre));
        book
    }

    fn sums(usage: &[ChargedUsage]) -> UsageSums {
        UsageSums::of(usage).expect("in range")
    }

    fn at_site(site: u32, sell: &str) -> ChargedUsage {
        let mut one = call("x", AT, sell);
        one.cli = CliId(1 + site);
        one
    }

    fn of_type(call_type: crate::domain::book::CallTypeId, sell: &str) -> ChargedUsage {
        let mut one = call("x", AT, sell);
        one.call_type = call_type;
        one.cost = price("0.01");
        one
    }

    #[test]
    fn makes_a_line_for_each_cost_centre_class_and_vat_code() {
        let (book, terms) = (book(), june());
        let usage = [
            at_site(1, "1"),
            at_site(0, "2"),
            of_type(MOBILE, "0.0025"),
            of_type(MOBILE, "0.0025"),
            of_type(EXEMPT_CALLS, "0.5"),
            of_type(sample::NATIONAL, "0.0149"),
        ];
        let billed = summarise(&Context::new(&book, &terms, CUSTOMER), &sums(&usage)).expect("in range");
        let line = |line: &BillLine| {
            let BillLine { cost_centre, description, quantity, amount, vat_code, cost, .. } = line;
            format!("{cost_centre}|{description}|{quantity}|{amount}|{vat_code}|{cost}")
        };
        // X3 b: 0.0149 → 0.01; 0.0025 + 0.0025 = 0.005 → 0.01, half up on the exact sum.
        let expected = [
            "|National calls|1|0.01|std|0.01",
            "|Mobile calls|2|0.01|std|0.02",
            "|Service numbers|1|0.50|exempt|0.01",
            "Site N|National calls|1|2.00|std|0",
            "Site S|National calls|1|1.00|std|0",
        ];
        assert_eq!(billed.lines.iter().map(line).collect::<Vec<_>>(), expected);
        assert!(billed.lines.iter().all(|line| line.category == "Calls" && line.kind == LineKind::Usage));
        let by_class =
            billed.by_class.iter().map(|row| format!("{} {} {} {}", row.class, row.records, row.seconds, row.amount));
        let by_class = by_class.collect::<Vec<_>>();
        // Exact: 1 + 2 + 0.0149.
        assert_eq!(by_class, ["national 3 180 3.0149", "mobile 2 120 0.005", "service_numbers 1 60 0.5"]);
        let by_cli =
            billed.by_cli.iter().map(|row| format!("{} {} {} {}", row.cost_centre, row.cli, row.records, row.amount));
        let by_cli = by_cli.collect::<Vec<_>>();
        // Exact: 0.0149 + 0.005 + 0.5.
        let expected = [" +442079460000 4 0.5199", "Site N +442079460002 1 2", "Site S +442079460002 1 1"];
        assert_eq!(by_cli, expected);
    }

    #[test]
    fn sums_of_parts_are_those_of_the_whole() {
        let at = |second: u32, site, sell: &str| {
            let mut one = at_site(site, sell);
            (one.instant, one.record_id) = (i64::from(second), format!("r{second}").into());
            one
        };
        let usage: Vec<_> = (0..7).map(|second| at(second / 2 * 2, second % 2, &format!("{second}.5"))).collect();
        let in_words = |sums: &UsageSums| format!("{:?} {:?} {:?}", sums.totals, sums.latest, sums.customer);
        for cut in 0..=usage.len() {
            let mut parts = sums(&usage[..cut]);
            parts.merge(sums(&usage[cut..])).expect("in range");
            assert_eq!(in_words(&parts), in_words(&sums(&usage)), "{cut}");
        }
    }

    #[test]
    fn shows_what_a_cap_took_off() {
        let (book, terms) = (book(), june());
        let mut capped = call("1", AT, "3");
        capped.charge = charge_of("1");
        let billed = summarise(&Context::new(&book, &terms, CUSTOMER), &sums(&[capped])).expect("in range");
        assert_eq!((billed.by_cli[0].capped, billed.by_cli[0].amount), (charge_of("-2"), charge_of("1")));
        assert_eq!(billed.lines[0].amount, Amount::new(sample::pounds("1"), book.settings.currency));
    }

    #[test]
    fn refuses_usage_of_another_run() {
        let (mut book, terms) = (book(), june());
        let usage = [call("7", "2026-06-01 00:00:00", "1")];
        let refused = refuse_foreign(&Context::new(&book, &terms, CUSTOMER), &sums(&usage)).expect_err("too early");
        assert_eq!(
            refused.to_string(),
            "record 7 began on 2026-06-01, on or after the usage cutoff 2026-06-01: it must wait for another run"
        );
        // B10: up to and including the final bill date.
        book.customers[0].final_bill_date = Some(date("2026-05-20"));
        let refuse = |started| {
            let context = Context::new(&book, &terms, CUSTOMER);
            refuse_foreign(&context, &sums(&[call("7", started, "1")])).is_err()
        };
        assert!(!refuse("2026-05-20 23:59:59"));
        assert!(refuse("2026-05-21 00:00:00"));
        assert_eq!(usage_until(&Context::new(&book, &terms, CUSTOMER)), date("2026-05-21"));
    }
}
