//! All integration tests, one binary. Each module says what it holds true.
#![allow(clippy::unwrap_used)]

mod commands;
mod house;
mod malformed;
mod program;
