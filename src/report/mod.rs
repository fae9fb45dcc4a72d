//! What a run says about itself, for people and for machines, and how tables are shown.

pub mod run;
pub mod screen;
