//! What the sample's usage files hold beside ordinary records, counted on the calls as they are written.

use super::calendar::{MONTH_END, date, is_in_repeated_hour};
use super::lines::Line;
use super::numbers::FIRST_UNUSED;
use super::traffic::Call;

/// How many records (and lines of rentals) of each unusual kind there are. A record counts once: the first that applies
/// in the order of M9. Records that come a second time count as duplicates or conflicts only, those of the file that
/// comes twice not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Planted {
    /// Records of calls, answered or not, that begin in October 2026.
    pub calls_in_month: u64,
    /// Records of data, messages and events in October 2026.
    pub other_usage_in_month: u64,
    /// Calls that show a time between 01:00 and 02:00 of 25 October, which comes twice (X5).
    pub in_repeated_hour: u64,
    /// Calls of September (B2: billed with October).
    pub late_from_september: u64,
    /// Calls of 1 November (after the cutoff).
    pub after_the_month: u64,
    /// Calls of an ignored identifier (M8).
    pub ignored: u64,
    /// Records with a CLI that the book lacks (M6).
    pub unknown_clis: u64,
    /// Calls outside the dates of their line (M6).
    pub outside_dates: u64,
    /// Calls of a dropped customer (M8).
    pub dropped_customer: u64,
    /// Calls of an excluded line (M7).
    pub excluded_line: u64,
    /// Calls with a charge band that the book lacks; the number tells most of them (C1).
    pub unknown_bands: u64,
    /// Those of them that nothing tells: suspense `unknown call type`.
    pub unknown_call_types: u64,
    /// Calls without a rate and without a cost: suspense `no rate`.
    pub no_rate: u64,
    /// Records in a currency without exchange rate: suspense `no exchange rate` (X7).
    pub no_exchange_rate: u64,
    /// Calls that Northlight charges more for than its price list says (R14).
    pub overpriced: u64,
    /// Records that come a second time (F2).
    pub duplicates: u64,
    /// Records whose id came before with other content (F2).
    pub conflicting: u64,
    /// Lines that cannot be read (F3).
    pub bad_lines: u64,
    /// Lines of rentals with a CLI that the book lacks (P7).
    pub unknown_rental_clis: u64,
    /// Lines of rentals that no product recognises (P7).
    pub unknown_rental_products: u64,
}

impl Planted {
    /// Counts a record of a call, or of mobile usage at the moment of one.
    pub(super) fn count(&mut self, call: &Call, line: &Line, is_voice: bool) {
        let in_month = (0..MONTH_END).contains(&call.start);
        self.calls_in_month += u64::from(in_month && is_voice);
        self.other_usage_in_month += u64::from(in_month && !is_voice);
        self.in_repeated_hour += u64::from(is_in_repeated_hour(call.start));
        self.late_from_september += u64::from(call.start < 0);
        self.after_the_month += u64::from(call.start >= MONTH_END);
        match end(call, line) {
            Some(End::Ignored) => self.ignored += 1,
            Some(End::Unknown) => self.unknown_clis += 1,
            Some(End::OutsideDates) => self.outside_dates += 1,
            Some(End::Dropped) => self.dropped_customer += 1,
            Some(End::Excluded) => self.excluded_line += 1,
            None => {}
        }
    }
}

enum End {
    Ignored,
    Unknown,
    OutsideDates,
    Dropped,
    Excluded,
}

/// Why a call is not billed as its own line, if it is not; in the order of M9.
fn end(call: &Call, line: &Line) -> Option<End> {
    let last_three = call.own.get(call.own.len().saturating_sub(3)..).and_then(|digits| digits.parse::<u32>().ok());
    match last_three {
        Some(999) => Some(End::Ignored),
        Some(FIRST_UNUSED..) => Some(End::Unknown),
        _ if !line.valid.contains(date(call.start)) => Some(End::OutsideDates),
        _ if line.customer.account == "BV2012" => Some(End::Dropped),
        _ if line.is_excluded => Some(End::Excluded),
        _ => None,
    }
}

/// A call that reaches the invoice of its line's customer as it is, unless something else is planted on it.
pub(super) fn is_plain(call: &Call, line: &Line) -> bool {
    end(call, line).is_none() && (0..MONTH_END).contains(&call.start)
}
