//! Is a number far above those before it? Mean and standard deviation in whole numbers, without a root: both sides of the
//! comparison are squared.

use crate::domain::book::AlertSettings;
use crate::domain::money::Percent;

/// What a number is beside those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    /// There are too few to say.
    TooFew,
    /// Within the deviations that are allowed.
    Usual,
    /// Above them.
    Unusual {
        /// Of those before it, rounded down.
        mean: i128,
    },
}

/// Compares a number with those before it: unusual is `value > mean + deviations × standard deviation`, the deviation of
/// the numbers as they are (divided by their count).
pub(super) fn compare(settings: &AlertSettings, value: i128, past: &[i128]) -> Comparison {
    if past.is_empty() || past.len() < usize::try_from(settings.least_history_days).unwrap_or(usize::MAX) {
        return Comparison::TooFew;
    }
    // Numbers beyond 10^15 are cut there, so that no square overflows; they are above any deviation of smaller ones.
    let cut = |number: i128| number.clamp(-LARGEST, LARGEST);
    let count = i128::try_from(past.len()).unwrap_or(i128::MAX);
    let sum: i128 = past.iter().map(|number| cut(*number)).sum();
    let squares: i128 = past.iter().map(|number| cut(*number) * cut(*number)).sum();
    let above = count * cut(value) - sum;
    let variance = count * squares - sum * sum;
    let (left, right) = (above.checked_mul(above), square(settings.deviations).checked_mul(variance / PERCENT_SQUARED));
    let exact = above.checked_mul(above).and_then(|left| left.checked_mul(PERCENT_SQUARED));
    let is_far = match (exact, square(settings.deviations).checked_mul(variance)) {
        (Some(left), Some(right)) => left > right,
        // Too large for exact: the fourth decimal of the deviations is lost.
        _ => left > right,
    };
    if above > 0 && is_far { Comparison::Unusual { mean: sum / count } } else { Comparison::Usual }
}

const LARGEST: i128 = 1_000_000_000_000_000;
const PERCENT_SQUARED: i128 = (Percent::ONE.scaled() as i128) * (Percent::ONE.scaled() as i128);

fn square(deviations: Percent) -> i128 {
    i128::from(deviations.scaled()) * i128::from(deviations.scaled())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_above_is_more_than_so_many_deviations() {
        let usual = AlertSettings { least_history_days: 2, ..AlertSettings::default() };
        for (deviations, value, past, expected) in [
            // Mean 10, deviation 2.
            ("3", 16, &[8, 12, 8, 12][..], Comparison::Usual),
            ("3", 17, &[8, 12, 8, 12], Comparison::Unusual { mean: 10 }),
            ("2.5", 15, &[8, 12, 8, 12], Comparison::Usual),
            ("2.5", 16, &[8, 12, 8, 12], Comparison::Unusual { mean: 10 }),
            ("0", 10, &[8, 12], Comparison::Usual),
            ("0", 11, &[8, 12], Comparison::Unusual { mean: 10 }),
            // No deviation at all: anything above is unusual.
            ("3", 11, &[10, 10, 10], Comparison::Unusual { mean: 10 }),
            ("3", 10, &[10, 10, 10], Comparison::Usual),
            ("3", 100, &[10], Comparison::TooFew),
            ("3", 100, &[], Comparison::TooFew),
            ("3", i128::MAX, &[10, 20], Comparison::Unusual { mean: 15 }),
            ("3", 5, &[i128::MAX, i128::MIN], Comparison::Usual),
        ] {
            let settings = AlertSettings { deviations: Percent::parse(deviations).unwrap(), ..usual.clone() };
            assert_eq!(compare(&settings, value, past), expected, "{deviations} {value} {past:?}");
        }
    }
}
