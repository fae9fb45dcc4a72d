//! Priced usage of one customer → what is left to pay for it: spending caps (S1–S3). Works on all usage of a customer
//! at once, in time order (A1). Does not apply inclusive allowances (A1–A5): drafts park customers that have some.

mod cap_stories;
mod spending_caps;

pub use cap_stories::{CapStory, cap_story};
pub use spending_caps::{CapUse, apply_caps, billing_period_start, by_time};
