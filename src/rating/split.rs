//! A call that runs through several time bands → how many seconds are charged in each (R9 `split`).

use super::bands::Bands;
use super::call::Call;
use crate::domain::book::BandId;
use crate::domain::money::Overflow;
use crate::domain::price_book::Rate;

/// The seconds that are charged by each band, in the order in which the call reaches the bands. A block belongs whole
/// to the band in which it begins, and those that the connection charge covers (R7) are left out. `billable` is the
/// length of the call in whole blocks of `row`.
pub(super) fn seconds_by_band(
    bands: &Bands,
    call: &Call,
    row: &Rate,
    billable: u64,
) -> Result<Vec<(BandId, u64)>, Overflow> {
    let start = call.record.started.instant;
    let included = u64::from(row.included_seconds);
    let mut by_band: Vec<(BandId, u64)> = vec![(call.band, 0)];
    let (mut block, mut band) = (0, call.band);
    while block < billable {
        // Past the end of the calendar the band of its last second goes on.
        let instant = i64::try_from(block).ok().and_then(|seconds| start.checked_add(seconds));
        let stretch = instant.and_then(|instant| bands.stretch(call.supplier_id, instant));
        let until;
        (band, until) = stretch.map_or((band, u64::MAX), |(band, end)| (band, end.abs_diff(start)));

        let next = first_block_from(until, block, row).unwrap_or(u64::MAX).min(billable);
        let charged = next.saturating_sub(block.max(included));
        match by_band.iter_mut().find(|(known, _)| *known == band) {
            Some((_, seconds)) => *seconds = seconds.checked_add(charged).ok_or(Overflow)?,
            None => by_band.push((band, charged)),
        }
        block = next;
    }
    Ok(by_band)
}

/// The second at which the first block begins that begins at `until` or later, given that one begins at `block`.
/// `None` if it is beyond counting.
fn first_block_from(until: u64, block: u64, row: &Rate) -> Option<u64> {
    let second = if block == 0 { row.initial_increment.max(1) } else { block };
    let increment = row.increment.max(1);
    until.saturating_sub(second).div_ceil(increment).checked_mul(increment)?.checked_add(second)
}
