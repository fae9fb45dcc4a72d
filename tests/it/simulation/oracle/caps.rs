//! Spending caps (S1–S3): what a line may still be charged in the period in which the call began.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Bill;
use super::usage::Charged;
use crate::oracle::amounts::{Amount, number, zero};
use crate::simulation::calendar::period_start;
use crate::simulation::fixed::look_up;

/// Reduces a charge to what is left of the cap; events do not count. Without a cap charges are counted all the same.
pub fn cap(bill: &Bill, used: &mut BTreeMap<(String, Date), Amount>, one: &mut Charged) {
    if look_up("call_types", one.call.call_type, "kind") == "event" {
        return;
    }
    let period = period_start(one.call.day, bill.first_day());
    let used = used.entry((one.call.cli.clone(), period)).or_insert_with(zero);
    if !one.line.spending_cap.is_empty() && one.charge > zero() {
        let left = (number(&one.line.spending_cap) - &*used).max(zero());
        one.is_capped = one.charge > left;
        one.charge = one.charge.clone().min(left);
    }
    *used += &one.charge;
}
