//! All integration tests, one binary. Each module says what it holds true.
#![allow(clippy::unwrap_used)]

mod house;
mod program;
mod scenarios;
mod sums;
