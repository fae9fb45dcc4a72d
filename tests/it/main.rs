//! All integration tests, one binary. Each module says what it holds true.
#![allow(clippy::unwrap_used)]

mod attacks;
mod bench;
mod commands;
mod conservation;
mod delivery;
mod determinism;
mod e_invoices;
mod forms;
mod hard_times;
mod house;
mod itemised;
mod lint;
mod malformed;
mod open_formats;
mod opened;
mod oracle;
mod parts;
mod program;
mod published_cases;
mod rate_sheets;
mod rated;
mod reconciliation;
mod recovery;
mod reports;
mod reprice;
mod rules;
mod run_page;
mod runs;
mod scenarios;
mod simulation;
mod snapshot;
mod sums;
mod tariff_increase;
mod workload;
