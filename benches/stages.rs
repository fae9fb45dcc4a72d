//! Stage by stage: what reading, matching and rating a record costs. Run with `cargo bench`; compare figures of one run.
#![allow(clippy::unwrap_used, missing_docs)]

fn main() {}
