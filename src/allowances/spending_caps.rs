//! Priced usage of one customer, in any order → charged usage in time order, with what each line's spending cap took
//! off what allowances left (S1–S3). Prices are never changed: a cap lowers the charge beside it.

use std::collections::BTreeMap;

use ahash::AHashMap;

use super::periods::billing_period_start;
use super::time_order::sort_by_time;
use crate::domain::book::{Book, CliId, CustomerId};
use crate::domain::money::{CallCharge, Overflow};
use crate::domain::time::Date;
use crate::domain::usage::{ChargedUsage, Kind};

/// What the usage of one line was charged in one billing period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapUse {
    /// The identifier of the line in the book, normalised (M1).
    pub cli: String,
    /// First day of the billing period, as [`billing_period_start`] has it.
    pub period_start: Date,
    /// The sum of the charges that count towards a cap (S1), after it; negative if credits outweigh them.
    pub charged: CallCharge,
}

/// Charges usage of one customer in time order (A1): what allowances leave of its price, reducing what goes beyond the spending cap of its line (S1).
///
/// - A cap is that of the book's row which the record was matched to; what was charged is counted per *identifier* and
///   billing period, so that rows of one identifier (two date ranges, two extensions) share it.
/// - The period is the one in which the usage began, whatever bill it ends up on; `used_before` is what earlier bills
///   charged, so that late usage counts against a period already billed (S3). Several entries of one period add up.
/// - Voice, data and messages count, events do not. A negative charge gives cap back (S2).
/// - With no cap a line's charges are counted all the same: a cap that is set later must know them.
///
/// Leaves the usage in time order, and returns the new total of every (line, period) that it touched, by line and
/// period. Neither depends on the order of `usage`.
///
/// # Errors
/// [`Overflow`] if a total leaves its range (X1).
///
/// # Panics
/// If a record belongs to another customer: a caller's mistake, never a matter of input.
pub fn apply_caps(
    book: &Book,
    customer: CustomerId,
    usage: &mut [ChargedUsage],
    used_before: &[CapUse],
) -> Result<Vec<CapUse>, Overflow> {
    sort_by_time(usage);
    let mut totals = CapTotals::new(book, used_before)?;
    let mut period = None;
    for one in usage {
        assert!(one.customer == customer, "usage of customer {:?} given as {customer:?}'s", one.customer);
        let due = one.due()?;
        if one.kind == Kind::Event {
            one.charge = due;
            continue;
        }
        // In time order, so that most records begin on the day of the one before.
        let start = match period {
            Some((day, start)) if day == one.day => start,
            _ => billing_period_start(book, customer, one.day),
        };
        period = Some((one.day, start));
        let total = totals.of(one.cli, start);
        let above = above_cap(due, book.cli(one.cli).spending_cap, *total)?;
        one.charge = due.minus(above)?;
        *total = total.plus(one.charge)?;
    }
    Ok(totals.into_use())
}

/// What is charged to each identifier and period, found by the row of the book: many records ask for few.
struct CapTotals<'b> {
    book: &'b Book,
    before: BTreeMap<(&'b str, Date), CallCharge>,
    of_identifier: BTreeMap<(&'b str, Date), usize>,
    of_line: AHashMap<(CliId, Date), usize>,
    totals: Vec<CallCharge>,
}

impl<'b> CapTotals<'b> {
    fn new(book: &'b Book, used_before: &'b [CapUse]) -> Result<Self, Overflow> {
        let mut before: BTreeMap<(&str, Date), CallCharge> = BTreeMap::new();
        for used in used_before {
            let total = before.entry((&used.cli, used.period_start)).or_default();
            *total = total.plus(used.charged)?;
        }
        let (of_identifier, of_line, totals) = (BTreeMap::new(), AHashMap::new(), Vec::new());
        Ok(Self { book, before, of_identifier, of_line, totals })
    }

    fn of(&mut self, line: CliId, period_start: Date) -> &mut CallCharge {
        let Self { book, before, of_identifier, of_line, totals } = self;
        let place = *of_line.entry((line, period_start)).or_insert_with(|| {
            let key = (book.cli(line).cli.as_str(), period_start);
            *of_identifier.entry(key).or_insert_with(|| {
                totals.push(before.get(&key).copied().unwrap_or_default());
                totals.len() - 1
            })
        });
        &mut self.totals[place]
    }

    fn into_use(self) -> Vec<CapUse> {
        let used = |((cli, period_start), place): ((&str, Date), usize)| CapUse {
            cli: cli.to_owned(),
            period_start,
            charged: self.totals[place],
        };
        self.of_identifier.into_iter().map(used).collect()
    }
}

/// How much of a charge goes beyond the cap, when `used` of it is gone: zero or more.
fn above_cap(due: CallCharge, cap: Option<CallCharge>, used: CallCharge) -> Result<CallCharge, Overflow> {
    let Some(cap) = cap else { return Ok(CallCharge::ZERO) };
    if due <= CallCharge::ZERO {
        return Ok(CallCharge::ZERO);
    }
    let left = cap.minus(used)?.max(CallCharge::ZERO);
    Ok(due.minus(left)?.max(CallCharge::ZERO))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::book::SupplierId;
    use crate::domain::disposition::Disposition;
    use crate::domain::sample::{self, CUSTOMER, call, charge_of, date};
    use crate::domain::time::DateRange;

    fn capped(
        book: &Book,
        mut usage: Vec<ChargedUsage>,
        before: &[CapUse],
    ) -> Result<(Vec<ChargedUsage>, Vec<CapUse>), Overflow> {
        let totals = apply_caps(book, CUSTOMER, &mut usage, before)?;
        Ok((usage, totals))
    }

    fn capped_book(cap: &str) -> Book {
        let mut book = sample::book();
        book.clis[0].spending_cap = Some(charge_of(cap));
        book
    }

    fn used(period_start: &str, charged: &str) -> CapUse {
        CapUse { cli: "+442079460000".into(), period_start: date(period_start), charged: charge_of(charged) }
    }

    /// `expected`: the charge of each record in time order, a star where it is flagged capped; then the new totals.
    fn check(book: &Book, usage: Vec<ChargedUsage>, before: &[CapUse], expected: &str) {
        let (charged, totals) = capped(book, usage, before).expect("in range");
        let star = |one: &ChargedUsage| if one.disposition() == Disposition::Capped { "*" } else { "" };
        let charges: Vec<_> = charged.iter().map(|one| format!("{}{}", one.charge, star(one))).collect();
        let totals: Vec<_> = totals.iter().map(|one| format!("{} {}", one.period_start, one.charged)).collect();
        assert_eq!(format!("{} | {}", charges.join(" "), totals.join(", ")), expected);
    }

    #[test]
    fn reduces_the_charge_that_crosses_and_those_after() {
        let calls = |sells: [&str; 4]| {
            let days = ["2026-06-01", "2026-06-02", "2026-06-03", "2026-06-30"];
            let one = |(day, sell): (&str, &str)| call(day, &format!("{day} 10:00:00"), sell);
            days.into_iter().zip(sells).map(one).collect::<Vec<_>>()
        };
        // S1: 4 + 4 = 8; of the next 4 only 10 − 8 = 2 are left; then nothing.
        check(&capped_book("10"), calls(["4", "4", "4", "4"]), &[], "4 4 2* 0* | 2026-06-01 10");
        // S1: reached exactly is not crossed.
        check(&capped_book("8"), calls(["4", "4", "0", "1"]), &[], "4 4 0 0* | 2026-06-01 8");
        // S1: a cap of nothing.
        check(&capped_book("0"), calls(["4", "0", "0", "0.000001"]), &[], "0* 0 0 0* | 2026-06-01 0");
        // S2: a credit of 3 gives cap back: 10 − 3 = 7 charged, so 3 of the 5 are left.
        check(&capped_book("10"), calls(["9", "4", "-3", "5"]), &[], "9 1* -3 3* | 2026-06-01 10");
        // S2: also before anything was charged: −5 leaves 15 until the net is 10.
        check(&capped_book("10"), calls(["-5", "12", "4", "0"]), &[], "-5 12 3* 0 | 2026-06-01 10");
        // S3: 7.50 on earlier bills, so 2.50 are left.
        let before = [used("2026-06-01", "7"), used("2026-06-01", "0.50"), used("2026-05-01", "9")];
        check(&capped_book("10"), calls(["1", "1", "1", "1"]), &before, "1 1 0.5* 0* | 2026-06-01 10");
        // S3: a cap lowered below what was billed takes nothing back.
        check(&capped_book("5"), calls(["1", "0", "0", "0"]), &before, "0* 0 0 0 | 2026-06-01 7.5");
        // No cap: all counted, nothing taken off.
        check(&sample::book(), calls(["4", "4", "4", "4"]), &before, "4 4 4 4 | 2026-06-01 23.5");
    }

    #[test]
    fn counts_by_the_period_in_which_usage_began() {
        let calls = || {
            let starts = ["2026-05-31 23:59:59", "2026-06-01 00:00:00", "2026-06-14 12:00:00", "2026-06-15 00:00:00"];
            starts.into_iter().map(|start| call(start, start, "6")).collect::<Vec<_>>()
        };
        // S1: calendar months: 6 | 6 + 4 of 6 + 0 of 6.
        check(&capped_book("10"), calls(), &[], "6 6 4* 0* | 2026-05-01 6, 2026-06-01 10");
        // S1: in an anniversary group the month from the 15th: 6 + 4 of 6 + 0 of 6 | 6.
        let mut anniversary = capped_book("10");
        anniversary.groups[0].anniversary = true;
        anniversary.customers[0].billing_day = Some(15);
        check(&anniversary, calls(), &[], "6 4* 0* 6 | 2026-05-15 10, 2026-06-15 6");
    }

    #[test]
    fn month_from_a_billing_day_is_clamped_and_returns() {
        let mut book = sample::book();
        book.groups[0].anniversary = true;
        book.customers[0].billing_day = Some(31);
        let cases = [
            ("2026-01-30", "2025-12-31"),
            ("2026-01-31", "2026-01-31"),
            ("2026-02-27", "2026-01-31"),
            ("2026-02-28", "2026-02-28"),
            ("2026-03-30", "2026-02-28"),
            ("2026-03-31", "2026-03-31"),
            ("2028-02-29", "2028-02-29"),
        ];
        for (day, expected) in cases {
            assert_eq!(billing_period_start(&book, CUSTOMER, date(day)), date(expected), "{day}");
        }
    }

    #[test]
    fn events_do_not_count_and_data_does() {
        let mut event = call("1", "2026-06-01 10:00:00", "50");
        event.kind = Kind::Event;
        let mut data = call("2", "2026-06-02 10:00:00", "8");
        data.kind = Kind::Data;
        let mut sms = call("3", "2026-06-03 10:00:00", "8");
        sms.kind = Kind::Sms;
        check(&capped_book("10"), vec![sms, data, event], &[], "50 8 2* | 2026-06-01 10");
    }

    #[test]
    fn rows_of_one_identifier_share_their_total() {
        let mut book = capped_book("10");
        book.clis[0].valid = DateRange { from: None, to: Some(date("2026-06-15")) };
        let mut second = book.clis[0].clone();
        second.valid = DateRange { from: Some(date("2026-06-16")), to: None };
        second.spending_cap = Some(charge_of("12"));
        book.clis.push(second);
        let mut later = call("2", "2026-06-20 10:00:00", "8");
        later.cli = CliId(1);
        // 8 of the first row's 10, then 12 − 8 = 4 of the second row's 12.
        check(&book, vec![later, call("1", "2026-06-10 10:00:00", "8")], &[], "8 4* | 2026-06-01 12");
    }

    #[test]
    fn ties_in_time_go_by_supplier_then_record() {
        let at = "2026-06-01 10:00:00";
        let mut other_supplier = call("a", at, "3");
        other_supplier.supplier = SupplierId(1);
        let usage = vec![other_supplier, call("c", at, "2"), call("b", at, "4")];
        // b 4, c 1 of 2, then the other supplier's a.
        check(&capped_book("5"), usage, &[], "4 1* 0* | 2026-06-01 5");
    }

    #[test]
    fn refuses_totals_out_of_range() {
        let before = [used("2026-06-01", "9000000000000")];
        let usage = vec![call("1", "2026-06-01 10:00:00", "900000000000")];
        assert_eq!(capped(&sample::book(), usage, &before), Err(Overflow));
    }

    prop_compose! {
        /// Calls within three months, many at the same instant, some credits, on two lines and from two suppliers.
        fn any_usage()(calls in proptest::collection::vec((0..90_i32, 0..2_u32, 0..2_u32, -3_000..20_000_i64), 0..40))
            -> Vec<ChargedUsage> {
            let one = |(index, (day, line, supplier, sell)): (usize, (i32, u32, u32, i64))| {
                let start = format!("{} 12:00:00", date("2026-01-10").plus_days(day));
                let mut one = call(&format!("{index:03}"), &start, "0");
                one.supplier = SupplierId(supplier);
                one.cli = CliId(line);
                one.sell = CallCharge::from_scaled(sell);
                one
            };
            calls.into_iter().enumerate().map(one).collect()
        }
    }

    fn two_lines(cap: i64) -> Book {
        let mut book = sample::book();
        book.clis.push(sample::cli("+442079460002"));
        book.clis.iter_mut().for_each(|line| line.spending_cap = Some(CallCharge::from_scaled(cap)));
        book
    }

    proptest! {
        #[test]
        fn never_charges_a_penny_above_the_cap(usage in any_usage(), cap in 0..60_000_i64) {
            let book = two_lines(cap);
            let (charged, totals) = capped(&book, usage, &[]).expect("in range");
            let mut sums: BTreeMap<(String, Date), i64> = BTreeMap::new();
            for one in &charged {
                let period = billing_period_start(&book, CUSTOMER, one.day);
                let sum = sums.entry((book.cli(one.cli).cli.clone(), period)).or_default();
                *sum += one.charge.scaled();
                prop_assert!(*sum <= cap);
                prop_assert!(one.charge <= one.sell && one.charge >= one.sell.min(CallCharge::ZERO));
            }
            let totals: BTreeMap<_, _> =
                totals.into_iter().map(|one| ((one.cli, one.period_start), one.charged.scaled())).collect();
            prop_assert_eq!(totals, sums);
        }

        #[test]
        fn is_the_same_in_any_order(
            (usage, shuffled) in any_usage().prop_flat_map(|usage| (Just(usage.clone()), Just(usage).prop_shuffle())),
        ) {
            let book = two_lines(20_000);
            let one = capped(&book, usage, &[]).expect("in range");
            prop_assert_eq!(one, capped(&book, shuffled, &[]).expect("in range"));
        }

        #[test]
        fn two_bills_charge_what_one_would(usage in any_usage(), cut in 0..90_i32) {
            let book = two_lines(20_000);
            let cut = date("2026-01-10").plus_days(cut);
            let (early, late): (Vec<_>, Vec<_>) =
                usage.clone().into_iter().partition(|one| one.day < cut);
            let (mut first, used) = capped(&book, early, &[]).expect("in range");
            let (second, _) = capped(&book, late, &used).expect("in range");
            first.extend(second);
            let (whole, _) = capped(&book, usage, &[]).expect("in range");
            prop_assert_eq!(first, whole);
        }
    }
}
