//! Usage of one customer, in any order → in the order in which allowances and caps count it (A1).

use std::cmp::Ordering;

use crate::domain::usage::ChargedUsage;

/// A1: start instant, supplier, record identity. What follows only decides between records that share even those, which
/// the store never hands out, so that no order of the input can show.
pub fn by_time(a: &ChargedUsage, b: &ChargedUsage) -> Ordering {
    let place = |one: &ChargedUsage| (one.instant, one.supplier);
    let rest = |one: &ChargedUsage| (one.cli, one.sell, one.import, one.row);
    place(a).cmp(&place(b)).then_with(|| a.record_id.cmp(&b.record_id)).then_with(|| rest(a).cmp(&rest(b)))
}

/// Puts usage in that order; most often it is already.
pub(super) fn sort_by_time(usage: &mut [ChargedUsage]) {
    if !usage.is_sorted_by(|a, b| by_time(a, b).is_le()) {
        usage.sort_unstable_by(by_time);
    }
}
