//! Charged usage → one line for each cost centre, class and VAT code, and the summaries by class and by line (CLI).
//! Amounts are exact until a line is rounded to the minor unit (X3 b). Does not list calls.

use std::collections::BTreeMap;

use super::BillingError;
use super::context::Context;
use crate::domain::bill::{BillLine, LineKind, UsageByClass, UsageByCli};
use crate::domain::book::{CliId, CostCentreId};
use crate::domain::money::{Decimal, Overflow, Price, Quantity, Rounding, Sum};
use crate::domain::price_book::CallClass;
use crate::domain::time::Date;
use crate::domain::usage::{ChargedUsage, Kind};

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

/// Refuses usage that this bill may not hold: it would be billed too early (B2), or after the end of service (B10).
///
/// # Panics
/// If a record belongs to another customer.
pub(super) fn refuse_foreign(context: &Context<'_>, usage: &[ChargedUsage]) -> Result<(), BillingError> {
    let refuse = |one: &ChargedUsage, limit: String| {
        Err(BillingError::new(format!(
            "record {} began on {}, {limit}: it must wait for another run",
            one.record_id, one.rated.matched.record.started.civil.date
        )))
    };
    for one in usage {
        let matched = &one.rated.matched;
        assert!(matched.customer == context.id, "usage of customer {:?} billed to {:?}", matched.customer, context.id);
        let began = matched.record.started.civil.date;
        if began >= context.terms.usage_cutoff {
            return refuse(one, format!("on or after the usage cutoff {}", context.terms.usage_cutoff));
        }
        if let Some(last) = context.customer.final_bill_date.filter(|last| began > *last) {
            return refuse(one, format!("after the final bill date {last}"));
        }
    }
    Ok(())
}

/// The day before which all usage of the bill began (X6): the cutoff, or the day after the final bill date.
pub(super) fn usage_until(context: &Context<'_>) -> Date {
    let cutoff = context.terms.usage_cutoff;
    context.customer.final_bill_date.map_or(cutoff, |last| cutoff.min(last.next()))
}

/// Sums usage up. Excluded usage never gets here.
pub(super) fn summarise(context: &Context<'_>, usage: &[ChargedUsage]) -> Result<BilledUsage, BillingError> {
    let mut of_line: BTreeMap<(Option<CostCentreId>, CallClass, bool), Totals> = BTreeMap::new();
    let mut of_class: BTreeMap<CallClass, Totals> = BTreeMap::new();
    let mut of_cli: BTreeMap<(Option<CostCentreId>, CliId), Totals> = BTreeMap::new();
    for one in usage {
        let matched = &one.rated.matched;
        let call_type = context.book.call_type(matched.call_type);
        of_line.entry((matched.cost_centre, call_type.class, call_type.vat_exempt)).or_default().add(one)?;
        of_class.entry(call_type.class).or_default().add(one)?;
        of_cli.entry((matched.cost_centre, matched.cli)).or_default().add(one)?;
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
    let mut by_name: BTreeMap<(&str, &str), (&str, Totals)> = BTreeMap::new();
    for ((cost_centre, id), totals) in of_cli {
        let cli = context.book.cli(id);
        let entry = by_name.entry((context.cost_centre_name(cost_centre), &cli.cli)).or_default();
        entry.0 = &cli.description;
        entry.1.merge(totals)?;
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
#[derive(Debug, Default)]
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
        let record = &one.rated.matched.record;
        let units = |kind| if record.kind == kind { record.units } else { 0 };
        self.merge(Self {
            records: 1,
            seconds: units(Kind::Voice),
            bytes: units(Kind::Data),
            charge: [one.charge].into_iter().sum(),
            taken_off: one.adjustments.iter().map(|adjustment| adjustment.amount).sum(),
            cost: [one.rated.cost].into_iter().sum(),
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
    use crate::domain::customer::CostCentre;
    use crate::domain::disposition::Disposition;
    use crate::domain::sample::{self, CUSTOMER, EXEMPT_CALLS, MOBILE, call, charge_of, charged, date, price};
    use crate::domain::usage::{Adjustment, AdjustmentKind};

    const AT: &str = "2026-05-20 10:00:00";

    fn book() -> Book {
        let mut book = sample::book();
        let centre = |code: &str| CostCentre { customer: CUSTOMER, code: code.into(), name: format!("Site {code}") };
        book.cost_centres = vec![centre("N"), centre("S")];
        book.clis.push(sample::cli("+442079460002"));
        book
    }

    fn at_site(site: u32, sell: &str) -> ChargedUsage {
        let mut one = call("x", AT, sell);
        one.rated.matched.cost_centre = Some(CostCentreId(site));
        one.rated.matched.cli = CliId(1);
        charged(one)
    }

    fn of_type(call_type: crate::domain::book::CallTypeId, sell: &str) -> ChargedUsage {
        let mut one = call("x", AT, sell);
        one.rated.matched.call_type = call_type;
        one.rated.cost = price("0.01");
        charged(one)
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
        let billed = summarise(&Context::new(&book, &terms, CUSTOMER), &usage).expect("in range");
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
    fn shows_what_a_cap_took_off() {
        let (book, terms) = (book(), june());
        let mut capped = charged(call("1", AT, "3"));
        capped.charge = charge_of("1");
        capped.adjustments = vec![Adjustment { kind: AdjustmentKind::SpendingCap, amount: charge_of("-2") }];
        capped.disposition = Disposition::Capped;
        let billed = summarise(&Context::new(&book, &terms, CUSTOMER), &[capped]).expect("in range");
        assert_eq!((billed.by_cli[0].capped, billed.by_cli[0].amount), (charge_of("-2"), charge_of("1")));
        assert_eq!(billed.lines[0].amount, Amount::new(sample::pounds("1"), book.settings.currency));
    }

    #[test]
    fn refuses_usage_of_another_run() {
        let (mut book, terms) = (book(), june());
        let usage = [charged(call("7", "2026-06-01 00:00:00", "1"))];
        let refused = refuse_foreign(&Context::new(&book, &terms, CUSTOMER), &usage).expect_err("too early");
        assert_eq!(
            refused.to_string(),
            "record 7 began on 2026-06-01, on or after the usage cutoff 2026-06-01: it must wait for another run"
        );
        // B10: up to and including the final bill date.
        book.customers[0].final_bill_date = Some(date("2026-05-20"));
        let refuse = |started| {
            let context = Context::new(&book, &terms, CUSTOMER);
            refuse_foreign(&context, &[charged(call("7", started, "1"))]).is_err()
        };
        assert!(!refuse("2026-05-20 23:59:59"));
        assert!(refuse("2026-05-21 00:00:00"));
        assert_eq!(usage_until(&Context::new(&book, &terms, CUSTOMER)), date("2026-05-21"));
    }
}
