//! Units used → units charged for (R6, R7, R10). Whole seconds and bytes only; no prices.

use crate::domain::money::Overflow;
use crate::domain::price_book::RateStep;

/// Rounded up to the first block and then to further blocks (R6). Nothing used is nothing charged.
pub(super) fn in_blocks(units: u64, initial: u64, increment: u64) -> Result<u64, Overflow> {
    if units == 0 {
        return Ok(0);
    }
    let first = initial.max(1);
    let beyond = units.saturating_sub(first);
    first.checked_add(rounded_up(beyond, increment)?).ok_or(Overflow)
}

/// Rounded up to a multiple of `increment`; an increment of 0 is read as 1.
pub(super) fn rounded_up(units: u64, increment: u64) -> Result<u64, Overflow> {
    let increment = increment.max(1);
    units.div_ceil(increment).checked_mul(increment).ok_or(Overflow)
}

/// A step that a call enters, the second at which the next one begins, and the seconds inside it, rounded up to its
/// increment.
pub(super) type EnteredStep = (RateStep, Option<u64>, u64);

/// The steps that a call enters, each with its seconds rounded up to its increment (R10). A step is entered by the
/// first second in it; the one that begins with the call is entered by any call.
pub(super) fn in_steps(seconds: u64, steps: &[RateStep]) -> Result<Vec<EnteredStep>, Overflow> {
    let mut entered = Vec::with_capacity(steps.len());
    for (index, step) in steps.iter().enumerate() {
        let from = u64::from(step.from_seconds);
        if seconds > from || from == 0 {
            let next = steps.get(index + 1).map(|next| u64::from(next.from_seconds));
            let inside = seconds.min(next.unwrap_or(u64::MAX)).saturating_sub(from);
            entered.push((*step, next, rounded_up(inside, u64::from(step.increment))?));
        }
    }
    Ok(entered)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Price;

    #[test]
    fn blocks_are_begun_whole() {
        // (seconds, initial, increment, billable)
        let rows = [
            (1, 60, 1, 60, "R6 60/1"),
            (61, 60, 1, 61, "R6 60/1"),
            (61, 60, 60, 120, "R6 60/60"),
            (60, 60, 60, 60, "R6 60/60"),
            (30, 30, 6, 30, "R6 30/6"),
            (31, 30, 6, 36, "R6 30/6"),
            (57, 30, 6, 60, "R6 30/6: 30 + 5 × 6"),
            (75, 30, 6, 78, "R6 30/6: 30 + 8 × 6"),
            (46, 15, 15, 60, "R6: blank initial = the increment"),
            (7, 1, 1, 7, "R6 1/1"),
            (0, 60, 60, 0, "R6: nothing used"),
            (7, 0, 0, 7, "R6: an increment of 0 is one of 1"),
        ];
        for (units, initial, increment, expected, rule) in rows {
            assert_eq!(in_blocks(units, initial, increment), Ok(expected), "{rule}: {units}");
        }
        assert_eq!(in_blocks(u64::MAX, 60, 60), Err(Overflow));
    }

    #[test]
    fn steps_are_entered_by_their_first_second() {
        let step =
            |from_seconds, increment| RateStep { from_seconds, connection: Price::ZERO, rate: Price::ZERO, increment };
        let steps = [step(0, 3600), step(3600, 60)];
        // (seconds, billable seconds of each step entered)
        let rows: [(u64, &[u64]); 5] =
            [(0, &[0]), (1, &[3600]), (3600, &[3600]), (3601, &[3600, 60]), (3721, &[3600, 180])];
        for (seconds, expected) in rows {
            let entered: Vec<u64> = in_steps(seconds, &steps).unwrap().into_iter().map(|(.., inside)| inside).collect();
            assert_eq!(entered, expected, "R10: {seconds} s");
        }
        assert_eq!(in_steps(10, &[step(20, 1)]).unwrap(), [], "R10: nothing is charged before the first step");
    }
}
