//! Why a spending cap leaves of one record's charge what it does (S1–S3): what the line was charged before it in the
//! period, and what was left. Computes nothing itself: reads off what [`apply_caps`] did.

use serde::Serialize;

use super::{CapUse, apply_caps, billing_period_start};
use crate::domain::book::{Book, CustomerId};
use crate::domain::money::{CallCharge, Overflow};
use crate::domain::time::Date;
use crate::domain::usage::{ChargedUsage, Kind};

/// What the cap of its line does to one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CapStory {
    /// The line, by its identifier in the book.
    pub cli: String,
    /// The most that its usage may be charged in a period.
    pub cap: CallCharge,
    /// First day of the billing period in which the usage began.
    pub period_start: Date,
    /// What posted bills charged in the period.
    pub billed_before: CallCharge,
    /// What waits in the period and began earlier is to be charged.
    pub earlier: CallCharge,
    /// The price of the record, less what allowances took off.
    pub due: CallCharge,
    /// What is to be charged for it.
    pub charge: CallCharge,
}

/// The story of one record among all usage of its customer that waits, found by its import and row. None if it is not
/// there, has no cap, or does not count towards one.
///
/// # Errors
/// [`Overflow`] if a total leaves its range (X1).
pub fn cap_story(
    book: &Book,
    customer: CustomerId,
    mut usage: Vec<ChargedUsage>,
    used_before: &[CapUse],
    (import, row): (u32, u32),
) -> Result<Option<CapStory>, Overflow> {
    apply_caps(book, customer, &mut usage, used_before)?;
    let Some(position) = usage.iter().position(|one| (one.import, one.row) == (import, row)) else {
        return Ok(None);
    };
    let record = &usage[position];
    let line = book.cli(record.cli);
    let Some(cap) = line.spending_cap.filter(|_| record.kind != Kind::Event) else {
        return Ok(None);
    };
    let period_of = |day| billing_period_start(book, customer, day);
    let period_start = period_of(record.day);
    let (mut billed_before, mut earlier) = (CallCharge::ZERO, CallCharge::ZERO);
    for used in used_before.iter().filter(|used| used.cli == line.cli && used.period_start == period_start) {
        billed_before = billed_before.plus(used.charged)?;
    }
    for one in &usage[..position] {
        let counts = one.kind != Kind::Event && book.cli(one.cli).cli == line.cli && period_of(one.day) == period_start;
        if counts {
            earlier = earlier.plus(one.charge)?;
        }
    }
    let (cli, due, charge) = (line.cli.clone(), record.due()?, record.charge);
    Ok(Some(CapStory { cli, cap, period_start, billed_before, earlier, due, charge }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample::{self, CUSTOMER, call, charge_of, date};

    #[test]
    fn a_story_tells_what_was_charged_before() {
        let mut book = sample::book();
        let usage = || -> Vec<ChargedUsage> {
            let calls = [
                ("b", "2026-06-02", "4"),
                ("a", "2026-06-01", "3"),
                ("c", "2026-06-03", "5"),
                ("m", "2026-05-31", "9"),
            ];
            let numbered = (0..).zip(calls).map(|(row, (id, day, sell))| {
                let mut call = call(id, &format!("{day} 10:00:00"), sell);
                (call.import, call.row) = (7, row);
                call
            });
            numbered.collect()
        };
        let used = |period: &str, charged: &str| CapUse {
            cli: "+442079460000".into(),
            period_start: date(period),
            charged: charge_of(charged),
        };
        let before = [used("2026-06-01", "1"), used("2026-04-01", "8")];
        assert_eq!(cap_story(&book, CUSTOMER, usage(), &before, (7, 2)), Ok(None), "no cap");
        book.clis[0].spending_cap = Some(charge_of("10"));
        let story = cap_story(&book, CUSTOMER, usage(), &before, (7, 2)).unwrap().unwrap();
        // S1: 10 − 1 of an earlier bill − 3 − 4 of this month = 2 left of 5; the call of May is of another period.
        let expected = CapStory {
            cli: "+442079460000".into(),
            cap: charge_of("10"),
            period_start: date("2026-06-01"),
            billed_before: charge_of("1"),
            earlier: charge_of("7"),
            due: charge_of("5"),
            charge: charge_of("2"),
        };
        assert_eq!(story, expected);
        assert_eq!(cap_story(&book, CUSTOMER, usage(), &before, (6, 2)), Ok(None), "of another import");
    }
}
