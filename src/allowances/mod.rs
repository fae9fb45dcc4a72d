//! Priced usage of one customer → what is left to pay for it: inclusive allowances (A1–A5), then spending caps (S1–S3).
//! Works on all usage of a customer at once, in time order (A1). Does not know what is on which bill: it is given what
//! earlier bills drew and charged.

mod allowance_stories;
mod buckets;
mod cap_stories;
mod coverage;
mod draws;
mod inclusive;
mod periods;
mod spending_caps;
mod time_order;

#[cfg(test)]
mod tests;

pub use allowance_stories::{AllowanceName, AllowanceStory, Told, ToldPart, allowance_story};
pub use cap_stories::{CapStory, cap_story};
pub use inclusive::{AllowanceUse, apply_allowances};
pub use periods::{billing_period_end, billing_period_start};
pub use spending_caps::{CapUse, apply_caps};
pub use time_order::by_time;
