//! What a run says about itself: control totals, and how they are shown.

pub mod progress;
pub mod run;
pub mod screen;
pub mod totals;
