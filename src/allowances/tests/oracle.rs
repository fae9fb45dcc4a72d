//! A slow second reading of A1–A5: usage is consumed unit by unit, in fractions that are never rounded, without any of the
//! code under test. Calendar months only.

use std::collections::BTreeMap;

use num_rational::Ratio;

use super::*;
use crate::domain::allowance::LongestCall;
use crate::domain::time::Date;

type Fraction = Ratio<i128>;

/// What is left of a bucket: none where there is no limit.
struct Left([Option<Fraction>; 5]);

/// The row and the months since the year 0.
type Place = (usize, i32);

/// What is charged for each record, in millionths, and whether it is covered; what was drawn from each bucket.
pub(super) struct Consumed {
    pub charges: Vec<(i128, bool)>,
    pub drawn: BTreeMap<Place, [Fraction; 5]>,
    left: BTreeMap<Place, Left>,
}

/// Consumes usage that lies in time order.
pub(super) fn consume(book: &Book, usage: &[ChargedUsage]) -> Consumed {
    let mut consumed = Consumed { charges: Vec::new(), drawn: BTreeMap::new(), left: BTreeMap::new() };
    for one in usage {
        let charge = consumed.record(book, one);
        consumed.charges.push(charge);
    }
    consumed
}

impl Consumed {
    fn record(&mut self, book: &Book, one: &ChargedUsage) -> (i128, bool) {
        let sell = i128::from(one.sell.scaled());
        if sell < 0 || (sell == 0 && one.units == 0) {
            return (sell, false);
        }
        let parts = i128::from(one.units.max(1));
        let each = Fraction::new(sell, 1_000_000 * parts);
        let weight = Fraction::new(book.call_types[one.call_type.index()].allowance_weight.scaled().into(), 1_000_000);
        let (mut position, mut off, mut is_covered) = (Fraction::from(0), Fraction::from(0), false);
        for (index, row) in book.customer_allowances.iter().enumerate() {
            let allowance = &book.allowances[row.allowance.index()];
            let Some(reach) = reach(row, allowance, one) else { continue };
            let start = position;
            let month = one.day.year() * 12 + i32::try_from(one.day.month()).unwrap();
            for back in (0..=i32::try_from(allowance.rollover_periods).unwrap()).rev() {
                let before = position;
                is_covered |= self.bucket(book, (index, month - back), one, (each, weight), (&mut position, reach));
                assert!(before <= position);
            }
            off += taken_off(allowance.discount, one, position - start, (position - start) * each);
        }
        let exact = (Fraction::new(sell, 1_000_000) - off) * 1_000_000;
        ((exact + Fraction::new(1, 2)).floor().to_integer(), is_covered)
    }

    /// Takes units from one bucket as long as there are any; whether it covered some.
    fn bucket(
        &mut self,
        book: &Book,
        place: Place,
        one: &ChargedUsage,
        (each, weight): (Fraction, Fraction),
        (position, reach): (&mut Fraction, Fraction),
    ) -> bool {
        let Some(granted) = granted(book, place) else { return false };
        let Left(left) = self.left.entry(place).or_insert(granted);
        let mut drawn = [Fraction::from(0); 5];
        let zero = Fraction::from(0);
        let mut is_covered = false;
        // A call is one, and counts when it is over.
        let call = if one.kind == Kind::Voice { weight } else { zero };
        let calls = Measure::Calls as usize;
        if left[calls].is_some_and(|left| left < call) {
            return false;
        }
        while *position < reach && !left.contains(&Some(zero)) {
            let measure = Measure::of_units(one.kind) as usize;
            let whole_unit = if one.units == 0 { zero } else { weight };
            if left[measure].is_some_and(|left| left < whole_unit) {
                break;
            }
            // Up to the end of the unit, or of the money.
            let end = (position.floor() + 1).min(reach);
            let cost = (end - *position) * each * weight;
            let money = Measure::Money as usize;
            let part = match left[money] {
                Some(left) if left < cost => left / (each * weight),
                _ => end - *position,
            };
            let mut take = |measure: usize, amount: Fraction| {
                left[measure] = left[measure].map(|left| left - amount);
                drawn[measure] += amount;
            };
            take(measure, whole_unit);
            take(money, part * each * weight);
            *position += part;
            is_covered = true;
        }
        if is_covered {
            left[calls] = left[calls].map(|left| left - call);
            drawn[calls] += call;
            let sums = self.drawn.entry(place).or_insert([zero; 5]);
            sums.iter_mut().zip(drawn).for_each(|(sum, drawn)| *sum += drawn);
        }
        is_covered
    }
}

/// Up to which unit a row may cover a record; none if it is not for it.
fn reach(row: &CustomerAllowance, allowance: &Allowance, one: &ChargedUsage) -> Option<Fraction> {
    let is_in =
        |range: DateRange| range.from.is_none_or(|from| from <= one.day) && range.to.is_none_or(|to| one.day <= to);
    let in_scope = match &row.scope {
        AllowanceScope::Clis(clis) => clis.contains(&one.cli),
        _ => true,
    };
    let [seconds, messages, bytes, calls, money] = allowance.limits.0.map(|limit| limit.is_some());
    let counts = match one.kind {
        Kind::Voice => seconds || calls,
        Kind::Sms => messages,
        Kind::Data => bytes,
        Kind::Event => calls,
    };
    let is_counted = counts || money || allowance.limits.0.iter().all(Option::is_none);
    let by_minute = matches!(allowance.discount, Discount::PerMinute(_));
    let is_out = by_minute && (one.kind != Kind::Voice || one.units == 0);
    if !is_in(row.valid) || !in_scope || !allowance.qualifies.contains(&one.call_type) || !is_counted || is_out {
        return None;
    }
    let length = i128::from(one.units.max(1));
    let is_voice = one.kind == Kind::Voice;
    match allowance.longest {
        Some(LongestCall::OnlyUpTo(most)) if is_voice && one.units > most => None,
        Some(LongestCall::UpTo(most)) if is_voice => Some(Fraction::from(length.min(i128::from(most)))),
        _ => Some(Fraction::from(length)),
    }
}

/// Calendar months that the row has a day of; the part of them if it is pro-rated; whole units and pennies, half up.
fn granted(book: &Book, (index, month): Place) -> Option<Left> {
    let row = &book.customer_allowances[index];
    let allowance = &book.allowances[row.allowance.index()];
    let (year, month) = ((month - 1) / 12, u32::try_from((month - 1) % 12 + 1).unwrap());
    let first = Date::new(year, month, 1)?;
    let days: Vec<Date> = (0..31).map(|day| first.plus_days(day)).filter(|day| day.month() == month).collect();
    let within = days.iter().filter(|day| row.valid.contains(**day)).count();
    if within == 0 {
        return None;
    }
    let part = match allowance.prorate {
        true => Fraction::new(i128::try_from(within).unwrap(), i128::try_from(days.len()).unwrap()),
        false => Fraction::from(1),
    };
    let quantity = Fraction::new(row.quantity.scaled().into(), 10_000);
    let limit = |measure: Measure| {
        let limit = Fraction::new(allowance.limits[measure]?.wide(), 1_000_000_000_000);
        let smallest = if measure == Measure::Money { Fraction::new(1, 100) } else { Fraction::from(1) };
        Some(((limit * quantity * part / smallest) + Fraction::new(1, 2)).floor() * smallest)
    };
    Some(Left(Measure::ALL.map(limit)))
}

fn taken_off(discount: Discount, one: &ChargedUsage, length: Fraction, price: Fraction) -> Fraction {
    match discount {
        Discount::Percent(percent) => price * Fraction::new(percent.scaled().into(), 1_000_000),
        Discount::PerCall(amount) => price.min(Fraction::new(amount.scaled().into(), 100_000_000)),
        Discount::PerMinute(amount) if one.units > 0 => {
            price.min(length * Fraction::new(amount.scaled().into(), 6_000_000_000))
        }
        Discount::PerMinute(_) => Fraction::from(0),
    }
}
