//! All integration tests, one binary. Each module says what it holds true.
#![allow(clippy::unwrap_used)]

mod commands;
mod conservation;
mod determinism;
mod house;
mod malformed;
mod open_formats;
mod opened;
mod program;
mod rate_sheets;
mod recovery;
mod scenarios;
mod snapshot;
mod sums;
mod workload;
